"""``-f`` and the ``--set`` family to one tree of values; answers to Helm's ``pkg/cli/values``."""

from __future__ import annotations

from steersman import errors
from steersman.record import Record
from steersman.values import errors as values_errors
from steersman.values.files import load_values, merge_maps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    ReadFile = Callable[[str], bytes]


class Sources(Record):
    """The sources of user values; each field is in the order given."""

    files: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    set_files: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()


def collect(sources: Sources, read_file: ReadFile) -> dict[str, Any]:
    """Return the user's values, later sources over earlier ones.

    Args:
        sources: what to read.
        read_file: gives the bytes of a path, a URL, or ``-`` for standard input.

    Raises:
        ValuesError: with Helm's message.
    """
    values: dict[str, Any] = {}
    for path in sources.files:
        data = read_file(path)
        try:
            values = merge_maps(values, load_values(data))
        except errors.SteerError as error:
            raise values_errors.BrokenValuesFile(f"failed to parse {path}: {error}", path, data) from error
    has_flags = sources.json or sources.sets or sources.strings or sources.set_files or sources.literals
    return _with_flags(sources, values, read_file) if has_flags else values


def _with_flags(sources: Sources, values: dict[str, Any], read_file: Callable[[str], bytes]) -> dict[str, Any]:
    from steersman.values import set_path

    for text in sources.json:
        values = _json(text, values)
    for text in sources.sets:
        _parse("--set", set_path.parse_into, text, values)
    for text in sources.strings:
        _parse("--set-string", set_path.parse_string_into, text, values)
    for text in sources.set_files:
        try:
            set_path.parse_file_into(text, values, lambda path: _text(read_file(path)))
        except errors.SteerError as error:
            raise errors.ValuesError(f"failed parsing --set-file data: {error}") from error
    for text in sources.literals:
        _parse("--set-literal", set_path.parse_literal_into, text, values)
    return values


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _parse(flag: str, parse: Callable[[str, dict[str, Any]], None], text: str, values: dict[str, Any]) -> None:
    try:
        parse(text, values)
    except errors.SteerError as error:
        raise errors.ValuesError(f"failed parsing {flag} data: {error}") from error


def _json(text: str, values: dict[str, Any]) -> dict[str, Any]:
    trimmed = text.strip()
    if trimmed[:1] == "{":
        from steersman.go.json import loads

        try:
            tree = loads(trimmed)
        except errors.SteerError:
            raise errors.ValuesError(f"failed parsing --set-json data JSON: {text}") from None
        return merge_maps(values, tree)
    from steersman.values import set_path

    try:
        set_path.parse_json_into(text, values)
    except errors.SteerError:
        raise errors.ValuesError(f"failed parsing --set-json data {text}") from None
    return values
