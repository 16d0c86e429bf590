"""Charts as numbers in a drawing: bars of several series, stacked, with all that a template needs to draw them as SVG.

Nothing here knows colours: a series has a name and a class, and the stylesheet gives both themes theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 600
HEIGHT: Final = 220
LEFT: Final = 40  # for the words of the axis
FOOT: Final = 22
HEAD: Final = 10
MOST_LABELS: Final = 7


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    css: str


@dataclass(frozen=True, slots=True)
class Point:
    """One place of the axis: what stands under it, what it is in full, a value for each series, and where it leads."""

    label: str
    title: str
    values: tuple[int, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    css: str


@dataclass(frozen=True, slots=True)
class Bar:
    point: Point
    rects: list[Rect]
    hit: Rect  # the whole column, for the pointer
    label_x: float
    labelled: bool
    said: str


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    series: tuple[Series, ...]
    bars: list[Bar]
    ticks: list[Tick]
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT

    @property
    def empty(self) -> bool:
        return not any(any(bar.point.values) for bar in self.bars)


def stacked(title: str, series: Sequence[Series], points: Sequence[Point], *, width: int = WIDTH, height: int = HEIGHT) -> Chart:
    """Bars from left to right, the first series at the bottom. `width`: about that of its place, so that words keep their size."""
    most = nice(max((sum(point.values) for point in points), default=0))
    room = height - HEAD - FOOT
    step = (width - LEFT) / max(1, len(points))
    wide = min(step * 0.68, 28)
    every = max(1, math.ceil(len(points) / MOST_LABELS))
    bars = []
    for place, point in enumerate(points):
        middle = LEFT + step * (place + 0.5)
        top, rects = float(height - FOOT), []
        for value, one in zip(point.values, series, strict=True):
            tall = max(1.5, room * value / most) if value else 0.0
            if value:
                top -= tall
                rects.append(Rect(round(middle - wide / 2, 1), round(top, 1), round(wide, 1), round(tall, 1), one.css))
        hit = Rect(round(middle - step / 2, 1), HEAD, round(step, 1), room, "")
        values = ", ".join(f"{value:,} {one.name}" for value, one in zip(point.values, series, strict=True))
        bars.append(Bar(point, rects, hit, round(middle, 1), place % every == 0, f"{point.title}: {values}"))
    ticks = [Tick(round(height - FOOT - room * share, 1), short(round(most * share))) for share in (0, 0.5, 1)]
    told = ", ".join(f"{sum(point.values[n] for point in points):,} {one.name}" for n, one in enumerate(series))
    return Chart(title, tuple(series), bars, ticks if most > 1 else ticks[::2], f"{title}: {told}", width, height)


def nice(value: int) -> int:
    """The next number up that reads well at the top of an axis, and whose half is a whole number: 2, 4, 6, 8, 10, 12, 16, ..."""
    if value <= 10:
        return next(step for step in (1, 2, 4, 6, 8, 10) if step >= value)
    size: int = 10 ** (len(str(value)) - 2)
    return next(step * size for step in (10, 12, 16, 20, 30, 40, 50, 60, 80, 100) if step * size >= value)


def short(value: int) -> str:
    """1200 as 1.2k."""
    if value < 1_000:
        return str(value)
    size, sign = (1_000_000, "M") if value >= 1_000_000 else (1_000, "k")
    return f"{value / size:.1f}".removesuffix(".0") + sign
