"""The digest of a lock, against one that Helm wrote."""

from __future__ import annotations

from steersman.action.dependencies.update import digest_of
from steersman.chart.model import Dependency


def test_lock_digest() -> None:
    wanted = (Dependency(name="s", version=">=1.0.0 <2.0.0", repository="file://../s"),)
    locked = (Dependency(name="s", version="1.2.3", repository="file://../s"),)
    assert digest_of(wanted, locked) == "sha256:69c0f446afc73c9875bf36919f8ba9bf1e615ff9bfed469b955613c9ed22de63"
