"""Does the workspace's language model answer: a question about a made-up reply, and how the last ones ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from typing import Final

from django.utils import timezone

from conversations.models import SecondOpinion
from conversations.readings.relabelling import said
from conversations.readings.second_opinions import post
from intent import llm
from intent.models import settings_of
from intent.vocabulary import Turn
from lines.gateways.http import HttpError
from workspaces.models import Workspace
from workspaces.secrets import SecretUnreadable

MADE_UP: Final = (
    Turn("out", "Would a short call on Tuesday or Wednesday suit you?"),
    Turn("in", "Wednesday after lunch works."),
)
HOURS: Final = 24


def ask(workspace: Workspace) -> tuple[bool, str]:
    """Whether it answered as it should, and a sentence for the person who asked."""
    chosen = settings_of(workspace)
    if not (chosen.llm_url and chosen.llm_model):
        return False, "Save an address and a model first."
    began = perf_counter()
    try:
        answer = llm.opinion(post(chosen.llm_url, chosen.llm_key, llm.question(chosen.llm_model, MADE_UP)), MADE_UP)
    except (HttpError, llm.NoAnswer, SecretUnreadable) as error:
        return False, f"{error} Replies are read on this machine alone until it does."
    return True, f"It answered in {perf_counter() - began:.1f} s and read “{MADE_UP[-1].text}” as {said(answer.pair)}."


@dataclass(frozen=True, slots=True)
class Lately:
    """How the questions of the last day ended; `why` is the newest reason for none."""

    answered: int
    failed: int
    why: str


def lately(workspace: Workspace) -> Lately:
    since = timezone.now() - timedelta(hours=HOURS)
    rows = SecondOpinion.objects.of(workspace).filter(asked_at__gte=since)
    failed = rows.filter(state=SecondOpinion.State.FAILED)
    last = failed.order_by("-asked_at").first()
    return Lately(rows.filter(state=SecondOpinion.State.ANSWERED).count(), failed.count(), last.why if last else "")
