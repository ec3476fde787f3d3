"""The evaluation as a text table: each outcome's model beside the rules a fundraiser would use, out of time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

HEADER = ("outcome and order", "AUC", "95 %", "lift 10 %", "av. prec.", "Brier", "cal. error", "verdict")


def table(cards: Iterable[dict[str, Any]]) -> str:
    """One block an outcome: the model, then each rule, best first; the one in use is marked."""
    rows: list[tuple[str, ...]] = [HEADER]
    for card in cards:
        rows += _block(card)
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = ["  ".join(_aligned(cell, width, number) for number, (cell, width) in enumerate(zip(row, widths, strict=True)))
             for row in rows]  # fmt: skip
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _block(card: dict[str, Any]) -> list[tuple[str, ...]]:
    found = card["evaluation"]
    if found is None:
        return [(card["title"], "", "", "", "", "", "", f"rule: {card['why_a_rule']}")]
    title = (
        f"{card['title']} · tested at {found['test_cutoff']}: {found['donors']:,} donors, "
        f"{found['positives'] / found['donors']:.1%} did it"
    )
    honest = (f"{found['brier']:.4f}", f"{found['calibration_error']:.3f}")
    rows: list[tuple[str, ...]] = [(title, "", "", "", "", "", "", "")]
    rows.append((*_numbers(found["model"]), *honest, "in use" if card["method"] == "model" else ""))
    for rule in found["rules"]:
        used = card["method"] == "rule" and rule["title"] == card["rule"]
        gap = rule["model_minus_this"]
        verdict = f"model {gap[0]:+.3f} ({gap[1]:+.3f} to {gap[2]:+.3f})"
        rows.append((*_numbers(rule), "", "", f"{verdict}{' · in use' if used else ''}"))
    return rows


def _numbers(row: dict[str, Any]) -> tuple[str, ...]:
    value, low, high = row["auc"]
    interval = f"{low:.3f}–{high:.3f}"
    return f"  {row['title']}", f"{value:.3f}", interval, f"{row['lift_at_10']:.2f}", f"{row['average_precision']:.3f}"


def _aligned(cell: str, width: int, number: int) -> str:
    return cell.ljust(width) if number in (0, len(HEADER) - 1) else cell.rjust(width)
