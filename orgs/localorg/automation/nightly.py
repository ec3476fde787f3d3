"""NPSP's night: recurring donations are evaluated at 22:00, roll-ups worked out at 23:00, in the organization's time."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from localorg.automation import recurring, rollups
from localorg.automation.desk import Desk
from localorg.automation.handlers import Switchboard

if TYPE_CHECKING:
    from localorg.engine import Org

logger = logging.getLogger("localorg.automation")
HOUR = 23
LOOK_SECONDS = 20.0
LAST_RUN, SCHEDULED = "npsp_night", "npsp_nightly"


def run(org: Org) -> dict[str, int]:
    """The whole night now, whatever the hour; tells how many records of each object the roll-ups changed."""
    session = org.administrator()
    with org.store.write() as connection:
        writer = session.writer(connection)
        desk = Desk(writer, Switchboard(connection, session.user))
        recurring.evaluate(desk, recurring.all_of_them(desk))
        changed = rollups.run(connection, writer.today, org.fiscal_year_start_month, org.clock.stamp())
        org.store.set_meta(LAST_RUN, org.clock.now().isoformat())
    return changed


def schedule(org: Org, *, on: bool) -> None:
    """Run each night from now on, or no more."""
    org.store.set_meta(SCHEDULED, on)
    org.store.set_meta(LAST_RUN, org.clock.now().isoformat())


def scheduled(org: Org) -> bool:
    return bool(org.store.meta(SCHEDULED, False))


def run_if_due(org: Org) -> bool:
    """Run when a night has begun since the last run, however the clock came there."""
    if not scheduled(org):
        return False
    last = datetime.fromisoformat(org.store.meta(LAST_RUN))
    if _night_of(org, org.clock.now()) <= _night_of(org, last):
        return False
    run(org)
    return True


def watch(org: Org, stopping: Event) -> None:
    """While the org is served: look at its clock now and then."""
    while not stopping.wait(LOOK_SECONDS):
        try:
            run_if_due(org)
        except Exception:
            logger.exception("the nightly batch failed; it is tried again at the next look")


def _night_of(org: Org, moment: datetime) -> datetime:
    """The latest 23:00 that is not after a moment."""
    with org.store.read() as connection:
        zone = ZoneInfo(connection.execute("SELECT TimeZoneSidKey FROM Organization").fetchone()[0] or "UTC")
    local = moment.astimezone(zone)
    night = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return (night if night <= local else night - timedelta(days=1)).astimezone(UTC)
