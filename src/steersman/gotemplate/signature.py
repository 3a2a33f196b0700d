"""Function signatures such as ``"int string -> string"``, and checking arguments against them.

A signature is ``[bound] param* [param...] -> result``. A parameter is one of the words below; a
``...`` after the last one makes the function variadic. ``bound`` functions receive the render's
context object first. Answers to the reflection checks of Go's ``text/template``.

========== ============================  ============================================
word       Go type                       accepts
========== ============================  ============================================
any        ``interface {}``              everything
string     ``string``                    ``str``
int        ``int``                       ``int`` itself, not ``int64`` and friends
int64      ``int64``                     ``Int64``
bool       ``bool``                      ``bool``
float64    ``float64``                   ``float``
map        ``map[string]interface {}``   ``dict`` and its named kinds, nil
list       ``[]interface {}``            ``list``, nil
strings    ``[]string``                  ``StringList``, nil
bytes      ``[]uint8``                   ``bytes``, nil
duration   ``time.Duration``             ``times.Duration``
time       ``time.Time``                 ``times.Time``
uint32     ``uint32``                    ``Uint32``
========== ============================  ============================================

and ``version`` and ``certificate``, which only Sprig has.

Other words (results only) say nothing to the compiler.
"""

from __future__ import annotations

from steersman.gotemplate.errors import EvalError
from steersman.gotemplate.values import Int64, NilList, NilMap, StringList, ValuesMap, type_name
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GO_NAMES = {
    "any": "interface {}",
    "map": "map[string]interface {}",
    "list": "[]interface {}",
    "strings": "[]string",
    "bytes": "[]uint8",
    "duration": "time.Duration",
    "time": "time.Time",
    "version": "*semver.Version",
    "certificate": "sprig.certificate",
}

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


class Parsed(Record):
    """A signature taken apart; ``variadic`` is the word of the repeated last parameter, or ``""``."""

    params: tuple[str, ...]
    variadic: str
    result: str
    is_bound: bool

    def word(self, index: int) -> str:
        """Return the word of the parameter that argument ``index`` goes to."""
        return self.params[index] if index < len(self.params) else self.variadic


def parse_signature(text: str) -> Parsed:
    """Take a signature apart.

    >>> parse_signature("string any... -> string").variadic
    'any'
    """
    left, _, result = text.partition("->")
    words = left.split()
    is_bound = bool(words) and words[0] == "bound"
    if is_bound:
        words = words[1:]
    variadic = ""
    if words and words[-1].endswith("..."):
        variadic = words.pop()[:-3]
    return Parsed(tuple(words), variadic, result.strip(), is_bound)


def count_problem(name: str, signature: Parsed, given: int, explicit: int) -> str:
    """Return Go's complaint about the number of arguments, or ``""``; ``explicit`` leaves out the piped one."""
    wanted = len(signature.params)
    if signature.variadic:
        return f"wrong number of args for {name}: want at least {wanted} got {explicit}" if given < wanted else ""
    return f"wrong number of args for {name}: want {wanted} got {given}" if given != wanted else ""


def check_arguments(name: str, text: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return ``args`` as the method or function ``name`` may receive them.

    Raises:
        EvalError: wrong number or wrong type, in Go's words.
    """
    signature = parse_signature(text)
    problem = count_problem(name, signature, len(args), len(args))
    if problem:
        raise EvalError(problem)
    return tuple(check(signature.word(i), a, has_type=False) for i, a in enumerate(args))


def check(word: str, value: Any, *, has_type: bool) -> Any:
    """Return ``value`` as a parameter of type ``word`` receives it.

    ``has_type`` says that a nil came as an empty interface (a field, an element) and not as no
    value at all: Go words its complaint differently.

    Raises:
        EvalError: when Go would not accept it.
    """
    if word == "any":
        return value
    if value is None:
        if has_type:
            raise EvalError(f"wrong type for value; expected {GO_NAMES.get(word, word)}; got interface {{}}")
        nil = _NILS.get(word)
        if nil is None:
            raise EvalError(f"invalid value; expected {GO_NAMES.get(word, word)}")
        return nil()
    exact = _EXACT.get(word)
    if exact is not None and type(value) in exact:
        return value
    if word == "map" and isinstance(value, (ValuesMap,)):
        return value
    wanted = GO_NAMES.get(word, word)
    given = type_name(value)
    if given == wanted:
        return value
    if word == "map" and isinstance(value, dict) and _is_plain_map(value):
        return value
    raise EvalError(f"wrong type for value; expected {wanted}; got {given}")


def _is_plain_map(value: dict[str, Any]) -> bool:
    """A named map type whose elements are ``interface{}`` can be assigned to the unnamed one."""
    return getattr(value, "go_elem", "interface {}") == "interface {}"
