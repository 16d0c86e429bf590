"""A company, and why somebody is excluded."""

from __future__ import annotations

from typing import Any

from django import forms

from leads import labels
from leads.models import Company, Label


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
