"""Functions that compiled templates call besides template functions: printing, ranging, checking.

Every name here that begins with one underscore is visible to compiled code. Everything slow or
rare lives elsewhere and is imported when it is needed.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.values import GoStruct, call_without_arguments, is_nil, kind_name, method_of, type_name
from steersman.gotemplate.builtins import equal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

    from steersman.gotemplate.definition import Running
    from steersman.gotemplate.output import Write


def _text(value: Any) -> str:
    """Print the value of an action."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if value is None:
        return "<no value>"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind_name(value) == "func":
        raise go_errors.EvalError(f"can't print a value of type {type_name(value)}")
    from steersman.go.fmt import format_value

    if isinstance(value, GoStruct):
        if value.go_string_of_pointer:
            return str(call_without_arguments(value, "String"))
        if value.go_pointer and method_of(value, "String") is None:
            # go: a pointer is followed once before it is printed.
            return format_value(value)[1:]
    return format_value(value)


def _result_text(value: Any) -> str:
    """Print the value of an action that is a function's result: there is no pointer to it."""
    if isinstance(value, GoStruct) and value.go_string_of_pointer:
        from steersman.go.fmt import format_value

        return format_value(value)
    return _text(value)


def _elements(value: Any) -> Iterable[Any]:
    """Return the elements for ``range`` with at most one variable."""
    kind = type(value)
    if kind is list:
        return value  # type: ignore[no-any-return]
    if kind is dict:
        return [v for _, v in sorted(value.items(), key=_first)]
    if value is None:
        return ()
    if isinstance(value, dict):
        return [v for _, v in sorted(value.items(), key=_first)]
    if isinstance(value, list):
        return value
    if isinstance(value, int) and kind is not bool:
        return range(value) if kind is int else [kind(i) for i in range(value)]
    if isinstance(value, bytes):
        from steersman.go.values import Uint8

        return [Uint8(b) for b in value]
    raise go_errors.EvalError(f"range can't iterate over {_shown(value)}")


def _pairs(value: Any) -> Iterable[tuple[Any, Any]]:
    """Return the pairs for ``range`` with two variables."""
    kind = type(value)
    if kind is dict:
        return sorted(value.items(), key=_first)
    if kind is list:
        return enumerate(value)
    if value is None:
        return ()
    if isinstance(value, dict):
        return sorted(value.items(), key=_first)
    if isinstance(value, int) and kind is not bool:
        raise go_errors.EvalError(f"can't use {_shown(value)} to iterate over more than one variable")
    return enumerate(_elements(value))


def _first(item: tuple[Any, Any]) -> Any:
    return item[0]


def _shown(value: Any) -> str:
    """A value in an error text: a nil pointer is followed to nothing."""
    from steersman.go.fmt import format_value

    if is_nil(value) and not isinstance(value, (dict, list)):
        return "<nil>"
    text = format_value(value)
    return text[1:] if isinstance(value, GoStruct) and value.go_pointer and text[:1] == "&" else text


def _refuse(message: str) -> NoReturn:
    """Fail with what the compiler found wrong."""
    raise go_errors.EvalError(message)


def _without_dot(write: Write, templates: Running, context: Any) -> None:
    """Run the variant of the calling template that is for a nil cursor."""
    import sys

    templates.run_without_dot(sys._getframe(1).f_code, write, context)


def _part(dot: Any, write: Write, templates: Running, context: Any, number: int, outer: tuple[Any, ...]) -> None:
    """Run a branch that is a function of its own."""
    import sys

    run = templates.find_part(sys._getframe(1).f_code, number)
    if outer:
        run(dot, write, templates, context, outer)
    else:
        run(dot, write, templates, context)


def _string(value: Any) -> str:
    """Accept or refuse a value for a parameter that is a string."""
    if type(value) is str:
        return value
    return _check("string", value)  # type: ignore[no-any-return]


def _string_field(value: Any) -> str:
    """Accept or refuse a field for a parameter that is a string."""
    if type(value) is str:
        return value
    return _check("string", value, has_type=True)  # type: ignore[no-any-return]


def _eq(left: Any, right: Any) -> bool:
    """Compare with a constant."""
    return bool(left == right) if type(left) is type(right) else equal(left, right)


def _ne(left: Any, right: Any) -> bool:
    """Compare with a constant."""
    return bool(left != right) if type(left) is type(right) else not equal(left, right)


def _verb_s(value: Any) -> str:
    """Format one value by ``%s``."""
    return value if type(value) is str else _verb("%s", value)


def _verb_v(value: Any) -> str:
    """Format one value by ``%v``."""
    return value if type(value) is str else _verb("%v", value)


def _verb_d(value: Any) -> str:
    """Format one value by ``%d``."""
    return str(value) if type(value) is int else _verb("%d", value)


def _check(word: str, value: Any, *, has_type: bool = False) -> Any:
    """Accept or refuse an argument."""
    if type(value) is dict and word == "map":
        return value
    from steersman.gotemplate.arguments import check

    return check(word, value, has_type=has_type)


def _nil(word: str) -> Any:
    """A nil of a parameter's type."""
    from steersman.gotemplate.arguments import check

    return check(word, None, has_type=False)


def _typed(word: str, number: int) -> Any:
    """A constant of a parameter's type."""
    if word == "duration":
        from steersman.gotemplate.times import Duration

        return Duration(number)
    from steersman.go.values import Int64, Uint32

    return Uint32(number) if word == "uint32" else Int64(number)


def _literal(text: str, value: Any, *numbers: Any) -> Any:
    """A constant that a method gets."""
    from steersman.gotemplate.arguments import Literal

    return Literal(text, value, *numbers)


def _of_interface(value: Any, is_typed: bool = True) -> Any:
    """A field or element that a method gets: Go words a nil among them differently."""
    from steersman.gotemplate.arguments import NIL_INTERFACE

    return NIL_INTERFACE if value is None and is_typed else value


def _receiver(value: Any, name: str, *, is_field: bool = False) -> Any:
    """Return a value whose method ``name`` is about to be called with arguments.

    Raises:
        EvalError: where it has no such method.
    """
    if (value is not None and method_of(value, name) is None) or (value is None and is_field):
        _call_method(value, name, is_field=is_field)
    return value


def _call_method(receiver: Any, name: str, *args: Any, is_field: bool = False) -> Any:
    """Call a method with arguments; ``is_field`` says that a nil receiver came as an empty interface."""
    if receiver is None:
        if is_field:
            raise go_errors.EvalError(f"nil pointer evaluating interface {{}}.{name}")
        return None
    owner = method_of(receiver, name)
    if owner is not None:
        from steersman.gotemplate.arguments import call_method

        return call_method(owner, name, args)
    if isinstance(receiver, GoStruct):
        found, _ = receiver.go_find(name)
        if found:
            raise go_errors.EvalError(f"{name} has arguments but cannot be invoked as function")
    elif isinstance(receiver, dict):
        raise go_errors.EvalError(f"{name} is not a method but has arguments")
    raise go_errors.EvalError(f"can't evaluate field {name} in type {type_name(receiver)}")


def _field(value: Any, name: str) -> Any:
    """One field whose name may be a method of a map."""
    if value is None:
        return None
    owner = method_of(value, name)
    if owner is not None:
        return call_without_arguments(owner, name)
    return value.get(name)


def _verb(verb: str, value: Any) -> str:
    """Format one value by one plain verb."""
    from steersman.go.fmt import Format

    return Format().argument(value, verb[1:])
