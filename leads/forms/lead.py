"""A lead with its addresses."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from leads import labels
from leads.addresses import BadAddress, Normal, display, normalise
from leads.importing.mapping import EMAILS, PHONES, TARGETS
from leads.models import Address, Label, Lead
from workspaces.models import Workspace


class LeadForm(forms.Form):
    """A lead with its eight ordered addresses; the company by its name, made when there is none."""

    name = forms.CharField(max_length=200, error_messages={"required": "Enter a name; a number or an email address will do."})
    title = forms.CharField(max_length=200, required=False)
    company = forms.CharField(max_length=200, required=False, help_text="By its name. One that is not there yet is added.")
    persona = forms.ChoiceField(required=False)
    time_zone = forms.CharField(
        max_length=64, required=False, label="Time zone", help_text="Such as Europe/London. Empty: taken from the phone number."
    )

    opted_out = forms.BooleanField(
        required=False,
        label="Opted out",
        help_text="Nothing is sent to any of their addresses until they text START, or this is lifted.",
    )
    was_opted_out = forms.BooleanField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        max_length=300,
        required=False,
        label="Why",
        help_text="Needed where they asked for no messages themselves, to opt them in again.",
    )

    def __init__(self, *args: Any, workspace: Workspace, lead: Lead | None = None, **kwargs: Any) -> None:
        self.workspace, self.lead = workspace, lead
        if lead:
            kwargs.setdefault("initial", _initial(lead))
        super().__init__(*args, **kwargs)
        names = list(labels.labels(workspace, Label.Kind.PERSONA).values_list("name", flat=True))
        if lead and lead.persona and lead.persona not in names:
            names.append(lead.persona)
        persona = self.fields["persona"]
        assert isinstance(persona, forms.ChoiceField)
        persona.choices = [("", "None"), *((name, name) for name in names)]
        for slot in (*PHONES, *EMAILS):
            self.fields[slot] = forms.CharField(max_length=254, required=False, label=TARGETS[slot])

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"]).strip()
        if zone and zone not in zoneinfo.available_timezones():
            raise ValidationError(f"“{zone}” is not a known time zone. Write one such as Europe/London.")
        return zone

    def clean(self) -> dict[str, Any]:
        """Adds `addresses`, in their order without gaps."""
        data = super().clean() or {}
        found: dict[str, Normal] = {}
        for slot in (*PHONES, *EMAILS):
            try:
                address = self._address(slot, str(data.get(slot, "")).strip())
            except BadAddress as bad:
                self.add_error(slot, str(bad))
                continue
            if address and address.value in found:
                self.add_error(slot, "This address stands here twice. Leave one of them out.")
            elif address:
                found[address.value] = address
        self._refuse_taken(found)
        data["addresses"] = list(found.values())
        return data

    def _address(self, slot: str, text: str) -> Normal | None:
        if not text:
            return None
        if ("@" in text) != (slot in EMAILS):
            raise BadAddress(
                "This is an email address." if "@" in text else "This is not an email address, such as dana@example.com."
            )
        return normalise(text, region=self.workspace.default_region)

    def _refuse_taken(self, found: dict[str, Normal]) -> None:
        taken = Address.objects.of(self.workspace).select_related("lead").filter(value__in=list(found))
        if self.lead:
            taken = taken.exclude(lead=self.lead)
        for row in taken:
            self.add_error(None, f"{display(row.value)} belongs to {row.lead.name}. Remove it there first, or merge the two leads.")


def _initial(lead: Lead) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(lead, name) for name in ("name", "title", "persona", "time_zone")}
    values["company"] = lead.company.name if lead.company else ""
    values["opted_out"] = values["was_opted_out"] = bool(lead.opted_out_at)
    for one in lead.addresses.all():
        values[f"{one.kind}_{one.rank + 1}"] = display(one.value)
    return values
