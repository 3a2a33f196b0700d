"""The tests of a release as a report in JUnit's format."""

from __future__ import annotations

from steersman.errors import SteerError
from steersman.record import replace
from steersman.release.hook import HookExecution
from steersman.unittest.reports.xml import Element, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.action.test import Tested
    from steersman.release.hook import Hook

_EVENT = "test"


def test_report(tested: Tested) -> str:
    """Return the report: the release is the suite, each of its test hooks a test; one that did not run was skipped."""
    release = tested.release
    hooks = [_of_this_run(hook, tested) for hook in release.hooks if _EVENT in hook.events]
    failed = [hook for hook in hooks if hook.last_run.phase not in ("Succeeded", "")]
    error = "" if tested.error is None else str(tested.error)
    if isinstance(tested.error, SteerError) and tested.error.detail:
        error += f"\n{tested.error.detail}"
    counts = (
        ("tests", len(hooks)),
        ("failures", len(failed)),
        ("errors", int(bool(error) and not failed)),
        ("skipped", sum(not hook.last_run.phase for hook in hooks)),
        ("time", f"{sum(map(_seconds, hooks)):.3f}"),
    )
    name = f"{release.namespace}/{release.name}"
    cases = tuple(_case(name, hook, error) for hook in hooks)
    # what ended the tests before one of them could fail
    rest = (Element("system-err", text=error),) if error and not failed else ()
    suite = Element("testsuite", (("name", name), *counts), (*cases, *rest))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + write(Element("testsuites", (), (suite,)))


def outcomes(tested: Tested) -> list[tuple[Hook, str, float]]:
    """Return the test hooks, how each went (``succeeded``, ``failed``, ``skipped``), and the seconds it took."""
    hooks = (_of_this_run(hook, tested) for hook in tested.release.hooks if _EVENT in hook.events)
    return [(hook, hook.last_run.phase.lower() or "skipped", _seconds(hook)) for hook in hooks]


test_report.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def _of_this_run(hook: Hook, tested: Tested) -> Hook:
    """Return a hook without what the record has of an earlier run."""
    started = hook.last_run.started_at
    if started is not None and (started.seconds, started.nanoseconds) >= (
        tested.began.seconds,
        tested.began.nanoseconds,
    ):
        return hook
    return replace(hook, last_run=HookExecution())


def _case(suite: str, hook: Hook, error: str) -> Element:
    phase = hook.last_run.phase
    inside: Sequence[Element] = ()
    if not phase:
        inside = (Element("skipped"),)
    elif phase != "Succeeded":
        inside = (Element("failure", (("message", f"{hook.kind} {hook.name} {phase.lower()}"),), text=error),)
    return Element(
        "testcase", (("classname", suite), ("name", hook.name), ("time", f"{_seconds(hook):.3f}")), tuple(inside)
    )


def _seconds(hook: Hook) -> float:
    started, ended = hook.last_run.started_at, hook.last_run.completed_at
    if started is None or ended is None:
        return 0.0
    return max(0.0, ended.seconds - started.seconds + (ended.nanoseconds - started.nanoseconds) / 1e9)
