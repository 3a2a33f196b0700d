"""Flags to the parts of options that several commands share."""

from __future__ import annotations

from steersman import errors
from steersman.cli.inputs.values_check import values_check
from steersman.rendering import RenderOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.action.options import WaitOptions, WriteOptions
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.engine.seeded import Seed
    from steersman.recording.recorder import Recorder
    from steersman.rendering import Broken, Rendered

_LAST_SECOND = 253_402_300_799  # of the year 9999


def is_set(flags: Flags, *names: str) -> bool:
    """Return whether one of several names of a flag is on."""
    return any(name in flags and flags[name] for name in names)


def render_options(ctx: Context, flags: Flags, command: str, chart_ref: str) -> RenderOptions:
    """Return what the flags about rendering say; the command and how the chart was named are for a recording."""
    return RenderOptions(
        skip_schema_validation=flags["skip-schema-validation"],
        sub_notes=is_set(flags, "render-subchart-notes"),
        include_crds=is_set(flags, "include-crds") and not is_set(flags, "output-dir"),
        hide_secret=is_set(flags, "hide-secret"),
        enable_dns=flags["enable-dns"],
        post_render=ctx.post_render,
        seed=given_seed(ctx, flags),
        recorder=given_recorder(flags, command, chart_ref),
        diagnose=diagnosing(ctx, flags),
        inspect=values_check(ctx, flags) or (_nothing if is_set(flags, "source-map") else None),
    )


def given_seed(ctx: Context, flags: Flags) -> Seed | None:
    """Return what ``--seed`` says, with the clock of ``SOURCE_DATE_EPOCH``.

    Raises:
        UsageError: when ``SOURCE_DATE_EPOCH`` is not a number of seconds, or is after the year 9999.
    """
    if not flags["seed"]:
        return None
    from steersman.cli.inputs.source_date_epoch import source_date_epoch
    from steersman.engine.seeded import Seed

    seconds = source_date_epoch(ctx)
    if seconds is not None and seconds > _LAST_SECOND:
        raise errors.UsageError(
            "invalid SOURCE_DATE_EPOCH: with --seed it is the time of the render, in the year 9999 at most"
        )
    return Seed(flags["seed"], None if seconds is None else seconds * 10**9)


def given_recorder(flags: Flags, command: str, chart_ref: str) -> Recorder | None:
    """Return what ``--record`` asks for, or None."""
    if not flags["record"]:
        return None
    from steersman.cli.inputs.recording import recorder_of

    return recorder_of(flags, command, chart_ref)


def diagnosing(ctx: Context, flags: Flags | None = None) -> Callable[[Broken], str] | None:
    """Return what says more of a render that failed than Helm does, where that is wanted.

    Without ``flags`` it is not known where values came from.
    """
    if not ctx.shows_places():
        return None

    def diagnose(broken: Broken) -> str:
        from steersman.cli.inputs.chart import value_sources
        from steersman.insight import failures
        from steersman.insight.origins import GivenValues
        from steersman.values.sources import Sources

        try:
            sources = Sources() if flags is None else value_sources(flags)
            return failures.diagnose(broken, GivenValues(sources, ctx.texts))
        except Exception:
            if ctx.settings.debug:
                raise
            return ""  # Helm's error matters more than its explanation

    return diagnose


def _nothing(_rendered: Rendered) -> None:
    """Ask for a recording alone."""


def write_options(flags: Flags) -> WriteOptions:
    """Return what the flags about writing objects say."""
    from steersman.action.options import WriteOptions

    server_side = flags["server-side"]  # install's flag is a boolean, the others have three values
    return WriteOptions(
        server_side=str(server_side).lower() if isinstance(server_side, bool) else server_side,
        force_replace=is_set(flags, "force-replace", "force"),
        force_conflicts=flags["force-conflicts"],
        take_ownership=is_set(flags, "take-ownership"),
        disable_openapi_validation=is_set(flags, "disable-openapi-validation"),
    )


def wait_options(flags: Flags, strategy: str) -> WaitOptions:
    """Return what the flags about waiting say; ``strategy`` is ``wait_strategy``'s."""
    from steersman.action.options import WaitOptions

    return WaitOptions(strategy, flags["timeout"], for_jobs=is_set(flags, "wait-for-jobs"))


def wait_strategy(ctx: Context, flags: Flags) -> str:
    """Return how to wait, with Helm's warning for the flag's old boolean form.

    Called before anything else of a command: Helm warns while it reads the flags.
    """
    value = str(flags["wait"])
    new = {"true": "watcher", "false": "hookOnly"}.get(value)
    if new is None:
        return value
    ctx.warn(f"--wait={value} is deprecated (boolean value) and can be replaced with --wait={new}")
    return new


def dry_run_of(ctx: Context, flags: Flags, *, template: bool) -> str:
    """Return ``none``, ``client`` or ``server`` for ``--dry-run``, with Helm's warnings for its old forms.

    Raises:
        UsageError: with Helm's message.
    """
    value = flags["dry-run"]
    if value == "unset":
        ctx.warn("--dry-run is deprecated and should be replaced with '--dry-run=client'")
        return "client"
    if value in ("client", "server"):
        return str(value)
    choices = 'Must be "server" or "client"' if template else 'Must be "none", "server", or "client"'
    if value == "none":
        if template:
            raise errors.UsageError(f'invalid dry-run value ("none"). {choices}')
        return "none"
    from steersman.go.quote import quote
    from steersman.settings import parse_bool

    try:
        on = parse_bool(value)
    except ValueError:
        raise errors.UsageError(
            f'invalid dry-run value ({quote(value)}). Must be "none", "server", or "client"'
        ) from None
    if template and not on:
        raise errors.UsageError(f"invalid dry-run value ({quote(value)}). {choices}")
    result = "client" if on else "none"
    ctx.warn(f"boolean '--dry-run={value}' flag is deprecated and must be replaced with '--dry-run={result}'")
    return result
