"""One lead: what is known, what was done, and changing it. Its conversations are fetched by URL from the app that owns them."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from leads import actions, consent, exclusions, queries, timeline
from leads.availability import shown_of
from leads.forms.company import ReasonForm
from leads.forms.lead import LeadForm
from leads.importing.mapping import EMAILS, PHONES
from leads.localtime import local_time
from leads.models import Lead
from workspaces.access import WorkspaceRequest, member, writer
from workspaces.freshness import watch
from workspaces.refused import Refused

TAKEN = "One of these addresses was given to another lead a moment ago. Look for it, then save again."


@member
def lead(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.lead_of(request.workspace, public_id)
    phone = next((one.value for one in found.addresses.all() if one.kind == one.Kind.PHONE), "")
    context = {
        "lead": found,
        "shown": shown_of(found),
        "opt_outs": queries.standing_opt_outs(found),
        "local_time": local_time(phone, found.time_zone),
        "timeline": timeline.of_lead(found),
        "alike": queries.alike(found) if request.membership.writes else [],
    }
    return render(request, "leads/lead.html", context)


@writer(methods=("GET", "POST"))
def add(request: WorkspaceRequest) -> HttpResponse:
    form = LeadForm(request.POST or None, workspace=request.workspace)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                company = actions.company_named(request.workspace, data["company"])  # gone again where the lead is refused
                made = actions.add_lead(
                    request.workspace, name=data["name"], title=data["title"], persona=data["persona"],
                    company=company, addresses=data["addresses"], by=request.user,
                )  # fmt: skip
                if data["opted_out"]:
                    consent.set_opted_out(made, True, by=request.user, note=data["note"])
        except IntegrityError:
            form.add_error(None, TAKEN)
        else:
            return redirect("lead", request.workspace.slug, made.public_id)
    return _form(request, form, None)


@writer(methods=("GET", "POST"))
def edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.lead_of(request.workspace, public_id)
    form = LeadForm(request.POST or None, workspace=request.workspace, lead=found)
    watch(form)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        values = {name: data[name] for name in ("name", "title", "persona", "time_zone")}
        try:
            with transaction.atomic():
                values["company"] = actions.company_named(request.workspace, data["company"])
                actions.edit_lead(found, addresses=data["addresses"], by=request.user, **values)
                if data["opted_out"] != data["was_opted_out"]:  # not what somebody else, or they, changed meanwhile
                    consent.set_opted_out(found, data["opted_out"], by=request.user, note=data["note"])
        except IntegrityError:
            form.add_error(None, TAKEN)
        except Refused as refused:
            form.add_error("opted_out", str(refused))
        else:
            messages.success(request, "Saved.")
            return redirect("lead", request.workspace.slug, found.public_id)
    return _form(request, form, found)


def _form(request: WorkspaceRequest, form: LeadForm, found: Lead | None) -> HttpResponse:
    context = {
        "form": form,
        "lead": found,
        "wishes": [form["opted_out"], form["note"]],
        "facts": [form[name] for name in ("name", "title", "company", "persona", "time_zone")],
        "addresses": [("Phones", [form[slot] for slot in PHONES]), ("Emails", [form[slot] for slot in EMAILS])],
        "companies": queries.company_names(request.workspace),
    }
    return render(request, "leads/form.html", context, status=422 if form.errors else 200)


@writer(methods=("GET", "POST"))
def exclude(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Exclude a lead, and on the same page the question whether its company is to be excluded too (S0-97 to S0-99)."""
    found = queries.lead_of(request.workspace, public_id)
    form = ReasonForm(request.POST or None, company=found.company)
    if request.method == "POST" and form.is_valid():
        too = bool(form.cleaned_data.get("company_too"))
        consent.exclude(found, form.cleaned_data["reason"], company=too, by=request.user)
        also = f", and so is {found.company.name}" if too and found.company else ""
        messages.success(request, f"{found.name} is excluded{also}. What was waiting is not sent.")
        return redirect("lead", request.workspace.slug, found.public_id)
    context = {"form": form, "lead": found, "whom": found.name}
    return render(request, "leads/exclude.html", context, status=422 if form.errors else 200)


@writer
def include(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = queries.lead_of(request.workspace, public_id)
    exclusions.include_all([found], by=request.user)
    messages.success(request, f"{found.name} can be reached again. An opt-out is not lifted by this.")
    return redirect("lead", request.workspace.slug, found.public_id)
