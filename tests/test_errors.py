"""Fields of errors survive however an error is wrapped."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from steersman.chart import load_chart
from steersman.cli.inputs.release import CommandFailed
from steersman.engine.context import Facts
from steersman.engine.impure import Impure
from steersman.errors import RenderFailed, SteerError
from steersman.go.errors import JSONError
from steersman.go.json import loads
from steersman.gotemplate import ExecError
from steersman.gotemplate.errors import ParseError
from steersman.rendering import RenderOptions, World, render, take_part
from steersman.yamlio import load
from steersman.yamlio.errors import UNFINISHED, UNKNOWN_ESCAPE, YamlError


def _silent(*_words: object, **_fields: object) -> None:
    return


def _failed_render(folder: Path, **templates: str) -> SteerError:
    """Return the error of a render, wrapped as the command line does."""
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    for name, text in templates.items():
        (folder / "templates" / name.replace("_yaml", ".yaml").replace("_tpl", ".tpl")).write_text(text)
    source = take_part(load_chart(str(folder)), {}, _silent)
    with pytest.raises(RenderFailed) as raised:
        render(source, Facts("r", "ns"), World(Impure(_silent, lambda: 0, os.urandom)), RenderOptions())
    wrapped = CommandFailed("INSTALLATION FAILED", raised.value)
    wrapped.__cause__ = raised.value
    return wrapped


def test_the_place_of_a_template_error(tmp_path: Path) -> None:
    one = '{{ define "one" }}\n\n  {{ .Values.no.such }}{{ end }}'
    found = _failed_render(tmp_path, a_yaml='a: 1\nb: {{ include "one" . }}\n', _one_tpl=one).find(ExecError)
    assert found is not None
    places = [(level.template, level.line, level.column) for level in found.chain()]
    assert places == [("c/templates/a.yaml", 2, 6), ("c/templates/_one.tpl", 3, 12)]


def test_what_is_not_in_the_chain_is_not_found() -> None:
    assert SteerError("x").find(ExecError) is None


def test_the_function_that_a_template_names_and_nobody_defines(tmp_path: Path) -> None:
    found = _failed_render(tmp_path, a_yaml="a: {{ .Values | toYamll }}").find(ParseError)
    assert found is not None
    assert (found.function, found.line) == ("toYamll", 1)


@pytest.mark.parametrize(
    ("text", "problem"), [('a: "\\q"\n', {UNKNOWN_ESCAPE}), ("a: 1\nb\n", UNFINISHED), ("a: *b\n", {""})]
)
def test_the_problem_of_a_text_that_is_not_yaml(text: str, problem: set[str]) -> None:
    with pytest.raises(YamlError) as raised:
        load(text)
    assert raised.value.problem in problem


@pytest.mark.parametrize(
    ("text", "is_cut", "is_too_deep"),
    [("", True, False), ('{"a":', True, False), ("x", False, False), ("[" * 20_000, False, True)],
)
def test_why_a_text_is_not_json(text: str, is_cut: bool, is_too_deep: bool) -> None:
    with pytest.raises(JSONError) as raised:
        loads(text)
    assert (raised.value.is_cut, raised.value.is_too_deep) == (is_cut, is_too_deep)


# A library's error that has its kind in its text alone: file -> number of places.
READ_TEXTS = {"provenance/entity.py": 1}


def _is_text_of(node: ast.AST, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "str"
        and any(isinstance(one, ast.Name) and one.id == name for one in node.args)
    )


def _decisions_by_text(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that compare the text of a caught error with something or search in it."""
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.name is None:
            continue
        for node in ast.walk(handler):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr not in ("startswith", "endswith", "find", "index", "split", "partition", "replace"):
                    continue
                sides = [node.func.value]
            else:
                continue
            if any(_is_text_of(side, handler.name) for side in sides):
                yield node.lineno


def test_the_text_of_an_error_decides_nothing() -> None:
    source = Path(__file__).parent.parent / "src" / "steersman"
    found = {}
    for path in sorted(source.rglob("*.py")):
        lines = list(_decisions_by_text(ast.parse(path.read_text())))
        if lines:
            found[path.relative_to(source).as_posix()] = len(lines)
    assert found == READ_TEXTS
    assert list(_decisions_by_text(ast.parse("try: f()\nexcept E as e:\n  if 'x' in str(e): pass"))) == [3]
