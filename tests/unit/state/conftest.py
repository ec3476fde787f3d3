"""A real PostgreSQL for the tests of the state, started by them where the machine has one."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import pytest

BINARIES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture(scope="session")
def postgresql():
    """The URL of a server of our own, on a socket in a folder of its own."""
    if not BINARIES:
        pytest.skip("no PostgreSQL server on this machine: apt-get install postgresql")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="steward-pg-"))
    as_owner = _owner(folder)
    bin_folder = BINARIES[-1].parent

    def run(program, *words):
        command = [*as_owner, str(bin_folder / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    run("initdb", "-D", str(folder / "data"), "-U", "steward", "--auth=trust", "--no-sync")
    run(
        "pg_ctl",
        "-D",
        str(folder / "data"),
        "-w",
        "-o",
        f"-k {folder} -c listen_addresses=''",
        "-l",
        str(folder / "log"),
        "start",
    )
    yield f"postgresql+psycopg://steward@/postgres?host={folder}"
    run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")
    shutil.rmtree(folder)


def _owner(folder):
    """PostgreSQL refuses to run as root: then it runs as its own user."""
    if os.geteuid() != 0:
        return []
    postgres = pwd.getpwnam("postgres")
    os.chown(folder, postgres.pw_uid, postgres.pw_gid)
    return ["setpriv", f"--reuid={postgres.pw_uid}", f"--regid={postgres.pw_gid}", "--clear-groups"]
