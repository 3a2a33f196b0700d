"""``explain`` and ``template --source-map``, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import steersman
from tests.conftest import Run
from tests.insight.charts import write_chart

MAP = """apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  tag: {{ .Values.image.tag | quote }}
  size: {{ .Values.db.size | quote }}
  {{- if .Values.extra }}
  extra: here
  {{- end }}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    dependencies = "dependencies:\n- {name: db, version: 1.0.0}\n"
    values = "image:\n  tag: 1\nextra: true\ndb:\n  size: small\n"
    made = write_chart(tmp_path / "web", values=values, dependencies=dependencies, map=MAP)
    write_chart(made / "charts" / "db", values="size: tiny\n", own=MAP.replace(".Values.db.size", ".Values.size"))
    (made / "charts" / "db" / "templates" / "own.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {size: {{ .Values.size | quote }}}\n"
    )
    (tmp_path / "prod.yaml").write_text("image:\n  tag: 2\n")
    return made


def test_a_field_names_its_template_line_and_what_its_value_overrides(own: Run, chart: Path) -> None:
    done = own("explain", "web", "ConfigMap/a", "data.tag", "-f", "prod.yaml", "--set", "image.tag=3")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        'tag: "3"\n\nwritten by\n  web/templates/map.yaml:5  tag: {{ .Values.image.tag | quote }}\n\nfrom\n'
        "  image.tag = 3  --set image.tag=3\n"
        "                 overrides prod.yaml:2\n"
        "                 overrides web/values.yaml:2\n"
    )


def test_a_subcharts_value_is_set_by_its_parent(own: Run, chart: Path) -> None:
    done = own("explain", "./web", "configmap/b", "data.size")
    assert 'db.size = "small"  web/values.yaml:5\n' in done.stdout
    assert "overrides web/charts/db/values.yaml:1\n" in done.stdout


def test_conditions_are_named(own: Run, chart: Path) -> None:
    done = own("explain", "web", "ConfigMap/a", "data.extra")
    assert done.stdout.endswith("decided by\n  extra = true  web/values.yaml:3\n")


def test_a_whole_object_has_an_origin_on_each_line(own: Run, chart: Path) -> None:
    text = own("explain", "web", "ConfigMap/a").stdout
    assert all(" # map.yaml:" in line for line in text.splitlines())
    assert "# map.yaml:6  {db.size}" in text


def test_a_value_names_the_lines_that_it_reaches(own: Run, chart: Path) -> None:
    text = own("explain", "web", "--value", "db.size").stdout
    assert 'ConfigMap/a\n     6  size: "small"' in text and "ConfigMap/b\n     4  data:" in text
    assert "(decides)" in own("explain", "web", "--value", "extra").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ConfigMap/nope",), "there is no ConfigMap/nope; there are: ConfigMap/b, ConfigMap/a"),
        (("ConfigMap/a", "data.nope"), "ConfigMap/a has no field data.nope"),
        (("--value", "nope"), "no line comes from nope"),
        (("ConfigMap/a", "--value", "extra"), "leave the object out"),
    ],
)
def test_what_is_not_there_is_said(own: Run, chart: Path, arguments: tuple[str, ...], message: str) -> None:
    done = own("explain", "web", *arguments)
    assert (done.returncode, message in done.stderr) == (1, True), done.stderr


def test_objects_for_lookup_come_from_files(own: Run, chart: Path, tmp_path: Path) -> None:
    (chart / "templates" / "map.yaml").write_text(
        'kind: A\nmetadata: {name: a}\n{{- with lookup "v1" "Secret" "default" "s" }}\nfound: {{ .data.a }}\n{{- end }}\n'
    )
    (tmp_path / "o.yaml").write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: yes}\n")
    assert "A/a has no field found" in own("explain", "web", "A/a", "found").stderr
    assert "web/templates/map.yaml:4" in own("explain", "web", "A/a", "found", "--lookup-from", "o.yaml").stdout


def test_under_the_name_helm_there_is_no_such_command(steer: Run, chart: Path) -> None:
    assert 'unknown command "explain"' in steer("explain", "web").stderr


def test_a_source_map_has_every_line_of_the_output(own: Run, chart: Path, tmp_path: Path) -> None:
    plain = own("template", "web").stdout
    done = own("template", "web", "--source-map", "map.json")
    assert done.stdout == plain
    rows = {row["line"]: row for row in json.loads((tmp_path / "map.json").read_text())["lines"]}
    for number, line in enumerate(plain.splitlines(), 1):
        assert (number in rows) == (not line.startswith(("---", "# Source:")) and bool(line.strip())), line
    tag = next(row for number, row in rows.items() if plain.splitlines()[number - 1].startswith("  tag:"))
    assert (tag["template"], tag["templateLine"], tag["values"]) == ("web/templates/map.yaml", 5, ["image.tag"])


def test_a_source_map_of_some_templates_has_their_lines(own: Run, chart: Path, tmp_path: Path) -> None:
    text = own("template", "web", "--source-map", "map.json", "-s", "templates/map.yaml").stdout
    rows = json.loads((tmp_path / "map.json").read_text())["lines"]
    assert {row["object"] for row in rows} == {"ConfigMap/a"}
    assert len(rows) == len(text.strip().splitlines()) - 2


def test_a_source_map_and_an_output_folder_exclude_each_other(own: Run, chart: Path) -> None:
    done = own("template", "web", "--source-map", "map.json", "--output-dir", "out")
    assert (done.returncode, "--source-map maps standard output" in done.stderr) == (1, True)


def test_the_library_has_the_coverage_of_a_render(tmp_path: Path) -> None:
    folder = write_chart(
        tmp_path / "one", values="a: 1\nb: 2\n", t="{{ if .Values.a }}\na: 1\n{{ else }}\nb: 1\n{{ end }}"
    )
    coverage = steersman.load(folder).render().coverage
    assert (coverage.lines.covered, coverage.lines.total, coverage.unread) == (2, 3, [("b",)])
    assert [side.label for side in coverage.untaken] == ["`else` of `if`"]


def test_the_library_says_the_same(chart: Path, tmp_path: Path) -> None:
    result = steersman.load(chart).render([tmp_path / "prod.yaml", {"extr": False}])
    (line,) = result.explain("ConfigMap/a", "data.tag")
    assert [str(place) for place in line.values[0].places] == [f"{tmp_path}/prod.yaml:2", "web/values.yaml:2"]
    assert [(one.path, one.suggestion) for one in result.unused_values] == [("extr", "extra")]
    assert len(result.explain("ConfigMap/b")) == 4


def test_a_text_over_several_lines_is_explained_line_by_line(own: Run, tmp_path: Path) -> None:
    text = MAP.partition("data:\n")[0] + "data:\n  conf: |\n    a={{ .Values.a }}\n\n    b={{ .Values.b }}\n  z: end\n"
    write_chart(tmp_path / "web", values="a: 1\nb: 2\n", map=text)
    done = own("explain", "web", "ConfigMap/a", "data.conf")
    assert done.stdout == (
        "conf: |\n\nwritten by\n  web/templates/map.yaml:5  conf: |\n\nits lines\n"
        f"{'    a=1':<56} # map.yaml:6  {{a}}\n\n{'    b=2':<56} # map.yaml:8  {{b}}\n"
    )


def test_a_page_goes_to_standard_output(own: Run, chart: Path, tmp_path: Path) -> None:
    done = own("explain", "web", "--html", "-")
    assert done.stdout.startswith("<!doctype html>") and done.stdout.endswith("</html>\n")
    assert not (tmp_path / "-").exists()


def test_a_source_map_is_not_written_to_standard_output(own: Run, chart: Path, tmp_path: Path) -> None:
    done = own("template", "web", "--source-map", "-")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: --source-map needs the name of a file: standard output has the manifests\n"
    assert not (tmp_path / "-").exists()


def test_a_source_map_as_sarif_has_logical_locations(own: Run, chart: Path, tmp_path: Path) -> None:
    done = own("template", "web", "--source-map", "map.sarif")
    results = json.loads((tmp_path / "map.sarif").read_text())["runs"][0]["results"]
    rows = done.stdout.split("\n")
    found, values = {}, {}
    for result in results:
        location, output = result["locations"][0], result["relatedLocations"][-1]["physicalLocation"]
        name = location["logicalLocations"][0]["fullyQualifiedName"]
        found[name] = rows[output["region"]["startLine"] - 1].strip(), location["physicalLocation"]
        values[name] = result.get("properties", {}).get("values")
    text, place = found["ConfigMap/a data.tag"]
    assert text == 'tag: "1"'
    assert place == {"artifactLocation": {"uri": "web/templates/map.yaml"}, "region": {"startLine": 5}}
    # a subchart's own value under its path in those of the whole
    assert values["ConfigMap/a data.size"] == values["ConfigMap/b data.size"] == ["db.size"]


def test_a_value_is_shown_as_it_was_before_templates_changed_it(own: Run, tmp_path: Path) -> None:
    text = MAP.partition("data:\n")[0] + 'data: {a: {{ .Values.m.a | quote }}}{{ $_ := unset .Values "m" }}\n'
    write_chart(tmp_path / "web", values="m: {a: 1}\n", map=text)
    assert "\n  m.a = 1  web/values.yaml:1\n" in own("explain", "web", "ConfigMap/a", "data.a").stdout


@pytest.mark.parametrize(
    ("flags", "place"),
    [(("--set", "image=null"), "--set image=null"), (("-f", "none.yaml"), "none.yaml:2")],
)
def test_a_value_that_is_gone_names_what_took_it_away(
    own: Run, tmp_path: Path, flags: tuple[str, ...], place: str
) -> None:
    (tmp_path / "none.yaml").write_text("other: 1\nimage:\n")
    write_chart(tmp_path / "web", values="image: {tag: 1}\n", map="a: {{ .Values.image.tag }}\n")
    done = own("template", "web", *flags)
    assert f"\nimage.tag = (not set)  {place}\n" in done.stderr


def test_keys_that_yaml_takes_for_booleans_have_places(own: Run, tmp_path: Path) -> None:
    text = MAP.partition("data:\n")[0] + "data: {a: x{{ .Values.on }}, y: z}\n"
    write_chart(tmp_path / "web", values="on: false\n", map=text)
    done = own("template", "web", "--set", "on=1", "--set-json", '{"yes": 1}')
    assert "no template reads yes (--set-json" in done.stderr
    (tmp_path / "y.yaml").write_text("y: 2\n")
    assert "no template reads true (y.yaml:1)" in own("template", "web", "-f", "y.yaml").stderr
    assert own("explain", "web", "ConfigMap/a", "data.a").stdout.endswith("  on = (not set)\n")
    assert own("explain", "web", "ConfigMap/a", "data.y").returncode == 0


def test_what_a_subchart_says_of_itself_is_in_its_own_file(own: Run, tmp_path: Path) -> None:
    fields = "name: {{ .Chart.Name }}\n  version: {{ .Chart.Version }}\n  app: {{ .Chart.AppVersion }}\n"
    text = MAP.partition("data:\n")[0] + 'data:\n  {{- include "about" . | nindent 2 }}\n'
    helper = '{{ define "about" }}' + fields.replace("\n  ", "\n") + "{{ end }}"
    dependencies = "dependencies:\n- {name: db, version: 1.0.0}\n- name: db\n  version: 1.0.0\n  alias: store\n"
    web = write_chart(tmp_path / "web", dependencies="appVersion: w\n" + dependencies, map=text, _about=helper)
    text = text.replace("name: a", "name: {{ .Chart.Name }}")
    write_chart(web / "charts" / "db", dependencies="\nappVersion: d\n", map=text)

    def places_of(target: str) -> list[str]:
        found = [own("explain", "web", target, f"data.{key}").stdout for key in ("name", "version", "app")]
        return [text.split()[-1] for text in found]

    assert places_of("ConfigMap/a") == ["web/Chart.yaml:2", "web/Chart.yaml:3", "web/Chart.yaml:4"]
    sub = "web/charts/db/Chart.yaml"
    assert places_of("ConfigMap/db") == [f"{sub}:2", f"{sub}:3", f"{sub}:5"]
    assert places_of("ConfigMap/store") == ["web/Chart.yaml:9", f"{sub}:3", f"{sub}:5"]
    assert '.Chart.AppVersion = "d"' in own("explain", "web", "ConfigMap/db", "data.app").stdout


def test_an_umbrella_chart_knows_the_release(own: Run, tmp_path: Path) -> None:
    web = tmp_path / "web"
    write_chart(web / "charts" / "db", map=MAP.partition("data:\n")[0] + "data: {a: {{ .Release.Name }}}\n")
    (web / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    done = own("explain", "web", "ConfigMap/a", "data.a")
    assert done.stdout.endswith('.Release.Name = "release-name"  the release\n')


def test_imported_values_come_from_the_subchart(own: Run, tmp_path: Path) -> None:
    dependencies = (
        "dependencies:\n- name: sub\n  version: 1.0.0\n  import-values: [out, {child: exp, parent: imported.here}]\n"
        "- {name: two, version: 1.0.0, import-values: [out]}\n"
    )
    text = MAP.partition("data:\n")[0] + "data:\n  v: {{ .Values.imported.here.val }}\n  x: {{ .Values.xx }}\n"
    web = write_chart(tmp_path / "web", values="sub: {exp: {val: 4}}\n", dependencies=dependencies, map=text)
    write_chart(web / "charts" / "sub", values="exp:\n  val: 1\nexports:\n  out:\n    xx: 2\n")
    write_chart(web / "charts" / "two", values="exports: {out: {yy: 2}}\n")
    shown = " ".join(own("explain", "web", "ConfigMap/a", "data.v").stdout.split())
    assert shown.endswith("imported.here.val = 4 web/values.yaml:1 overrides web/charts/sub/values.yaml:2")
    shown = own("explain", "web", "ConfigMap/a", "data.x").stdout
    assert shown.endswith("  xx = 2  web/charts/sub/values.yaml:5\n")
    assert "v: 4" in own("explain", "web", "--value", "sub.exp.val").stdout
    assert "x: 2" in own("explain", "web", "--value", "sub.exports.out.xx").stdout


def test_lines_of_the_notes_are_among_those_that_a_value_reaches(own: Run, chart: Path) -> None:
    (chart / "templates" / "NOTES.txt").write_text(
        "Hello,\n\ntag {{ .Values.image.tag }}\n{{ if .Values.extra }}x{{ end }}\n"
    )
    text = own("explain", "web", "--value", "image.tag").stdout
    assert text.splitlines()[-2:] == ["NOTES.txt", f"     3  {'tag 1':<56} # web/templates/NOTES.txt:3"]
    assert own("explain", "web", "--value", "extra").stdout.splitlines()[-1].endswith("NOTES.txt:4  (decides)")


def test_a_value_reaches_through_hundreds_of_includes(own: Run, tmp_path: Path) -> None:
    depth = 900
    helpers = "".join(f'{{{{ define "t{n}" }}}}{{{{ include "t{n + 1}" . }}}}{{{{ end }}}}\n' for n in range(depth))
    helpers += f'{{{{ define "t{depth}" }}}}{{{{ .Values.v }}}}{{{{ end }}}}'
    text = MAP.partition("data:\n")[0] + 'data:\n  a: {{ include "t0" . }}\n'
    write_chart(tmp_path / "web", values="v: 1\n", map=text, _helpers=helpers)
    assert "a: 1" in own("explain", "web", "--value", "v").stdout


def test_a_source_map_has_the_lines_of_crds(own: Run, chart: Path, tmp_path: Path) -> None:
    (chart / "crds").mkdir()
    crds = "# two\nkind: Crd\nmetadata:\n  name: one\n---\nkind: Crd\nmetadata: {name: two}\n"
    (chart / "crds" / "all.yaml").write_text(crds)
    text = own("template", "web", "--include-crds", "--source-map", "map.json").stdout
    rows = {row["line"]: row for row in json.loads((tmp_path / "map.json").read_text())["lines"]}
    for number, line in enumerate(text.splitlines(), 1):
        assert (number in rows) == (not line.startswith(("---", "# Source:")) and bool(line.strip())), line
    found = [rows[text.splitlines().index(line) + 1] for line in ("  name: one", "metadata: {name: two}")]
    assert [(row["object"], row["field"], row["template"], row["templateLine"]) for row in found] == [
        ("Crd/one", "/metadata/name", "web/crds/all.yaml", 4),
        ("Crd/two", "/metadata/name", "web/crds/all.yaml", 7),
    ]
    own("template", "web", "--source-map", "map.json")
    assert "crds" not in (tmp_path / "map.json").read_text()


@pytest.mark.parametrize("path", ["data[", "data]", "data..tag", ".", "data.", "data\\", "", "data[]"])
def test_what_is_not_a_path_is_refused_in_one_line(own: Run, chart: Path, path: str) -> None:
    quoted = '"' + path.replace("\\", "\\\\") + '"'
    done = own("explain", "web", "ConfigMap/a", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: {quoted} is not a path, such as spec.containers[0].image\n"
    done = own("explain", "web", "--value", path)
    reason = f"{quoted} is not a path, such as spec.containers[0].image"
    assert done.stderr == f"Error: {reason if path else '--value needs the path of a value, such as image.tag'}\n"
    assert (done.returncode, done.stdout) == (1, "")


def test_paths_may_have_dots_and_names_of_items(own: Run, tmp_path: Path) -> None:
    text = 'kind: A\nmetadata: {name: a}\nports:\n- port: 80\n  to: x\nlabels:\n  a.b/c: "1"\n'
    write_chart(tmp_path / "web", t=text)
    for path, shown in (("ports[port=80].to", "to: x"), (r"labels.a\.b/c", 'a.b/c: "1"'), (".ports[0].to", "to: x")):
        done = own("explain", "web", "A/a", path)
        assert (done.returncode, done.stdout.split("\n")[0]) == (0, shown), done.stderr


def test_values_are_shown_with_their_characters(own: Run, tmp_path: Path) -> None:
    write_chart(
        tmp_path / "web", values="a: 'x & <y>'\n", t="kind: A\nmetadata: {name: a}\na: {{ .Values.a | quote }}\n"
    )
    assert 'a = "x & <y>"  web/values.yaml:1\n' in own("explain", "web", "A/a", "a").stdout
