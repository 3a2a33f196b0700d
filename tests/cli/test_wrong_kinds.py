"""Files where folders should be, folders where files should be, links in loops, names that are too long, compared with Helm."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

pytestmark = pytest.mark.helm

LONG = "n" * 260
HOOK = "apiVersion: v1\nkind: Pod\nmetadata: {name: h, annotations: {helm.sh/hook: test}}\n"
PLACES = ["templates", "crds", "charts", "values.yaml", "Chart.yaml", "values.schema.json", ".helmignore", "Chart.lock"]
KINDS: dict[str, Callable[[Path], None]] = {
    "a file": lambda path: _write(path, "a: 1\n"),
    "a folder": lambda path: path.mkdir(),
    "a link to a file": lambda path: path.symlink_to("/etc/hostname"),
    "a broken link": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


def _write(path: Path, text: str) -> None:
    path.write_text(text)


def _remove(path: Path) -> None:
    if path.is_dir():
        for inner in path.iterdir():
            inner.unlink()
        path.rmdir()
    elif path.exists():
        path.unlink()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_in_the_place_of_a_charts_file(tmp_path: Path, steer: Run, helm: Run, place: str, kind: str) -> None:
    chart = write_chart(tmp_path / "c", CHART, {"t.yaml": "x: 1\n"})
    _remove(chart / place)
    KINDS[kind](chart / place)
    for line in ("lint c", "template r c", "show all c", "dependency list c"):
        said = same(steer, helm, *line.split())
        assert "bug in steersman" not in said


def test_links_that_lead_back_are_followed_as_far_as_the_system_goes(tmp_path: Path, steer: Run, helm: Run) -> None:
    chart = write_chart(tmp_path / "c", CHART, {"t.yaml": "x: 1\n"})
    (chart / "files").mkdir()
    (chart / "files" / "a.txt").write_text("a\n")
    (chart / "files" / "b.txt").symlink_to("a.txt")
    (chart / "files" / "loop").symlink_to("..")
    assert "too many levels of symbolic links" in same(steer, helm, "template", "r", "c")


def _left(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def _output_chart(folder: Path) -> Path:
    templates = {"x.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n---\n{HOOK}", "h.yaml": HOOK}
    chart = write_chart(folder, CHART, templates)
    (chart / "crds").mkdir()
    (chart / "crds" / "c.yaml").write_text("kind: CustomResourceDefinition\n")
    return chart


OUT = {
    "nowhere to make it": lambda top: None,
    "a file": lambda top: _write(top / "out", "f"),
    "a broken link": lambda top: (top / "out").symlink_to("nowhere"),
    "a link to itself": lambda top: (top / "out").symlink_to("out"),
    "a file for a folder": lambda top: ((top / "out" / "c").mkdir(parents=True), _write(top / "out/c/templates", "f")),
    "a folder for a file": lambda top: (top / "out" / "c" / "templates" / "x.yaml").mkdir(parents=True),
    "a folder for a definition": lambda top: (top / "out" / "c" / "crds" / "c.yaml").mkdir(parents=True),
}


@pytest.mark.parametrize("kind", OUT)
def test_output_dir_where_it_cannot_be(tmp_path: Path, steer: Run, helm: Run, kind: str) -> None:
    results = []
    for name, run in (("ours", steer), ("theirs", helm)):
        top = tmp_path / name
        top.mkdir()
        _output_chart(top / "c")
        OUT[kind](top)
        folder = "/proc/nope" if kind == "nowhere to make it" else "out"
        done = [run("template", "r", "c", "--output-dir", folder, *more, cwd=top) for more in ([], ["--include-crds"])]
        results.append([(d.returncode, d.stdout, d.stderr) for d in done])
    assert results[0] == results[1]
    assert any(code == 1 for code, _, _ in results[0])


@pytest.mark.parametrize("folder", [LONG, f"a/{LONG}", "/dev/null", "out", "out/", "out//q"])
def test_output_dir_twice(tmp_path: Path, steer: Run, helm: Run, folder: str) -> None:
    # what is a hook is appended to the file of the run before, everything else replaces it
    results = []
    for name, run in (("ours", steer), ("theirs", helm)):
        top = tmp_path / name
        top.mkdir()
        _output_chart(top / "c")
        done = [run("template", "r", "c", "--output-dir", folder, cwd=top) for _ in range(2)]
        results.append(([(d.returncode, d.stdout, d.stderr) for d in done], _left(top)))
    assert results[0] == results[1]


NUMBERS = ["7.2445e+06", "1e3", "1e20", ".inf", "-.inf", ".NaN", "1e400", "017", "0x10", "1_000", ".5", "12345678", "123456789012345678901", "1.10",
           "18446744073709551615.0.0", "18446744073709551616.0.0", "1.99999999999999999999.0", "9007199254740993"]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["version", "appVersion"])
def test_versions_that_are_numbers(tmp_path: Path, steer: Run, helm: Run, field: str, number: str) -> None:
    about = CHART.replace("version: 0.1.0\n", "") if field == "version" else CHART
    text = "x: {{ .Chart.Version }} {{ .Chart.AppVersion | quote }}\n"
    write_chart(tmp_path / "c", f"{about}{field}: {number}\n", {"t.yaml": text})
    parent = f"{CHART}dependencies:\n- {{name: c, version: {number}, repository: 'file://../c'}}\n"
    write_chart(tmp_path / "p", parent, {})
    for line in ("lint c", "template r c", "show chart c", "dependency list c", "dependency list p"):
        assert "bug in steersman" not in same(steer, helm, *line.split())


COMMANDS = (Path(__file__).parent / "wrong_kinds.txt").read_text(encoding="utf-8").splitlines()
_RANDOM = re.compile(r"(index\.yaml|tmpcharts-|\.part|LONG)[0-9a-f]+|\d+(\.\d+)?(ms|µs|s)\b")


def _layout(top: Path) -> None:
    """Lay out what the commands of ``wrong_kinds.txt`` name."""
    write_chart(top / "p", CHART.replace("name: c", "name: p"), {"t.yaml": "x: 1\n"})
    dependent = CHART + 'dependencies: [{name: p, version: 0.1.0, repository: "file://../p"}]\n'
    (write_chart(top / "dp", dependent, {}) / "charts").write_text("f")
    (top / "file").write_text("f\n")
    for name in ("dir", "index-is-a-folder/index.yaml", "archive-is-a-folder/x.tgz", "archive-is-junk", "blocked"):
        (top / name).mkdir(parents=True)
    (top / "archive-is-junk" / "a.tgz").write_text("junk")
    (top / "archive-is-taken" / "p-0.1.0.tgz").mkdir(parents=True)
    (top / "taken" / "templates" / "service.yaml").mkdir(parents=True)
    (top / "blocked" / "templates").write_text("f")
    (top / "link-to-nothing").symlink_to("nowhere")


def _transcript(run: Run, top: Path) -> list[str]:
    top.mkdir()
    _layout(top)
    lines = []
    for line in COMMANDS:
        words = shlex.split(line.replace("LONG", LONG))
        env = dict(word.split("=", 1) for word in words if word.split("=")[0].isupper())
        done = run(*words[len(env) :], cwd=top, env=env)
        said = f"{line}\n{done.returncode}\n{done.stdout}{done.stderr}".replace(str(top), "TOP").replace(LONG, "LONG")
        lines.append(_RANDOM.sub(r"\1N", said))
    return lines


def test_commands_on_the_wrong_kind_of_path(tmp_path: Path, steer: Run, helm: Run) -> None:
    ours, theirs = _transcript(steer, tmp_path / "ours"), _transcript(helm, tmp_path / "theirs")
    assert [o for o, t in zip(ours, theirs) if o != t] == [t for o, t in zip(ours, theirs) if o != t]
    assert len(ours) > 100


CONFIGURATIONS = [
    "xx", "{} trailing", "[]", "null", "1", '{"a":tru}', '{"a"', " ", '{"auths": 1, "credsStore": 5}', '{"auths": {"a": []}}',
    '{"credHelpers": {"a/b": null, "c/d": []}}', '{"credHelpers": {"a": 1}}', '{"auths": null}', "\ufeff{}",
]  # fmt: skip


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_a_registry_configuration_that_is_broken(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "c", CHART, {"t.yaml": "x: 1\n"})
    (tmp_path / "config.json").write_text(text)
    for line in ("version --short", "template r c", "nope", "__complete ver", "version --bad", "repo list"):
        results = [run(*line.split(), env={"HELM_REGISTRY_CONFIG": "config.json"}) for run in (steer, helm)]
        assert results[0].stderr == results[1].stderr
        assert results[0].returncode == results[1].returncode


@pytest.mark.parametrize("word", ['a "quote', "new\nline", "tab\tx", "é", "\ufeff", "bad\udcff"])
def test_words_that_are_not_commands_are_quoted(steer: Run, helm: Run, word: str) -> None:
    assert "unknown command" in same(steer, helm, word)


def test_a_link_whose_name_has_blanks_is_quoted(tmp_path: Path, steer: Run, helm: Run) -> None:
    chart = write_chart(tmp_path / "c", CHART, {"t.yaml": "x: 1\n"})
    (chart / "a b").symlink_to("Chart.yaml")
    assert "a b" in same(steer, helm, "template", "r", "c")


def test_bytes_of_a_path_that_are_not_text(tmp_path: Path, steer: Run, helm: Run) -> None:
    write_chart(tmp_path / "c", CHART, {"t.yaml": "x: 1\n"})
    assert "\ufffd" in same(steer, helm, "template", "r", "c", "--set-file", "a=bad\udcff")
