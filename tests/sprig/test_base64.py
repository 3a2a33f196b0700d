"""Text that is not base64 or base32, compared with Helm."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from tests.conftest import Run


@pytest.mark.helm
def test_text_that_is_not_base64(tmp_path: Path, steer: Run, helm: Run) -> None:
    rng = random.Random(2)
    pieces = ["x", "y", "\r", "\n", "=", "A", "!", " ", "X2", "é"]
    texts = [
        "".join(rng.choices(pieces, weights=[4, 1, 2, 2, 2, 1, 1, 1, 2, 1], k=rng.randint(1, 14))) for _ in range(1500)
    ]
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "texts.json").write_text(json.dumps(texts))
    (chart / "templates" / "t.yaml").write_text(
        '{{ range $i, $t := .Files.Get "texts.json" | fromJsonArray }}\n'
        "a{{ $i }}: {{ b64dec $t | b64enc }} {{ b32dec (upper $t) | b64enc }}{{ end }}\n"
    )
    ours, theirs = (run("template", "r", str(chart)) for run in (steer, helm))
    assert theirs.stdout.count("\na") == len(texts)
    assert ours.stdout == theirs.stdout
