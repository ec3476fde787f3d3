"""What nights of large nonprofits cost on paper: python tests/benchmarks/costs.py --donors 1000000 20000000 --night 34.2 12.3

API calls, bytes and storage by the forecast of `steward doctor`; processor time by what bench_night.py measured for 100,000
donors (`--night`: CPU seconds of a full and of an ordinary night), taken as linear, which its growth table has to confirm.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

import rich.console
import rich.table

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "backend")]

from steward.salesforce import contract  # noqa: E402
from steward.salesforce.forecasts import PROFILE_KB, Forecast, forecast  # noqa: E402

# Rows a Contact. NPSP makes a payment a gift and a role for each member of the household.
A_CONTACT = {
    "contacts": 1.0, "accounts": 0.77, "opportunities": 10.0, "contact_roles": 13.0, "payments": 10.0, "recurring": 0.14,
    "campaign_members": 2.0, "tasks": 1.0, "allocations": 10.0, "profiles": 1.0,
}  # fmt: skip
OF_ANY = 500  # rows of every other table
MEASURED_DONORS = 100_000
CORES, CLUSTER_CORES = 2, 64
SPARK_TIMES = 8  # so many times DuckDB's processor time, the middle of what was measured on one machine
LINE_MB_A_SECOND = 10.0  # assumed between the org and here
PAID_GB = 10  # data storage that an org has before what its users add


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, nargs="+", default=[1_000_000, 20_000_000])
    parser.add_argument("--night", type=float, nargs=2, required=True, metavar=("FULL", "ORDINARY"))
    options = parser.parse_args()
    table = rich.table.Table("", *(f"{donors:,} donors" for donors in options.donors), box=None)
    columns = [costs(donors, *options.night) for donors in options.donors]
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    console = rich.console.Console(highlight=False, width=120)
    console.print(table)
    console.print(f"\nAssumed rows a Contact: {', '.join(f'{name} {rows:g}' for name, rows in A_CONTACT.items())};")
    console.print(f"{OF_ANY} of any other table; a line of {LINE_MB_A_SECOND:g} MB/s, not compressed.")
    console.print(
        f"Cluster: {SPARK_TIMES} times DuckDB's processor time for everything, spread perfectly: a bound from below."
    )
    console.print("Salesforce's own time to query and to write is its own, and in no figure.")


def costs(donors: int, full: float, ordinary: float) -> dict[str, str]:
    """What a size costs, in words, by what."""
    rows = {
        table.name: round(donors * A_CONTACT[table.name]) if table.name in A_CONTACT else OF_ANY
        for table in contract.TABLES
    }
    plan, times = forecast(rows), donors / MEASURED_DONORS
    hours = {"full": full * times / 3600, "ordinary": ordinary * times / 3600}
    return _of_the_org(plan) | {
        "hours on the line, first / ordinary night": _pair(plan.first_megabytes, plan.ordinary_megabytes, 3600 * LINE_MB_A_SECOND),
        "CPU hours here, full / ordinary night": _pair(hours["full"], hours["ordinary"]),
        f"hours on {CORES} cores": _pair(hours["full"], hours["ordinary"], CORES),
        f"hours on a cluster of {CLUSTER_CORES} cores": _pair(hours["full"], hours["ordinary"], CLUSTER_CORES / SPARK_TIMES),
    }  # fmt: skip


def _of_the_org(plan: Forecast) -> dict[str, str]:
    return {
        "API calls, first / ordinary night": f"{plan.first_night:,} / {plan.ordinary_night:,}",
        "GB moved, first / ordinary night": _pair(plan.first_megabytes, plan.ordinary_megabytes, 1000),
        f"GB of data storage ({PROFILE_KB} KB a profile)": f"{plan.storage_mb / 1024:,.1f} (an org begins with {PAID_GB})",
    }


def _pair(first: float, second: float, divisor: float = 1.0) -> str:
    return f"{first / divisor:,.2f} / {second / divisor:,.2f}"


if __name__ == "__main__":
    main()
