"""Releases for people and for programs: status, tables, JSON and YAML.

Answers to the printers of Helm's ``pkg/cmd`` (``status.go``, ``list.go``, ``history.go``),
to ``gosuri/uitable`` and to kubectl's table printer.
"""

from __future__ import annotations

from steersman.cli.terminal.streams import visible_on, write_with_sequences
from steersman.release.codec import Struct, release_to_dict, to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from steersman.cli.context import Context
    from steersman.release.model import Release

    PaintCell = Callable[[int, int, str], str]

_GREEN, _RED, _YELLOW, _CYAN, _BOLD = "32", "31", "33", "36", "1"
_STATUS_COLORS = {
    "deployed": _GREEN,
    "failed": _RED,
    "unknown": _RED,
    "pending-install": _YELLOW,
    "pending-upgrade": _YELLOW,
    "pending-rollback": _YELLOW,
    "uninstalling": _YELLOW,
}


def write_structured(ctx: Context, value: Any, output: str) -> None:
    """Write a value as JSON or YAML."""
    if output == "json":
        ctx.out.write(to_json(value) + "\n")
        return
    from steersman import yamlio

    ctx.out.write(yamlio.dump(value))


def write_release(ctx: Context, release: Release, output: str, **how: bool) -> None:
    """Write a release's status in the format asked for; ``how`` as in ``write_status``."""
    if output == "table":
        write_status(ctx, release, **how)
    else:
        write_structured(ctx, release_to_dict(release), output)


def write_status(
    ctx: Context, release: Release, *, debug: bool = False, show_metadata: bool = False, hide_notes: bool = False
) -> None:
    """Write a release's status for people."""
    info, out = release.info, ctx.out.write
    paint = painter(ctx)
    out(f"NAME: {release.name}\n")
    if info.last_deployed is not None:
        out(f"LAST DEPLOYED: {info.last_deployed.ansic()}\n")
    write_with_sequences(ctx.out, f"NAMESPACE: {paint(release.namespace, _CYAN)}\n")
    write_with_sequences(ctx.out, f"STATUS: {paint(info.status, _STATUS_COLORS.get(info.status, ''))}\n")
    out(f"REVISION: {release.revision}\n")
    if show_metadata:
        meta = release.chart_metadata
        out(f"CHART: {meta.get('name') or ''}\n")
        out(f"VERSION: {meta.get('version') or ''}\n")
        out(f"APP_VERSION: {meta.get('appVersion') or ''}\n")
    out(f"DESCRIPTION: {info.description}\n")
    if info.resources:
        out(f"RESOURCES:\n{_resources_text(info.resources)}\n")
    _write_tests(ctx, release)
    if debug:
        _write_values(ctx, release)
    if info.description.lower() == "dry run complete" or debug:
        out("HOOKS:\n")
        for hook in release.hooks:
            out(f"---\n# Source: {hook.path}\n{hook.manifest}\n")
        out(f"MANIFEST:\n{release.manifest}\n")
    if not hide_notes and info.notes:
        out(f"NOTES:\n{info.notes.strip()}\n")


def write_release_list(
    ctx: Context, releases: Sequence[Release], output: str, *, time_format: str = "", no_headers: bool = False
) -> None:
    """Write what ``list`` shows."""
    rows = [
        Struct(
            name=release.name,
            namespace=release.namespace,
            revision=str(release.revision),
            updated=_updated(release, time_format),
            status=release.status,
            chart=chart_name(release),
            app_version=app_version(release),
        )
        for release in releases
    ]
    if output != "table":
        write_structured(ctx, rows, output)
        return
    paint = painter(ctx)
    names = ("NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION")
    head = [] if no_headers else [names]

    def painted(i: int, j: int, cell: str) -> str:
        if i < len(head):
            return paint(cell, _BOLD)
        color = _CYAN if names[j] == "NAMESPACE" else ""
        return paint(cell, _STATUS_COLORS.get(rows[i - len(head)]["status"], "") if names[j] == "STATUS" else color)

    write_with_sequences(ctx.out, table(ctx, [*head, *(list(row.values()) for row in rows)], paint=painted) + "\n")


def write_history(ctx: Context, releases: Sequence[Release], output: str, *, show_rollback: bool) -> None:
    """Write what ``history`` shows."""
    if output != "table":
        write_structured(ctx, [_history_entry(release) for release in releases], output)
        return
    head = ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"]
    rows = [[*head, "ROLLBACK", "DESCRIPTION"] if show_rollback else [*head, "DESCRIPTION"]]
    for release in releases:
        info = release.info
        updated = info.last_deployed.ansic() if info.last_deployed else "Mon Jan  1 00:00:00 0001"
        row = [str(release.revision), updated, info.status, chart_name(release), app_version(release)]
        if show_rollback:
            row.append(str(info.rollback_revision) if info.rollback_revision > 0 else "")
        rows.append([*row, info.description])
    columns = ctx.columns() if ctx.program != "helm" else 0
    ctx.out.write((with_last_below(rows, columns) if columns else table(ctx, rows)) + "\n")


def with_last_below(rows: Sequence[Sequence[str]], columns: int) -> str:
    """Return rows as a table at most ``columns`` wide; where that is too narrow, the last cell has lines of its own.

    >>> rows = [["NO", "STATUS", "WHY"], ["1", "failed", "the pod of web is not ready"]]
    >>> print(with_last_below(rows, 40))
    NO  STATUS  WHY
    1   failed  the pod of web is not ready
    >>> print(with_last_below(rows, 20))
    NO  STATUS
        WHY
    1   failed
        the pod of web
        is not ready
    """
    from textwrap import wrap

    cells = [[cell.replace("\n", " ") for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= columns:
        return _rows_text(cells)
    indent = " " * (widths[0] + len(_GAP))
    heads = _rows_text(fitted([row[:-1] for row in cells], columns)).split("\n")
    out: list[str] = []
    for head, row in zip(heads, cells):
        out += [head, *wrap(row[-1], columns, initial_indent=indent, subsequent_indent=indent)]
    return "\n".join(out)


def _rows_text(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(line.rstrip() for line in aligned(rows, gap=_GAP).split("\n"))


def chart_name(release: Release) -> str:
    """Return ``name-version`` of a release's chart."""
    meta = release.chart_metadata
    return f"{meta.get('name') or ''}-{meta.get('version') or ''}" if meta else "MISSING"


def app_version(release: Release) -> str:
    """Return the application's version of a release's chart."""
    meta = release.chart_metadata
    return str(meta.get("appVersion") or "") if meta else "MISSING"


def uses_color(ctx: Context) -> bool:
    """Return whether output is colored."""
    mode = ctx.settings.color
    return mode == "always" or (mode == "auto" and ctx.out.isatty())


def table(ctx: Context, rows: Sequence[Sequence[str]], limit: int = 0, paint: PaintCell | None = None) -> str:
    """Return rows as a table for standard output: as wide as the terminal under our own name, else as Helm's.

    Args:
        ctx: the run, which knows the terminal.
        rows: the cells, the head among them.
        limit: columns are at most so wide; 0 for any width.
        paint: given row, column and cell, returns the cell in colors.
    """
    columns = ctx.columns() if ctx.program != "helm" else 0
    cells = [list(row) for row in rows]
    if columns:
        cells = fitted(cells, columns, limit)
    if paint is not None:
        cells = [[paint(i, j, cell) for j, cell in enumerate(row)] for i, row in enumerate(cells)]
    if not columns:
        return aligned(cells, limit)
    return _rows_text(cells)


def fitted(rows: Sequence[Sequence[str]], columns: int, limit: int = 0) -> list[list[str]]:
    """Return rows whose widest cells are cut so that the table is at most ``columns`` wide, gaps of two included.

    >>> fitted([["NAME", "DESCRIPTION"], ["web", "greets whoever comes by"]], 20)
    [['NAME', 'DESCRIPTION'], ['web', 'greets whoeve…']]
    """
    widths = [max(map(_width, cells)) for cells in zip(*rows)]
    if limit:
        widths = [min(width, limit) for width in widths]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > columns and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return [[_cut(cell.replace("\n", " "), widths[i]) for i, cell in enumerate(row)] for row in rows]


_GAP = "  "  # between the columns of a table on a terminal
_NARROWEST = 8  # columns: what a column keeps on the narrowest terminal


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while _width(text) >= width:
        text = text[:-1]
    return f"{text}…"


def aligned(rows: Iterable[Sequence[str]], limit: int = 0, gap: str = "\t") -> str:
    """Return rows as text, columns padded and separated by ``gap``, without a newline at the end.

    A column is at most ``limit`` wide (0: as wide as it likes), and what is longer ends with dots.

    go: uitable pads the last column too, and cuts a cell of several lines to its longest line's width.
    """
    table = [list(row) for row in rows]
    widths: list[int] = []
    for row in table:
        for i, cell in enumerate(row):
            width = max(map(_width, cell.split("\n")))
            if i == len(widths):
                widths.append(0)
            widths[i] = max(widths[i], width)
    if limit:
        widths = [min(width, limit) for width in widths]
    lines: list[str] = []
    for row in table:
        columns = [_resized(cell, widths[i]).split("\n") for i, cell in enumerate(row)]
        for line in range(max(map(len, columns), default=0)):
            cells = [
                _resized(column[line], widths[i]) if line < len(column) else " " * widths[i]
                for i, column in enumerate(columns)
            ]
            lines.append(gap.join(cells))
    return "\n".join(lines)


def _resized(text: str, length: int) -> str:
    width = _width(text)
    if not length or width == length:
        return text
    if width < length:
        return text + " " * (length - width)
    kept, used = "", 0
    for char in text:
        kept += char
        if used + _width(char) >= length - 3:
            break
        used += _width(char)
    return kept + "..."


def _width(text: str) -> int:
    if text.isascii() and "\x1b" not in text:
        return len(text) - sum(1 for char in text if char < " ")
    import re
    from unicodedata import combining, east_asian_width

    plain = re.sub("\x1b\\[[0-9;]*m", "", text)
    return sum(2 if east_asian_width(c) in "WF" else 0 if combining(c) or c < " " else 1 for c in plain)


def painter(ctx: Context) -> Callable[[str, str], str]:
    """Return a function that gives a text a color on standard output, and shows its control characters escaped."""
    colors = uses_color(ctx)

    def paint(text: str, color: str) -> str:
        text = visible_on(ctx.out, text)
        return f"\x1b[{color}m{text}\x1b[0m" if colors and color else text

    return paint


def _updated(release: Release, time_format: str) -> str:
    moment = release.info.last_deployed
    if moment is None:
        return "-"
    if not time_format:
        return str(moment)
    from steersman.go.time.layout import format_moment
    from steersman.go.time.moment import Moment, fixed_zone

    zone = fixed_zone(moment.zone, moment.offset)
    return format_moment(Moment(moment.seconds * 1_000_000_000 + moment.nanoseconds, zone), time_format)


def _history_entry(release: Release) -> Struct:
    info = release.info
    entry = Struct(revision=release.revision)
    if info.last_deployed is not None:
        entry["updated"] = info.last_deployed.rfc3339()
    entry["status"] = info.status
    entry["chart"] = chart_name(release)
    entry["app_version"] = app_version(release)
    if info.rollback_revision:
        entry["rollback_revision"] = info.rollback_revision
    entry["description"] = info.description
    return entry


def _write_tests(ctx: Context, release: Release) -> None:
    tests = [hook for hook in release.hooks for event in hook.events if event == "test"]
    if not tests:
        ctx.out.write("TEST SUITE: None\n")
    for hook in tests:
        run = hook.last_run
        if run.started_at is None:
            continue
        completed = run.completed_at.ansic() if run.completed_at else "Mon Jan  1 00:00:00 0001"
        ctx.out.write(
            f"TEST SUITE:     {hook.name}\nLast Started:   {run.started_at.ansic()}\n"
            f"Last Completed: {completed}\nPhase:          {run.phase}\n"
        )


def _write_values(ctx: Context, release: Release) -> None:
    from steersman import yamlio
    from steersman.action.get import computed_values

    ctx.out.write(f"USER-SUPPLIED VALUES:\n{yamlio.dump(release.config)}\n")
    ctx.out.write(f"COMPUTED VALUES:\n{yamlio.dump(computed_values(release))}\n")


def _resources_text(resources: dict[str, list[dict[str, Any]]]) -> str:
    out: list[str] = []
    last_columns: Any = None
    has_header = False
    for name, tables in resources.items():
        out.append(f"==> {name}\n")
        for table in tables:
            columns = table.get("columnDefinitions") or last_columns or []
            if columns != last_columns:
                last_columns, has_header = columns, False
            rows = [row.get("cells") or [] for row in table.get("rows") or ()]
            out.append(_kubectl_table(columns, rows, no_headers=has_header))
            has_header = has_header or bool(rows)
        out.append("\n")
    return "".join(out)


def _kubectl_table(columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[Any]], *, no_headers: bool) -> str:
    """Print a server's table as kubectl does: columns at least 6 wide, 3 apart, no wide ones."""
    if not rows:
        return ""
    shown = [i for i, column in enumerate(columns) if not column.get("priority")]
    lines = [] if no_headers else [[str(columns[i].get("name") or "").upper() for i in shown]]
    lines += [[_cell(row[i]) if i < len(row) else "" for i in shown] for row in rows]
    widths = [max(6, *(len(line[i]) + 3 for line in lines)) for i in range(len(shown))]
    text = []
    for line in lines:
        padded = [cell.ljust(width) for cell, width in zip(line[:-1], widths)]
        text.append("".join(padded) + (line[-1] if line else "") + "\n")
    return "".join(text)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    end = min((at for at in (text.find(c) for c in "\f\n\r") if at >= 0), default=-1)
    return text if end < 0 else f"{text[:end]}..."
