"""The page of ``explain --html`` in a real Chromium: what lights up, the keyboard, the search, colors, hostile charts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.insight.page.explain import explain_page
from tests.insight.charts import write_chart
from tests.insight.test_page import explained
from tests.services.browser import Browser, needs_browser

pytestmark = needs_browser

READY = "window.page && page.manifests.painted"
VALUES = """\
image:
  name: nginx
  tag: 1
replicas: 2
ingress:
  enabled: false
  host: example.com
labels:
  team: blue
  tier: web
"""
GIVEN = "image:\n  tag: 2\nreplcas: 3\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {{- toYaml .Values.labels | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - image: {{ include "web.image" . }}
          {{- if .Values.ingress.enabled }}
          env: [{name: HOST, value: {{ .Values.ingress.host }}}]
          {{- end }}
"""
HELPERS = """\
{{- define "web.tag" }}{{ .Values.image.tag }}{{ end }}
{{- define "web.image" -}}
{{ .Values.image.name }}:{{ include "web.tag" . }}
{{- end }}
{{- define "web.never" }}never{{ end }}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as one:
        yield one


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Browser]:
    """The page of a small chart, with nothing pointed at; it must not complain or ask for anything."""
    write_chart(tmp_path / "web", values=VALUES, deployment=DEPLOYMENT, _helpers=HELPERS)
    yield from shown(browser, tmp_path, explain_page(explained(tmp_path / "web", GIVEN)))


def shown(browser: Browser, folder: Path, text: str) -> Iterator[Browser]:
    file = folder / "page.html"
    file.write_text(text)
    browser.requests.clear()
    browser.messages.clear()
    browser.prefer()
    browser.resize(1440, 900)
    browser.point(0, 0)
    browser.open(file, READY)
    yield browser
    assert browser.requests == [file.as_uri()]
    assert browser.messages == []


def place(browser: Browser, pane: str, text: str) -> list[float]:
    """Return where a line with a text is on the screen."""
    found: list[float] = browser.js(f"""(() => {{
        for (const row of document.querySelectorAll("#{pane} .row.line")) {{
            if (!row.querySelector(".text").textContent.includes({text!r})) continue;
            const box = row.getBoundingClientRect();
            return [box.left + 60, box.top + box.height / 2];
        }}
    }})()""")
    assert found, f"{pane} does not show {text}"
    return found


def lit(browser: Browser, pane: str, kind: str = "hit") -> list[str]:
    """Return the lines of a pane that are lit, as ``file:line``."""
    found: list[str] = browser.js(f"""[...page.{pane}.lit].filter(([, one]) => one.kind === "{kind}").map(([row]) => {{
        const [file, line] = page.{pane}.placeOf(row);
        return page.{pane}.files[file].name + ":" + line;
    }}).sort()""")
    return found


def details(browser: Browser) -> str:
    text: str = browser.js("document.querySelector('footer').innerText")
    return " ".join(text.split())


def test_pointing_at_a_line_of_a_manifest_lights_its_templates_and_values(page: Browser) -> None:
    page.point(*place(page, "manifests", "image: nginx:2"))
    assert lit(page, "templates") == [
        "web/templates/_helpers.tpl:1",
        "web/templates/_helpers.tpl:3",
        "web/templates/deployment.yaml:11",
    ]
    assert lit(page, "values") == ["prod.yaml:2", "web/values.yaml:2"]
    assert lit(page, "values", "over") == ["web/values.yaml:3"]
    badges = page.js("[...document.querySelectorAll('#templates .badge')].map((node) => node.textContent).sort()")
    assert badges == ["1", "2", "3"]
    said = details(page)
    assert "image.tag = 2" in said and "overrides web/values.yaml:3" in said
    assert said.index("deployment.yaml:11") < said.index("_helpers.tpl:3") < said.index("_helpers.tpl:1")
    page.point(5, 5)
    assert lit(page, "templates") == []


def test_pointing_at_a_template_line_lights_what_it_writes_and_from_what(page: Browser) -> None:
    page.point(*place(page, "templates", "replicas:"))
    assert lit(page, "manifests") == ["Deployment/web:9"]
    assert lit(page, "values") == ["web/values.yaml:4"]
    page.point(*place(page, "templates", 'define "web.tag"'))
    assert lit(page, "manifests") == ["Deployment/web:13"]


def test_pointing_at_a_value_lights_where_it_goes(page: Browser) -> None:
    page.point(*place(page, "values", "replicas: 2"))
    assert lit(page, "templates") == ["web/templates/deployment.yaml:7"]
    assert lit(page, "manifests") == ["Deployment/web:9"]


def test_a_map_stands_for_all_in_it(page: Browser) -> None:
    page.point(*place(page, "values", "labels:"))
    assert lit(page, "manifests") == ["Deployment/web:6", "Deployment/web:7"]
    page.point(*place(page, "values", "tier: web"))
    assert lit(page, "manifests") == ["Deployment/web:7"]


def test_a_branch_that_was_not_taken_is_faded_and_names_what_decided(page: Browser) -> None:
    faded = page.js("""[...document.querySelectorAll("#templates .row.dim .text")].map((node) => node.textContent)""")
    assert "          env: [{name: HOST, value: {{ .Values.ingress.host }}}]" in faded
    assert '{{- define "web.never" }}never{{ end }}' in faded
    assert not any("replicas" in line for line in faded)
    page.point(*place(page, "templates", "name: HOST"))
    assert lit(page, "values", "weak") == ["web/values.yaml:6"]
    assert lit(page, "templates", "weak") == ["web/templates/deployment.yaml:12"]
    assert "Not taken: line 12" in details(page) and "ingress.enabled = false" in details(page)


def test_values_that_did_nothing_are_grey_with_what_was_meant(page: Browser) -> None:
    row = """[...document.querySelectorAll("#values .row")].find((row) => row.textContent.includes("replcas: 3"))"""
    assert page.js(f"{row}.classList.contains('dim') && {row}.querySelector('.note').textContent") == (
        "did you mean replicas?"
    )
    assert page.js(f"getComputedStyle({row}.querySelector('.struck')).textDecorationLine") == "line-through"
    unread = page.js("""[...document.querySelectorAll("#values .row.dim .text")].map((node) => node.textContent)""")
    assert "  host: example.com" in unread and "replicas: 2" not in unread
    page.press("u")
    assert page.js("page.pinned.pane === page.values")
    assert "No template reads replcas; did you mean replicas?" in details(page)


def test_a_click_pins_and_escape_lets_go(page: Browser) -> None:
    page.click(*place(page, "manifests", "replicas: 2"))
    page.point(*place(page, "manifests", "kind: Deployment"))
    assert lit(page, "values") == ["web/values.yaml:4"]
    page.press("Escape")
    assert lit(page, "values") == []
    page.point(*place(page, "manifests", "image: nginx:2"))
    assert lit(page, "values") == ["prod.yaml:2", "web/values.yaml:2"]


def test_all_can_be_done_with_the_keyboard(page: Browser) -> None:
    page.js("page.manifests.view.focus()")
    page.press("Home")
    for key in ("j", "ArrowDown", *"jjjjjj"):
        page.press(key)
    assert lit(page, "manifests", "source") == ["Deployment/web:9"]
    assert lit(page, "values") == ["web/values.yaml:4"]
    active = page.js("document.getElementById(page.manifests.view.getAttribute('aria-activedescendant')).textContent")
    assert active == "9  replicas: 2"
    page.press("k")
    page.press("j")
    page.press("Enter")
    page.press("Tab", shift=True)
    assert page.js("document.activeElement.id") == "templates"
    assert page.js("page.templates.text(page.templates.cursor)") == "  replicas: {{ .Values.replicas }}"
    page.press("Tab", shift=True)
    assert page.js("document.activeElement.id") == "values"
    page.press("Enter")
    assert lit(page, "values", "source") == ["web/values.yaml:4"]
    page.press("Escape")
    assert page.js("page.pinned") is None
    page.press("Tab")
    page.press("Tab")
    assert page.js("document.activeElement.id") == "manifests"
    page.press("End")
    assert page.js("page.manifests.placeOf(page.manifests.cursor)[1]") == 13


def test_the_question_mark_shows_the_keys(page: Browser) -> None:
    page.press("?")
    assert page.js("page.keys.open && page.keys.innerText.includes('pin the line')")
    assert page.js("page.keys.innerText.includes('secret ones among them')")
    page.press("Escape")
    assert page.js("page.keys.open") is False


def test_the_search_goes_through_all_columns(page: Browser) -> None:
    page.press("/")
    assert page.js("document.activeElement.type") == "search"
    page.type("REPLICAS")
    assert page.js("page.tally.textContent") == "3 matches"
    assert page.js("document.querySelectorAll('mark').length") == 4  # the template has the word twice
    page.press("Enter")
    page.press("Enter")
    assert lit(page, "templates", "source") == ["web/templates/deployment.yaml:7"]
    page.js("page.filter.click()")
    assert page.js("[...document.querySelectorAll('#manifests .row.line .text')].map((node) => node.textContent)") == [
        "  replicas: 2"
    ]
    page.js("page.input.focus()")
    page.press("Escape")
    assert page.js("document.querySelectorAll('#manifests .row.line').length") == 13


CONTRAST = """(() => {
    const parse = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = (node) => {
        for (; node; node = node.parentElement) {
            const color = parse(getComputedStyle(node).backgroundColor);
            if (color.length < 4 || color[3] > 0) return color;
        }
        return [255, 255, 255];
    };
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode.parentElement;
        if (!walk.currentNode.textContent.trim() || !node.checkVisibility() || ["SCRIPT", "OPTION"].includes(node.tagName)) continue;
        const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
        found.push([(a + 0.05) / (b + 0.05), node.className, walk.currentNode.textContent.trim().slice(0, 40)]);
    }
    return found.sort((x, y) => x[0] - y[0]);
})()"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_has_enough_contrast(page: Browser, dark: bool) -> None:
    page.prefer(dark=dark)
    ground = page.js("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(20, 23, 29)" if dark else "rgb(255, 255, 255)")
    for pane, text in (
        ("manifests", "image: nginx:2"),
        ("templates", "name: HOST"),
        ("values", "replcas: 3"),
        ("values", "# none"),
    ):
        if text != "# none":
            page.click(*place(page, pane, text))
        else:
            page.press("?")
        lowest: list[Any] = page.js(CONTRAST)
        assert len(lowest) > 60
        assert lowest[0][0] >= 4.5, lowest[:5]
    page.press("Escape")


def test_the_theme_can_be_chosen(page: Browser) -> None:
    page.press("t")
    assert page.js("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 29)"
    page.press("t")
    assert page.js("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_controls_have_names_and_roles(page: Browser) -> None:
    page.point(*place(page, "manifests", "image: nginx:2"))
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    seen = {(one["role"]["value"], one.get("name", {}).get("value", "")) for one in tree if not one["ignored"]}
    for name in ("Values", "Templates", "Manifests"):
        assert ("listbox", name) in seen and ("combobox", f"Jump to a file of {name}") in seen
    assert ("searchbox", "Search values, templates and manifests") in seen
    controls = {"button", "listbox", "combobox", "searchbox", "textbox", "option", "link"}
    assert [one for one in seen if one[0] in controls and not one[1]] == []
    assert page.js("document.documentElement.lang") == "en"
    assert page.js("document.querySelectorAll('h1').length") == 1


def test_the_focus_can_be_seen(page: Browser) -> None:
    page.js("page.input.focus()")
    page.press("Tab")
    assert page.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.js("page.templates.view.focus()")
    page.press("j")
    edge = page.js("getComputedStyle(page.templates.node, '::after').borderTopWidth")
    assert edge == "2px"


@pytest.mark.parametrize("width", [1000, 700])
def test_a_narrow_window_has_all_columns(page: Browser, width: int) -> None:
    page.resize(width, 800)
    assert page.js("document.documentElement.scrollWidth") == width
    widths = page.js("page.panes.map((pane) => pane.node.getBoundingClientRect().width)")
    assert min(widths) > (320 if width == 1000 else 590)
    page.js("page.manifests.view.focus()")
    page.js("page.toPane(2)")
    assert page.js("page.manifests.node.getBoundingClientRect().right") <= width + 1


def test_a_chart_that_is_hostile_only_shows_text(browser: Browser, tmp_path: Path) -> None:
    attack = "</script><script>window.hit = 1</script><img src=x onerror='window.hit = 2'>"
    folder = write_chart(
        tmp_path / "web",
        values=f'"<b>key</b>": |-\n  {attack}\nrtl: "a\u202eb"\n',
        map='apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "<i>a</i>"}\ndata:\n  a: {{ index .Values "<b>key</b>" | quote }}\n  b: {{ .Values.rtl }}\n',
    )
    (folder / "templates" / "<img src=x onerror=hit=3>.yaml").write_text("{{/* {{data}} </style> */}}\n")
    text = explain_page(explained(folder, f"'{attack.replace(chr(39), '')}': 1\n"))
    for one in shown(browser, tmp_path, text):
        for pane in ("values", "templates", "manifests"):
            for at in range(one.js(f"page.{pane}.count")):
                one.js(f"page.show({{pane: page.{pane}, row: {at}}})")
        assert one.js("window.hit") is None
        assert one.js("document.querySelectorAll('img, b, i:not(.ruler i), script').length") == 1
        assert one.js("page.values.files.some((file) => file.lines.join('').includes('<script>window.hit'))")
        assert "U+202E" in one.js("document.querySelector('#manifests').textContent")
        # what a script could try is refused as well
        assert one.js(
            "(() => { try { document.body.innerHTML = '<p>'; return 'made'; } catch { return 'refused'; } })()"
        ) == ("refused")
        one.messages.clear()  # of that refusal


def test_a_large_chart_stays_quick_and_small(browser: Browser, tmp_path: Path) -> None:
    """100,000 lines: few of them are in the document, and the page keeps below its limit."""
    write_chart(
        tmp_path / "web",
        values="count: 400\nname: x\n",
        map="{{ range $i := until (int .Values.count) }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c{{ $i }}}\ndata:\n{{ range $j := until 245 }}  k{{ $j }}: {{ $.Values.name }}{{ $i }}\n{{ end }}{{ end }}",
    )
    text = explain_page(explained(tmp_path / "web"))
    assert len(text) < 2_000_000
    for one in shown(browser, tmp_path, text):
        assert one.js("page.manifests.count") > 98_000
        assert one.js("document.querySelectorAll('.row').length") < 400
        one.js("page.manifests.view.scrollTop = 1e9")
        one.wait("document.querySelector('#manifests').textContent.includes('k244: x399')")
        one.point(*place(one, "manifests", "k244: x399"))
        assert lit(one, "templates") == ["web/templates/map.yaml:7"]
        one.point(*place(one, "values", "name: x"))
        assert one.js("[...page.manifests.lit.values()].filter(({ kind }) => kind === 'hit').length") == 98_000
