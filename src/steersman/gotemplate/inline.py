"""Functions that compiled code does not call but has written out in place.

A row of a function table names one of these forms when the function behaves so: ``and`` and ``or``
are Python's, ``default d x`` is ``x or d``, ``dict`` is a display, a simple ``printf`` a concatenation.
Each returns None where only a call will do.
"""

from __future__ import annotations

from steersman.gotemplate import nodes as n
from steersman.gotemplate.emit import Emitter, Place
from steersman.gotemplate.expression import ONE_TYPE, Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def _inline_and(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    return _joined(out, " and ", values, command)


def _inline_or(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    return _joined(out, " or ", values, command)


def _joined(out: Emitter, word: str, values: list[Expression], command: n.Node) -> Expression:
    kinds = {v.kind for v in values}
    kind = kinds.pop() if len(kinds) == 1 else "any"
    code = "(" + word.join(v.code for v in values) + ")"
    return Expression(code, command, kind, may_be_nil=any(v.may_be_nil for v in values))


def _inline_not(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    return Expression(f"(not {values[0].code})", command, "bool", may_be_nil=False)


def _inline_eq(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    return _compared(out, "==", "eq", values, command)


def _inline_ne(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    return _compared(out, "!=", "ne", values, command)


def _compared(out: Emitter, sign: str, name: str, values: list[Expression], command: n.Node) -> Expression | None:
    """Equality with a constant of a known type, or of two values of one known type."""
    if len(values) != 2:
        return None
    left, right = values
    if left.kind == right.kind and left.kind in ONE_TYPE:
        return Expression(f"({left.code} {sign} {right.code})", command, "bool", may_be_nil=False)
    if right.literal is None or right.kind not in ONE_TYPE or left.kind in ONE_TYPE:
        return None
    place = out.mark(Place(command, function=name))
    return Expression(f"{place}_{name}({left.code}, {right.code})", command, "bool", may_be_nil=False)


def _inline_len(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    """A call that knows which kind of nil it may get."""
    value = values[0]
    if value.has_typed_nil and not value.missing:
        return None
    is_bare = f"{value.missing} is None" if value.has_typed_nil else "True"
    place = out.mark(Place(command, function="len"))
    return Expression(f"{place}f_len({value.code}, is_bare={is_bare})", command, "int", may_be_nil=False)


def _inline_call(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    """A call that knows how the template writes what it calls."""
    first = command.args[1] if isinstance(command, n.CommandNode) and len(command.args) > 1 else None
    # go: a parenthesis prints without its parentheses here; a piped function has no text of its own.
    name = str(first) if first is not None else "<func Value>"
    place = out.mark(Place(command, function="call"))
    codes = ", ".join(v.code for v in values)
    return Expression(f"{place}f_call({name!r}, {codes})", command)


def _inline_default(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    """``default d x`` is ``x or d`` when getting ``d`` has no effect."""
    if len(values) != 2 or not values[0].is_simple:
        return None
    fallback, given = values
    kind = given.kind if given.kind == fallback.kind else "any"
    may_be_nil = fallback.may_be_nil
    return Expression(f"({given.code} or {fallback.code})", command, kind, may_be_nil=may_be_nil)


def _inline_empty(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    return _inline_not(out, values, command)


def _inline_list(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    return Expression(f"[{', '.join(v.code for v in values)}]", command, "list", may_be_nil=False)


def _inline_dict(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    """A dict display, when the keys are string constants and each has a value."""
    keys, rest = values[::2], values[1::2]
    if len(keys) != len(rest) or any(not isinstance(k.literal, n.StringNode) for k in keys):
        return None
    code = ", ".join(f"{k.code}: {v.code}" for k, v in zip(keys, rest))
    return Expression(f"{{{code}}}", command, "map", may_be_nil=False)


def _inline_printf(out: Emitter, values: list[Expression], command: n.Node) -> Expression | None:
    """A concatenation, when the format is a constant with plain ``%s``, ``%d`` and ``%v`` only."""
    if not isinstance(values[0].literal, n.StringNode):
        return None
    pieces = _split_format(values[0].literal.text)
    if pieces is None or sum(p[0] == "verb" for p in pieces) != len(values) - 1:
        return None
    arguments = iter(values[1:])
    codes: list[str] = []
    for kind, text in pieces:
        if kind == "text":
            codes.append(repr(text))
            continue
        value = next(arguments)
        if value.kind == "string" and text in "sv":
            codes.append(value.code)
        else:
            codes.append(f"_verb_{text}({value.code})")
    return Expression(f"({' + '.join(codes) or repr('')})", command, "string", may_be_nil=False)


def _split_format(text: str) -> list[tuple[str, str]] | None:
    """Take a simple format apart into ("text", …) and ("verb", letter); None when it is not simple."""
    pieces: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        percent = text.find("%", at)
        if percent < 0:
            pieces.append(("text", text[at:]))
            break
        if percent > at:
            pieces.append(("text", text[at:percent]))
        verb = text[percent + 1 : percent + 2]
        if verb == "%":
            pieces.append(("text", "%"))
        elif verb and verb in "sdv":
            pieces.append(("verb", verb))
        else:
            return None
        at = percent + 2
    return pieces


INLINE: dict[str, Callable[[Emitter, list[Expression], n.Node], Expression | None]] = {
    "and": _inline_and,
    "or": _inline_or,
    "not": _inline_not,
    "eq": _inline_eq,
    "ne": _inline_ne,
    "default": _inline_default,
    "empty": _inline_empty,
    "list": _inline_list,
    "dict": _inline_dict,
    "printf": _inline_printf,
    "len": _inline_len,
    "call": _inline_call,
}
