"""A bounded storm in every test run; the long one is `make torture`."""

from __future__ import annotations

import pathlib
import socket

import pytest
from job_world import copied, published
from torture_kit import Store, torture

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.timeout(900)
def test_a_storm_leaves_every_profile_as_a_clean_run_gives_it(
    tmp_path: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = free_port()
    with copied(published(tmp_path_factory), tmp_path) as world:
        store = Store(world.settings(STEWARD_LISTEN=f"127.0.0.1:{port}", STEWARD_RATE_LIMIT="1000000/minute"))
        told = torture(world, tmp_path, store, events=1500, port=port, seed=7, every=6.0)
    assert told.wrong == []
    assert told.accepted == 1500
    assert told.duplicates > 100
    assert told.kills > 0
