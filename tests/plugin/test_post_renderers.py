"""Post-renderers: what they are given and what is made of what they give back, compared with Helm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Run

PLUGIN = """apiVersion: v1
name: pr
version: 1.0.0
type: postrenderer/v1
runtime: subprocess
runtimeConfig: {platformCommand: [{command: "${HELM_PLUGIN_DIR}/run.sh", args: [first]}]}
"""
STYLES = """# the document's head

# the first key's head
apiVersion: v1   # next to
kind: ConfigMap
# before metadata
metadata:
    name:    "quoted"    # after name
    # below name

    labels:   {app: x,   'b': "c",
       d: e}
    annotations:
      a: b
      # the last in annotations
# below metadata

data:
  literal: |
    line 1
      line 2

    # no comment
  keep: |+
    x

  strip: |-
    y
  folded: >
    some folded
    text

    more
  blanks: |
    ends in blanks   \n    x
  single: 'it''s'
  double: "tab\\tnew\\nline \\u00e9 é"
  two lines: a plain
    text
  number: 0x1F
  null: ~
  empty:
  bool: yes
  url: http://x:80/#part
  anchor: &a val
  alias: *a
  tagged: !!str 5
  indented: |2
      two more
list:
- a     # item
- b:  1
  c:
      - x
      -   y
-   - nested
    - sequence
- {}
- []
- - p
  # before an item
- q:
  - 1
# the end
"""
DOCUMENTS = {
    "styles": STYLES,
    "list": "kind: List\nitems:\n- kind: A\n  metadata: {name: one}\n- kind: B\n  metadata: {name: two}\n",
    "many": "kind: A\n---\n# only a comment\n---\nkind: B\nmetadata:\n  annotations: {}\n  name: z\n--- # c\nkind: C\n",
    "hook": 'kind: Job\nmetadata: {name: x, annotations: {"helm.sh/hook": test}}\n',
    "windows": "kind: A\r\nmetadata:\r\n  name: b\r\n",
    "deep": "a:\n  b:\n    c: # why\n      # head\n      d: 1 # side\n    e: [1, [2, 3], {f: g}]\nh: |\n  text\n# after\ni: 2\n",
    "bad": "a: [\n",
    "no mapping": "- a\n- b\n",
    "text": "hello\n",
    "quotes": 'kind: A\nx: "true"\ny: \'null\'\nz: "a: b"\nw: \'\'\nv: ""\nu: "multi\\n\\nline\\n"\nt: \'one\n\n  two\'\n',
}


# each behind the head of a ConfigMap
IN_BRACKETS = [
    "a: [a:b, http://x, q]", "a: {u: http://x:80/y, b:c: d}", "a: {a: , b: c}", "a: {a, b}", "a: [&x , *x]",
    "a: [a#b, -x, -, x-]", "a: [<<, =, .]", "a: {b: [x:y]}", "a: [!x y:z]", "a: {<<: {b: c}, d: e}",
    "a: [-:, --, ---, ...]", "x: &a {b: c}\na:\n  <<: *a\n  d: e", "a:\n- <<\n- '<<'", "a:\n  ? \n  : c",
    "a: [b: ]", "a: [: c]", "a: {k:, 'b': c}\nd: [x:, y]", "# c: [a:]\na: {b: x:, c: [y:]} # d:]", "a: *no",
    "a: {k: [x:, y], l: [a", "a: [a:{b}]", "a: [x?y]", "a: [x ?]",
]  # fmt: skip


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "c"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    return folder


def plugin(folder: Path, script: str) -> dict[str, str]:
    """Write a post-renderer and return the environment that it is found in."""
    (folder / "plugins" / "pr").mkdir(parents=True)
    (folder / "plugins" / "pr" / "plugin.yaml").write_text(PLUGIN)
    run = folder / "plugins" / "pr" / "run.sh"
    run.write_text(f"#!/bin/sh\n{script}\n")
    run.chmod(0o755)
    return {"HELM_PLUGINS": str(folder / "plugins")}


@pytest.mark.parametrize("text", IN_BRACKETS)
def test_plain_scalars_in_brackets(chart: Path, steer: Run, helm: Run, tmp_path: Path, text: str) -> None:
    (chart / "templates" / "a.yaml").write_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\n{text}\n")
    place = plugin(tmp_path, "cat")
    ours, theirs = (run("template", "x", "c", "--post-renderer", "pr", env=place) for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_post_renderer_gets_and_leaves_what_it_does_under_helm(
    chart: Path, steer: Run, helm: Run, tmp_path: Path, name: str
) -> None:
    (chart / "templates" / "a.yaml").write_bytes(DOCUMENTS[name].encode())
    (chart / "templates" / "b.yaml").write_text("kind: Other\nmetadata:\n  name: other\n")
    place = plugin(tmp_path, f'tee "{tmp_path}/seen"')
    seen = []
    for run in (steer, helm):
        (tmp_path / "seen").unlink(missing_ok=True)
        done = run("template", "x", "c", "--post-renderer", "pr", env=place)
        text = (tmp_path / "seen").read_text() if (tmp_path / "seen").exists() else ""
        seen.append((text, done.returncode, done.stdout, done.stderr))
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "script",
    [
        'cat; echo "---"; echo "kind: New"; echo "metadata: {name: $1-$2-$HELM_PLUGIN_NAME}"',
        "cat >/dev/null",
        "cat >/dev/null; echo '   '",
        "cat >/dev/null; echo hello",
        "cat >/dev/null; echo 'a: ['",
        "cat >/dev/null; echo lost >&2; exit 3",
        "sed s/x-cm/renamed/",
        "cat >/dev/null; printf 'kind: List\\nitems:\\n- {kind: A}\\n- {kind: B}\\n'",
    ],
)
def test_what_a_post_renderer_gives_is_taken_as_helm_takes_it(
    chart: Path, steer: Run, helm: Run, tmp_path: Path, script: str
) -> None:
    (chart / "templates" / "a.yaml").write_text("kind: ConfigMap\nmetadata:\n  name: x-cm\n")
    place = plugin(tmp_path, script)
    line = ["template", "x", "c", "--post-renderer", "pr", "--post-renderer-args", "second"]
    ours, theirs = steer(*line, env=place), helm(*line, env=place)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_an_install_is_post_rendered_too(chart: Path, steer: Run, helm: Run, tmp_path: Path) -> None:
    (chart / "templates" / "a.yaml").write_text("kind: ConfigMap\nmetadata:\n  name: x-cm\n")
    (chart / "templates" / "hook.yaml").write_text(DOCUMENTS["hook"])
    place = plugin(tmp_path, "sed s/x-cm/renamed/")
    line = ["install", "x", "c", "--dry-run=client", "--post-renderer", "pr"]
    ours, theirs = (re.sub(r"LAST DEPLOYED: .*", "", run(*line, env=place).stdout) for run in (steer, helm))
    assert "name: renamed" in ours
    assert ours == theirs


def test_a_post_renderer_that_is_not_there(chart: Path, steer: Run, helm: Run) -> None:
    for command in (["template", "x", "c"], ["install", "x", "c"], ["upgrade", "x", "c"]):
        line = [*command, "--post-renderer", "none"]
        ours, theirs = steer(*line), helm(*line)
        assert ours.returncode == 1
        assert ours.stderr == theirs.stderr


def test_a_python_function_is_a_post_renderer(chart: Path, steer: Run, tmp_path: Path) -> None:
    (chart / "templates" / "a.yaml").write_text("kind: ConfigMap\nmetadata:\n  name: x-cm\n")
    about = tmp_path / "site" / "shout-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shout\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[steersman.postrenderers]\nshout = shout:render\n")
    (tmp_path / "site" / "shout.py").write_text(
        "def render(manifests, arguments, environment):\n    return manifests.replace('x-cm', arguments[0])\n"
    )
    line = ["template", "x", "c", "--post-renderer", "shout", "--post-renderer-args", "loud"]
    assert "name: loud" in steer(*line, env={"PYTHONPATH": str(tmp_path / "site")}).stdout


def test_one_post_renderer_is_enough(steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "plugins" / "one").mkdir(parents=True)
    (tmp_path / "plugins" / "one" / "plugin.yaml").write_text(
        "apiVersion: v1\nname: one\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\n"
        "runtimeConfig: {platformCommand: [{command: cat}]}\n"
    )
    line = ["template", "x", "nosuch", "--post-renderer", "one", "--post-renderer", "two"]
    ours, theirs = (run(*line, env={"HELM_PLUGINS": str(tmp_path / "plugins")}) for run in (steer, helm))
    assert (ours.stderr, ours.returncode) == (theirs.stderr, theirs.returncode)
    assert "more than once" in ours.stderr


WRITTEN = [
    r"\377", r"\377\376", r"\376\377", r"\377\376a\000:\000 \0001\000", r"\377\376a", r"a: \377\n", r"a: \303(\n", r"# \377\na: 1\n",
    r"a: \355\240\200\n", r"a: \360\237\230\200\n", r"a: 1\n---\n\377\n", r"\357\273\277a: 1\n",
]  # fmt: skip
METADATA = ["null", "~", "[]", "[a]", "1", "{}", "''", "{annotations: {}}", "{annotations: {}, name: x}", "{annotations: null, name: x}",
            "{annotations: 1}", "{annotations: x, name: y}", "{annotations: []}", "{annotations: [a]}"]  # fmt: skip


@pytest.mark.helm
@pytest.mark.parametrize("text", WRITTEN)
def test_bytes_that_a_post_renderer_writes(chart: Path, steer: Run, helm: Run, tmp_path: Path, text: str) -> None:
    (chart / "templates" / "a.yaml").write_text("kind: ConfigMap\n")
    place = plugin(tmp_path, f"cat >/dev/null; printf '{text}'")
    ours, theirs = (run("template", "x", "c", "--post-renderer", "pr", env=place) for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


@pytest.mark.helm
@pytest.mark.parametrize("metadata", METADATA)
def test_metadata_that_comes_back(chart: Path, steer: Run, helm: Run, tmp_path: Path, metadata: str) -> None:
    # as the chart renders it, and as the post-renderer makes it
    text = f"kind: ConfigMap\nmetadata: {metadata}\n"
    (chart / "templates" / "a.yaml").write_text(text)
    for script in ("cat", f"cat >/dev/null; printf '{text.replace(chr(39), chr(34))}'"):
        place = plugin(tmp_path / script[:5].strip(), script)
        ours, theirs = (run("template", "x", "c", "--post-renderer", "pr", env=place) for run in (steer, helm))
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("name", ["../../x", "../x", "a/../../x", "a/b"])
def test_file_names_of_a_post_renderer_below_output_dir(
    chart: Path, steer: Run, helm: Run, tmp_path: Path, name: str, there: bool
) -> None:
    # helm: such a name may lead out of the folder, where the folder is there already
    head = "apiVersion: v1\\nkind: New\\nmetadata:\\n  name: n\\n  annotations:\\n"
    variables = plugin(tmp_path, f"printf '{head}    postrenderer.helm.sh/postrender-filename: {name}\\n'")
    results = []
    for which, run in (("ours", steer), ("theirs", helm)):
        top = tmp_path / which / "in"
        top.mkdir(parents=True)
        if there:
            (top / "o").mkdir()
        line = ["template", "r", str(chart), "--post-renderer", "pr", "--output-dir", "o"]
        done = run(*line, cwd=top, env=variables)
        files = sorted(str(path.relative_to(top.parent)) for path in top.parent.rglob("*"))
        results.append((done.returncode, done.stdout, done.stderr, files))
    assert results[0] == results[1]
