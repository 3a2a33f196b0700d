"""Warnings that a server sends in headers."""

from __future__ import annotations

import pytest

from steersman.kube.client import warnings_of


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ('299 - "simple"', ["simple"]),
        (r'299 - "unknown field \"zz\""', ['unknown field "zz"']),
        (r'299 - "a \\ at the end\\"', ["a \\ at the end\\"]),
        ('299 agent/1 "one", 299 - "two, with a comma"', ["one", "two, with a comma"]),
        ('299 - "dated" "Sat, 25 Aug 2012 23:34:45 GMT", 299 - "next"', ["dated", "next"]),
        ('199 - "another code", 299 - "shown"', ["shown"]),
        ('299 - "without an end', []),
        ("299", []),
        ("", []),
    ],
)
def test_the_texts_of_a_warning_field_are_read(field: str, texts: list[str]) -> None:
    assert warnings_of(field) == texts
