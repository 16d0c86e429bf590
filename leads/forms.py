"""Forms of leads, companies, labels and imports. Every refusal says what would be right."""

from __future__ import annotations

import zoneinfo
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from leads import labels
from leads.addresses import BadAddress, Normal, display, normalise
from leads.importing.mapping import EMAILS, PHONES, TARGETS
from leads.importing.runs import MOST_BYTES
from leads.models import Address, Company, ImportRun, Label, Lead
from workspaces.models import Workspace
from workspaces.places import countries

JUDGED: Final = [("", "Not judged yet"), ("yes", "Match"), ("no", "No match")]
MATCHES: Final[dict[str, bool | None]] = {"": None, "yes": True, "no": False}


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


class CompanyForm(forms.Form):
    name = forms.CharField(max_length=200, error_messages={"required": "Enter the company’s name."})
    website = forms.CharField(max_length=200, required=False, help_text="Such as ledgerline.com. Imports find the company by it.")
    industry = forms.CharField(max_length=100, required=False)
    icp = forms.ChoiceField(required=False, label="ICP")

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(company, name) for name in ("name", "website", "industry", "icp")})
        super().__init__(*args, **kwargs)
        names = list(labels.labels(company.workspace, Label.Kind.ICP).values_list("name", flat=True))
        if company.icp and company.icp not in names:
            names.append(company.icp)
        icp = self.fields["icp"]
        assert isinstance(icp, forms.ChoiceField)
        icp.choices = [("", "None"), *((name, name) for name in names)]


class ReasonForm(forms.Form):
    """Why somebody is excluded. `company` too, where the question was asked (S0-99)."""

    reason = forms.CharField(
        max_length=300,
        help_text="It stays on the record.",
        error_messages={"required": "Say why, in a few words: it stays on the record."},
    )
    company_too = forms.BooleanField(required=False)

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if company is None or company.status == Company.Status.EXCLUDED:
            del self.fields["company_too"]
        else:
            self.fields["company_too"].label = f"Exclude {company.name} too: nobody there is reached any more"


class LabelForm(forms.Form):
    kind = forms.ChoiceField(choices=Label.Kind.choices, widget=forms.HiddenInput)
    was = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=100, error_messages={"required": "Enter a name for the label."})
    match = forms.ChoiceField(choices=JUDGED, required=False)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.label: Label | None = None

    def clean(self) -> dict[str, Any]:
        """Finds the label that is to be changed, and refuses a name that another one has."""
        data = super().clean() or {}
        kind, was, name = (str(data.get(key, "")) for key in ("kind", "was", "name"))
        self.label = labels.named(self.workspace, kind, was) if was else None
        if was and self.label is None:
            raise ValidationError(f"There is no label “{was}” any more.")
        other = labels.named(self.workspace, kind, name) if name else None
        if other and other != self.label:
            raise ValidationError(f"There is a label “{other.name}” already. Choose another name.")
        return data

    @property
    def matches(self) -> bool | None:
        return MATCHES[str(self.cleaned_data.get("match", ""))]


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV or Excel file (.xlsx)",
        error_messages={
            "required": "Choose a file first.",
            "empty": "The file is empty. Choose one with a header and at least one row.",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                f"The file has {file.size // 1_000_000:,} MB; at most {MOST_BYTES // 1_000_000} MB can be read. Split it."
            )
        return file


class ColumnsForm(forms.Form):
    """What each column holds. One select a column, named by its index."""

    region = forms.ChoiceField(label="Country of numbers without a country code", choices=countries)
    known = forms.ChoiceField(
        label="People who are leads already",
        choices=ImportRun.Known.choices,
        widget=forms.RadioSelect,
        initial=ImportRun.Known.UPDATE,
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        initial = {f"column_{index}": target for index, target in run.mapping.items()}
        kwargs.setdefault("initial", {**initial, "region": run.region, "known": run.known})
        super().__init__(*args, **kwargs)
        self.run = run
        choices = [("", "Leave out"), *TARGETS.items()]
        for index, name in enumerate(run.columns):
            self.fields[f"column_{index}"] = forms.ChoiceField(choices=choices, required=False, label=name)

    @property
    def mapping(self) -> dict[str, str]:
        data = self.cleaned_data
        return {str(n): data[f"column_{n}"] for n in range(len(self.run.columns)) if data.get(f"column_{n}")}

    @property
    def columns(self) -> list[tuple[Any, list[str]]]:
        """Each column's select with the first cells under it."""
        cells = self.run.sample
        return [(self[f"column_{n}"], [row[n] if n < len(row) else "" for row in cells]) for n in range(len(self.run.columns))]
