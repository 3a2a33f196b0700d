"""Write what steersman knows about Kubernetes' types: ``make kube-data``.

    python scripts/kube_data.py [--kubernetes v1.37.0] [--oldest 13]

The types come from ``api/openapi-spec/v3`` of the Go module ``k8s.io/kubernetes``, and the minor versions that serve
each kind and have each field from ``api/openapi-spec/swagger.json`` of its earlier versions. The modules are
downloaded with ``go mod download`` into a temporary cache, one after the other (about 100 MB each on disk, deleted at
once); what was taken from each is kept in ``build/kube-data``, so that a second run needs only what is new. The
versions that deprecate and remove an API version come from the generated methods of the modules with its Go types, of
the last release that has them. Only facts are taken (names, types, which fields are required, keys of lists): no
descriptions.

The file that is written is read by ``steersman.kube.facts``, which describes its form.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "src" / "steersman" / "kube" / "facts.txt"
KEPT = ROOT / "build" / "kube-data"
MODULE = "k8s.io/kubernetes"
KUBERNETES = "v1.37.0"  # the version whose libraries are in Helm 4.3.1
OLDEST = 13  # the first minor version that the module proxy has
LIVES = 20  # the first one whose types have methods about their lives
TYPES = ("k8s.io/api", "k8s.io/apiextensions-apiserver", "k8s.io/kube-aggregator")
_GROUP = re.compile(r'^const GroupName = "(.*)"', re.MULTILINE)
_LIFE = re.compile(
    r"^func \(in \*(?P<kind>\w+)\) APILifecycle(?P<event>Deprecated|Removed|Replacement)\(\).*\{\n"
    r"\treturn (?P<value>.*)\n",
    re.MULTILINE,
)
_REPLACEMENT = re.compile(r'Group: "(.*?)", Version: "(.*?)", Kind: "(.*?)"')
_PATH = re.compile(r"^/(?:api|apis/[^/]+)/[^/]+/(?P<scope>namespaces/\{namespace\}/)?(?P<plural>[a-z]+)$")
_PREFIXES = (
    "io.k8s.apiextensions-apiserver.pkg.apis.",
    "io.k8s.kube-aggregator.pkg.apis.",
    "io.k8s.apimachinery.pkg.apis.",
    "io.k8s.apimachinery.pkg.",
    "io.k8s.api.",
)
# Types with a form of their own in JSON.
_SPECIAL = {
    "api.resource.Quantity": "quantity",
    "util.intstr.IntOrString": "int-or-string",
    "meta.v1.Time": "time",
    "meta.v1.MicroTime": "time",
    "meta.v1.FieldsV1": "object",
    "runtime.RawExtension": "object",
    "apiextensions.v1.JSON": "any",
    "apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
}
_SCALARS = {
    ("string", ""): "string",
    ("string", "byte"): "bytes",
    ("string", "date-time"): "time",
    ("integer", "int32"): "int32",
    ("integer", "int64"): "int64",
    ("integer", ""): "int64",
    ("number", "double"): "number",
    ("number", ""): "number",
    ("boolean", ""): "bool",
    ("object", ""): "object",
}


def main() -> None:
    """Download, take the facts and write the file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kubernetes", default=KUBERNETES)
    parser.add_argument("--oldest", type=int, default=OLDEST)
    options = parser.parse_args()
    newest = int(options.kubernetes.split(".")[1])
    KEPT.mkdir(parents=True, exist_ok=True)
    served: dict[tuple[str, str, str, str], list[int]] = {}
    by_minor: dict[int, dict[str, Any]] = {}
    for minor in range(options.oldest, newest + 1):
        version = options.kubernetes if minor == newest else f"v1.{minor}.0"
        by_minor[minor] = facts_of(version)
        for row in by_minor[minor]["kinds"]:
            served.setdefault(tuple(row), []).append(minor)
    types = facts_of(options.kubernetes)["types"]
    fields = {minor: known["fields"] for minor, known in by_minor.items()}
    types = {name: with_spans(name, known, fields) for name, known in types.items()}
    kinds = facts_of(options.kubernetes)["type_of_kind"]
    lives: dict[str, list[Any]] = {}
    for minor in range(max(options.oldest, LIVES), newest + 1):
        lives |= lives_of(f"v0.{minor}.0")
    there = {f"{api_version} {kind}" for api_version, kind, _, _ in served}
    lives = {name: life for name, life in lives.items() if name in there}
    TARGET.write_text("".join(lines(options.kubernetes, options.oldest, newest, served, kinds, types, lives)), "ascii")
    print(f"{TARGET.relative_to(ROOT)}: {len(served)} kinds, {len(types)} types, {TARGET.stat().st_size} bytes")


def lines(
    version: str,
    oldest: int,
    newest: int,
    served: dict[tuple[str, str, str, str], list[int]],
    kinds: dict[str, str],
    types: dict[str, list[str]],
    lives: dict[str, list[Any]],
) -> list[str]:
    """Return the lines of the file."""
    out = [
        f"# Kubernetes' kinds and types, from the Go module {MODULE} {version} (Apache-2.0).\n",
        f"# Minor versions: 1.{oldest} to 1.{newest}. Written by scripts/kube_data.py; see steersman.kube.facts.\n",
        f"version {version} {oldest} {newest}\n",
    ]
    for (api_version, kind, plural, scope), minors in sorted(served.items()):
        since = str(minors[0]) if minors[0] > oldest else ""
        until = str(minors[-1]) if minors[-1] < newest else ""
        name = kinds.get(f"{api_version} {kind}", "-")
        out.append(f"kind {api_version} {kind} {plural} {scope} {since}-{until} {name}\n")
    out += life_lines(lives)
    out += [f"{name} {' '.join(fields)}".rstrip() + "\n" for name, fields in sorted(types.items())]
    return out


def life_lines(lives: dict[str, list[Any]]) -> list[str]:
    """Return the lines about API versions that are deprecated."""
    return [f"life {name} {life[0]}-{life[1] or ''} {life[2]}".rstrip() + "\n" for name, life in sorted(lives.items())]


def with_spans(name: str, fields: list[str], by_minor: dict[int, dict[str, list[str]]]) -> list[str]:
    """Return the fields of a type with the minor versions that have them, and those that only earlier ones had.

    A version that does not have the type says nothing about its fields.
    """
    there = {minor: set(types[name]) for minor, types in sorted(by_minor.items()) if name in types}
    found = {}
    for field in fields:
        before, _, kind = field.partition("=")
        missing = [minor for minor, names in there.items() if before.rstrip("!") not in names]
        found[before.rstrip("!")] = f"{before}@{max(missing) + 1}-={kind}" if missing else field
    for former in sorted({one for names in there.values() for one in names} - found.keys()):
        minors = [minor for minor, names in there.items() if former in names]
        since = minors[0] if minors[0] > min(there) else ""
        found[former] = f"{former}@{since}-{minors[-1]}=any"
    return [found[field] for field in sorted(found)]


def facts_of(version: str) -> dict[str, Any]:
    """Return the facts of one version, from ``build/kube-data`` or from the module."""
    kept = KEPT / f"{version}.json"
    if not kept.exists() or "fields" not in json.loads(kept.read_text()):
        print(f"downloading {MODULE} {version}", file=sys.stderr)
        cache = tempfile.mkdtemp(prefix="kube-data-")
        try:
            specification = download(version, cache) / "api" / "openapi-spec"
            swagger = json.loads((specification / "swagger.json").read_text())
            facts: dict[str, Any] = {"kinds": kinds_of(swagger), "fields": fields_of(swagger)}
            if (specification / "v3").is_dir():
                facts |= types_of(specification / "v3")
            kept.write_text(json.dumps(facts))
        finally:
            shutil.rmtree(cache)
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


def lives_of(version: str) -> dict[str, list[Any]]:
    """Return when each kind of a version of the types is deprecated and removed (0: not), and its replacement."""
    kept = KEPT / f"lives-{version}.json"
    if not kept.exists():
        print(f"downloading {', '.join(TYPES)} {version}", file=sys.stderr)
        cache = tempfile.mkdtemp(prefix="kube-data-")
        try:
            lives: dict[str, list[Any]] = {}
            for module in TYPES:
                for file in sorted(download(version, cache, module).rglob("*lifecycle.go")):
                    group = _GROUP.search((file.parent / "register.go").read_text())
                    if group is not None:
                        lives |= lives_in(file.read_text(), f"{group[1]}/{file.parent.name}".removeprefix("/"))
            kept.write_text(json.dumps(lives))
        finally:
            shutil.rmtree(cache)
    found: dict[str, list[Any]] = json.loads(kept.read_text())
    return found


def lives_in(source: str, api_version: str) -> dict[str, list[Any]]:
    """Return the same of a Go file with the methods of the kinds of an API version."""
    found: dict[str, list[Any]] = {}
    for method in _LIFE.finditer(source):
        life = found.setdefault(f"{api_version} {method['kind']}", [0, 0, ""])
        if method["event"] == "Replacement":
            for group, version, kind in _REPLACEMENT.findall(method["value"]):
                life[2] = f"{group}/{version} {kind}".removeprefix("/")
        else:
            life[method["event"] == "Removed"] = int(method["value"].partition(",")[2])
    return {name: life for name, life in found.items() if life[0]}


def download(version: str, cache: str, module: str = MODULE) -> Path:
    """Return the folder of the module, downloaded into ``cache``."""
    environment = {**os.environ, "GOMODCACHE": f"{cache}/mod", "GOFLAGS": "-modcacherw"}
    Path(cache, "go.mod").write_text("module kubedata\n\ngo 1.24\n")
    command = ["go", "mod", "download", "-json", f"{module}@{version}"]
    done = subprocess.run(command, cwd=cache, env=environment, check=True, capture_output=True, text=True)
    return Path(json.loads(done.stdout)["Dir"])


def kinds_of(swagger: dict[str, Any]) -> list[list[str]]:
    """Return ``group/version, kind, plural, scope`` of everything that has a path of its own."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for path, operations in swagger["paths"].items():
        match = _PATH.match(path)
        operation = operations.get("post") or operations.get("get")
        if match is None or operation is None or "x-kubernetes-group-version-kind" not in operation:
            continue
        about = operation["x-kubernetes-group-version-kind"]
        api_version = f"{about['group']}/{about['version']}" if about["group"] else about["version"]
        key = api_version, about["kind"]
        if match["scope"] or key not in found:
            found[key] = match["plural"], "namespaced" if match["scope"] else "cluster"
    return [[*key, *value] for key, value in sorted(found.items())]


def fields_of(swagger: dict[str, Any]) -> dict[str, list[str]]:
    """Return the names of the fields of each type."""
    definitions = swagger["definitions"].items()
    return {short_name(name): sorted(schema.get("properties", ())) for name, schema in definitions}


def types_of(folder: Path) -> dict[str, Any]:
    """Return the fields of each type, and the type of each kind."""
    schemas: dict[str, Any] = {}
    for file in sorted(folder.glob("*.json")):
        schemas |= json.loads(file.read_text()).get("components", {}).get("schemas", {})
    kinds = {}
    types = {}
    for name, schema in schemas.items():
        short = short_name(name)
        if short in _SPECIAL or name.endswith("List"):
            continue
        groups = schema.get("x-kubernetes-group-version-kind", [])
        if len(groups) == 1:
            one = groups[0]
            api_version = f"{one['group']}/{one['version']}" if one["group"] else one["version"]
            kinds[f"{api_version} {one['kind']}"] = short
        required = set(schema.get("required", ()))
        types[short] = [
            f"{field}{'!' if field in required else ''}={type_of(value)}"
            for field, value in sorted(schema.get("properties", {}).items())
        ]
    return {"types": types, "type_of_kind": kinds}


def short_name(name: str) -> str:
    """Return a type's name without the part that says where its source is."""
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def type_of(schema: dict[str, Any]) -> str:
    """Return the type of a field as the file writes it."""
    for part in schema.get("allOf", ()):
        return type_of(part)
    if "$ref" in schema:
        short = short_name(schema["$ref"].rpartition("/")[2])
        return _SPECIAL.get(short, short)
    kind = schema.get("type", "")
    if kind == "array":
        keys = ",".join(schema.get("x-kubernetes-list-map-keys", ()))
        if schema.get("x-kubernetes-list-type") == "set":
            keys = "="
        return f"[{keys}]{type_of(schema['items'])}"
    if kind == "object" and "additionalProperties" in schema:
        return "{}" + type_of(schema["additionalProperties"])
    return _SCALARS[kind, schema.get("format", "")] if kind else "any"


if __name__ == "__main__":
    main()
