"""The whole story on one screen. The nightly job and the command line call `run` with different donors.

    extract → ledger → features → scores and reasons → decisions → profiles → changed rows → the org → proof

Every step can be repeated: a run that was killed is taken up under its own id by the next one, writes what is missing,
and leaves the org as if it had never stopped.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir

from steward import features, outcomes, profiles, scoring, sources, value
from steward.assessment import Assessment, assess
from steward.bootstrap import Steward
from steward.decide import rollout
from steward.decide.rollout import Rollout
from steward.donors import Ledger, build_ledger
from steward.donors.units import homes
from steward.errors import StateError, StewardError, UnknownDonor
from steward.evidence import judged
from steward.models import Model
from steward.models.card import Origin
from steward.night import batches, known, narrowing, publishing, scored
from steward.night.intake import extract, newest
from steward.night.narrowing import Few
from steward.progress import Progress, Silent
from steward.runs import Report, Request
from steward.salesforce import snapshot as snapshots
from steward.salesforce.snapshot import Snapshot
from steward.value import ValueModel
from steward.words import catalogues

if TYPE_CHECKING:
    from steward.models.ablation import Ablation
    from steward.training import Trained

ALL = (*(outcome.key for outcome in outcomes.OUTCOMES), value.KEY)
PREFIXES = tuple(outcome.field_prefix for outcome in outcomes.OUTCOMES)


def run(steward: Steward, request: Request, progress: Progress | None = None) -> Report:
    """Everything: read what changed, score, write the changed rows, prove them."""
    tell = progress or Silent()
    with steward.alone():
        speaking(steward)  # better said now than after reading the whole org
        snapshot = extract(steward, progress=tell)
        return publish(steward, score(steward, snapshot, request, tell), tell)


def score(steward: Steward, snapshot: Snapshot, request: Request, progress: Progress | None = None) -> Report:
    """Scores, reasons and decisions for the donors asked for; kept under the run's id, not yet in the org."""
    tell = progress or Silent()
    as_of = request.as_of or steward.today()
    champions = speaking(steward)
    tables = steward.tables(snapshot.tables())
    _require_known(tables["contacts"], request)
    asked = rollout_of(steward, tables)
    run_id = _begin(steward, request, as_of, asked.mode)
    versions = {model.outcome: model.version for model in champions}
    worth = valuing(steward)
    if worth:
        versions[value.KEY] = worth.version
    plan = batches.Plan(
        tuple(model.version for model in champions), worth.version if worth else None,
        _with_pilots(asked, tables, homes(tables)), as_of, whole=request.donors is None, snapshot=snapshot.id,
    )  # fmt: skip
    with scored.making(steward.home / "runs", run_id) as folder:
        before = batches.earlier(steward, folder, plan)
        if plan.whole and before is None:
            batches.get_ready(steward, snapshot.manifest.tables["contacts"].rows)
        tell.stage("Looking at the donors' facts", None)
        few = narrowing.narrowed(steward.settings, folder, snapshot, before) if before and plan.whole else None
        _know(steward, folder, tables, as_of, request.donors, few)
        compared = known.compared(steward, folder, tables) if plan.whole else None
        batches.score(steward, folder, plan, tell, before, few)
        if few:
            few.remove()
        counts = scored.counts(folder, PREFIXES)
    counts["outcomes_left_out"] = sum(not scoring.applies(model) for model in champions)
    if compared is not None:
        counts["rollups_differ"] = compared.differing
    steward.state.advance(
        run_id, "scored", snapshot_id=snapshot.id, snapshot_hash=snapshot.hash, features_version=features.VERSION,
        model_versions=versions, counts=counts,
        message=" ".join(filter(None, (asked.note, compared.sentence() if compared else ""))),
    )  # fmt: skip
    return Report(run_id, as_of, snapshot.id, counts, versions)


def _know(
    steward: Steward, folder: pathlib.Path, tables: Mapping[str, ir.Table], as_of: dt.date, asked: Sequence[str] | None,
    few: Few | None,
) -> None:  # fmt: skip
    """Leaves in `folder` what is known of everybody, or of the donors asked for; of most, what the run before knew."""
    looked_at = steward.tables(few.tables) if few else tables
    ledger = steward.runner.begun(build_ledger(looked_at), known.ONCE)
    if few:
        known.write_few(steward, folder, ledger, looked_at, as_of, few)
    elif asked is not None:
        known.write_asked(steward, folder, ledger, looked_at, as_of, asked)
    else:
        known.write(steward, folder, ledger, looked_at, as_of)
    steward.runner.release(ledger)


def conclude(
    steward: Steward,
    ledger: Ledger,
    tables: Mapping[str, ir.Table],
    champions: Sequence[Model],
    as_of: dt.date,
    donors: Sequence[str] | None,
    worth: ValueModel | None,
    known: ir.Table | None = None,
) -> tuple[Assessment, list[dict[str, Any]]]:
    """The core, from a ledger to one profile row a Contact: the same for a night, a command and an event."""
    assessed = assess(
        ledger, tables["gaus"], champions, as_of, steward.policy,
        language=catalogues.spoken(steward.settings), threads=steward.settings.threads, contacts=donors,
        value=worth, known=known,
    )  # fmt: skip
    made = profiles.columns(
        assessed.members, assessed.answers, PREFIXES, steward.policy, _with_pilots(rollout_of(steward, tables), tables, ledger.members),
        as_of, _held(tables["profiles"], donors),
    )  # fmt: skip
    return assessed, profiles.rows(made)


def rollout_of(steward: Steward, tables: Mapping[str, ir.Table]) -> Rollout:
    """What the service's setting and the org's agree on, as the org stood when these tables were read."""
    (row,) = tables["settings"].select("rollout_mode", "switched_on").to_pyarrow().to_pylist()
    return rollout.agreed(steward.settings.mode, row["rollout_mode"], row["switched_on"])


def _with_pilots(asked: Rollout, tables: Mapping[str, ir.Table], members: ir.Table) -> Rollout:
    """One ticked member brings the household in: its members share one answer."""
    if not asked.is_pilot:
        return asked
    ticked = tables["contacts"].filter("ai_pilot").select("contact_id")
    return asked.among(members.semi_join(ticked, "contact_id").unit_id.to_pyarrow().to_pylist())


def _held(written: ir.Table, donors: Sequence[str] | None) -> dict[str, profiles.Held]:
    """What the org's own profiles say of the months before."""
    wanted = written if donors is None else written.filter(written.contact_id.isin(list(donors)))
    rows = wanted.select("contact_id", "trend", "model_version").to_pyarrow().to_pylist()
    return {row["contact_id"]: profiles.Held(row["trend"], row["model_version"]) for row in rows}


def publish(steward: Steward, report: Report, progress: Progress | None = None) -> Report:
    """Writes a scored run's changed rows to the org, files what it refuses, and proves what it holds."""
    tell = progress or Silent()
    concluded = scored.require(steward.home / "runs", report.run_id)
    snapshot = snapshots.load(steward.home / "snapshots" / report.snapshot)
    try:
        published = publishing.publish(steward, report.run_id, concluded, snapshot, tell)
    except StewardError as error:
        steward.state.advance(report.run_id, "publishing", message=str(error))
        raise
    _prune(steward)
    return Report(report.run_id, report.as_of, report.snapshot, published.counts, report.models, published)


def train(
    steward: Steward, keys: Sequence[str], as_of: dt.date, promote: bool, progress: Progress | None = None
) -> Trained:
    """Trains these outcomes on the newest snapshot and stores them; `promote` lets them speak from the next run on."""
    from steward import training  # noqa: PLC0415  brings the libraries that learn, for which a night need not wait

    snapshot = newest(steward)
    ledger = steward.ledger(steward.tables(snapshot.tables()))
    origin = Origin(snapshot.id, snapshot.hash, sources.fingerprint())
    made = training.train(ledger, keys, as_of, steward.settings, progress or Silent(), origin)
    for trained in made.models:
        judged.save(steward.home, trained)
    stored: list[Model | ValueModel] = [*made.models, *([made.value] if made.value else [])]
    for model in stored:
        steward.registry.save(model)
        if promote:
            steward.registry.promote(model.version)
    return made


def ablate(
    steward: Steward, keys: Sequence[str], as_of: dt.date, progress: Progress | None = None
) -> tuple[Ablation, ...]:
    """What each family of features is worth to these outcomes on the newest snapshot; stores nothing."""
    from steward import training  # noqa: PLC0415

    ledger = steward.ledger(steward.tables(newest(steward).tables()))
    return training.ablate(ledger, keys, as_of, steward.settings, progress or Silent())


def last_scored(steward: Steward) -> Report:
    """The newest run whose scores are not proven in the org yet."""
    for old in steward.state.runs(5):
        if old.status == "Running" and old.stage != "started" and old.snapshot_id:
            as_of = dt.date.fromisoformat(old.as_of)
            return Report(old.run_id, as_of, old.snapshot_id, old.counts or {}, old.model_versions or {})
    raise StateError("No scored run is waiting to be published.", "Run `steward score` first, or `steward run`.")


def date_of(steward: Steward, given: dt.datetime | None) -> dt.date:
    return given.date() if given else steward.today()


def speaking(steward: Steward, known: Sequence[Model] = ()) -> list[Model]:
    """The champion of every outcome, those already `known` not loaded again; raises where one is missing or outdated."""
    versions = {outcome.key: steward.registry.champion_version(outcome.key) for outcome in outcomes.OUTCOMES}
    missing = [key for key, version in versions.items() if version is None]
    if missing:
        raise StateError(f"No model yet for {', '.join(missing)}.", "Run `steward train` first.")
    held = {model.version: model for model in known}
    models = [held.get(version or "") or steward.registry.champion(key) for key, version in versions.items()]
    stale = [model.version for model in models if model.features_version != features.VERSION]
    if stale:
        raise StateError(
            f"{', '.join(stale)} learnt from other features than this Steward computes.", "Run `steward train`."
        )
    return models


def valuing(steward: Steward, known: ValueModel | None = None) -> ValueModel | None:
    """The champion for amounts and dates, not loaded again if `known`; without one of today's features those fields stay empty."""
    version = steward.registry.champion_version(value.KEY)
    if version is None:
        return None
    if known is not None and known.version == version:
        return known
    model = value.from_files(steward.registry.files(version), version)
    return model if model.features_version == features.VERSION else None


def _require_known(contacts: ir.Table, request: Request) -> None:
    """A run for donors whom the org does not have would do nothing and call it done."""
    if request.donors is None:
        return
    known = contacts.filter(contacts.contact_id.isin(request.donors)).contact_id.to_pyarrow().to_pylist()
    if gone := sorted(set(request.donors) - set(known)):
        raise UnknownDonor(
            f"The org does not have {', '.join(gone[:5])} (as a Contact that Steward may read).",
            "Check the id; a dead letter of a deleted donor is closed by `steward replay --discard`.",
        )


def _begin(steward: Steward, request: Request, as_of: dt.date, mode: str) -> str:
    """A new run, or the one that was killed while doing just this; other interrupted runs are closed."""
    scope = sorted(request.donors) if request.donors is not None else None
    resumed = None
    for old in steward.state.interrupted_runs():
        if (old.as_of, old.scope, old.mode, old.trigger) == (
            as_of.isoformat(),
            scope,
            mode,
            request.trigger,
        ):
            resumed = old.run_id
        else:
            publishing.close_interrupted(steward, old, "Interrupted; a later run has taken over.")
    if resumed:
        return resumed
    run_id = str(uuid.uuid4())
    steward.state.begin_run(run_id, trigger=request.trigger, mode=mode, as_of=as_of.isoformat(), scope=scope)
    return run_id


def _prune(steward: Steward) -> None:
    scored.prune(steward.home / "runs", [old.run_id for old in steward.state.runs(scored.KEEP_RUNS)])
