"""A release as Go's structs, for ``get all --template``."""

from __future__ import annotations

from steersman.chart.decode import metadata
from steersman.engine.context import metadata_map
from steersman.go.time.moment import UTC, ZERO, Moment, fixed_zone
from steersman.go.values import GoStruct
from steersman.gotemplate.times import Time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from steersman.go.values import Method
    from steersman.release.hook import Hook
    from steersman.release.model import Info, Release
    from steersman.release.timestamps import Timestamp


class _Pointer(GoStruct):
    __slots__ = ()
    go_pointer = True


class _Release(_Pointer):
    __slots__ = ()
    go_type = "v1.Release"


class _Info(_Pointer):
    __slots__ = ()
    go_type = "v1.Info"


class _Hook(_Pointer):
    __slots__ = ()
    go_type = "v1.Hook"


class _HookExecution(GoStruct):
    __slots__ = ()
    go_type = "v1.HookExecution"


class _Chart(_Pointer):
    __slots__ = ()
    go_type = "v2.Chart"
    go_methods: ClassVar[dict[str, Method]] = {
        "Name": (lambda self: self.fields["Metadata"].fields["Name"], "-> string"),
        "AppVersion": (lambda self: self.fields["Metadata"].fields["AppVersion"], "-> string"),
        "IsRoot": (lambda _self: True, "-> bool"),
    }


class _Metadata(_Pointer):
    __slots__ = ()
    go_type = "v2.Metadata"


class _Dependency(_Pointer):
    __slots__ = ()
    go_type = "v2.Dependency"


class _Maintainer(_Pointer):
    __slots__ = ()
    go_type = "v2.Maintainer"


class _File(_Pointer):
    __slots__ = ()
    go_type = "common.File"


def release_struct(release: Release) -> GoStruct:
    """Return a release with the fields, in their order, that templates of Helm's see."""
    return _Release(
        {
            "Name": release.name,
            "Info": _info(release.info),
            "Chart": _chart(release),
            "Config": release.config or {},
            "Manifest": release.manifest,
            "Hooks": [_hook(hook) for hook in release.hooks],
            "Version": release.revision,
            "Namespace": release.namespace,
            "Labels": release.labels,
            "ApplyMethod": release.apply_method,
        }
    )


def _time(moment: Timestamp | None) -> Time:
    if moment is None:
        return Time(ZERO)
    zone = UTC if not moment.offset else fixed_zone(moment.zone, moment.offset)
    return Time(Moment(moment.seconds * 1_000_000_000 + moment.nanoseconds, zone))


def _info(info: Info) -> GoStruct:
    return _Info(
        {
            "FirstDeployed": _time(info.first_deployed),
            "LastDeployed": _time(info.last_deployed),
            "Deleted": _time(info.deleted),
            "Description": info.description,
            "Status": info.status,
            "RollbackRevision": info.rollback_revision,
            "Notes": info.notes,
            "Resources": info.resources or {},
        }
    )


def _hook(hook: Hook) -> GoStruct:
    run = hook.last_run
    return _Hook(
        {
            "Name": hook.name,
            "Kind": hook.kind,
            "Path": hook.path,
            "Manifest": hook.manifest,
            "Events": list(hook.events),
            "LastRun": _HookExecution(
                {"StartedAt": _time(run.started_at), "CompletedAt": _time(run.completed_at), "Phase": run.phase}
            ),
            "Weight": hook.weight,
            "DeletePolicies": list(hook.delete_policies),
            "OutputLogPolicies": list(hook.output_log_policies),
        }
    )


def _chart(release: Release) -> GoStruct:
    chart = release.chart or {}
    return _Chart(
        {
            "Metadata": _metadata(release.chart_metadata),
            "Lock": chart.get("lock"),
            "Templates": [_file(file) for file in chart.get("templates") or ()],
            "Values": chart.get("values") or {},
            "Files": [_file(file) for file in chart.get("files") or ()],
        }
    )


def _file(file: dict[str, Any]) -> GoStruct:
    import binascii

    data = binascii.a2b_base64(file.get("data") or "").decode("utf-8", "surrogateescape")
    return _File({"Name": file.get("name") or "", "Data": data})


def _metadata(document: dict[str, Any]) -> GoStruct:
    fields = metadata_map(metadata(document), is_root=True)
    del fields["IsRoot"]
    fields["Maintainers"] = [_Maintainer(person) for person in fields["Maintainers"]]
    fields["Dependencies"] = [_Dependency(dependency) for dependency in fields["Dependencies"]]
    return _Metadata(fields)
