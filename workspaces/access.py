"""The doors. Every view stands behind exactly one; a guard test walks all URLs and looks for it.

    @member                                     any role of the workspace; reads (GET and HEAD)
    @writer                                     admin, rep or ops; writes (POST). A viewer is told who can help
    @role(Role.ADMIN, methods=("GET", "POST"))  only these roles
    @signed_in                                  a user, without a workspace
    @public(reason="...")                       anyone; the reason is for the guard test's reader

The first three are for URLs under /w/<slug>/: they take `slug` out of the view's arguments and hand it a
WorkspaceRequest. Strangers get the same 404, after the same single query, whether or not the workspace exists.
Each door takes `methods`; one that is not named is answered with 405, after the door has opened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, cast, overload

import structlog
from django.contrib.auth.models import AnonymousUser
from django.db import DataError
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils.cache import patch_cache_control
from django_htmx.middleware import HtmxDetails

from workspaces.models import Membership, Role, User, Workspace
from workspaces.refusals import forbidden, not_storable, to_sign_in
from workspaces.refusals import no_such_page as no_such_page

log = structlog.get_logger(__name__)

EVERY_ROLE = frozenset(Role)
WRITERS = frozenset({Role.ADMIN, Role.REP, Role.OPS})
READ = ("GET",)
WRITE = ("POST",)

View = Callable[..., HttpResponseBase]


class UserRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    htmx: HtmxDetails


class WorkspaceRequest(UserRequest):
    """A request of a member, inside one workspace."""

    workspace: Workspace
    membership: Membership
    memberships: list[Membership]  # all of the user's, for the menu that leads to the other workspaces


class Kind(StrEnum):
    WORKSPACE = "workspace"
    SIGNED_IN = "signed in"
    PUBLIC = "public"


@dataclass(frozen=True)
class Door:
    """What a view is guarded by; the guard tests read it from `view.door`."""

    kind: Kind
    methods: frozenset[str]
    roles: frozenset[Role] = frozenset()
    reason: str = ""


@overload
def member(view: View) -> View: ...
@overload
def member(*, methods: Collection[str] = READ) -> Callable[[View], View]: ...
def member(view: View | None = None, *, methods: Collection[str] = READ) -> View | Callable[[View], View]:
    hang = role(*EVERY_ROLE, methods=methods)
    return hang(view) if view else hang


@overload
def writer(view: View) -> View: ...
@overload
def writer(*, methods: Collection[str] = WRITE) -> Callable[[View], View]: ...
def writer(view: View | None = None, *, methods: Collection[str] = WRITE) -> View | Callable[[View], View]:
    hang = role(*WRITERS, methods=methods)
    return hang(view) if view else hang


def role(*roles: Role, methods: Collection[str] = READ) -> Callable[[View], View]:
    door = Door(Kind.WORKSPACE, _with_head(methods), frozenset(roles))

    def open_door(request: HttpRequest, view: View, *args: Any, slug: str, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, AnonymousUser):
            return to_sign_in(request)
        inside = cast(WorkspaceRequest, request)
        inside.memberships = memberships_of(request.user)
        inside.membership = next((one for one in inside.memberships if one.workspace.slug == slug), None) or no_such_page()
        inside.workspace = inside.membership.workspace
        structlog.contextvars.bind_contextvars(workspace=inside.workspace.slug)
        if inside.membership.role not in door.roles:
            return forbidden(inside, inside.workspace, door.roles)
        _remember(inside)
        return _enter(door, inside, view, *args, **kwargs)

    return _hang(door, open_door)


@overload
def signed_in(view: View) -> View: ...
@overload
def signed_in(*, methods: Collection[str] = READ) -> Callable[[View], View]: ...
def signed_in(view: View | None = None, *, methods: Collection[str] = READ) -> View | Callable[[View], View]:
    door = Door(Kind.SIGNED_IN, _with_head(methods))

    def open_door(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, AnonymousUser):
            return to_sign_in(request)
        return _enter(door, request, view, *args, **kwargs)

    hang = _hang(door, open_door)
    return hang(view) if view else hang


def public(*, reason: str, methods: Collection[str] = READ) -> Callable[[View], View]:
    door = Door(Kind.PUBLIC, _with_head(methods), reason=reason)

    def open_door(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _enter(door, request, view, *args, **kwargs)

    return _hang(door, open_door)


def background(view: View) -> View:
    """Mark a view that an open page calls by itself: it does not keep an idle session alive. Goes above the door."""
    view.background = True  # type: ignore[attr-defined]
    return view


def memberships_of(user: User) -> list[Membership]:
    """The user's memberships with their workspaces, by name, in one query whatever is asked for."""
    return list(Membership.objects.filter(user=user).select_related("workspace").order_by("workspace__name", "pk"))


def _with_head(methods: Collection[str]) -> frozenset[str]:
    return frozenset(methods) | ({"HEAD"} if "GET" in methods else set())


def _hang(door: Door, open_door: View) -> Callable[[View], View]:
    """A decorator that puts `open_door` in front of a view and marks it with `door`."""

    def hang(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return open_door(request, view, *args, **kwargs)

        guarded.door = door  # type: ignore[attr-defined]
        return guarded

    return hang


def _enter(door: Door, request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method not in door.methods:
        return HttpResponseNotAllowed(sorted(door.methods))
    if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        no_such_page()  # PostgreSQL has no such text, and none of our URLs has it
    try:
        response = view(request, *args, **kwargs)
    except (DataError, UnicodeEncodeError) as error:  # NUL, half a character, a number beyond all bounds: raw values of a form
        log.warning("value_refused", path=request.path, why=str(error)[:200])
        return not_storable(request)
    if door.kind is not Kind.PUBLIC and not response.has_header("Cache-Control"):
        # After signing out, the back button must not bring a conversation back.
        patch_cache_control(response, private=True, no_store=True)
    return response


def _remember(request: WorkspaceRequest) -> None:
    """Where `/` leads next time: the workspace whose page was last opened, not one that a page in the background asked for."""
    opened = request.method == "GET" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if opened and not request.htmx and request.user.last_workspace_id != request.workspace.pk:
        User.objects.filter(pk=request.user.pk).update(last_workspace=request.workspace)
