"""Ways of Helm's that one would not guess; each is named by a ``# helm:`` note next to the code that keeps it."""

from __future__ import annotations

import os
import re
import subprocess
from functools import partial
from pathlib import Path

import pytest

from steersman.cli.cobra.man import roff
from tests.conftest import Run
from tests.prose import shape
from tests.services import beside

CHART = "apiVersion: v2\nname: c\nversion: 0.1.0\n"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return write_chart(tmp_path / "c", CHART, {"a.yaml": "a: 1\n", "b.yaml": "b: 1\n---\nc: 1\n"})


def write_chart(folder: Path, about: str, templates: dict[str, str], values: str = "") -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(about)
    (folder / "values.yaml").write_text(values)
    for name, text in templates.items():
        (folder / "templates" / name).write_text(text)
    return folder


same = partial(beside.same, shape=shape)


def test_chart_metadata_is_a_map(tmp_path: Path, steer: Run, helm: Run) -> None:
    fields = "a: {{ .Chart.Nope }}\nb: {{ .Chart.Name }}\nc: {{ .Chart | toJson }}\ny: {{ .Chart | toYaml | nindent 2 }}\nd: {{ .Chart.Annotations.x }}\n"
    write_chart(tmp_path / "m", CHART, {"t.yaml": fields})
    assert "b: c" in same(steer, helm, "template", "x", "m")


def test_default_api_versions_are_helms(tmp_path: Path, steer: Run, helm: Run) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": "v: {{ .Capabilities.APIVersions | toJson }}\n"})
    assert "apps/v1" in same(steer, helm, "template", "x", "m")


def test_env_shows_the_kubeconfig_flag(steer: Run, helm: Run) -> None:
    for arguments in (["--kubeconfig", "elsewhere"], []):
        ours, theirs = (run("env", *arguments).stdout.splitlines()[1:] for run in (steer, helm))  # without HELM_BIN
        assert ours == theirs
        assert any(line.startswith("KUBECONFIG") for line in ours) == bool(arguments)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (".Capabilities.Copy.KubeVersion", "v: v1."), (".Capabilities.Copy | toJson", '"KubeVersion"'), (".Capabilities.Copy 1", "want 0 got 1"),
        ('.Capabilities.Copy.APIVersions.Has "v1"', "v: true"), ("deepEqual .Capabilities .Capabilities.Copy", "v: true"),
        ('printf "%T" .Capabilities.Copy | quote', "*common.Capabilities"), (".Capabilities.Copy.Nope", "can't evaluate field Nope"),
    ],
)  # fmt: skip
def test_a_copy_of_the_capabilities(tmp_path: Path, steer: Run, helm: Run, action: str, words: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": f"v: {{{{ {action} }}}}\n"})
    assert words in same(steer, helm, "template", "x", "m")


@pytest.mark.parametrize(
    "schema", ['{"maximum": 1e999}', '{"default": -1e400}', '{"a": 1e999,}', '{"a": 1e}', "1e999", "{} x"]
)
def test_packages_with_large_numbers_in_their_schema(tmp_path: Path, steer: Run, helm: Run, schema: str) -> None:
    folder = write_chart(tmp_path / "c", CHART, {})
    (folder / "values.schema.json").write_text(schema)
    shown = same(steer, helm, "package", "c")
    assert ("invalid JSON in values.schema.json" in shown) is (schema in ('{"a": 1e999,}', '{"a": 1e}', "{} x"))


def test_env_names_the_program(tmp_path: Path, steer: Run, oracle: str, environment: dict[str, str]) -> None:
    assert steer("env", "HELM_BIN").stdout == f"{tmp_path / 'bin' / 'helm'}\n"
    for folder in (str(tmp_path / "bin"), oracle):
        elsewhere = Path(folder, "..", Path(folder).name)
        for path in (folder, f"{folder}/", f"/nosuch:{tmp_path}:{folder}:/usr/bin:/bin", str(elsewhere)):
            done = subprocess.run(
                ["/bin/sh", "-c", "helm env HELM_BIN; cd \"$0\" && ./helm env HELM_BIN", folder],
                env={**environment, "PATH": path}, capture_output=True, text=True, check=True,
            )  # fmt: skip
            assert done.stdout == "helm\n./helm\n", (folder, path)


def test_imports_share_the_map(tmp_path: Path, steer: Run, helm: Run) -> None:
    about = CHART + (
        "dependencies:\n- name: s\n  version: 0.1.0\n  import-values:\n  - {child: a, parent: p}\n"
        "  - {child: b, parent: p}\n  - {child: a, parent: q}\n"
    )
    folder = write_chart(tmp_path / "m", about, {"t.yaml": "v: {{ .Values | toJson }}\n"})
    values = "a: {x: {k: 1}}\nb: {x: {l: 2}}\n"
    write_chart(folder / "charts" / "s", CHART.replace("name: c", "name: s"), {}, values)
    assert '"q"' in same(steer, helm, "template", "x", "m")


def test_index_of_no_folder(steer: Run, helm: Run) -> None:
    ours, theirs = (re.sub(r"yaml\d+", "yamlN", run("repo", "index", "nosuch").stderr) for run in (steer, helm))
    assert ours == theirs
    assert "yamlN: no such file" in ours


def test_releases_in_memory_need_no_cluster(tmp_path: Path, steer: Run, helm: Run) -> None:
    (tmp_path / "r.yaml").write_text(
        "- name: one\n  namespace: default\n  version: 1\n  info: {status: deployed, last_deployed: 2020-01-01T00:00:00Z}\n"
        "  chart: {metadata: {name: c, version: 0.1.0}}\n  manifest: 'kind: Secret'\n"
    )
    env = {"HELM_DRIVER": "memory", "HELM_MEMORY_DRIVER_DATA": "r.yaml"}
    for arguments in (["list"], ["get", "manifest", "one"], ["history", "one"], ["__complete", "rollback", "one", ""]):
        assert same(steer, helm, *arguments, env=env)


def test_repo_list_without_repositories(tmp_path: Path, steer: Run, helm: Run) -> None:
    same(steer, helm, "repo", "list")
    (tmp_path / "broken.yaml").write_text("a: [")
    same(steer, helm, "repo", "list", "--repository-config", "broken.yaml")


def test_search_shows_a_version_once(tmp_path: Path, steer: Run, helm: Run) -> None:
    (tmp_path / "cfg.yaml").write_text("apiVersion: v1\nrepositories:\n- name: r\n  url: http://example.com\n")
    (tmp_path / "r-index.yaml").write_text(
        "apiVersion: v1\nentries:\n  c:\n"
        "  - {apiVersion: v2, name: c, version: 1.0.0, description: first, urls: [a.tgz]}\n"
        "  - {apiVersion: v2, name: c, version: 1.0.0, description: second, urls: [b.tgz]}\n"
    )
    arguments = ["--repository-config", "cfg.yaml", "--repository-cache", "."]
    shown = same(steer, helm, "search", "repo", "c", "-l", *arguments)
    assert shown.count("1.0.0") == 1


def test_show_only(chart: Path, steer: Run, helm: Run) -> None:
    for pattern in ("templates/b.yaml", "templates/*.yaml", "templates/[ab].yaml", "templates/nosuch.yaml"):
        assert same(steer, helm, "template", "x", "c", "-s", pattern)


def test_show_without_chart_yaml(tmp_path: Path, steer: Run, helm: Run) -> None:
    (tmp_path / "empty").mkdir()
    assert "missing" in same(steer, helm, "show", "chart", "empty")
    same(steer, helm, "template", "x", "empty")


# a port that nobody listens on
_NO_DATABASE = {"HELM_DRIVER": "sql", "HELM_DRIVER_SQL_CONNECTION_STRING": "postgres://127.0.0.1:9/x?sslmode=disable"}


@pytest.mark.parametrize(
    ("words", "env"),
    [
        ("unknown driver", {"HELM_DRIVER": "floppy"}),
        ("Unable to read memory driver data", {"HELM_DRIVER": "memory"}),
        ("unable to instantiate SQL driver: dial tcp 127.0.0.1:9", _NO_DATABASE),
    ],
)
def test_records_that_cannot_be_opened(chart: Path, steer: Run, helm: Run, words: str, env: dict[str, str]) -> None:
    """Every command fails, before its arguments are counted."""
    for line in (
        "template r c", "lint c", "install --dry-run=client r c", "install", "create", "env", "version", "repo list",
        "list", "help", "__complete show c",
    ):  # fmt: skip
        assert words in same(steer, helm, *line.split(), env=env), line
    for line in ("create --zz", "nosuch"):
        assert words not in same(steer, helm, *line.split(), env=env), line


def test_under_its_own_name_records_are_opened_when_needed(chart: Path, own: Run) -> None:
    assert own("template", "r", "c", env=_NO_DATABASE).returncode == 0
    assert "unable to instantiate SQL driver" in own("list", env=_NO_DATABASE).stderr


def test_version_is_that_of_the_helm_it_answers_as(steer: Run, helm: Run) -> None:
    assert "v4.3.1" in same(steer, helm, "version")
    same(steer, helm, "version", "--template", "{{.Nope}} {{.Version}}")


def test_dependencies_from_folders(tmp_path: Path, steer: Run, helm: Run) -> None:
    write_chart(tmp_path / "s", CHART.replace("name: c", "name: s").replace("0.1.0", "1.2.3"), {})
    about = CHART + 'dependencies:\n- {name: s, version: ">=1.0.0 <2.0.0", repository: "file://../s"}\n'
    trees: list[tuple[str, list[str], str]] = []
    for name, run in (("ours", steer), ("theirs", helm)):
        folder = write_chart(tmp_path / name / "c", about, {})
        write_chart(tmp_path / name / "s", (tmp_path / "s" / "Chart.yaml").read_text(), {})
        done = run("dependency", "update", str(folder))
        assert done.returncode == 0, done.stderr
        lock = re.sub("generated: .*", "generated: T", (folder / "Chart.lock").read_text())
        trees.append((done.stdout, sorted(os.listdir(folder / "charts")), lock))
        # what one locked the other builds
        other = helm if run is steer else steer
        assert other("dependency", "build", str(folder)).returncode == 0
        (folder / "Chart.yaml").write_text(about.replace("<2.0.0", "<3.0.0"))
        assert "out of sync" in other("dependency", "build", str(folder)).stderr
    assert trees[0] == trees[1]


def test_failed_update_leaves_the_charts_as_they_were(tmp_path: Path, steer: Run) -> None:
    about = CHART + 'dependencies:\n- {name: s, version: "2.x", repository: "file://../s"}\n'
    folder = write_chart(tmp_path / "c", about, {})
    write_chart(tmp_path / "s", CHART.replace("name: c", "name: s"), {})
    (folder / "charts").mkdir()
    (folder / "charts" / "s").mkdir()
    (folder / "charts" / "s" / "Chart.yaml").write_text("apiVersion: v2\nname: s\nversion: 0.0.9\n")
    done = steer("dependency", "update", "c")
    assert done.returncode == 1
    assert "can't get a valid version for 1 subchart(s)" in done.stderr
    assert sorted(os.listdir(folder)) == ["Chart.yaml", "charts", "templates", "values.yaml"]
    assert os.listdir(folder / "charts") == ["s"]


JSON_STREAMS = [
    "{a: 1}\n", '{"kind":"ConfigMap","apiVersion":"v1"}\n---\nkind: Bad\n  x: y\n', '{"a":1} {"b":2\n', '  {"a":1}\n{b: 2}\n',
    '{"kind": 5}\n', "\n\n{ {\n", '{"a":1}\n---\n{b: 2}\n', 'a: 1\n---\n{"a" 1}\n', '{"a":1', '{"a":"é",é}\n', '{"a":1} 5',
    '{"metadata": []}', '{"metadata": {"name": []}}', '{"KIND":[]}', "metadata:\n  namespace: []\n", "kind: []\napiVersion: {}\n",
]  # fmt: skip


@pytest.mark.parametrize("text", JSON_STREAMS)
def test_lint_reads_json_streams(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": text})
    assert "templates/t.yaml" in same(steer, helm, "lint", "m")


def test_lint_warns_twice(tmp_path: Path, steer: Run, helm: Run) -> None:
    folder = write_chart(tmp_path / "m", CHART, {"t.yaml": "a: 1\n"})
    (folder / "requirements.yaml").write_text("dependencies: []\n")
    assert same(steer, helm, "lint", "m").count("We recommend migrating") == 2


def test_a_folder_without_chart_yaml(tmp_path: Path, steer: Run, helm: Run) -> None:
    (tmp_path / "m").mkdir()
    for command in ("list", "build", "update"):
        assert "Chart.yaml file is missing" in same(steer, helm, "dependency", command, "m")


def test_a_byte_order_mark_at_the_start_of_a_line(tmp_path: Path, steer: Run, helm: Run) -> None:
    for values in ("a: 1\n\ufeffb: 2\n", "a:\n  b: c\n\ufeff d: 1\n", "a: |\n  x\n\ufeff\nb: 1\n", "\ufeffa: 1\n"):
        write_chart(tmp_path / str(len(values)), CHART, {"t.yaml": "v: {{ .Values | toJson }}\n"}, values)
        same(steer, helm, "template", "x", str(len(values)))


def test_a_byte_order_mark_inside(tmp_path: Path, steer: Run, helm: Run) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": "a: 1\n\ufeffb: 2\n"})
    assert "\ufeffb: 2" in same(steer, helm, "template", "r", "m")


@pytest.mark.parametrize("text", ["~: 1\nnull: 2\n", "a: {~: 1, null: {x: 1}}\n", "~: 1\n? [a]\n: 2\n"])
def test_null_is_no_key(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": "a: 1\n"}, values=text)
    assert "map key" in same(steer, helm, "template", "r", "m")


def test_all_namespaces_of_a_memory_ask_the_cluster(tmp_path: Path, steer: Run, helm: Run) -> None:
    (tmp_path / "releases.yaml").write_text(
        "- name: a\n  namespace: default\n  version: 1\n  info: {status: deployed}\n"
    )
    memory = {"HELM_DRIVER": "memory", "HELM_MEMORY_DRIVER_DATA": str(tmp_path / "releases.yaml")}
    assert "kubernetes cluster unreachable" in same(steer, helm, "list", "-A", env=memory)


@pytest.mark.parametrize("arguments", [[], ["--generate-headers"], ["--type", "man"]])
def test_docs_have_the_files_and_flags_of_helm(tmp_path: Path, steer: Run, helm: Run, arguments: list[str]) -> None:
    written: list[dict[str, list[str]]] = []
    for run in (steer, helm):
        folder = tmp_path / f"docs{len(written)}"
        folder.mkdir()
        assert run("docs", "--dir", str(folder), *arguments).returncode == 0
        written.append({path.name: flags_in_docs(path.read_text()) for path in folder.iterdir()})
    assert len(written[1]) > 50
    assert written[0] == written[1]


def flags_in_docs(text: str) -> list[str]:
    """Return the flags that Markdown (with their defaults) or a manual page names."""
    if text.startswith((".nh", "'\\\"")):
        return sorted(re.findall(r"\\fB(--[\w-]+)\\fP", text.replace("\\fR", "\\fP").partition(".SH OPTIONS\n")[2]))
    lines = [line for line in text.splitlines() if re.match(r"title: |      --|  -\w, --", line)]
    return [re.sub(r"   +(?!--)\S.*?(\(default .*\))?$", r" \1", line) for line in lines]


def test_docs_of_an_unknown_type(steer: Run, helm: Run) -> None:
    assert "unknown doc type" in same(steer, helm, "docs", "--type", "x")
    assert "--generate-headers" in same(steer, helm, "docs", "--help")


def test_docs_that_are_not_there_say_so(steer: Run) -> None:
    assert "not supported yet" in steer("docs", "--type", "bash").stderr


def test_markdown_as_roff() -> None:
    text = "a **b** *c* `d` <e> [f](g-h)\n'i \\\\ j\n\n1. k\n2. l\n\n- m\n  n\n\n    o\n      p\n\nx\n\n    y\n      z\n\n| q | r |\n|---|---|\n| s | t |\n"
    assert roff(text) == (
        "\n.PP\na \\fBb\\fP \\fIc\\fP \\fBd\\fR  f\n\\[la]g\\-h\\[ra]\n\\&'i \\\\ j"
        '\n.IP "  1." 5\nk\n.IP "  2." 5\nl\n\n.IP \\(bu 2\nm\nn\n\no\n  p\n'
        "\n.PP\nx\n\n.EX\ny\n  z\n.EE\n"
        "\n.TS\nallbox;\nl l \nl l .\n\\fBq\\fP\t\\fBr\\fP\ns\tt\n.TE\n"
    )


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("x" * 65535, False), ("x" * 65536, True), ("x" * 65535 + "\n", False), ("x" * 65535 + "\r\n", True),
        ("\ufeff" + "x" * 65533, True), ("\u20ac" * 22000, True), ("# " + "x" * 65536, True), ("a\n" + "x" * 65536, True),
        ("[\n" + "x" * 65536, True), ("x\n" * 40000, False),
    ],
)  # fmt: skip
def test_long_ignore_rules(tmp_path: Path, steer: Run, helm: Run, text: str, is_refused: bool) -> None:
    folder = write_chart(tmp_path / "c", CHART, {"a.yaml": "a: 1\n"})
    (folder / ".helmignore").write_bytes(text.encode())
    for line in ("template r c", "lint c", "show chart c", "dependency list c"):
        assert ("Error: " in same(steer, helm, *line.split())) is is_refused, line
    assert steer("package", "c").returncode == helm("package", "c").returncode == is_refused


@pytest.mark.parametrize("rule", ["x*[", "k*[p.txt", "a[", "x* [", "[a-z]?x[", "*[a", "?[^"])
def test_bad_ignore_rules(tmp_path: Path, steer: Run, helm: Run, rule: str) -> None:
    folder = write_chart(tmp_path / "m", CHART, {"t.yaml": "a: {{ range $k, $v := .Files }}{{ $k }},{{ end }}\n"})
    for name in ("xb", "keep.txt", "x y"):
        (folder / name).write_text("")
    (folder / ".helmignore").write_text(rule + "\n")
    assert "syntax error in pattern" in same(steer, helm, "template", "r", "m")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe", "incomplete UTF-16 character"), (b"\xfe\xff", "incomplete UTF-16 character"), (b"\xff\xfea", ""), (b"\xfe\xff\0", ""),
        ("a: b".encode("utf-16"), "incomplete UTF-16 character"), ("a: b\n".encode("utf-16"), ""),
        (b"\xff\xfe\0\xd8", "incomplete UTF-16 surrogate pair"), (b"\xff\xfe\0\xd8\0", "expected low surrogate area"),
        (b"a: \xe2\x82", "invalid trailing UTF-8 octet"), (b"a: \xe2\x82\n", "invalid trailing UTF-8 octet"), (b"a: \xe2", ""),
        (b"\xef\xbb", "invalid trailing UTF-8 octet"), (b"a: \xf0\x90", ""), (b"a: \xe2\n---\nb: 1", ""), (b"a: \xe2\x82\n---\nb: 1", ""),
        (b"a: \xff", ""), (b"a: |\n  b\n---\n\xff\xfe", ""),
    ],
)  # fmt: skip
def test_lint_of_texts_cut_short(tmp_path: Path, steer: Run, helm: Run, data: bytes, words: str) -> None:
    folder = write_chart(tmp_path / "c", CHART, {})
    for place in (folder / "crds" / "a.yaml", folder / "templates" / "t.yaml"):
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
        assert words in same(steer, helm, "lint", "c")
        place.unlink()


def test_an_empty_list_of_dependencies(tmp_path: Path, steer: Run, helm: Run) -> None:
    folder = write_chart(tmp_path / "m", CHART + "dependencies: []\n", {})
    locks: list[str] = []
    for run in (steer, helm):
        done = run("dependency", "update", "m")
        assert done.stdout == "Saving 0 charts\nDeleting outdated charts\n"
        locks.append(re.sub("generated: .*", "generated: T", (folder / "Chart.lock").read_text()))
        (folder / "Chart.lock").rename(tmp_path / "Chart.lock")
    assert locks[0] == locks[1]
    assert "REPOSITORY" in same(steer, helm, "dependency", "list", "m")
    (tmp_path / "Chart.lock").rename(folder / "Chart.lock")
    assert "Saving 0" in same(steer, helm, "dependency", "build", "m")
    (folder / "Chart.yaml").write_text(CHART)  # no list is not an empty list
    assert "out of sync" in same(steer, helm, "dependency", "build", "m")


@pytest.mark.parametrize(
    "repository", ["file:../s", "FILE://../s", "alias:no", "@no", "../s", "/s", "http://a b/c", "http://[::1", " "]
)
def test_what_a_repository_may_be(tmp_path: Path, steer: Run, helm: Run, repository: str) -> None:
    about = f"{CHART}dependencies: [{{name: s, version: 1.x, repository: '{repository}'}}]\n"
    write_chart(tmp_path / "m", about, {})
    assert "Error" in same(steer, helm, "dependency", "update", "m", "--skip-refresh")
    if repository != "/s":
        assert "Error" in same(steer, helm, "dependency", "update", "m")


def test_package_is_quiet_about_dependencies(tmp_path: Path, steer: Run, helm: Run) -> None:
    write_chart(tmp_path / "s", CHART.replace("name: c", "name: s"), {})
    write_chart(tmp_path / "m", CHART + "dependencies: [{name: s, version: '*', repository: 'file://../s'}]\n", {})
    assert same(steer, helm, "package", "m", "-u").count("\n") == 1


@pytest.mark.parametrize("width", ["1", "3", "4", "7"])
def test_narrow_columns(tmp_path: Path, steer: Run, helm: Run, width: str) -> None:
    write_chart(tmp_path / "m", CHART + "dependencies: [{name: éàü漢字abc, version: 1.x}]\n", {})
    assert "..." in same(steer, helm, "dependency", "list", "m", "--max-col-width", width)


CHART_SHAPES = ["name: [a]", "deprecated: x", "annotations: {a: []}", "keywords: {}", "keywords: [a, {}]", "maintainers: [a]", "maintainers: [{name: []}]",
                "dependencies: [{}, a]", "dependencies: [{tags: [[a]]}]", "dependencies: [{tags: a}]"]  # fmt: skip


@pytest.mark.parametrize("line", CHART_SHAPES)
def test_a_field_of_the_wrong_shape(tmp_path: Path, steer: Run, helm: Run, line: str) -> None:
    folder = write_chart(tmp_path / "m", f"{CHART}{line}\n", {})
    assert "cannot unmarshal" in same(steer, helm, "show", "chart", "m")
    if line.startswith("dependencies"):
        (folder / "Chart.yaml").write_text(CHART)
        (folder / "Chart.lock").write_text(line)
        assert "Chart.lock" in same(steer, helm, "show", "chart", "m")


@pytest.mark.parametrize("about", ["- a", "x", "1", "true", "null", "{}", "apiVersion: [x]", "name: {a: b}", ""])
def test_a_chart_yaml_that_is_no_map(tmp_path: Path, steer: Run, helm: Run, about: str) -> None:
    write_chart(tmp_path / "m", about + "\n", {"t.yaml": "a: b\n"})
    for command in (["template", "r"], ["lint"], ["show", "chart"], ["dependency", "list"], ["package"]):
        assert "rror" in same(steer, helm, *command, "m").lower() or about in ("null", "{}", "")


@pytest.mark.parametrize("text", ["---\na: 1\n  b: 2\n", "---\n---\na: 1\n", "a: 1\n---\n---\nb: [\n", "---\n", "---\n# c\n---\na: b\n c: d\n"])  # fmt: skip
def test_lines_are_counted_from_the_separator_on(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": text})
    same(steer, helm, "lint", "m")
    same(steer, helm, "template", "r", "m")


@pytest.mark.parametrize("version", ["v3", "v4", "V2", '""', "null", "1", '"v1"', "-}}1"])
def test_an_unknown_api_version(tmp_path: Path, steer: Run, helm: Run, version: str) -> None:
    write_chart(tmp_path / "m", f"apiVersion: {version}\nname: m\nversion: 0.1.0\n", {"t.yaml": "a: b\n"})
    for command in (["template", "r"], ["lint"], ["show", "chart"], ["dependency", "list"]):
        same(steer, helm, *command, "m")
    said = [run("package", "m").stderr.replace(str(tmp_path), "") for run in (steer, helm)]
    assert said[0] == said[1]


def test_a_key_twice_is_named_by_the_line_of_its_value(tmp_path: Path, steer: Run, helm: Run) -> None:
    about = (
        CHART + "maintainers:\n  - name: a\nkeywords: [x]\nmaintainers:\n  - name: b\n    email: c\nkeywords: [\n y]\n"
    )
    write_chart(tmp_path / "m", about, {"t.yaml": "a: b\n"})
    assert "already set in map" in same(steer, helm, "lint", "m")


def test_dependencies_of_the_folder_one_is_in(tmp_path: Path, steer: Run, helm: Run) -> None:
    write_chart(tmp_path / "m", CHART, {})
    for place in (".", "./", "../m", "templates/..", "..//m", ""):
        ours, theirs = (run("dependency", "list", place, cwd=str(tmp_path / "m")) for run in (steer, helm))
        assert (ours.stdout, ours.stderr) == (theirs.stdout, theirs.stderr)


def test_output_and_errors_keep_their_order(tmp_path: Path, steer: Run, helm: Run, oracle: str) -> None:
    write_chart(tmp_path / "m", CHART + "dependencies: [{name: x, version: 1.0.0}]\n", {"t.yaml": "a: b\n"})
    said = []
    for program in (tmp_path / "bin" / "helm", Path(oracle) / "helm"):
        line = f"{program} dependency list m 2>&1; {program} lint m 2>&1; {program} show chart m 2>&1"
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        )
        said.append(done.stdout)
    assert "chart(s) failed" in said[1]
    assert said[0] == said[1]


@pytest.mark.helm
@pytest.mark.parametrize(
    "text",
    [
        "x: y\n[1]\n# c",
        "x: y\n[1]\n# c\n# d",
        "x: y\n[1]\n\n# c",
        "x: y\n[1] # c",
        'x: y\n"a"\n# c',
        'a: "b\n# c',
        "a: [1\n# c",
    ],
)
def test_errors_behind_a_comment(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    chart = write_chart(tmp_path / "m", CHART, {})
    (chart / "templates" / "t.yaml").write_text(text)
    (tmp_path / "v.yaml").write_text(text)
    assert "yaml: line" in same(steer, helm, "template", "r", "m")
    (chart / "templates" / "t.yaml").write_text("a: 1\n")
    assert "yaml: line" in same(steer, helm, "template", "r", "m", "-f", "v.yaml")
