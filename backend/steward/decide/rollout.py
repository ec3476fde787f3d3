"""Who may see an answer yet: of what the service and the org ask for, the most careful counts, donor by donor."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from steward.shared import Shared

FULL, PILOT, GUIDED, SHADOW = "Full", "Pilot", "Guided", "Shadow"
MODES = (FULL, PILOT, GUIDED, SHADOW)  # each more careful than the one before


@dataclass(frozen=True)
class Rollout:
    """`pilots` are the giving units of the trial group; `note` is for whoever reads the run's record."""

    asked: tuple[str, ...]
    pilots: frozenset[str] = frozenset()
    note: str = ""

    @cached_property
    def mode(self) -> str:
        """What a run as a whole is called."""
        return max(self.asked, key=MODES.index)

    @cached_property
    def is_pilot(self) -> bool:
        return PILOT in self.asked

    def of(self, unit_id: str) -> str:
        """Outside the trial group nobody sees an answer: what Shadow means everywhere already."""
        return SHADOW if self.is_pilot and unit_id not in self.pilots else self.mode

    def of_all(self, unit_ids: pa.Array) -> Shared:
        if not self.is_pilot:
            return Shared([self.mode], np.zeros(len(unit_ids), np.intp))
        return Shared.of(np.array([self.of(unit) for unit in unit_ids.tolist()], object))

    def among(self, pilots: Collection[str]) -> Rollout:
        return dataclasses.replace(self, pilots=frozenset(pilots))


def agreed(service: str, org: str | None, switched_on: bool) -> Rollout:
    """`org` is what an administrator typed in Salesforce, or nothing; a word that is no mode is taken for Shadow."""
    if not switched_on:
        return Rollout((service, SHADOW), note="Switched off in the org: nobody sees these answers.")
    word = (org or "").strip().capitalize()
    if not word:
        return Rollout((service,))
    if word not in MODES:
        return Rollout(
            (service, SHADOW),
            note=f"The org's rollout mode is none of {', '.join(MODES)}: taken for Shadow, nobody sees these answers.",
        )
    return Rollout((service, word))
