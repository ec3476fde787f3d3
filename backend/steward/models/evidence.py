"""What a model was judged on, donor by donor: kept beside it, so that questions of money and fairness can be put later."""

from __future__ import annotations

import pandas as pd

from steward.models.metrics import Array

# What reports look at and models never see; from the ledger, at the date of the test only.
GIVEN, FIRST_YEAR = "given", "first_year"
ASIDE = (GIVEN, FIRST_YEAR)
USUAL_GIFT = ("average_gift_12m", "average_gift")


def gather(test: pd.DataFrame, label: Array, model: tuple[Array, Array], rule: tuple[Array, Array]) -> pd.DataFrame:
    """One row a donor of the test; `model` and the best `rule` as (order, probability)."""
    found = {
        "unit_id": test["unit_id"],
        "kind": test.get("kind"),
        "label": label.astype("int8"),
        "model_order": model[0],
        "model_probability": model[1],
        "rule_order": rule[0],
        "rule_probability": rule[1],
        "usual_gift": _usual_gift(test),
        "recurring_months": test.get("recurring_months"),
    }
    return pd.DataFrame(found | {name: test.get(name) for name in ASIDE})


def _usual_gift(test: pd.DataFrame) -> pd.Series | None:
    """The average of a year's gifts, else of all."""
    known = [test[name].astype("float64") for name in USUAL_GIFT if name in test]
    return known[0].fillna(known[-1]) if known else None
