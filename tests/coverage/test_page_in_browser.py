"""The page of coverage in a real Chromium: what is shown of lines, sides and tests, the keyboard, hostile charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from steersman.action.coverage import coverage_of_values, hints
from steersman.chart.loader import load_chart
from steersman.coverage.html import coverage_page, set_text
from steersman.coverage.model import CoveredChart
from steersman.insight.guesses import Setting
from steersman.rendering import World
from tests.conftest import Run
from tests.insight.charts import IMPURE, write_chart
from tests.insight.test_page_in_browser import CONTRAST
from tests.services.browser import Browser, needs_browser

READY = "window.page && page.code.painted"
VALUES = "hpa: {enabled: false}\nname: ''\nnever: 1\nalso: {never: 2}\n"
HPA = """\
{{- if .Values.hpa.enabled }}
kind: HPA
spec: {}
{{- else }}
kind: None
{{- end }}
"""
WEB = 'name: {{ .Values.name | default (include "used" .) }}\n'
HELPERS = '{{- define "used" }}x{{ end }}\n{{- define "unused" }}\na: 1\n{{ end }}\n'
Cases = Sequence[tuple[str, dict[str, Any]]]
CASES: Cases = [(f"suite: test {number}", {}) for number in range(12)]


def covered(folder: Path, cases: Cases = CASES) -> CoveredChart:
    world = World(IMPURE)
    chart = load_chart(str(folder))
    coverage, failed = coverage_of_values(chart, cases, world)
    assert failed == []
    return CoveredChart(folder.name, coverage, hints(chart, coverage, world))


def small(folder: Path) -> CoveredChart:
    return covered(write_chart(folder, values=VALUES, hpa=HPA, web=WEB, _helpers=HELPERS))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as one:
        yield one


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Browser]:
    yield from shown(browser, tmp_path, coverage_page([small(tmp_path / "web")]))


def shown(browser: Browser, folder: Path, text: str) -> Iterator[Browser]:
    """Show a page; it must not complain or ask for anything."""
    file = folder / "page.html"
    file.write_text(text)
    browser.requests.clear()
    browser.messages.clear()
    browser.prefer()
    browser.resize(1440, 900)
    browser.open(file, READY)
    yield browser
    assert browser.requests == [file.as_uri()]
    assert browser.messages == []


def texts(browser: Browser, selector: str) -> list[str]:
    """Return what elements show."""
    found: list[str] = browser.js(f"[...document.querySelectorAll({selector!r})].map((node) => node.innerText.trim())")
    return [" ".join(text.split()) for text in found]


def click(browser: Browser, selector: str, text: str = "") -> None:
    """Click the middle of the first element with a text."""
    place = browser.js(f"""(() => {{
        for (const node of document.querySelectorAll({selector!r})) {{
            if (!node.textContent.includes({text!r})) continue;
            node.scrollIntoView({{ block: "nearest" }});
            const box = node.getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2];
        }}
    }})()""")
    assert place, f"no {selector} with {text}"
    browser.click(*place)


def lines(browser: Browser, file: str) -> list[str]:
    """Return the mark, the hits and the number of each line of a template, and its sides."""
    found: list[str] = browser.js(f"""[...document.querySelectorAll("#code .row.line")].filter((row) =>
        page.code.files[page.code.placeOf(+row.dataset.row)[0]].name.endsWith({file!r})).map((row) =>
            [".mark", ".hits", ".number", ".sides"].map((one) => row.querySelector(one)?.innerText || "").join(" "))""")
    return [" ".join(text.split()) for text in found]


@needs_browser
def test_lines_have_a_mark_their_hits_and_their_sides(page: Browser) -> None:
    assert lines(page, "hpa.yaml") == ["◐ 12 1 ✗ if ✓ else", "✗ 0 2", "✗ 0 3", "4", "✓ 12 5", "6"]
    assert lines(page, "web.yaml") == ["◐ 12 1 ✗ value ✓ default"]
    assert lines(page, "_helpers.tpl") == ["✓ 12 1 ✓ define", "✗ 2 ✗ define", "✗ 0 3", "4"]


@needs_browser
def test_templates_are_listed_worst_first_and_can_be_sorted_and_filtered(page: Browser) -> None:
    names = ".template .name"
    assert texts(page, names) == ["_helpers.tpl", "hpa.yaml", "web.yaml"]
    assert texts(page, ".template .gaps") == ["1 gap", "1 gap", "1 gap"]
    assert texts(page, ".template .amount")[3:6] == ["2/4", "1/2", "–"]
    page.js("page.order.value = 'name'; page.order.dispatchEvent(new Event('change'))")
    assert texts(page, names) == ["_helpers.tpl", "hpa.yaml", "web.yaml"]
    page.js("page.order.value = 'branches'; page.order.dispatchEvent(new Event('change'))")
    assert texts(page, names) == ["hpa.yaml", "web.yaml", "_helpers.tpl"]
    page.js("page.filter.focus()")
    page.type("HPA")
    assert texts(page, names) == ["hpa.yaml"]


@needs_browser
def test_a_template_is_chosen_in_the_list(page: Browser) -> None:
    page.resize(1440, 200)  # too low for all templates
    click(page, ".template", "web.yaml")
    page.wait(
        "document.querySelector('.sticky').innerText.includes('web.yaml') || page.code.isInSight(page.code.row(2, 1))"
    )
    assert texts(page, "[aria-current] .name") == ["web.yaml"]
    page.press("ArrowUp")
    page.press("Enter")
    assert texts(page, "[aria-current] .name") == ["hpa.yaml"]
    page.wait("document.querySelector('.sticky').innerText.includes('hpa.yaml')")


@needs_browser
def test_totals_stand_at_the_top(page: Browser) -> None:
    assert texts(page, ".total .amount") == ["4/7", "2/4", "1/2", "2/4"]
    assert texts(page, ".total b") == ["57.1 %", "50 %", "50 %"]
    assert texts(page, ".total")[-1] == "12 tests rendered it"


@needs_browser
def test_a_side_that_was_taken_shows_its_tests(page: Browser) -> None:
    click(page, "#code .side", "else")
    assert texts(page, ".about .state") == ["✓ else of if"]
    assert texts(page, ".about h3")[1].upper() == "12 TESTS TOOK IT"
    assert texts(page, ".tests li") == [name for name, _ in CASES]
    page.js("document.querySelector('.about input').focus()")
    page.type("TEST 11")
    assert texts(page, ".tests li") == ["suite: test 11"]


@needs_browser
def test_a_side_that_was_not_taken_shows_values_to_copy(page: Browser) -> None:
    click(page, "#code .side.untaken", "if")
    assert texts(page, ".about .state") == ["✗ body of if never taken"]
    assert page.js("document.querySelector('.about pre').textContent") == "set:\n  hpa.enabled: true\n"
    click(page, ".about .button", "Copy")
    page.wait("document.querySelector('.about .button').textContent !== 'Copy'")
    assert page.js("String(getSelection())").strip() == "set:\n  hpa.enabled: true"


@needs_browser
def test_a_line_shows_its_tests(page: Browser) -> None:
    click(page, "#code .row .text", "kind: None")
    assert texts(page, ".about h3")[0] == "templates/hpa.yaml:5"
    assert len(texts(page, ".tests li")) == 12


@needs_browser
def test_values_that_no_test_read_are_listed(page: Browser) -> None:
    assert texts(page, ".details summary") == ["2 values that no test read"]
    assert texts(page, ".details details li") == ["never", "also.never"]


@needs_browser
def test_gaps_are_gone_through_with_the_keyboard(page: Browser) -> None:
    seen = []
    for key in ("n", "n", "n", "n", "p"):
        page.press(key)
        seen.append(texts(page, ".about h3")[0].partition("/")[2])
    assert seen == ["_helpers.tpl:2", "hpa.yaml:1", "web.yaml:1", "_helpers.tpl:2", "web.yaml:1"]
    page.press("k")
    page.press("n")
    assert texts(page, ".about .state") == ["✗ default with a value never taken"]
    page.press("Tab")
    assert page.js("document.activeElement.innerText") == "✗ value"
    page.press("Tab")
    page.press("Enter")
    assert texts(page, ".about .state") == ["✓ default without a value"]
    assert page.js("document.activeElement.innerText") == "✓ default"  # the focus stays where it was
    page.press("Escape")
    assert texts(page, ".about p")[0] == "3 gaps in 3 templates."


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast(page: Browser, dark: bool) -> None:
    page.prefer(dark=dark)
    for keys in ("", "n", "nn", "?"):
        for key in keys:
            page.press(key)
        lowest: list[Any] = page.js(CONTRAST)
        assert len(lowest) > 40
        assert lowest[0][0] >= 4.5, lowest[:5]
    page.press("Escape")


@needs_browser
def test_controls_have_names_and_roles(page: Browser) -> None:
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    seen = {(one["role"]["value"], one.get("name", {}).get("value", "")) for one in tree if not one["ignored"]}
    assert {("grid", "Template"), ("button", "body of if: never taken"), ("searchbox", "Search the templates")} <= seen
    controls = {"button", "grid", "combobox", "searchbox", "textbox", "link"}
    assert [one for one in seen if one[0] in controls and not one[1]] == []


@needs_browser
@pytest.mark.parametrize("width", [1280, 1024, 420])
def test_a_narrow_window_has_everything(page: Browser, width: int) -> None:
    page.resize(width, 760)
    bar: float = page.js("document.querySelector('.bar').getBoundingClientRect().height")
    assert bar < (50 if width == 1280 else 200)
    page.press("n")
    assert page.js("document.documentElement.scrollWidth <= innerWidth") is True
    for pane in (".overview", "#code", ".details"):
        page.js(f"document.querySelector('{pane}').scrollIntoView({{ inline: 'start' }})")
        assert page.js(f"document.querySelector('{pane}').getBoundingClientRect().width") > 200
        box = page.js(f"(({{left, right}}) => [left, right])(document.querySelector('{pane}').getBoundingClientRect())")
        assert box[0] >= 0 and box[1] <= width + 1, pane


@needs_browser
def test_long_lists_are_scrolled_to_their_end(browser: Browser, tmp_path: Path) -> None:
    templates = {f"t{number}": "x: 1\n" for number in range(60)}
    values = "".join(f"v{number}: 1\n" for number in range(90))
    folder = write_chart(tmp_path / "web", values=values, **templates)
    for page in shown(browser, tmp_path, coverage_page([covered(folder)])):
        for item in (".templates > li:last-child", ".details details li:last-child"):
            page.js(f"document.querySelector('{item}').scrollIntoView()")
            bottom: float = page.js(f"document.querySelector('{item}').getBoundingClientRect().bottom")
            assert 0 < bottom < 901, item
        assert page.js("document.body.scrollTop") == 0
        page.press("j")  # what is chosen stands at the top of the details
        assert page.js("document.querySelector('.about').getBoundingClientRect().top") > 0


@needs_browser
def test_one_page_is_for_several_charts(browser: Browser, tmp_path: Path) -> None:
    other = covered(write_chart(tmp_path / "api", values="a: 1\n", api="x: {{ .Values.a }}\n"), [("only", {})])
    for page in shown(browser, tmp_path, coverage_page([small(tmp_path / "web"), other])):
        assert texts(page, "h1") == ["Coverage of"]
        assert texts(page, ".bar option") == ["web", "api"]
        page.js("page.select.value = 1; page.select.dispatchEvent(new Event('change'))")
        assert texts(page, ".template .name") == ["api.yaml"]
        assert texts(page, ".details summary") == ["✓ Tests read every value"]
        assert page.js("page.next.disabled") is True


@needs_browser
def test_a_chart_that_is_hostile_only_shows_text(browser: Browser, tmp_path: Path) -> None:
    evil = "</script><img src=x onerror=alert(1)>\u202e"
    template = f'{{{{ define "{evil}" }}}}x{{{{ end }}}}\n# {evil}\nx: {{{{ if .Values.never }}}}{evil}{{{{ end }}}}\n'
    folder = write_chart(tmp_path / "web", values=f"'{evil}': 1\nnever: ''\n", t=template)
    for page in shown(browser, tmp_path, coverage_page([covered(folder, [(evil, {})])])):
        page.press("n")
        click(page, "#code .row .text", "# <")
        assert page.js("document.querySelectorAll('img').length") == 0
        assert texts(page, ".tests li") == [evil.replace("\u202e", "U+202E")]


def test_a_page_that_would_be_too_large_leaves_out_names_and_says_so(tmp_path: Path) -> None:
    chart = small(tmp_path / "web")
    whole = coverage_page([chart])
    assert len(whole.encode()) < 100_000
    assert len(coverage_page([chart], most_bytes=1)) < len(whole)


@needs_browser
def test_what_is_left_out_is_said(browser: Browser, tmp_path: Path) -> None:
    for page in shown(browser, tmp_path, coverage_page([small(tmp_path / "web")], most_bytes=1)):
        assert "the names of the tests" in texts(page, ".left-out")[0]
        click(page, "#code .side", "else")
        assert texts(page, ".about h3")[1].upper() == "12 TESTS TOOK IT"
        assert texts(page, ".tests li") == []


def test_values_as_a_test_sets_them(own: Run, tmp_path: Path) -> None:
    paths = [("a.b", "c d"), ("e", "f"), ("g", "h,i", "j"), ("yes",)]
    text = set_text([Setting(path, "x") for path in paths])
    assert text == 'set:\n  "[a.b].c d": "x"\n  e.f: "x"\n  g: {"h,i": {"j": "x"}}\n  "yes": "x"\n'
    template = "".join(
        f"v{at}: {{{{ index .Values {' '.join(f'{chr(34)}{key}{chr(34)}' for key in path)} }}}}\n"
        for at, path in enumerate(paths)
    )
    folder = write_chart(
        tmp_path / "web", values="e: {other: 1}\ng: {other: 1}\n", t=template + "o: {{ .Values.g.other }}"
    )
    (folder / "tests").mkdir()
    asserts = "".join(f"    - equal: {{path: {name}, value: x}}\n" for name in ("v0", "v1", "v2", "v3"))
    body = f"it: works\n{text}asserts:\n{asserts}    - equal: {{path: o, value: 1}}\n".replace("\n", "\n    ")
    (folder / "tests" / "t_test.yaml").write_text(f"suite: s\ntemplates: [t.yaml]\ntests:\n  - {body}\n")
    done = own("unittest", "web")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_writes_the_page(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values=VALUES, hpa=HPA)
    done = own("coverage", "web", "--coverage-output", "c.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert "<title>Coverage of web</title>" in (tmp_path / "c.html").read_text()
