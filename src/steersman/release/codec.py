"""Release to stored text and back: Go's JSON, gzip, base64.

Helm reads what this writes and this reads what Helm writes. The order of fields and what
is left out when empty are those of ``encoding/json`` over Helm's structs. Answers to the
codec of Helm's ``pkg/storage/driver`` and to the JSON of ``pkg/release/v1``.
"""

from __future__ import annotations

from steersman.errors import ReleaseError
from steersman.release.hook import Hook, HookExecution
from steersman.release.model import Info, Release
from steersman.release.timestamps import Timestamp, from_nanoseconds, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from steersman.chart.model import Chart, ChartFile, Dependency, Lock, Metadata

    _AnyDict = dict[str, Any]
else:
    _AnyDict = dict

_GZIP_MAGIC = b"\x1f\x8b\x08"
HEAD = 8192  # characters of a record's text that hold its head, notes of usual length included
_HEAD_JSON = 64 * 1024  # bytes of JSON that come out of them at most
_HEAD_PARTS = ('{"name":', ',"info":', ',"chart":{"metadata":')  # helm: how every record begins
_ZERO_TIME = "0001-01-01T00:00:00Z"


def encode(release: Release) -> str:
    """Return the text that a record keeps under ``release``."""
    import binascii
    import zlib

    text = to_json(release_to_dict(release)).encode()
    # a gzip frame from zlib itself: the gzip module would cost an import for a header
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(text) + packer.flush()
    return binascii.b2a_base64(packed, newline=False).decode()


class Struct(_AnyDict):
    """A JSON object that stands for a Go struct: its fields keep their order, where a map's keys are sorted."""

    __slots__ = ()


def to_json(value: Any) -> str:
    """Return JSON as Go writes it, structs in field order."""
    from steersman.go import json as gojson

    if isinstance(value, Struct):
        fields = (f'{gojson.quote(name)[:-1]}":{to_json(field)}' for name, field in value.items())
        return "{" + ",".join(fields) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(to_json, value)) + "]"
    return gojson.dumps(value)


def decode(text: str | bytes) -> Release:
    """Read a record's text; labels are the caller's to add.

    Raises:
        ReleaseError: when the text is not a release.
    """
    return release_from_dict(decode_document(text))


def decode_document(text: str | bytes) -> dict[str, Any]:
    """Read a record's text into the JSON object it holds."""
    import binascii
    import zlib

    from steersman.go import json as gojson

    try:
        raw = binascii.a2b_base64(text)
        if len(raw) > 3 and raw[:3] == _GZIP_MAGIC:
            raw = zlib.decompress(raw, 31)
        document = gojson.loads(raw.decode())
    except (ValueError, zlib.error) as error:
        from steersman.go.base64 import decode_base64

        plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        raise ReleaseError(decode_base64(plain)[1] or str(error)) from error
    if not isinstance(document, dict):
        raise ReleaseError("the record of a release is not a JSON object")
    return document


def decode_head(text: str | bytes) -> Release | None:
    """Read how a record's text begins: name, info and the chart's metadata, and nothing else of the release.

    A list shows no more, and most of a record is what comes after.

    Args:
        text: the first ``HEAD`` characters of a record's text, or all of a shorter one.

    Returns:
        The release without its revision and namespace; ``None`` when the text does not begin as Helm's do or
            its head is longer.
    """
    import binascii
    import zlib
    from json import JSONDecodeError, JSONDecoder

    try:
        raw = binascii.a2b_base64(text[: min(len(text), HEAD) // 4 * 4])
        if not raw.startswith(_GZIP_MAGIC):
            return None
        head = zlib.decompressobj(31).decompress(raw, _HEAD_JSON).decode("utf-8", "ignore")
        found: list[Any] = []
        at = 0
        for before in _HEAD_PARTS:
            if not head.startswith(before, at):
                return None
            value, at = JSONDecoder(parse_int=float).raw_decode(head, at + len(before))
            found.append(value)
    except (JSONDecodeError, ValueError, zlib.error):
        return None
    name, info, metadata = found
    return release_from_dict({"name": name, "info": info, "chart": {"metadata": metadata}})


def release_to_dict(release: Release) -> dict[str, Any]:
    """Return the release's JSON object in Helm's field order."""
    out = Struct()
    _put(out, "name", release.name)
    out["info"] = info_to_dict(release.info)
    if release.chart is not None:
        out["chart"] = release.chart
    _put(out, "config", release.config)
    _put(out, "manifest", release.manifest)
    _put(out, "hooks", [hook_to_dict(hook) for hook in release.hooks])
    _put(out, "version", release.revision)
    _put(out, "namespace", release.namespace)
    _put(out, "apply_method", release.apply_method)
    return out


def info_to_dict(info: Info) -> dict[str, Any]:
    """Return ``info``'s JSON object."""
    out = Struct()
    for key, moment in (
        ("first_deployed", info.first_deployed),
        ("last_deployed", info.last_deployed),
        ("deleted", info.deleted),
    ):
        if moment is not None:
            out[key] = moment.rfc3339()
    _put(out, "description", info.description)
    _put(out, "status", info.status)
    _put(out, "rollback_revision", info.rollback_revision)
    _put(out, "notes", info.notes)
    _put(out, "resources", info.resources)
    return out


def hook_to_dict(hook: Hook) -> dict[str, Any]:
    """Return a hook's JSON object."""
    out = Struct()
    _put(out, "name", hook.name)
    _put(out, "kind", hook.kind)
    _put(out, "path", hook.path)
    _put(out, "manifest", hook.manifest)
    _put(out, "events", list(hook.events))
    run = Struct()
    if hook.last_run.started_at is not None:
        run["started_at"] = hook.last_run.started_at.rfc3339()
    if hook.last_run.completed_at is not None:
        run["completed_at"] = hook.last_run.completed_at.rfc3339()
    run["phase"] = hook.last_run.phase
    out["last_run"] = run
    _put(out, "weight", hook.weight)
    _put(out, "delete_policies", list(hook.delete_policies))
    _put(out, "output_log_policies", list(hook.output_log_policies))
    return out


def release_from_dict(document: dict[str, Any]) -> Release:
    """Read a release's JSON object."""
    info = document.get("info") or {}
    return Release(
        name=document.get("name") or "",
        info=Info(
            first_deployed=_moment(info, "first_deployed"),
            last_deployed=_moment(info, "last_deployed"),
            deleted=_moment(info, "deleted"),
            description=info.get("description") or "",
            status=info.get("status") or "",
            rollback_revision=int(info.get("rollback_revision") or 0),
            notes=info.get("notes") or "",
            resources=info.get("resources"),
        ),
        chart=_chart_structs(document.get("chart")),
        config=document.get("config"),
        manifest=document.get("manifest") or "",
        hooks=tuple(_hook(hook) for hook in document.get("hooks") or ()),
        revision=int(document.get("version") or 0),
        namespace=document.get("namespace") or "",
        apply_method=document.get("apply_method") or "",
    )


def _chart_structs(document: dict[str, Any] | None) -> dict[str, Any] | None:
    """Mark what of a record's chart are structs, so that writing it again keeps Helm's order."""
    if document is None:
        return None
    chart = Struct(document)
    metadata = chart.get("metadata")
    if metadata:
        chart["metadata"] = metadata = Struct(metadata)
        for key in ("maintainers", "dependencies"):
            if metadata.get(key):
                metadata[key] = [Struct(item) if item else item for item in metadata[key]]
    for key in ("templates", "files"):
        if chart.get(key):
            chart[key] = [Struct(item) for item in chart[key]]
    if chart.get("lock"):
        lock = Struct(chart["lock"])
        chart["lock"] = lock
        if lock.get("dependencies"):
            lock["dependencies"] = [Struct(item) for item in lock["dependencies"]]
    return chart


def _hook(document: dict[str, Any]) -> Hook:
    run = document.get("last_run") or {}
    return Hook(
        name=document.get("name") or "",
        kind=document.get("kind") or "",
        path=document.get("path") or "",
        manifest=document.get("manifest") or "",
        events=tuple(document.get("events") or ()),
        last_run=HookExecution(_moment(run, "started_at"), _moment(run, "completed_at"), run.get("phase") or ""),
        weight=int(document.get("weight") or 0),
        delete_policies=tuple(document.get("delete_policies") or ()),
        output_log_policies=tuple(document.get("output_log_policies") or ()),
    )


def chart_to_dict(chart: Chart) -> Struct:
    """Return a chart's JSON object as a record keeps it; subcharts are not part of it."""
    modified = {file.name: file.mod_time for file in chart.raw}
    out = Struct(
        metadata=metadata_to_dict(chart.metadata),
        lock=None if chart.lock is None else _lock_to_dict(chart.lock),
        templates=_files_to_list(chart.templates),
        values=chart.values if chart.values or "values.yaml" in modified or chart.dependencies else None,
        schema=None if chart.schema is None else _base64(chart.schema),
        schemamodtime=_moment_text(modified.get("values.schema.json")) or _ZERO_TIME,
        files=_files_to_list(chart.files),
    )
    _put(out, "modtime", _moment_text(modified.get("Chart.yaml")))
    return out


def metadata_to_dict(metadata: Metadata) -> dict[str, Any]:
    """Return Chart.yaml's JSON object."""
    out = Struct()
    _put(out, "name", metadata.name)
    _put(out, "home", metadata.home)
    _put(out, "sources", list(metadata.sources))
    _put(out, "version", metadata.version)
    _put(out, "description", metadata.description)
    _put(out, "keywords", list(metadata.keywords))
    maintainers: list[dict[str, Any] | None] = []
    for maintainer in metadata.maintainers:
        if maintainer is None:
            maintainers.append(None)  # go: an empty entry of the list is a nil pointer
            continue
        person = Struct()
        _put(person, "name", maintainer.name)
        _put(person, "email", maintainer.email)
        _put(person, "url", maintainer.url)
        maintainers.append(person)
    _put(out, "maintainers", maintainers)
    _put(out, "icon", metadata.icon)
    _put(out, "apiVersion", metadata.api_version)
    _put(out, "condition", metadata.condition)
    _put(out, "tags", metadata.tags)
    _put(out, "appVersion", metadata.app_version)
    _put(out, "deprecated", metadata.deprecated)
    _put(out, "annotations", dict(metadata.annotations))
    _put(out, "kubeVersion", metadata.kube_version)
    _put(out, "dependencies", [dependency_to_dict(dependency) for dependency in metadata.dependencies])
    _put(out, "type", metadata.type)
    return out


def dependency_to_dict(dependency: Dependency) -> dict[str, Any]:
    """Return a dependency's JSON object."""
    out = Struct(name=dependency.name)
    _put(out, "version", dependency.version)
    out["repository"] = dependency.repository
    _put(out, "condition", dependency.condition)
    _put(out, "tags", list(dependency.tags))
    _put(out, "enabled", dependency.enabled)
    _put(out, "import-values", list(dependency.import_values))
    _put(out, "alias", dependency.alias)
    return out


def chart_from_dict(document: dict[str, Any]) -> Chart:
    """Make a ``Chart`` of a record's chart, for what needs one (values, for instance)."""
    import binascii

    from steersman.chart.model import Chart, Dependency, Lock, Maintainer, Metadata

    def dependencies(items: Iterable[dict[str, Any]] | None) -> tuple[Dependency, ...]:
        return tuple(
            Dependency(
                name=item.get("name") or "",
                version=item.get("version") or "",
                repository=item.get("repository") or "",
                condition=item.get("condition") or "",
                tags=tuple(item.get("tags") or ()),
                enabled=bool(item.get("enabled")),
                import_values=tuple(item.get("import-values") or ()),
                alias=item.get("alias") or "",
            )
            for item in items or ()
        )

    meta = document.get("metadata") or {}
    lock = document.get("lock")
    schema = document.get("schema")
    return Chart(
        metadata=Metadata(
            name=meta.get("name") or "",
            home=meta.get("home") or "",
            sources=tuple(meta.get("sources") or ()),
            version=meta.get("version") or "",
            description=meta.get("description") or "",
            keywords=tuple(meta.get("keywords") or ()),
            maintainers=tuple(
                Maintainer(person.get("name") or "", person.get("email") or "", person.get("url") or "")
                if person
                else None
                for person in meta.get("maintainers") or ()
            ),
            icon=meta.get("icon") or "",
            api_version=meta.get("apiVersion") or "",
            condition=meta.get("condition") or "",
            tags=meta.get("tags") or "",
            app_version=meta.get("appVersion") or "",
            deprecated=bool(meta.get("deprecated")),
            annotations=meta.get("annotations") or {},
            kube_version=meta.get("kubeVersion") or "",
            dependencies=dependencies(meta.get("dependencies")),
            type=meta.get("type") or "",
        ),
        lock=Lock(lock.get("generated") or "", lock.get("digest") or "", dependencies(lock.get("dependencies")))
        if lock
        else None,
        templates=_files_from_list(document.get("templates")),
        values=document.get("values") or {},
        schema=binascii.a2b_base64(schema) if schema else None,
        files=_files_from_list(document.get("files")),
    )


def _files_to_list(files: Iterable[ChartFile]) -> list[Struct] | None:
    out = []
    for file in files:
        entry = Struct(name=file.name, data=_base64(file.data))
        _put(entry, "modtime", _moment_text(file.mod_time))
        out.append(entry)
    return out or None  # go: a slice that nothing was appended to is null


def _files_from_list(files: list[dict[str, Any]] | None) -> tuple[ChartFile, ...]:
    import binascii

    from steersman.chart.model import ChartFile

    return tuple(ChartFile(f.get("name") or "", binascii.a2b_base64(f.get("data") or "")) for f in files or ())


def _lock_to_dict(lock: Lock) -> dict[str, Any]:
    return Struct(
        generated=_generated(lock.generated),
        digest=lock.digest,
        dependencies=[dependency_to_dict(dependency) for dependency in lock.dependencies],
    )


def _generated(text: str) -> str:
    """Return a lock's time as Go writes it after reading it."""
    try:
        moment = parse(text)
    except ValueError:
        return text
    return moment.rfc3339() if moment is not None else _ZERO_TIME


def _put(out: dict[str, Any], key: str, value: Any) -> None:
    """Set what Go's ``omitempty`` would not leave out."""
    if value:
        out[key] = value


def _base64(data: bytes) -> str:
    import binascii

    return binascii.b2a_base64(data, newline=False).decode()


def _moment(document: dict[str, Any], key: str) -> Timestamp | None:
    text = document.get(key)
    return parse(text) if isinstance(text, str) else None


def _moment_text(mod_time: float | None) -> str:
    return "" if mod_time is None else from_nanoseconds(int(mod_time * 1_000_000_000)).rfc3339()
