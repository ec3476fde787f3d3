"""Small SVG charts: lines and bars that print, scale, and can be read without colour."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 28, 14, 48
INKS = ("#0b5394", "#a64d00", "#5f6368", "#38761d")
DASHES = ("", "7 4", "2 4", "10 3 2 3")


@dataclass(frozen=True)
class Line:
    """Points (x, y) in the chart's own units; each line has its own ink and its own dashes."""

    name: str
    points: tuple[tuple[float, float], ...]
    dots: bool = False


@dataclass(frozen=True)
class Axis:
    title: str
    low: float
    high: float
    shown: Callable[[float], str]
    steps: int = 5

    def place(self, value: float, start: float, end: float) -> float:
        span = self.high - self.low or 1.0
        return start + (value - self.low) / span * (end - start)

    def ticks(self) -> list[float]:
        """Round numbers, about `steps` of them."""
        raw = (self.high - self.low or 1.0) / self.steps
        size = 10.0 ** math.floor(math.log10(raw))
        step = next(size * times for times in (1, 2, 5, 10) if size * times >= raw * 0.99)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def chart(title: str, lines: Sequence[Line], across: Axis, up: Axis) -> str:
    """`title` says in words what the picture shows, for those who do not see it."""
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
        *_grid(across, up),
    ]
    for number, line in enumerate(lines):
        parts += _drawn(line, INKS[number % 4], DASHES[number % 4], across, up)
    parts += _legend(lines)
    return "".join(parts) + "</svg>"


def _grid(across: Axis, up: Axis) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for value in up.ticks():
        y = up.place(value, bottom, TOP)
        parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d9dce0"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(up.shown(value))}</text>')
    for value in across.ticks():
        x = across.place(value, LEFT, right)
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{escape(across.shown(value))}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across.title)}</text>')
    parts.append(
        f'<text x="14" y="{(TOP + bottom) / 2:.1f}" text-anchor="middle" '
        f'transform="rotate(-90 14 {(TOP + bottom) / 2:.1f})">{escape(up.title)}</text>'
    )
    return parts


def _drawn(line: Line, ink: str, dashes: str, across: Axis, up: Axis) -> list[str]:
    places = [
        (across.place(x, LEFT, WIDTH - RIGHT), up.place(min(max(y, up.low), up.high), HEIGHT - BOTTOM, TOP))
        for x, y in line.points
    ]
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [
        f'<polyline points="{way}" fill="none" stroke="{ink}" stroke-width="2.5"'
        f"{f' stroke-dasharray={chr(34)}{dashes}{chr(34)}' if dashes else ''}/>"
    ]
    if line.dots:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ink}"/>' for x, y in places]
    return parts


def _legend(lines: Sequence[Line]) -> list[str]:
    parts = []
    for number, line in enumerate(lines):
        y = HEIGHT - BOTTOM - 12 - 18 * (len(lines) - 1 - number)
        x = WIDTH - RIGHT - 250
        dashes = f' stroke-dasharray="{DASHES[number % 4]}"' if DASHES[number % 4] else ""
        parts.append(
            f'<line x1="{x}" x2="{x + 30}" y1="{y}" y2="{y}" stroke="{INKS[number % 4]}" stroke-width="2.5"{dashes}/>'
        )
        name = line.name if len(line.name) <= 34 else line.name[:33] + "…"
        parts.append(f'<text x="{x + 36}" y="{y + 4}">{escape(name)}</text>')
    return parts


def percent(value: float) -> str:
    return f"{value:.0%}"


def fine_percent(value: float) -> str:
    return f"{value:.1%}"


def money(value: float) -> str:
    return f"{value:,.0f}"


def gains(named: Sequence[tuple[str, Sequence[float]]]) -> str:
    """`named`: each order's name and the part of all yes in its best 5 %, 10 %, …"""
    lines = [
        Line(name, ((0.0, 0.0), *(((i + 1) / len(held), part) for i, part in enumerate(held)))) for name, held in named
    ]
    lines.append(Line("no order at all", ((0.0, 0.0), (1.0, 1.0))))
    return chart(
        "How many of those who did it are found in the best part of the list",
        lines,
        Axis("best part of the list", 0, 1, percent),
        Axis("of all who did it", 0, 1, percent),
    )


def reliability(bins: Sequence[dict[str, float]]) -> str:
    top = max([0.01, *(max(one["predicted"], one["observed"]) for one in bins)]) * 1.05
    points = tuple((one["predicted"], one["observed"]) for one in bins)
    shown = percent if top > 0.2 else fine_percent
    return chart(
        "What was predicted and what happened, by tenths of the list",
        [Line("tenths of the list", points, dots=True), Line("what was said is what happened", ((0, 0), (top, top)))],
        Axis("predicted", 0, top, shown),
        Axis("happened", 0, top, shown),
    )


def profit(curve: Sequence[dict[str, float]]) -> str:
    points = ((0.0, 0.0), *((one["share"], one["profit"]) for one in curve))
    low, high = min(y for _, y in points), max(y for _, y in points)
    room = (high - low or 1.0) * 0.05
    return chart(
        "Profit as more of the list is contacted, best first",
        [Line("by expected value", points), Line("nothing earned", ((0, 0), (1, 0)))],
        Axis("contacted", 0, 1, percent),
        Axis("profit", low - room, high + room, money),
    )
