"""Checks of an index that Helm makes: unknown fields, and values of the wrong type.

Answers to ``yaml.UnmarshalStrict`` into Helm's ``repo.IndexFile``, whose messages these are. It is for trees that are
not of the usual form; what is, is known to be right.
"""

from __future__ import annotations

from steersman.errors import RepoError
from steersman.go.json import field_place, pointer_token
from steersman.values.files import json_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    # a value, its place, and whether the index is JSON
    Check = Callable[[Any, str, bool], None]


class Refused(RepoError):
    """Something that an index cannot have."""

    def __init__(self, problem: str, *, is_json: bool) -> None:
        super().__init__(problem if is_json else f"error unmarshaling JSON: while decoding JSON: {problem}")


def check(tree: Any, *, is_json: bool = False) -> None:
    """Raise for the first thing that Helm refuses in an index's tree, in the order it finds it.

    helm: an index in JSON may have fields that Helm does not know; one in YAML may not, but in some places it may have
    any scalar where a text belongs (test_indexes_in_json)

    Raises:
        Refused: with Helm's message.
    """
    if not isinstance(tree, dict):
        raise Refused(
            f"json: cannot unmarshal {json_shape(tree)} into Go value of type repo.IndexFile", is_json=is_json
        )
    _struct(_INDEX, "repo.IndexFile")(tree, "IndexFile" if is_json else "", is_json)


def _wrong(value: Any, path: str, kind: str, is_json: bool) -> Refused:
    return Refused(
        f"json: cannot unmarshal {json_shape(value)} into {field_place(path)} of type {kind}", is_json=is_json
    )


def _text(value: Any, path: str, is_json: bool) -> None:
    if value is not None and not isinstance(value, str):
        raise _wrong(value, path, "string", is_json)


def _scalar(value: Any, path: str, is_json: bool) -> None:
    # go: what is a field of the struct itself takes any scalar, what Chart.yaml brings takes text only
    if isinstance(value, dict | list):
        raise _wrong(value, path, "string", is_json)
    if is_json:
        _text(value, path, is_json)


def _bool(value: Any, path: str, is_json: bool) -> None:
    if value is not None and not isinstance(value, bool):
        raise _wrong(value, path, "bool", is_json)


def _time(value: Any, path: str, is_json: bool) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise _wrong(value, path, "time.Time", is_json)
    from steersman.go.time.layout import RFC3339
    from steersman.go.time.read import parse_moment

    try:
        parse_moment(RFC3339, value)
    except ValueError as error:
        raise Refused(str(error), is_json=is_json) from error


def _anything(_value: Any, _path: str, _is_json: bool) -> None:
    return


def _list(check_one: Check, kind: str) -> Check:
    def checked(value: Any, path: str, is_json: bool) -> None:
        if value is None:
            return
        if not isinstance(value, list):
            raise _wrong(value, path, kind, is_json)
        for i, one in enumerate(value):
            check_one(one, f"{path}.{i}", is_json)

    return checked


def _map(check_one: Check, kind: str) -> Check:
    def checked(value: Any, path: str, is_json: bool) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            raise _wrong(value, path, kind, is_json)
        for key in value if is_json else sorted(value):
            check_one(value[key], f"{path}.{pointer_token(key)}", is_json)

    return checked


def _struct(fields: dict[str, Check], kind: str) -> Check:
    lowered = {name.lower(): name for name in fields}

    def checked(value: Any, path: str, is_json: bool) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            raise _wrong(value, path, kind, is_json)
        for key in value if is_json else sorted(value):
            name = key if key in fields else lowered.get(key.lower())
            if name is not None:
                fields[name](value[key], f"{path}.{key}", is_json)
            elif not is_json:
                from steersman.go.quote import quote

                raise Refused(f"json: unknown field {quote(key)}", is_json=False)

    return checked


def in_known_case(tree: dict[str, Any]) -> dict[str, Any]:
    """Return an index's tree with its fields, and those of its versions, in the case that they are known by.

    go: encoding/json takes fields in any case
    """
    found = _in_case_of(_INDEX, tree)
    if found.get("entries"):
        found = {**found, "entries": {name: _versions(versions) for name, versions in found["entries"].items()}}
    return found


def _versions(versions: list[Any] | None) -> list[Any] | None:
    if versions is None:
        return None
    return [_in_case_of(_VERSION, one) if isinstance(one, dict) else one for one in versions]


def _in_case_of(fields: dict[str, Check], tree: dict[str, Any]) -> dict[str, Any]:
    if tree.keys() <= fields.keys():
        return tree
    lowered = {name.lower(): name for name in fields}
    return {key if key in fields else lowered.get(key.lower(), key): value for key, value in tree.items()}


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
    """Return whether a version may have this field with this value."""
    if key not in _VERSION:
        return False
    try:
        _VERSION[key](value, key, False)
    except Refused:
        return False
    return True
