"""Errors of the library: their fields, their hints, and arguments that are refused."""

from __future__ import annotations

import asyncio
import inspect
import math
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import steersman
from steersman import aio
from tests.library.test_cancellation import silent as silent
from tests.library.test_charts import CONFIG_MAP, write_chart
from tests.library.test_client import _job_that_never_ends

NAN = math.nan


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return write_chart(tmp_path / "c", {"t.yaml": CONFIG_MAP % ("{{ .Release.Name }}", "b")})


def test_a_wait_that_ends_names_each_object(environ: dict[str, str], tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"t.yaml": CONFIG_MAP % ("x", "b"), "job.yaml": _job_that_never_ends()})
    client = steersman.Client(namespace="objects", environ=environ)
    for wait in ("watcher", "legacy"):
        with pytest.raises(steersman.WaitTimeout) as caught:
            client.upgrade("a", chart, install=True, create_namespace=True, wait=wait, wait_for_jobs=True, timeout=1)
        (one,) = caught.value.objects
        assert (one.object, one.namespace, one.status) == ("Job/never", "objects", "InProgress")
        assert one.evidence
    with pytest.raises(steersman.ReleaseError, match="has been rolled back") as undone:
        client.upgrade("a", write_chart(tmp_path / "d", {"t.yaml": CONFIG_MAP % ("x", "b")}))
        client.upgrade("a", chart, wait=True, wait_for_jobs=True, timeout=1, rollback_on_failure=True)
    found = undone.value.find(steersman.WaitTimeout)
    assert found is not None and [one.object for one in found.objects] == ["Job/never"]


def test_a_hook_that_does_not_end_is_a_wait_that_ended(environ: dict[str, str], tmp_path: Path) -> None:
    hook = _job_that_never_ends().replace("{name: never}", "{name: never, annotations: {helm.sh/hook: pre-install}}")
    client = steersman.Client(namespace="hooks", environ=environ)
    with pytest.raises(steersman.Error) as caught:
        client.install("a", write_chart(tmp_path / "c", {"job.yaml": hook}), create_namespace=True, timeout=1)
    found = caught.value.find(steersman.WaitTimeout)
    assert found is not None and [one.object for one in found.objects] == ["Job/never"]


@pytest.mark.parametrize(
    ("text", "places", "excerpt", "reason"),
    [
        ("a\n{{ fail `x` }}", [("c/templates/t.yaml", 1, 5), ("gotpl", 2, 4)], "{{ fail `x` }}", "x"),
        (
            "{{ .Nope.a }}",
            [("c/templates/t.yaml", 1, 5), ("gotpl", 1, 9)],
            "{{ .Nope.a }}",
            "nil pointer evaluating interface {}.a",
        ),
        ("{{ if }}", [("c/templates/t.yaml", 1, 5), ("gotpl", 1, 0)], "{{ if }}", "missing value for if"),
        (
            '{{ include "x" . }}',
            [("c/templates/t.yaml", 1, 5), ("gotpl", 1, 4), ("c/templates/_h.tpl", 1, 20)],
            '{{ define "x" }}{{ fail "oops" }}{{ end }}',
            "oops",
        ),
        (
            '{{ tpl "{{ fail `q` }}" . }}',
            [("c/templates/t.yaml", 1, 5), ("gotpl", 1, 4), ("gotpl", 1, 4)],
            "{{ fail `q` }}",
            "q",
        ),
    ],
)
def test_errors_through_tpl_have_their_places(
    tmp_path: Path, text: str, places: list[tuple[str, int, int]], excerpt: str, reason: str
) -> None:
    templates = {"t.yaml": "a{{ tpl .Values.t . }}\n", "_h.tpl": '{{ define "x" }}{{ fail "oops" }}{{ end }}'}
    with pytest.raises(steersman.TemplateError) as caught:
        steersman.render(write_chart(tmp_path / "c", templates), {"t": text})
    error = caught.value
    last = steersman.Place(error.template, error.line, error.column, "")
    assert [(one.template, one.line, one.column) for one in (*error.includes, last)] == places
    assert (error.excerpt, error.reason) == (excerpt, reason)


@pytest.mark.parametrize(
    ("values", "pointer", "origin"),
    [
        ({"a": {"b/c": [1, {2}]}}, "/a/b~1c/1", "values"),
        ({"a": {3: 4}}, "/a", "values"),
        ({"a": 1 << 70}, "/a", "values"),
        ("nope.yaml", "", "nope.yaml"),
    ],
)
def test_values_that_cannot_be_used_have_a_place(chart: Path, values: Any, pointer: str, origin: str) -> None:
    with pytest.raises(steersman.ValuesError) as caught:
        steersman.render(chart, values)
    (one,) = caught.value.violations
    assert (one.chart, one.pointer, one.origin) == ("", pointer, origin)
    assert one.message == str(caught.value)


ARGUMENTS: list[tuple[str, dict[str, Any], str]] = [
    *(
        (name, {"timeout": value}, f"timeout={value!r}: it is a number of seconds or a timedelta, from 0 on")
        for name in ("install", "upgrade", "rollback", "uninstall", "test")
        for value in (NAN, -1, timedelta(seconds=-1), "5m", None, True, math.inf)
    ),
    ("install", {"dry_run": "maybe"}, "dry_run='maybe': it is 'none', 'client' or 'server'"),
    ("upgrade", {"dry_run": True}, "dry_run=True: it is 'none', 'client' or 'server'"),
    ("upgrade", {"max_history": -3}, "max_history=-3: it is an integer, from 0 on"),
    ("rollback", {"max_history": 2.5}, "max_history=2.5: it is an integer, from 0 on"),
    ("rollback", {"revision": -1}, "revision=-1: it is an integer, from 0 on"),
    ("get", {"revision": "2"}, "revision='2': it is an integer, from 0 on"),
    ("history", {"most": -1}, "most=-1: it is an integer, from 0 on"),
    ("upgrade", {"reuse_values": True, "reset_values": True}, "reuse_values and reset_values exclude each other"),
    ("install", {"values": 5}, "values=5: it is a mapping, the path of a file, or a list of them"),
    ("upgrade", {"values": [{}, 5]}, "5 among the values: they are mappings and paths of files"),
    ("install", {"labels": {"a": 1}}, "labels={'a': 1}: it is a mapping of strings to strings"),
    ("install", {"wait": "soon"}, "wait='soon': it is True, False, 'watcher', 'legacy' or 'hookOnly'"),
    ("install", {"name": 5}, "name=5: it is a string"),
    ("install", {"version": 1.2}, "version=1.2: it is a string"),
    ("uninstall", {"cascade": "bogus"}, "cascade='bogus': it is 'background', 'foreground' or 'orphan'"),
    ("test", {"only": "web"}, "only='web': it is a list of strings"),
    ("list", {"filter": 5}, "filter=5: it is a string"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), ARGUMENTS, ids=lambda value: str(value)[:40])
def test_arguments_that_cannot_be_used_are_refused(
    environ: dict[str, str], chart: Path, name: str, arguments: dict[str, Any], message: str
) -> None:
    client = steersman.Client(namespace="refused", environ=environ)
    given: dict[str, Any] = {} if name == "list" else {"name": "a"}
    if name in ("install", "upgrade"):
        given["chart"] = chart
    with pytest.raises(steersman.UsageError) as caught:
        getattr(client, name)(**{**given, **arguments})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kube_version": 1.3}, "kube_version=1.3: it is a string, such as '1.33'"),
        ({"kube_version": "new"}, "kube_version='new': could not parse"),
        ({"api_versions": "v1"}, "api_versions='v1': it is a list of strings"),
        ({"values": 5}, "values=5: it is a mapping"),
        ({"name": None}, "name=None: it is a string"),
    ],
)
def test_arguments_of_a_render_that_cannot_be_used_are_refused(
    chart: Path, arguments: dict[str, Any], message: str
) -> None:
    for call in (lambda: steersman.render(chart, **arguments), lambda: steersman.load(chart).render(**arguments)):
        with pytest.raises(steersman.UsageError) as caught:
            call()
        assert str(caught.value).startswith(message)


@pytest.mark.parametrize("arguments", [{"namespace": 5}, {"on_event": "loud"}, {"storage": "etcd"}])
def test_arguments_of_a_client_that_cannot_be_used_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(steersman.UsageError, match=next(iter(arguments))):
        steersman.Client(**arguments)


HINTS: list[tuple[Callable[[steersman.Client, Path], object], str]] = [
    (lambda client, chart: client.install("a", chart), "Pass create_namespace=True to create the namespace as well."),
    (lambda client, chart: client.upgrade("a", chart), "To install it, pass install=True."),
    (
        lambda client, chart: client.get("a"),
        'There is no release "a" in namespace "hinted" of context "sandbox". '
        "Client.list(all_namespaces=True) returns those of all namespaces.",
    ),
    (lambda client, chart: steersman.load("nope/web"), "Run 'steer repo add nope URL' to add it."),
    (lambda client, chart: steersman.load(str(chart) + "x"), "Did you mean"),
]


@pytest.mark.parametrize(("call", "hint"), HINTS, ids=["namespace", "upgrade", "get", "repository", "path"])
def test_errors_have_hints_in_the_words_of_the_library(
    environ: dict[str, str], chart: Path, call: Callable[[steersman.Client, Path], object], hint: str
) -> None:
    client = steersman.Client(namespace="hinted", environ=environ)
    with pytest.raises(steersman.Error) as caught:
        call(client, chart)
    assert hint in caught.value.hint
    assert "--" not in caught.value.hint


def test_hints_for_what_is_there_already(environ: dict[str, str], chart: Path) -> None:
    client = steersman.Client(namespace="there", environ=environ)
    client.install("a", chart, create_namespace=True)
    with pytest.raises(steersman.ReleaseError) as caught:
        client.install("a", chart)
    assert caught.value.hint.endswith("To change it, call upgrade with install=True.")
    with pytest.raises(steersman.ReleaseError) as caught:
        client.get("a", 7)
    assert caught.value.hint == (
        'There is no revision 7 of release "a" in namespace "there" of context "sandbox"; '
        "Client.history('a') returns all."
    )
    with pytest.raises(steersman.Error) as misspelt:
        steersman.render(chart, kube_version="1.33", values={"a": {1}})
    assert misspelt.value.hint == ""


def test_the_hint_of_a_misspelt_function(tmp_path: Path) -> None:
    with pytest.raises(steersman.TemplateError) as caught:
        steersman.render(write_chart(tmp_path / "c", {"t.yaml": "{{ quot 1 }}"}))
    assert "quote" in caught.value.hint


def test_there_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(steersman.ClusterError) as caught:
        steersman.Client(environ={"HOME": str(tmp_path)}).list()
    assert caught.value.hint.startswith("There is no kubeconfig. Set KUBECONFIG or the argument kubeconfig to that")


def test_integers_stay_integers(environ: dict[str, str], tmp_path: Path) -> None:
    chart = steersman.load(
        write_chart(tmp_path / "c", {"t.yaml": CONFIG_MAP % ("x", '"{{ .Values.n }}"')}, "port: 80\nshare: 0.5\n")
    )
    client = steersman.Client(namespace="numbers", environ=environ)
    given = {"n": 2, "list": [1, {"deep": 3}], "share": 0.25, "big": 1 << 40}
    client.install("a", chart, given, create_namespace=True)
    releases = [
        client.get("a"),
        client.upgrade("a", chart, reuse_values=True),
        client.rollback("a"),
        client.get("a", 2),
    ]
    for release in releases:
        assert repr(release.values) == repr({key: given[key] for key in release.values}) and set(release.values) == set(
            given
        )
    assert repr(chart.values) == "{'port': 80, 'share': 0.5}"
    seen = chart.render({"n": 2}).values
    assert (repr(seen["n"]), repr(seen["port"]), repr(seen["share"])) == ("2", "80", "0.5")


def test_warnings_do_not_go_to_standard_error(tmp_path: Path) -> None:
    program = (
        "import sys, steersman\n"
        "assert 'logging' not in sys.modules\n"
        "from steersman.runtime.log import log\n"
        "for level in ('INFO', 'WARN', 'WARNING', 'ERROR', 'LINE'):\n"
        "    log(level, 'text', field=1)\n"
        "import logging\n"
        "logging.basicConfig(stream=sys.stdout, format='%(name)s %(levelname)s %(message)s')\n"
        "log('LINE', 'heard')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("steersman WARNING heard\n", "")


def test_signatures_of_records_are_their_fields() -> None:
    records = [one for one in map(steersman.__dict__.get, _loaded()) if isinstance(one, type)]
    for one in records:
        kinds = {parameter.kind for parameter in inspect.signature(one).parameters.values()}
        assert not kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}, one
    waiting = inspect.signature(steersman.Waiting)
    assert str(waiting) == "(objects: 'tuple[tuple[str, str], ...]', seconds: 'float') -> None"
    hook = inspect.signature(steersman.Hook)
    assert list(hook.parameters)[:2] == ["source", "line"] and hook.parameters["weight"].default == 0
    assert steersman.Waiting((), 1.0) == steersman.Waiting(*waiting.bind(objects=(), seconds=1.0).args)


def _loaded() -> list[str]:
    for name in steersman.__all__:
        getattr(steersman, name)
    return steersman.__all__


def test_asyncio_has_all_names() -> None:
    assert set(aio.__all__) == set(steersman.__all__) - {"__version__"}
    awaited = {"Client", "check", "lint", "load", "package", "pull", "push", "render", "replay", "show"}
    for name in aio.__all__:
        assert (getattr(aio, name) is getattr(steersman, name)) == (name not in awaited), name
    assert all(asyncio.iscoroutinefunction(getattr(aio, name)) for name in awaited - {"Client"})
    with pytest.raises(AttributeError, match=r"steersman\.aio"):
        aio.nothing  # noqa: B018


def test_asyncio_is_there_without_an_import_of_its_own() -> None:
    line = [sys.executable, "-c", "import steersman; print(steersman.aio.Client.install.__name__)"]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout == "install\n"
