"""Bulk jobs that may outlive this process are noted in the state, so that the next run can settle them."""

from __future__ import annotations

from dataclasses import dataclass

from steward.bootstrap import Steward
from steward.salesforce.bulk import Notes


def notes(steward: Steward, run_id: str) -> Notes:
    return _StateNotes(steward, run_id)


@dataclass(frozen=True)
class _StateNotes:
    steward: Steward
    run_id: str

    def opened(self, job_id: str, purpose: str) -> None:
        self.steward.state.job_opened(job_id, self.run_id, purpose)

    def closed(self, job_id: str) -> None:
        self.steward.state.job_closed(job_id)
