"""Patterns of ``.Files.Glob``: next to the real Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.engine.glob import compile_glob
from tests.conftest import Run

FILES = (
    "a.json", "a.yaml", ".hidden", "files/a.json", "files/b.yaml", "files/deep/a.json", "files/deep/er/c.json", "files/x,y",
    "files/[a]", "files/a*b", "b", "bb", "aXb", "a/b",
)  # fmt: skip
PATTERNS = (
    "a.json", "*", "**", "***", "*.json", "**.json", "files/*", "files/**", "files/*.json", "files/**.json", "files/**/a.json",
    "**/a.json", "*/a.json", "f*/*.json", "files/*/*", "", "a", "b*", "*b", "b*b", "bb*b", "a*b", "a**b", "b**b", "b**", "**b", "bb**bb", "files/**/**/a.json", "{files/**/a.json,b}", "files/**/**", "**/**", "{}", "{,b}", "{b,}", "{a,{b,bb}}", "{?b,b}", "{[ab],a/b}", "{b**b}", "{b", "{b}b", "a{X,}b", "files/x,y", "*,*", "*}",
    "?", "a?b", "[ab]", "files/[[]a]", "{a,b}*", "{a.json,files/*}", "files/[!a]*", "files/a\\*b", "*[", "a\\", "b\\", "b*\\", "\\",
)  # fmt: skip


@pytest.mark.helm
def test_patterns_find_what_they_find_in_helm(tmp_path: Path, steer: Run, helm: Run) -> None:
    chart = tmp_path / "c"
    for file in FILES:
        (chart / file).parent.mkdir(parents=True, exist_ok=True)
        (chart / file).write_text("x")
    (chart / "templates").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    found = "{{ range $name, $_ := $.Files.Glob . }}{{ $name }} {{ end }}"
    listed = " ".join(f"{pattern!r}".replace('"', '\\"').replace("'", '"') for pattern in PATTERNS)
    (chart / "templates" / "t.yaml").write_text(
        f"{{{{ range list {listed} }}}}{{{{ quote . }}}}: {found}\n{{{{ end }}}}"
    )
    ours, theirs = (run("template", "r", str(chart)) for run in (steer, helm))
    assert theirs.stdout.count("\n") > len(PATTERNS) and "files/deep/er/c.json" in theirs.stdout, theirs.stderr
    assert ours.stdout == theirs.stdout


def test_many_stars_take_no_time() -> None:
    """A matcher that goes back would try more ways than there are atoms."""
    for stars in (8, 200):
        for star in ("*a", "**a"):
            matches = compile_glob(f"f/{star * stars}b")
            assert not matches("f/" + "a" * 300) and matches("f/" + "a" * 300 + "b")
