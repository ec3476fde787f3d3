"""Ledgers for outcome tests are made of snapshot tables, as the real ones are."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "donors"))
