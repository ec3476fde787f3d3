"""What every guide shows: read all by REST, pandas, one xgboost model, shap.TreeExplainer, a PATCH a donor.

python tests/benchmarks/naive_guide.py train|score MODEL    (NAIVE_URL, NAIVE_SESSION and NAIVE_CA say which org)
"""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import sys

import pandas as pd
import requests
import shap
import xgboost as xgb
from simple_salesforce.api import Salesforce

NAMES = ["gifts", "total", "average", "largest", "days_since_last", "days_since_first"]
HORIZON = 90


def org() -> Salesforce:
    session = requests.Session()
    session.trust_env = False
    session.verify = os.environ["NAIVE_CA"]
    return Salesforce(
        session=session, session_id=os.environ["NAIVE_SESSION"], instance_url=os.environ["NAIVE_URL"], version="67.0"
    )


def gifts(sf: Salesforce) -> pd.DataFrame:
    soql = "SELECT npsp__Primary_Contact__c, Amount, CloseDate FROM Opportunity WHERE IsWon = true"
    records = pd.DataFrame(sf.query_all(soql)["records"]).drop(columns="attributes")
    return records.assign(CloseDate=pd.to_datetime(records["CloseDate"]), Amount=records["Amount"].astype(float))


def features(given: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    day = pd.Timestamp(as_of)
    known = given[given["CloseDate"] < day].groupby("npsp__Primary_Contact__c")
    amounts, dates = known["Amount"], known["CloseDate"]
    days = [(day - dates.max()).dt.days, (day - dates.min()).dt.days]
    columns = [amounts.count(), amounts.sum(), amounts.mean(), amounts.max(), *days]
    return pd.concat(columns, axis=1, keys=NAMES)


def train(sf: Salesforce, model: pathlib.Path) -> None:
    given = gifts(sf)
    as_of = dt.date.today() - dt.timedelta(days=HORIZON)
    known = features(given, as_of)
    again = known.index.isin(given.loc[given["CloseDate"] >= pd.Timestamp(as_of), "npsp__Primary_Contact__c"])
    xgb.XGBClassifier(n_estimators=300, max_depth=5, n_jobs=2).fit(known, again).save_model(model)


def score(sf: Salesforce, path: pathlib.Path) -> None:
    people = [one["Id"] for one in sf.query_all("SELECT Id FROM Contact")["records"]]
    known = features(gifts(sf), dt.date.today()).reindex(people)
    model = xgb.XGBClassifier()
    model.load_model(path)
    chances = model.predict_proba(known)[:, 1]
    parts = shap.TreeExplainer(model).shap_values(known)
    for donor, chance, why in zip(people, chances, parts, strict=True):
        strongest = sorted(zip(NAMES, why, strict=True), key=lambda one: -abs(one[1]))[:3]
        sf.AI_Donor_Profile__c.upsert(
            f"Donor_Id__c/{donor}",
            {
                "Propensity_Score__c": round(float(chance) * 100, 1),
                "Helps__c": "; ".join(name for name, part in strongest if part > 0),
            },
        )  # fmt: skip


if __name__ == "__main__":
    {"train": train, "score": score}[sys.argv[1]](org(), pathlib.Path(sys.argv[2]))
