"""Damaged files: a byte changed, or cut short, at places spread over them."""

from __future__ import annotations

import random
from collections.abc import Iterator

PLACES = 500


def damaged(whole: bytes, count: int = PLACES) -> Iterator[bytes]:
    """Yield a file's bytes with one changed, or cut short, at places spread over it."""
    choose = random.Random(len(whole))
    for number in range(count):
        at = number * len(whole) // count
        if number % 2:
            yield whole[:at]
        else:
            yield whole[:at] + bytes([whole[at] ^ (1 << choose.randrange(8))]) + whole[at + 1 :]
    yield b""
    yield whole + b"x"
    yield b"\0" * len(whole)
