"""Which Steward this is, by its own sources: what a run and a model card name as their code."""

from __future__ import annotations

import functools
import hashlib
import pathlib

from steward import __version__

KINDS = ("*.py", "*.po")


@functools.cache
def fingerprint() -> str:
    """The version, and a hash of this package's sources: another Steward may say the same things in other words."""
    root = pathlib.Path(__file__).parent
    whole = hashlib.sha256()
    for path in sorted(one for kind in KINDS for one in root.rglob(kind)):
        whole.update(path.read_bytes())
    return f"{__version__}-{whole.hexdigest()[:12]}"
