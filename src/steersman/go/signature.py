"""Function signatures such as ``"int string -> string"``, taken apart.

A signature is ``[bound] param* [param...] -> result``. A parameter is one of the words below; a
``...`` after the last one makes the function variadic. ``bound`` functions receive the render's
context object first.

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

and ``version`` and ``certificate``, which only Sprig has, and ``writer``, which no template value is.

Other words (results only) say nothing to the compiler.
"""

from __future__ import annotations

from steersman.record import Record

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
    "writer": "io.Writer",
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
