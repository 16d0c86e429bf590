"""A workflow as pages draw it: each step with its words, what it lacks, and where it stands. Queries nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaigns import node_settings, node_words
from campaigns.models import Campaign
from campaigns.node_settings import BadSettings
from campaigns.nodes import Email, LinkedIn, Message, Notify, Settings, Text, Wait
from campaigns.tree import Step, Tree
from campaigns.vocabulary import Arm, NodeKind

ICONS: Final = {
    NodeKind.IMESSAGE: "send",
    NodeKind.SMS: "sms",
    NodeKind.EMAIL: "email",
    NodeKind.LINKEDIN: "linkedin",
    NodeKind.WAIT: "hold",
    NodeKind.BRANCH: "branch",
    NodeKind.TAG: "label",
    NodeKind.ASSIGN: "assign",
    NodeKind.NOTIFY: "notify",
    NodeKind.STOP: "stop",
}
SPEAKS: Final = (NodeKind.IMESSAGE, NodeKind.SMS, NodeKind.EMAIL, NodeKind.LINKEDIN)


ARM_WORDS: Final = {Arm.YES: "Yes", Arm.NO: "No"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the drawing: a step, or (step None) the head or the end of an arm of the branch `of`."""

    depth: int
    step: Step | None
    of: str = ""
    arm: str = ""
    end: bool = False  # the end of the arm, where more can be added
    says: str = ""
    detail: str = ""
    text: str = ""
    variants: int = 0
    lacks: tuple[str, ...] = ()
    icon: str = ""
    speaks: bool = False
    first: bool = False
    last: bool = False

    @property
    def indent(self) -> str:
        """The class that draws its depth."""
        return f"in-{min(self.depth, 4)}"

    @property
    def outer(self) -> str:
        """The class of the branch that this arm belongs to."""
        return f"in-{min(self.depth - 1, 4)}"

    @property
    def moves(self) -> list[tuple[str, str, str, bool]]:
        """Way, icon, words, and whether there is nowhere to go."""
        return [
            ("up", "up", "up", self.first and not self.depth),
            ("down", "down", "down", self.last and not self.depth),
        ]

    @property
    def place(self) -> str:
        """Where more can be added at the end of this arm."""
        return f"{self.arm}:{self.of}"

    @property
    def behind(self) -> str:
        return f"after:{self.of}"

    @property
    def words(self) -> str:
        return f"Add a step on the {ARM_WORDS[Arm(self.arm)]} arm"


def rows(tree: Tree, campaign: Campaign, names: Mapping[str, str] | None = None) -> list[Row]:
    """The drawing from top to bottom. `names` are members by public id, for steps that are handed to somebody."""
    return list(_rows(tree, campaign, names or {}, 0))


def _rows(tree: Tree, campaign: Campaign, names: Mapping[str, str], depth: int) -> Iterator[Row]:
    for index, step in enumerate(tree):
        yield _row(step, campaign, names, depth, first=index == 0, last=index == len(tree) - 1)
        for arm, steps in step.arms:
            yield Row(depth + 1, None, of=step.key, arm=arm)
            yield from _rows(steps, campaign, names, depth + 1)
            yield Row(depth + 1, None, of=step.key, arm=arm, end=True)


def _row(step: Step, campaign: Campaign, names: Mapping[str, str], depth: int, *, first: bool, last: bool) -> Row:
    place = {"depth": depth, "step": step, "icon": ICONS[NodeKind(step.kind)], "speaks": step.kind in SPEAKS}
    try:
        settings = node_settings.parse(step.kind, step.settings)
    except BadSettings as bad:
        return Row(**place, lacks=(str(bad),), first=first, last=last)  # type: ignore[arg-type]
    texts = getattr(settings, "texts", ())
    return Row(
        **place,  # type: ignore[arg-type]
        says=_unless_named(node_words.says(step.kind, settings), step.name),
        detail=_detail(settings, campaign, names),
        text=_text(settings),
        variants=len(texts),
        lacks=tuple(node_words.problems(step.kind, settings)),
        first=first,
        last=last,
    )


def _unless_named(says: str, name: str) -> str:
    """Nothing where the name says it already, as that of a wait does."""
    return "" if says.lower() in name.lower() else says


def _text(settings: Settings) -> str:
    match settings:
        case Message(texts=texts):
            return texts[0].body
        case Email(subject=subject, texts=texts):
            return f"{subject}: {texts[0].body}" if subject else texts[0].body
        case LinkedIn(text=text) | Notify(text=text):
            return text
    return ""


def _detail(settings: Settings, campaign: Campaign, names: Mapping[str, str]) -> str:
    parts: list[str] = []
    match settings:
        case Message(days=days, hours=hours) if campaign.is_drip:
            parts.append(after_application(days, hours))
        case Wait():
            parts.append("stops on any reply")
    if to := getattr(settings, "to", ""):
        parts.append(f"to {names.get(to, 'somebody who has left')}")
    return " · ".join([*parts, *_variants(getattr(settings, "texts", ()))])


def _variants(texts: Sequence[Text]) -> list[str]:
    """Whom each text is for; several for the same people are shared out evenly."""
    alike: dict[tuple[str, str], list[str]] = {}
    for text in texts:
        alike.setdefault((text.persona, text.icp), []).append(text.letter)
    return [_variant(*whom, letters) for whom, letters in alike.items() if any(whom) or len(letters) > 1]


def _variant(persona: str, icp: str, letters: list[str]) -> str:
    whom = ", ".join([f"persona: {persona}"] * bool(persona) + [f"ICP: {icp}"] * bool(icp))
    said = f"text {letters[0]}" if len(letters) == 1 else f"texts {', '.join(letters)} shared out evenly"
    return f"{whom} → {said}" if whom else said


def after_application(days: int, hours: int) -> str:
    """When a message of a drip goes: counted from when the drip is applied (S2-21)."""
    if not days and not hours:
        return "at once"
    parts = [(days, "day"), (hours, "hour")]
    return "after " + " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


def lacking(drawn: list[Row]) -> list[Row]:
    """The steps that cannot be published yet."""
    return [row for row in drawn if row.lacks]
