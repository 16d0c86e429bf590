"""A workspace's members with their roles, and its invitations."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces import actions, invitations, mail, queries, tokens
from workspaces.access import WorkspaceRequest, member, no_such_page, role
from workspaces.forms.members import ROLES, InvitationForm, RoleForm, SwitchesForm
from workspaces.freshness import typed, watch
from workspaces.models import Invitation, Membership, Role
from workspaces.refused import Refused


@member
def members(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, InvitationForm())


@role(Role.ADMIN, methods=("POST",))
def change_role(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    membership = _member(request, public_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles in the list.")
        return _back(request)
    new_role = Role(form.cleaned_data["role"])
    try:
        actions.change_role(request, membership, new_role)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{membership.user} is {new_role.label.lower()} now: {ROLES[new_role]}.")
    return _back(request)


@role(Role.ADMIN, methods=("GET", "POST"))
def member_switches(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What one member may do otherwise than the workspace says: delete, drips, notes, consent (R12)."""
    membership = _member(request, public_id)
    form = SwitchesForm(request.POST or None, membership=membership)
    watch(form)
    if request.method == "POST" and form.is_valid():
        actions.change_switches(request, membership, typed(form))
        messages.success(request, f"What {membership.user} may do is saved. It applies from now on.")
        return _back(request)
    return render(
        request, "workspaces/member_switches.html", {"whose": membership, "form": form}, status=422 if form.errors else 200
    )


@role(Role.ADMIN, methods=("GET", "POST"))
def remove_member(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    membership = _member(request, public_id)
    if request.method != "POST":
        return render(
            request,
            "workspaces/remove_member.html",
            {"leaving": membership, "tokens": tokens.made_by(request.workspace, membership.user)},
        )
    try:
        actions.remove_member(request, membership)
    except Refused as refused:
        messages.error(request, str(refused))
        return _back(request)
    messages.success(request, f"{membership.user} is no longer in {request.workspace}.")
    return redirect("home") if membership.user_id == request.user.pk else _back(request)


@role(Role.ADMIN, methods=("POST",))
def invite(request: WorkspaceRequest) -> HttpResponse:
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    email, new_role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    try:
        invitation, token = invitations.invite(request, request.workspace, email, new_role, invited_by=request.user)
    except Refused as refused:
        form.add_error("email", str(refused))
        return _page(request, form, status=422)
    return _with_link(request, invitation, token)


@role(Role.ADMIN, methods=("POST",))
def resend_invitation(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    invitation = _invitation(request, public_id)
    try:
        token = invitations.renew(request, invitation)
    except Refused as refused:
        messages.error(request, str(refused))
        return _back(request)
    return _with_link(request, invitation, token)


@role(Role.ADMIN, methods=("POST",))
def revoke_invitation(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    invitation = _invitation(request, public_id)
    try:
        invitations.revoke(request, invitation)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"The invitation of {invitation.email} no longer works.")
    return _back(request)


def _page(request: WorkspaceRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    is_admin = request.membership.role == Role.ADMIN
    context = {
        "page": queries.members_page(request.workspace, request.GET.get("after", "")),
        "roles": Role.choices,
        "may": [(role.label, text) for role, text in ROLES.items()],
        "is_admin": is_admin,
        "form": form,
        "invitations": queries.invitations_page(request.workspace, request.GET.get("invited", "")) if is_admin else None,
    }
    return render(request, "workspaces/members.html", context, status=status)


def _with_link(request: WorkspaceRequest, invitation: Invitation, token: str) -> HttpResponse:
    """The answer itself shows the link, for it is kept nowhere that a second page could take it from."""
    context = {
        "invitation": invitation,
        "link": mail.invitation_link(token),
        "mailed": mail.invitation(invitation, token),
    }
    return render(request, "workspaces/invited.html", context)


def _member(request: WorkspaceRequest, public_id: str) -> Membership:
    found = Membership.objects.of(request.workspace).select_related("user").filter(public_id=public_id).first()
    return found or no_such_page()


def _invitation(request: WorkspaceRequest, public_id: str) -> Invitation:
    found = queries.open_invitations(request.workspace).select_related("workspace").filter(public_id=public_id).first()
    return found or no_such_page()


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("members", slug=request.workspace.slug)
