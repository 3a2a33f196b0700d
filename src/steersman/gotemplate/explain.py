"""An exception out of compiled code to the error Go would have given.

The innermost frame of compiled code and its line say which node it was; the compiler, run again on
the same text, says what stands on that line. A frame of the interpreter has the node in a local. A bare
``KeyError``, ``TypeError`` or ``AttributeError`` there is a field chain that went wrong: the chain is followed
again, slowly, to see where.
"""

from __future__ import annotations

import sys

from steersman import errors
from steersman.go import errors as go_errors
from steersman.go.values import GoStruct, call_without_arguments, is_nil, method_of, type_name
from steersman.gotemplate import errors as template_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from steersman.gotemplate.definition import Definition, Running
    from steersman.gotemplate.emit import Place
    from steersman.gotemplate.nodes import Node

# go: how deep {{template}} may call itself.
MAX_DEPTH = 100_000


def explain(templates: Running, error: BaseException) -> template_errors.ExecError | None:
    """Return what Go would say of ``error``; None when it is not the template's doing."""
    found = _innermost(templates, error)
    if found is None:
        return None
    definition, frame, place = found
    if isinstance(error, go_errors.EvalError):
        message = _chain_problem(templates, frame, place) or str(error)
        argument = place.arguments[error.argument] if 0 <= error.argument < len(place.arguments) else None
        return _at(definition, place, message, called=argument)
    if isinstance(error, errors.TemplateError):
        function = getattr(error, "function", "") if isinstance(error, go_errors.CallError) else ""
        function = function or place.function
        return _at(definition, place, f"error calling {function}: {error}", error, function, place.called)
    if isinstance(error, RecursionError):
        from steersman.gotemplate.nodes import TemplateNode

        # go: a value that contains itself would end the program.
        is_call = place.function or not isinstance(place.node, TemplateNode)
        message = "value nests too deeply" if is_call else f"exceeded maximum template depth ({MAX_DEPTH})"
        return _at(definition, place, message)
    message = _chain_problem(templates, frame, place) or _undeclared(error, place)
    return _at(definition, place, message) if message else None


def _undeclared(error: BaseException, place: Place) -> str:
    """Return the complaint about a variable whose declaration an ``and`` or ``or`` has skipped."""
    from steersman.gotemplate.nodes import VariableNode

    if isinstance(error, UnboundLocalError) and isinstance(place.node, VariableNode):
        return f"undefined variable: {place.node.names[0]}"
    return ""


def _chain_problem(templates: Running, frame: FrameType, place: Place) -> str:
    if not place.fields or place.base not in frame.f_locals:
        return ""
    try:
        return chain_problem(frame.f_locals[place.base], place, is_strict=templates.missing_key == "error")
    except go_errors.EvalError as err:
        return str(err)


def _innermost(templates: Running, error: BaseException) -> tuple[Definition, FrameType, Place] | None:
    """The innermost frame that runs a template, compiled or interpreted, with what it was doing."""
    found: tuple[FrameType, int] | None = None
    interpreter = getattr(sys.modules.get("steersman.gotemplate.interpreter"), "__dict__", None)
    trace = error.__traceback__
    while trace is not None:
        names = trace.tb_frame.f_globals
        if names is templates.namespace or (names is interpreter and "at" in trace.tb_frame.f_locals):
            found = trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
    if found is None:
        return None
    frame, line = found
    if frame.f_globals is interpreter:
        return frame.f_locals["self"].definition, frame, _interpreted(frame.f_locals)
    definition = templates.definition_of(frame.f_code)
    place = templates.place_of(definition, line) if definition is not None else None
    return (definition, frame, place) if definition is not None and place is not None else None


def _interpreted(variables: dict[str, Any]) -> Place:
    """The place that the locals of a method of the interpreter describe."""
    from steersman.gotemplate.emit import Place

    names = variables.get("names", ())
    return Place(
        variables["at"],
        variables.get("function", ""),
        "base" if names else "",
        names,
        has_typed_nil=variables.get("is_typed", False),
        called=variables.get("called"),
        arguments=variables.get("arguments", ()),
    )


def _at(
    definition: Definition,
    place: Place,
    message: str,
    cause: BaseException | None = None,
    function: str = "",
    called: Node | None = None,
) -> template_errors.ExecError:
    node = called or place.node
    line, column = position(definition.text, node.pos)
    return template_errors.ExecError(
        definition.parse_name, line, column, definition.name, str(node), message, cause, function
    )


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line (from 1) and column (from 0, in bytes) of an offset in characters."""
    start = text.rfind("\n", 0, offset) + 1
    column = len(text[start:offset].encode("utf-8", "surrogateescape"))
    return text.count("\n", 0, offset) + 1, column


def chain_problem(base: Any, place: Place, *, is_strict: bool) -> str:
    """Follow a field chain as Go does; return what it complains about, or ``""``.

    An element of a map or list of ``interface{}`` has, in Go's messages, that type and not
    the type of what is in it.
    """
    value, is_interface = base, place.has_typed_nil
    for name in place.fields:
        shown = "interface {}" if is_interface else type_name(value)
        if value is None:
            if is_interface:
                return f"nil pointer evaluating interface {{}}.{name}"
            return f'nil data; no entry for key "{name}"' if is_strict else ""
        owner = method_of(value, name)
        if owner is not None:
            value, is_interface = call_without_arguments(owner, name), False
        elif isinstance(value, dict):
            if name not in value and is_strict:
                return f'map has no entry for key "{name}"'
            is_interface = getattr(value, "go_elem", "interface {}") == "interface {}"
            value = dict.get(value, name, getattr(value, "go_zero", None))
        elif isinstance(value, GoStruct):
            found, value = value.go_find(name)
            is_interface = False
            if not found:
                return f"can't evaluate field {name} in type {shown}"
        elif is_nil(value) and not isinstance(value, list | bytes):
            return f"nil pointer evaluating {shown}.{name}"
        else:
            return f"can't evaluate field {name} in type {shown}"
    return ""
