"""Around the reading of replies: the page of groups, the review queue, corrections to take away, the language model."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from conversations.readings import (
    corrections,
    intent_breakdown,
    intent_page,
    relabelling,
    reviewing,
    second_opinion_trial,
)
from conversations.readings.intent_forms import LanguageModelForm
from intent.models import IntentSettings, settings_of
from workspaces import audit
from workspaces.access import WorkspaceRequest, member, no_such_page, role, writer
from workspaces.downloads import download
from workspaces.models import Role


@member
def intent(request: WorkspaceRequest) -> HttpResponse:
    """Conversations grouped by what the contact wants (S0-90), and who answers how, `by` a dimension of theirs."""
    by = request.GET.get("by", "campaign")
    if by not in intent_breakdown.DIMENSIONS:
        no_such_page()
    context = {
        "groups": intent_page.groups(request.workspace, request.user),
        "dimension": intent_breakdown.DIMENSIONS[by].title,
        "tabs": intent_breakdown.tabs(by),
        "rows": intent_breakdown.rows(request.workspace, by),
        "most": intent_breakdown.MOST,
        "newest": intent_breakdown.NEWEST,
        "corrections": corrections.count(request.workspace),
    }
    return render(request, "conversations/intent.html", context)


@member
def review(request: WorkspaceRequest) -> HttpResponse:
    """Replies whose reading nobody has judged: ?of= uncertain, or a sample of the others."""
    kind = request.GET.get("of", "uncertain")
    if kind not in reviewing.KINDS:
        no_such_page()
    context = {
        "kind": kind,
        "kinds": reviewing.KINDS.items(),
        "items": reviewing.waiting(request.workspace, kind),
        "agreement": reviewing.agreement(request.workspace),
        "pairs": relabelling.CHOICES,
        "days": reviewing.DAYS,
        "most": reviewing.MOST,
    }
    return render(request, "conversations/review.html", context)


@writer
def judge(request: WorkspaceRequest, public_id: str) -> HttpResponseRedirect:
    """`pair` is "status:reason": what was read, or what is right instead."""
    message = reviewing.reply_of(request.workspace, public_id)
    try:
        made = relabelling.label(message, relabelling.pair_of(request.POST.get("pair", "")), by=request.user)
    except relabelling.NotAllowed as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"Labelled {made}.")
    kind = request.POST.get("of", "")
    query = f"?of={kind}" if kind in reviewing.KINDS else ""
    return redirect(reverse("intent_review", args=[request.workspace.slug]) + query)


@role(Role.ADMIN, Role.OPS, methods=("POST",))
def export_corrections(request: WorkspaceRequest) -> StreamingHttpResponse:
    """All that people said replies mean, masked, as JSON lines for training."""
    name = f"{request.workspace.slug} corrections {timezone.now():%Y-%m-%d}.jsonl"
    return download(corrections.export(request.workspace, by=request), name, "application/jsonl")


@role(Role.ADMIN, methods=("GET", "POST"))
def intent_settings(request: WorkspaceRequest) -> HttpResponse:
    """Whether a language model of theirs is asked about unsure replies, and where it is."""
    form = LanguageModelForm(request.POST or None, instance=settings_of(request.workspace))
    if request.method == "POST" and form.is_valid():
        _save(request, form)
        messages.success(request, "Saved. It applies to replies from now on.")
        return redirect("intent_settings", request.workspace.slug)
    context = {"form": form, "stored": settings_of(request.workspace), "lately": second_opinion_trial.lately(request.workspace)}
    return render(request, "conversations/intent_settings.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _save(request: WorkspaceRequest, form: LanguageModelForm) -> IntentSettings:
    row = form.save()
    key = "forgotten" if form.cleaned_data["forget_key"] else "changed" if form.cleaned_data["key"] else "kept"
    audit.record(
        request, request.workspace, "intent.settings_changed", on=row.llm_on, url=row.llm_url, model=row.llm_model, key=key
    )
    return row


@role(Role.ADMIN, methods=("POST",))
def try_language_model(request: WorkspaceRequest) -> HttpResponseRedirect:
    """Ask it about a made-up reply and say what came back."""
    good, text = second_opinion_trial.ask(request.workspace)
    (messages.success if good else messages.warning)(request, text)
    return redirect("intent_settings", request.workspace.slug)
