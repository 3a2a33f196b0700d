"""Fields of errors survive however an error is wrapped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from steersman.chart import load_chart
from steersman.cli.inputs.release import CommandFailed
from steersman.engine.context import Facts
from steersman.engine.render import Impure
from steersman.errors import SteerError
from steersman.gotemplate import ExecError
from steersman.rendering import RenderFailed, RenderOptions, World, render, take_part


def _silent(*_words: object, **_fields: object) -> None:
    return


def test_the_place_of_a_template_error(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (tmp_path / "templates" / "a.yaml").write_text('a: 1\nb: {{ include "one" . }}\n')
    (tmp_path / "templates" / "_one.tpl").write_text('{{ define "one" }}\n\n  {{ .Values.no.such }}{{ end }}')
    source = take_part(load_chart(str(tmp_path)), {}, _silent)
    with pytest.raises(RenderFailed) as raised:
        render(source, Facts("r", "ns"), World(Impure(_silent, lambda: 0, os.urandom)), RenderOptions())
    wrapped = CommandFailed("INSTALLATION FAILED", raised.value)
    wrapped.__cause__ = raised.value
    found = wrapped.find(ExecError)
    assert found is not None
    places = [(level.template, level.line, level.column) for level in found.chain()]
    assert places == [("c/templates/a.yaml", 2, 6), ("c/templates/_one.tpl", 3, 12)]


def test_what_is_not_in_the_chain_is_not_found() -> None:
    assert SteerError("x").find(ExecError) is None
