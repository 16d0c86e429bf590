"""Which tables there are, whose rows they hold, and which way they point."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import Field, ForeignKey, Model, UniqueConstraint
from django.db.models.expressions import F, OrderBy
from django.db.models.functions import Lower

from workspaces.models import Workspace
from workspaces.owned import Owned, OwnedManager

# From the top down; those of one row do not know each other.
LAYERS = (("config",), ("conversations",), ("campaigns",), ("leads",), ("lines", "intent"), ("workspaces",))
DEPTH = {app: depth for depth, row in enumerate(LAYERS) for app in row}

NOT_OWNED = {
    "workspaces.Workspace": "It is the tenant.",
    "workspaces.User": "A person may be in several workspaces; what they may do hangs on Membership.",
    "workspaces.Session": "A browser's, of a user or of nobody.",
}
UNIQUE_ACROSS_WORKSPACES = {
    "workspaces.Invitation.token_hash": "Found by the token alone, before it is known which workspace invites.",
    "workspaces.ApiToken.token_hash": "Found by the token alone, before it is known whose program calls.",
    "lines.Line.webhook_token_hash": "Found by the token alone, before it is known whose line calls.",
}

OURS = [model for model in apps.get_models() if model._meta.app_label in DEPTH]
OWNED = [model for model in OURS if issubclass(model, Owned)]
each_of_ours = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
each_owned = pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)


@each_of_ours
def test_foreign_keys_point_down(model: type[Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model if field.concrete else None
        if isinstance(target, type) and target._meta.app_label in DEPTH:
            here, there = model._meta.app_label, target._meta.app_label
            assert here == there or DEPTH[here] < DEPTH[there], f"{field} points at {target._meta.label}"


@each_of_ours
def test_every_row_belongs_to_a_workspace(model: type[Model]) -> None:
    assert issubclass(model, Owned) != (model._meta.label in NOT_OWNED), f"{model._meta.label}: inherit workspaces.owned.Owned"


@each_owned
def test_owner_is_never_missing_and_rows_are_reached_through_it(model: type[Model]) -> None:
    owner = model._meta.get_field("workspace")
    assert isinstance(owner, ForeignKey)
    assert owner.related_model is Workspace
    assert not owner.null
    assert isinstance(model._default_manager, OwnedManager)


@each_owned
def test_unique_keys_begin_with_the_owner(model: type[Model]) -> None:
    """Else a refused duplicate tells one tenant what another one has."""
    for key in unique_keys(model):
        first = model._meta.get_field(key[0])
        assert led_by_owner(first), f"{model._meta.label}: the unique key {key} begins with neither workspace nor an owned row"


@each_owned
def test_single_unique_columns_have_a_reason(model: type[Model]) -> None:
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key and not led_by_owner(field):
            assert f"{model._meta.label}.{field.name}" in UNIQUE_ACROSS_WORKSPACES


def test_exceptions_are_still_there() -> None:
    labels = {model._meta.label for model in OURS}
    columns = {f"{model._meta.label}.{field.name}" for model in OURS for field in model._meta.concrete_fields}
    assert NOT_OWNED.keys() <= labels
    assert UNIQUE_ACROSS_WORKSPACES.keys() <= columns


def led_by_owner(field: object) -> bool:
    """Whether a key that begins with this column is within one workspace: the column names it, or a row that belongs to one."""
    if not isinstance(field, ForeignKey):
        return False
    target = field.related_model
    return target is Workspace or (isinstance(target, type) and issubclass(target, Owned))


def unique_keys(model: type[Model]) -> Iterator[tuple[str, ...]]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield tuple(constraint.fields) or tuple(_column(expression) for expression in constraint.expressions)
    yield from model._meta.unique_together


def _column(expression: object) -> str:
    match expression:
        case F():
            return str(expression.deconstruct()[1][0])
        case OrderBy() | Lower():
            return _column(expression.get_source_expressions()[0])
    raise AssertionError(f"What column does {expression!r} read?")


def test_the_tests_above_see_columns(db: None) -> None:
    assert isinstance(Workspace._meta.get_field("slug"), Field)
    assert ("workspace", "email") in list(unique_keys(apps.get_model("workspaces", "Invitation")))
