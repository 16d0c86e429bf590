"""Which tables there are, whose rows they hold, and which way they point."""

from __future__ import annotations

from collections.abc import Iterator

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


def test_foreign_keys_point_down() -> None:
    for model in OURS:
        for field in model._meta.get_fields():
            target = field.related_model if field.concrete else None
            if isinstance(target, type) and target._meta.app_label in DEPTH:
                here, there = model._meta.app_label, target._meta.app_label
                assert here == there or DEPTH[here] < DEPTH[there], f"{field} points at {target._meta.label}"


def test_every_row_belongs_to_a_workspace() -> None:
    wrong = [model._meta.label for model in OURS if issubclass(model, Owned) == (model._meta.label in NOT_OWNED)]
    assert not wrong, "inherit workspaces.owned.Owned"


def test_owner_is_never_missing_and_rows_are_reached_through_it() -> None:
    for model in OWNED:
        owner = model._meta.get_field("workspace")
        assert isinstance(owner, ForeignKey), model
        assert owner.related_model is Workspace, model
        assert not owner.null, model
        assert isinstance(model._default_manager, OwnedManager), model


def test_unique_keys_begin_with_the_owner() -> None:
    """Else a refused duplicate tells one tenant what another one has."""
    for model in OWNED:
        for key in unique_keys(model):
            first = model._meta.get_field(key[0])
            assert led_by_owner(first), f"{model._meta.label}: the unique key {key} begins with neither workspace nor an owned row"


def test_single_unique_columns_have_a_reason() -> None:
    columns = [(model, field) for model in OWNED for field in model._meta.concrete_fields]
    alone = [(model, one) for model, one in columns if one.unique and not one.primary_key and not led_by_owner(one)]
    assert {f"{model._meta.label}.{one.name}" for model, one in alone} <= UNIQUE_ACROSS_WORKSPACES.keys()


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
