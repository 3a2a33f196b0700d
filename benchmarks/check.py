"""The errors that ``steer check`` reports about the public charts in ``../shared``, compared with a list.

    python -m benchmarks.check [CHART ...]

Without CHART, all of them, on all cores. Each error in ``check_errors.txt`` was looked at and is true. Prints those
that are not in it, and those of it that were not found; exits with 1 if there are any.
"""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

from benchmarks.insight import CORPUS

from steersman.action.check import CheckOptions, check
from steersman.chart.loader import load_chart
from steersman.checking.findings import ERROR
from steersman.checking.renders import Case
from steersman.engine.impure import from_system
from steersman.rendering import World
from steersman.values.files import load_values

LISTED = Path(__file__).parent / "check_errors.txt"


def errors(path: Path) -> set[str]:
    """Return the errors of one archive as lines, with the ci values files that the corpus has of it."""
    impure = from_system(lambda *_words, **_fields: None)
    cases = [
        Case(file.name, load_values(file.read_bytes()), file.read_bytes())
        for file in sorted((CORPUS / "values" / path.stem).glob("ci-*.yaml"))
    ]
    report = check(str(path), load_chart(str(path)), CheckOptions(World(impure), given=tuple(cases)))
    return {
        "\t".join((path.stem, one.rule, f"{one.file}:{one.line}", one.object, one.field)).rstrip()
        for one in report.findings
        if one.severity == ERROR and not one.file.startswith(f"{report.chart}/ci/")
    }


def main() -> int:
    """Check the charts and print the differences."""
    names = sys.argv[1:] or sorted(path.stem for path in (CORPUS / "charts").glob("*.tgz"))
    rows = [line for line in LISTED.read_text().splitlines() if not line.startswith("#")]
    listed = {line for line in rows if line.partition("\t")[0] in names}
    found: set[str] = set()
    # a process ends after some charts, and with it what it keeps of them
    with multiprocessing.get_context("fork").Pool(maxtasksperchild=20) as pool:
        for one in pool.imap_unordered(errors, [CORPUS / "charts" / f"{name}.tgz" for name in names]):
            found |= one
    for line in sorted(found - listed):
        print(f"not looked at: {line}")
    for line in sorted(listed - found):
        print(f"not found: {line}")
    print(f"{len(names)} charts, {len(found)} errors")
    return int(found != listed)


if __name__ == "__main__":
    raise SystemExit(main())
