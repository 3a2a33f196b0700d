"""``pull``: charts from repositories into a folder."""

from __future__ import annotations

import os

from steersman.action import pull
from steersman.cli.inputs.fetching import find_aloud, sources_of
from steersman.cli.terminal.answer import Answer
from steersman.errors import ChartError
from steersman.go.errno import errno_text
from steersman.release.codec import Struct
from steersman.runtime.files import write_aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch each chart, check it where asked, and unpack it where asked."""
    answer = Answer(ctx, flags)
    answer.give([_pull(ctx, flags, chart_ref, answer) for chart_ref in args])
    return 0


def _pull(ctx: Context, flags: Flags, chart_ref: str, answer: Answer) -> Struct:
    sources = sources_of(ctx, flags, answer.say)
    # helm: only what fetches charts for others takes the spaces away (test_a_version_with_spaces)
    found = find_aloud(ctx, flags, sources, chart_ref, flags["version"])
    data = pull.archive(sources, found)
    name = pull.file_name(found)
    folder = flags["destination"]
    said, provenance = "", b""
    if flags["verify"] or flags["prov"]:
        from steersman.action.verify import NoProvenance, fetch_provenance, verify_data

        try:
            provenance = fetch_provenance(sources, found, data)
        except NoProvenance as error:
            if flags["verify"]:
                raise
            shown = found.url if flags["repo"] else chart_ref
            said = f"WARNING: Verification not found for {shown}: {error.cause}\n"
        if flags["verify"]:
            said = verify_data(data, provenance, name, flags["keyring"]).lines("Chart")
    if flags["untar"]:
        path = unpack(data, folder, flags["untardir"], chart_ref)
    else:
        path = os.path.join(folder, name)
        _write(path, data)
        if provenance:
            _write(f"{path}.prov", provenance)
    answer.say(said)
    if not answer.is_structured:
        return Struct()
    from hashlib import sha256

    from steersman.chart.loader import load_chart

    chart = load_chart(path).metadata
    digest = f"sha256:{sha256(data).hexdigest()}"
    return Struct(name=chart.name, version=chart.version, url=found.url, digest=digest, path=os.path.normpath(path))


def _write(path: str, data: bytes) -> None:
    # helm: folders are made for what is unpacked only, and the name in errors is that of a file written aside
    # (test_pull_makes_no_folder)
    number = int.from_bytes(os.urandom(4), "big")
    if os.path.isdir(path):
        from tempfile import gettempdir

        path = os.path.normpath(path)
        aside = f"{path if os.path.dirname(path) else os.path.join(gettempdir(), path)}{number}"
        raise ChartError(f"link error: cannot rename {aside} to {path}: rename {aside} {path}: file exists")
    try:
        os.stat(os.path.join(os.path.dirname(path), "."))
        write_aside(path, data, is_exact=True)
    except OSError as error:
        raise ChartError(f"open {path}{number}: {errno_text(error)}") from error


def unpack(data: bytes, folder: str, below: str, chart_ref: str) -> str:
    """Unpack an archive below ``folder``, under the name its chart has, and return where.

    Raises:
        ChartError: with Helm's message, and for names that leave the folder.
    """
    from io import BytesIO

    from steersman.chart.archive import read_stream
    from steersman.chart.unpack import chart_name, make_folder
    from steersman.chart.unpack import unpack as write_files

    target = below if os.path.isabs(below) else os.path.join(folder, below)
    target = os.path.normpath(target)
    name = chart_ref.rstrip("/").rpartition("/")[2]
    check = name if target == "." else os.path.join(target, name)
    if os.path.exists(check):
        raise ChartError(f"failed to untar: a file or directory with the name {check} already exists")
    files = read_stream(BytesIO(data))
    target = os.path.join(target, chart_name(files))
    make_folder(check, "failed to untar (mkdir): ")
    write_files(files, target)
    return target
