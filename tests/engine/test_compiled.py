"""A chart rendered again is not read and compiled again, and threads do not meet in one template set."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from steersman.chart import load_chart
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts
from steersman.engine.impure import Impure
from steersman.rendering import RenderOptions, World, render, take_part

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"


def _log(*_words: object, **_fields: object) -> None:
    return


def _world(**fields: Any) -> World:
    return World(Impure(_log, time.time_ns, os.urandom), **fields)


def _render(values: dict[str, Any], world: World, path: Path = SHOP) -> str:
    source = take_part(load_chart(str(path)), values, _log)
    return render(source, Facts("web", "default"), world, RenderOptions()).manifest


def test_a_second_render_does_not_parse_and_a_third_does_not_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    import steersman.gotemplate.compiler as compiler
    from steersman.gotemplate import interpreter, parser, quick

    world = _world()
    first = _render({"replicas": 2.0}, world)

    def never(*_arguments: object, **_fields: object) -> None:
        raise AssertionError("read or compiled again")

    monkeypatch.setattr(parser, "parse", never)
    monkeypatch.setattr(quick, "parse", never)
    monkeypatch.setattr(interpreter, "interpret", never)
    second = _render({"replicas": 7.0}, world)
    monkeypatch.setattr(compiler, "compile_part", never)
    assert _render({"replicas": 7.0}, world) == second
    assert "replicas: 2" in first and "replicas: 7" in second
    assert first.replace("replicas: 2", "replicas: 7") == second


def test_renders_in_threads_do_not_mix() -> None:
    world = _world()
    expected = [_render({"replicas": float(n)}, _world()) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: _render({"replicas": float(n % 8)}, world), range(64)))
    assert made == [expected[n % 8] for n in range(64)]


def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    world = _world()
    for text in ("one", "two"):
        (chart / "templates" / "t.yaml").write_text(f"a: {text}\n")
        assert f"a: {text}" in _render({}, world, chart)


def test_sets_that_met_many_texts_are_let_go(tmp_path: Path) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "templates" / "t.yaml").write_text(
        'a: {{ range until (int .Values.n) }}{{ tpl (printf "{{ 1 }}%d" .) $ }}{{ end }}\n'
    )
    compiled = Compiled()
    world = _world(compiled=compiled)
    _render({"n": 10.0}, world, chart)
    (kept,) = compiled._free.values()
    assert len(kept) == 1
    _render({"n": 1200.0}, world, chart)
    assert not kept
