"""What the forms of all steps share: a name, settings that `campaigns.node_settings` can read, choices of people and labels."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from campaigns import node_settings, node_words, nodes
from campaigns.node_settings import BadSettings
from campaigns.tree import Step
from campaigns.vocabulary import NodeKind, WaitMode
from leads import labels
from workspaces.forms.choices import offer
from workspaces.models import Workspace
from workspaces.queries import writers


class StepForm(forms.Form):
    """What all steps have. `settings` is what `Node.settings` will hold; `is_valid` has read it."""

    needed: ClassVar[frozenset[str]] = frozenset()
    """Fields that may stay empty while it is a draft, but are wanted before it is published (`node_words.problems`)."""

    name = forms.CharField(
        max_length=100, required=False, help_text="Shown on the campaign, in the Console and above its messages."
    )

    def __init__(self, *args: Any, workspace: Workspace, step: Step, is_drip: bool = False, **kwargs: Any) -> None:
        self.workspace, self.step, self.is_drip = workspace, step, is_drip
        kwargs.setdefault("initial", {"name": step.name, **self.initial_of(step.settings)})
        super().__init__(*args, **kwargs)
        self.settings: dict[str, Any] = step.settings
        self.prepare()

    def prepare(self) -> None:
        """Choices that the workspace decides."""

    @staticmethod
    def initial_of(settings: dict[str, Any]) -> dict[str, Any]:
        return dict(settings)

    def wanted(self, data: dict[str, Any]) -> dict[str, Any]:
        """The settings that the fields say, as `node_settings.parse` takes them."""
        return {name: value for name, value in data.items() if name != "name"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                parsed = node_settings.parse(self.step.kind, {**self.wanted(data)})
            except BadSettings as bad:
                raise ValidationError(str(bad)) from None
            self.settings = node_settings.plain(parsed)
        return data

    @property
    def named(self) -> str:
        """The name that was typed; else one that says what the step does, which follows it when that changes."""
        typed = " ".join(str(self.cleaned_data.get("name", "")).split())
        return own_name(self.step.kind, self.settings) if typed in ("", auto_name(self.step)) else typed


def auto_name(step: Step) -> str:
    """What a step is called while nobody has named it."""
    try:
        return own_name(step.kind, step.settings)
    except BadSettings:
        return str(NodeKind(step.kind).label)


def own_name(kind: str, settings: dict[str, Any]) -> str:
    parsed = node_settings.parse(kind, settings)
    says = node_words.says(kind, parsed)
    match parsed:
        case nodes.Wait(mode=WaitMode.TIME):
            return f"Wait {says}"
        case nodes.Wait(mode=WaitMode.READ):
            return "Wait until read"
        case nodes.Wait():
            return f"Wait {says.removesuffix(' where the lead is')}"[:100]
        case nodes.Branch():
            return (says[:1].upper() + says[1:100]).replace(" ?", "?")
        case nodes.Tag(tag=tag) if tag:
            return f"Tag {tag}"
    return str(NodeKind(kind).label)


def member_choices(workspace: Workspace, empty: str) -> list[tuple[str, str]]:
    return [("", empty), *((one.public_id, one.user.name) for one in writers(workspace))]


def choose(field: forms.Field, choices: list[tuple[str, str]], stored: str = "") -> None:
    offer(field, choices, stored, "(not there any more)")


def label_choices(workspace: Workspace, kind: str, empty: str) -> list[tuple[str, str]]:
    names = list(labels.labels(workspace, kind).values_list("name", flat=True))
    return [("", empty), *((name, name) for name in names)]
