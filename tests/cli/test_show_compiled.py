"""``template --show-compiled`` prints Python that a person, and Python, can read."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.conftest import Run

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"


def test_every_template_is_shown_as_python(steer: Run) -> None:
    done = steer("template", "r", str(SHOP), "--show-compiled")
    assert done.returncode == 0, done.stderr
    tree = ast.parse(done.stdout)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(functions) == done.stdout.count("\ndef ") + done.stdout.startswith("def ")
    assert len(functions) >= 3
    assert "# shop/templates/" in done.stdout


def test_one_template_is_chosen_by_its_path_or_name(steer: Run) -> None:
    whole = steer("template", "r", str(SHOP), "--show-compiled").stdout
    path = next(line[len("# shop/") :] for line in whole.splitlines() if line.startswith("# shop/templates/"))
    one = steer("template", "r", str(SHOP), "--show-compiled", "-s", path).stdout
    assert one and len(one) < len(whole) and one in whole
    assert steer("template", "r", str(SHOP), "--show-compiled", "-s", "nothing").returncode == 1


def test_helms_help_does_not_show_the_flag(steer: Run) -> None:
    assert "show-compiled" not in steer("template", "--help").stdout
