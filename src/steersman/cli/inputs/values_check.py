"""The check for values that did nothing: on by default under the program's own name, for values that the user gives."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.rendering import Rendered

NAME = "unused-value"
_GIVEN = (
    "values",
    "set",
    "set-string",
    "set-json",
    "set-file",
    "set-literal",
    "reuse-values",
    "reset-then-reuse-values",
)


def values_check(ctx: Context, flags: Flags) -> Callable[[Rendered], None] | None:
    """Return what looks at a recorded render for values that no template read; None where nobody wants to know.

    Without values of the user's there is nothing to look for, and the render is a plain one; with ``--strict-values``
    it is recorded all the same, as an upgrade may take the values of the release.
    """
    is_strict = flags["strict-values"]
    is_given = any(flags[name] for name in _GIVEN if name in flags)
    if not is_strict and (flags["no-values-check"] or not is_given):
        return None
    notice = ctx.notices()
    if not is_strict and (notice is None or NAME in ctx.unwanted_notices()):
        return None

    def inspect(rendered: Rendered) -> None:
        from steersman.cli.inputs.chart import value_sources
        from steersman.insight.origins import GivenValues
        from steersman.insight.report import refuse_unused, unused_texts

        given = GivenValues(value_sources(flags), ctx.texts)
        with_unreached = bool(flags["verbose"]) if "verbose" in flags else False
        if is_strict:
            refuse_unused(rendered, given)
        if notice is not None:
            from steersman.notices import note

            note(NAME, unused_texts(rendered, given, with_unreached=with_unreached), notice)

    return inspect
