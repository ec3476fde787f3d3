"""The only reader of the environment: every setting, its default and what it is for, as one frozen `Settings`.

Settings come from `STEWARD_*` variables; `steward.env` in Steward's home (lines of `NAME=value`) supplies what the environment leaves out.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steward.errors import ConfigError

ENV_FILE = "steward.env"


def _setting(env: str, default: Any, what: str, *, secret: bool = False) -> Any:
    return dataclasses.field(default=default, metadata={"env": env, "what": what, "secret": secret}, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """One process's settings. Secrets are left out of `repr`."""

    home: pathlib.Path = _setting(
        "STEWARD_HOME", pathlib.Path(".steward"), "Folder for snapshots, models, state and keys."
    )
    database_url: str = _setting(
        "STEWARD_DATABASE_URL", "", "SQLAlchemy URL of the state; empty: SQLite in the home folder."
    )
    artefacts_url: str = _setting(
        "STEWARD_ARTEFACTS_URL", "", "Folder or object store (fsspec URL) for models; empty: in the home folder."
    )
    org_login_url: str = _setting(
        "STEWARD_SF_LOGIN_URL", "", "Where to log in, e.g. https://yourdomain.my.salesforce.com."
    )
    org_auth: str = _setting("STEWARD_SF_AUTH", "jwt", "How to log in: jwt, client_credentials or session.")
    org_client_id: str = _setting("STEWARD_SF_CLIENT_ID", "", "Consumer key of the External Client App.")
    org_client_secret: str = _setting(
        "STEWARD_SF_CLIENT_SECRET", "", "Consumer secret (client_credentials only).", secret=True
    )
    org_username: str = _setting("STEWARD_SF_USERNAME", "", "The integration user (jwt only).")
    org_private_key_file: str = _setting(
        "STEWARD_SF_PRIVATE_KEY_FILE", "", "PEM file of the certificate's private key (jwt only)."
    )
    org_session_id: str = _setting("STEWARD_SF_SESSION_ID", "", "An existing access token (session only).", secret=True)
    org_instance_url: str = _setting("STEWARD_SF_INSTANCE_URL", "", "The org's own URL (session only).")
    org_ca_bundle: str = _setting("STEWARD_SF_CA_BUNDLE", "", "CA certificates to trust; empty: the system's.")
    org_api_version: str = _setting("STEWARD_SF_API_VERSION", "67.0", "Salesforce API version.")
    api_call_budget: int = _setting("STEWARD_API_CALL_BUDGET", 5000, "Most API calls one run may use.")
    megabyte_budget: int = _setting(
        "STEWARD_MEGABYTE_BUDGET", 20_000, "Most megabytes one run may move to and from the org; 0: no cap."
    )
    mode: str = _setting(
        "STEWARD_MODE",
        "Full",
        "Rollout mode: Full, Guided, Shadow or Pilot. The org's own is asked too, and the more careful one counts.",
    )
    score_valid_days: int = _setting(
        "STEWARD_SCORE_VALID_DAYS", 35, "Days until a score that nothing refreshed is stale."
    )
    renew_before_days: int = _setting(
        "STEWARD_RENEW_BEFORE_DAYS", 7, "Unchanged profiles are renewed when this close to expiry."
    )
    major_gift_amount: int = _setting(
        "STEWARD_MAJOR_GIFT_AMOUNT", 1000, "A single gift of at least this much is a major gift."
    )
    mid_level_amount: int = _setting(
        "STEWARD_MID_LEVEL_AMOUNT", 500, "Gifts of at least this much in a year are mid-level giving."
    )
    currency_symbol: str = _setting("STEWARD_CURRENCY_SYMBOL", "$", "Shown before amounts in reasons and asks.")
    language: str = _setting(
        "STEWARD_LANGUAGE",
        "en",
        "Language of reasons, asks and next steps: en, es, fr, or a region's numbers with es_MX, es_US, fr_CA.",
    )
    threads: int = _setting("STEWARD_THREADS", 2, "Threads for features and models.")
    engine: str = _setting(
        "STEWARD_ENGINE",
        "duckdb",
        "Where ledger and scores are computed: duckdb, spark, or a cluster's spark://host:port.",
    )
    memory_limit: str = _setting("STEWARD_MEMORY_LIMIT", "2GB", "Most memory DuckDB may use before it spills to disk.")
    seed: int = _setting("STEWARD_SEED", 20260101, "Seed of every random choice in training.")
    pseudonym_key_file: str = _setting(
        "STEWARD_PSEUDONYM_KEY_FILE", "", "File with the key of the pseudonyms; empty: made in the home folder."
    )

    queue_url: str = _setting(
        "STEWARD_QUEUE_URL",
        "",
        "Redis URL of the queue (redis://host:6379/0); empty: SQLite in the home folder.",
        secret=True,
    )
    queue_limit: int = _setting(
        "STEWARD_QUEUE_LIMIT", 20000, "Donors that may wait before the service asks senders to come back later."
    )
    listen: str = _setting(
        "STEWARD_LISTEN", "127.0.0.1:8800", "Address and port of the service, behind the reverse proxy."
    )
    token_minutes: int = _setting("STEWARD_TOKEN_MINUTES", 15, "Minutes until an access token of the service expires.")
    rate_limit: str = _setting("STEWARD_RATE_LIMIT", "1200/minute", "Most requests of one client, e.g. 1200/minute.")
    event_memory_days: int = _setting(
        "STEWARD_EVENT_MEMORY_DAYS", 30, "Days for which the ids of finished events are remembered."
    )
    scored_by: str = _setting(
        "STEWARD_SCORED_BY",
        "06:00",
        "Time of day (of STEWARD_TIME_ZONE) by which the night's scores must be in the org.",
    )
    traces_url: str = _setting(
        "STEWARD_TRACES_URL", "", "Where OpenTelemetry traces go, e.g. http://collector:4318/v1/traces; empty: nowhere."
    )
    time_zone: str = _setting(
        "STEWARD_TIME_ZONE", "UTC", "The nonprofit's time zone, e.g. America/New_York: when its day begins and ends."
    )
    slack_webhook: str = _setting(
        "STEWARD_SLACK_WEBHOOK", "", "Slack incoming webhook for alerts; empty: none.", secret=True
    )
    teams_webhook: str = _setting(
        "STEWARD_TEAMS_WEBHOOK", "", "Microsoft Teams incoming webhook for alerts; empty: none.", secret=True
    )

    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'state.db'}"

    def resolved_artefacts_url(self) -> str:
        return self.artefacts_url or str(self.home / "models")

    def for_workers(self) -> Settings:
        """What a process that only computes needs: no secret, no login, no state, and the home's full path."""
        home = self.home.resolve()
        names = ("currency_symbol", "language", "threads", "memory_limit", "mode")
        return Settings(
            home=home,
            artefacts_url=self.artefacts_url or str(home / "models"),
            **{name: getattr(self, name) for name in names},
        )

    def key_file(self) -> pathlib.Path:
        return pathlib.Path(self.pseudonym_key_file) if self.pseudonym_key_file else self.home / "pseudonym.key"


CHOICES = {
    "org_auth": ("jwt", "client_credentials", "session"),
    "mode": ("Full", "Guided", "Shadow", "Pilot"),
    "language": ("en", "es", "es_MX", "es_US", "fr", "fr_CA"),
}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the environment and the home folder's `steward.env`; refuses unknown or malformed settings by name."""
    given = dict(os.environ if environ is None else environ)
    home = pathlib.Path(given.get("STEWARD_HOME", str(Settings.home)))
    values = {**_env_file(home / ENV_FILE), **{k: v for k, v in given.items() if k.startswith("STEWARD_")}}
    known = {field.metadata["env"]: field for field in dataclasses.fields(Settings)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(f"Unknown setting {', '.join(unknown)}.", "See `steward settings` for the list.")
    return Settings(**{known[env].name: _typed(known[env], text) for env, text in values.items()})


def load_with(env_file: pathlib.Path) -> Settings:
    """The settings with another user's login: lines of `env_file` win over the environment."""
    return load({**os.environ, **_env_file(env_file)})


def share_metrics(home: pathlib.Path) -> pathlib.Path:
    """Lets all processes of this home count together; must come before the first import of `steward.monitoring.observed`."""
    folder = home / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def _typed(field: dataclasses.Field[Any], text: str) -> Any:
    if isinstance(field.default, int):
        try:
            number = int(text)
        except ValueError:
            raise ConfigError(f"{field.metadata['env']} is {text!r}, not a whole number.", "Correct it.") from None
        if number < 0:
            raise ConfigError(f"{field.metadata['env']} is {number}.", "It cannot be negative.")
        return number
    if field.name in CHOICES and text not in CHOICES[field.name]:
        raise ConfigError(f"{field.metadata['env']} is {text!r}.", f"Use one of: {', '.join(CHOICES[field.name])}.")
    return pathlib.Path(text) if isinstance(field.default, pathlib.Path) else text


def _env_file(path: pathlib.Path) -> dict[str, str]:
    if not path.exists():
        return {}
    values = {}
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip().removeprefix("export ").strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise ConfigError(f"{path}, line {number}: expected NAME=value.", "Correct the line.")
        values[name.strip()] = value.strip().strip("'\"")
    return values


def as_rows(settings: Settings) -> list[tuple[str, str, str]]:
    """(variable, value with secrets hidden, what it is for) of every setting, for `steward settings` and the docs."""
    rows = []
    for field in dataclasses.fields(Settings):
        value = getattr(settings, field.name)
        shown = ("(set)" if value else "(not set)") if field.metadata["secret"] else str(value)
        rows.append((field.metadata["env"], shown, field.metadata["what"]))
    return rows
