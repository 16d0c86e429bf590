"""Persona and ICP labels of a workspace. Leads and companies carry the words themselves, and change with their label."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from leads.models import Company, Label, Lead
from workspaces import audit, paging
from workspaces.models import User, Workspace

Kind = Label.Kind

SIZE: Final = 50


def labels(workspace: Workspace, kind: str) -> QuerySet[Label]:
    return Label.objects.of(workspace).filter(kind=kind).order_by("name", "pk")


def counted(workspace: Workspace, kind: str, after: str = "") -> paging.Page[Label]:
    """A page of them by name, with how many leads or companies carry each (`uses`)."""
    model, name, _ = _carriers(kind)
    carriers = model._default_manager.filter(workspace=workspace, **{name: OuterRef("name")})
    count = Subquery(carriers.order_by().values(name).annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    rows = labels(workspace, kind).annotate(uses=Coalesce(count, Value(0)))
    return paging.by_name(rows, after, SIZE, of=f"labels:{kind}:{workspace.pk}")


def match_of(workspace: Workspace, kind: str, name: str) -> bool | None:
    """What the workspace says of a label; None where it says nothing."""
    return Label.objects.of(workspace).filter(kind=kind, name__iexact=name).values_list("match", flat=True).first()


def named(workspace: Workspace, kind: str, name: str) -> Label | None:
    return Label.objects.of(workspace).filter(kind=kind, name__iexact=name).first()


def adopt(workspace: Workspace, kind: str, name: str, match: bool | None) -> None:
    """Have a label for words that somebody carries already; what the workspace has said of them stands."""
    if named(workspace, kind, name) is None:
        Label.objects.bulk_create([Label(workspace=workspace, kind=kind, name=name, match=match)], ignore_conflicts=True)


@transaction.atomic
def add(workspace: Workspace, kind: str, name: str, match: bool | None, *, by: User) -> Label:
    label = Label.objects.create(workspace=workspace, kind=kind, name=name, match=match)
    audit.record(by, workspace, "label.added", target=name, kind=kind)
    return label


@transaction.atomic
def change(label: Label, name: str, match: bool | None, *, by: User) -> None:
    """Rename or judge a label, on everyone who carries it."""
    model, column, judged = _carriers(label.kind)
    _carrying(model, column, label).update(**{column: name, judged: match})
    audit.record(by, label.workspace, "label.changed", target=name, was=label.name)
    label.name, label.match = name, match
    label.save(update_fields=["name", "match"])


@transaction.atomic
def remove(label: Label, *, by: User) -> None:
    """Take a label away from everyone who carries it."""
    model, column, judged = _carriers(label.kind)
    _carrying(model, column, label).update(**{column: "", judged: None})
    audit.record(by, label.workspace, "label.removed", target=label.name)
    label.delete()


def _carriers(kind: str) -> tuple[type[Model], str, str]:
    return (Lead, "persona", "persona_match") if kind == Kind.PERSONA else (Company, "icp", "icp_match")


def _carrying(model: type[Model], column: str, label: Label) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.filter(**{"workspace": label.workspace, f"{column}__iexact": label.name})
    return rows
