"""The org's nightly roll-ups and `steward rollups` look at the same gifts: by command line, from both sides."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from job_world import World, copied, fine, learnt
from localorg.cli import main as localorg

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with copied(learnt(tmp_path_factory), tmp_path_factory.mktemp("rollups")) as made:
        yield made


def npsp(folder: pathlib.Path, *options: str) -> str:
    done = CliRunner().invoke(localorg, ["npsp", "--folder", str(folder), *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_what_the_org_works_out_is_what_steward_expects(world: World) -> None:
    assert "NPSP's handlers are on," in npsp(world.org.folder)  # off while the data was loaded, on again after
    fine(world.steward("extract"))
    told = json.loads(fine(world.steward("rollups", "--json")).out)
    assert told["agreeing"] > 100
    with world.org.server.runtime.org.store.write() as connection:
        connection.execute("UPDATE Account SET npo02__TotalOppAmount__c = 1, npo02__NumberOfClosedOpps__c = 7")
        connection.execute("UPDATE Contact SET npo02__TotalOppAmount__c = 1, npo02__LastCloseDate__c = NULL")
    assert "Account" in npsp(world.org.folder, "--run")
    fine(world.steward("extract", "--full"))
    again = json.loads(fine(world.steward("rollups", "--json")).out)
    assert again["agreeing"] == told["agreeing"]
    assert again["reasons"] == told["reasons"]
    assert "Roll-ups worked out: 0 Account, 0 Contact records changed." in npsp(world.org.folder, "--run")
