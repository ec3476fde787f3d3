"""What a query may know: the schema, the user, the time, and what the user may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from localorg import namespaces
from localorg.model import Field, Schema, SObject


@dataclass(frozen=True)
class User:
    id: str
    username: str
    name: str
    email: str
    profile_id: str
    profile: str
    time_zone: str = "America/New_York"
    locale: str = "en_US"
    language: str = "en_US"
    is_active: bool = True


@dataclass(frozen=True)
class Context:
    """`now` is UTC. `record_filter(sobject, alias)` is SQL for the rows this user may see, or None for all."""

    schema: Schema
    user: User
    now: datetime
    readable: Callable[[SObject, Field], bool]
    all_rows: bool = False
    bulk: bool = False
    visible: Callable[[SObject], bool] = lambda sobject: True
    record_filter: Callable[[SObject, str], str | None] = lambda sobject, alias: None
    org_id: str = ""
    fiscal_year_start_month: int = 1
    namespace: str = ""  # of custom names that are written without one (Sforce-Call-Options: defaultNamespace)

    def spellings(self, name: str) -> tuple[str, ...]:
        """What a name may stand for: itself, then the package's own of that name."""
        return namespaces.spellings(self.namespace, name)

    def shown(self, name: str) -> str:
        """A name as this client reads it: without the namespace that it leaves out."""
        return name.removeprefix(f"{self.namespace}__") if self.namespace else name
