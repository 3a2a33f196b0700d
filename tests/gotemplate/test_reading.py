"""The table of how template functions read a container."""

from __future__ import annotations

import pytest

from steersman.engine.functions import function_table
from steersman.gotemplate.builtins import BUILTINS
from steersman.gotemplate.reading import READINGS, WHOLE, reading_of

TABLE = {**BUILTINS, **function_table()}


def test_every_row_is_of_a_function() -> None:
    assert set(READINGS) <= set(TABLE)


def test_a_function_without_a_row_reads_a_container_whole() -> None:
    assert reading_of("toYaml") == reading_of("quote") == reading_of("nobody knows it") == WHOLE


@pytest.mark.parametrize("name", sorted(set(READINGS) & {name for name in TABLE if name.startswith("must")}))
def test_both_names_of_a_function_read_alike(name: str) -> None:
    plain = name[4].lower() + name[5:]
    assert plain not in READINGS or READINGS[plain] == READINGS[name]
