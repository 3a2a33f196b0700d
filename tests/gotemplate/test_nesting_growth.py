"""Templates that nest deeply compile in time by their size."""

from __future__ import annotations

import pytest
from tests.services.growth import LINEAR, growth

from steersman.gotemplate import TemplateSet
from steersman.runtime.deep import with_deep_stack


@pytest.mark.parametrize("action", ["if true", "range (list 1)", "with 1", "if $x := 1"])
def test_nested_blocks(action: str) -> None:
    def compile_nested(depth: int) -> None:
        templates = TemplateSet({"list": ("steersman.sprig.lists:make_list", "any... -> list")})
        templates.parse("t", f"{{{{ {action} }}}}" * depth + "{{ end }}" * depth)
        templates.compiled_source("t")

    assert with_deep_stack(lambda: growth(compile_nested, 1000)) < LINEAR
