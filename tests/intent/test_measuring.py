import json
from pathlib import Path

import pytest

from intent.agreement import calibration_error, macro_f1
from intent.examples import BadExample, Example, folds, load
from intent.measuring import measure
from intent.vocabulary import PAIRS, REMOVE, OptOut, Pair, Reason, Status, Turn, Verdict


def example(reply: str, pair: Pair, seed: str = "s", tags: tuple[str, ...] = ()) -> Example:
    return Example(reply, (Turn("out", "Worth a call?"), Turn("in", reply)), PAIRS.index(pair), seed, tags)


MEETING, NONE = Pair(Status.POSITIVE, Reason.MEETING), Pair(Status.NEUTRAL, None)


def verdict(pair: Pair, band: OptOut = OptOut.NONE, confidence: float = 0.9) -> Verdict:
    return Verdict(pair.status, pair.reason, band, 0 if pair == REMOVE else 50, confidence, (), "test")


def test_figures_of_a_perfect_reader_are_perfect() -> None:
    examples = [example("a", MEETING), example("b", NONE), example("c", REMOVE)]
    answers = {e.thread: verdict(e.pair, OptOut.SURE if e.opt_out else OptOut.NONE, 1.0) for e in examples}
    found = measure(examples, lambda thread: answers[tuple(thread)])
    assert found["status_accuracy"] == found["status_macro_f1"] == found["reason_macro_f1"] == 1.0
    assert found["opt_out"] == {
        "sure": {"precision": 1.0, "recall": 1.0},
        "flagged": {"recall": 1.0, "others_share": 0.0},
    }
    assert (found["ece"], found["lookalikes_called"], found["worst"]) == (0.0, 0, [])


def test_figures_of_a_reader_that_calls_everything_an_opt_out() -> None:
    examples = [example("a", MEETING, tags=("lookalike",)), example("b", REMOVE), example("c", NONE), example("d", NONE)]
    found = measure(examples, lambda thread: verdict(REMOVE, OptOut.SURE, 0.9))
    assert found["opt_out"]["sure"] == {"precision": 0.25, "recall": 1.0}
    assert found["opt_out"]["flagged"] == {"recall": 1.0, "others_share": 1.0}
    assert found["lookalikes_called"] == 1
    assert found["ece"] == pytest.approx(0.65)
    assert len(found["worst"]) == 3


def test_macro_f1_counts_none_as_a_class() -> None:
    assert macro_f1([None, None, Reason.INFO], [None, Reason.INFO, Reason.INFO], [*Reason, None]) == pytest.approx(0.6667)


def test_calibration_error_of_honest_doubt_is_zero() -> None:
    assert calibration_error([0.5, 0.5], [True, False]) == 0.0


def test_folds_never_part_a_scenario() -> None:
    examples = [example(f"{seed}{n}", NONE, seed) for seed in "abcdefg" for n in range(5)]
    home = folds(examples, 3, seed=1)
    assert {len({int(home[i]) for i, e in enumerate(examples) if e.seed == s}) for s in "abcdefg"} == {1}
    assert {int(fold) for fold in home} == {0, 1, 2}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "Positive", "reason": "Budget"}, "not an allowed pair"),
        ({"opt_out": True}, "Requested Remove"),
        ({"thread": [{"dir": "out", "text": "hi"}]}, "incoming"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, change: dict[str, object], words: str) -> None:
    row: dict[str, object] = {
        "id": "1", "thread": [{"dir": "in", "text": "hi"}], "status": "Neutral", "reason": "none",
        "opt_out": False, "tags": [], "seed": "s",
    }  # fmt: skip
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps(row | change))
    with pytest.raises(BadExample, match=rf"x\.jsonl line 1.*{words}"):
        load([file])


def test_our_own_data_is_sound_and_never_contradicts_itself() -> None:
    from intent.examples import training_files

    examples = load(training_files())
    assert len(examples) > 6_000
    assert len({e.seed for e in examples}) > 200
    said: dict[tuple[Turn, ...], Pair] = {}
    for one in examples:
        assert said.setdefault(one.thread, one.pair) == one.pair, one.id
    assert len({e.id for e in examples}) == len(examples)
