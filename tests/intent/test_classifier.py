import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import pytest

from intent import artefact, classifier
from intent.classifier import Engine, read
from intent.text import lay_out
from intent.vocabulary import ANCHORS, Layer, OptOut, Pair, Reason, Status, Turn

COLD = "Hi Maria, Jake with FleetPulse. We cut idle time on vans by about 20%. Worth a quick call this week?"


def thread(reply: str, asked: str = COLD) -> Sequence[Turn]:
    return (Turn("out", asked), Turn("in", reply))


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        ("Sure, Thursday at 2 works for me", Status.POSITIVE, Reason.MEETING),
        ("how much does it cost per van?", Status.POSITIVE, Reason.PRICING),
        ("does it work with ServiceTitan?", Status.POSITIVE, Reason.INFO),
        ("talk to Dana, she runs this", Status.POSITIVE, Reason.REFERRAL),
        ("not now, ping me in Q3", Status.NEUTRAL, Reason.LATER),
        ("we already use HubSpot", Status.NEGATIVE, Reason.COMPETITOR),
        ("no budget this year", Status.NEGATIVE, Reason.BUDGET),
        ("not interested, thanks", Status.NEGATIVE, Reason.NO_NEED),
        ("Wrong number", Status.NEGATIVE, Reason.WRONG_PERSONA),
        ("please take me off your list", Status.NEGATIVE, Reason.REQUESTED_REMOVE),
        ("who is this?", Status.NEUTRAL, None),
    ],
)
def test_plain_replies_are_read_plainly(reply: str, status: Status, reason: Reason | None) -> None:
    verdict = read(thread(reply))
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(
    "reply", ["STOP", "stop texting me", "take me off this list", "don't ever contact me again", "Wrong number, please take me off"]
)
def test_plain_opt_outs_are_sure_and_score_nothing(reply: str) -> None:
    verdict = read(thread(reply))
    assert (verdict.opt_out, verdict.score) == (OptOut.SURE, 0)
    assert verdict.reason == Reason.REQUESTED_REMOVE


@pytest.mark.parametrize("reply", ["stop texting me", "actually take me off your list"])
def test_no_earlier_reply_takes_back_a_wish_for_silence(reply: str) -> None:
    verdict = read((Turn("out", COLD), Turn("in", "Tuesday at 2 works, can you bring the NetSuite person?"), Turn("in", reply)))
    assert (verdict.opt_out, verdict.reason) == (OptOut.SURE, Reason.REQUESTED_REMOVE)


@pytest.mark.parametrize("reply", ["stop by our office Tuesday", "don't stop, I like these tips", "can we cancel any time?"])
def test_look_alikes_are_not_called_opt_outs(reply: str) -> None:
    assert read(thread(reply)).opt_out != OptOut.SURE


def test_a_meeting_outranks_a_question_and_a_decline() -> None:
    scores = [read(thread(r)).score for r in ("Tuesday 10am works, call me", "does it sync to Sage?", "no thanks")]
    assert scores == sorted(scores, reverse=True)
    assert all(1 <= score <= 100 for score in scores)


def test_the_evidence_names_the_layer_and_the_contacts_own_words() -> None:
    keyword = read(thread("STOP")).evidence[0]
    assert (keyword.layer, keyword.words) == (Layer.KEYWORD, "STOP")
    reply = "Could you tell me how much it costs?"
    model = read(thread(reply)).evidence[-1]
    assert model.layer == Layer.MODEL
    assert model.words in reply


def test_reading_is_deterministic() -> None:
    threads = [thread(reply) for reply in ("maybe later in the year", "ok", "who dis", "déjame pensarlo")]
    assert [read(one) for one in threads] == [read(one) for one in threads]


def test_odd_replies_are_read_like_any_other() -> None:
    for reply in ("", " ", "?", "😂😂😂", "𝓼𝓽𝓸𝓹", "a" * 50_000, "\u202e\u200b", "不需要", "x" * 500 + " stop"):
        verdict = read(thread(reply))
        assert Pair(verdict.status, verdict.reason) in ANCHORS
        assert 0 <= verdict.confidence <= 1


@pytest.mark.parametrize("reply", ["مرحبا", "γεια σου", "안녕하세요", "你好"])
def test_of_a_script_hardly_known_only_a_rule_is_sure(reply: str) -> None:
    assert read(thread(reply)).opt_out != OptOut.SURE
    assert read(thread("Не пишите мне")).opt_out == OptOut.SURE


def test_a_thread_may_begin_with_the_contact() -> None:
    assert read([Turn("in", "How much is a tune-up?")]).reason == Reason.PRICING


def test_the_lighter_backend_reads_without_the_encoder() -> None:
    light = Engine(artefact.load(), None)
    verdict = light.read(lay_out(thread("please stop texting me")))
    assert verdict.opt_out == OptOut.SURE
    assert verdict.model_version.endswith("-light")


def test_a_damaged_artefact_is_refused(tmp_path: Path) -> None:
    shutil.copytree(artefact.FOLDER, tmp_path / "model")
    (tmp_path / "model" / "linear.npz").write_bytes(b"something else")
    with pytest.raises(artefact.BrokenArtefact, match=r"linear\.npz"):
        artefact.load(tmp_path / "model")


def test_the_runtime_needs_no_training_packages() -> None:
    code = (
        "import sys; from intent.classifier import read; from intent.vocabulary import Turn;"
        "read([Turn('in', 'how much?')]);"
        "print([m for m in ('torch','sklearn','scipy','onnx','tokenizers','huggingface_hub') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_model_loads_quickly_and_once() -> None:
    first = classifier.engine()
    start = perf_counter()
    assert classifier.engine() is first
    assert perf_counter() - start < 0.01


def test_the_guides_worked_examples() -> None:
    """Section 7 of the labelling guide: at least 18 of its 21 boundary cases (the card names the known failures)."""
    rows = json.loads((Path(__file__).parent / "guide_cases.json").read_text("utf-8"))
    wrong = []
    for asked, reply, status, reason in rows:
        verdict = read((Turn("out", asked), Turn("in", reply)))
        want = (Status(status), Reason(reason) if reason else None)
        if (verdict.status, verdict.reason) != want:
            wrong.append((reply, verdict.status.value, verdict.reason and verdict.reason.value))
    assert len(wrong) <= 3, wrong
