"""Names, numbers and addresses go; what is meant stays."""

from __future__ import annotations

import pytest

from intent.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Call me at (202) 555-0143 after 3pm", "Call me at [number] after 0pm"),
        ("mail dana.k+x@acme-corp.co.uk", "mail [email]"),
        ("see https://cal.example/dana?x=1 please", "see [link] please"),
        ("talk to Dana, she runs this", "talk to [name], she runs this"),
        ("ask dana", "ask [name]"),
        ("my name is Wolfgang Petersen", "my name is [name]"),
        ("STOP TEXTING ME", "STOP TEXTING ME"),
        ("unsuscribe plz", "unsuscribe plz"),
        ("Not interested. Thanks", "Not interested. Thanks"),
        ("we pay $1,250 for 40 seats", "we pay $0,000 for 00 seats"),
        ("Monday or Thursday?", "Monday or Thursday?"),
        ("Bitte keine Nachrichten mehr", "Bitte keine Nachrichten mehr"),
    ],
)
def test_what_points_to_a_person_goes(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_known_names_go_wherever_they_stand() -> None:
    assert mask("hope told mark. Marks place?", ["Mark Hope"]) == "[name] told [name]. [name] place?"
    assert mask("priya's phone", ["Priya Raman"]) == "[name] phone"
