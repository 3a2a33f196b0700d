"""Discovery documents of the sandbox: version, groups, kinds, and as much OpenAPI as kubectl asks for."""

from __future__ import annotations

from steersman.sandbox.resources import Registry, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.3+sandbox",
    "gitCommit": "sandbox",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "none",
    "compiler": "none",
    "platform": "steersman/sandbox",
}
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def groups(registry: Registry) -> dict[str, list[str]]:
    """Return the versions of each group, the preferred first; the core group is ``""``."""
    found: dict[str, list[str]] = {}
    for resource in registry.all():
        versions = found.setdefault(resource.group, [])
        if resource.version not in versions:
            versions.append(resource.version)
    return found


def group_list(registry: Registry) -> dict[str, Any]:
    """Return the body of ``/apis``."""
    return {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [_group(n, v) for n, v in groups(registry).items() if n],
    }


def group(registry: Registry, name: str) -> dict[str, Any] | None:
    """Return the body of ``/apis/GROUP``, or None."""
    versions = groups(registry).get(name)
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)} if versions else None


def _group(name: str, versions: list[str]) -> dict[str, Any]:
    rows = [{"groupVersion": f"{name}/{v}", "version": v} for v in versions]
    return {"name": name, "versions": rows, "preferredVersion": rows[0]}


# The kind at a subresource where it differs.
_SCALE_ROW = {"scale": {"group": "autoscaling", "version": "v1", "kind": "Scale"}}


def resource_list(registry: Registry, name: str, version: str) -> dict[str, Any] | None:
    """Return the kinds of a group's version, or None where there is no such."""
    found = [r for r in registry.all() if (r.group, r.version) == (name, version)]
    if not found:
        return None
    rows: list[dict[str, Any]] = []
    for resource in found:
        row: dict[str, Any] = {
            "name": resource.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": _VERBS,
        }
        if resource.short_names:
            row["shortNames"] = list(resource.short_names)
        if resource.categories:
            row["categories"] = list(resource.categories)
        rows.append(row)
        rows += [
            {
                "name": f"{resource.plural}/{sub}",
                "singularName": "",
                "namespaced": resource.namespaced,
                **_SCALE_ROW.get(sub, {"kind": resource.kind}),
                "verbs": ["get"] if sub == "log" else ["get", "patch", "update"],
            }
            for sub in resource.subresources
        ]
    group_version = f"{name}/{version}" if name else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": rows}


def aggregated(registry: Registry, *, core: bool) -> dict[str, Any]:
    """Return the aggregated discovery of ``/api`` (``core``) or ``/apis``."""
    items = []
    for name, versions in groups(registry).items():
        if (name == "") != core:
            continue
        rows = []
        for version in versions:
            kinds = [_discovered(r) for r in registry.all() if (r.group, r.version) == (name, version)]
            rows.append({"version": version, "freshness": "Current", "resources": kinds})
        metadata = {"creationTimestamp": None, **({"name": name} if name else {})}
        items.append({"metadata": metadata, "versions": rows})
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def _discovered(resource: Resource) -> dict[str, Any]:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    row: dict[str, Any] = {
        "resource": resource.plural,
        "responseKind": kind,
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": _VERBS,
    }
    if resource.short_names:
        row["shortNames"] = list(resource.short_names)
    if resource.categories:
        row["categories"] = list(resource.categories)
    if resource.subresources:
        row["subresources"] = [
            {"subresource": s, "responseKind": _SCALE_ROW.get(s, kind), "verbs": ["get", "patch", "update"]}
            for s in resource.subresources
        ]
    return row


def openapi_paths(registry: Registry) -> dict[str, Any]:
    """Return the body of ``/openapi/v3``: where each version's document is."""
    names = ["api/v1", *(f"apis/{g}/{v}" for g, vs in groups(registry).items() if g for v in vs)]
    return {"paths": {n: {"serverRelativeURL": f"/openapi/v3/{n}?hash=sandbox"} for n in names}}


def openapi_document(registry: Registry, name: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of a version: that patches take ``fieldValidation``, and that objects are objects."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for resource in registry.all():
        if (resource.group, resource.version) != (name, version):
            continue
        kind = {"group": name, "version": version, "kind": resource.kind}
        base = f"/apis/{name}/{version}" if name else f"/api/{version}"
        if resource.namespaced:
            base += "/namespaces/{namespace}"
        query = [
            {"name": n, "in": "query", "schema": {"type": "string"}}
            for n in ("dryRun", "fieldManager", "fieldValidation")
        ]
        paths[f"{base}/{resource.plural}/{{name}}"] = {
            "patch": {
                "parameters": query,
                "responses": {"200": {"description": "OK"}},
                "x-kubernetes-group-version-kind": kind,
            }
        }
        schemas[f"{name or 'core'}.{version}.{resource.kind}"] = {
            "type": "object",
            "x-kubernetes-group-version-kind": [kind],
            "x-kubernetes-preserve-unknown-fields": True,
        }
    return {
        "openapi": "3.0.0",
        "info": {"title": "steersman sandbox", "version": VERSION["gitVersion"]},
        "paths": paths,
        "components": {"schemas": schemas},
    }
