import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROWS = [
    ("Worth a call?", "STOP", "Negative", "Requested Remove"),
    ("Worth a call?", "how much is it?", "Positive", "Pricing"),
    ("Worth a call?", "who is this?", "Neutral", "none"),
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "held-out.jsonl"
    rows = [
        {
            "id": str(number),
            "thread": [{"dir": "out", "text": asked}, {"dir": "in", "text": reply}],
            "status": status,
            "reason": reason,
            "opt_out": reason == "Requested Remove",
            "tags": [],
            "seed": "test",
        }
        for number, (asked, reply, status, reason) in enumerate(ROWS)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_measuring_prints_every_figure_as_json(labelled: Path) -> None:
    out = StringIO()
    call_command("measure_intent", str(labelled), "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert {"status_accuracy", "status_macro_f1", "reason_macro_f1", "opt_out", "lookalikes_called", "ece", "ms", "worst"} <= set(
        found
    )
    assert set(found["opt_out"]["sure"]) == {"precision", "recall"}
    assert set(found["opt_out"]["flagged"]) == {"recall", "others_share"}
    assert found["status_accuracy"] == 1.0
    assert found["ms"]["p50"] > 0


def test_measuring_prints_words_for_people(labelled: Path) -> None:
    out = StringIO()
    call_command("measure_intent", str(labelled), stdout=out)
    assert "3 replies" in out.getvalue()
    assert "macro-F1" in out.getvalue()


def test_a_missing_or_bad_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.jsonl"):
        call_command("measure_intent", str(tmp_path / "nowhere.jsonl"))
    (tmp_path / "bad.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(CommandError, match=r"bad\.jsonl line 1"):
        call_command("measure_intent", str(tmp_path / "bad.jsonl"))
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(CommandError, match="nothing to measure"):
        call_command("measure_intent", str(tmp_path / "empty.jsonl"))
