"""The examples in docstrings."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from tests.test_structure import modules

WITH_EXAMPLES = sorted(name for name, path in modules().items() if ">>> " in path.read_text())


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name))
    assert tried and not failed
