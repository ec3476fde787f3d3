"""The answer about a table as text for a terminal."""

from __future__ import annotations

from typing import Any

MOST_NAMED = 10  # columns of which the same is said
_KINDS = {"number": "numbers", "date": "dates", "category": "of words or codes"}


def text(found: dict[str, Any]) -> str:
    parts = [_about(found), _columns(found["table"]), _ranking(found), _honesty(found), _gains(found["model"]["gains"])]
    if found["groups"]:
        parts.append(_groups(found["groups"]))
    if found["profit"]:
        parts.append(_profit(found["profit"]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _about(found: dict[str, Any]) -> str:
    table = found["table"]
    return (
        f"Predicting “{found['target']}”: {table['rows']:,} rows, {table['yes']:,} yes ({table['base_rate']:.2%}), "
        f"{len(table['inputs'])} columns used. {found['method']['how']}; "
        "every figure is on rows the model did not see."
    )


def _columns(table: dict[str, Any]) -> str:
    """What many columns share is said once."""
    lines = [f"  used       {', '.join(f'{count:,} {_KINDS[kind]}' for kind, count in table['kinds'].items())}"]
    for heading, told in (("left out", table["left_out"]), ("check this", table["suspects"])):
        why: dict[str, list[str]] = {}
        for one in told:
            why.setdefault(one["why"], []).append(one["column"])
        lines += [f"  {heading:<10} {listed(names)}: {reason}" for reason, names in why.items()]
    lines += [f"  note       {note}" for note in table["notes"]]
    return "\n".join(["Columns", *lines])


def listed(names: list[str]) -> str:
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[: MOST_NAMED - 1])} and {len(names) - MOST_NAMED + 1:,} more"


def _ranking(found: dict[str, Any]) -> str:
    model, rule = found["model"], found["rule"]
    low, high = model["auc_interval"]
    rows = [
        ("Steward's model", f"{model['auc']:.3f}", f"{low:.3f}–{high:.3f}", model),
        (f"best single column: {rule['title']}", f"{rule['auc']:.3f}", "", rule),
        ("base rate (nobody before anybody)", "0.500", "", {"lift_at_10": 1.0, "average_precision": found["table"]["base_rate"]}),
    ]  # fmt: skip
    width = max(len(title) for title, *_ in rows)
    lines = [f"{'order':<{width}}    AUC         95 %  lift 10 %  av. prec."]
    lines += [
        f"{title:<{width}}  {auc:>5}  {interval:>11}  {row['lift_at_10']:>9.2f}  {row['average_precision']:>9.3f}"
        for title, auc, interval, row in rows
    ]
    return "\n".join(lines)


def _honesty(found: dict[str, Any]) -> str:
    model = found["model"]
    lines = [
        f"Calibration error {model['calibration_error']:.4f} (by chance alone, on so many rows: "
        f"{model['calibration_error_by_chance']:.4f}); Brier score {model['brier']:.5f} "
        f"(base rate alone {found['base_rate']['brier']:.5f}).",
        "  tenth  predicted   observed",
        *[
            f"  {number:>5}  {one['predicted']:>9.2%}  {one['observed']:>9.2%}"
            for number, one in enumerate(model["reliability"], start=1)
        ],
    ]
    return "\n".join(lines)


def _gains(steps: list[dict[str, float]]) -> str:
    shown = [one for one in steps if round(one["share"] * 100) in (5, 10, 20, 30, 40, 50, 75)]
    lines = [
        f"  best {one['share']:>4.0%} of the list holds {one['captured']:>4.0%} of all yes ({one['lift']:.2f} times its share)"
        for one in shown
    ]
    return "\n".join(["Gains", *lines])


def _groups(groups: list[dict[str, Any]]) -> str:
    width = max(len(f"{one['by']}: {one['name']}") for one in groups)
    lines = ["Groups you asked to check (never inputs)",
             f"  {'':<{width}}     rows    AUC  predicted   observed  of all rows  of the best 10 %"]  # fmt: skip
    lines += [
        f"  {one['by'] + ': ' + one['name']:<{width}}  {one['rows']:>7,}  {'few' if one['auc'] is None else format(one['auc'], '.3f'):>5}  "
        f"{one['predicted']:>9.2%}  {one['observed']:>9.2%}  {one['share_of_rows']:>11.1%}  {one['share_of_top']:>16.1%}"
        for one in groups
    ]
    return "\n".join(lines)


def _profit(profit: dict[str, Any]) -> str:
    rows = [
        ("the model: where the amount to expect exceeds the cost", profit["model"]),
        ("by probability alone: where it, times the mean gift, exceeds the cost", profit["likeliest"]),
        (f"the single column: {profit['rule']['title']}", profit["rule"]),
        ("everyone", profit["everyone"]),
    ]
    width = max(len(title) for title, _ in rows)
    lines = [
        f"Profit at {profit['cost']:g} a contact: whom to contact",
        f"  {'':<{width}}  contacted      profit  a 1,000 rows",
    ]
    lines += [
        f"  {title:<{width}}  {one['contacted_share']:>9.1%}  {one['profit']:>10,.0f}  {one['profit_per_1000']:>12,.1f}"
        for title, one in rows
    ]
    return "\n".join(lines)
