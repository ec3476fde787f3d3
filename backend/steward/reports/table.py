"""The report of one table of donors: what was found in it, how well it predicts, what contact would earn."""

from __future__ import annotations

from typing import Any

from steward.reports import charts
from steward.reports.page import Figure, Row, Section, Sheet, figure, render


def report(found: dict[str, Any]) -> str:
    table, method = found["table"], found["method"]
    section = Section(
        "table",
        f"Predicting “{found['target']}”",
        f"{table['rows']:,} rows, {table['yes']:,} of them yes ({table['base_rate']:.2%}); {len(table['inputs'])} columns used.",
        _verdict(found),
        _figures(found),
        (_orders(found), *_profit(found), _tenths(found), *_groups(found["groups"]), _columns(table), _voices(method)),
        (
            {
                "title": "Read it with care",
                "items": [
                    "It shows who says yes among people like these; it does not show that asking them was the cause.",
                    "It was judged on rows it did not see; if they are of the same time, later time may be harder.",
                    "Columns named below that describe people rather than their giving should be dropped unless you can defend them.",
                ],
            },
        ),
    )
    return render("A table of donors, judged", f"{method['how']}.", [section])


def _verdict(found: dict[str, Any]) -> str:
    model, rule = found["model"], found["rule"]
    low, high = model["auc_interval"]
    ahead = "better than" if low > rule["auc"] else "no surer than"
    return (
        f"The model ranks with AUC {model['auc']:.3f} ({low:.3f} to {high:.3f}), {ahead} the best single column "
        f"({rule['title']}: {rule['auc']:.3f}). Its best tenth holds {model['lift_at_10']:.1f} times its share of all yes."
    )


def _figures(found: dict[str, Any]) -> tuple[Figure, ...]:
    model, rule = found["model"], found["rule"]
    orders = [
        (name, [step["captured"] for step in one["gains"]])
        for name, one in (("the model", model), (rule["title"], rule))
    ]
    drawn = [
        figure(
            "Who is found early in the list",
            charts.gains(orders),
            "Higher is better; the straight line is no order at all.",
        ),
        figure(
            "Do probabilities mean what they say?",
            charts.reliability([(one["predicted"], one["observed"]) for one in model["reliability"]]),
            f"Calibration error {model['calibration_error']:.4f}; honest probabilities would show "
            f"{model['calibration_error_by_chance']:.4f} by chance on so many rows.",
        ),
    ]
    if found["profit"]:
        drawn.append(
            figure(
                "What contact earns",
                charts.profit([("by expected value", _curve(found["profit"]["curve"]))]),
                f"At {found['profit']['cost']:g} a contact.",
            )
        )
    return tuple(drawn)


def _curve(steps: list[dict[str, float]]) -> list[tuple[float, float]]:
    return [(0.0, 0.0), *((one["share"], one["profit"]) for one in steps)]


def _orders(found: dict[str, Any]) -> Sheet:
    rows = [
        Row((name, f"{one['auc']:.3f}", f"{one['lift_at_10']:.2f}", f"{one['average_precision']:.3f}"))
        for name, one in (
            ("Steward's model", found["model"]),
            (f"Best single column: {found['rule']['title']}", found["rule"]),
        )
    ]
    rows.append(Row(("Base rate", "0.500", "1.00", f"{found['table']['base_rate']:.3f}")))
    return Sheet(
        "The model beside the best single column", ("Order", "AUC", "Lift at 10 %", "Average precision"), tuple(rows)
    )


def _profit(found: dict[str, Any]) -> list[Sheet]:
    profit = found["profit"]
    if not profit:
        return []
    named = (
        ("Where the amount to expect exceeds the cost", profit["model"]),
        ("By probability alone, times the mean gift", profit["likeliest"]),
        (f"By the single column: {profit['rule']['title']}", profit["rule"]),
        ("Everyone", profit["everyone"]),
    )
    rows = tuple(
        Row((name, f"{one['contacted_share']:.1%}", f"{one['profit']:,.0f}", f"{one['profit_per_1000']:,.1f}"))
        for name, one in named
    )
    return [Sheet("Whom to contact", ("Choice", "Contacted", "Profit", "Profit a 1,000 rows"), rows)]


def _tenths(found: dict[str, Any]) -> Sheet:
    rows = tuple(
        Row((str(number), f"{one['predicted']:.2%}", f"{one['observed']:.2%}"))
        for number, one in enumerate(found["model"]["reliability"], start=1)
    )
    return Sheet("Predicted and observed, by tenths", ("Tenth", "Predicted", "Observed"), rows)


def _groups(groups: list[dict[str, Any]]) -> list[Sheet]:
    rows = tuple(
        Row((f"{one['by']}: {one['name']}", f"{one['rows']:,}", "too few" if one["auc"] is None else f"{one['auc']:.3f}",
             f"{one['predicted']:.2%}", f"{one['observed']:.2%}", f"{one['share_of_rows']:.1%}", f"{one['share_of_top']:.1%}"))
        for one in groups
    )  # fmt: skip
    head = ("Group", "Rows", "AUC", "Predicted", "Observed", "Of all rows", "Of the best 10 %")
    words = "Never inputs. Where predicted and observed part, scores mislead for that group; the last two tell who is contacted first."
    return [Sheet("The groups you asked to check", head, rows, words)] if groups else []


def _columns(table: dict[str, Any]) -> Sheet:
    rows = [Row((one["column"], f"not used: {one['why']}")) for one in table["left_out"]]
    rows += [Row((one["column"], f"check: {one['why']}")) for one in table["suspects"]]
    return Sheet("Columns", ("Column", "What was done"), tuple(rows), f"Used: {', '.join(table['inputs'])}.", (1,))


def _voices(method: dict[str, Any]) -> Sheet:
    rows = tuple(Row((name, f"{voice:.0%}")) for name, voice in method["voices"].items())
    return Sheet(
        "What the model is made of", ("Learner", "Share of its voice"), rows, f"Calibration: {method['calibration']}."
    )
