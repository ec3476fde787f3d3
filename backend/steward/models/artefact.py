"""A model as files without pickle (XGBoost UBJSON, JSON, plain arrays) and back; the version holds its hash."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.models import card
from steward.models.calibration import Calibrator
from steward.models.lines import Line
from steward.models.model import Boosted, Model
from steward.models.ruling import FittedRule
from steward.models.spreads import Spread
from steward.models.treetables import TreeTables

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT = 1
MODEL, BOOSTER, TABLES, CARD = "model.json", "booster.ubj", "tables.zip", "card.md"
_THE_SAME_DATE = (1980, 1, 1, 0, 0, 0)


def sealed(model: Model) -> Model:
    """The model with its version: outcome, date, and eight digits of the content's hash."""
    return replace(model, version=f"{model.outcome}-{model.as_of:%Y%m%d}-{content_hash(to_files(model))[:8]}")


def content_hash(files: Mapping[str, bytes]) -> str:
    """One hash over names and bytes of all files."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name} {hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return whole.hexdigest()


def to_files(model: Model) -> dict[str, bytes]:
    files = {MODEL: _json(_plain(model)), CARD: card.markdown(model.card).encode()}
    if model.boosted is not None:
        files[BOOSTER] = model.boosted.trees
        if model.boosted.tables is not None:
            files[TABLES] = packed(model.boosted.tables)
    return files


def from_files(files: Mapping[str, bytes], version: str) -> Model:
    saved = json.loads(files[MODEL])
    return Model(
        outcome=saved["outcome"],
        as_of=dt.date.fromisoformat(saved["as_of"]),
        features_version=saved["features_version"],
        rule=FittedRule.from_json(saved["rule"]),
        boosted=_boosted(saved["boosted"], files) if saved["boosted"] else None,
        base_rate=saved["base_rate"],
        cuts=tuple(saved["cuts"]),
        reference=tuple(saved["reference"]),
        typical=saved["typical"],
        peers=saved.get("peers", {}),
        spreads={name: Spread(tuple(cuts), tuple(parts)) for name, (cuts, parts) in saved.get("spreads", {}).items()},
        support=tuple((upto, donors) for upto, donors in saved["support"]),
        chance_voice=saved.get("chance_voice", 1.0),
        card=saved["card"],
        version=version,
    )


def _plain(model: Model) -> dict[str, Any]:
    boosted = model.boosted
    return {
        "format": FORMAT,
        "outcome": model.outcome,
        "as_of": model.as_of.isoformat(),
        "features_version": model.features_version,
        "rule": model.rule.to_json(),
        "boosted": boosted and _learnt(boosted),
        "base_rate": model.base_rate,
        "cuts": list(model.cuts),
        "reference": list(model.reference),
        "typical": model.typical,
        "peers": model.peers,
        "spreads": {name: [one.edges, one.shares] for name, one in model.spreads.items()},
        "support": [list(pair) for pair in model.support],
        "chance_voice": model.chance_voice,
        "card": model.card,
    }


def _learnt(boosted: Boosted) -> dict[str, Any]:
    return {
        "names": list(boosted.names),
        "calibrator": boosted.calibrator.to_json(),
        "level": boosted.level,
        "line": boosted.line and boosted.line.to_json(),
        "voice": boosted.voice,
    }


def _boosted(saved: dict[str, Any], files: Mapping[str, bytes]) -> Boosted:
    tables = _tables(files[TABLES]) if TABLES in files else None
    line = Line.from_json(saved["line"]) if saved.get("line") else None
    calibrator = Calibrator.from_json(saved["calibrator"])
    voice = saved.get("voice", 1.0)
    return Boosted(tuple(saved["names"]), files[BOOSTER], tables, calibrator, saved["level"], line, voice)


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False).encode()


def _tables(saved: bytes) -> TreeTables:
    parts = unpacked(saved, TreeTables)
    return TreeTables(**{**parts, "features": int(parts["features"]), "bias": float(parts["bias"])})


def packed(arrays: DataclassInstance) -> bytes:
    """A zip of .npy files with fixed dates, so that the same arrays are the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for field in dataclasses.fields(arrays):
            one = io.BytesIO()
            np.lib.format.write_array(one, np.asarray(getattr(arrays, field.name)), allow_pickle=False)
            info = zipfile.ZipInfo(f"{field.name}.npy", _THE_SAME_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, one.getvalue())
    return whole.getvalue()


def unpacked(saved: bytes, kind: type[DataclassInstance]) -> dict[str, Any]:
    """The arrays of a dataclass by the names of its fields."""
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        return {
            field.name: np.lib.format.read_array(io.BytesIO(archive.read(f"{field.name}.npy")), allow_pickle=False)
            for field in dataclasses.fields(kind)
        }
