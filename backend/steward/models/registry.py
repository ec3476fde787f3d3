"""The model store: a folder or bucket with one checksummed folder a version and, for each outcome, a champion."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import posixpath
from dataclasses import dataclass
from typing import Any, Protocol

import fsspec

from steward.errors import StateError
from steward.models import artefact
from steward.models.model import Model


class Stored(Protocol):
    """What can be kept beside an outcome's model: a name that holds the hash of its files, and what lists show of it."""

    @property
    def version(self) -> str: ...

    @property
    def outcome(self) -> str: ...

    @property
    def as_of(self) -> dt.date: ...

    @property
    def method(self) -> str: ...

    def files(self) -> dict[str, bytes]: ...


MANIFEST = "manifest.json"
ALIASES = "champions.json"


@dataclass(frozen=True)
class Entry:
    """One stored version, for lists."""

    version: str
    outcome: str
    as_of: dt.date
    method: str
    champion: bool


class Registry:
    """`root` is any fsspec address: a folder, s3://bucket/models, memory://models."""

    def __init__(self, root: str) -> None:
        self._files, self._root = fsspec.core.url_to_fs(root)

    def save(self, model: Model | Stored) -> str:
        """Writes the files, then the manifest that vouches for them; a version without manifest does not exist."""
        files = artefact.to_files(model) if isinstance(model, Model) else model.files()
        folder = self._folder(model.version)
        if self._files.exists(posixpath.join(folder, MANIFEST)):
            return model.version
        self._files.makedirs(folder, exist_ok=True)
        for name, content in files.items():
            self._files.pipe_file(posixpath.join(folder, name), content)
        manifest = {
            "outcome": model.outcome,
            "as_of": model.as_of.isoformat(),
            "method": model.method,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
        self._write(posixpath.join(folder, MANIFEST), manifest)
        return model.version

    def load(self, version: str) -> Model:
        """An outcome's model exactly as it was saved; anything else is refused."""
        return artefact.from_files(self.files(version), version)

    def files(self, version: str) -> dict[str, bytes]:
        """A version's files, each proven by its checksum and all of them by the version's name."""
        return self._checked(version)[0]

    def _checked(self, version: str) -> tuple[dict[str, bytes], str]:
        """The proven files, and whose they are."""
        folder = self._folder(version)
        manifest = self._read(posixpath.join(folder, MANIFEST))
        if manifest is None:
            raise StateError(f"Model {version} is not in the registry.", "Train again, or promote another version.")
        files = {}
        for name, expected in manifest["files"].items():
            path = posixpath.join(folder, name)
            content = self._files.cat_file(path) if self._files.exists(path) else b""
            if hashlib.sha256(content).hexdigest() != expected:
                raise StateError(
                    f"File {name} of model {version} is missing or was changed after training.",
                    "Restore it from a backup, promote another version, or train again.",
                )
            files[name] = content
        if not version.endswith(f"-{artefact.content_hash(files)[:8]}"):
            raise StateError(
                f"The manifest of model {version} was changed: its content does not match its name.",
                "Restore the folder from a backup, promote another version, or train again.",
            )
        return files, str(manifest["outcome"])

    def promote(self, version: str) -> None:
        """Makes a stored version its outcome's champion; the one before stays known for a rollback."""
        _, outcome = self._checked(version)
        past = self._history(outcome)
        if past[-1:] != [version]:
            self._write(self._alias_file(outcome), {"history": [*past, version]})

    def rollback(self, outcome: str) -> str:
        """The champion before the present one becomes champion again."""
        past = self._history(outcome)
        if len(past) < 2:
            raise StateError(f"Outcome {outcome} has no earlier champion to go back to.", "Promote a version by name.")
        self._checked(past[-2])
        self._write(self._alias_file(outcome), {"history": past[:-1]})
        return past[-2]

    def champion_version(self, outcome: str) -> str | None:
        return next(iter(self._history(outcome)[-1:]), None)

    def champion(self, outcome: str) -> Model:
        version = self.champion_version(outcome)
        if version is None:
            raise StateError(f"Outcome {outcome} has no model yet.", "Run `steward train`.")
        return self.load(version)

    def versions(self, outcome: str | None = None) -> list[Entry]:
        """Stored versions, by outcome and date."""
        if not self._files.exists(self._root):
            return []
        found = []
        for folder in self._files.ls(self._root, detail=False):
            manifest = self._read(posixpath.join(folder, MANIFEST))
            if manifest is None or outcome not in (None, manifest["outcome"]):
                continue
            version = posixpath.basename(folder.rstrip("/"))
            champion = self.champion_version(manifest["outcome"]) == version
            as_of = dt.date.fromisoformat(manifest["as_of"])
            found.append(Entry(version, manifest["outcome"], as_of, manifest["method"], champion))
        return sorted(found, key=lambda entry: (entry.outcome, entry.as_of, entry.version))

    def _folder(self, version: str) -> str:
        if not version or "/" in version or version.startswith("."):
            raise StateError(f"{version!r} is not a model version.", "Use one that the registry lists.")
        return posixpath.join(self._root, version)

    def _alias_file(self, outcome: str) -> str:
        return posixpath.join(self._root, f"{outcome}.{ALIASES}")

    def _history(self, outcome: str) -> list[str]:
        saved = self._read(self._alias_file(outcome))
        return list(saved["history"]) if saved else []

    def _read(self, path: str) -> dict[str, Any] | None:
        if not self._files.isfile(path):
            return None
        try:
            content: dict[str, Any] = json.loads(self._files.cat_file(path))
        except ValueError as broken:
            raise StateError(
                f"{path} in the model registry is not readable JSON.", "Restore it from a backup."
            ) from broken
        return content

    def _write(self, path: str, content: dict[str, Any]) -> None:
        """By another name first: a reader sees the old file or the new one, never half of one."""
        self._files.makedirs(posixpath.dirname(path), exist_ok=True)
        half = f"{path}.writing"
        self._files.pipe_file(half, json.dumps(content, indent=1, sort_keys=True).encode())
        self._files.mv(half, path)
