"""Numbers as text: the short way for those of values files writes what ``%v`` writes."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from steersman.go.fmt import format_value
from steersman.sprig.strings import to_string


@given(st.floats() | st.floats(-1e6, 1e6) | st.integers(-(10**7), 10**7).map(float))
@example(0.0)
@example(-0.0)
@example(999999.0)
@example(1e6)
@example(-999999.9999999999)
@example(1e-4)
@example(9.9999e-5)
@example(5e-324)
def test_floats_are_written_as_go_does(number: float) -> None:
    assert to_string(number) == format_value(number)
