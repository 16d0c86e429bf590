"""Accepting an invitation."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from workspaces import invitations
from workspaces.access import public
from workspaces.forms.account import NewAccountForm
from workspaces.models import Invitation, User, Workspace
from workspaces.refused import Refused

OPENED = "invitation"


@never_cache
@public(reason="An invited person has no account yet; the token in the path is the key.")
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address bar, where it could be read or sent on, before anything is shown."""
    invitation = invitations.by_token(token)
    if invitation is None:
        return render(request, "workspaces/invitation_gone.html", status=404)
    request.session[OPENED] = invitation.pk
    return redirect("join")


@never_cache
@sensitive_post_parameters("password")
@public(reason="An invited person has no account yet; the session holds the invitation that was opened.", methods=("GET", "POST"))
def join(request: HttpRequest) -> HttpResponse:
    invitation = invitations.by_id(request.session.get(OPENED, 0))
    if invitation is None:
        return render(request, "workspaces/invitation_gone.html", status=404)
    if isinstance(request.user, User):
        return _join_as_user(request, request.user, invitation)
    if User.objects.filter(email=invitation.email).exists():
        return render(request, "workspaces/join.html", {"invitation": invitation, "step": "sign in"})
    return _join_as_new(request, invitation)


def _join_as_user(request: HttpRequest, user: User, invitation: Invitation) -> HttpResponse:
    if user.email != invitation.email:
        return render(request, "workspaces/join.html", {"invitation": invitation, "step": "other account"})
    if request.method != "POST":
        return render(request, "workspaces/join.html", {"invitation": invitation, "step": "confirm"})
    try:
        invitations.accept(request, invitation, user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("join")
    return _welcome(request, invitation.workspace)


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = NewAccountForm(request.POST or None, email=invitation.email)
    if request.method != "POST" or not form.is_valid():
        context = {"invitation": invitation, "step": "new account", "form": form}
        return render(request, "workspaces/join.html", context, status=422 if form.errors else 200)
    try:
        user = invitations.accept_as_new_user(invitation, form.cleaned_data["name"], form.cleaned_data["password"])
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("join")
    get_adapter(request).login(request, user)
    return _welcome(request, invitation.workspace)


def _welcome(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    request.session.pop(OPENED, None)
    messages.success(request, f"You are in {workspace}.")
    return redirect("workspace", slug=workspace.slug)
