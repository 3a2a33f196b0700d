"""Whatever bytes come, each reader ends with a value or one of its own errors: a target for each.

``python -m tests.fuzz.targets`` runs the same targets for as long as one likes.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, mutated


@pytest.mark.parametrize("name", sorted(TARGETS))
@settings(max_examples=300)
@given(seed=st.integers(0, 1 << 32))
def test_reader_ends_with_a_value_or_its_own_error(name: str, seed: int) -> None:
    target = TARGETS[name]
    target.read(mutated(target.seeds, seed))


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_what_a_target_begins_with_is_read(name: str) -> None:
    """The seeds are whole: a target whose seeds all fail would test nothing but its first error."""
    target = TARGETS[name]
    assert all(target.read(seed) for seed in target.seeds)
