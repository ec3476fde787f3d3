"""An earlier run on whose basis this one rests too: what it found of those for whom nothing changed since is found again."""

from __future__ import annotations

import datetime as dt
import pathlib
from dataclasses import dataclass

# A model's version after the outcome that it is about.
DATED = "-[0-9]+-[0-9a-f]+$"


@dataclass(frozen=True)
class Earlier:
    """`days`: its as_of and this run's, the earlier one first. A card that expires after the first of them and not after
    `cards_until` is counted in days, so its unit is answered anew. `snapshot`: what it saw; `killed`: while it scored."""

    folder: pathlib.Path
    days: tuple[dt.date, dt.date]
    cards_until: dt.date
    snapshot: str = ""
    killed: bool = False


def this_month(as_of: dt.date) -> str:
    """What a trend says of the month of `as_of`, as a pattern."""
    return rf" ?{as_of:%Y-%m}:[0-9.]+"
