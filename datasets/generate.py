"""Runs the Snowfakery recipe into a folder of CSV files, or into a database that CumulusCI's load_dataset reads."""

from __future__ import annotations

import pathlib
import warnings
from datetime import date

with warnings.catch_warnings():  # Snowfakery's own, against newer Click and SQLAlchemy
    warnings.simplefilter("ignore", DeprecationWarning)
    from snowfakery.api import SnowfakeryApplication, generate_data

RECIPE = pathlib.Path(__file__).parent / "steward" / "nonprofit.recipe.yml"


class _Quiet(SnowfakeryApplication):  # type: ignore[misc]
    def echo(self, *args: object, **kwargs: object) -> None:
        pass


def generate(
    folder: pathlib.Path, *, as_of: date, contacts: int = 5000, years: int = 10, seed: int = 7, database: str = ""
) -> None:
    """Equal arguments give equal files, byte for byte, in any process. `database` is an SQLAlchemy URL."""
    folder.mkdir(parents=True, exist_ok=True)
    options = {"as_of": as_of.isoformat(), "contacts": contacts, "years": years, "seed": seed}
    where = {"dburl": database} if database else {"output_format": "csv", "output_folder": str(folder)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        generate_data(
            str(RECIPE),
            parent_application=_Quiet(None),
            user_options=options,
            should_create_cci_record_type_tables=bool(database),
            **where,
        )
