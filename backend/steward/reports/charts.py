"""Small SVG charts: lines and bars that print, scale, and can be read without colour."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 320
WIDE, HEAD = 760, 30
LEFT, RIGHT, TOP, BOTTOM = 76, 28, 14, 48
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


def reliability(tenths: Sequence[tuple[float, float]]) -> str:
    """`tenths`: what was predicted of each, and what happened."""
    top = max([0.01, *(max(one) for one in tenths)]) * 1.05
    points = tuple(tenths)
    shown = percent if top > 0.2 else fine_percent
    return chart(
        "What was predicted and what happened, by tenths of the list",
        [Line("tenths of the list", points, dots=True), Line("what was said is what happened", ((0, 0), (top, top)))],
        Axis("predicted", 0, top, shown),
        Axis("happened", 0, top, shown),
    )


def profit(curves: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    """`curves`: each order's name and its (part contacted, profit)."""
    lines = [Line(name, tuple(points)) for name, points in curves]
    every = [0.0, *(y for line in lines for _, y in line.points)]
    low, high = min(every), max(every)
    room = (high - low or 1.0) * 0.05
    return chart(
        "Profit as more of the list is contacted, best first",
        lines,
        Axis("contacted", 0, 1, percent),
        Axis("profit", low - room, high + room, money),
    )


ROW, NAMES = 30, 290


def beside(title: str, rows: Sequence[tuple[str, float, float]], marks: tuple[str, str], blind: float) -> str:
    """One row a question: a dot for the one way, a diamond for the other, and where picking blindly would be."""
    high = HEAD + ROW * len(rows)
    across = Axis("", 0, 1, percent)

    def x(value: float) -> float:
        return across.place(value, NAMES, WIDE - RIGHT)

    parts = [
        f'<svg viewBox="0 0 {WIDE} {high + 34}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
        *_marks_told(marks, blind),
    ]
    for value in across.ticks():
        parts.append(f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{HEAD}" y2="{high}" stroke="#d9dce0"/>')
        parts.append(f'<text x="{x(value):.1f}" y="{high + 20}" text-anchor="middle">{escape(percent(value))}</text>')
    parts.append(_blind(x(blind), x(blind), HEAD, high))
    for number, (name, first, second) in enumerate(rows):
        y = HEAD + ROW * (number + 0.5)
        parts.append(f'<text x="{NAMES - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(name)}</text>')
        parts.append(
            f'<line x1="{x(first):.1f}" x2="{x(second):.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#b6bcc4" stroke-width="2"/>'
        )
        parts += [_diamond(x(second), y), _dot(x(first), y)]
    return "".join(parts) + "</svg>"


def _marks_told(marks: tuple[str, str], blind: float) -> list[str]:
    first, second = NAMES, NAMES + 150
    return [
        _dot(first, 12), f'<text x="{first + 12}" y="16">{escape(marks[0])}</text>',
        _diamond(second, 12), f'<text x="{second + 12}" y="16">{escape(marks[1])}</text>',
        _blind(second + 138, second + 168, 12, 12),
        f'<text x="{second + 174}" y="16">picked blindly: {percent(blind)}</text>',
    ]  # fmt: skip


def _blind(x1: float, x2: float, y1: float, y2: float) -> str:
    ink = f'stroke="{INKS[2]}" stroke-dasharray="{DASHES[2]}" stroke-width="2"'
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" {ink}/>'


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{INKS[0]}"/>'


def _diamond(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y - 7:.1f} L{x + 7:.1f} {y:.1f} L{x:.1f} {y + 7:.1f} L{x - 7:.1f} {y:.1f} Z" fill="{INKS[1]}"/>'
