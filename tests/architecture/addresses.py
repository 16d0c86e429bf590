"""All addresses of the house, flat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from workspaces.access import Door


@dataclass(frozen=True)
class Address:
    path: str
    """The pattern as it was written: w/<slug:slug>/lines/<slug:public_id>/"""
    name: str
    view: Any

    @property
    def door(self) -> Door | None:
        return getattr(self.view, "door", None)

    @property
    def inside(self) -> bool:
        """Whether it belongs to a workspace."""
        return self.path.startswith("w/<slug:slug>/")


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, path: str, space: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, here, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield Address(here, f"{space}{pattern.name or ''}", pattern.callback)
