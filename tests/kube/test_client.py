"""The client over real HTTP: errors in client-go's words, pages, watches, discovery, manifests."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from steersman.errors import ClusterError, ManifestError
from steersman.kube.answers import read_answer
from steersman.kube.apply import FIELD_MANAGER, apply_changes_nothing
from steersman.kube.build import build_targets, split_documents
from steersman.kube.client import ApiClient
from steersman.kube.discovery import Discovery, NoKindMatch
from steersman.kube.errors import ApiError, error_from, generic_error
from steersman.kube.look import look
from steersman.kube.lookup import make_lookup
from steersman.kube.objects import CONFIG_MAPS, ResourceType, Target
from tests.caches.damage import damaged
from tests.conftest import cache_in

STATUS = {
    "kind": "Status",
    "status": "Failure",
    "message": 'configmaps "x" is forbidden',
    "reason": "Forbidden",
    "code": 403,
}


def test_the_servers_own_words_are_the_error(api: Any, client: ApiClient) -> None:
    api.answers["/api/v1/namespaces/ns/configmaps/x"] = (403, STATUS)
    with pytest.raises(ApiError, match=r'^configmaps "x" is forbidden$') as caught:
        client.get(CONFIG_MAPS, "ns", "x")
    assert caught.value.is_forbidden


def test_a_dumb_answer_gets_client_gos_words(client: ApiClient) -> None:
    with pytest.raises(ApiError) as caught:
        client.get(CONFIG_MAPS, "ns", "x")
    assert str(caught.value) == "the server could not find the requested resource (get configmaps x)"
    assert caught.value.is_not_found


@pytest.mark.parametrize(
    ("code", "body", "message"),
    [
        (401, b"", "the server has asked for the client to provide credentials"),
        (403, b"no way", "no way"),
        (500, b'bad "thing"', 'an error on the server ("bad \\"thing\\"") has prevented the request from succeeding'),
        (418, b"", "the server responded with the status code 418 but did not return more information"),
    ],
)
def test_texts_for_status_codes(code: int, body: bytes, message: str) -> None:
    assert str(generic_error(code, body, "text/plain", "GET", "")) == message
    assert str(error_from(code, body, "text/plain", "GET", "")) == message


LARGE = "9" * 5000  # more digits than Python reads at once
OBJECT = '{"kind": "ConfigMap", "metadata": {"name": "x"}, "x": [%s]}'


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (OBJECT % LARGE, f"json: cannot unmarshal number {LARGE} into Go value of type float64"),
        (OBJECT % f"-{LARGE}", f"json: cannot unmarshal number -{LARGE} into Go value of type float64"),
        ("[1]", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        ("{]", "invalid character ']' looking for beginning of object key string"),
        ('{"a": ' + "[" * 100_000, "exceeded max depth"),
    ],
    ids=["large", "negative", "list", "syntax", "deep"],
)
def test_answers_that_go_cannot_read(api: Any, client: ApiClient, answer: str, message: str) -> None:
    api.answers["/api/v1/namespaces/ns/configmaps/x"] = (200, answer)
    with pytest.raises(ClusterError) as caught:
        client.get(CONFIG_MAPS, "ns", "x")
    assert str(caught.value) == message


def test_numbers_that_do_not_fit_64_bits(api: Any, client: ApiClient) -> None:
    api.answers["/version"] = (200, f'{{"gitVersion": "v1.36.3", "x": {LARGE}}}')
    assert Discovery(client).server_version().git_version == "v1.36.3"  # Helm knows no x
    api.answers["/api/v1/namespaces/ns/configmaps/x"] = (200, OBJECT % 2**63)
    assert client.get(CONFIG_MAPS, "ns", "x")["x"] == [2**63]
    data = OBJECT.encode().replace(b'"x"}', b'"x\xff"}') % b"3"
    assert repr(read_answer(data)["x"]) == "[3]"  # also where it is not all UTF-8
    refused = error_from(403, json.dumps(STATUS).replace("403", LARGE).encode(), "", "GET", "configmaps x")
    assert refused.code == 403
    for code in ('"a"', "[1]", "null", "1.5"):
        body = json.dumps(STATUS).replace("403", code).encode()
        assert error_from(403, body, "", "GET", "").code == 403


def test_a_list_item_of_managed_fields_that_is_a_large_number() -> None:
    wanted: dict[str, Any] = {"metadata": {"name": "a", "labels": {"b": "c"}}, "x": [1]}

    def changes_nothing(key: str) -> bool:
        fields = {"f:metadata": {"f:labels": {"f:b": {}}}, "f:x": {key: {}}}
        entry = {"manager": FIELD_MANAGER, "operation": "Apply", "fieldsV1": fields}
        metadata = {**wanted["metadata"], "managedFields": [entry]}
        return apply_changes_nothing(wanted, {**wanted, "metadata": metadata})

    assert changes_nothing("v:1")
    assert not changes_nothing(f"v:{LARGE}")
    assert not changes_nothing("v:{")


def test_an_object_without_a_name_is_not_asked_for(client: ApiClient) -> None:
    with pytest.raises(ApiError, match="resource name may not be empty"):
        client.get(CONFIG_MAPS, "ns", "")


def test_pages_are_joined(api: Any, client: ApiClient) -> None:
    api.answers["/api/v1/namespaces/ns/configmaps"] = (200, {"items": [{"metadata": {"name": "a"}}], "metadata": {}})
    assert [item["metadata"]["name"] for item in client.list(CONFIG_MAPS, "ns", labels="a=b")["items"]] == ["a"]
    assert api.asked == ["/api/v1/namespaces/ns/configmaps?labelSelector=a%3Db&limit=500"]


def test_a_watch_yields_events(api: Any, client: ApiClient) -> None:
    event = {"type": "ADDED", "object": {"metadata": {"name": "a"}}}
    api.answers["/api/v1/namespaces/ns/configmaps"] = (200, event)
    (seen,) = client.watch(CONFIG_MAPS, "ns", version="7", seconds=5)
    assert (seen.type, seen.object) == ("ADDED", {"metadata": {"name": "a"}})
    assert "resourceVersion=7" in api.asked[0]


def test_kinds_are_found_and_kept_on_disk(api: Any, client: ApiClient, tmp_path: Path) -> None:
    first = Discovery(client, cache_in(tmp_path))
    assert first.resource_for("apps/v1", "Deployment").path("ns", "x") == "/apis/apps/v1/namespaces/ns/deployments/x"
    api.asked.clear()
    again = Discovery(client, cache_in(tmp_path))
    assert again.resource_for("v1", "Namespace").path("", "x") == "/api/v1/namespaces/x"
    assert api.asked == []
    assert "apps/v1/Deployment" in again.api_versions()
    assert sorted(api.asked) == ["/api", "/apis"]


def test_a_damaged_copy_is_as_none_and_is_kept_anew(api: Any, client: ApiClient, tmp_path: Path) -> None:
    expected = Discovery(client).api_versions()
    Discovery(client, cache_in(tmp_path)).refresh()
    (file,) = (tmp_path / "cache" / "discovery").iterdir()
    whole = file.read_bytes()
    for data in damaged(whole):
        file.write_bytes(data)
        kept = cache_in(tmp_path).read("discovery", client.config.server)
        assert kept is None or data == whole + b"x"  # nothing reads on behind what is sealed
    for data in damaged(whole, 10):
        file.write_bytes(data)
        found = Discovery(client, cache_in(tmp_path))
        assert found.resource_for("apps/v1", "Deployment").plural == "deployments"
        assert found.serves("apps/v1")
        assert found.api_versions() == expected
        api.asked.clear()
        assert Discovery(client, cache_in(tmp_path)).resource_for("v1", "Namespace").plural == "namespaces"
        assert api.asked == []


def test_an_old_copy_and_one_of_the_future_are_not_used(
    api: Any, client: ApiClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Discovery(client, cache_in(tmp_path)).refresh()
    now = time.time()
    for moment, asks in ((now + 3600, False), (now + 7 * 3600, True), (now - 3600, True)):
        Discovery(client, cache_in(tmp_path)).refresh()
        api.asked.clear()
        with monkeypatch.context() as patched:
            patched.setattr(time, "time", lambda moment=moment: moment)
            found = Discovery(client, cache_in(tmp_path))
            found._save = lambda: None  # type: ignore[method-assign]
            found.resource_for("v1", "Namespace")
        assert bool(api.asked) == asks


def test_a_kind_that_is_new_on_the_server_is_found(api: Any, client: ApiClient, tmp_path: Path) -> None:
    Discovery(client, cache_in(tmp_path)).refresh()
    group = {"metadata": {"name": "live.example"}, "versions": [{"version": "v1", "resources": []}]}
    group["versions"][0]["resources"] = [  # type: ignore[index]
        {"resource": "gadgets", "responseKind": {"kind": "Gadget"}, "scope": "Namespaced", "verbs": []}
    ]
    api.apis.append(group)
    assert Discovery(client, cache_in(tmp_path)).resource_for("live.example/v1", "Gadget").plural == "gadgets"
    with pytest.raises(NoKindMatch, match='no matches for kind "Nope" in version "v1"'):
        Discovery(client, cache_in(tmp_path)).resource_for("v1", "Nope")


def test_groups_whose_servers_are_away_do_not_count(api: Any, client: ApiClient) -> None:
    metrics = {"version": "v1beta1", "freshness": "Stale", "resources": []}
    api.apis.append({"metadata": {"name": "metrics.k8s.io"}, "versions": [metrics]})
    discovery = Discovery(client)
    assert "metrics.k8s.io/v1beta1" not in discovery.api_versions()
    assert discovery.stale() == ["metrics.k8s.io/v1beta1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "apiVersion: v1\nkind: Nonsense\nmetadata: {name: nn}",
            'resource mapping not found for name: "nn" namespace: "" from "": no matches for kind "Nonsense" in '
            'version "v1"\nensure CRDs are installed first',
        ),
        ("kind: ConfigMap", 'error validating "": error validating data: apiVersion not set'),
        ("a: b", 'error validating "": error validating data: [apiVersion not set, kind not set]'),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n}",
            'unable to decode "": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type '
            "string",
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nn, labels: {a: 1}}",
            'unable to decode "": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of '
            "type string",
        ),
    ],
)
def test_documents_that_are_no_objects_are_named(client: ApiClient, text: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        build_targets(text, Discovery(client), "ns", validate=True)
    assert str(caught.value) == message


def test_manifests_become_targets(client: ApiClient) -> None:
    text = (
        "---\n# Source: a\napiVersion: v1\nkind: List\nitems:\n"
        "- {apiVersion: v1, kind: ConfigMap, metadata: {name: aa}}\n"
        "- {apiVersion: v1, kind: Namespace, metadata: {name: bb, namespace: zz}}\n--- # more\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cc, namespace: other}\n"
        "spec: {replicas: 2, ratio: 0.5, big: 12345678901234567890}\n---\n# nothing\n"
    )
    targets = build_targets(text, Discovery(client), "ns", validate=False)
    assert [(t.kind, t.namespace, t.name) for t in targets] == [
        ("ConfigMap", "ns", "aa"),
        ("Namespace", "", "bb"),
        ("Deployment", "other", "cc"),
    ]
    assert targets[0].object["metadata"]["namespace"] == "ns"
    assert "namespace" not in targets[1].object["metadata"]
    spec = targets[2].object["spec"]
    assert spec == {"replicas": 2, "ratio": 0.5, "big": 12345678901234567890}
    assert type(spec["replicas"]) is int


def test_documents_are_cut_where_a_line_separates() -> None:
    text = "---\na: 1\n--- \nb: |\n  x\n---c: not a cut\n---\n"
    assert list(split_documents(text)) == ["---\na: 1\n", "b: |\n  x\n---c: not a cut\n"]


def test_many_objects_of_a_kind_cost_one_list(api: Any, client: ApiClient) -> None:
    items = [{"metadata": {"name": f"c{i}"}} for i in range(5)]
    api.answers["/api/v1/namespaces/ns/configmaps"] = (200, {"items": items, "metadata": {}})
    targets = [Target(CONFIG_MAPS, "ns", f"c{i}", {}) for i in range(6)]
    found = look(client, targets)
    assert sorted(key[3] for key in found) == ["c0", "c1", "c2", "c3", "c4"]
    assert found[targets[0].key]["kind"] == "ConfigMap"  # type: ignore[index]
    assert len(api.asked) == 1


def test_who_may_not_list_is_served_one_by_one(api: Any, client: ApiClient) -> None:
    api.answers["/api/v1/namespaces/ns/configmaps"] = (403, STATUS)
    api.answers["/api/v1/namespaces/ns/configmaps/c1"] = (200, {"kind": "ConfigMap", "metadata": {"name": "c1"}})
    api.answers["/api/v1/namespaces/ns/configmaps/c2"] = (403, STATUS)
    found = look(client, [Target(CONFIG_MAPS, "ns", f"c{i}", {}) for i in range(4)])
    assert {key[3]: type(value).__name__ for key, value in found.items()} == {"c1": "dict", "c2": "ApiError"}


def test_look_ups_of_templates_give_objects_lists_or_nothing(api: Any, client: ApiClient) -> None:
    api.answers["/api/v1/namespaces/ns/configmaps/c1"] = (200, {"metadata": {"name": "c1"}})
    api.answers["/api/v1/namespaces"] = (200, {"items": [{"metadata": {"name": "a"}}], "metadata": {}})
    logged: list[str] = []
    lookup = make_lookup(client, Discovery(client), lambda level, message, **_fields: logged.append(message))
    assert lookup("v1", "ConfigMap", "ns", "c1") == {"metadata": {"name": "c1"}}
    assert lookup("v1", "ConfigMap", "ns", "none") == {}
    assert lookup("v1", "NoSuchKind", "ns", "none") == {}
    assert [item["metadata"]["name"] for item in lookup("v1", "Namespace", "", "")["items"]] == ["a"]
    with pytest.raises(Exception, match="unable to get apiresource from unstructured: nope/v1, Kind=X"):
        lookup("nope/v1", "X", "", "")
    assert logged == ["unable to retrieve resource list", "unable to get apiresource"]


def test_paths_of_types() -> None:
    gadgets = ResourceType("live.example", "v1", "Gadget", "gadgets")
    assert gadgets.path("a b", "x") == "/apis/live.example/v1/namespaces/a%20b/gadgets/x"
    assert (gadgets.plural_name, gadgets.gvk_text) == ("gadgets.live.example", "live.example/v1, Kind=Gadget")
