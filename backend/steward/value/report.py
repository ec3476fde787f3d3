"""The value model's card as text: each question, every way of answering it, and which one is in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def table(card: Mapping[str, Mapping[str, Any]]) -> str:
    """`card` is a ValueModel's; the loss is the log ratio (sizes, dates) or the Tweedie deviance (totals)."""
    return "\n".join(_block(one) for one in card.values())


def _block(card: Mapping[str, Any]) -> str:
    found = card["evaluation"]
    if found is None:
        return f"{card['title']}\n  by {card['used']}: {card['why']}\n"
    lines = [
        f"{card['title']} · tested at {found['test_cutoff']}: {found['donors']:,} donors; "
        f"intervals of {found['interval_share']:.0%} held for {found['interval_held']:.0%}",
        f"  {'way':<52}{'loss':>9}   less the best rule's (95 %)       total / came",
    ]
    for key, way in sorted(found["ways"].items(), key=lambda pair: float(pair[1]["loss"])):
        gap, low, high = way["against_best_rule"]
        used = "  in use" if key == found["in_use"] else ""
        ratio = "–" if way["total_ratio"] is None else f"{way['total_ratio']:.2f}"
        lines.append(
            f"  {way['title']:<52}{way['loss']:>9.4f}   {gap:+.4f} ({low:+.4f} to {high:+.4f})   {ratio:>8}{used}"
        )
    return "\n".join(lines) + "\n"
