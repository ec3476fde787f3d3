"""The deployed Lightning components as one build for the browser, made anew only when their code changes."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from localorg.apex import process
from localorg.deploy.shelf import Stored
from localorg.engine import Org
from localorg.errors import ApiError

ROOM = Path(__file__).parent
MAIN = ROOM / "build" / "main.mjs"
NEEDED = ("@lwc/rollup-plugin", "lightning-base-components", "@salesforce-ux/design-system")
BUILD_SECONDS = 600
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Build:
    """What rollup wrote, and which labels and permissions its pages read."""

    folder: Path
    entry: str
    labels: tuple[str, ...]
    custom_permissions: tuple[str, ...]
    user_permissions: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.folder.name

    @classmethod
    def read(cls, folder: Path) -> Build:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        named = (tuple(found[name]) for name in ("labels", "customPermissions", "userPermissions"))
        return cls(folder, found["entry"], *named)


def node_modules() -> Path:
    """Where npm's packages are. Refuses with what to do when Lightning's are missing."""
    for place in (parent / "node_modules" for parent in ROOM.parents):
        if all((place / name).exists() for name in NEEDED):
            return place
    message = "Lightning pages are off: node_modules lacks the base components. Run: python scripts/npm.py ci"
    raise ApiError("LIGHTNING_OFF", message, status=503)


def build(org: Org) -> Build:
    """The build of what is deployed now. Refuses with the compiler's words when a component cannot be built."""
    packages = node_modules()
    bundles = org.shelf.of("LightningComponentBundle")
    resources = [stored.name for stored in org.shelf.of("StaticResource")]
    folder = process.cache() / "lightning" / _key(bundles, resources, packages)
    with _one_at_a_time:
        if not (folder / "manifest.json").exists():
            _make(bundles, resources, folder)
    return Build.read(folder)


def files_of(bundle: Stored) -> Iterable[tuple[str, bytes]]:
    """What the compiler takes: not the tests, nor the metadata."""
    for path, body in sorted(bundle.files.items()):
        if not (path.startswith("__") or path.endswith("-meta.xml")):
            yield path, body


def _key(bundles: Iterable[Stored], resources: list[str], packages: Path) -> str:
    """Of everything that goes into a build: the org's code, ours, and the versions of the packages."""
    sha = hashlib.sha256(json.dumps(resources).encode())
    for name in NEEDED:
        sha.update((packages / name / "package.json").read_bytes())
    for path in sorted((*ROOM.rglob("*.js"), *ROOM.rglob("*.mjs"), *ROOM.rglob("*.html"), *ROOM.rglob("*.css"))):
        sha.update(f"{path.relative_to(ROOM)}\n".encode() + path.read_bytes())
    for bundle in bundles:
        for inside, body in files_of(bundle):
            sha.update(f"{bundle.name}/{inside}\n".encode() + body)
    return sha.hexdigest()[:20]


def _make(bundles: Iterable[Stored], resources: list[str], folder: Path) -> None:
    """Builds beside the final place, so that half a build is never taken for a whole one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=folder.parent) as name:
        work = Path(name)
        for bundle in bundles:
            for inside, body in files_of(bundle):
                path = work / "source" / "c" / bundle.name / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
        request = {
            "source": str(work / "source"),
            "output": str(work / "output"),
            "cache": str(folder.parent / "compiled"),
            "components": [bundle.name for bundle in bundles if bundle.part().root.flag("isExposed")],
            "resources": resources,
        }
        (work / "source").mkdir(exist_ok=True)
        (work / "request.json").write_text(json.dumps(request), encoding="utf-8")
        _run(work / "request.json")
        shutil.rmtree(folder, ignore_errors=True)
        (work / "output").rename(folder)


def _run(request: Path) -> None:
    node = process.node()
    if node is None:
        raise ApiError("LIGHTNING_OFF", process.missing() or "Lightning pages are off: Node was not found.", status=503)
    command = [str(node), str(MAIN), str(request)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("@lwc/rollup-plugin: LWC")]
        raise ApiError("LIGHTNING_BUILD", "\n".join(said) or "The Lightning components cannot be built", status=500)
