"""The functions that Helm adds to sprig: ``include``, ``tpl``, ``required``, ``toYaml`` and kin.

Answers to ``funcs.go`` and ``engine.go`` of Helm's ``pkg/engine``. ``FUNCTIONS`` is a table of
strings: what a template does not call is not imported.
"""

from __future__ import annotations

from steersman import errors
from steersman.engine import errors as engine_errors
from steersman.go import errors as go_errors
from steersman.go.values import NilList, NilMap
from steersman.yamlio import errors as yaml_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.engine.impure import Impure
    from steersman.gotemplate.templates import TemplateSet
    from steersman.gotemplate.values_map import Views

MAX_TPL = 1000  # Go's own bound is a stack of 1 GB, whose end is the program's
MAX_INCLUDES = 1000  # helm: nested includes of one name

_HERE = "steersman.engine.functions:"
_DURATIONS = "steersman.engine.durations:"

HELM_FUNCTIONS: dict[str, tuple[str, str]] = {
    "include": (_HERE + "include", "bound string any -> string"),
    "tpl": (_HERE + "tpl", "bound string any -> string"),
    "required": (_HERE + "required", "bound string any -> any"),
    "fail": (_HERE + "fail", "bound string -> string"),
    "lookup": (_HERE + "lookup", "bound string string string string -> map"),
    "toToml": (_HERE + "to_toml", "any -> string"),
    "mustToToml": (_HERE + "must_to_toml", "any -> string"),
    "fromToml": (_HERE + "from_toml", "string -> map"),
    "toYaml": (_HERE + "to_yaml", "any -> string"),
    "mustToYaml": (_HERE + "must_to_yaml", "any -> string"),
    "toYamlPretty": (_HERE + "to_yaml_pretty", "any -> string"),
    "fromYaml": (_HERE + "from_yaml", "string -> map"),
    "fromYamlArray": (_HERE + "from_yaml_array", "string -> list"),
    "toJson": (_HERE + "to_json", "any -> string"),
    "mustToJson": (_HERE + "must_to_json", "any -> string"),
    "fromJson": (_HERE + "from_json", "string -> map"),
    "fromJsonArray": (_HERE + "from_json_array", "string -> list"),
    "mustToDuration": (_DURATIONS + "must_to_duration", "any -> duration"),
    "durationSeconds": (_DURATIONS + "seconds", "any -> float64"),
    "durationMilliseconds": (_DURATIONS + "milliseconds", "any -> int64"),
    "durationMicroseconds": (_DURATIONS + "microseconds", "any -> int64"),
    "durationNanoseconds": (_DURATIONS + "nanoseconds", "any -> int64"),
    "durationMinutes": (_DURATIONS + "minutes", "any -> float64"),
    "durationHours": (_DURATIONS + "hours", "any -> float64"),
    "durationDays": (_DURATIONS + "days", "any -> float64"),
    "durationWeeks": (_DURATIONS + "weeks", "any -> float64"),
    "durationRoundTo": (_DURATIONS + "round_to", "any any -> duration"),
    "durationTruncateTo": (_DURATIONS + "truncate_to", "any any -> duration"),
}


def function_table() -> dict[str, Any]:
    """Return sprig's functions with Helm's over them; ``env`` and ``expandenv`` are left out, as in Helm."""
    from steersman.sprig import FUNCTIONS

    table: dict[str, Any] = {**FUNCTIONS, **HELM_FUNCTIONS}
    table.pop("env", None)
    table.pop("expandenv", None)
    return table


class RenderContext:
    """The state of one render, which the bound functions get.

    Attributes:
        templates: the set that ``include`` looks in; ``tpl`` puts its own over it.
        lookup: ``(api_version, kind, namespace, name) -> object``, or None without a cluster.
        lint: ``required`` and ``fail`` only log.
        log: called as ``log("WARN", message, **fields)``.
        now_ns: the clock, nanoseconds since the epoch.
        validity_ns: when a certificate that is made now begins to be valid.
        random_bytes: the source of randomness.
        begin_key: returns what makes a private key of a kind.
        views: the named views of maps, which functions that change a map in place keep equal to it.
    """

    def __init__(self, templates: TemplateSet, impure: Impure, *, lint: bool = False, views: Views) -> None:
        self.templates = templates
        self.lookup = impure.lookup
        self.lint = lint
        self.log = impure.log
        self.now_ns = impure.now_ns
        self.validity_ns = impure.validity_ns or impure.now_ns
        self.random_bytes = impure.random_bytes
        self.begin_key = impure.begin_key
        self.views = views
        self.included: dict[str, int] = {}
        self.tpl_depth = 0
        self._host = impure.resolve_host if impure.dns else None

    def resolve_host(self, name: str) -> str:
        """Return an address of the host ``name``, or ``""`` where DNS is not enabled."""
        return "" if self._host is None else self._host(name)


def include(context: RenderContext, name: str, data: Any) -> str:
    """Run the template ``name`` and return what it writes."""
    included = context.included
    depth = included.get(name, 0)
    if depth > MAX_INCLUDES:
        raise go_errors.CallError(f"rendering template has a nested reference name: {name}: unable to execute template")
    included[name] = depth + 1
    text = context.templates.execute(name, data, context)
    included[name] = depth
    return text


def tpl(context: RenderContext, text: str, data: Any) -> str:
    """Run ``text`` as a template; its definitions are visible to what it includes, and not afterwards."""
    if "{{" not in text:
        return text.replace("<no value>", "") if "<no value>" in text else text
    if context.tpl_depth >= MAX_TPL:
        raise go_errors.CallError(f"more than {MAX_TPL} of them run inside each other")
    outer = context.templates
    inner = outer.overlay()
    try:
        inner.parse(outer.name, text)
    except errors.SteerError as error:
        raise _with_text(go_errors.CallError(f"cannot parse template {_quoted(text)}: {error}"), text) from error
    context.templates = inner
    context.tpl_depth += 1
    try:
        out = inner.execute(outer.name, data, context)
    except engine_errors.FailError:
        raise
    except errors.SteerError as error:
        problem = f"error during tpl function execution for {_quoted(text)}: {error}"
        raise _with_text(go_errors.CallError(problem), text) from error
    finally:
        context.templates = outer
        context.tpl_depth -= 1
    return out.replace("<no value>", "") if "<no value>" in out else out


def _with_text(error: go_errors.CallError, text: str) -> go_errors.CallError:
    error.text = text
    return error


def _quoted(text: str) -> str:
    from steersman.go.quote import quote

    return quote(text)


def required(context: RenderContext, message: str, value: Any) -> Any:
    """Return ``value``, or fail with ``message`` when it is nil or the empty string."""
    if value is None:
        if context.lint:
            context.log("WARN", "missing required value", message=message)
            return ""
        raise engine_errors.FailError(message)
    if value == "" and type(value) is str:
        if context.lint:
            context.log("WARN", "missing required values", message=message)
            return ""
        raise engine_errors.FailError(message)
    return value


def fail(context: RenderContext, message: str) -> str:
    """Fail with ``message``."""
    if context.lint:
        context.log("INFO", "funcMap fail", message=message)
        return ""
    raise engine_errors.FailError(message)


def lookup(context: RenderContext, api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
    """Return an object of the cluster, or a list of them when ``name`` is empty; an empty map without a cluster."""
    if context.lookup is None:
        return {}
    try:
        return context.lookup(api_version, kind, namespace, name)
    except errors.SteerError as error:
        raise go_errors.CallError(str(error)) from error


def to_yaml(value: Any) -> str:
    """Return ``value`` as YAML without the last newline; ``""`` where it has no YAML form."""
    try:
        return must_to_yaml(value)
    except errors.SteerError:
        return ""


def must_to_yaml(value: Any) -> str:
    """Like ``to_yaml``, and fail where the value has no YAML form."""
    from steersman.yamlio.emit import emit

    try:
        return emit(value).removesuffix("\n")
    except errors.SteerError as error:
        raise go_errors.CallError(f"error marshaling into JSON: {error}") from error


def to_yaml_pretty(value: Any) -> str:
    """Return ``value`` as YAML with indented sequences."""
    from steersman.yamlio.emit import emit_v3

    try:
        return emit_v3(value).removesuffix("\n")
    except errors.SteerError:
        return ""


_SHAPES = {bool: "bool", str: "string", float: "number", list: "array", dict: "object"}


def _wrong(value: Any, wanted: str, prefix: str) -> str:
    return f"{prefix}json: cannot unmarshal {_SHAPES[type(value)]} into Go value of type {wanted}"


def _yaml(text: str) -> tuple[Any, str]:
    from steersman.yamlio import load

    try:
        return load(text), ""
    except yaml_errors.YamlError as error:
        return None, f"error converting YAML to JSON: {error}"


def from_yaml(text: str) -> dict[str, Any]:
    """Return the map that ``text`` is in YAML; an error is the map's ``Error``."""
    value, problem = _yaml(text)
    if not problem and isinstance(value, dict):
        return value
    if problem:
        return {"Error": problem}
    if value is None:
        return {}
    prefix = "error unmarshaling JSON: while decoding JSON: "
    return {"Error": _wrong(value, "map[string]interface {}", prefix)}


def from_yaml_array(text: str) -> list[Any]:
    """Return the list that ``text`` is in YAML; an error is the only item."""
    value, problem = _yaml(text)
    if problem:
        return [problem]
    if isinstance(value, list):
        return value
    if value is None:
        return []
    return [_wrong(value, "[]interface {}", "error unmarshaling JSON: while decoding JSON: ")]


def to_json(value: Any) -> str:
    """Return ``value`` as JSON; ``""`` where it has no JSON form."""
    try:
        return must_to_json(value)
    except errors.SteerError:
        return ""


def must_to_json(value: Any) -> str:
    """Like ``to_json``, and fail where the value has no JSON form."""
    from steersman.go.json import dumps

    try:
        return dumps(value)
    except errors.SteerError as error:
        raise go_errors.CallError(str(error)) from error


def _json(text: str) -> tuple[Any, str]:
    from steersman.go.json import loads

    try:
        return loads(text), ""
    except go_errors.JSONError as error:
        return error.value, str(error)


def from_json(text: str) -> dict[str, Any]:
    """Return the map that ``text`` is in JSON; an error is the map's ``Error``."""
    value, problem = _json(text)
    if isinstance(value, dict):
        return {**value, "Error": problem} if problem else value
    if problem and value is None:
        return {"Error": problem}
    return NilMap() if value is None else {"Error": _wrong(value, "map[string]interface {}", "")}


def from_json_array(text: str) -> list[Any]:
    """Return the list that ``text`` is in JSON; an error is the only item."""
    value, problem = _json(text)
    if problem and (value is None or isinstance(value, list)):
        return [problem]
    if isinstance(value, list):
        return value
    return NilList() if value is None else [_wrong(value, "[]interface {}", "")]


def to_toml(value: Any) -> str:
    """Return ``value`` as TOML, or the error's text."""
    from steersman.engine.toml import TomlError, dumps

    try:
        return dumps(value)
    except TomlError as error:
        return str(error)


def must_to_toml(value: Any) -> str:
    """Like ``to_toml``, and fail where the value has no TOML form."""
    from steersman.engine.toml import TomlError, dumps

    try:
        return dumps(value)
    except TomlError as error:
        raise go_errors.CallError(str(error)) from error


def from_toml(text: str) -> dict[str, Any]:
    """Return the map that ``text`` is in TOML; an error is the map's ``Error``."""
    from steersman.engine.toml import TomlError
    from steersman.engine.toml_read import loads

    try:
        return loads(text)
    except TomlError as error:
        return {"Error": str(error)}
