"""YAML as Helm reads and writes it (sigs.k8s.io/yaml over go-yaml v2).

Values come back as they do from a way through JSON: str, bool, None, list, dict with
string keys, and float for every number. Reading tries the fast plain reader first and
falls back to libyaml's events; writing is our own emitter.
"""

from __future__ import annotations

from steersman.runtime.deep import deeply
from steersman.yamlio import errors as yaml_errors
from steersman.yamlio.plain import parse
from steersman.yamlio.text import Unusual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["dump", "dump_pretty", "load", "load_all", "load_integers", "load_strict"]


def load(text: str | bytes) -> Any:
    """Return the value of the first document of ``text`` (None for an empty one).

    Raises:
        YamlError: with Go's message after ``error converting YAML to JSON: ``'s place; callers add the prefix.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode()
        except UnicodeDecodeError:
            return _by_events(text)
    try:
        return deeply(lambda: parse(text))
    except Unusual:
        return _by_events(text)


def _by_events(text: str | bytes) -> Any:
    from steersman.yamlio.events import Reader

    try:
        return Reader(text).document()[1]
    except yaml_errors.YamlError as error:
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        if error.problem not in yaml_errors.UNFINISHED or b"#" not in data[data.rfind(b"\n") + 1 :]:
            raise
        # go: a comment at the end counts as a line, with or without a line break (test_errors_behind_a_comment)
        return Reader(data + b"\n").document()[1]


def load_strict(text: str | bytes, *, infinities: bool = False) -> Any:
    """Like ``load``, and refuse a key that a mapping has twice; take ``.inf`` if asked for.

    Raises:
        YamlError: also for duplicate keys (``line N: key "x" already set in map``).
    """
    from steersman.yamlio.events import Reader

    return Reader(text, strict=True, infinities=infinities).document()[1]


def load_integers(text: str | bytes, *, infinities: bool = False) -> Any:
    """Like ``load``, with integers kept as ``int`` (go-yaml itself, not by way of JSON), and ``.inf`` if asked for."""
    from steersman.yamlio.events import Reader

    return Reader(text, integers=True, infinities=infinities).document()[1]


def load_all(text: str | bytes, *, integers: bool = False) -> list[Any]:
    """Return the values of all documents of ``text``; with ``integers``, whole numbers are ``int``.

    Raises:
        YamlError: with Go's message.
    """
    from steersman.yamlio.events import Reader

    reader = Reader(text, integers=integers)
    values: list[Any] = []
    while True:
        more, value = reader.document()
        if not more:
            return values
        values.append(value)


def dump(value: Any) -> str:
    """Return ``value`` as YAML, as ``sigs.k8s.io/yaml.Marshal`` writes it, with a newline at the end.

    Raises:
        JSONError: for values JSON has no form for.
    """
    from steersman.yamlio.emit import emit

    return emit(value)


def dump_pretty(value: Any) -> str:
    """Return ``value`` as go-yaml v3 writes it with an indent of 2 (Helm's ``toYamlPretty``)."""
    from steersman.yamlio.emit import emit_v3

    return emit_v3(value)
