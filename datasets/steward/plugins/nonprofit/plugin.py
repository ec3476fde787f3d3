"""Snowfakery's door to the simulation: the recipe names fields, this draws people and writes histories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

from snowfakery.plugins import PluginResultIterator, SnowfakeryPlugin

from .appeals import FUNDS
from .records import Household, Pledge
from .rollups import Credits
from .rows import TABLES, sustainer
from .world import World, simulate


class Each(PluginResultIterator):  # type: ignore[misc]
    """What `for_each` accepts, over any collection."""

    def __init__(self, items: Iterable[object]) -> None:
        super().__init__(repeat=False)
        self.items = iter(items)

    def next_result(self) -> object:
        return next(self.items)

    def __getattr__(self, name: str) -> object:
        raise AttributeError(name)  # the base class answers KeyError, which hasattr() does not understand


class Nonprofit(SnowfakeryPlugin):  # type: ignore[misc]
    """`Nonprofit.begin(...)` first; the other functions read the world it made."""

    class Functions:
        context: Any
        world: World
        pledges: dict[int, list[Pledge]]

        def begin(self, contacts: Any, as_of: Any, years: Any, seed: Any) -> int:
            """Simulate; answers the number of Opportunities."""
            self.world = simulate(int(contacts), date.fromisoformat(str(as_of)), int(years), int(seed))
            self.pledges = defaultdict(list)
            for pledge in self.world.story.pledges:
                self.pledges[pledge.household.number].append(pledge)
            return len(self.world.story.gifts)

        def funds(self) -> Each:
            return Each(FUNDS)

        def appeals(self) -> Each:
            as_of = self.world.as_of
            return Each(
                SimpleNamespace(appeal=each, status="Completed" if each.end < as_of else "In Progress")
                for each in self.world.calendar.appeals
            )

        def volunteer_campaigns(self) -> Each:
            return Each(each.number for each in self.world.calendar.appeals if each.kind == "Volunteers")

        def organizations(self) -> Each:
            accounts = self.world.rollups.accounts
            return Each(
                SimpleNamespace(who=each, credit=self._of(accounts.get(each.number)).hard())
                for each in self.world.organizations
            )

        def households(self) -> Each:
            return Each(
                SimpleNamespace(
                    who=each,
                    credit=self._of(self.world.rollups.accounts.get(each.number)).hard(),
                    sustainer=sustainer(self.pledges.get(each.number, [])),
                    deceased=all(person.deceased_on for person in each.people),
                    # NPSP's primary contact: the first member still living
                    primary=next((person for person in each.people if not person.deceased_on), each.people[0]).number,
                )
                for each in self.world.households
            )

        def people(self, household: Household) -> Each:
            rollups, pledges = self.world.rollups, self.pledges.get(household.number, [])
            return Each(
                SimpleNamespace(
                    who=each,
                    credit=self._of(rollups.contacts.get(each.number)).hard(),
                    soft=self._of(rollups.soft.get(each.number)).soft(),
                    sustainer=sustainer([pledge for pledge in pledges if pledge.contact == each.number]),
                    employer=each.employer.number if each.employer else None,
                )
                for each in household.people
            )

        def histories(self) -> int:
            """Write the rows of the tables that the recipe only declares; answers how many."""
            stream, written = self.context.interpreter.output_stream, 0
            for table, rows in TABLES.items():
                for number, row in enumerate(rows(self.world), start=1):
                    stream.write_row(table, {"id": number, **row})
                    written += 1
            return written

        def _of(self, credits: Credits | None) -> Credits:
            return credits or Credits(self.world.as_of)
