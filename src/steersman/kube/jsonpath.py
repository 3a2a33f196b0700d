"""kubectl's JSONPath templates over plain trees: ``{.a.b[0]}``, ``{range .items[*]}…{end}``, ``{..name}``, filters.

Answers to ``k8s.io/client-go/util/jsonpath``. Missing keys are errors there and here unless allowed.
"""

from __future__ import annotations

from operator import eq, ge, gt, le, lt, ne

from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class JsonPathError(UsageError):
    """A template that cannot be read, or that asks for what is not there."""


def evaluate(template: str, value: Any) -> str:
    """Return what ``template`` prints for ``value``.

    Raises:
        JsonPathError: in client-go's words where it has some.
    """
    nodes, at = _parse(template, 0, nested=False)
    del at
    return "".join(_print(nodes, value, value))


def _parse(template: str, at: int, *, nested: bool) -> tuple[list[tuple[str, Any]], int]:
    """template = { text | "{" action "}" } ; action = "range" path | "end" | "\\"text\\"" | path"""
    nodes: list[tuple[str, Any]] = []
    while at < len(template):
        start = template.find("{", at)
        if start < 0:
            nodes.append(("text", template[at:]))
            at = len(template)
            break
        if start > at:
            nodes.append(("text", template[at:start]))
        end = _closing(template, start)
        action = template[start + 1 : end].strip()
        at = end + 1
        if action == "end":
            if not nested:
                raise JsonPathError("not in range, nothing to end")
            return nodes, at
        if action.startswith("range "):
            inner, at = _parse(template, at, nested=True)
            nodes.append(("range", (_path(action[6:].strip()), inner)))
        elif action[:1] in ("'", '"'):
            nodes.append(("text", action[1:-1].replace("\\n", "\n").replace("\\t", "\t")))
        else:
            nodes.append(("path", _path(action)))
    if nested:
        raise JsonPathError("unclosed range")
    return nodes, at


def _closing(template: str, start: int) -> int:
    quote = ""
    for i in range(start + 1, len(template)):
        char = template[i]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "}":
            return i
    raise JsonPathError("unclosed action")


def _path(text: str) -> list[tuple[str, Any]]:
    """path = [ "$" | "@" ] { "." name | ".." name | "[" selector "]" }"""
    steps: list[tuple[str, Any]] = []
    at = 0
    if text[:1] == "$":
        steps.append(("root", None))
        at = 1
    elif text[:1] == "@":
        at = 1
    while at < len(text):
        if text.startswith("..", at):
            steps.append(("deep", None))
            at += 2 if text[at + 2 : at + 3] != "[" else 1
            if text[at : at + 1] not in ("[", "."):
                name, at = _name(text, at)
                steps.append(("wild", None) if name == "*" else ("field", name))
        elif text[at] == ".":
            name, at = _name(text, at + 1)
            if name:
                steps.append(("wild", None) if name == "*" else ("field", name))
        elif text[at] == "[":
            end = _bracket(text, at)
            steps.append(_selector(text[at + 1 : end].strip()))
            at = end + 1
        else:
            raise JsonPathError(f"unrecognized character in action: U+{ord(text[at]):04X} '{text[at]}'")
    return steps


def _name(text: str, at: int) -> tuple[str, int]:
    out = ""
    while at < len(text) and text[at] not in ".[]":
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        out += text[at]
        at += 1
    return out, at


def _bracket(text: str, at: int) -> int:
    depth = 0
    quote = ""
    for i in range(at, len(text)):
        char = text[i]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if not depth:
                return i
    raise JsonPathError("unterminated array")


def _selector(text: str) -> tuple[str, Any]:
    if text == "*":
        return "wild", None
    if text.startswith("?(") and text.endswith(")"):
        return "filter", _condition(text[2:-1].strip())
    if text[:1] in ("'", '"'):
        return "field", text[1:-1]
    parts = text.split(":")
    try:
        numbers = [int(p) if p.strip() else None for p in parts]
    except ValueError:
        raise JsonPathError(f"invalid array index {text}") from None
    if len(numbers) == 1:
        if "," in text:
            raise JsonPathError(f"invalid array index {text}")
        return "index", numbers[0]
    return "slice", numbers


def _condition(text: str) -> tuple[list[tuple[str, Any]], str, Any]:
    for operator in ("==", "!=", "<=", ">=", "<", ">"):
        left, found, right = text.partition(operator)
        if found:
            right = right.strip()
            wanted: Any
            if right[:1] in ("'", '"'):
                wanted = right[1:-1]
            elif right in ("true", "false"):
                wanted = right == "true"
            else:
                try:
                    wanted = float(right)
                except ValueError:
                    raise JsonPathError(f"unrecognized value in filter: {right}") from None
            return _path(left.strip()), operator, wanted
    return _path(text), "", None


def _print(nodes: list[tuple[str, Any]], value: Any, root: Any) -> list[str]:
    out: list[str] = []
    for kind, data in nodes:
        if kind == "text":
            out.append(data)
        elif kind == "range":
            path, inner = data
            for item in _find(path, value, root):
                out += _print(inner, item, root)
        else:
            out.append(" ".join(_shown(v) for v in _find(data, value, root)))
    return out


def _find(path: list[tuple[str, Any]], value: Any, root: Any) -> list[Any]:
    found = [value]
    for kind, data in path:
        found = _step(kind, data, found, root)
    return found


def _step(kind: str, data: Any, found: list[Any], root: Any) -> list[Any]:
    if kind == "root":
        return [root]
    out: list[Any] = []
    for value in found:
        if kind == "deep":
            out += _descendants(value)
        elif kind == "field":
            if isinstance(value, dict) and data in value:
                out.append(value[data])
            elif len(found) == 1:
                raise JsonPathError(f"{data} is not found")
        elif kind == "wild":
            out += [value[k] for k in sorted(value)] if isinstance(value, dict) else list(value or ())
        elif kind == "index":
            if not isinstance(value, list):
                raise JsonPathError(f"{_shown(value)} is not array or slice and cannot be indexed")
            if not -len(value) <= data < len(value):
                raise JsonPathError(f"array index out of bounds: index {data}, length {len(value)}")
            out.append(value[data])
        elif kind == "slice":
            out += value[slice(*data)] if isinstance(value, list) else []
        else:
            items = value if isinstance(value, list) else []
            out += [item for item in items if _fits(data, item, root)]
    return out


_OPERATORS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def _fits(condition: tuple[list[tuple[str, Any]], str, Any], item: Any, root: Any) -> bool:
    path, operator, wanted = condition
    try:
        found = _find(path, item, root)
    except JsonPathError:
        return False
    if not operator:
        return bool(found)
    if len(found) != 1 or type(found[0]) is not type(wanted):
        return False
    value = found[0]
    return isinstance(value, (str, int, float)) and bool(_OPERATORS[operator](value, wanted))


def _descendants(value: Any) -> list[Any]:
    out = [value]
    if isinstance(value, dict):
        for key in sorted(value):
            out += _descendants(value[key])
    elif isinstance(value, list):
        for item in value:
            out += _descendants(item)
    return out if isinstance(value, (dict, list)) else []


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    from steersman.gojson import dumps

    return dumps(value)
