"""Record a case of the template language: ``python -m tests.language.record ID CATEGORY TEMPLATE [VALUES]``.

The real Helm of the folder HELM_ORACLE gives the answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import oracle_folder
from tests.language.test_cases import CASES, answer, write


def main(name: str, category: str, template: str, values: str | None = None) -> None:
    case: dict[str, object] = {"id": name, "cat": category, "template": template}
    if values is not None:
        case["values"] = values
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()

        def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
            line = [os.path.join(oracle_folder(), "helm"), *arguments]
            environment = {"PATH": os.environ["PATH"], "HOME": place, "TZ": "UTC"}
            return subprocess.run(
                line, cwd=folder, env=environment, capture_output=True, text=True, errors="surrogateescape"
            )

        write(case, folder)
        case.update(answer(case, folder, run))
    with CASES.open("a", encoding="utf-8", errors="surrogateescape") as lines:
        lines.write(json.dumps(case) + "\n")
    print(json.dumps(case, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
