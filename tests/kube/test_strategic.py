"""Strategic merge patches, each with the one that client-go makes of the same three objects.

A line of ``strategic_patches.jsonl`` has the object as it was asked for, as it is asked for now, the live one, and the
patch of ``k8s.io/apimachinery`` 0.36.3 (``CreateThreeWayMergePatch``), or its error. The objects are generated.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from steersman.kube.merge_keys import type_of_kind
from steersman.kube.merge_types import TYPES
from steersman.kube.strategic import CannotMerge, three_way_patch
from tests.fuzz.strategic import reference_path, table

LINES = (Path(__file__).parent / "strategic_patches.jsonl").read_text(encoding="utf-8").splitlines()


def _patch(original: dict[str, Any], wanted: dict[str, Any], live: dict[str, Any]) -> Any:
    try:
        return three_way_patch(original, wanted, live, type_of_kind(wanted["apiVersion"], wanted["kind"]))
    except CannotMerge as error:
        return str(error)


def test_patches_are_those_of_client_go() -> None:
    for line in LINES:
        original, wanted, live, expected = json.loads(line)
        assert _patch(original, wanted, live) == expected, line
    assert len(LINES) > 300


def _service(*ports: dict[str, Any], label: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s", "labels": {"v": label}},
        "spec": {"ports": [*ports]},
    }


TCP, UDP = {"name": "a", "port": 443, "protocol": "TCP"}, {"name": "b", "port": 443, "protocol": "UDP"}


def test_a_port_that_shares_its_number_survives_the_change_of_a_label() -> None:
    before, after = _service(TCP, UDP, label="1"), _service(TCP, UDP, label="2")
    assert _patch(before, after, before) == {"metadata": {"labels": {"v": "2"}}}


@pytest.mark.parametrize("items", [[{"name": "a"}], [{"port": 1}, 2]], ids=["no key", "other kinds"])
def test_lists_that_cannot_be_compared_are_an_error(items: list[Any]) -> None:
    live = _service(TCP, label="1")
    with pytest.raises(CannotMerge):
        three_way_patch(live, {**live, "spec": {"ports": items}}, live, "core.v1.Service")


def test_the_table_is_client_gos() -> None:
    program = reference_path()
    if not program.exists():
        pytest.skip("the reference is not built: python -m tests.fuzz.strategic N=1")
    known = json.loads(subprocess.run([program, "types"], check=True, capture_output=True).stdout)
    assert TYPES.strip() == table(known)


def test_values_that_are_deleted_twice() -> None:
    def config_map(*finalizers: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "finalizers": list(finalizers)}}

    before = config_map("", "a", "", "d")
    patch = three_way_patch(before, config_map(), before, type_of_kind("v1", "ConfigMap"))
    # as client-go's CreateThreeWayMergePatch gives it
    assert patch == {"metadata": {"$deleteFromPrimitiveList/finalizers": ["", "d", "a"]}}
