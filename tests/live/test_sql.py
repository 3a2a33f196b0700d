"""Releases in a real PostgreSQL, in the tables Helm makes (STEER_TEST_POSTGRES names a server)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from steersman.errors import ReleaseError
from steersman.release.model import Info, Release
from steersman.storage.driver import RecordChanged, ReleaseExists, ReleaseNotFound
from steersman.storage.sql import SqlDriver
from steersman.storage.store import ReleaseStore

pytestmark = pytest.mark.live


@pytest.fixture
def database() -> Iterator[str]:
    server = os.environ.get("STEER_TEST_POSTGRES")
    if not server:
        pytest.skip("needs a PostgreSQL server (STEER_TEST_POSTGRES=postgresql://user@host:port)")
    import psycopg

    name = f"steer_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}?sslmode=disable"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def release(revision: int, status: str = "deployed", **fields: Any) -> Release:
    return Release(name="one", revision=revision, namespace="ns", info=Info(status=status), **fields)


def test_releases_are_kept_found_and_removed(database: str) -> None:
    driver = SqlDriver(database, "ns", os.environ)
    store = ReleaseStore(driver)
    store.create(release(1, labels={"team": "blue"}))
    store.update(release(1, "superseded", labels={"team": "blue"}))
    store.create(release(2))
    assert [(r.revision, r.status) for r in store.history("one")] == [(1, "superseded"), (2, "deployed")]
    assert store.get("one", 1).labels == {"team": "blue"}
    assert store.deployed("one").revision == 2
    assert {r.labels["version"] for r in store.all()} == {"1", "2"}
    with pytest.raises(ReleaseExists):
        store.create(release(2))
    store.delete("one", 1)
    with pytest.raises(ReleaseNotFound):
        store.get("one", 1)
    driver.close()


def test_a_second_client_finds_the_tables(database: str) -> None:
    first = SqlDriver(database, "ns", os.environ)
    ReleaseStore(first).create(release(1))
    second = SqlDriver(database, "", os.environ)
    assert [r.name for r in second.all()] == ["one"]
    first.close()
    second.close()


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(ReleaseError) as caught:
        SqlDriver("postgresql://postgres:secret@127.0.0.1:1/x", "ns", os.environ)
    assert str(caught.value) == ("unable to instantiate SQL driver: dial tcp 127.0.0.1:1: connect: connection refused")


def test_a_record_that_another_client_wrote_is_neither_replaced_nor_removed(database: str) -> None:
    drivers = [SqlDriver(database, "ns", os.environ) for _ in range(2)]
    ours, theirs = map(ReleaseStore, drivers)
    ours.create(release(1, "pending-upgrade"))
    theirs.update(theirs.last("one").with_status("failed"))
    for write in (lambda: ours.update(release(1)), lambda: ours.delete("one", 1)):
        with pytest.raises(RecordChanged, match="was changed by another client"):
            write()
    assert theirs.last("one").status == "failed"
    assert ours.last("one").status == "failed"
    ours.update(release(1, "superseded"))
    ours.update(release(1, "superseded"))  # a write whose answer was lost is repeated
    theirs.last("one")
    ours.delete("one", 1)
    with pytest.raises(ReleaseNotFound):
        theirs.delete("one", 1)
    for driver in drivers:
        driver.close()
