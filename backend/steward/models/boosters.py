"""A booster as it is kept: XGBoost's own bytes, which it reads only when it is to speak itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xgboost as xgb


def kept(booster: xgb.Booster) -> bytes:
    return bytes(booster.save_raw("ubj"))


def read(trees: bytes) -> xgb.Booster:
    import xgboost as xgb  # noqa: PLC0415  brings scikit-learn and scipy: a second that who answers from tables saves

    return xgb.Booster({"nthread": 1}, model_file=bytearray(trees))
