"""The evaluation as a text table: each outcome's model beside the rules a fundraiser would use, out of time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from steward import outcomes
from steward.models.ablation import Ablation

_BLANK = ("",) * 6
HEADER = ("outcome and order", "AUC", "95 %", "lift 10 %", "av. prec.", "Brier", "cal. error", "verdict")


def table(cards: Iterable[dict[str, Any]]) -> str:
    """One block an outcome: the model, then each rule, best first; the one in use is marked."""
    rows: list[tuple[str, ...]] = [HEADER]
    for card in cards:
        rows += _block(card)
    return _text(rows)


def ablation(found: Ablation) -> str:
    """One row a family of features: what is lost without it."""
    value, low, high = found.full.value, found.full.low, found.full.high
    title = (
        f"{found.title} · tested at {found.test_cutoff}: {found.donors:,} donors, {found.positives / found.donors:.1%} did it · "
        f"AUC of all features {value:.4f} ({low:.3f} to {high:.3f})"
    )
    rows: list[tuple[str, ...]] = [("left out", "inputs", "AUC without", "AUC it adds", "95 %", "verdict")]
    for one in found.families:
        numbers = ("", "", "")
        if one.auc is not None and one.gain is not None:
            numbers = (f"{one.auc:.4f}", f"{one.gain.value:+.4f}", f"{one.gain.low:+.4f} to {one.gain.high:+.4f}")
        rows.append((one.family, str(one.inputs), *numbers, one.verdict))
    return f"{title}\n{_text(rows)}"


def _text(rows: list[tuple[str, ...]]) -> str:
    """Aligned, with a line under the first; the first and the last column are words."""
    last = len(rows[0]) - 1
    widths = [max(len(row[column]) for row in rows) for column in range(last + 1)]
    lines = [
        "  ".join(
            cell.ljust(width) if number in (0, last) else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _block(card: dict[str, Any]) -> list[tuple[str, ...]]:
    found = card["evaluation"]
    if found is None:
        return [(card["title"], *_BLANK, _not_judged(card))]
    title = (
        f"{card['title']} · tested at {found['test_cutoff']}: {found['donors']:,} donors, "
        f"{found['positives'] / found['donors']:.1%} did it"
    )
    honest = (f"{found['brier']:.4f}", f"{found['calibration_error']:.3f}")
    rows: list[tuple[str, ...]] = [(title, *_BLANK, "")]
    rows.append((*_numbers(found["model"]), *honest, "in use" if card["method"] == "model" else ""))
    for rule in found["rules"]:
        used = card["method"] == "rule" and rule["title"] == card["rule"]
        gap = rule["model_minus_this"]
        verdict = f"model {gap[0]:+.3f} ({gap[1]:+.3f} to {gap[2]:+.3f})"
        rows.append((*_numbers(rule), "", "", f"{verdict}{' · in use' if used else ''}"))
    return rows


def _not_judged(card: dict[str, Any]) -> str:
    if outcomes.get(card["outcome"]).silent_without_examples and not card["data"]["positives"]:
        return "left out: nothing of the kind is on record"
    return f"in use: “{card['rule']}”. {card['why_a_rule']}"


def _numbers(row: dict[str, Any]) -> tuple[str, ...]:
    value, low, high = row["auc"]
    interval = f"{low:.3f}–{high:.3f}"
    return f"  {row['title']}", f"{value:.3f}", interval, f"{row['lift_at_10']:.2f}", f"{row['average_precision']:.3f}"
