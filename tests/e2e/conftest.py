"""Fixtures that start the real local org on TLS, once a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from localorg.server.serve import LocalOrgServer
from localorg_live import Client, LiveOrg

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def live_org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveOrg]:
    folder = tmp_path_factory.mktemp("org")
    with LocalOrgServer(folder) as server:
        server.runtime.org.deploy(REPOSITORY / "force-app")
        yield LiveOrg(server, folder)


@pytest.fixture
def admin(live_org: LiveOrg) -> Client:
    return live_org.as_user()


@pytest.fixture
def faults(live_org: LiveOrg) -> Iterator[Any]:
    """Add fault rules by keyword; every rule is gone after the test."""
    control = live_org.control()

    def add(**rule: Any) -> None:
        answer = control.post("/localorg/faults", json=rule)
        assert answer.status_code == 200, answer.text

    yield add
    control.send("DELETE", "/localorg/faults")
