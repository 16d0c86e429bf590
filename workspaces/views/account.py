"""A person's own account and devices, across workspaces."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces import audit, sessions
from workspaces.access import UserRequest, no_such_page, signed_in
from workspaces.clients import browser_of
from workspaces.forms.account import ProfileForm
from workspaces.models import User


@signed_in(methods=("GET", "POST"))
def account(request: UserRequest) -> HttpResponse:
    # A copy, so that the page of a refused form does not show what was refused as if it held.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("account")
    return render(request, "workspaces/account.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def devices(request: UserRequest) -> HttpResponse:
    rows = [
        {
            "session": session,
            "browser": browser_of(session.agent),
            "is_this": session.session_key == request.session.session_key,
        }
        for session in sessions.of(request.user)
    ]
    return render(request, "workspaces/devices.html", {"devices": rows})


@signed_in(methods=("POST",))
def end_device(request: UserRequest, public_id: str) -> HttpResponse:
    if not sessions.end(request.user, public_id, keep=request.session.session_key):
        no_such_page()
    audit.record_everywhere(request, request.user, "account.device_signed_out")
    messages.success(request, "That device is signed out.")
    return redirect("devices")


@signed_in(methods=("POST",))
def end_other_devices(request: UserRequest) -> HttpResponse:
    ended = sessions.end_others(request.user, keep=request.session.session_key)
    if ended:
        audit.record_everywhere(request, request.user, "account.other_devices_signed_out", devices=ended)
    messages.success(request, f"Signed out {ended} other {'device' if ended == 1 else 'devices'}.")
    return redirect("devices")
