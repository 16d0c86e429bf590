"""What an unfinished step lacks, and the summary of a step, in words."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS

from campaigns.nodes import FAILS, UNSUPPORTED, Assign, Branch, Email, LinkedIn, Message, Notify, Settings, Stop, Tag, Wait
from campaigns.vocabulary import BranchTest, NodeKind, WaitMode


def problems(kind: str, settings: Settings) -> list[str]:
    """What has to be filled in before this step can be published; sentences, none when it is complete."""
    match settings:
        case Message(texts=texts) | Email(texts=texts) if any(not text.body for text in texts):
            return ["Write the text." if len(texts) == 1 else "Write every text, or remove the empty ones."]
        case Message(texts=texts) | Email(texts=texts) if all(text.persona or text.icp for text in texts):
            return ["Add a text for everybody else: these are for some personas or ICPs only."]
        case Email(subject=""):
            return ["Write the subject."]
        case LinkedIn(text="") | Notify(text=""):
            return ["Say what is to be done."]
        case Wait(mode=WaitMode.TIME, days=0, hours=0, minutes=0) | Wait(mode=WaitMode.READ, days=0):
            return ["Say how long."]
        case Branch(test=BranchTest.ICP | BranchTest.PERSONA, values=()):
            return [f"Choose at least one {'ICP' if settings.test == BranchTest.ICP else 'persona'}."]
        case Branch(test=BranchTest.INTENT, statuses=(), reasons=()):
            return ["Choose at least one intent."]
        case Tag(tag=""):
            return ["Name the tag."]
        case Assign(to=""):
            return ["Choose who gets the conversation."]
    return []


def says(kind: str, settings: Settings) -> str:
    """The step in a few words, for the line beside its name."""
    match settings:
        case Message() if kind == NodeKind.SMS:
            return "SMS"
        case Message(fallback=()):
            return "iMessage only, no SMS"
        case Message(fallback=when):
            return "iMessage, else SMS" if {UNSUPPORTED, FAILS} <= set(when) else f"iMessage, SMS {_when(when)}"
        case Email():
            return "a task to send it by hand"
        case LinkedIn() | Notify():
            return "a task"
        case Wait(mode=WaitMode.TIME):
            return _span(settings.days, settings.hours, settings.minutes)
        case Wait(mode=WaitMode.UNTIL):
            days = " or ".join(str(WEEKDAYS[day - 1]) for day in sorted(settings.weekdays))
            return f"until {days + ', ' if days else ''}{settings.at} where the lead is"
        case Wait():
            return f"until the last message is read, at most {_span(settings.days, 0, 0)}"
        case Branch(test=BranchTest.REPLIED):
            return f"replied within {_span(settings.days, 0, 0)}?" if settings.days else "replied?"
        case Branch(test=BranchTest.READ):
            return f"read within {_span(settings.days, 0, 0)}?" if settings.days else "read?"
        case Branch(test=BranchTest.IMESSAGE):
            return "has iMessage?"
        case Branch(test=BranchTest.INTENT):
            return f"intent {' or '.join([*settings.statuses, *settings.reasons]).replace('_', ' ')}?"
        case Branch():
            return f"{'ICP' if settings.test == BranchTest.ICP else 'persona'} {' or '.join(settings.values)}?"
        case Tag():
            return settings.tag
        case Stop():
            return settings.note or "ends here"
        case _:
            return ""


def _when(when: tuple[str, ...]) -> str:
    return "when there is no iMessage" if UNSUPPORTED in when else "when it fails"


def _span(days: int, hours: int, minutes: int) -> str:
    """2 days 3 hours"""
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n) or "no time"
