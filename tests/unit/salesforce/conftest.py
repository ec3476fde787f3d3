"""A gateway whose waiting is written down instead of waited, on an org that `responses` plays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from steward.salesforce.auth import Connection
from steward.salesforce.client import Gateway

HOST = "https://org.example"
DATA = f"{HOST}/services/data/v67.0"


@pytest.fixture
def org() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def gateway(org: responses.RequestsMock, pauses: list[float]) -> Iterator[Gateway]:
    connection = Connection(auth="session", session_id="00D-secret-token", instance_url=HOST)
    with Gateway(
        connection, budget=100, page_rows=2, sleep=pauses.append, chance=lambda: 1.0, now=lambda: 1_790_000_000.0
    ) as made:
        yield made


@pytest.fixture
def refuses() -> Callable[..., dict[str, Any]]:
    """The platform's error body, as keyword arguments of `responses.add`."""

    def made(code: str, message: str, status: int = 400) -> dict[str, Any]:
        return {
            "status": status,
            "body": json.dumps([{"errorCode": code, "message": message}]),
            "content_type": "application/json",
        }

    return made


@pytest.fixture
def data() -> str:
    return DATA
