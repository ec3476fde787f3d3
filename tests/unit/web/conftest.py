"""One service a test, in a home of its own."""

from collections.abc import Callable, Iterator

import pytest
import structlog
from service_kit import Service, service
from steward.monitoring import logs


@pytest.fixture
def served(tmp_path) -> Iterator[Service]:
    made = service(tmp_path / "home")
    yield made
    made.steward.close()


@pytest.fixture
def written_log(capsys) -> Iterator[Callable[[], str]]:
    """What the service logs, as it does in earnest."""
    logs.configure()
    yield lambda: capsys.readouterr().err
    structlog.reset_defaults()
