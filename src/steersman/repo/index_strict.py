"""What Helm refuses in an index: fields it does not know, and values of the wrong shape.

Answers to ``yaml.UnmarshalStrict`` into Helm's ``repo.IndexFile``, whose messages these are. It is for trees that are
not of the usual form; what is, is known to be right.
"""

from __future__ import annotations

from steersman.errors import RepoError
from steersman.values.files import json_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Check = Callable[[Any, str], None]


class Refused(RepoError):
    """Something that an index cannot have."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"error unmarshaling JSON: while decoding JSON: {problem}")


def check(tree: dict[str, Any]) -> None:
    """Raise for the first thing that Helm refuses in an index's tree, in the order it finds it.

    Raises:
        Refused: with Helm's message.
    """
    _struct(_INDEX, "repo.IndexFile")(tree, "")


def _wrong(value: Any, path: str, kind: str) -> Refused:
    # go: an element of a list is not called a field
    field = "" if path.rpartition(".")[2].isdigit() else "Go struct field "
    return Refused(f"json: cannot unmarshal {json_shape(value)} into {field}{path} of type {kind}")


def _text(value: Any, path: str) -> None:
    if value is not None and not isinstance(value, str):
        raise _wrong(value, path, "string")


def _scalar(value: Any, path: str) -> None:
    # go: what is a field of the struct itself takes any scalar, what Chart.yaml brings takes text only
    if isinstance(value, dict | list):
        raise _wrong(value, path, "string")


def _bool(value: Any, path: str) -> None:
    if value is not None and not isinstance(value, bool):
        raise _wrong(value, path, "bool")


def _time(value: Any, path: str) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise _wrong(value, path, "time.Time")
    from steersman.gotime import RFC3339, parse_moment

    try:
        parse_moment(RFC3339, value)
    except ValueError as error:
        raise Refused(str(error)) from error


def _anything(_value: Any, _path: str) -> None:
    return


def _list(check_one: Check, kind: str) -> Check:
    def checked(value: Any, path: str) -> None:
        if value is None:
            return
        if not isinstance(value, list):
            raise _wrong(value, path, kind)
        for i, one in enumerate(value):
            check_one(one, f"{path}.{i}")

    return checked


def _map(check_one: Check, kind: str) -> Check:
    def checked(value: Any, path: str) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            raise _wrong(value, path, kind)
        for key in sorted(value):
            check_one(value[key], f"{path}.{key}")

    return checked


def _struct(fields: dict[str, Check], kind: str) -> Check:
    lowered = {name.lower(): name for name in fields}

    def checked(value: Any, path: str) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            raise _wrong(value, path, kind)
        for key in sorted(value):
            name = key if key in fields else lowered.get(key.lower())
            if name is None:
                from steersman.goquote import quote

                raise Refused(f"json: unknown field {quote(key)}")
            fields[name](value[key], f"{path}.{name}")

    return checked


_DEPENDENCY: dict[str, Check] = {
    **dict.fromkeys(("name", "version", "repository", "condition", "alias"), _text),
    "tags": _list(_text, "[]string"),
    "enabled": _bool,
    "import-values": _list(_anything, "[]interface {}"),
}
_MAINTAINER: dict[str, Check] = dict.fromkeys(("name", "email", "url"), _text)
_VERSION: dict[str, Check] = {
    **dict.fromkeys(
        (
            *("name", "home", "version", "description", "icon", "apiVersion", "condition", "tags", "appVersion"),
            *("kubeVersion", "type"),
        ),
        _text,
    ),
    **dict.fromkeys(("digest", "checksum", "engine", "tillerVersion", "url"), _scalar),
    **dict.fromkeys(("sources", "keywords"), _list(_text, "[]string")),
    "urls": _list(_scalar, "[]string"),
    **dict.fromkeys(("deprecated", "removed"), _bool),
    "annotations": _map(_text, "map[string]string"),
    "maintainers": _list(_struct(_MAINTAINER, "v2.Maintainer"), "[]*v2.Maintainer"),
    "dependencies": _list(_struct(_DEPENDENCY, "v2.Dependency"), "[]*v2.Dependency"),
    "created": _time,
}
_INDEX: dict[str, Check] = {
    "apiVersion": _text,
    "generated": _time,
    "entries": _map(
        _list(_struct(_VERSION, "repo.ChartVersion"), "repo.ChartVersions"), "map[string]repo.ChartVersions"
    ),
    "publicKeys": _list(_scalar, "[]string"),
    "annotations": _map(_scalar, "map[string]string"),
    "serverInfo": _map(_anything, "map[string]interface {}"),
}


def is_right(key: str, value: Any) -> bool:
    """Tell whether a version may have this field with this value."""
    if key not in _VERSION:
        return False
    try:
        _VERSION[key](value, key)
    except Refused:
        return False
    return True
