"""Releases in memory, for tests and dry runs.

``HELM_MEMORY_DRIVER_DATA`` may name YAML files (separated by colons) with releases to
begin with. Answers to Helm's memory driver.
"""

from __future__ import annotations

from steersman.errors import ReleaseError
from steersman.go.errno import read_error
from steersman.record import replace
from steersman.storage.driver import (
    InvalidKey,
    OddRecord,
    ReleaseExists,
    ReleaseNotFound,
    Stub,
    make_key,
    system_labels,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from steersman.release.model import Release

_DEFAULT_NAMESPACE = "default"


class MemoryDriver:
    """Keeps releases by namespace and key while the process lives.

    Args:
        namespace: the namespace looked at; ``""`` looks at all.
    """

    def __init__(self, namespace: str = _DEFAULT_NAMESPACE) -> None:
        self._namespace = namespace
        self._spaces: dict[str, dict[str, Release]] = {}

    @staticmethod
    def from_files(paths: str, namespace: str) -> MemoryDriver:
        """Make a driver holding the releases in YAML files, separated by colons.

        Raises:
            ReleaseError: when a file cannot be read.
        """
        from steersman import yamlio
        from steersman.release.codec import release_from_dict
        from steersman.storage.driver import make_key

        driver = MemoryDriver(namespace)
        for path in paths.split(":"):
            try:
                with open(path, encoding="utf-8") as file:
                    documents = yamlio.load(file.read())
            except OSError as error:
                raise ReleaseError(f"Unable to read memory driver data{read_error(path, error)}") from error
            except ValueError as error:
                raise ReleaseError(
                    f"Unable to unmarshal memory driver data: error converting YAML to JSON: {error}"
                ) from error
            if documents is not None and not isinstance(documents, list):
                from steersman.values.files import json_shape

                raise ReleaseError(
                    "Unable to unmarshal memory driver data: error unmarshaling JSON: while decoding JSON: "
                    f"json: cannot unmarshal {json_shape(documents)} into Go value of type []*v1.Release"
                )
            for document in documents or ():
                release = release_from_dict(document)
                driver.create(make_key(release.name, release.revision), release)
        driver._namespace = namespace
        return driver

    def get(self, key: str) -> Release:
        _check(key)
        release = self._spaces.get(self._namespace, {}).get(key)
        if release is None:
            raise ReleaseNotFound
        return release

    def all(self) -> list[Release]:
        spaces = [self._spaces.get(self._namespace, {})] if self._namespace else list(self._spaces.values())
        return [release for space in spaces for release in space.values()]

    def stubs(self, labels: Mapping[str, str]) -> list[Stub]:
        return [Stub(r.name, r.namespace, r.revision, r.status, r.labels) for r in self._with(labels)]

    def read(self, stubs: Sequence[Stub], *, heads_only: bool) -> list[Release]:
        known = {(release.namespace, release.name, release.revision): release for release in self.all()}
        places = [(stub.namespace, stub.name, stub.revision) for stub in stubs]
        gone = next((place for place in places if place not in known), None)
        if gone is not None:
            raise OddRecord(make_key(gone[1], gone[2]))
        return [known[place] for place in places]

    def query(self, labels: Mapping[str, str]) -> list[Release]:
        found = self._with(labels)
        if not found:
            raise ReleaseNotFound
        return found

    def _with(self, labels: Mapping[str, str]) -> list[Release]:
        return [r for r in self.all() if all(system_labels(r).get(name) == value for name, value in labels.items())]

    def create(self, key: str, release: Release) -> None:
        # helm: the driver moves to the namespace of what it was given
        self._namespace = release.namespace or _DEFAULT_NAMESPACE
        space = self._spaces.setdefault(self._namespace, {})
        if key in space:
            raise ReleaseExists
        space[key] = replace(release)

    def update(self, key: str, release: Release) -> None:
        self._namespace = release.namespace or _DEFAULT_NAMESPACE
        space = self._spaces.get(self._namespace, {})
        if key not in space:
            raise ReleaseNotFound
        space[key] = replace(release)

    def delete(self, key: str) -> None:
        self.get(key)
        del self._spaces[self._namespace][key]


def _check(key: str) -> None:
    parts = key.removeprefix("sh.helm.release.v1.").split(".v")
    # helm: a name with ".v" inside makes a key with too many parts, and that is an error too
    if len(parts) != 2 or not parts[1].lstrip("-").isdigit():
        raise InvalidKey
