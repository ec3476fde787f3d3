"""Fixtures that open the local org's pages in a real Chromium."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

sys.path.append(str(Path(__file__).parents[1] / "e2e"))
from browser_kit import Browsers, Visitor
from browser_org import Cast, Stage, staged
from localorg.apex import process
from localorg.lightning import bundles

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WITHOUT = "Chromium was not found. On Debian: apt-get install chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(WITHOUT)
    if process.missing():
        pytest.skip(process.missing() or "")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-gpu", "--force-color-profile=srgb"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("stage")) as made:
        bundles.build(made.org)  # before the first page, whose patience is shorter
        yield made


@pytest.fixture(scope="session")
def cast(stage: Stage) -> Cast:
    return stage.cast


@pytest.fixture(scope="session")
def browsers(chromium: Browser, stage: Stage) -> Browsers:
    return Browsers(chromium, stage.address, stage.now)


@pytest.fixture
def visit(browsers: Browsers, stage: Stage) -> Iterator[Callable[..., Visitor]]:
    """Opens a page as one of the org's people; at the end nobody's console may hold a complaint."""
    visitors: list[Visitor] = []

    def enter(username: str, *, phone: bool = False) -> Visitor:
        visitors.append(browsers.enter(username, stage.token, phone=phone))
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.page.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []
