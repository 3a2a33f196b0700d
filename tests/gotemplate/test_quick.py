"""The quick reader and the parser read the same trees, and the quick one leaves to the parser what it refuses."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from steersman.gotemplate import ParseError, nodes, quick
from steersman.gotemplate.parser import parse
from steersman.gotemplate.shapes import SHAPES
from steersman.sprig import FUNCTIONS

FOLDER = Path(__file__).parent
TEXTS = [json.loads(line)["template"] for line in (FOLDER / "cases.jsonl").read_text("utf-8").splitlines()]
MORE = (FOLDER.parent / "language" / "cases.jsonl").read_text("utf-8").splitlines()
TEXTS += [json.loads(line)["template"] for line in MORE]
KNOWN = {**FUNCTIONS, "include": None, "tpl": None, "required": None, "fail": None, "lookup": None, "toYaml": None}
PIECES = [
    *(
        "{{ if .a }}",
        "{{- if $x }}",
        "{{ else }}",
        "{{ else if .b }}",
        "{{ else with .c }}",
        "{{ end }}",
        "{{- end -}}",
    ),
    *(
        "{{ range .l }}",
        "{{ range $i, $x := .l }}",
        "{{ with $x := .m }}",
        "{{ with .m }}",
        "{{ break }}",
        "{{ continue }}",
    ),
    *('{{ define "d" }}', '{{ define "e" }}', '{{ template "d" . }}', '{{ template "d" }}', '{{ block "b" . }}'),
    *(
        "{{ $x := 1 }}",
        "{{ $x = 2 }}",
        "{{ $x }}",
        "{{ (and 1 ($y := 2)) }}",
        "{{ $y }}",
        "{{/* c */}}",
        "{{- /* c */ -}}",
    ),
    *(
        "text",
        " \n",
        "{{ .a.b | default (list 1 2.5 nil).x }}",
        '{{ "}}" }}',
        "{{ nope }}",
        "{{ .a",
        "}}",
        "{{",
        "{{ ` }} `}}",
    ),
    *(
        "{{- -}}",
        "{{-3}}",
        "{{- 3 -}}",
        "{{if.a}}",
        "{{else if.b}}",
        "{{end}}",
        "{{ end 1 }}",
        "{{ else 1 }}",
        "{{ 'a' }}",
    ),
]


def shape(value: Any) -> Any:
    """Return all that is in a tree; where a list of nodes begins is of no account."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [shape(one) for one in value]
    if isinstance(value, nodes.Tree):
        return value.name, value.parse_name, shape(value.root)
    if isinstance(value, nodes.PipeNode):
        return "pipe", value.pos, shape(value.decl), value.is_assign, shape(value.commands)
    if isinstance(value, nodes.ListNode):
        return shape(value.nodes)
    if isinstance(value, nodes.Node):
        names = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
        return type(value).__name__, {name: shape(getattr(value, name)) for name in names if name != "compiled"}
    return value


def compare(text: str, actions: quick.Actions) -> bool:
    """Compare the readers; return whether the quick one has read the text."""
    try:
        expected: Any = shape(parse("t", text, KNOWN))
    except ParseError:
        expected = None
    found = quick.parse("t", text, actions)
    if found is not None:
        assert shape(found) == expected
        assert list(found) == list(expected)
    return found is not None


@pytest.mark.parametrize("again", [False, True])
def test_both_readers_read_the_cases_alike(again: bool) -> None:
    actions = quick.Actions(KNOWN)
    read = [compare(text, actions) for text in TEXTS for _ in range(1 + again)]
    assert sum(read) > len(read) // 2


def test_both_readers_read_random_texts_alike() -> None:
    chosen = random.Random(18)
    actions = quick.Actions(KNOWN)
    read = [compare("".join(chosen.choices(PIECES, k=chosen.randint(1, 9))), actions) for _ in range(20_000)]
    assert sum(read) > 1000


def test_an_action_is_read_once() -> None:
    actions = quick.Actions(KNOWN)
    quick.parse("t", "{{ .a }}{{ .a }}", actions)
    quick.parse("u", "text {{ .a }}", actions)
    assert list(actions.known) == ["{{ .a }}"]


EXAMPLES = {"s": '"x"', "v": "$x", "V": "$x.a", "d": ".a.b", "i": "7", "f": "list", "c": "list.a", "b": "true"}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_the_parser_reads_what_has_a_known_shape(shape: str) -> None:
    words = {letter: word for word, letter in quick._LETTERS.items()}
    words |= EXAMPLES
    action = "".join([words.get(letter, letter) for letter in shape])
    kind = quick.Action(action, KNOWN).kind
    text = {"else": "{{ if 1 }}", "end": "{{ if 1 }}", "break": "{{ range 1 }}", "continue": "{{ range 1 }}"}.get(
        kind, ""
    )
    text = "{{ $x := 1 }}" + text + action
    if kind in ("if", "with", "range", "define", "else", "break", "continue"):
        text += "{{ end }}"
    text = text if kind != "define" else text.removeprefix("{{ $x := 1 }}")
    actions = quick.Actions(KNOWN)
    assert compare(text, actions)
    assert shape in actions.forms
