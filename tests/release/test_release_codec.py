"""A release's record: Helm's field order, what is left out when empty, times, and the way back."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steersman.chart.model import Chart, ChartFile, Dependency, Maintainer, Metadata
from steersman.errors import ReleaseError, UsageError
from steersman.record import replace
from steersman.release import codec, timestamps
from steersman.release.hook import Hook, HookExecution
from steersman.release.model import Info, Release, has_system_labels, latest, user_labels
from steersman.release.names import check_release_name, is_release_name

MOMENT = timestamps.Timestamp(1_700_000_000, 120_000_000, 7200, "CEST")


def a_release() -> Release:
    chart = Chart(
        Metadata(
            name="shop",
            version="1.2.3",
            api_version="v2",
            maintainers=(Maintainer("Ann", "ann@example.com"),),
            dependencies=(Dependency(name="db", version="^1", repository="https://example.com", tags=("a",)),),
        ),
        templates=(ChartFile("templates/a.yaml", b"kind: <&>"),),
        values={"b": 2.0, "a": {"z": None}},
    )
    hook = Hook(
        name="h",
        kind="Job",
        path="shop/templates/h.yaml",
        manifest="kind: Job",
        events=("pre-install", "test"),
        last_run=HookExecution(MOMENT, None, "Running"),
        weight=-5,
        delete_policies=("hook-succeeded",),
    )
    return Release(
        name="one",
        info=Info(MOMENT, MOMENT, description="a <b>", status="deployed"),
        chart=codec.chart_to_dict(chart),
        config={"y": 1.0, "x": "é"},
        manifest="---\nkind: X\n",
        hooks=(hook,),
        revision=3,
        namespace="ns",
        labels={"team": "blue"},
        apply_method="ssa",
    )


def test_the_json_has_helms_field_order_and_go_escapes() -> None:
    text = codec.to_json(codec.release_to_dict(a_release()))
    assert text == (
        '{"name":"one","info":{"first_deployed":"2023-11-15T00:13:20.12+02:00",'
        '"last_deployed":"2023-11-15T00:13:20.12+02:00","description":"a \\u003cb\\u003e","status":"deployed"},'
        '"chart":{"metadata":{"name":"shop","version":"1.2.3","maintainers":[{"name":"Ann","email":"ann@example.com"}],'
        '"apiVersion":"v2","dependencies":[{"name":"db","version":"^1","repository":"https://example.com","tags":["a"]}]},'
        '"lock":null,"templates":[{"name":"templates/a.yaml","data":"a2luZDogPCY+"}],"values":{"a":{"z":null},"b":2},'
        '"schema":null,"schemamodtime":"0001-01-01T00:00:00Z","files":null},"config":{"x":"é","y":1},'
        '"manifest":"---\\nkind: X\\n","hooks":[{"name":"h","kind":"Job","path":"shop/templates/h.yaml",'
        '"manifest":"kind: Job","events":["pre-install","test"],'
        '"last_run":{"started_at":"2023-11-15T00:13:20.12+02:00",'
        '"phase":"Running"},"weight":-5,"delete_policies":["hook-succeeded"]}],"version":3,"namespace":"ns",'
        '"apply_method":"ssa"}'
    )


def test_a_record_is_base64_of_gzip_and_reads_back_without_labels() -> None:
    release = a_release()
    text = codec.encode(release)
    assert json.loads(gzip.decompress(base64.b64decode(text)))["name"] == "one"
    back = codec.decode(text)
    assert codec.to_json(codec.release_to_dict(back)) == codec.to_json(codec.release_to_dict(release))
    assert back.labels == {}


def test_a_record_without_gzip_is_read() -> None:
    plain = base64.b64encode(b'{"name":"old","info":{"status":"deployed"},"version":1}')
    assert codec.decode(plain).name == "old"


@pytest.mark.parametrize("text", ["", "!!!", base64.b64encode(b"[]").decode(), base64.b64encode(b"{").decode()])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError):
        codec.decode(text)


def test_a_records_chart_becomes_a_chart_again() -> None:
    chart = codec.chart_from_dict(codec.decode(codec.encode(a_release())).chart or {})
    assert chart.name == "shop"
    assert chart.templates == (ChartFile("templates/a.yaml", b"kind: <&>"),)
    assert chart.metadata.dependencies[0].tags == ("a",)
    assert chart.values == {"a": {"z": None}, "b": 2.0}


@pytest.mark.parametrize(
    ("text", "go_string", "ansic"),
    [
        ("2023-11-14T22:13:20Z", "2023-11-14 22:13:20 +0000 UTC", "Tue Nov 14 22:13:20 2023"),
        ("2023-11-04T22:13:20.5Z", "2023-11-04 22:13:20.5 +0000 UTC", "Sat Nov  4 22:13:20 2023"),
        (
            "2024-02-29T01:02:03.000000001-05:30",
            "2024-02-29 01:02:03.000000001 -0530 -0530",
            "Thu Feb 29 01:02:03 2024",
        ),
    ],
)
def test_times_print_as_go_prints_them(text: str, go_string: str, ansic: str) -> None:
    moment = timestamps.parse(text)
    assert moment is not None
    assert (str(moment), moment.ansic(), moment.rfc3339()) == (go_string, ansic, text)


@pytest.mark.parametrize("text", ["", "0001-01-01T00:00:00Z"])
def test_the_zero_time_is_none(text: str) -> None:
    assert timestamps.parse(text) is None


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        ("a", True),
        ("a.b-c1", True),
        ("9", True),
        ("", False),
        ("A", False),
        ("a-", False),
        ("a..b", False),
        ("a" * 54, False),
    ],
)
def test_names_of_releases(name: str, is_fine: bool) -> None:
    assert is_release_name(name) is is_fine
    if not is_fine:
        with pytest.raises(UsageError, match="invalid release name" if name else "no name provided"):
            check_release_name(name)


def test_labels_of_the_system_are_told_from_the_users() -> None:
    assert has_system_labels({"owner": "me"})
    assert user_labels({"name": "x", "modifiedAt": "1", "team": "blue"}) == {"team": "blue"}


def test_the_latest_revision_is_the_highest() -> None:
    assert latest([Release(revision=2), Release(revision=10), Release(revision=9)]).revision == 10


@given(st.dates())
def test_dates_are_counted_as_the_calendar_does(day: date) -> None:
    moment = timestamps.parse(f"{day.isoformat()}T00:00:00Z")
    if moment is not None:
        assert moment.seconds == (day - date(1970, 1, 1)).days * 86400


def test_the_head_of_a_record_is_what_a_list_shows() -> None:
    text = codec.encode(replace(a_release(), manifest="x: " + "\n".join(str(i * i) for i in range(20_000))))
    assert len(text) > codec.HEAD
    head, whole = codec.decode_head(text[: codec.HEAD]), codec.decode(text)
    assert head is not None
    assert (head.name, head.info, head.chart_metadata) == (whole.name, whole.info, whole.chart_metadata)
    assert (head.manifest, head.hooks, head.config) == ("", (), None)


@pytest.mark.parametrize("text", ["", "bm90aGluZw==", "????", codec.encode(a_release())[:40]])
def test_what_does_not_begin_like_a_record_has_no_head(text: str) -> None:
    assert codec.decode_head(text) is None
