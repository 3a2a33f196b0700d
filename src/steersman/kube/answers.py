"""The JSON objects that API servers answer with."""

from __future__ import annotations

import json

from steersman.errors import ClusterError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MOST_DIGITS = 20  # of 64 bits, with a sign


def read_answer(data: bytes, *, is_typed: bool = False) -> dict[str, Any]:
    """Return the object of an answer.

    Args:
        data: the answer.
        is_typed: Go reads the fields that it knows, so that a number that is too large in another one does not matter.

    Raises:
        ClusterError: with Go's words, where it is not an object, or a number in it does not fit a float64.
    """
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        answer = _as_go_reads(data, is_typed=is_typed)
    if not isinstance(answer, dict):
        from steersman.values.files import json_shape

        raise ClusterError(
            f"json: cannot unmarshal {json_shape(answer)} into Go value of type map[string]interface {{}}"
        )
    return answer


def _whole(text: str) -> float:
    return int(text) if len(text) <= _MOST_DIGITS else float(text)


def _as_go_reads(data: bytes, *, is_typed: bool) -> Any:
    """Return what Python does not read: bytes that are not UTF-8, integers of thousands of digits."""
    from steersman.go.errors import JSONError
    from steersman.go.json import loads

    text = data.decode("utf-8", "replace")
    try:
        loads(text, numbers=float if is_typed else None)
        return json.loads(text, parse_int=_whole)
    except JSONError as error:
        if not error.number:
            raise ClusterError(str(error)) from error
        # go: the place of such a number is not named here (test_answers_that_go_cannot_read)
        raise ClusterError(f"json: cannot unmarshal number {error.number} into Go value of type float64") from error
    except ValueError as error:
        raise ClusterError(str(error)) from error
