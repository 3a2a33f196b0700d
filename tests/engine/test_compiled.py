"""A chart rendered again is not read and compiled again, and threads do not meet in one template set."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from steersman.action.render import RenderOptions, processed, render_release, render_values
from steersman.chart import load_chart
from steersman.engine.capabilities import DEFAULT_CAPABILITIES
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts
from steersman.engine.render import Impure

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"


def _log(*_words: object, **_fields: object) -> None:
    return


def _options(**fields: Any) -> RenderOptions:
    return RenderOptions(DEFAULT_CAPABILITIES, Impure(_log, time.time_ns, os.urandom), **fields)


def _render(values: dict[str, Any], options: RenderOptions, path: Path = SHOP) -> str:
    chart = processed(load_chart(str(path)), values, _log)
    merged = render_values(chart, values, _log, skip_schema_validation=False)
    return render_release(chart, merged, Facts("web", "default"), options).manifest


def test_a_second_render_neither_parses_nor_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    import steersman.gotemplate.compiler as compiler
    import steersman.gotemplate.parser as parser

    options = _options()
    first = _render({"replicas": 2.0}, options)

    def never(*_arguments: object, **_fields: object) -> None:
        raise AssertionError("read or compiled again")

    monkeypatch.setattr(parser, "parse", never)
    monkeypatch.setattr(compiler, "compile_part", never)
    second = _render({"replicas": 7.0}, options)
    assert "replicas: 2" in first and "replicas: 7" in second
    assert first.replace("replicas: 2", "replicas: 7") == second


def test_renders_in_threads_do_not_mix() -> None:
    options = _options()
    expected = [_render({"replicas": float(n)}, _options()) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: _render({"replicas": float(n % 8)}, options), range(64)))
    assert made == [expected[n % 8] for n in range(64)]


def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    options = _options()
    for text in ("one", "two"):
        (chart / "templates" / "t.yaml").write_text(f"a: {text}\n")
        assert f"a: {text}" in _render({}, options, chart)


def test_sets_that_met_many_texts_are_let_go(tmp_path: Path) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "templates" / "t.yaml").write_text(
        'a: {{ range until (int .Values.n) }}{{ tpl (printf "{{ 1 }}%d" .) $ }}{{ end }}\n'
    )
    compiled = Compiled()
    options = _options(compiled=compiled)
    _render({"n": 10.0}, options, chart)
    (kept,) = compiled._free.values()
    assert len(kept) == 1
    _render({"n": 1200.0}, options, chart)
    assert not kept
