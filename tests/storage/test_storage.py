"""Drivers and the store on top of them, over objects kept in a plain dict instead of a cluster."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from steersman.errors import ClusterError, ReleaseError
from steersman.release.model import Info, Release
from steersman.storage.driver import (
    InvalidKey,
    NoDeployedReleases,
    OddRecord,
    RecordChanged,
    ReleaseExists,
    ReleaseNotFound,
    StorageFailed,
    make_key,
    selector_from,
)
from steersman.storage.memory import MemoryDriver
from steersman.storage.objects import ConfigMapDriver, SecretDriver
from steersman.storage.store import ReleaseStore


class Refused(ClusterError):
    def __init__(
        self, *, is_not_found: bool = False, is_already_exists: bool = False, is_conflict: bool = False
    ) -> None:
        super().__init__("refused")
        self.is_not_found = is_not_found
        self.is_already_exists = is_already_exists
        self.is_conflict = is_conflict


class DictStore:
    """The object-store protocol over a dict; selectors with ``=``, ``!=`` and one `` in `` at the end."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.reads: list[str] = []
        self.asked: list[str] = []
        self._numbers = itertools.count(1)

    def get(self, name: str) -> dict[str, Any]:
        self.reads.append(name)
        if name not in self.objects:
            raise Refused(is_not_found=True)
        return self.objects[name]

    def find(self, labels: str) -> list[dict[str, Any]]:
        rest, _in, values = labels.partition(" in ")
        parts = rest.split(",")
        name = parts.pop() if values else ""
        allowed = values.strip("()").split(",")
        self.asked.append(labels)
        return [
            o
            for o in self.objects.values()
            if all(self._has(o, part) for part in parts) and (not name or o["metadata"]["labels"].get(name) in allowed)
        ]

    def find_metadata(self, labels: str) -> list[dict[str, Any]]:
        return [{"metadata": o["metadata"]} for o in self.find(labels)]

    def find_each(self, selectors: Sequence[str]) -> list[dict[str, Any]]:
        return [o for selector in selectors for o in self.find(selector)]

    def create(self, content: dict[str, Any]) -> dict[str, Any]:
        name = content["metadata"]["name"]
        if name in self.objects:
            raise Refused(is_already_exists=True)
        return self._keep(name, content, f"uid-{next(self._numbers)}")

    def replace(self, name: str, content: dict[str, Any]) -> dict[str, Any]:
        self._check(name, content["metadata"])
        return self._keep(name, content, self.get(name)["metadata"]["uid"])

    def delete(self, name: str, preconditions: Mapping[str, str]) -> None:
        self._check(name, preconditions)
        del self.objects[name]

    def touch(self, name: str, **data: Any) -> None:
        """Change an object as another client does."""
        content = self.objects[name]
        self._keep(name, {**content, "data": {**content["data"], **data}}, content["metadata"]["uid"])

    def _check(self, name: str, metadata: Mapping[str, Any]) -> None:
        live = self.get(name)["metadata"]
        if any(metadata.get(key, live[key]) != live[key] for key in ("uid", "resourceVersion")):
            raise Refused(is_conflict=True)

    def _keep(self, name: str, content: dict[str, Any], uid: str) -> dict[str, Any]:
        metadata = {**content["metadata"], "uid": uid, "resourceVersion": str(next(self._numbers))}
        self.objects[name] = {**content, "metadata": metadata}
        return self.objects[name]

    @staticmethod
    def _has(content: dict[str, Any], part: str) -> bool:
        labels = content["metadata"]["labels"]
        if "!=" in part:
            name, _sign, value = part.partition("!=")
            return bool(labels.get(name) != value)
        name, _sign, value = part.partition("=")
        return bool(labels.get(name) == value)


def revision(number: int, status: str = "superseded", name: str = "one", **fields: Any) -> Release:
    return Release(name=name, revision=number, info=Info(status=status), namespace="ns", **fields)


def place(objects: DictStore) -> None:
    """Give the objects the namespace that a server would."""
    for content in objects.objects.values():
        content["metadata"]["namespace"] = "ns"


@pytest.fixture(params=["secrets", "configmaps", "memory"])
def store(request: pytest.FixtureRequest) -> ReleaseStore:
    if request.param == "memory":
        return ReleaseStore(MemoryDriver("ns"))
    driver = SecretDriver(DictStore()) if request.param == "secrets" else ConfigMapDriver(DictStore())
    return ReleaseStore(driver)


def test_a_release_goes_in_and_comes_out(store: ReleaseStore) -> None:
    store.create(revision(1, "deployed", manifest="m", labels={"team": "blue"}))
    assert store.get("one", 1).manifest == "m"
    assert store.get("one", 1).labels["team"] == "blue"
    with pytest.raises(ReleaseExists, match="release: already exists"):
        store.create(revision(1))
    with pytest.raises(ReleaseNotFound, match="release: not found"):
        store.get("one", 2)


def test_history_is_sorted_by_revision_not_by_name(store: ReleaseStore) -> None:
    for number in (10, 9, 2):
        store.create(revision(number))
    assert [release.revision for release in store.history("one")] == [2, 9, 10]
    assert store.last("one").revision == 10
    with pytest.raises(ReleaseNotFound):
        store.history("other")


def test_the_deployed_revision_is_found_by_its_status(store: ReleaseStore) -> None:
    store.create(revision(1, "deployed"))
    store.create(revision(2, "failed"))
    assert store.deployed("one").revision == 1
    store.update(revision(1, "superseded"))
    with pytest.raises(NoDeployedReleases, match='"one" has no deployed releases'):
        store.deployed("one")


def test_pruning_keeps_the_deployed_revision(store: ReleaseStore) -> None:
    store.create(revision(1, "deployed"))
    for number in (2, 3, 4):
        store.create(revision(number, "failed"))
    store.max_history = 3
    store.create(revision(5, "failed"))
    assert [release.revision for release in store.history("one")] == [1, 4, 5]


def test_a_deleted_revision_is_gone(store: ReleaseStore) -> None:
    store.create(revision(1))
    store.delete("one", 1)
    with pytest.raises(ReleaseNotFound):
        store.get("one", 1)
    with pytest.raises(ReleaseNotFound):
        store.delete("one", 1)


def test_a_secret_looks_as_helms_does() -> None:
    objects = DictStore()
    SecretDriver(objects).create(make_key("one", 1), revision(1, "deployed", labels={"team": "blue"}))
    secret = objects.objects["sh.helm.release.v1.one.v1"]
    labels = secret["metadata"]["labels"]
    assert secret["type"] == "helm.sh/release.v1"
    assert labels.pop("createdAt").isdigit()
    assert labels == {"team": "blue", "name": "one", "owner": "helm", "status": "deployed", "version": "1"}


def test_stubs_tell_what_labels_say(store: ReleaseStore) -> None:
    store.create(revision(1, "superseded"))
    store.create(revision(2, "deployed", labels={"team": "blue"}))
    stubs = sorted(store.stubs(), key=lambda stub: stub.revision)
    assert [(stub.name, stub.revision, stub.status) for stub in stubs] == [
        ("one", 1, "superseded"),
        ("one", 2, "deployed"),
    ]
    assert stubs[1].labels["team"] == "blue"


def test_what_was_superseded_is_not_asked_for_unless_it_is_wanted() -> None:
    objects = DictStore()
    store = ReleaseStore(SecretDriver(objects))
    for name in ("one", "two"):
        store.create(revision(1, "superseded", name))
        store.create(revision(2, "deployed", name))
    place(objects)
    newest = [stub for stub in store.stubs() if stub.revision == 2]
    objects.asked.clear()
    assert [(release.name, release.revision) for release in store.read(newest)] == [("one", 2), ("two", 2)]
    assert objects.asked == ["owner=helm,status!=superseded,name in (one,two)"]
    objects.asked.clear()
    assert [release.revision for release in store.read(store.stubs())] == [1, 2, 1, 2]
    assert objects.asked[1:] == ["owner=helm,name in (one,two)"]


def test_only_the_newest_revisions_of_a_release_are_read() -> None:
    objects = DictStore()
    store = ReleaseStore(SecretDriver(objects))
    for number in (1, 2, 9, 10):
        store.create(revision(number))
    place(objects)
    objects.asked.clear()
    assert [release.revision for release in store.newest("one", 2)] == [9, 10]
    assert objects.asked == ["name=one,owner=helm", "name=one,owner=helm,version in (9,10)"]
    with pytest.raises(ReleaseNotFound):
        store.newest("other", 2)


def test_many_names_are_asked_for_in_several_lines() -> None:
    objects = DictStore()
    store = ReleaseStore(SecretDriver(objects))
    for number in range(300):
        store.create(revision(1, "deployed", f"a-release-with-a-long-name-{number:03}"))
    place(objects)
    objects.asked.clear()
    assert len(store.read(store.stubs())) == 300
    assert len(objects.asked) == 4
    assert max(map(len, objects.asked)) < 4100


def test_a_record_that_went_away_is_told_from_a_release_that_is_none(store: ReleaseStore) -> None:
    store.create(revision(1, "deployed"))
    stubs = store.stubs()
    store.delete("one", 1)
    with pytest.raises(OddRecord, match=r"one\.v1"):
        store.read(stubs)
    with pytest.raises(ReleaseNotFound):
        store.newest("one", 1)


def test_a_record_that_cannot_be_read_is_passed_over_in_lists() -> None:
    objects = DictStore()
    driver = SecretDriver(objects)
    driver.create(make_key("one", 1), revision(1))
    driver.create(make_key("one", 2), revision(2))
    objects.objects[make_key("one", 2)]["data"]["release"] = "AAAA"
    assert [release.revision for release in driver.all()] == [1]


def test_failures_of_the_cluster_say_what_was_being_done() -> None:
    class Broken(DictStore):
        def find(self, labels: str) -> list[dict[str, Any]]:
            raise Refused

    with pytest.raises(StorageFailed, match="query: failed to query with labels: refused"):
        SecretDriver(Broken()).query({"name": "one"})
    with pytest.raises(Refused, match=r"^refused$"):
        ConfigMapDriver(Broken()).query({"name": "one"})


def test_values_that_are_no_labels_are_refused() -> None:
    assert selector_from({"b": "2", "a": "1"}) == "a=1,b=2"
    with pytest.raises(ReleaseError, match="invalid label value"):
        selector_from({"name": "no spaces"})


def test_the_memory_driver_reads_files_and_refuses_odd_keys(tmp_path: Any) -> None:
    path = tmp_path / "releases.yaml"
    path.write_text("- name: one\n  version: 4\n  namespace: ns\n  info: {status: deployed}\n")
    driver = MemoryDriver.from_files(str(path), "ns")
    assert driver.get(make_key("one", 4)).status == "deployed"
    with pytest.raises(InvalidKey, match="release: invalid key"):
        driver.get("sh.helm.release.v1.one")


@pytest.mark.parametrize("driver", [SecretDriver, ConfigMapDriver])
def test_a_record_that_another_client_wrote_is_not_replaced(driver: type[SecretDriver | ConfigMapDriver]) -> None:
    objects = DictStore()
    ours, theirs = ReleaseStore(driver(objects)), ReleaseStore(driver(objects))
    ours.create(revision(1, "pending-upgrade"))
    theirs.update(theirs.last("one").with_status("failed"))
    for write in (lambda: ours.update(revision(1, "deployed")), lambda: ours.delete("one", 1)):
        with pytest.raises(RecordChanged, match=r"sh\.helm\.release\.v1\.one\.v1 was changed by another client"):
            write()
    assert theirs.last("one").status == "failed"
    assert ours.last("one").status == "failed"
    ours.update(revision(1, "superseded"))  # now it is known
    assert theirs.last("one").status == "superseded"


@pytest.mark.parametrize("driver", [SecretDriver, ConfigMapDriver])
def test_a_record_that_somebody_annotated_is_written_all_the_same(
    driver: type[SecretDriver | ConfigMapDriver],
) -> None:
    objects = DictStore()
    store = ReleaseStore(driver(objects))
    store.create(revision(1, "pending-install"))
    objects.touch(make_key("one", 1))
    store.update(revision(1, "deployed"))
    assert store.last("one").status == "deployed"
    objects.touch(make_key("one", 1))
    store.delete("one", 1)
    assert not objects.objects


@pytest.mark.parametrize("driver", [SecretDriver, ConfigMapDriver])
def test_a_write_whose_answer_was_lost_counts_as_done(driver: type[SecretDriver | ConfigMapDriver]) -> None:
    class Losing(DictStore):
        def replace(self, name: str, content: dict[str, Any]) -> dict[str, Any]:
            answer = super().replace(name, content)
            if self.loses:
                self.loses = False
                raise Refused
            return answer

        loses = True

    store = ReleaseStore(driver(Losing()))
    store.create(revision(1, "pending-install"))
    deployed = revision(1, "deployed")
    with pytest.raises(ReleaseError if driver is SecretDriver else ClusterError):
        store.update(deployed)
    store.update(deployed)
    assert store.last("one").status == "deployed"
    store.update(revision(1, "superseded"))
