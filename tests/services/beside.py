"""One command line run by this program and by the real Helm."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Run


def same(steer: Run, helm: Run, *line: str, shape: Callable[[str], str] = str, **options: object) -> str:
    """Check that both give the same exit code, output and standard error, and return ours.

    ``shape`` takes out of the output what need not be the same.
    """
    ours, theirs = steer(*line, **options), helm(*line, **options)
    texts = [(done.returncode, shape(done.stdout), done.stderr) for done in (ours, theirs)]
    assert texts[0] == texts[1], line
    return ours.stdout + ours.stderr
