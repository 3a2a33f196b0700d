"""The likely fix of a broken chart: tables from an error and what is known around it to a sentence.

Every fix is tried: ``tests/insight/test_failures.py`` has a broken chart for each and applies what the sentence says.
"""

from __future__ import annotations

import re

from steersman.insight.nearness import edits, most_edits
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from steersman.insight.value_origins import ValueOrigin


class Clues(Record):
    """The circumstances of an error in a template.

    Attributes:
        message: what is wrong, without the place.
        context: the piece of template that failed, as Go prints it, or ``""``.
        template: the text of the template.
        line: in it, from 1.
        values: what was read for what failed, the last one last.
        because: the values that decided that it is there.
        defines: the names of all templates.
    """

    message: str
    context: str = ""
    template: str = ""
    line: int = 0
    values: tuple[ValueOrigin, ...] = ()
    because: tuple[ValueOrigin, ...] = ()
    defines: tuple[str, ...] = ()


def likely_fix(clues: Clues) -> str:
    """Return a sentence that says what to change in a template or in values, or ``""``."""
    for pattern, fix in _TEMPLATE:
        found = re.search(pattern, clues.message)
        if found:
            text = fix(clues, found)
            if text:
                return text
    return ""


def _last(clues: Clues) -> ValueOrigin | None:
    return clues.values[-1] if clues.values else None


def _kind(value: Any) -> str:
    kinds = {bool: "a boolean", str: "a text", dict: "a map", list: "a list", type(None): "not set"}
    return kinds.get(type(value), "a number")


def _absent(clues: Clues, found: re.Match[str]) -> str:
    field = found[1]
    base, dot, rest = clues.context.partition(f".{field}")
    if not dot or not base or not clues.context.startswith((".", "$")):
        return ""
    inner = f"({base}).{field}"
    for name in rest.split(".")[1:]:
        inner = f"({inner}).{name}"
    path = base.rpartition(".Values.")[2] if ".Values." in base else base
    return f"{path} is not set; set it, or write {inner} where it may be absent"


def _not_a_map(clues: Clues, found: re.Match[str]) -> str:
    value = _last(clues)
    if value is None:
        return ""
    # a field of the result of a function has the last argument for context
    base = clues.context.partition(f".{found[1]}")[0] if clues.context.startswith((".", "$")) else ""
    path = base.rpartition(".Values.")[2] or value.path
    return f"{path} is not a map, and the template reads {found[1]} of it; make it a map"


def _map_wanted(clues: Clues, _found: re.Match[str]) -> str:
    value = _last(clues)
    if value is None:
        return ""
    if value.value is not None:
        return f"{value.path} is {_kind(value.value)}; make it a map"
    if not clues.context.startswith((".", "$")):
        return f"{value.path} is not set; set it to a map"
    return f"{value.path} is not set; set it to a map, or write ({clues.context} | default dict)"


def _index_of_nothing(clues: Clues, _found: re.Match[str]) -> str:
    value = next((one for one in clues.values if one.value is None), None)
    return f"{value.path} is not set; set it" if value is not None else ""


def _required(clues: Clues, _found: re.Match[str]) -> str:
    value = _last(clues)
    return f"set {value.path}, with --set {value.path}=... or in a values file" if value is not None else ""


def _failed(clues: Clues, _found: re.Match[str]) -> str:
    names = " or ".join(value.path for value in clues.because if not value.path.startswith("."))
    return f"the chart refuses these values; change {names}" if names else ""


def _unknown_template(clues: Clues, found: re.Match[str]) -> str:
    meant = _nearest(found[1], clues.defines)
    return f'did you mean "{meant}"?' if meant else "define it, or add the chart that does to the dependencies"


def _not_a_string(clues: Clues, _found: re.Match[str]) -> str:
    if clues.context.startswith((".", "$")):
        return f"write ({clues.context} | toString)"
    return f"write | toString before | {clues.context}" if clues.context.isidentifier() else ""


def _not_a_list(clues: Clues, _found: re.Match[str]) -> str:
    value = _last(clues)
    return f"{value.path} is {_kind(value.value)}; make it a list" if value is not None else ""


_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\((?:[^()]|\([^()]*\))*\)[\w.]*|[^\s()]+')


def _incompatible(clues: Clues, found: re.Match[str]) -> str:
    """Two kinds that cannot be compared: the one that is read becomes what the other is written as."""
    value = _last(clues)
    name, *words = _WORD.findall(clues.context)
    if value is None or not words:
        return ""
    literal = next((word for word in words if _LITERAL.fullmatch(word)), "")
    read = [word for word in words if word != literal]
    if not read:
        # the value came through a pipe
        function = "toString" if literal[0] in '"`' else "float64" if "." in literal else "int"
        is_convertible = function == "toString" or value.value is None or _is_number(str(value.value))
        return f"write | {function} before | {clues.context}" if is_convertible and literal[0] not in "tf" else ""
    if not literal:
        is_numeric = not re.search(r"string|bool|nil", clues.message.partition("comparison")[2] or "nil")
        if len(read) < 2 or (name in ("eq", "ne") and not is_numeric):
            as_texts = " ".join(f"(toString {word})" for word in read)
            return f"these are of different kinds; compare them as texts: {name} {as_texts}"
        return f"these are of different kinds; compare them as numbers: {name} " + " ".join(
            f"(float64 {word})" for word in read
        )
    is_text = literal[0] in '"`'
    shown = f"{value.path} is {_kind(value.value)}"
    if is_text:
        return f"{shown}; compare (toString {read[0]})"
    if literal in ("true", "false"):
        return f'{shown}; compare (toString {read[0]}) with "{literal}"'
    if isinstance(value.value, str) and not _is_number(value.value):
        return f"{shown}, and is compared with {literal}; make it a number"
    if isinstance(value.value, (dict, list)):
        return f"{shown}, and is compared with {literal}; make it a number"
    is_whole = "." not in literal and (value.value is None or float(value.value).is_integer())
    if not is_whole and "." not in literal and name in _ORDERS:
        return f"{shown}, and not a whole one; compare (float64 {read[0]}) with {literal}.0"
    return f"{shown}; compare ({'int' if is_whole else 'float64'} {read[0]})"


_ORDERS = ("lt", "le", "gt", "ge", "eq", "ne")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|[-+]?\d[\w.]*|true|false')


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(\.\d+)?", text) is not None


def _out_of_range(clues: Clues, _found: re.Match[str]) -> str:
    value = next((one for one in reversed(clues.values) if isinstance(one.value, list)), None)
    if value is None:
        return ""
    if not value.value:
        return f"{value.path} is empty; give it an item"
    count = len(value.value)
    return f"{value.path} has {count} item{'s' if count > 1 else ''}: the last one has the index {count - 1}"


def _length_of_nothing(clues: Clues, _found: re.Match[str]) -> str:
    value = _last(clues)
    read = clues.context.partition(" ")[2]
    if value is None or not read:
        return ""
    return f"{value.path} is not set; set it, or write ({read} | default list)"


def _zero(clues: Clues, _found: re.Match[str]) -> str:
    value = next((one for one in reversed(clues.values) if one.value == 0), None)
    return f"{value.path} must not be 0" if value is not None else ""


def _not_a_version(clues: Clues, _found: re.Match[str]) -> str:
    value = _last(clues)
    return f"{value.path} must be a version, such as 1.2.3" if value is not None else ""


def _end_missing(clues: Clues, _found: re.Match[str]) -> str:
    word, line = unclosed(clues.template)
    return f"the {word} on line {line} has no {{{{ end }}}}" if word else ""


def _end_too_many(_clues: Clues, _found: re.Match[str]) -> str:
    return "this end closes nothing; remove it, or find the statement above whose end came too early"


def _unknown_variable(clues: Clues, found: re.Match[str]) -> str:
    declared = set(re.findall(r"(\$\w+)\s*(?:,\s*\$\w+\s*)?:=", clues.template)) | set(
        re.findall(r",\s*(\$\w+)\s*:=", clues.template)
    )
    meant = _nearest(found[1], declared)
    return (
        f"did you mean {meant}?" if meant else f"declare it before: {{{{ {found[1]} := ... }}}}, outside of any block"
    )


def _quote_missing(clues: Clues, _found: re.Match[str]) -> str:
    return "a quotation mark is missing on this line"


def _brace_missing(clues: Clues, _found: re.Match[str]) -> str:
    return "the action on this line has no }}"


_TEMPLATE: list[tuple[str, Callable[[Clues, re.Match[str]], str]]] = [
    (r"nil pointer evaluating interface \{\}\.(\w+)", _absent),
    (r"can't evaluate field (\w+) in type", _not_a_map),
    (r'no template "([^"]+)"', _unknown_template),
    (r'template "([^"]+)" not defined', _unknown_template),
    (r"expected string; got", _not_a_string),
    (r"range can't iterate over", _not_a_list),
    (r"incompatible types for comparison|invalid type for comparison", _incompatible),
    (r"expected map\[string\]interface \{\}; got", _map_wanted),
    (r"index of (?:untyped )?nil", _index_of_nothing),
    (r"index out of range", _out_of_range),
    (r"len of nil pointer", _length_of_nothing),
    (r"divide by zero", _zero),
    (r"[Ii]nvalid [Ss]emantic [Vv]ersion|improper constraint", _not_a_version),
    (r"unexpected EOF", _end_missing),
    (r"unexpected \{\{end\}\}", _end_too_many),
    (r'undefined variable "(\$\w+)"', _unknown_variable),
    (r"unterminated (?:raw )?quoted string", _quote_missing),
    (r"unclosed action|unexpected \"\}\"", _brace_missing),
    (r"^required:", _required),
    (r"^fail:", _failed),
]

_ACTION = re.compile(r"\{\{-?\s*+(/\*|(?:if|range|with|define|block|end)\b)")


def unclosed(template: str) -> tuple[str, int]:
    """Return the innermost statement that has no ``end``, and its line; ``("", 0)`` where all have one.

    >>> unclosed("a\\n{{ if .x }}b\\n{{ range .y }}{{ end }}")
    ('if', 2)
    >>> unclosed("{{/* {{ if .x }} */}}{{ with .y }}")
    ('with', 1)
    """
    open_: list[tuple[str, int]] = []
    at, last_comment = 0, template.rfind("*/")
    while (found := _ACTION.search(template, at)) is not None:
        at = found.end()
        if found[1] == "/*":
            at = template.index("*/", at) if at <= last_comment else at
        elif found[1] != "end":
            open_.append((found[1], found.start()))
        elif open_:
            open_.pop()
    return (open_[-1][0], template.count("\n", 0, open_[-1][1]) + 1) if open_ else ("", 0)


def _nearest(name: str, known: Iterable[str]) -> str:
    ranked = sorted((distance, one) for one in known if (distance := edits(name, one, most_edits(name))) > 0)
    return ranked[0][1] if ranked else ""
