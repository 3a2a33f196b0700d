"""The store of the sandbox: objects in memory, with a log for watches, and in an SQLite file when asked to.

Every change gets the next resource version; a watch is a reader of the log.
"""

from __future__ import annotations

import threading

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Key = tuple[str, str]
    Name = tuple[str, str]

LOG_LENGTH = 20_000  # changes; a watch that is further behind is told to list again


class Change(Record):
    """One entry of the log: what happened to which object, and the object as it was after (or last)."""

    revision: int
    type: str
    key: Key
    object: dict[str, Any]


class Gone(LookupError):
    """The log does not go back that far."""


class Store:
    """All objects of the sandbox. Objects that go in and come out are never changed by either side.

    Args:
        path: an SQLite file that keeps them, or ``""``.
    """

    def __init__(self, path: str = "") -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._objects: dict[Key, dict[Name, dict[str, Any]]] = {}
        self._log: list[Change] = []
        self.revision = 1
        self._file = _File(path) if path else None
        if self._file is not None:
            for key, name, revision, value in self._file.load():
                self._objects.setdefault(key, {})[name] = value
                self.revision = max(self.revision, revision)
            self.revision = max(self.revision, self._file.revision())
        # what happened before is not in the log: watches from then on have to list again
        self._began = self.revision

    def get(self, key: Key, namespace: str, name: str) -> dict[str, Any] | None:
        """Return an object, or None."""
        with self.lock:
            return self._objects.get(key, {}).get((namespace, name))

    def all(self, key: Key, namespace: str = "") -> list[dict[str, Any]]:
        """Return the objects of a kind, of one namespace or of all, by namespace and name."""
        with self.lock:
            rows = self._objects.get(key, {})
            return [rows[n] for n in sorted(rows) if not namespace or n[0] == namespace]

    def everything(self) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Yield all objects."""
        with self.lock:
            snapshot = [(key, value) for key, rows in self._objects.items() for value in rows.values()]
        yield from snapshot

    def put(self, key: Key, value: dict[str, Any]) -> dict[str, Any]:
        """Keep ``value`` under its name and return it with its new resource version."""
        with self._changed:
            self.revision += 1
            metadata = {**value["metadata"], "resourceVersion": str(self.revision)}
            value = {**value, "metadata": metadata}
            name = (metadata.get("namespace", ""), metadata["name"])
            rows = self._objects.setdefault(key, {})
            self._note("MODIFIED" if name in rows else "ADDED", key, value)
            rows[name] = value
            if self._file is not None:
                self._file.put(key, name, self.revision, value)
            return value

    def remove(self, key: Key, namespace: str, name: str) -> dict[str, Any] | None:
        """Remove an object and return it as it last was, or None."""
        with self._changed:
            value = self._objects.get(key, {}).pop((namespace, name), None)
            if value is None:
                return None
            self.revision += 1
            value = {**value, "metadata": {**value["metadata"], "resourceVersion": str(self.revision)}}
            self._note("DELETED", key, value)
            if self._file is not None:
                self._file.remove(key, (namespace, name), self.revision)
            return value

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """Return a text that belongs to this store: what the file has under ``name``, else a new one."""
        found = self._file.kept(name) if self._file is not None else None
        if found is None:
            found = make()
            self.keep(name, found)
        return found

    def keep(self, name: str, value: str) -> None:
        """Keep a text that belongs to this store, where there is a file."""
        if self._file is not None:
            self._file.keep(name, value)

    def _note(self, kind: str, key: Key, value: dict[str, Any]) -> None:
        self._log.append(Change(self.revision, kind, key, value))
        if len(self._log) > LOG_LENGTH:
            del self._log[: LOG_LENGTH // 2]
        self._changed.notify_all()

    def changes(self, after: int, seconds: float) -> list[Change]:
        """Return the changes after a revision, waiting up to ``seconds`` for one.

        Raises:
            Gone: when the log begins later.
        """
        with self._changed:
            if self.revision <= after:
                self._changed.wait(seconds)
            if after < self._began or (self._log and self._log[0].revision > after + 1 and self.revision > after):
                raise Gone
            low, high = 0, len(self._log)
            while low < high:
                middle = (low + high) // 2
                if self._log[middle].revision <= after:
                    low = middle + 1
                else:
                    high = middle
            return self._log[low:]

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class _File:
    """The SQLite file, the user's own: a table of objects, and one of what else has to outlive a process."""

    def __init__(self, path: str) -> None:
        import os
        import sqlite3

        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        os.chmod(path, 0o600)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS objects (grp TEXT, plural TEXT, namespace TEXT, name TEXT, revision INTEGER, "
            "value TEXT, PRIMARY KEY (grp, plural, namespace, name))"
        )
        self._connection.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT)")

    def load(self) -> Iterator[tuple[Key, Name, int, dict[str, Any]]]:
        import json

        for group, plural, namespace, name, revision, value in self._connection.execute("SELECT * FROM objects"):
            yield (group, plural), (namespace, name), revision, json.loads(value)

    def revision(self) -> int:
        """Return the last resource version, also where it was a deletion's."""
        return int(self.kept("revision") or 0)

    def put(self, key: Key, name: Name, revision: int, value: dict[str, Any]) -> None:
        import json

        self._connection.execute(
            "INSERT OR REPLACE INTO objects VALUES (?,?,?,?,?,?)", (*key, *name, revision, json.dumps(value))
        )

    def remove(self, key: Key, name: Name, revision: int) -> None:
        self.keep("revision", str(revision))
        self._connection.execute(
            "DELETE FROM objects WHERE grp=? AND plural=? AND namespace=? AND name=?", (*key, *name)
        )

    def kept(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM kept WHERE name=?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def close(self) -> None:
        self._connection.close()
