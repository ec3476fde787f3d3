"""A Flask route with every donor's features at hand: all models with reasons, by xgboost's contributions or by Steward's."""

from __future__ import annotations

import os
from collections.abc import Callable

import flask
import numpy as np
from bench_serving import boosted, contributions_by_xgboost, lone_donors, score_and_reasons
from steward import config, scoring
from steward.bootstrap import Steward

app = flask.Flask(__name__)
_steward = Steward(config.load({"STEWARD_HOME": os.environ["BENCH_HOME"]}))
_models, _donors = boosted(_steward), lone_donors(_steward)
_asked = [[one for one in _models if len(scoring.asked(one, donor))] for donor in _donors]


def _by_xgboost(n: int) -> dict[str, object]:
    """The score and the three strongest features by name: without words, without ranks."""
    said = {}
    for model in _asked[n]:
        parts = contributions_by_xgboost(model, _donors[n])[0]
        top = np.argsort(-np.abs(parts[:-1]))[:3]
        score = float(model.boosted.probability(model.boosted.margin(parts[None]))[0])
        said[model.outcome] = {"score": round(100 * score, 1), "reasons": [model.boosted.names[one] for one in top]}
    return said


def _by_steward(n: int) -> dict[str, object]:
    said = {}
    for model in _asked[n]:
        score, why = score_and_reasons(model, _donors[n])
        said[model.outcome] = {"score": score, "helps": why.helps, "holds_back": why.holds_back}
    return said


def _formed_before() -> Callable[[int], dict[str, object]]:
    """Steward's answers, formed before anyone asks: what the route costs without any model."""
    formed = [_by_steward(n) for n in range(len(_donors))]
    return formed.__getitem__


_way = os.environ["BENCH_WAY"]
_answer = _formed_before() if _way == "nothing" else {"xgboost": _by_xgboost, "steward": _by_steward}[_way]
_answer(0)  # loaded and compiled before anyone asks


@app.get("/<int:n>")
def scores(n: int) -> flask.Response:
    answer = flask.jsonify(_answer(n % len(_donors)))
    answer.headers["Process"] = str(os.getpid())
    return answer
