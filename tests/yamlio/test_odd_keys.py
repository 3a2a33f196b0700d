"""Keys of maps that JSON has no form for, wherever YAML is read, compared with Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

KEYS = ["9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775808",
        "-9223372036854775809", "'9223372036854775808'", "1.5", "1e3", "0x10", "~", "[1]", "{a: 1}"]  # fmt: skip


@pytest.mark.helm
@pytest.mark.parametrize("key", KEYS)
def test_keys_that_json_cannot_have(tmp_path: Path, steer: Run, helm: Run, key: str) -> None:
    map_ = f"{{{key}: b}}"
    write_chart(tmp_path / "a", CHART, {"t.yaml": "x: {{ .Values | toJson }}\n"}, f"a: {map_}\n")
    write_chart(tmp_path / "b", CHART, {"t.yaml": f"kind: ConfigMap\nmetadata: {{name: a}}\ndata: {map_}\n"})
    write_chart(tmp_path / "c", f"{CHART}annotations: {map_}\n", {"t.yaml": "x: 1\n"})
    write_chart(tmp_path / "d", CHART, {"t.yaml": f'{{{{ fromYaml "a: {map_}" | toJson }}}}\n'})
    (tmp_path / "v.yaml").write_text(f"a: {map_}\n")
    for line in (
        "template r a",
        "lint a",
        "template r d -f v.yaml",
        "template r b",
        "lint b",
        "show chart c",
        "template r d",
    ):
        same(steer, helm, *line.split())
