"""What people fill in about a campaign as a whole. Every refusal says what would be right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from campaigns import starters
from campaigns.models import Campaign, CampaignLine
from campaigns.starters import Starter
from campaigns.vocabulary import Overlap
from lines.models import Line
from workspaces.forms.hours import DaysField, SendTimeField
from workspaces.models import User, Workspace
from workspaces.queries import writers


class CampaignForm(forms.Form):
    """Name, lines, sender and hours. What is left empty follows the workspace."""

    name = forms.CharField(
        max_length=200, error_messages={"required": "Enter a name. Conversations show it, so say whom it reaches."}
    )
    sender = forms.ChoiceField(
        required=False, label="Sends in the name of", help_text="{{ sender.first_name }} becomes their name, and replies show them."
    )
    lines = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text="None chosen: every line of the workspace that can send."
    )
    send_from = SendTimeField(required=False, label="From")
    send_until = SendTimeField(required=False, label="Until")
    send_days = DaysField(required=False, label="On")
    overlap = forms.ChoiceField(
        label="Leads that are in another running campaign", choices=Overlap.choices, initial=Overlap.SKIP, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, workspace: Workspace, user: User, campaign: Campaign | None = None, **kwargs: Any) -> None:
        self.workspace, self.campaign = workspace, campaign
        self.all_lines = list(Line.objects.of(workspace).order_by("name", "pk"))
        self.members = {one.public_id: one for one in writers(workspace)}
        kwargs.setdefault("initial", _initial(self, campaign, user))
        super().__init__(*args, **kwargs)
        sender, lines = self.fields["sender"], self.fields["lines"]
        assert isinstance(sender, forms.ChoiceField)
        assert isinstance(lines, forms.MultipleChoiceField)
        sender.choices = [("", "Nobody in particular"), *((key, one.user.name) for key, one in self.members.items())]
        lines.choices = [(one.public_id, one.name) for one in self.all_lines]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        others = Campaign.objects.of(self.workspace).filter(name__iexact=name)
        if self.campaign:
            others = others.exclude(pk=self.campaign.pk)
        if others.exists():
            raise ValidationError(f"There is a campaign “{name}” already. Choose another name, or the lists cannot be told apart.")
        return name

    def clean_lines(self) -> list[Line]:
        """Lines that can send (S0-112); one that was chosen before it lost its connection may stay."""
        chosen = [one for one in self.all_lines if one.public_id in self.cleaned_data["lines"]]
        kept = self.initial.get("lines", [])
        for one in chosen:
            if one.status not in Line.SENDING and one.public_id not in kept:
                status = one.get_status_display().lower()
                raise ValidationError(f"{one.name} is {status} and cannot send. Connect it under Lines first, or leave it out.")
        return chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begin, end = data.get("send_from"), data.get("send_until")
        if bool(begin) != bool(end) and not self.errors:
            self.add_error("send_until" if begin else "send_from", "Set both, or leave both empty for the workspace’s hours.")
        elif begin and end and begin >= end:
            self.add_error("send_until", "It has to be later than the beginning.")
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What `making.change` takes."""
        names = ("name", "lines", "send_from", "send_until", "send_days", "overlap")
        sender = self.members.get(self.cleaned_data.get("sender", ""))
        return {name: self.cleaned_data[name] for name in names} | {"sender": sender.user if sender else None}

    @property
    def line_choices(self) -> list[tuple[Line, bool, bool]]:
        """Each line, whether it is ticked, and whether it can be."""
        ticked = self["lines"].value() or []
        kept = self.initial.get("lines", [])
        return [(one, one.public_id in ticked, one.status in Line.SENDING or one.public_id in kept) for one in self.all_lines]

    @property
    def hour_errors(self) -> list[Any]:
        return [self.errors[name] for name in ("send_from", "send_until", "send_days") if name in self.errors]


def _initial(form: CampaignForm, campaign: Campaign | None, user: User) -> dict[str, Any]:
    by_user = {one.user_id: key for key, one in form.members.items()}
    if campaign is None:
        return {"sender": by_user.get(user.pk, ""), "overlap": Overlap.SKIP}
    chosen = set(CampaignLine.objects.filter(campaign=campaign).values_list("line_id", flat=True))
    return {
        "name": campaign.name,
        "sender": by_user.get(campaign.sender_id or 0, ""),
        "lines": [one.public_id for one in form.all_lines if one.pk in chosen],
        "send_from": campaign.send_from,
        "send_until": campaign.send_until,
        "send_days": campaign.send_days,
        "overlap": campaign.overlap,
    }


class NewCampaignForm(CampaignForm):
    """And what it begins with: nothing, one of the starting workflows, or the steps of another campaign."""

    start = forms.CharField(required=False, max_length=40)
    copied = forms.ChoiceField(required=False, label="Copy of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = list(Campaign.objects.of(self.workspace).exclude(version=None).order_by("-created_at")[:100])
        copied = self.fields["copied"]
        assert isinstance(copied, forms.ChoiceField)
        copied.choices = [("", "Choose a campaign"), *((one.public_id, one.name) for one in self.others)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start = data.get("start", "")
        if not start:
            self.add_error("start", "Choose what it begins with.")
        elif start == "copy" and not data.get("copied"):
            self.add_error("copied", "Choose the campaign whose steps are copied.")
        elif start != "copy" and not starters.named(start):
            self.add_error("start", "Choose one of the beginnings below.")
        return data

    @property
    def starter(self) -> Starter | None:
        return starters.named(self.cleaned_data.get("start", ""))

    @property
    def source(self) -> Campaign | None:
        """The campaign whose steps are copied."""
        data = self.cleaned_data
        found = (one for one in self.others if one.public_id == data.get("copied"))
        return next(found, None) if data.get("start") == "copy" else None
