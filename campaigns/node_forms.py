"""One form per kind of step. `campaigns.node_settings` can read whatever a form accepts; errors stand beside their field."""

from __future__ import annotations

from dataclasses import asdict
from datetime import time
from typing import Any, ClassVar, Final

from django import forms

from campaigns import nodes
from campaigns.nodes import MOST_DAYS
from campaigns.step_form import StepForm, choose, label_choices, member_choices
from campaigns.text_forms import EmailForm, MessageForm
from campaigns.tree import Step
from campaigns.vocabulary import BranchTest, NodeKind, WaitMode
from intent.vocabulary import Reason, Status
from leads.models import Label
from workspaces.forms.hours import DaysField
from workspaces.models import Workspace

FIELDS_OF: Final[dict[str | None, tuple[str, ...]]] = {
    BranchTest.PERSONA: ("personas",),
    BranchTest.ICP: ("icps",),
    BranchTest.INTENT: ("statuses", "reasons"),
}
"""Which lists of the form a branch reads, by its test; what is ticked in the others is dropped."""


class TaskForm(StepForm):
    """LinkedIn and Notify: a task for somebody."""

    needed: ClassVar[frozenset[str]] = frozenset({"text"})
    text = forms.CharField(
        max_length=1_000, required=False, label="What is to be done", widget=forms.Textarea(attrs={"rows": 3, "data-merge": ""})
    )
    to = forms.ChoiceField(required=False, label="Task for")

    def prepare(self) -> None:
        choose(
            self.fields["to"], member_choices(self.workspace, "Who looks after the conversation"), self.step.settings.get("to", "")
        )


class WaitForm(StepForm):
    mode = forms.ChoiceField(choices=WaitMode.choices, widget=forms.RadioSelect, label="How")
    days = forms.IntegerField(min_value=0, max_value=MOST_DAYS, required=False)
    hours = forms.IntegerField(min_value=0, max_value=23, required=False)
    minutes = forms.IntegerField(min_value=0, max_value=59, required=False)
    weekdays = DaysField(required=False, label="On")
    at = forms.TimeField(required=False, label="At", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))

    @staticmethod
    def initial_of(settings: dict[str, Any]) -> dict[str, Any]:
        return {**asdict(nodes.Wait()), **settings}

    def wanted(self, data: dict[str, Any]) -> dict[str, Any]:
        numbers = {name: data.get(name) or 0 for name in ("days", "hours", "minutes")}
        at = data.get("at")
        return {
            "mode": data.get("mode"),
            "weekdays": data.get("weekdays") or [],
            "at": f"{at:%H:%M}" if isinstance(at, time) else "09:00",
            **numbers,
        }


class BranchForm(StepForm):
    test = forms.ChoiceField(choices=BranchTest.choices, label="Ask")
    days = forms.IntegerField(
        min_value=0, max_value=MOST_DAYS, required=False, label="Within days", help_text="Of the last message; 0: as it is by then."
    )
    personas = forms.MultipleChoiceField(required=False, label="Personas", widget=forms.CheckboxSelectMultiple)
    icps = forms.MultipleChoiceField(required=False, label="ICPs", widget=forms.CheckboxSelectMultiple)
    statuses = forms.MultipleChoiceField(
        required=False, choices=Status.choices, widget=forms.CheckboxSelectMultiple, label="Intent is one of"
    )
    reasons = forms.MultipleChoiceField(
        required=False, choices=Reason.choices, widget=forms.CheckboxSelectMultiple, label="and its reason one of"
    )

    def prepare(self) -> None:
        stored = self.step.settings
        for name, kind, test in (("personas", Label.Kind.PERSONA, BranchTest.PERSONA), ("icps", Label.Kind.ICP, BranchTest.ICP)):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            kept = stored.get("values", []) if stored.get("test") == test else []
            choices = label_choices(self.workspace, kind, "")[1:]
            field.choices = [*choices, *((one, one) for one in kept if one not in dict(choices))]

    @staticmethod
    def initial_of(settings: dict[str, Any]) -> dict[str, Any]:
        values, test = settings.get("values", []), settings.get("test", BranchTest.REPLIED)
        lists = {"personas": values if test == BranchTest.PERSONA else [], "icps": values if test == BranchTest.ICP else []}
        return {**asdict(nodes.Branch()), **settings, **lists}

    def wanted(self, data: dict[str, Any]) -> dict[str, Any]:
        test = data.get("test")
        asked = FIELDS_OF.get(test, ())
        values = [value for name in ("personas", "icps") if name in asked for value in data.get(name) or []]
        intents = {name: (data.get(name) or []) if name in asked else [] for name in ("statuses", "reasons")}
        return {"test": test, "days": data.get("days") or 0, "values": values, **intents}


class TagForm(StepForm):
    needed: ClassVar[frozenset[str]] = frozenset({"tag"})
    tag = forms.CharField(max_length=50, required=False, help_text="Put on the lead, where filters find it.")


class AssignForm(StepForm):
    needed: ClassVar[frozenset[str]] = frozenset({"to"})
    to = forms.ChoiceField(required=False, label="Give the conversation to")

    def prepare(self) -> None:
        choose(self.fields["to"], member_choices(self.workspace, "Choose who"), self.step.settings.get("to", ""))


class StopForm(StepForm):
    note = forms.CharField(max_length=200, required=False, label="Why it ends here")


FORMS: Final[dict[str, type[StepForm]]] = {
    NodeKind.IMESSAGE: MessageForm,
    NodeKind.SMS: MessageForm,
    NodeKind.EMAIL: EmailForm,
    NodeKind.LINKEDIN: TaskForm,
    NodeKind.WAIT: WaitForm,
    NodeKind.BRANCH: BranchForm,
    NodeKind.TAG: TagForm,
    NodeKind.ASSIGN: AssignForm,
    NodeKind.NOTIFY: TaskForm,
    NodeKind.STOP: StopForm,
}


def form_of(workspace: Workspace, step: Step, data: Any = None, *, is_drip: bool = False) -> StepForm:
    return FORMS[step.kind](data, workspace=workspace, step=step, is_drip=is_drip)
