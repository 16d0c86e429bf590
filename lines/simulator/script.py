"""What people answer: canned replies that cover every reason of the intent labels, and then some."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "tapback", "emoji_tapback", "photo", "heic", "edit"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person does, `after` seconds after the one before."""

    kind: Kind
    text: str = ""  # a message, a tapback such as "love" or "-love", an emoji, a caption
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    label: str  # what the labelling guide calls it
    steps: tuple[Step, ...]


def says(label: str, *texts: str) -> Reply:
    return Reply(label, tuple(Step("text", text, 4.0 if index else 0.0) for index, text in enumerate(texts)))


# The first answers of +1 202 555 0100 to 0119, in this order: one for each thing an inbox must tell apart.
FIRST: Final = (
    says("Positive / Meeting", "Sure, Tuesday at 2 works. Can you send an invite?"),
    says("Positive / Pricing", "How much is it for about 40 seats?"),
    says("Positive / Info", "Tell me more, how does it work with Salesforce?"),
    says("Neutral / Later", "Swamped this quarter, ping me in January"),
    says("Positive / Referral", "Not me, talk to Dana Whitfield, she runs this"),
    says("Negative / Competitor", "We already use HubSpot for that"),
    says("Negative / Budget", "No budget this year, sorry"),
    says("Negative / No Need", "Thanks but we're all set"),
    says("Negative / Wrong Persona", "Wrong number"),
    says("Negative / Requested Remove", "Please don't text me again"),
    says("Positive / none", "Sounds great!"),
    says("Neutral / none", "who is this?"),
    says("Negative / none", "oh joy, another sales text"),
    says("Neutral / Info", "What is this about?"),
    says("Positive / Later", "We're in, but can only start after May 1"),
    says("Neutral / Competitor", "We use Gusto and it's a nightmare tbh"),
    says("Neutral / none", "👍"),
    says("Negative / Competitor", "Ya usamos otra herramienta, gracias"),
    says("Neutral / none", "I'm driving right now. I'll get back to you when I arrive."),
    Reply("Neutral / none", (Step("tapback", "like"),)),
)

STORIES: Final = {
    "stop": says("Negative / Requested Remove", "STOP"),
    "agrees": says("Positive / none", "Sounds great!"),
    "start": says("Neutral / none", "START"),
    "take_me_off": says("Negative / Requested Remove", "please take me off your list"),
    "booth": says("Positive / Meeting", "Stop by our booth!"),
    "love_and_unlove": Reply("Neutral / none", (Step("tapback", "love"), Step("tapback", "-love", 6.0))),
    "emoji_tapback": Reply("Neutral / none", (Step("emoji_tapback", "🎉"),)),
    "photo": Reply("Positive / Info", (Step("heic", "This is our current setup, does it fit?"),)),
    "edited": Reply("Positive / Meeting", (Step("text", "Thursday at 3 works"), Step("edit", "Thursday at 4 works, sorry", 8.0))),
}

ANYBODY: Final = (
    *FIRST,
    *STORIES.values(),
    Reply("Positive / Info", (Step("photo", "Can you make something like this?"),)),
    says("Positive / Meeting", "Yes", "Call me Thursday after 3"),
    says("Positive / Pricing", "What does a pilot cost?", "And is it monthly?"),
    says("Neutral / Later", "Let me think about it"),
    says("Positive / Referral", "I'll forward it to my boss"),
    says("Negative / Wrong Persona", "I left that company in March"),
    says("Neutral / none", "ok"),
    says("Negative / Requested Remove", "Unsubscribe"),
    says("Positive / Meeting", "I can't stop laughing at that video. Call me"),
)

FOLLOW_UPS: Final = (
    says("Neutral / none", "Great, thanks"),
    says("Positive / Meeting", "Perfect, talk then"),
    says("Positive / Info", "Does it have an API?"),
    says("Neutral / Later", "Let me check and get back to you"),
    Reply("Neutral / none", (Step("tapback", "like"),)),
)


def first_reply(number: int | None, story: str, chance: random.Random) -> Reply:
    """number: the magic number; story: a key of STORIES or "" ."""
    if story:
        return STORIES[story]
    if number is not None and number < len(FIRST):
        return FIRST[number]
    return chance.choice(ANYBODY)


def next_reply(story: str, chance: random.Random) -> Reply:
    return STORIES[story] if story else chance.choice(FOLLOW_UPS)
