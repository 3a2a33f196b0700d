"""The sandbox compared with a real API server: which changes each refuses, and in which words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from steersman.sandbox.process import down, up
from tests.live.conftest import Live
from tests.sandbox.creations import job_answers, value_answers
from tests.sandbox.immutable import answers
from tests.sandbox.mistakes import Server, recorded
from tests.sandbox.odd_requests import ODD_REQUESTS, odd_answers

pytestmark = pytest.mark.live


def test_the_sandbox_refuses_what_a_server_refuses(live: Live, oracle: str, tmp_path: Path) -> None:
    folder = str(tmp_path / "sandbox")
    running = up(folder, data="", port=0)
    try:
        kubectl = os.path.join(oracle, "kubectl")
        own = {**live.environment, "KUBECONFIG": running.kubeconfig}
        ours = dict(answers(kubectl, own, "default"))
        our_jobs = dict(job_answers(kubectl, own, "default"))
        our_values = dict(value_answers(kubectl, own, "default"))
    finally:
        down(folder)
    theirs = dict(answers(kubectl, live.environment, live.namespace))
    assert ours == theirs
    assert our_values == dict(value_answers(kubectl, live.environment, live.namespace))
    assert our_jobs == dict(job_answers(kubectl, live.environment, live.namespace))


def test_a_server_answers_requests_that_make_no_sense_as_the_sandbox_does(live: Live, oracle: str) -> None:
    answered = odd_answers(os.path.join(oracle, "kubectl"), live.environment, live.namespace)
    assert dict(answered) == ODD_REQUESTS


def test_the_recorded_answers_to_mistakes_are_those_of_the_server(live: Live) -> None:
    server = Server(os.environ["STEER_TEST_SERVER"], os.environ["STEER_TEST_TOKEN"])
    assert dict(server.answers()) == recorded()
