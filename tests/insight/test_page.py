"""The page of ``explain --html``: what is in it, how large it is, and who can read it. Its looks: ``test_page_in_browser``."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import stat
import zlib
from pathlib import Path
from typing import Any

import pytest

import steersman
from steersman.chart.loader import load_chart
from steersman.engine.context import Facts
from steersman.insight.explain import Explainer
from steersman.insight.origins import GivenValues
from steersman.insight.page.branches import not_run
from steersman.insight.page.explain import explain_page
from steersman.insight.reads import Reads
from steersman.rendering import RenderOptions, World, render, take_part
from steersman.sandbox.process import down, up
from steersman.values.files import load_values
from steersman.values.sources import Sources
from tests.conftest import Run
from tests.insight.charts import IMPURE, write_chart

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  tag: {{ .Values.image.tag | quote }}\n"


def data_of(page: str) -> dict[str, Any]:
    """Return what a page's scripts get."""
    found = re.search(r'<script type="text/plain" id="data">([A-Za-z0-9+/=]+)</script>', page)
    assert found is not None
    whole: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(found[1])))
    return whole


def lines_of(data: dict[str, Any], file: dict[str, Any]) -> list[str]:
    """Return the lines of a file of a page."""
    at, found = 0, []
    for distance in file["l"]:
        at += distance
        found.append(data["lines"][at])
    return found


def explained(folder: Path, given: str = "") -> Explainer:
    """Return a recorded render of a chart with the YAML of the user's values, which are in ``prod.yaml``."""
    source = take_part(load_chart(str(folder)), load_values(given.encode()), IMPURE.log)
    rendered = render(source, Facts("rel", "default"), World(IMPURE), RenderOptions(inspect=lambda _rendered: None))
    texts = {"prod.yaml": given.encode()} if given else {}
    return Explainer(rendered, GivenValues(Sources(files=tuple(texts)), texts))


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    made = write_chart(
        tmp_path / "web",
        values="image:\n  tag: 1\nunread: here\ndb:\n  size: small\n",
        dependencies="dependencies:\n- {name: db, version: 1.0.0}\n",
        map=MAP,
        _lib='{{ define "never" }}x{{ end }}\n',
    )
    write_chart(made / "charts" / "db", values="size: tiny\n", own=MAP.replace(".Values.image.tag", ".Values.size"))
    return made


def test_a_line_leads_to_its_template_and_to_the_value_that_counts(chart: Path) -> None:
    data = data_of(explain_page(explained(chart, "image:\n  tag: 2\n")))
    own = next(one for one in data["objects"] if one["p"] == "web/templates/map.yaml")
    assert lines_of(data, own)[4] == '  tag: "2"'
    template, includes, values, _because, _statements, is_exact = data["origins"][own["o"][4]]
    assert (data["templates"][template]["n"], sum(own["a"][:5])) == ("web/templates/map.yaml", 5)
    assert (data["lists"][includes], is_exact) == ([], 1)
    ((number),) = data["lists"][values]
    path, value, is_map, places = data["paths"][number]
    files = [file["n"] for file in data["values"]]
    assert (path, value, is_map) == ("image.tag", "2", 0)
    assert places == [files.index("prod.yaml"), 2, files.index("web/values.yaml"), 2]


def test_values_that_did_nothing_are_marked_with_what_was_meant(chart: Path) -> None:
    data = data_of(explain_page(explained(chart, "image:\n  tga: 2\n")))
    given, defaults = data["values"][0], data["values"][1]
    assert (given["n"], given["s"]) == ("prod.yaml", [0, 2])
    assert given["m"] == {"1": "no template reads image.tga; did you mean image.tag?"}
    assert defaults["s"][lines_of(data, defaults).index("unread: here")] == 1
    assert defaults["s"][lines_of(data, defaults).index("  tag: 1")] == 0


def test_a_value_of_a_subchart_is_found_below_its_parents(chart: Path) -> None:
    data = data_of(explain_page(explained(chart)))
    (size,) = [path for path in data["paths"] if path[0] == "db.size"]
    files = [file["n"] for file in data["values"]]
    assert size[3] == [files.index("web/values.yaml"), 5, files.index("web/charts/db/values.yaml"), 1]


BRANCHES = """\
a: 1
{{- if .Values.lit }}
b: {{ if .Values.dark }}x{{ else }}y{{ end }}
{{- else if .Values.lit }}
c: 1
{{- else }}
d: 1
{{- end }}
{{- range .Values.none }}
e: {{ . }}
{{- end }}
{{- if .Values.dark }}
f: 1
{{- else }}
{{- if .Values.dark }}
g: 1
{{- else if .Values.lit }}
h: 1
{{- end }}
{{- end }}
{{- with .Values.name }}
i: {{ . }}
{{- else }}
j: 1
{{- end }}
{{ define "used" }}k{{ end }}
{{ define "unused" }}
l: 1
{{ end }}
m: {{ include "used" . }}
"""


def test_branches_that_were_not_taken_and_defines_that_nothing_included_are_found(tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values="lit: true\ndark: false\nnone: []\nname: x\n", map=BRANCHES)
    for way in ("", "again"):  # interpreted, and then compiled
        explainer = explained(tmp_path / "web")
        lines = BRANCHES.split("\n")
        parts = not_run("web/templates/map.yaml", BRANCHES, Reads(explainer.trace))
        texts = []
        for one in parts:
            part = lines[one.first_line : one.last_line + 1]
            part[-1] = part[-1][: one.last_column]
            part[0] = part[0][one.first_column :]
            texts.append("\n".join(part))
        assert texts == [
            "x",
            "{{- else if .Values.lit }}\nc: 1\n{{- else }}\nd: 1",
            "e: {{ . }}",
            "f: 1",
            "g: 1",
            "j: 1",
            '{{ define "unused" }}\nl: 1\n{{ end }}',
        ], way
        assert [one.because + 1 for one in parts] == [3, 2, 9, 12, 15, 21, 27]


def test_a_page_that_would_be_too_large_says_what_it_leaves_out(chart: Path) -> None:
    long = "".join(hashlib.sha256(bytes([at])).hexdigest() for at in range(9))
    (chart / "templates" / "_lib.tpl").write_text(f"{{{{/* {long} */}}}}")
    explainer = explained(chart)
    whole = explain_page(explainer)
    assert data_of(whole)["leftOut"] == []
    smaller = data_of(explain_page(explainer, most_bytes=len(whole) - 1))
    assert smaller["leftOut"] == ["the text of 1 template that wrote nothing"]
    assert [one["n"] for one in smaller["templates"] if "x" in one] == ["web/templates/_lib.tpl"]
    least = data_of(explain_page(explainer, most_bytes=0))
    assert least["leftOut"][1:] == ["the values.yaml of 1 subchart", "the texts of 2 objects, the largest"]
    assert [one["l"] for one in least["objects"]] == [[], []]


def test_no_text_of_a_chart_is_markup(tmp_path: Path) -> None:
    hostile = "</script><script>window.hit = 1</script><!--{{data}}"
    write_chart(tmp_path / "web", values=f"a: '{hostile}'\n", map="a: {{ .Values.a | quote }}\n")
    explainer = explained(tmp_path / "web")
    page = explain_page(explainer, f"<b>{hostile}")
    title = "&lt;b&gt;&lt;/script&gt;&lt;script&gt;window.hit = 1&lt;/script&gt;&lt;!--{{data}} · steer explain"
    assert f"<title>{title}</title>" in page
    assert page.count("<script") == page.count("</script") == 2 and "hit = 1</script>" not in page
    assert hostile in json.dumps(data_of(page)["lines"])


def test_bytes_that_are_not_utf_8_are_question_marks(tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values="a: 1\n", map="a: 1\n")
    (tmp_path / "web" / "templates" / "map.yaml").write_bytes(b"{{/* \xff */}}\na: 1\n")
    assert "{{/* ? */}}" in data_of(explain_page(explained(tmp_path / "web")))["lines"]


def test_the_file_is_for_its_owner_and_keeps_the_mode_it_has(own: Run, chart: Path, tmp_path: Path) -> None:
    done = own("explain", "web", "--html", "web.html", "--set", "image.tag=3")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"wrote web\.html \(\d+ kB\); it contains all values, secret ones among them\n", done.stdout)
    file = tmp_path / "web.html"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    data = data_of(file.read_text())
    assert (data["values"][0]["k"], lines_of(data, data["values"][0])) == ("flags", ["--set image.tag=3"])
    file.chmod(0o644)
    assert own("explain", "web", "--html", "web.html").returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_the_same_chart_gives_the_same_bytes(own: Run, chart: Path, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        own("explain", "web", "--html", name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("arguments", [("ConfigMap/a",), ("--value", "image.tag")])
def test_a_page_is_about_all_of_a_chart(own: Run, chart: Path, arguments: tuple[str, ...]) -> None:
    done = own("explain", "web", *arguments, "--html", "web.html")
    assert (done.returncode, "leave the object and --value out" in done.stderr) == (1, True)


def test_a_file_that_cannot_be_written_is_reported(own: Run, chart: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    done = own("explain", "web", "--html", "there")
    assert (done.returncode, "there: is a directory" in done.stderr) == (1, True), done.stderr


def test_the_password_of_a_url_is_not_on_the_page(chart: Path) -> None:
    explainer = explained(chart, "image:\n  tag: 2\n")
    url = "https://me:secret@example.com/prod.yaml"
    explainer.given = GivenValues(Sources(files=(url,)), {url: b"image:\n  tag: 2\n"})
    text = json.dumps(data_of(explain_page(explainer)))
    assert "https://me:xxxxx@example.com/prod.yaml" in text and "secret" not in text


def test_the_page_of_a_release_is_made_from_its_record(own: Run, chart: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "sandbox")
    environment = {"KUBECONFIG": up(folder, data="", port=0).kubeconfig}
    try:
        assert own("install", "shop", "./web", "--set", "image.tag=3,image.tga=4", env=environment).returncode == 0
        shutil.rmtree(chart)
        done = own("explain", "shop", "--html", "shop.html", env=environment)
        assert done.returncode == 0, done.stderr
    finally:
        down(folder)
    data = data_of((tmp_path / "shop.html").read_text())
    assert (data["name"], data["chart"]) == ("shop", "web")
    given = data["values"][0]
    assert lines_of(data, given) == ["image:", "  tag: 3", "  tga: 4"]
    assert (given["n"], given["s"]) == ("the given values", [0, 0, 2])
    (tag,) = [path for path in data["paths"] if path[0] == "image.tag"]
    assert tag[1] == "3" and tag[3][:2] == [0, 2]


def test_the_library_gives_the_same_page(chart: Path) -> None:
    data = data_of(steersman.load(chart).render({"image": {"tga": 2}}).explain_page())
    given = data["values"][0]
    assert (given["n"], given["k"]) == ("the given values", "given")
    assert given["m"] == {"1": "no template reads image.tga; did you mean image.tag?"}
