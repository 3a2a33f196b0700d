"""Objects with mistakes: what a real server said to each, and what the sandbox says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.kube.objects import without_nulls
from steersman.kube.validation import mistakes
from steersman.sandbox.process import Running, down, up
from tests.sandbox.mistakes import CASES, CHANGED, Server, made, recorded

RECORDED = recorded()
# Answers that depend on other objects, and on admission.
BEYOND = {name for name, answer in RECORDED.items() if answer["code"] not in (200, 201, 422)}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = str(tmp_path_factory.mktemp("sandbox"))
    yield up(folder, data="", port=0)
    down(folder)


def server(running: Running) -> Server:
    token = Path(running.kubeconfig).read_text().partition("token: ")[2].splitlines()[0]
    return Server(running.url, token)


def test_a_real_server_was_asked_for_every_case() -> None:
    assert set(RECORDED) == {*CASES, *CHANGED}
    assert all(name.endswith(", Pod") for name in BEYOND)


def test_the_causes_are_those_of_a_real_server() -> None:
    ours = {
        name: [[one.reason, one.place.text, one.message] for one in mistakes(without_nulls(made(*case)))]
        for name, case in CASES.items()
        if name not in BEYOND
    }
    assert ours == {name: RECORDED[name].get("causes", []) for name in ours}


def test_the_sandbox_answers_as_a_real_server(sandbox: Running) -> None:
    ours = dict(server(sandbox).answers())
    theirs = {name: answer for name, answer in RECORDED.items() if name not in BEYOND}
    assert {name: answer for name, answer in ours.items() if name in theirs} == theirs


def places(value: Any, keys: tuple[str | int, ...]) -> bool:
    """Return whether the keys lead through an object, but for what is missing at the end."""
    for key in keys:
        if isinstance(value, list):
            if not isinstance(key, int) or key >= len(value):
                return False
            value = value[key]
        elif isinstance(value, dict):
            if not isinstance(key, str):
                return False
            if key not in value:
                return True
            value = value[key]
        else:
            return False
    return True


def test_the_keys_of_a_mistake_lead_to_its_field() -> None:
    wrong = []
    for case in CASES.values():
        value = without_nulls(made(*case))
        wrong += [one.place.text for one in mistakes(value) if not places(value, one.place.keys)]
    # the volumes that a server makes of claims are not in the template
    assert [text for text in wrong if not text.startswith("spec.template.spec.volumes[0]")] == []
