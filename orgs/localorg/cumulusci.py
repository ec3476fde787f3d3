"""What points an unmodified CumulusCI at this org: its environment, a CA bundle, and `sf` where there is none.

CumulusCI remembers orgs in its home folder, above what the environment says. So it gets a home of its own in the org's
folder, emptied of orgs each time; the user's own CumulusCI keeps its orgs and knows nothing of this one.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import certifi

from localorg.server.certificates import write_secret

_SF = """#!/bin/sh
# Converts source format for CumulusCI; see localorg/deploy/conversion.py.
exec "{python}" -m localorg.deploy.conversion "$@"
"""


def environment(folder: Path, alias: str, found: dict[str, Any], session: dict[str, Any]) -> dict[str, str]:
    """`found` says where the org listens, `session` is an open session of the user CumulusCI shall be."""
    address = found["tls_url"]
    org = {
        "instance_url": address,
        "access_token": session["access_token"],
        "id": f"{address}/id/{session['organization_id']}/{session['user_id']}",
        "username": session["username"],
        "org_type": "Developer Edition",
        "apex": session["apex"],
    }
    variables = {
        "HOME": str(home(folder)),
        f"CUMULUSCI_ORG_{alias}": json.dumps(org),
        "CUMULUSCI_DISABLE_REFRESH": "1",  # the session is a token of this org, there is no connected app to renew it
        "REQUESTS_CA_BUNDLE": str(bundle(folder, Path(found["ca_bundle"]))),
        "CUMULUSCI_KEY": key(folder),
        "NO_PROXY": ",".join(filter(None, ["localhost,127.0.0.1", os.environ.get("NO_PROXY", "")])),
    }
    if shutil.which("sf") is None:
        variables["PATH"] = os.pathsep.join([str(stand_in(folder)), os.environ.get("PATH", os.defpath)])
    return variables


def function(variables: dict[str, str]) -> str:
    """A shell function `cci` that runs CumulusCI so, and leaves the shell's own environment alone."""
    here = Path(".venv-cci/bin/cci")
    program = shutil.which("cci") or (str(here.resolve()) if here.exists() else "cci")
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    return f'cci() {{ env {given} {shlex.quote(program)} "$@"; }}'


def home(folder: Path) -> Path:
    path = folder.resolve() / "cumulusci"
    path.mkdir(exist_ok=True)
    for remembered in path.glob(".cumulusci/**/*.org"):
        remembered.unlink()
    return path


def bundle(folder: Path, own: Path) -> Path:
    """The public authorities and the org's own, so that GitHub can be reached beside the org."""
    path = folder.resolve() / "cumulusci-ca.pem"
    usual = Path(os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where())
    public = certifi.where() if usual == path or not usual.is_file() else usual
    path.write_bytes(Path(public).read_bytes() + b"\n" + own.read_bytes())
    return path


def key(folder: Path) -> str:
    """The key CumulusCI encrypts its keychain with, where the machine's own keyring is not used."""
    path = folder / "cumulusci.key"
    if not path.exists():
        write_secret(path, secrets.token_hex(8).encode())
    return path.read_text().strip()


def stand_in(folder: Path) -> Path:
    """A folder with an `sf` that can convert source and nothing else."""
    path = folder.resolve() / "bin" / "sf"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_SF.format(python=sys.executable))
    path.chmod(0o755)
    return path.parent
