"""Releases in a PostgreSQL database, in Helm's tables.

Needs the extra ``postgres`` (psycopg), imported here and nowhere else. Tables, indexes and
the record of migrations are those Helm makes, so that both work on one database. Answers
to Helm's SQL driver.
"""

from __future__ import annotations

import time

from steersman.errors import ReleaseError
from steersman.record import replace
from steersman.release.codec import decode, encode
from steersman.release.model import STATUSES, user_labels
from steersman.storage.driver import (
    OWNER,
    RECORD_TYPE,
    OddRecord,
    RecordChanged,
    ReleaseExists,
    ReleaseNotFound,
    Stub,
    make_key,
    system_labels,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from steersman.release.model import Release

_DEFAULT_NAMESPACE = "default"
_COLUMNS = ("name", "owner", "status", "version", "createdAt", "modifiedAt")

# what a refusal to connect says, and the state of SQL that goes with it but is not told
_CODES = (
    ("password authentication failed", "28P01"),
    ("role ", "28000"),
    ("database ", "3D000"),
    ("unrecognized configuration parameter", "42704"),
    ("too many", "53300"),
)

_MIGRATIONS = {
    "init": """
        CREATE TABLE releases_v1 (
            key VARCHAR(90), type VARCHAR(64) NOT NULL, body TEXT NOT NULL, name VARCHAR(64) NOT NULL,
            namespace VARCHAR(64) NOT NULL, version INTEGER NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL,
            createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(key, namespace)
        );
        CREATE INDEX ON releases_v1 (key, namespace);
        CREATE INDEX ON releases_v1 (version);
        CREATE INDEX ON releases_v1 (status);
        CREATE INDEX ON releases_v1 (owner);
        CREATE INDEX ON releases_v1 (createdAt);
        CREATE INDEX ON releases_v1 (modifiedAt);
        GRANT ALL ON releases_v1 TO PUBLIC;
        ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY;
    """,
    "custom_labels": """
        CREATE TABLE custom_labels_v1 (
            releaseKey VARCHAR(64), releaseNamespace VARCHAR(67), key VARCHAR(317), value VARCHAR(63)
        );
        CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
        GRANT ALL ON custom_labels_v1 TO PUBLIC;
        ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY;
    """,
}


class SqlDriver:
    """Keeps releases in ``releases_v1`` and users' labels in ``custom_labels_v1``.

    Args:
        connection_string: what ``HELM_DRIVER_SQL_CONNECTION_STRING`` says.
        namespace: the namespace looked at; ``""`` looks at all.

    Raises:
        ReleaseError: when the database cannot be reached or psycopg is not installed.
    """

    def __init__(self, connection_string: str, namespace: str, environ: Mapping[str, str]) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise ReleaseError(
                "unable to instantiate SQL driver: psycopg is not installed",
                hint="install the extra: steersman[postgres]",
            ) from error
        self._errors: type[Exception] = psycopg.Error
        self._duplicate: type[Exception] = psycopg.errors.UniqueViolation
        try:
            self._connection: Any = psycopg.connect(_with_defaults(connection_string, environ), autocommit=True)
            self._migrate()
        except psycopg.Error as error:
            reason = _reason(str(error), connection_string)
            raise ReleaseError(f"unable to instantiate SQL driver: {reason}") from error
        self._namespace = namespace
        self._known: dict[str, str] = {}  # the body of each record as this driver has read or written it last

    def get(self, key: str) -> Release:
        body = self._body(key)
        if body is None:
            raise ReleaseNotFound
        self._known[key] = body
        return replace(decode(body), labels=self._custom_labels(key))

    def all(self) -> list[Release]:
        found = []
        custom = self._all_custom_labels()
        for key, body in self._select("key, body", {"owner": OWNER}):
            try:
                release = decode(body)
            except ReleaseError:
                continue  # helm: a record that cannot be read is passed over
            found.append(replace(release, labels={**custom.get(key, {}), **system_labels(release)}))
        return found

    def stubs(self, labels: Mapping[str, str]) -> list[Stub]:
        custom = self._all_custom_labels()
        found = []
        for key, name, namespace, revision, status in self._select("key, name, namespace, version, status", labels):
            system = {"name": name, "owner": OWNER, "status": status, "version": str(revision)}
            if status not in STATUSES:
                raise OddRecord(key)
            found.append(Stub(name, namespace, revision, status, {**custom.get(key, {}), **system}))
        return found

    def read(self, stubs: Sequence[Stub], *, heads_only: bool) -> list[Release]:
        keys = [make_key(stub.name, stub.revision) for stub in stubs]
        rows = self._rows("SELECT key, namespace, body FROM releases_v1 WHERE key = ANY(%s)", (keys,))
        bodies = {(key, namespace): body for key, namespace, body in rows}
        found = []
        for key, stub in zip(keys, stubs):
            body = bodies.get((key, stub.namespace))
            if body is None:
                raise OddRecord(key)
            release = decode(body)
            if release.status != stub.status:
                raise OddRecord(key)
            found.append(replace(release, labels=stub.labels))
        return found

    def query(self, labels: Mapping[str, str]) -> list[Release]:
        found = []
        for key, body in self._select("key, body", labels):
            self._known[key] = body
            try:
                release = decode(body)
            except ReleaseError:
                continue
            found.append(replace(release, labels=self._custom_labels(key)))
        if not found:
            raise ReleaseNotFound
        return found

    def create(self, key: str, release: Release) -> None:
        self._namespace = release.namespace or _DEFAULT_NAMESPACE
        body = encode(release)
        values = (
            key, RECORD_TYPE, body, release.name, self._namespace, release.revision, release.status, OWNER,
            int(time.time()),
        )  # fmt: skip
        try:
            with self._connection.transaction(), self._connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO releases_v1 (key, type, body, name, namespace, version, status, owner, createdAt) "
                    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    values,
                )
                for name, value in user_labels(release.labels).items():
                    cursor.execute(
                        "INSERT INTO custom_labels_v1 (releaseKey, releaseNamespace, key, value) "
                        "VALUES (%s, %s, %s, %s)",
                        (key, self._namespace, name, value),
                    )
        except self._duplicate as error:
            raise ReleaseExists from error
        except self._errors as error:
            raise ReleaseError(_said(error)) from error
        self._known[key] = body

    def update(self, key: str, release: Release) -> None:
        self._namespace = release.namespace or _DEFAULT_NAMESPACE
        body = encode(release)
        known = self._known.get(key)
        condition, more = ("", ()) if known is None else (" AND body = %s", (known,))
        count = self._changed(
            "UPDATE releases_v1 SET body = %s, name = %s, version = %s, status = %s, owner = %s, modifiedAt = %s "
            f"WHERE key = %s AND namespace = %s{condition}",
            (
                body, release.name, release.revision, release.status, OWNER, int(time.time()), key,
                self._namespace, *more,
            ),
        )  # fmt: skip
        # helm: the update of a record that is not there goes through
        if count == 0 and self._body(key) not in (body, None):
            raise RecordChanged(key)
        self._known[key] = body

    def delete(self, key: str) -> None:
        known = self._known.get(key)
        self.get(key)
        if known is not None and self._known[key] != known:
            raise RecordChanged(key)
        with self._connection.transaction():
            count = self._changed(
                "DELETE FROM releases_v1 WHERE key = %s AND namespace = %s AND body = %s",
                (key, self._namespace, self._known.pop(key)),
            )
            if count == 0:
                raise RecordChanged(key)
            self._changed(
                "DELETE FROM custom_labels_v1 WHERE releaseKey = %s AND releaseNamespace = %s", (key, self._namespace)
            )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _select(self, columns: str, labels: Mapping[str, str]) -> list[tuple[Any, ...]]:
        conditions, values = [], []
        for name in sorted(labels):
            if name not in _COLUMNS:
                raise ReleaseError(f"unknown label {name}")
            conditions.append(f"{name} = %s")
            values.append(labels[name])
        if self._namespace:
            conditions.append("namespace = %s")
            values.append(self._namespace)
        return self._rows(f"SELECT {columns} FROM releases_v1 WHERE {' AND '.join(conditions)}", values)

    def _all_custom_labels(self) -> dict[str, dict[str, str]]:
        statement = "SELECT releaseKey, key, value FROM custom_labels_v1 WHERE releaseNamespace = %s"
        found: dict[str, dict[str, str]] = {}
        for key, name, value in self._rows(statement, (self._namespace,)):
            found.setdefault(key, {})[name] = value
        return {key: user_labels(labels) for key, labels in found.items()}

    def _custom_labels(self, key: str) -> dict[str, str]:
        # helm: looks in the namespace it works in, so that a list over all namespaces finds no users' labels
        rows = self._rows(
            "SELECT key, value FROM custom_labels_v1 WHERE releaseKey = %s AND releaseNamespace = %s",
            (key, self._namespace),
        )
        return user_labels(dict(rows))

    def _migrate(self) -> None:
        """Make what is missing, and note it where Helm's migrations look."""
        self._execute(
            "CREATE TABLE IF NOT EXISTS gorp_migrations (id TEXT NOT NULL PRIMARY KEY, applied_at TIMESTAMPTZ)", ()
        )
        done = {row[0] for row in self._rows("SELECT id FROM gorp_migrations", ())}
        for name, statements in _MIGRATIONS.items():
            if name not in done:
                with self._connection.transaction():
                    for statement in filter(None, map(str.strip, statements.split(";"))):
                        self._execute(statement, ())
                    self._execute("INSERT INTO gorp_migrations (id, applied_at) VALUES (%s, now())", (name,))

    def _rows(self, statement: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement, tuple(values))
                rows: list[tuple[Any, ...]] = cursor.fetchall()
                return rows
        except self._errors as error:
            raise ReleaseError(_said(error)) from error

    def _changed(self, statement: str, values: Iterable[Any]) -> int:
        """Carry out a statement about a release; return how many rows it met.

        Raises:
            ReleaseError: in the words of Go's driver.
        """
        try:
            return self._execute(statement, values)
        except self._errors as error:
            raise ReleaseError(_said(error)) from error

    def _body(self, key: str) -> str | None:
        rows = self._rows("SELECT body FROM releases_v1 WHERE key = %s AND namespace = %s", (key, self._namespace))
        return rows[0][0] if rows else None

    def _execute(self, statement: str, values: Iterable[Any]) -> int:
        """Carry out a statement; return how many rows it met."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, tuple(values) or None)
            count: int = cursor.rowcount
            return count


def _with_defaults(connection_string: str, environ: Mapping[str, str]) -> str:
    """Return the string with what Go's driver takes where neither it nor the environment says so: TLS must be."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    given = conninfo_to_dict(connection_string)
    if not given.get("sslmode") and "PGSSLMODE" not in environ:
        given["sslmode"] = "require"
    if not given.get("host") and "PGHOST" not in environ:
        given["host"] = "localhost"
    return make_conninfo("", **given)


def _said(error: Any) -> str:
    """Return an error of the database as Go's driver writes it."""
    text, code = error.diag.message_primary, error.sqlstate
    return f"pq: {text} ({code})" if text and code else str(error)


def _reason(message: str, connection_string: str) -> str:
    """Say why there is no connection in the words of Go's driver, without what the string keeps secret."""
    _start, fatal, said = message.partition("FATAL:")
    if fatal:
        text = said.strip().split("\n")[0]
        code = next((code for words, code in _CODES if words in text), "")
        return f"pq: {text}{code and f' ({code})'}"
    if "does not support SSL" in message:
        return "pq: SSL is not enabled on the server"
    from psycopg.conninfo import conninfo_to_dict

    try:
        target = conninfo_to_dict(connection_string)
    except Exception:
        return "the connection string cannot be read"
    host = target.get("host") or "localhost"
    where = f"{'127.0.0.1' if host == 'localhost' else host}:{target.get('port') or 5432}"
    if "refused" in message:
        return f"dial tcp {where}: connect: connection refused"
    return f"dial tcp {where}: {message.splitlines()[0]}"
