"""API tokens: made once, shown once, found by their hash (ASVS 14.2: in a header only, never in a URL)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from workspaces import audit, paging
from workspaces.audit import Actor
from workspaces.models import ApiToken, User, Workspace
from workspaces.secrets import fingerprint, new_token

MARK: Final = "sbt_"
"""How every token begins, so that scanners of leaked secrets can tell."""

SIZE: Final = 50
NOTED_EVERY: Final = timedelta(minutes=1)


def page_of(workspace: Workspace, after: str = "") -> paging.Page[ApiToken]:
    """The tokens that are not revoked, newest first."""
    rows = ApiToken.objects.of(workspace).filter(revoked_at=None).select_related("created_by")
    return paging.by_moment(rows, "created_at", after, SIZE, of=f"tokens:{workspace.pk}")


@transaction.atomic
def make(
    by: Actor, workspace: Workspace, *, name: str, scopes: Collection[str], user: User, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token, and its plain text: the only time that anybody sees it."""
    plain = MARK + new_token()
    token = ApiToken.objects.create(
        workspace=workspace,
        name=name,
        prefix=plain[:12],
        token_hash=fingerprint(plain),
        scopes=sorted(scopes),
        created_by=user,
        expires_at=expires_at,
    )
    audit.record(by, workspace, "api_token.created", target=str(token), scopes=", ".join(token.scopes))
    return token, plain


@transaction.atomic
def revoke(by: Actor, token: ApiToken) -> bool:
    """End it now; the next call with it is refused. False when it had ended."""
    ended = ApiToken.objects.of(token.workspace).filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if ended:
        audit.record(by, token.workspace, "api_token.revoked", target=str(token))
    return bool(ended)


def made_by(workspace: Workspace, user: User) -> list[ApiToken]:
    """Those that are not revoked, by name: they know their plain texts."""
    return list(ApiToken.objects.of(workspace).filter(created_by=user, revoked_at=None).order_by("name", "pk"))


def find(plain: str, *, address: str | None = None) -> ApiToken | None:
    """The token that holds now, with its workspace; None for any other text. Notes that it was used, and from where."""
    if not plain.startswith(MARK):
        return None
    now = timezone.now()
    live = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), token_hash=fingerprint(plain), revoked_at=None)
    token = live.select_related("workspace", "created_by").first()
    if token and (token.used_at is None or token.used_at < now - NOTED_EVERY or token.used_from != address):
        ApiToken.objects.filter(pk=token.pk).update(used_at=now, used_from=address or F("used_from"))
    return token
