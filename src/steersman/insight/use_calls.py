"""The template functions that do more with a value than read it, or read less of it than all.

``CALLS`` is a table: a function notes what a call uses and returns what its result may be.
"""

from __future__ import annotations

import re

from steersman.gotemplate import nodes as n
from steersman.insight.possible import ELEMENT, NOTHING, UNKNOWN, Possible, union
from steersman.insight.reads import VALUES
from steersman.insight.use import ANY, FIELD, KEYED, LOOP, PRINTED, TEMPLATE, TEST, WHOLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from steersman.insight.use import Call, Noting

_VERB = re.compile(r"%[-+# 0]*[0-9]*(?:\.[0-9]+)?[a-zA-Z%]")


def _default_call(uses: Noting, call: Call) -> Possible:
    result = NOTHING
    for value in call.values:
        uses.note(value, TEST, call.place, call.guards)
        result = union(result, value)
    return result


def _ternary_call(uses: Noting, call: Call) -> Possible:
    if not call.values:
        return UNKNOWN
    uses.note(call.values[-1], TEST, call.place, call.guards)
    result = NOTHING
    for value in call.values[:-1]:
        result = union(result, value)
    return result


def _required_call(uses: Noting, call: Call) -> Possible:
    if not call.values:
        return UNKNOWN
    uses.note(call.values[-1], TEST, call.place, call.guards)
    return certain(call.values[-1])


def _dict_call(uses: Noting, call: Call) -> Possible:
    fields: dict[str, Possible] = {}
    for key, value in zip(call.values[::2], call.values[1::2]):
        constant = key.constant()
        fields[constant if isinstance(constant, str) else ELEMENT] = value
    for key in call.values[::2]:
        uses.note(key, PRINTED, call.place, call.guards)
    return Possible(fields=fields, is_never_nil=True)


def _list_call(uses: Noting, call: Call) -> Possible:
    items = NOTHING
    for value in call.values:
        items = union(items, value)
    return Possible(items=items, is_never_nil=True)


def _set_call(uses: Noting, call: Call) -> Possible:
    if len(call.values) != 3:
        return UNKNOWN
    target, key, value = call.values
    constant = key.constant()
    name = constant if isinstance(constant, str) else ELEMENT
    for path in target.paths:
        uses.assigned.add((*path, name))
    if target.fields is not None:
        known = target.fields.get(name)
        target.fields[name] = value if known is None else union(known, value)
    uses.note(target, ANY, call.place, call.guards)
    return target


def _unset_call(uses: Noting, call: Call) -> Possible:
    return call.values[0] if call.values else UNKNOWN


def _merge_call(uses: Noting, call: Call) -> Possible:
    for path in call.values[0].paths if call.values else ():
        uses.assigned.add((*path, ELEMENT))
    for value in call.values:
        uses.note(value, ANY, call.place, call.guards)
    result = merged(call.values)
    if call.values and call.values[0].fields is not None and result.fields is not None:
        call.values[0].fields.update(result.fields)  # the first is changed in place
    return result


def _keyed_copy(uses: Noting, call: Call) -> Possible:
    for value in call.values[:1]:
        uses.note(value, ANY, call.place, call.guards)
        for key in call.values[1:]:
            constant = key.constant()
            if isinstance(constant, str):
                uses.note(value.field(constant), ANY, call.place, call.guards)
    return call.values[0] if call.values else UNKNOWN


def _index_call(uses: Noting, call: Call) -> Possible:
    return _entry(uses, call, call.values[0], call.values[1:]) if call.values else UNKNOWN


def _has_key_call(uses: Noting, call: Call) -> Possible:
    found = _entry(uses, call, call.values[0], call.values[1:]) if call.values else UNKNOWN
    uses.note(found, TEST, call.place, call.guards)
    return UNKNOWN


def _dig_call(uses: Noting, call: Call) -> Possible:
    if len(call.values) < 3:
        return UNKNOWN
    found = _entry(uses, call, call.values[-1], call.values[:-2], is_safe=True)
    return union(found, call.values[-2])


def _pluck_call(uses: Noting, call: Call) -> Possible:
    found = NOTHING
    for value in call.values[1:]:
        found = union(found, _entry(uses, call, value, call.values[:1], is_safe=True))
    return Possible(items=found, is_never_nil=True)


def _entry(uses: Noting, call: Call, value: Possible, keys: Iterable[Possible], *, is_safe: bool = False) -> Possible:
    for key in keys:
        constant = key.constant()
        uses.note(key, PRINTED, call.place, call.guards)
        if isinstance(constant, str):
            uses.note(value, FIELD, call.place, call.guards, constants=(constant,), is_safe=is_safe)
            value = value.field(constant)
        else:
            names = [one for one in key.constants if isinstance(one, str)]
            uses.note(value, KEYED, call.place, call.guards, is_safe=is_safe)
            found = value.element() if not names or key.paths or key.is_unknown else NOTHING
            for name in names:
                found = union(found, value.field(name))
            value = found
    return value


def _first_call(uses: Noting, call: Call) -> Possible:
    for value in call.values:
        uses.note(value, LOOP, call.place, call.guards)
    return call.values[0].element() if call.values else UNKNOWN


def _rest_call(uses: Noting, call: Call) -> Possible:
    """Functions that make a list of some of the items of lists, and of other values."""
    items = NOTHING
    for value in call.values:
        uses.note(value, LOOP, call.place, call.guards)
        items = union(items, value.element())
    return Possible(items=items, is_never_nil=True)


def _append_call(uses: Noting, call: Call) -> Possible:
    if len(call.values) != 2:
        return UNKNOWN
    uses.note(call.values[0], LOOP, call.place, call.guards)
    return Possible(items=union(call.values[0].element(), call.values[1]), is_never_nil=True)


def _deep_copy_call(uses: Noting, call: Call) -> Possible:
    for value in call.values:
        uses.note(value, ANY, call.place, call.guards)
    return call.values[0] if call.values else UNKNOWN


def _include_call(uses: Noting, call: Call) -> Possible:
    if call.values:
        dot = call.values[1] if len(call.values) > 1 else NOTHING
        uses.note(call.values[0], PRINTED, call.place, call.guards)
        uses.include(call.values[0], dot, call.place, call.guards, _pattern(call.args[0]) if call.args else "")
    return UNKNOWN


def _tpl_call(uses: Noting, call: Call) -> Possible:
    if len(call.values) != 2:
        return UNKNOWN
    text, dot = call.values
    uses.note(text, TEMPLATE, call.place, call.guards)
    for path in text.paths:
        default = uses.default_of(path) if path[0] == VALUES else None
        for one in _texts_in(default):
            uses.run_text(one, dot, call.place, call.guards)
    for constant in text.constants:
        if isinstance(constant, str) and "{{" in constant:
            uses.run_text(constant, dot, call.place, call.guards)
    return UNKNOWN


def _to_yaml_call(uses: Noting, call: Call) -> Possible:
    """Return what is printed whole; texts in it may be templates, should ``tpl`` get it."""
    for value in call.values:
        uses.note(value, WHOLE, call.place, call.guards)
    return Possible([path for value in call.values for path in value.paths if path[0] == VALUES], is_unknown=True)


def _print_call(uses: Noting, call: Call) -> Possible:
    for value in call.values:
        uses.note(value, PRINTED, call.place, call.guards)
    constants = [value.constant() for value in call.values]
    if constants and all(isinstance(one, str) for one in constants):
        return Possible(constants=("".join(constants),), is_never_nil=True)
    return UNKNOWN


def _printf_call(uses: Noting, call: Call) -> Possible:
    for value in call.values:
        uses.note(value, PRINTED, call.place, call.guards)
    constants = [value.constant() for value in call.values]
    if constants and all(isinstance(one, str) for one in constants):
        pieces = _VERB.split(constants[0])
        if len(pieces) == len(constants):
            rest = [*constants[1:], ""]
            return Possible(constants=("".join(a + b for a, b in zip(pieces, rest)),), is_never_nil=True)
    return UNKNOWN


def certain(value: Possible) -> Possible:
    """Return a value that is known not to be nil."""
    return Possible(
        value.paths,
        fields=value.fields,
        items=value.items,
        constants=value.constants,
        is_unknown=value.is_unknown,
        is_never_nil=True,
    )


def merged(values: Iterable[Possible]) -> Possible:
    result = NOTHING
    for value in values:
        result = union(result, value)
    return certain(result)


def _pattern(node: n.Node) -> str:
    """Return a pattern for the names that ``printf`` or ``print`` may make, or ``""``."""
    if not isinstance(node, n.PipeNode) or len(node.commands) != 1:
        return ""
    first, *args = node.commands[0].args
    if not isinstance(first, n.IdentifierNode) or first.name not in ("printf", "print"):
        return ""
    if first.name == "printf" and args and isinstance(args[0], n.StringNode):
        return ".*".join(map(re.escape, _VERB.split(args[0].text)))
    if first.name == "print":
        return "".join(re.escape(arg.text) if isinstance(arg, n.StringNode) else ".*" for arg in args)
    return ""


def _texts_in(value: Any) -> Iterator[str]:
    todo = [value]
    while todo:
        at = todo.pop()
        if isinstance(at, str):
            if "{{" in at:
                yield at
        elif isinstance(at, dict):
            todo += at.values()
        elif isinstance(at, list):
            todo += at


_ROWS: tuple[tuple[Callable[[Noting, Call], Possible], str], ...] = (
    (_default_call, "default coalesce"),
    (_ternary_call, "ternary"),
    (_required_call, "required"),
    (_dict_call, "dict"),
    (_list_call, "list tuple"),
    (_set_call, "set"),
    (_unset_call, "unset"),
    (_merge_call, "merge mergeOverwrite mustMerge mustMergeOverwrite"),
    (_keyed_copy, "omit pick"),
    (_index_call, "index get"),
    (_has_key_call, "hasKey"),
    (_dig_call, "dig"),
    (_pluck_call, "pluck"),
    (_first_call, "first last mustFirst mustLast"),
    (_rest_call, "rest initial reverse uniq mustUniq compact concat values sortAlpha slice without"),
    (_append_call, "append prepend mustAppend mustPrepend"),
    (_deep_copy_call, "deepCopy mustDeepCopy"),
    (_include_call, "include"),
    (_tpl_call, "tpl"),
    (_to_yaml_call, "toYaml toJson toPrettyJson toRawJson"),
    (_print_call, "print"),
    (_printf_call, "printf"),
)
CALLS = {name: call for call, names in _ROWS for name in names.split()}
