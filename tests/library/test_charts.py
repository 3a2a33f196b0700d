"""Charts for programs: loaded, rendered, linted, packaged, pulled and pushed."""

from __future__ import annotations

import inspect
import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import steersman
from tests.conftest import Run

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"


def write_chart(folder: Path, templates: dict[str, str], values: str = "", schema: str = "") -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.2.3\nappVersion: '4'\ndescription: d\n")
    (folder / "values.yaml").write_text(values)
    if schema:
        (folder / "values.schema.json").write_text(schema)
    for name, text in templates.items():
        (folder / "templates" / name).write_text(text)
    return folder


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {a: %s}\n"


@pytest.mark.helm
def test_a_render_is_what_the_command_prints(tmp_path: Path, helm: Run) -> None:
    (tmp_path / "v.yaml").write_text("replicas: 2\n")
    result = steersman.render(
        SHOP,
        [tmp_path / "v.yaml", {"replicas": 3}],
        name="web",
        namespace="ns",
        kube_version="1.30",
        api_versions=["x/v1"],
    )
    line = ["template", "web", str(SHOP), "-f", "v.yaml", "--set", "replicas=3", "-n", "ns"]
    assert result.text == helm(*line, "--kube-version", "1.30", "-a", "x/v1").stdout
    assert result["Deployment/web-shop"].object["spec"]["replicas"] == 3
    assert [hook.events for hook in result.hooks] == [("test",), ("pre-install", "pre-upgrade")]
    assert "web" in result.notes
    assert len(result.objects) == len(result) == len(result.manifests) == 5
    assert set(result.files) > {"shop/templates/web.yaml", "shop/charts/cache/templates/cache.yaml"}


def test_manifests_know_their_lines() -> None:
    result = steersman.render(SHOP, name="web")
    lines = result.text.split("\n")
    for manifest in (*result.manifests, *result.hooks):
        assert lines[manifest.line - 2] == f"# Source: {manifest.source}"
        assert manifest.text.strip().split("\n")[0] == lines[manifest.line - 1]
    assert len({manifest.line for manifest in (*result.manifests, *result.hooks)}) == 7


def test_an_object_that_is_not_there_is_reported_with_those_that_are() -> None:
    with pytest.raises(KeyError, match=r"Deployment/nope; there are: ConfigMap/web-shop, .*Job/web-shop-migrate"):
        steersman.render(SHOP, name="web")["Deployment/nope"]


def test_a_chart_tells_about_itself(tmp_path: Path) -> None:
    chart = steersman.load(write_chart(tmp_path / "c", {}, "a: {b: 1}\n"))
    assert (chart.name, chart.version, chart.app_version, chart.type, chart.description) == (
        "c",
        "1.2.3",
        "4",
        "application",
        "d",
    )
    chart.values["a"]["b"] = 2
    assert chart.values == {"a": {"b": 1}}
    assert repr(chart) == "<Chart c 1.2.3>"
    assert chart.files["values.yaml"] == b"a: {b: 1}\n"


def test_errors_of_templates_have_their_place(tmp_path: Path) -> None:
    helpers = '{{ define "one" }}{{ include "two" . }}{{ end }}\n{{ define "two" }}\n{{ fail "no luck" }}{{ end }}\n'
    chart = steersman.load(
        write_chart(tmp_path / "c", {"_h.tpl": helpers, "t.yaml": 'a: 1\nb: {{ include "one" . }}\n'})
    )
    with pytest.raises(steersman.TemplateError) as caught:
        chart.render()
    error = caught.value
    assert (error.template, error.line, error.reason) == ("c/templates/_h.tpl", 3, "no luck")
    assert error.excerpt == '{{ fail "no luck" }}{{ end }}'
    assert error.excerpt[error.column - 1 :].startswith("fail")
    assert [(place.template, place.line, place.define) for place in error.includes] == [
        ("c/templates/t.yaml", 2, "c/templates/t.yaml"),
        ("c/templates/_h.tpl", 1, "one"),
    ]
    assert str(error).startswith("execution error at (c/templates/t.yaml:2:6): no luck")


def test_a_template_that_does_not_parse(tmp_path: Path) -> None:
    chart = steersman.load(write_chart(tmp_path / "c", {"t.yaml": "a: 1\nb: {{ if }}\n"}))
    with pytest.raises(steersman.TemplateError) as caught:
        chart.render()
    assert (caught.value.template, caught.value.line, caught.value.reason) == (
        "c/templates/t.yaml",
        2,
        "missing value for if",
    )
    assert caught.value.excerpt == "b: {{ if }}"


def test_errors_of_schemas_have_their_violations(tmp_path: Path) -> None:
    schema = '{"properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}'
    chart = steersman.load(write_chart(tmp_path / "c", {}, "", schema))
    with pytest.raises(steersman.SchemaError) as caught:
        chart.render({"a": "x", "b": 1})
    assert caught.value.violations == (
        steersman.Violation("c", "/a", "got string, want integer", "values"),
        steersman.Violation("c", "/b", "got number, want string", "values"),
    )
    chart.render({"a": "x"}, skip_schema_validation=True)


def test_violations_say_where_values_came_from(tmp_path: Path) -> None:
    known = '"a": {"type": "integer"}, "l": {"items": {"type": "string"}}, "s": {}, "global": {}'
    schema = f'{{"properties": {{{known}}}, "additionalProperties": false}}'
    folder = write_chart(tmp_path / "c", {}, "a: one\nl: [x, y]\n", schema)
    (folder / "charts").mkdir()
    inner = '{"properties": {"port": {"type": "integer"}}}'
    write_chart(folder / "charts" / "s", {}, "port: eighty\n", inner)
    (folder / "charts" / "s" / "Chart.yaml").write_text("apiVersion: v2\nname: s\nversion: 0.1.0\n")
    (tmp_path / "v.yaml").write_text("l: [1, z]\n")
    with pytest.raises(steersman.SchemaError) as caught:
        steersman.render(folder, [tmp_path / "v.yaml", {"extra": 1}])
    assert [(one.chart, one.pointer, one.origin) for one in caught.value.violations] == [
        ("c", "/a", "c/values.yaml"),
        ("c", "/l/0", str(tmp_path / "v.yaml")),
        ("c", "", "values[1]"),
        ("s", "/s/port", "c/charts/s/values.yaml"),
    ]


@pytest.mark.helm
def test_show_is_what_the_command_prints(helm: Run) -> None:
    for part in ("all", "chart", "values", "readme", "crds"):
        assert steersman.show(SHOP, part) == helm("show", part, str(SHOP)).stdout  # type: ignore[arg-type]
    with pytest.raises(steersman.UsageError, match="a chart has no part 'notes'"):
        steersman.show(SHOP, "notes")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"a": {"b": [1, {"c": object()}]}}, r"^a\.b\[1\]\.c: a value of type object has no form in YAML$"),
        ({"a": {1: 2}}, r"^a: the key 1 is not a string$"),
        ({"a": 1 << 70}, r"^a: 1180591620717411303424 does not fit in 64 bits$"),
        ("/nowhere.yaml", r"^open /nowhere\.yaml: no such file or directory$"),
    ],
)
def test_values_that_cannot_be_used(tmp_path: Path, values: object, message: str) -> None:
    chart = steersman.load(write_chart(tmp_path / "c", {}))
    with pytest.raises(steersman.ValuesError, match=message):
        chart.render(values)  # type: ignore[arg-type]


def test_values_are_not_changed_by_a_render(tmp_path: Path) -> None:
    template = '{{ $_ := set .Values.a "b" 2 }}' + CONFIG_MAP % ("x", "{{ .Values.a.b | quote }}")
    chart = steersman.load(write_chart(tmp_path / "c", {"t.yaml": template}, "a: {b: 0}\n"))
    values = {"a": {"b": 1}}
    first, second = chart.render(values), chart.render(values)
    assert values == {"a": {"b": 1}} and chart.values == {"a": {"b": 0}}
    assert first.text == second.text


def test_other_errors_have_their_kinds(tmp_path: Path) -> None:
    with pytest.raises(steersman.ChartError, match=r'^path "/nope" not found$'):
        steersman.load("/nope")
    chart = steersman.load(write_chart(tmp_path / "c", {"t.yaml": "a: [\n"}))
    with pytest.raises(steersman.Error, match=r"YAML parse error on c/templates/t\.yaml"):
        chart.render()


def test_one_chart_renders_in_several_threads() -> None:
    chart = steersman.load(SHOP)
    texts: dict[int, str] = {}

    def render(replicas: int) -> None:
        texts[replicas] = chart.render({"replicas": replicas}, name="web").text

    threads = [threading.Thread(target=render, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"replicas: {number}\n" in texts[number] for number in range(8))


def test_warnings_go_to_logging(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    chart = steersman.load(write_chart(tmp_path / "c", {}, "a: {b: 1}\n"))
    with caplog.at_level(logging.INFO, "steersman"):
        chart.render({"a": {"b": {"c": 1}}})
    assert "destination for c.a.b is a table. Ignoring non-table value (1)" in caplog.text
    assert capfd.readouterr() == ("", "")


def test_lint_and_package(tmp_path: Path) -> None:
    folder = write_chart(tmp_path / "c", {"t.yaml": "a: {{ .Values.nope.x }}\n"})
    findings = steersman.lint(folder)
    assert [finding.path for finding in findings] == ["Chart.yaml", "templates/"]
    assert "nil pointer evaluating interface {}.x" in findings[1].message
    archive = steersman.package(folder, tmp_path, version="2.0.0")
    assert archive == str(tmp_path / "c-2.0.0.tgz")
    assert steersman.load(archive).version == "2.0.0"


def test_importing_is_cheap() -> None:
    code = "import sys, steersman; print(sorted(name for name in sys.modules if name.startswith('steersman')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "['steersman', 'steersman.version']"


def test_names_are_those_that_are_listed() -> None:
    assert {*steersman.__all__, "aio"} == {*steersman._HOMES, "__version__"}  # a module is not a name of the library
    for name in steersman.__all__:
        assert getattr(steersman, name) is not None
    with pytest.raises(AttributeError, match="module 'steersman' has no attribute 'nope'"):
        steersman.nope  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.parametrize(
    "function", [steersman.load, steersman.render, steersman.Chart.render, steersman.Client.install]
)
def test_signatures_name_their_parameters(function: object) -> None:
    parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    assert not [p for p in parameters if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def test_manifests_that_were_read_before_are_sorted_the_same(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (tmp_path / "templates" / "a.yaml").write_text(
        "kind: {{ .Values.kind }}\napiVersion: v1\nmetadata: {name: a}\n---\n"
        "kind: Namespace\napiVersion: v1\nmetadata: {name: b}\n"
    )
    chart = steersman.load(tmp_path)

    def kinds(kind: str) -> list[str]:
        return [manifest.kind for manifest in chart.render({"kind": kind}).manifests]

    for _ in range(2):
        assert kinds("Secret") == ["Namespace", "Secret"]
        assert kinds("Job") == ["Namespace", "Job"]
        with pytest.raises(steersman.ManifestError):
            kinds("[1]")


def test_a_chart_for_another_kubernetes_is_a_chart_error(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"a.yaml": "kind: Secret\n"})
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\nkubeVersion: '>=9'\n")
    with pytest.raises(steersman.ChartError, match="chart requires kubeVersion: >=9"):
        steersman.render(chart)
