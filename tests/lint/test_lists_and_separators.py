"""Lists with items of odd shapes, and odd separators of documents, and what linting says of them, compared with Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

ITEMS = [
    "1", "x", "true", "1.5", "{a: 1}", "[1]", "[a, 1]", "[[1]]", "[null]", "null", "[]",
    "[{metadata: 1}]", "[{metadata: [1]}]", "[{metadata: x}, 1]", "[{metadata: null}]", "[{metadata: {1: b}}]",
    "[{metadata: {annotations: 1}}]", "[{metadata: {annotations: [a]}}]", "[{metadata: {annotations: null}}]",
    "[{metadata: {annotations: {a: 1, b: null}}}]", "[{metadata: {annotations: {a: [1]}}}]",
    "[{metadata: {annotations: {helm.sh/resource-policy: {a: 1}}}}]",
    "[{metadata: {annotations: {helm.sh/resource-policy: keep}}}]",
    "[{Metadata: {Annotations: {helm.sh/resource-policy: keep}}}]",
    "[{metadata: {annotations: {helm.sh/resource-policy: keep}}}, 1]",
]  # fmt: skip
STREAMS = [
    "---apiVersion: v1\nkind: x\n", "--- apiVersion: v1\n", "---\n---apiVersion: v1\n", "a: 1\n---b: 1\n",
    "a: 1\n--- # c\nb: 1\n", "---# c\nb: 1\n", "---- a\n", "-----\na: 1\n", "a: 1\n---{}\n", "--- {a: 1}\n", "--- |\n x\n",
    "---\r\na: 1\r\n---\r\nb: 1\r\n", "# c\n---apiVersion: v1\n", "  ---apiVersion: v1\n", "a: |\n  x\n  ---y\nb: 1\n",
    "kind: List\nitems: [1]\n---\nkind: List\nitems: [2]\n", '{"kind": "List", "items": 1}{"kind": "List"}\n',
]  # fmt: skip


@pytest.mark.helm
@pytest.mark.parametrize("items", ITEMS)
def test_lint_reports_items_of_the_wrong_shape(tmp_path: Path, steer: Run, helm: Run, items: str) -> None:
    text = f"apiVersion: v1\nkind: List\nmetadata: {{name: a}}\nitems: {items}\n"
    write_chart(tmp_path / "m", CHART, {"t.yaml": text})
    assert "1 chart(s) linted" in same(steer, helm, "lint", "m")


@pytest.mark.helm
@pytest.mark.parametrize("text", STREAMS)
def test_lint_refuses_what_follows_a_separator(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": text})
    (tmp_path / "m" / "templates" / "t.yaml").write_bytes(text.encode())
    assert "1 chart(s) linted" in same(steer, helm, "lint", "m")
