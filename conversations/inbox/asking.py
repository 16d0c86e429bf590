"""The filters of a list as its URL has them: read, checked, and named for people.

Nothing here queries the database but for the campaigns, companies and tags that a URL names.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone

from campaigns.models import Campaign
from conversations.inbox.filter_forms import FilterForm
from conversations.inbox.filters import NONE, SMALL, Filters
from conversations.models import Tag
from conversations.thread.handing import NoColleague, colleague
from leads.models import Company
from workspaces.models import User, Workspace

LONGEST_SEARCH: Final = 200


def read(data: QueryDict, workspace: Workspace, user: User, *, families: frozenset[str], now: datetime | None = None) -> Filters:
    """The filters that a URL names. What is wrong in it is reported in `errors` and otherwise ignored; nothing raises."""
    form = FilterForm(data)
    form.is_valid()
    clean = {name: value for name, value in form.cleaned_data.items() if name not in form.errors}
    errors = list(dict.fromkeys(str(message) for messages in form.errors.values() for message in messages))
    labels: dict[str, str] = {}
    chosen = {name: tuple(clean[name]) for name in SMALL if clean.get(name)}
    for name, values in chosen.items():
        words = dict(form.choices(name))
        labels[name] = ", ".join(words[value] for value in values)
    record = clean.get("record") or "active"
    if record != "active":
        labels["record"] = dict(form.choices("record"))[record]
    low, high = clean.get("score_min"), clean.get("score_max")
    if low is not None or high is not None:
        labels["score"] = f"{0 if low is None else low}–{100 if high is None else high}"
    since, before, when = _updated(clean, workspace, now or timezone.now())
    if when:
        labels["updated"] = when
    campaigns, companies, assignees = _named(clean, workspace, user, labels, errors)
    tags = _tags(clean.get("tag") or [], workspace, labels, errors)
    wrong = set(form.errors)
    kept = tuple((key, value) for key in data if key in form.fields and key not in wrong for value in data.getlist(key) if value)
    sought = data.get("q", "").strip()[:LONGEST_SEARCH]
    return Filters(
        families=families,
        chosen=chosen,
        record=record,
        score=(low, high),
        campaigns=campaigns,
        companies=companies,
        assignees=assignees,
        tags=tags,
        since=since,
        before=before,
        sort=clean.get("sort") or "newest",
        sought=sought,
        parameters=(*kept, ("q", sought)) if sought else kept,
        labels=labels,
        errors=tuple(errors),
    )


def _named(
    clean: dict[str, Any], workspace: Workspace, user: User, labels: dict[str, str], errors: list[str]
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    campaigns = _campaigns(clean.get("campaign") or [], workspace, labels, errors)
    companies = _companies(clean.get("company") or [], workspace, labels, errors)
    assignees = _assignees(clean.get("assignee") or "", workspace, user, labels, errors)
    return campaigns, companies, assignees


def _assignees(name: str, workspace: Workspace, user: User, labels: dict[str, str], errors: list[str]) -> tuple[int, ...]:
    """Me, nobody, or a colleague by the id of their membership."""
    match name:
        case "":
            return ()
        case "me":
            labels["assignee"] = "me"
            return (user.pk,)
        case "none":
            labels["assignee"] = "nobody"
            return (NONE,)
    try:
        somebody = colleague(workspace, name)
    except NoColleague:
        somebody = None
    if somebody is None:
        errors.append("The assignee in this URL cannot write in this workspace.")
        return ()
    labels["assignee"] = somebody.name
    return (somebody.pk,)


def _campaigns(names: list[str], workspace: Workspace, labels: dict[str, str], errors: list[str]) -> tuple[int, ...]:
    if not names:
        return ()
    rows = {row.public_id: row for row in Campaign.objects.of(workspace).filter(public_id__in=names)}
    if set(names) - {"none", *rows}:
        errors.append("A campaign in this URL no longer exists.")
    words = [row.name for row in rows.values()] + (["without a campaign"] if "none" in names else [])
    found = [row.pk for row in rows.values()] + ([NONE] if "none" in names else [])
    if found:
        labels["campaign"] = ", ".join(words)
    return tuple(found)


def _companies(names: list[str], workspace: Workspace, labels: dict[str, str], errors: list[str]) -> tuple[int, ...]:
    """By public id, as the suggestions give it, or by a name as people type it; firms of one name go together."""
    found: dict[int, str] = {}
    for name in names:
        mine = Company.objects.of(workspace)
        rows = list(mine.filter(public_id=name)[:1]) or list(mine.filter(name__iexact=name.strip())[:50])
        if not rows:
            errors.append(f"No company is called “{name[:60]}”. Choose one of the suggestions.")
        found |= {row.pk: row.name for row in rows}
    if found:
        labels["company"] = ", ".join(dict.fromkeys(found.values()))
    return tuple(found)


def _tags(names: list[str], workspace: Workspace, labels: dict[str, str], errors: list[str]) -> tuple[int, ...]:
    """By public id, or by name as people type it."""
    if not names:
        return ()
    mine = Tag.objects.of(workspace)
    found: dict[int, str] = {}
    for name in names:
        rows = list(mine.filter(public_id=name)[:1]) or list(mine.filter(name__iexact=name.strip())[:1])
        if not rows:
            errors.append(f"No tag is called “{name[:60]}”.")
        found |= {row.pk: row.name for row in rows}
    if found:
        labels["tag"] = ", ".join(found.values())
    return tuple(found)


def _updated(clean: dict[str, Any], workspace: Workspace, now: datetime) -> tuple[datetime | None, datetime | None, str]:
    """From when to before when, by days as the workspace's clock has them, and the same in words."""
    today = now.astimezone(workspace.zone).date()
    first: date | None = clean.get("from")
    last: date | None = clean.get("to")
    if first or last:
        words = f"{first:%-d %b %Y}" if first else "the beginning", f"{last:%-d %b %Y}" if last else "now"
        return _midnight(first, workspace), _midnight(last and last + timedelta(days=1), workspace), " to ".join(words)
    match clean.get("updated"):
        case "today":
            return _midnight(today, workspace), None, "Today"
        case "yesterday":
            return _midnight(today - timedelta(days=1), workspace), _midnight(today, workspace), "Yesterday"
        case "7d" | "30d" | "90d" as span:
            days = int(span.removesuffix("d"))
            return _midnight(today - timedelta(days=days - 1), workspace), None, f"Last {days} days"
        case _:
            return None, None, ""


def _midnight(day: date | None, workspace: Workspace) -> datetime | None:
    return datetime.combine(day, time.min, workspace.zone) if day else None
