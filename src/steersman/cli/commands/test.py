"""``test``: the tests of a release."""

from __future__ import annotations

import os

from steersman.action.test import TestOptions, test, write_test_logs
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.answer import Answer
from steersman.cli.terminal.releases import write_status
from steersman.errors import ClusterError, SteerError, UsageError
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.configuration import Configuration
    from steersman.action.test import Tested
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Run the tests, show the release and the logs, tidy up."""
    options = TestOptions(flags["timeout"], *_filters(flags["filter"]))
    config = make_configuration(ctx)
    tested = test(config, args[0], options)
    if ctx.program != "helm" and options.include and not _has_any(tested, options):
        ctx.err.write(f"steer: no test of release {args[0]} matches --filter, none has run\n")
    try:
        if flags["junit"]:
            _write_report(flags["junit"], tested)
        _show(ctx, flags, config, tested, options)
    except SteerError:
        tested.finish()
        raise
    tested.finish()
    return 0


def _has_any(tested: Tested, options: TestOptions) -> bool:
    """Return whether a test of the release is one of those to run."""
    names = {hook.name for hook in tested.release.hooks if "test" in hook.events}
    return bool(names.intersection(options.include).difference(options.exclude))


def _show(ctx: Context, flags: Flags, config: Configuration, tested: Tested, options: TestOptions) -> None:
    answer = Answer(ctx, flags)
    if answer.is_structured:
        answer.give(_described(tested))
    else:
        write_status(ctx, tested.release, debug=ctx.settings.debug, hide_notes=True)
    if flags["logs"]:
        answer.say("\n")
        try:
            write_test_logs(
                config, tested.release, options, lambda piece: answer.say(piece.decode("utf-8", "surrogateescape"))
            )
        except ClusterError as error:
            if tested.error is not None:
                raise ClusterError(f"{tested.error}\n{error}") from error
            raise
    if tested.error is not None:
        raise tested.error


def _described(tested: Tested) -> Struct:
    from steersman.action.test_report import outcomes

    release = tested.release
    return Struct(
        name=release.name,
        namespace=release.namespace,
        revision=release.revision,
        passed=tested.error is None,
        error="" if tested.error is None else str(tested.error),
        tests=[
            Struct(name=hook.name, kind=hook.kind, status=status, seconds=round(seconds, 3))
            for hook, status, seconds in outcomes(tested)
        ],
    )


def _write_report(path: str, tested: Tested) -> None:
    from steersman.action.test_report import test_report
    from steersman.runtime.files import make_folders, write_aside

    try:
        make_folders(os.path.dirname(path) or ".")
        write_aside(path, test_report(tested).encode("utf-8", "surrogateescape"))
    except OSError as error:
        from steersman.go.errno import not_written

        raise UsageError(not_written(path, error)) from error


def _filters(filters: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names to run and those to leave out; anything else is passed over, as in Helm."""
    include = [text[5:] for text in filters if text.startswith("name=")]
    exclude = []
    for text in filters:
        for start in ("!name=", "! name=", "!\tname="):
            if text.startswith(start):
                exclude.append(text[len(start) :])
    return tuple(include), tuple(exclude)
