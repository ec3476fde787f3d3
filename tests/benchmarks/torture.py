"""`make torture`: the storm of tests/e2e/torture_kit.py at length, on SQLite and on real PostgreSQL and Redis servers."""

from __future__ import annotations

import argparse
import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT)]

from job_world import Template, World, copied, published  # noqa: E402
from torture_kit import Store, Told, torture  # noqa: E402

BINARIES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--stores", nargs="+", default=["sqlite", "servers"], choices=["sqlite", "servers"])
    parser.add_argument("--every", type=float, default=8.0, help="seconds between two kills")
    parser.add_argument("--minutes", type=float, default=15.0, help="most that the storm on one store may take")
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="steward-torture-") as name:
        nonprofit = published(Factory(pathlib.Path(name) / "template"))
        told = {store: storm(store, pathlib.Path(name) / store, nonprofit, options) for store in options.stores}
    sys.exit(any(one.wrong or one.accepted != options.events for one in told.values()))


def storm(store: str, folder: pathlib.Path, nonprofit: Template, options: argparse.Namespace) -> Told:
    """One storm on a copy of the nonprofit, and what it proved."""
    folder.mkdir()
    with copied(nonprofit, folder / "world") as world:
        port = free_port()
        given = {"STEWARD_LISTEN": f"127.0.0.1:{port}", "STEWARD_RATE_LIMIT": "1000000/minute"}
        with stores(store, world, given, folder) as made:
            told = torture(
                world, folder, made, events=options.events, port=port, seed=options.seed, every=options.every
            )
    proven = "nothing in limbo, no profile twice, every profile field by field what a clean run gives"
    print(
        f"{store}: {told.sent:,} events sent in disorder, {told.accepted:,} accepted, {told.duplicates:,} known already; "
        f"{told.gifts} gifts meanwhile, {told.faults:,} faults of the org, {told.kills} workers killed, the queue's store "
        f"lost {told.restarts} times; {told.seconds:.0f} s\n"
        f"{store}: {told.donors:,} donors compared: {f'{len(told.wrong)} troubles' if told.wrong else proven}",
        flush=True,
    )
    print("\n".join(told.wrong[:20]), flush=True)
    return told


class Factory:
    """What pytest's factory of temporary folders does, as far as the templates need it."""

    def __init__(self, root: pathlib.Path) -> None:
        self._root = root

    def mktemp(self, name: str) -> pathlib.Path:
        path = self._root / name
        path.mkdir(parents=True)
        return path


@contextlib.contextmanager
def stores(kind: str, world: World, given: dict[str, str], folder: pathlib.Path) -> Iterator[Store]:
    if kind == "sqlite":
        yield Store(world.settings(**given))
        return
    with postgresql(folder / "postgresql") as database, Redis() as redis:
        given |= {"STEWARD_DATABASE_URL": database, "STEWARD_QUEUE_URL": f"redis://127.0.0.1:{redis.port}/0"}
        store = Store(world.settings(**given))
        store.restart = redis.restart  # type: ignore[method-assign]
        yield store


class Redis:
    """A real server without persistence: what it held is gone after a restart."""

    def __init__(self) -> None:
        if shutil.which("redis-server") is None:
            sys.exit("This needs a Redis server: apt-get install redis-server")
        self.port = free_port()

    def __enter__(self) -> Redis:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()
        self._server.wait()

    def restart(self) -> None:
        self._server.kill()
        self._server.wait()
        time.sleep(0.5)
        self._start()

    def _start(self) -> None:
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._server = subprocess.Popen(words, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def postgresql(folder: pathlib.Path) -> Iterator[str]:
    if not BINARIES:
        sys.exit("This needs a PostgreSQL server: apt-get install postgresql")
    folder.mkdir(mode=0o711)
    for above in list(folder.parents)[:2]:  # the server's own user must find its way
        above.chmod(0o711)
    owner: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        owner = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def run(program: str, *words: str) -> None:
        command = [*owner, str(BINARIES[-1].parent / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    run("initdb", "-D", str(folder / "data"), "-U", "steward", "--auth=trust")
    options = f"-k {folder} -c listen_addresses=''"
    run("pg_ctl", "-D", str(folder / "data"), "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://steward@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
