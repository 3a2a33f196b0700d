"""Arguments of functions and methods checked against signatures, as Go's ``text/template`` does by reflection."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.signature import GO_NAMES, count_problem, parse_signature
from steersman.go.values import Int64, NilList, NilMap, StringList, type_name
from steersman.gotemplate.values_map import ValuesMap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NILS: dict[str, type] = {"map": NilMap, "list": NilList, "strings": StringList, "bytes": bytes}
_EXACT: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "int": (int,),
    "int64": (Int64,),
    "bool": (bool,),
    "float64": (float,),
    "map": (dict, NilMap),
    "list": (list, NilList),
    "bytes": (bytes,),
}


def check_arguments(name: str, text: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return ``args`` as the method or function ``name`` may receive them.

    Raises:
        EvalError: wrong number or wrong type, in Go's words.
    """
    signature = parse_signature(text)
    problem = count_problem(name, signature, len(args), len(args))
    if problem:
        raise go_errors.EvalError(problem)
    checked = []
    for at, value in enumerate(args):
        try:
            checked.append(check(signature.word(at), value))
        except go_errors.EvalError as err:
            err.argument = at
            raise
    return tuple(checked)


def call_method(owner: Any, name: str, args: tuple[Any, ...]) -> Any:
    """Call a method with arguments checked against its signature."""
    target, signature = owner.go_methods[name]
    if args or signature[:2] != "->":
        args = check_arguments(name, signature, args)
    try:
        return target(owner, *args)
    except go_errors.CallError as err:
        err.function = err.function or name
        raise


class Literal:
    """A constant as an argument of a method: which type it has is for the method to say.

    ``text`` is how the template writes it, ``value`` what it is where anything goes; the others are
    the number it is as an integer, an unsigned integer and a float, or None.
    """

    __slots__ = ("float_value", "int_value", "text", "uint_value", "value")

    def __init__(
        self,
        text: str,
        value: Any,
        int_value: int | None = None,
        uint_value: int | None = None,
        float_value: float | None = None,
    ) -> None:
        self.text = text
        self.value = value
        self.int_value = int_value
        self.uint_value = uint_value
        self.float_value = float_value

    def as_word(self, word: str) -> Any:
        """Return the constant as a parameter of type ``word``.

        Raises:
            EvalError: when it cannot be one.
        """
        if word == "any":
            return self.value
        if self.text == "nil":
            if word in _NILS:
                return _NILS[word]()
            if word == "writer":
                return None
            raise go_errors.EvalError(f"cannot assign nil to {GO_NAMES.get(word, word)}")
        if word in ("string", "bool"):
            if type(self.value) is (str if word == "string" else bool):
                return self.value
            raise go_errors.EvalError(f"expected {word}; found {self.text}")
        if word == "float64":
            return self._number(self.float_value, "float")
        if word in ("int", "int64"):
            number = self._number(self.int_value, "integer")
            return Int64(number) if word == "int64" else number
        if word == "duration":
            from steersman.gotemplate.times import Duration

            return Duration(self._number(self.int_value, "integer"))
        raise go_errors.EvalError(f"can't handle {self.text} for arg of type {GO_NAMES.get(word, word)}")

    def _number(self, number: Any, name: str) -> Any:
        if number is None:
            raise go_errors.EvalError(f"expected {name}; found {self.text}")
        return number


# A nil that an argument of a method holds as an empty interface.
NIL_INTERFACE = object()


def check(word: str, value: Any, *, has_type: bool = False) -> Any:
    """Return ``value`` as a parameter of type ``word`` receives it.

    ``has_type`` says that a nil came as an empty interface (a field, an element) and not as no
    value at all: Go words its complaint differently.

    Raises:
        EvalError: when Go would not accept it.
    """
    if type(value) is Literal:
        return value.as_word(word)
    if value is NIL_INTERFACE:
        return check(word, None, has_type=True)
    if word == "any":
        return value
    if value is None:
        if has_type:
            raise go_errors.EvalError(f"wrong type for value; expected {GO_NAMES.get(word, word)}; got interface {{}}")
        nil = _NILS.get(word)
        if nil is None:
            raise go_errors.EvalError(f"invalid value; expected {GO_NAMES.get(word, word)}")
        return nil()
    exact = _EXACT.get(word)
    if exact is not None and type(value) in exact:
        return value
    if word == "map" and type(value) is ValuesMap:
        return value.plain
    wanted = GO_NAMES.get(word, word)
    given = type_name(value)
    if given == wanted:
        return value
    if word == "map" and isinstance(value, dict) and _is_plain_map(value):
        return value
    raise go_errors.EvalError(f"wrong type for value; expected {wanted}; got {given}")


def _is_plain_map(value: dict[str, Any]) -> bool:
    """A named map type whose elements are ``interface{}`` can be assigned to the unnamed one."""
    return getattr(value, "go_elem", "interface {}") == "interface {}"
