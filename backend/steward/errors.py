"""Everything that can go wrong, by who must act. Edges catch `StewardError` once and show its message, never a traceback.

StewardError
├── InputError              the caller: a file, an argument or a request is wrong
│   └── UnknownDonor        no such donor in the snapshot
├── OperatorError           the operator: settings, permissions, credentials, limits
│   ├── ConfigError         a setting is missing or wrong
│   ├── AccessError         the org refuses: login, object, field (says what to grant)
│   ├── LimitError          the org's daily limit or our own budget is used up
│   └── StateError          state on disk is missing, newer than this code, or tampered with
├── UpstreamError           the org or the network failed after all retries; run again to resume
│   ├── RowErrors           some rows were refused; they are in the dead letters
│   └── ReconcileError      the org does not hold what was written
└── NotEnoughData           an outcome has too little history to train; the rule is used instead
"""

from __future__ import annotations


class StewardError(Exception):
    """`what` happened, and `todo`: what the person can do about it, in one sentence each."""

    exit_code = 1

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(f"{what} {todo}".strip())
        self.what = what
        self.todo = todo


class InputError(StewardError):
    exit_code = 2


class UnknownDonor(InputError):
    pass


class OperatorError(StewardError):
    exit_code = 3


class ConfigError(OperatorError):
    pass


class AccessError(OperatorError):
    pass


class LimitError(OperatorError):
    pass


class StateError(OperatorError):
    pass


class UpstreamError(StewardError):
    exit_code = 4


class RowErrors(UpstreamError):
    pass


class ReconcileError(UpstreamError):
    pass


class NotEnoughData(StewardError):
    exit_code = 5
