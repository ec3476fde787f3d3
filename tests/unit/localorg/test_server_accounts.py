"""Sessions, clients and the daily API limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from localorg.errors import Forbidden, Unauthorized
from localorg.server.accounts import Accounts
from localorg.server.state import State
from localorg.server.usage import Usage

ORG, USER = "00D8d0000000001AAA", "0058d0000000001AAA"


class Time:
    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(tmp_path / "server.db")
    yield opened
    opened.close()


@pytest.fixture
def accounts(state: State, time: Time) -> Accounts:
    return Accounts(state, time)


def test_a_session_ends_after_its_time_unless_it_is_used(accounts: Accounts, time: Time) -> None:
    login = accounts.open_session(ORG, USER, None)
    time.at += accounts.session_seconds * 0.9
    assert accounts.login(login.token).user_id == USER
    time.at += accounts.session_seconds * 0.9
    assert accounts.login(login.token).user_id == USER
    time.at += accounts.session_seconds + 1
    with pytest.raises(Unauthorized, match="Session expired or invalid") as refused:
        accounts.login(login.token)
    assert (refused.value.status, refused.value.code) == (401, "INVALID_SESSION_ID")


def test_a_session_outlives_a_restart_and_its_token_is_not_stored(state: State, time: Time, tmp_path: Path) -> None:
    token = Accounts(state, time).open_session(ORG, USER, None).token
    assert Accounts(state, time).login(token).user_id == USER
    state.run("PRAGMA wal_checkpoint(TRUNCATE)")
    assert token.encode() not in (tmp_path / "server.db").read_bytes()


def test_all_sessions_can_be_ended(accounts: Accounts) -> None:
    token = accounts.open_session(ORG, USER, None).token
    assert accounts.close_all_sessions() == 1
    with pytest.raises(Unauthorized):
        accounts.login(token)


def test_a_client_knows_its_secret_and_its_users(accounts: Accounts) -> None:
    client, secret = accounts.create_client("Steward", USER)
    found = accounts.client(client.client_id)
    assert found is not None and found.has_secret(secret) and not found.has_secret(secret + "x")
    assert accounts.approved(found, USER) and not accounts.approved(found, "0058d0000000002AAA")
    accounts.approve(found, "0058d0000000002AAA")
    assert accounts.approved(found, "0058d0000000002AAA")


def test_a_refresh_token_serves_only_the_client_it_was_given_to(accounts: Accounts) -> None:
    client, _ = accounts.create_client("Steward", USER)
    token = accounts.open_refresh_token(USER, client.client_id)
    assert accounts.refresh(token, client.client_id) == USER
    assert accounts.refresh(token, "another") is None
    assert accounts.revoke(token)
    assert accounts.refresh(token, client.client_id) is None


def test_passwords_are_checked_and_replaced(accounts: Accounts) -> None:
    accounts.set_password(USER, "first")
    accounts.set_password(USER, "second")
    assert accounts.has_password(USER, "second")
    assert not accounts.has_password(USER, "first")
    assert not accounts.has_password("0058d0000000002AAA", "second")


def test_the_daily_limit_refuses_the_next_call_and_forgets_yesterday(state: State, time: Time) -> None:
    usage = Usage(state, time)
    usage.set_limit(3)
    for _ in range(3):
        usage.count()
    assert usage.header == "api-usage=3/3"
    with pytest.raises(Forbidden, match="TotalRequests Limit exceeded") as refused:
        usage.count()
    assert (refused.value.status, refused.value.code) == (403, "REQUEST_LIMIT_EXCEEDED")
    usage.save()
    assert Usage(state, time).used == 3
    time.at += 24 * 3600
    usage.count()
    assert usage.used == 1
