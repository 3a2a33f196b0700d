"""Methods of times, as templates call them: next to the real Helm."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import Run

BEFORE = '{{ $t := toDate "2006-01-02 15:04:05 -0700" "2023-03-05 14:07:09 +0230" }}{{ $u := $t.UTC }}'
LOCAL = '{{ $l := toDate "2006-01-02" "2023-07-05" }}'
WRITING = [
    "$t.GoString", "$u.GoString", "$l.GoString", "$t.IsDST", "$l.IsDST", "$t.Compare $u", "$t.Compare $l", "$l.Compare $t",
    "$t.MarshalBinary", "$u.MarshalBinary", "$t.GobEncode", "$t.MarshalJSON | toString", "$u.MarshalText | toString",
    "$t.AppendBinary nil", "$t.AppendText nil", '$t.AppendFormat nil "Jan"', '$t.AppendFormat $u.MarshalText "Jan"',
    'printf "%T %T" $t.MarshalBinary ($t.Compare $u)',
]  # fmt: skip
FAILING = [
    "$t.Date", "$t.Clock", "$t.ISOWeek", "$t.Zone", "$t.ZoneBounds", "$t.Date 1", "$t.Zone $t", "$t.Compare", "$t.Compare 1",
    "$t.AppendText 1", '$t.AppendFormat "x"', "$t.IsDST 1", "$t.wall", "$t.ext", "$t.loc", "$t.ext 1", "$t.Foo", "$t.GobDecode",
    "$t.UnmarshalJSON nil",
]  # fmt: skip


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "c"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    return folder


@pytest.mark.helm
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_methods_of_times(zone: str, chart: Path, steer: Run, helm: Run) -> None:
    lines = "".join(f"a{at}: {{{{ {text} | toString | quote }}}}\n" for at, text in enumerate(WRITING))
    (chart / "templates" / "t.yaml").write_text(f"{BEFORE}{LOCAL}\n{lines}")
    ours, theirs = (run("template", "r", str(chart), env={"TZ": zone}) for run in (steer, helm))
    assert theirs.stdout.count("\na") == len(WRITING)
    assert ours.stdout == theirs.stdout


@pytest.mark.helm
@pytest.mark.parametrize("text", FAILING)
def test_methods_that_a_template_cannot_call(text: str, chart: Path, steer: Run, helm: Run) -> None:
    (chart / "templates" / "t.yaml").write_text(f"{BEFORE}a: {{{{ {text} }}}}\n")
    for way in ("interpret", "compile"):
        ours, theirs = (run("template", "r", str(chart), env={"STEER_TEMPLATES": way}) for run in (steer, helm))
        assert theirs.returncode == 1
        assert (ours.returncode, ours.stdout, ours.stderr) == (1, theirs.stdout, theirs.stderr)
