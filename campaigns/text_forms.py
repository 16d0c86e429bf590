"""Forms of the steps that write: one to eight wordings, each for everybody or for a persona or ICP."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from campaigns import merge, nodes
from campaigns.nodes import LETTERS, MOST_DAYS, MOST_TEXTS
from campaigns.step_form import StepForm, choose, label_choices, member_choices
from campaigns.vocabulary import NodeKind
from leads.models import Label

FALLBACK_WORDS: Final = [
    ("both", "When there is no iMessage, and when iMessage fails"),
    ("unsupported", "When there is no iMessage"),
    ("fails", "When iMessage fails"),
    ("never", "Never: iMessage only"),
]
FAILURE_WORDS: Final = [(nodes.STOP, "Stop for this lead"), (nodes.GO_ON, "Go on with the next step")]


class TextsForm(StepForm):
    """A message in one to eight wordings. The fields of wording 2 are body_1, persona_1 and icp_1."""

    def prepare(self) -> None:
        personas = label_choices(self.workspace, Label.Kind.PERSONA, "Any persona")
        icps = label_choices(self.workspace, Label.Kind.ICP, "Any ICP")
        for n in range(self.count):
            stored = self.stored_texts[n] if n < len(self.stored_texts) else {}
            self.fields[f"body_{n}"] = _body_field()
            for name, choices in (("persona", personas), ("icp", icps)):
                field = forms.ChoiceField(required=False, label="Only for persona" if name == "persona" else "Only for ICP")
                posted = self.data.get(f"{name}_{n}", "") if self.is_bound else ""
                choose(field, choices, str(stored.get(name, "")) or posted)
                self.fields[f"{name}_{n}"] = field
            for name in ("body", "persona", "icp"):
                self.initial.setdefault(f"{name}_{n}", stored.get(name, ""))

    @property
    def stored_texts(self) -> list[dict[str, Any]]:
        return list(self.step.settings.get("texts") or [{"body": ""}])

    @property
    def count(self) -> int:
        if not self.is_bound:
            return len(self.stored_texts)
        return min(MOST_TEXTS, max(1, sum(f"body_{n}" in self.data for n in range(MOST_TEXTS))))

    @property
    def texts(self) -> list[tuple[str, Any, Any, Any]]:
        """Letter, text, persona and ICP of each wording."""
        return [(LETTERS[n], self[f"body_{n}"], self[f"persona_{n}"], self[f"icp_{n}"]) for n in range(self.count)]

    @property
    def can_add(self) -> bool:
        return self.count < MOST_TEXTS

    def wanted_texts(self, data: dict[str, Any]) -> list[dict[str, str]]:
        return [{name: data.get(f"{name}_{n}", "") for name in ("body", "persona", "icp")} for n in range(self.count)]

    def wanted(self, data: dict[str, Any]) -> dict[str, Any]:
        others = {name: value for name, value in data.items() if name != "name" and not name[-1].isdigit()}
        return {**others, "texts": self.wanted_texts(data)}

    def clean(self) -> dict[str, Any]:
        for n in range(self.count):
            try:
                merge.parse(self.cleaned_data.get(f"body_{n}", ""))
            except merge.BadTemplate as bad:
                self.add_error(f"body_{n}", str(bad))
        return super().clean()


def _body_field() -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "dir": "auto", "data-merge": ""})
    return forms.CharField(required=False, max_length=nodes.BODY_LIMIT, label="Text", widget=widget, strip=True)


class MessageForm(TextsForm):
    fallback = forms.ChoiceField(choices=FALLBACK_WORDS, label="Send as SMS instead")
    on_failure = forms.ChoiceField(choices=FAILURE_WORDS, label="If it cannot be delivered", initial=nodes.STOP)
    days = forms.IntegerField(min_value=0, max_value=MOST_DAYS, label="Days after it is applied")
    hours = forms.IntegerField(min_value=0, max_value=23, label="and hours")

    def prepare(self) -> None:
        super().prepare()
        if self.step.kind == NodeKind.SMS:
            del self.fields["fallback"]
        if not self.is_drip:
            del self.fields["days"], self.fields["hours"]

    @staticmethod
    def initial_of(settings: dict[str, Any]) -> dict[str, Any]:
        found = set(settings.get("fallback", nodes.FALLBACKS["both"]))
        key = next((key for key, when in nodes.FALLBACKS.items() if set(when) == found), "both")
        return {
            "fallback": key,
            "on_failure": settings.get("on_failure", nodes.STOP),
            "days": settings.get("days", 0),
            "hours": settings.get("hours", 0),
        }

    def wanted(self, data: dict[str, Any]) -> dict[str, Any]:
        wanted = super().wanted(data)
        return {**wanted, "fallback": list(nodes.FALLBACKS.get(wanted.get("fallback", "never"), ()))}


class EmailForm(TextsForm):
    subject = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"data-merge": ""}))
    to = forms.ChoiceField(required=False, label="Sent by hand by", help_text="They find it under Tasks, ready to copy.")

    def prepare(self) -> None:
        super().prepare()
        choose(
            self.fields["to"], member_choices(self.workspace, "Who looks after the conversation"), self.step.settings.get("to", "")
        )

    @staticmethod
    def initial_of(settings: dict[str, Any]) -> dict[str, Any]:
        return {"subject": settings.get("subject", ""), "to": settings.get("to", "")}
