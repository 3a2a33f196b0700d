"""Parts of suites on their own: typed fields, equality, the made-up cluster, subcharts, post-rendered text, values."""

from __future__ import annotations

from typing import Any

import pytest

from steersman.chart.model import Chart, Dependency, Metadata
from steersman.errors import ClusterError, ValuesError
from steersman.unittest import fields
from steersman.unittest.cluster import lookup_in, plural
from steersman.unittest.given_values import read_values, values_of
from steersman.unittest.postrender import merged_text, split_text
from steersman.unittest.reading import Options, read_suites
from steersman.unittest.same import go_type, same
from steersman.unittest.subcharts import is_enabled, with_values_files
from steersman.unittest.suite import Provider, Resource, Suite, Test
from steersman.yamlio.version3 import load, load_texts


@pytest.mark.parametrize(
    ("text", "found"),
    [("a", "a"), ("1.10", "1.10"), ("0x1F", "0x1F"), ("true", "true"), ("~", ""), ("2020-01-02", "2020-01-02")],
)
def test_any_scalar_is_a_text_as_it_is_spelled(text: str, found: str) -> None:
    assert fields.text(load_texts(f"a: {text}")["a"], "a") == found


def test_a_number_without_its_text_is_asked_for_again() -> None:
    with pytest.raises(fields.NeedsText):
        fields.text(load("a: 1.10")["a"], "a")


def test_booleans_and_numbers_of_typed_fields() -> None:
    assert [fields.flag(value, "a") for value in (True, "yes", "On", None, "n", False)] == [True] * 3 + [False] * 3
    assert [fields.number(value, "a") for value in (3, 2.9, None)] == [3, 2, 0]
    for reader, value in ((fields.flag, "maybe"), (fields.flag, 1), (fields.number, "3"), (fields.number, True)):
        with pytest.raises(fields.SuiteError, match="must be"):
            reader(value, "a")
    for value in (float("nan"), 1e300):
        with pytest.raises(fields.SuiteError):
            fields.number(value, "a")


def test_equality_is_gos() -> None:
    pairs: list[tuple[Any, Any, bool]] = [
        (1, 1, True), (1, 1.0, False), (True, 1, False), ("1", 1, False), (None, None, True), ([], [], True),
        ({"a": [1]}, {"a": [1]}, True), ({"a": 1}, {"a": 1, "b": None}, False), (load("{1: a}"), {"1": "a"}, False),
        (load("[2020-01-01]"), ["2020-01-01T00:00:00Z"], False),
    ]  # fmt: skip
    assert [same(a, b) for a, b, _ in pairs] == [wanted for *_, wanted in pairs]
    assert go_type(1 << 63) == "uint64"


SECRETS = Provider(
    {"v1/Secret": Resource("", "v1", "secrets", namespaced=True), "v1/Node": Resource("", "v1", "nodes")},
    (
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b", "namespace": "x"}, "count": 1},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "x"}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "y"}},
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}},
    ),
)


def test_a_made_up_cluster_finds_objects() -> None:
    lookup = lookup_in(SECRETS)
    assert lookup("v1", "Secret", "x", "b")["count"] == 1
    assert lookup("v1", "Secret", "z", "b") == {}
    assert lookup("v1", "Node", "ignored", "one")["kind"] == "Node"
    assert lookup("apps/v1", "Deployment", "x", "b") == {}
    names = [(i["metadata"]["namespace"], i["metadata"]["name"]) for i in lookup("v1", "Secret", "", "")["items"]]
    assert names == [("x", "a"), ("x", "b"), ("y", "a")]
    assert lookup("v1", "Secret", "y", "")["kind"] == "SecretList"
    with pytest.raises(ClusterError):
        lookup("apps/v1", "Deployment", "x", "")


def test_what_a_template_changes_stays_out_of_the_cluster() -> None:
    lookup = lookup_in(SECRETS)
    lookup("v1", "Secret", "x", "b")["metadata"]["name"] = "changed"
    assert lookup("v1", "Secret", "x", "b")["metadata"]["name"] == "b"


def test_plurals_are_guessed() -> None:
    assert [plural(kind) for kind in ("Pod", "Ingress", "NetworkPolicy", "Endpoints")] == [
        "pods", "ingresses", "networkpolicies", "endpoints",
    ]  # fmt: skip


def parent(**entry: Any) -> Chart:
    return Chart(Metadata(name="web", dependencies=(Dependency(name="db", **entry),)))


@pytest.mark.parametrize(
    ("entry", "values", "is_on"),
    [
        ({}, {}, True),
        ({"condition": "db.on"}, {"db": {"on": False}}, False),
        ({"condition": "db.on"}, {"db": {"on": "false"}}, True),
        ({"condition": "db.on"}, {"db": 1}, True),
        ({"condition": "db.off,db.on"}, {"db": {"on": False}}, True),
        ({"tags": ("a", "b")}, {}, True),
        ({"tags": ("a", "b")}, {"tags": {"a": False}}, False),
        ({"tags": ("a", "b")}, {"tags": {"a": False, "b": True}}, True),
        ({"condition": "gone", "tags": ("a",)}, {"tags": {"a": False}}, True),
        ({"alias": "other", "condition": "db.on"}, {"db": {"on": False}}, True),
    ],
)
def test_conditions_and_tags_of_subcharts(entry: dict[str, Any], values: dict[str, Any], is_on: bool) -> None:
    assert is_enabled(parent(**entry), Chart(Metadata(name="db")), values) is is_on


def test_values_files_decide_about_subcharts_unless_one_cannot_be_read() -> None:
    def refuse(_name: str) -> dict[str, Any]:
        raise ValuesError("gone")

    chart = Chart(Metadata(name="web"), values={"a": 1, "b": 2})
    assert with_values_files(chart, ["x"], lambda _name: {"b": 3}) == {"a": 1, "b": 3}
    assert with_values_files(chart, ["x"], refuse) is None


def test_post_rendered_text_comes_back_as_files() -> None:
    files = {"b.yaml": "b: 1\n", "a.yaml": "\na: 1\n---\na: 2\n"}
    text = merged_text(files)
    assert text.startswith("---\n#### file: a.yaml\na: 1")
    assert split_text(text) == {"a.yaml": "a: 1\n---\na: 2\n", "b.yaml": "b: 1\n"}
    assert split_text("a: 1\n") == {"manifest.yaml": "a: 1\n"}


def test_values_of_a_subchart_lie_under_its_name() -> None:
    suite = Suite(route="web/charts/db", values=("f",), set={"a.b": 1})
    values = values_of(suite, Test(set={"a.c": 2, "global.x": 3}), lambda _path: {"a": {"b": 0, "d": 4}})
    assert values == {"db": {"a": {"b": 1.0, "c": 2.0, "d": 4.0}, "global": {"x": 3.0}}, "global": {"x": 3.0}}


@pytest.mark.parametrize("text", ["[]", "a: [", "a: 1\na: 2"])
def test_values_files_that_are_refused(text: str) -> None:
    with pytest.raises(ValuesError, match="failed to parse f"):
        read_values(text, "f")


@pytest.mark.parametrize("value", [float("inf"), float("nan"), {"b": load("{1: x}")}])
def test_values_that_json_cannot_have(value: Any) -> None:
    with pytest.raises(ValuesError, match="unsupported"):
        values_of(Suite(route="web"), Test(set={"a": value}), lambda _path: {})


def test_a_version_that_is_too_low_skips_a_suite() -> None:
    text = "skip: {minimumVersion: VERSION}\ntests: [{asserts: [{isKind: {of: A}}]}]"
    for version, is_skipped in (("0.9", False), ("1.1.0", False), ("9.0.0", True), ("odd", True)):
        (suite,) = read_suites(text.replace("VERSION", version), "f", "web", Options())
        assert bool(suite.skip) is is_skipped
        assert bool(suite.tests[0].skip) is is_skipped
