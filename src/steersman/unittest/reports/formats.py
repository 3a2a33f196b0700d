"""The table of all formats of reports."""

from __future__ import annotations

from steersman.unittest.reports.junit import junit
from steersman.unittest.reports.nunit import nunit
from steersman.unittest.reports.sonar import sonar
from steersman.unittest.reports.xunit import xunit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from steersman.unittest.reports.model import Machine
    from steersman.unittest.results import SuiteResult

FORMATS: dict[str, Callable[[Sequence[SuiteResult], Machine], str]] = {
    "JUnit": junit,
    "NUnit": nunit,
    "XUnit": xunit,
    "Sonar": sonar,
}
