"""Chart.yaml and Chart.lock: YAML trees to ``Metadata``, ``Dependency`` and ``Lock``, and back.

Answers to Go's typed JSON decoding behind sigs.k8s.io/yaml: names match without regard to
case, numbers and booleans become strings where a string is wanted, and a value of the wrong
shape gives Go's message.
"""

from __future__ import annotations

from steersman.chart import errors as chart_errors
from steersman.chart.model import Dependency, Lock, Maintainer, Metadata
from steersman.values.files import json_shape
from steersman.yamlio import errors as yaml_errors
from steersman.yamlio import load, load_integers
from steersman.yamlio.scalars import format_float32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# wire name -> (attribute, kind), in the order Go's structs have them
METADATA = {
    "name": ("name", "string"),
    "home": ("home", "string"),
    "sources": ("sources", "strings"),
    "version": ("version", "string"),
    "description": ("description", "string"),
    "keywords": ("keywords", "strings"),
    "maintainers": ("maintainers", "maintainers"),
    "icon": ("icon", "string"),
    "apiVersion": ("api_version", "string"),
    "condition": ("condition", "string"),
    "tags": ("tags", "string"),
    "appVersion": ("app_version", "string"),
    "deprecated": ("deprecated", "bool"),
    "annotations": ("annotations", "string map"),
    "kubeVersion": ("kube_version", "string"),
    "dependencies": ("dependencies", "dependencies"),
    "type": ("type", "string"),
}
DEPENDENCY = {
    "name": ("name", "string"),
    "version": ("version", "string"),
    "repository": ("repository", "string"),
    "condition": ("condition", "string"),
    "tags": ("tags", "strings"),
    "enabled": ("enabled", "bool"),
    "import-values": ("import_values", "list"),
    "alias": ("alias", "string"),
}
MAINTAINER = {"name": ("name", "string"), "email": ("email", "string"), "url": ("url", "string")}
LOCK = {
    "generated": ("generated", "time"),
    "digest": ("digest", "string"),
    "dependencies": ("dependencies", "dependencies"),
}

# month, day (every month has), hour, minute, second
_PLAIN_TIMES = (("01", "12"), ("01", "28"), ("00", "23"), ("00", "59"), ("00", "59"))
_INFINITY = float("inf")

_GO_TYPES = {
    "string": "string",
    "bool": "bool",
    "strings": "[]string",
    "string map": "map[string]string",
    "list": "[]interface {}",
    "maintainers": "[]*v2.Maintainer",
    "dependencies": "[]*v2.Dependency",
}


def _wrong(value: Any, where: str, go_type: str) -> chart_errors.DecodeError:
    from steersman.go.json import field_place

    return chart_errors.DecodeError(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
        f"{json_shape(value)} into {field_place(where)} of type {go_type}"
    )


def wrong_root(value: Any, go_type: str) -> chart_errors.DecodeError:
    """Return the error for a document that is not a map where ``go_type`` is wanted."""
    return chart_errors.DecodeError(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
        f"{json_shape(value)} into Go value of type {go_type}"
    )


def text_of(value: Any) -> str | None:
    """Return a scalar as the string that Go makes of it where a string is wanted, or None for other shapes."""
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (int, float)):
        if value in (_INFINITY, -_INFINITY) or value != value:
            return "NaN" if value != value else f"{'+' if value > 0 else '-'}Inf"
        if value == int(value) and abs(value) < 1e21:
            return "-0" if str(value) == "-0.0" else str(int(value))
        return format_float32(value)
    return None


def load_metadata(data: bytes) -> Any:
    """Read the YAML of a Chart.yaml: ``load_texts``, and ``.inf`` or ``.nan`` where a string is wanted.

    go: what has no form in JSON is made a string before there is any JSON, where the field is one
    (test_versions_that_are_numbers)

    Raises:
        YamlError: as ``yamlio.load``.
    """
    try:
        return load_texts(data)
    except yaml_errors.YamlError:
        if b"inf" not in data.lower() and b"nan" not in data.lower():
            raise
        tree = load_integers(data, infinities=True)
        if not isinstance(tree, dict) or _has_infinity(found := _texts_of_fields(tree, METADATA)):
            raise
        return _float_texts(found)


def has_infinite_texts(data: bytes) -> bool:
    """Return whether a Chart.yaml has ``.inf`` or ``.nan`` in fields that are strings, and nowhere else."""
    try:
        load_texts(data)
    except yaml_errors.YamlError:
        try:
            load_metadata(data)
        except yaml_errors.YamlError:
            return False
        return True
    return False


def _has_infinity(tree: Any) -> bool:
    if isinstance(tree, dict):
        return any(map(_has_infinity, tree.values()))
    if isinstance(tree, list):
        return any(map(_has_infinity, tree))
    return isinstance(tree, float) and text_of(tree) in ("NaN", "+Inf", "-Inf")


def _texts_of_fields(tree: Any, fields: dict[str, tuple[str, str]]) -> Any:
    """Return a tree with the numbers as strings that stand where strings are wanted."""
    if not isinstance(tree, dict):
        return tree
    kinds = {name.lower(): kind for name, (_attribute, kind) in fields.items()}
    return {key: _text_of_field(value, kinds.get(key.lower(), "")) for key, value in tree.items()}


def _text_of_field(value: Any, kind: str) -> Any:
    if kind == "string" and isinstance(value, float):
        return text_of(value)
    if kind == "string map" and isinstance(value, dict):
        return {key: _text_of_field(one, "string") for key, one in value.items()}
    if isinstance(value, list) and kind in ("strings", "maintainers", "dependencies"):
        if kind == "strings":
            return [_text_of_field(one, "string") for one in value]
        return [_texts_of_fields(one, MAINTAINER if kind == "maintainers" else DEPENDENCY) for one in value]
    return value


def load_texts(data: bytes) -> Any:
    """Read YAML whose numbers are wanted as strings, as Chart.yaml's are.

    go: sigs.k8s.io/yaml knows integers and floats apart when it makes a string of a number, so 7.2445e+06 stays a
    float's text and 7244500 an integer's (test_versions_that_are_numbers).

    Raises:
        YamlError: as ``yamlio.load``.
    """
    tree = load(data)
    return _float_texts(load_integers(data)) if _has_whole_float(tree) else tree


def _has_whole_float(tree: Any) -> bool:
    if isinstance(tree, dict):
        return any(map(_has_whole_float, tree.values()))
    if isinstance(tree, list):
        return any(map(_has_whole_float, tree))
    return type(tree) is float and tree.is_integer()


def _float_texts(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _float_texts(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_float_texts(item) for item in tree]
    return format_float32(tree) if type(tree) is float else tree


def _field(value: Any, kind: str, where: str) -> Any:
    if kind == "string":
        text = text_of(value)
        if text is None:
            raise _wrong(value, where, "string")
        return text
    if kind == "time":
        return _time(value, where)
    if kind == "bool":
        if not isinstance(value, bool):
            raise _wrong(value, where, "bool")
        return value
    if kind == "string map":
        if not isinstance(value, dict):
            raise _wrong(value, where, "map[string]string")
        texts = {k: "" if v is None else text_of(v) for k, v in value.items()}
        for key, text in texts.items():
            if text is None:
                from steersman.go.json import pointer_token

                raise _wrong(value[key], f"{where}.{pointer_token(key)}", "string")
        return texts
    if not isinstance(value, list):
        raise _wrong(value, where, _GO_TYPES[kind])
    if kind == "strings":
        return tuple("" if v is None else _field(v, "string", f"{where}.{at}") for at, v in enumerate(value))
    if kind == "maintainers":
        return tuple(
            None if v is None else Maintainer(**_record(v, MAINTAINER, f"{where}.{at}")) for at, v in enumerate(value)
        )
    if kind == "dependencies":
        return tuple(
            None if v is None else Dependency(**_record(v, DEPENDENCY, f"{where}.{at}")) for at, v in enumerate(value)
        )
    return tuple(value)


def _record(tree: Any, fields: dict[str, tuple[str, str]], where: str) -> dict[str, Any]:
    if not isinstance(tree, dict):
        if not where:
            raise wrong_root(tree, "v2.Metadata" if fields is METADATA else "v2.Lock")
        kind = "v2.Maintainer" if fields is MAINTAINER else "v2.Dependency"
        raise _wrong(tree, where, kind)
    found: dict[str, Any] = {}
    lowered = {name.lower(): name for name in fields}
    failure: chart_errors.DecodeError | None = None
    for key in sorted(tree):
        name = key if key in fields else lowered.get(key.lower())
        value = tree[key]
        if name is None or value is None:
            continue
        attribute, kind = fields[name]
        try:
            found[attribute] = _field(value, kind, f"{where}.{key}")
        except chart_errors.DecodeError as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return found


def metadata(tree: Any, base: Metadata | None = None) -> Metadata:
    """Return the metadata that a Chart.yaml's ``tree`` says, over ``base``'s where it says nothing.

    Raises:
        DecodeError: with Go's message.
    """
    from steersman.record import replace

    found = _record(tree if tree is not None else {}, METADATA, "")
    if "dependencies" in found:
        found["has_dependencies"] = True
    return replace(base, **found) if base is not None else Metadata(**found)


def lock(tree: Any) -> Lock:
    """Return the lock that a Chart.lock's ``tree`` says.

    Raises:
        DecodeError: with Go's message.
    """
    found = _record(tree, LOCK, "")
    return Lock(found.get("generated", "0001-01-01T00:00:00Z"), found.get("digest", ""), found.get("dependencies", ()))


def _time(value: Any, where: str) -> str:
    """Return the text of a time as JSON has it; invalid ones are reported in Go's words."""
    if not isinstance(value, str):
        raise _wrong(value, where, "time.Time")
    if _is_plain_time(value):
        return value
    from steersman.go.time.layout import RFC3339
    from steersman.go.time.read import parse_moment

    try:
        parse_moment(RFC3339, value)
    except ValueError as error:
        raise chart_errors.DecodeError(f"error unmarshaling JSON: while decoding JSON: {error}") from error
    return value


def _is_plain_time(text: str) -> bool:
    """Return whether a text is a time as locks have it, without loading what reads every time."""
    shape = "".join("0" if c in "0123456789" else c for c in text)
    if not shape.startswith("0000-00-00T00:00:00"):
        return False
    rest = shape[19:]
    rest = rest[1:].lstrip("0") if rest.startswith(".0") else rest
    numbers = (text[5:7], text[8:10], text[11:13], text[14:16], text[17:19])
    is_whole = all(low <= number <= high for number, (low, high) in zip(numbers, _PLAIN_TIMES))
    return is_whole and (rest == "Z" or (rest in ("+00:00", "-00:00") and text[-5:] <= "14:59"))


def dependency_dict(dependency: Dependency) -> dict[str, Any]:
    """Return a dependency as Go writes it to JSON."""
    out: dict[str, Any] = {"name": dependency.name}
    if dependency.version:
        out["version"] = dependency.version
    out["repository"] = dependency.repository
    for name in ("condition", "tags", "enabled", "import-values", "alias"):
        value = getattr(dependency, DEPENDENCY[name][0])
        if value:
            out[name] = list(value) if isinstance(value, tuple) else value
    return out


def metadata_dict(data: Metadata) -> dict[str, Any]:
    """Return metadata as Go writes it to JSON: fields in the struct's order, empty ones left out."""
    out: dict[str, Any] = {}
    for name, (attribute, kind) in METADATA.items():
        value = getattr(data, attribute)
        if not value:
            continue
        if kind == "maintainers":
            value = [{k: getattr(m, a) for k, (a, _) in MAINTAINER.items() if getattr(m, a)} for m in value]
        elif kind == "dependencies":
            value = [dependency_dict(d) for d in value]
        out[name] = list(value) if isinstance(value, tuple) else value
    return out


def lock_dict(data: Lock) -> dict[str, Any]:
    """Return a lock as Go writes it to JSON."""
    return {
        "generated": data.generated,
        "digest": data.digest,
        "dependencies": [dependency_dict(d) for d in data.dependencies],
    }
