"""Template tags for times, said as people say them and in the zone of the workspace."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from workspaces import clocks
from workspaces.models import Workspace

register = template.Library()


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None, css: str = "") -> SafeString:
    """A time as people say it, in the workspace's zone, with the full stamp on hover: 9:41, Yesterday, Tue 17 Nov."""
    return _time(context, moment, short, css)


@register.simple_tag(takes_context=True)
def clock(context: Context, moment: datetime | None) -> SafeString:
    """The time of day, and the day where it is not today: 9:41, Tue 17 Nov 10:12."""
    return _time(context, moment, precise, "")


@register.simple_tag(takes_context=True)
def which_of_two(context: Context, moment: datetime) -> str:
    """Said where a time is chosen: which is meant where the clock shows it twice that night."""
    return clocks.which_of_two(moment.astimezone(zone_of(context)))


@register.simple_tag(takes_context=True)
def zone_name(context: Context) -> str:
    return str(zone_of(context))


def _time(context: Context, moment: datetime | None, say: Any, css: str) -> SafeString:
    if moment is None:
        return SafeString("")
    local = moment.astimezone(zone_of(context))
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>', css, local.isoformat(timespec="seconds"), full(local), say(local)
    )


def zone_of(context: Context) -> zoneinfo.ZoneInfo:
    workspace: Workspace | None = context.get("current_workspace")
    return workspace.zone if workspace else zoneinfo.ZoneInfo("UTC")


def short(local: datetime) -> str:
    """For lists. `local` carries the zone it is read in."""
    today = timezone.now().astimezone(local.tzinfo).date()
    if local.date() == today:
        return hour(local)
    if local.date() == today - timedelta(days=1):
        return "Yesterday"
    return day(local)


def precise(local: datetime) -> str:
    now = timezone.now().astimezone(local.tzinfo)
    which = clocks.which_of_two(local) if local > now else ""
    return _day_before(local, now.date()) + hour(local) + (f" ({which})" if which else "")


def _day_before(local: datetime, today: date) -> str:
    if local.date() == today:
        return ""
    if timedelta(0) < today - local.date() < timedelta(days=6):
        return f"{local:%a} "
    return f"{day(local)} "


def hour(local: datetime) -> str:
    return f"{local.hour}:{local:%M}"


def day(local: datetime) -> str:
    this_year = local.year == timezone.now().astimezone(local.tzinfo).year
    return f"{local:%a} {local.day} {local:%b}" + ("" if this_year else f" {local.year}")


def full(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M:%S %Z}"


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago, in its largest unit; "never" for what never was."""
    return clocks.ago(moment) if moment else "never"
