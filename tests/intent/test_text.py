import pytest

from intent.tapbacks import tapback
from intent.text import lay_out, question_of
from intent.vocabulary import Turn


def test_the_last_question_is_what_a_reply_answers() -> None:
    assert question_of("Hi Bo. Still on Square? We save $190. No contract.") == "Still on Square?"
    assert question_of("See you at 3. Bring the specs.") == "Bring the specs."


def test_a_thread_is_laid_out_around_its_last_incoming_message() -> None:
    reading = lay_out([Turn("out", "Still moving?"), Turn("in", "Maybe"), Turn("out", "Worth a call?"), Turn("in", "Let’s  do it")])
    assert (reading.reply, reading.question, reading.engaged, reading.before) == ("Let's do it", "Worth a call?", True, "")


def test_a_second_incoming_message_continues_the_first() -> None:
    reading = lay_out([Turn("out", "Worth a call?"), Turn("in", "Maybe"), Turn("in", "but not till Monday")])
    assert (reading.before, reading.engaged) == ("Maybe", False)


def test_a_thread_without_incoming_messages_is_refused() -> None:
    with pytest.raises(ValueError, match="incoming"):
        lay_out([Turn("out", "Hello?")])


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("Liked “Worth a call?”", "yes"),
        ("Loved an image", "yes"),
        ('Laughed at "Worth a call?"', "remark"),
        ("Disliked “Worth a call?”", "no"),
        ("Removed a like from “Worth a call?”", "removed"),
        ("Reacted 👎 to “Worth a call?”", "no"),
        ("A aimé « Un appel ? »", "yes"),
        ("Le gustó “¿Una llamada?”", "yes"),
    ],
)
def test_tapbacks_of_phones_are_known(reply: str, kind: str) -> None:
    from intent.text import tidy

    found = tapback(tidy(reply))
    assert found is not None
    assert found.kind == kind


def test_liking_something_is_no_tapback() -> None:
    assert tapback("I liked the demo") is None
    assert tapback("Loved it, thanks") is None


def test_text_below_a_quotation_head_is_not_the_contacts_own() -> None:
    reading = lay_out([Turn("in", "sounds good\nOn Tue, Ann wrote:\n> Reply STOP to opt out")])
    assert reading.reply == "sounds good"


def test_a_hundred_thousand_blank_lines_are_read_at_once() -> None:
    assert lay_out([Turn("in", "yes" + "\n" * 100_000)]).reply == "yes"


def test_the_end_of_a_pasted_page_is_read_too() -> None:
    assert lay_out([Turn("in", "a line of a contract. " * 500 + "please stop texting me")]).reply.endswith("please stop texting me")
