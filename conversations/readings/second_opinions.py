"""A language model of the workspace's choice is asked about replies that the reader here is unsure of. Off unless an admin
has turned it on and entered an address and a model.

1. `want`, in the transaction of a reading: a row for each reply to be asked about.
2. `ask_waiting`, rung by itself: the row is claimed and committed, then the question goes out, outside any transaction. Names,
   numbers and addresses are masked first; the whole exchange has three seconds.
3. An answer becomes a reading like any other. Without one, the first reading stands, and the row says why.

A keyword, a rule, a sure opt-out and a person's word are never put to a vote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from django.utils import timezone

from conversations.changes import announce
from conversations.models import IntentReading, Message, SecondOpinion
from conversations.readings import verdicts
from intent import llm
from intent.masking import mask
from intent.models import IntentSettings
from intent.vocabulary import Layer, OptOut, Turn, Verdict
from leads import optouts
from lines.gateways import http
from lines.gateways.registry import allowed_networks
from workspaces.models import User
from workspaces.secrets import SecretUnreadable

log = structlog.get_logger(__name__)

SECONDS: Final = 3.0
TURNS: Final = 6
MOST_BYTES: Final = 100_000
TOO_LATE: Final = timedelta(minutes=10)
A_RUN: Final = 20
GIVES_UP: Final = 3
"""Failures in a row after which a run leaves the rest to the next one."""


def want(read: Mapping[Message, Verdict]) -> None:
    """Rows for those of the replies that are to be asked about."""
    unsure = [message for message, verdict in read.items() if _unsure(verdict) and not verdicts.judged(message)]
    if not unsure:
        return
    found = IntentSettings.objects.filter(workspace__in={message.workspace_id for message in unsure}, llm_on=True)
    asking = {one.workspace_id for one in found if one.asks}
    SecondOpinion.objects.bulk_create(
        [SecondOpinion(workspace_id=one.workspace_id, message=one) for one in unsure if one.workspace_id in asking],
        ignore_conflicts=True,
    )


def _unsure(verdict: Verdict) -> bool:
    decided = bool(verdict.evidence) and verdict.evidence[0].layer in (Layer.KEYWORD, Layer.RULE) and verdict.confidence > 0.95
    return not decided and verdict.opt_out != OptOut.SURE and (verdict.needs_review or verdict.opt_out == OptOut.SUSPECT)


def ask_waiting() -> int:
    """Ask what is due, oldest first; how many were asked."""
    SecondOpinion.objects.filter(state=SecondOpinion.State.DUE, at__lt=timezone.now() - TOO_LATE).update(
        state=SecondOpinion.State.FAILED, why="It waited too long to be of use."
    )
    asked = failed = 0
    for pk in SecondOpinion.objects.filter(state=SecondOpinion.State.DUE).order_by("at").values_list("pk", flat=True)[:A_RUN]:
        claimed = SecondOpinion.objects.filter(pk=pk, state=SecondOpinion.State.DUE)
        if not claimed.update(state=SecondOpinion.State.ASKED, asked_at=timezone.now()):
            continue
        asked += 1
        failed = 0 if _ask(pk) else failed + 1
        if failed == GIVES_UP:
            break
    return asked


def _ask(pk: int) -> bool:
    row = SecondOpinion.objects.select_related("message__conversation__lead__company", "message__workspace", "message__line").get(
        pk=pk
    )
    try:
        said, model = _answer(row.message)
    except (http.HttpError, llm.NoAnswer, SecretUnreadable) as error:
        _end(row, SecondOpinion.State.FAILED, str(error))
        log.warning("second_opinion_failed", message=row.message.public_id, why=str(error))
        return False
    with transaction.atomic():
        _take(row.message, said, model)
        _end(row, SecondOpinion.State.ANSWERED)
    return True


def _answer(message: Message) -> tuple[llm.Opinion, str]:
    """What the model says, and its name. Raises HttpError, NoAnswer or SecretUnreadable."""
    chosen = IntentSettings.objects.of(message.workspace).first()
    if chosen is None or not chosen.asks:
        raise llm.NoAnswer("It was turned off before the question was sent.")
    thread = _masked(message)
    answer = post(chosen.llm_url, chosen.llm_key, llm.question(chosen.llm_model, thread))
    return llm.opinion(answer, thread), chosen.llm_model


def _masked(message: Message) -> list[Turn]:
    """The end of the thread without what points to a person."""
    colleagues = User.objects.filter(memberships__workspace=message.workspace_id).values_list("name", flat=True)
    names = [*names_in(message), *colleagues]
    return [Turn(turn.direction, mask(turn.text, names)) for turn in verdicts.turns_of(message)[-TURNS:]]


def names_in(message: Message) -> list[str]:
    """Names that are known in the thread of a reply: the contact's, their company's, ours."""
    thread, lead = message.conversation, message.conversation.lead
    names = [lead.name, lead.company.name if lead.company else ""] if lead else []
    return [*names, thread.contact_name, thread.company_name, message.workspace.name]


def post(url: str, key: str, body: object) -> object:
    """The server's JSON. Raises HttpError, or NoAnswer for any other status than 200."""
    answer = http.exchange(
        "POST",
        f"{url}/chat/completions",
        timeout=SECONDS,
        allowed=allowed_networks(),
        body=body,
        headers={"authorization": f"Bearer {key}"} if key else None,
        max_bytes=MOST_BYTES,
    )
    if answer.status != 200:
        raise llm.NoAnswer(f"It answered with status {answer.status}.")
    try:
        return answer.json()
    except ValueError:
        raise llm.NoAnswer("It answered with something else than JSON.") from None


def _take(message: Message, said: llm.Opinion, model: str) -> None:
    """Beside the band that was heard here, under the person's lock where the reply may be a wish for silence."""
    first = IntentReading.objects.filter(message=message).exclude(layer__in=[Layer.PERSON, Layer.LLM]).order_by("-at").first()
    verdict = llm.verdict(said, OptOut(first.opt_out) if first else OptOut.NONE, model)
    if verdict.opt_out != OptOut.NONE:
        optouts.hold_alone([(message.workspace_id, message.address)])
    verdicts.keep(message, verdict)
    announce(message.workspace_id, [message.conversation_id])


def _end(row: SecondOpinion, state: SecondOpinion.State, why: str = "") -> None:
    SecondOpinion.objects.filter(pk=row.pk, state=SecondOpinion.State.ASKED).update(state=state, why=why[:200])
