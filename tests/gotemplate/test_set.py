"""Sets of templates: redefinition, overlays, chains of errors, and the store of compiled code."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import cache_in

from steersman.go.errors import CallError
from steersman.gotemplate import CodeStore, ExecError, MissingTemplate, ParseError, TemplateSet


class Context:
    """The context for the bound function below."""

    def __init__(self, templates: TemplateSet) -> None:
        self.templates = templates


def include(context: Context, name: str, data: Any) -> str:
    return context.templates.execute(name, data, context)


def refuse(text: str) -> str:
    raise CallError(f"no: {text}")


FUNCTIONS = {"include": (include, "bound string any -> string"), "refuse": (refuse, "string -> string")}


def run(templates: TemplateSet, name: str, data: Any = None) -> str:
    return templates.execute(name, data, Context(templates))


def test_later_definition_wins_unless_it_is_empty() -> None:
    templates = TemplateSet({})
    templates.parse("a", '{{ define "x" }}first{{ end }}')
    templates.parse("b", '{{ define "x" }}second{{ end }}{{ template "x" }}')
    templates.parse("c", '{{ define "x" }}  {{/* nothing */}}\n{{ end }}')
    assert templates.execute("b", None) == "second"
    assert templates.names() == ["x", "a", "b", "c"]


def test_overlay_adds_without_its_parent_noticing() -> None:
    templates = TemplateSet({})
    templates.parse("a", '{{ define "x" }}old{{ end }}{{ template "x" }}')
    inner = templates.overlay()
    inner.parse("b", '{{ define "x" }}new{{ end }}{{ template "a" }}')
    assert inner.execute("b", None) == "new"
    assert templates.execute("a", None) == "old"
    assert templates.lookup("b") is None


def test_text_that_does_not_parse_adds_nothing() -> None:
    templates = TemplateSet({})
    with pytest.raises(ParseError) as caught:
        templates.parse("a", '{{ define "x" }}1{{ end }}\n{{ nope }}')
    assert (caught.value.name, caught.value.line) == ("a", 2)
    assert templates.names() == []


def test_missing_template_is_named() -> None:
    with pytest.raises(MissingTemplate) as caught:
        TemplateSet({}, name="gotpl").execute("x", None)
    assert str(caught.value) == 'template: no template "x" associated with template "gotpl"'


def test_error_tells_the_whole_chain_of_calls() -> None:
    templates = TemplateSet(FUNCTIONS)
    templates.parse(
        "f", '{{ define "inner" }}{{ refuse . }}{{ end }}{{ define "outer" }}\n{{ include "inner" . }}{{ end }}'
    )
    templates.parse("main", '-{{ include "outer" "why" }}')
    with pytest.raises(ExecError) as caught:
        run(templates, "main")
    levels = [(e.template, e.line, e.column, e.executing, e.context, e.function) for e in caught.value.chain()]
    assert levels == [
        ("main", 1, 4, "main", 'include "outer" "why"', "include"),
        ("f", 2, 3, "outer", 'include "inner" .', "include"),
        ("f", 1, 23, "inner", "refuse .", "refuse"),
    ]
    assert str(caught.value).endswith('executing "inner" at <refuse .>: error calling refuse: no: why')


def test_missing_include_is_an_error_of_the_call() -> None:
    templates = TemplateSet(FUNCTIONS)
    templates.parse("main", '{{ include "nope" . }}')
    with pytest.raises(ExecError, match='error calling include: template: no template "nope"') as caught:
        run(templates, "main")
    assert isinstance(caught.value.cause, MissingTemplate)


def test_nested_includes_go_deep() -> None:
    templates = TemplateSet({**FUNCTIONS, "less": (lambda n: n - 1, "int -> int")})
    templates.parse(
        "main", '{{ define "r" }}{{ if . }}{{ include "r" (less .) }}.{{ end }}{{ end }}{{ include "r" 3000 }}'
    )
    assert run(templates, "main") == "." * 3000


def test_compiled_source_is_python_one_can_read() -> None:
    templates = TemplateSet({})
    templates.parse("t", "a{{ range $i, $v := .items }}{{ $v.name }}{{ end }}")
    source = templates.compiled_source("t")
    compile(source, "t", "exec")
    assert "for v1_i, v2_v in" in source
    assert "v2_v.get('name')" in source


TEXTS = [
    ("a", '{{ define "greet" }}hello {{ .name }}{{ end }}'),
    ("b", '{{ template "greet" . }}{{ if .big }}' + "{{ .name }}" * 10 + "{{ end }}"),
    ("c", "{{ .name.x }}"),
]


def stored(folder: Path) -> TemplateSet:
    templates = TemplateSet({}, store=CodeStore(cache_in(folder)))
    templates.parse_all(TEXTS)
    return templates


def test_first_run_compiles_nothing_the_second_all_it_runs_the_third_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"name": "Ann", "big": True}

    def run() -> str:
        templates = stored(tmp_path / "code")
        text = templates.execute("b", data)
        templates.keep()
        return text

    with monkeypatch.context() as patch:
        patch.setattr(TemplateSet, "_compile", None)
        expected = run()
    with monkeypatch.context() as patch:
        patch.setattr(TemplateSet, "_read", None)
        assert run() == expected
    monkeypatch.setattr(TemplateSet, "_read", None)
    monkeypatch.setattr(TemplateSet, "_compile", None)
    monkeypatch.setattr(TemplateSet, "_parse_text", None)
    assert run() == expected


def test_only_a_changed_text_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = stored(tmp_path / "code")
    first.execute("b", {"name": "Ann"})
    first.keep()

    second = TemplateSet({}, store=CodeStore(cache_in(tmp_path / "code")))
    texts = [TEXTS[0], ("b", '{{ template "greet" . }}!'), TEXTS[2]]
    assert _texts_read(monkeypatch, lambda: second.parse_all(texts)) == ["b"]
    assert second.execute("b", {"name": "Ann"}) == "hello Ann!"


def test_texts_that_templates_run_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(name: str) -> str:
        templates = stored(tmp_path / "code")
        inner = templates.overlay()
        inner.parse("made", "<{{ .name }}>")
        text = inner.execute("made", {"name": name})
        templates.keep()
        return text

    assert run("x") == "<x>"
    assert run("x") == "<x>"
    monkeypatch.setattr(TemplateSet, "_compile", None)
    assert _texts_read(monkeypatch, lambda: run("y")) == []
    assert run("z") == "<z>"


def _texts_read(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> list[str]:
    """Return the names of the texts that ``work`` reads as templates."""
    read = TemplateSet._read
    names: list[str] = []

    def noted(self: TemplateSet, name: str, text: str) -> Any:
        names.append(name)
        return read(self, name, text)

    with monkeypatch.context() as patch:
        patch.setattr(TemplateSet, "_read", noted)
        work()
    return names


def test_stored_code_still_names_the_place_of_an_error(tmp_path: Path) -> None:
    first = stored(tmp_path / "code")
    with pytest.raises(ExecError):
        first.execute("c", {"name": "x"})
    first.keep()
    with pytest.raises(ExecError) as caught:
        stored(tmp_path / "code").execute("c", {"name": "x"})
    assert (caught.value.line, caught.value.column, caught.value.context) == (1, 8, ".name.x")


def test_file_that_others_can_write_to_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "code"
    first = stored(folder)
    first.execute("b", {})
    first.keep()
    (bundle,) = (folder / "cache" / "templates").iterdir()
    os.chmod(bundle, 0o666)
    assert _texts_read(monkeypatch, lambda: stored(folder)) == ["a", "b", "c"]


def test_broken_bundle_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    first = stored(folder)
    first.execute("b", {"name": "x"})
    first.keep()
    (bundle,) = (folder / "cache" / "templates").iterdir()
    bundle.write_bytes(b"nonsense")
    bundle.chmod(0o600)
    second = stored(folder)
    assert second.execute("b", {"name": "x"}) == "hello x"
