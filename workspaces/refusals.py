"""The answers of a door that does not open. Every refusal tells a person what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from workspaces.models import Membership, Role, Workspace


def no_such_page() -> NoReturn:
    raise Http404("There is no such page: it may have been deleted, or belong to a workspace you are not in.")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and, after it, back to the page that was being read."""
    sign_in = resolve_url(settings.LOGIN_URL)
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if htmx:
        # A plain redirect would be followed out of sight, and the sign-in page swapped into the middle of the old one.
        return HttpResponseClientRedirect(redirect_to_login(_page_of(htmx), sign_in).url)
    page = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect_to_login(page, sign_in)


def _page_of(htmx: HtmxDetails) -> str:
    """The address of the page whose part was asked for; the beginning where it names none of ours."""
    try:
        return htmx.current_url_abs_path or "/"
    except ValueError:
        return "/"


def forbidden(request: HttpRequest, workspace: Workspace, allowed: Iterable[Role]) -> HttpResponse:
    """403 for a member whose role is too small: which roles may, and who can give one."""
    admins = Membership.objects.of(workspace).filter(role=Role.ADMIN).select_related("user").order_by("user__name")
    context = {
        "allowed": [role.label for role in Role if role in frozenset(allowed)],
        "admins": [membership.user for membership in admins[:5]],
    }
    return render(request, "workspaces/forbidden.html", context, status=403)


def not_storable(request: HttpRequest) -> HttpResponse:
    """400 for a value that no column can hold; what the view had begun was rolled back."""
    return render(request, "400.html", status=400)


def forms_are_utf8(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: 400 for a form that says it is in another encoding.

    Django refuses to read such a form, and its own page for that refusal reads the form once more: that would be a 500.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        form = request.content_type == "application/x-www-form-urlencoded"
        if form and (request.encoding or "utf-8").lower() != "utf-8":
            return not_storable(request)
        return get_response(request)

    return middleware
