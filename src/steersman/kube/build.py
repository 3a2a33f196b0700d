"""Manifest text to targets: each document's type, namespace and content.

Documents are parsed, lists are opened, kinds are looked up on the server and namespaces
filled in. Error texts are those of ``k8s.io/cli-runtime/pkg/resource.Builder``, which Helm
passes on.
"""

from __future__ import annotations

from steersman.errors import ManifestError
from steersman.kube.discovery import NoKindMatch
from steersman.kube.errors import aggregate
from steersman.kube.objects import Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.kube.discovery import Discovery

_EXACT_FLOAT = 1 << 53  # beyond this a float no longer holds every integer


def build_targets(text: str, discovery: Discovery, namespace: str, *, validate: bool) -> list[Target]:
    """Return the objects of a manifest in their order.

    Args:
        text: YAML documents.
        discovery: where kinds are looked up.
        namespace: where namespaced objects go that name none.
        validate: report a missing apiVersion or kind as the server's validation would.

    Raises:
        ManifestError: naming every document that is not an object of a known kind.
    """
    targets: list[Target] = []
    errors: list[str] = []
    first: ManifestError | None = None
    for document in split_documents(text):
        try:
            content = parse_object(document)
        except ValueError as error:
            errors.append(f"error parsing : error converting YAML to JSON: {error}")
            break
        if content is None:
            continue
        problem = _missing(content) if validate else None
        if problem is not None:
            errors.append(f'error validating "": error validating data: {problem}')
            break
        try:
            targets += _open(content, discovery, namespace)
        except ManifestError as error:
            errors.append(str(error))
            first = first or error
    if errors:
        raise ManifestError(aggregate(errors)) from first
    return targets


def split_documents(text: str) -> Iterator[str]:
    """Yield the documents of a YAML stream, cut where a line is ``---`` alone or before a comment."""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("---"):
            rest = line[3:].strip()
            if (not rest or rest[0] == "#") and lines:
                yield "".join(lines)
                lines = []
                continue
        lines.append(line)
    if lines:
        yield "".join(lines)


def parse_object(document: str) -> Any:
    """Read one document with its numbers as the API server's JSON has them.

    Raises:
        ValueError: when it is not YAML.
    """
    from steersman import yamlio

    value = yamlio.load(document)
    try:
        return _with_integers(value)
    except OverflowError:
        # a number too large for a float to hold exactly: read again, keeping integers
        return yamlio.load_integers(document)


def _with_integers(value: Any) -> Any:
    """Return ``value`` with whole floats as integers, which is what JSON makes of them."""
    if type(value) is float:
        if value.is_integer():
            if abs(value) >= _EXACT_FLOAT:
                raise OverflowError
            return int(value)
        return value
    if type(value) is dict:
        return {key: _with_integers(item) for key, item in value.items()}
    if type(value) is list:
        return [_with_integers(item) for item in value]
    return value


def _missing(content: Any) -> str | None:
    """Say what a document lacks to be an object, or ``None``."""
    if not content:
        return "invalid object to validate"
    return _missing_keys(content)


def _missing_keys(content: Any) -> str | None:
    if not isinstance(content, dict):
        return "invalid object to validate"
    problems = []
    for key in ("apiVersion", "kind"):
        if content.get(key) is None:
            problems.append(f"{key} not set")
        elif not isinstance(content[key], str):
            problems.append(f"{key} isn't string type")
    if not problems and content["kind"] == "List":
        items = content.get("items")
        if not isinstance(items, list):
            return "invalid object to validate"
        problems = [problem for item in items if (problem := _missing_keys(item)) is not None]
    return aggregate(problems) if problems else None


def _open(content: Any, discovery: Discovery, namespace: str) -> Iterator[Target]:
    if not isinstance(content, dict) or not content.get("kind"):
        from steersman.go import json as gojson

        raise ManifestError(f"unable to decode \"\": Object 'Kind' is missing in '{gojson.dumps(content)}'")
    if "items" in content:
        # k8s: whatever has items is a list, a ConfigMap too (lists.sh)
        yield from _open_list(content, discovery, namespace)
    else:
        yield _open_one(content, discovery, namespace)


def _open_one(content: dict[str, Any], discovery: Discovery, namespace: str) -> Target:
    problem = _metadata_problem(content.get("metadata"))
    if problem:
        raise ManifestError(f'unable to decode "": json: cannot unmarshal {problem}')
    return _target(content, discovery, namespace)


_UNTYPED = 'unable to get type info from the object "*unstructured.Unstructured": '


def _open_list(content: dict[str, Any], discovery: Discovery, namespace: str) -> Iterator[Target]:
    """Yield the items of a list; those of a list of one kind need not name it.

    k8s: the kind of the list has to be known, and an item must not be a list itself (lists.sh)
    """
    kind, api_version, items = content["kind"], content.get("apiVersion") or "", content["items"]
    if not isinstance(items, list) and items is not None:
        problem = f"{_json_type(items)} into Go struct field decodeList.items of type []json.RawMessage"
        raise ManifestError(f'unable to decode "": json: cannot unmarshal {problem}')
    if kind != "List":
        _check_list_kind(content, discovery)
    for item in items or ():
        if not isinstance(item, dict):
            problem = f"{_json_type(item)} into Go value of type map[string]interface {{}}"
            raise ManifestError(f'unable to decode "": json: cannot unmarshal {problem}')
        if not item.get("kind") and not item.get("apiVersion"):
            item = {**item, "kind": kind.removesuffix("List"), "apiVersion": api_version}
        if not item.get("apiVersion"):
            raise ManifestError(f"{_UNTYPED}Object 'apiVersion' is missing in 'object has no apiVersion field'")
        if not item.get("kind"):
            raise ManifestError(f"{_UNTYPED}Object 'Kind' is missing in 'object has no kind field '")
        if "items" in item:
            raise ManifestError("*unstructured.Unstructured is not a list: no Items field in this object")
        yield _open_one(item, discovery, namespace)


def _check_list_kind(content: dict[str, Any], discovery: Discovery) -> None:
    api_version = content.get("apiVersion") or ""
    try:
        discovery.resource_for(api_version, content["kind"].removesuffix("List"))
    except NoKindMatch:
        _target({**content, "items": None}, discovery, "")  # says so, or the kind only ends in "List"


_TEXTS = ("generateName", "name", "namespace", "resourceVersion", "selfLink", "uid")
_MAPS = ("annotations", "labels")


def _metadata_problem(metadata: Any) -> str:
    """Say what of an object's metadata has the wrong type, in the words of Go's JSON decoder."""
    if metadata is None:
        return ""
    if not isinstance(metadata, dict):
        return f"{_json_type(metadata)} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"
    for key in sorted(metadata):
        value, where = metadata[key], f"into Go struct field ObjectMeta.metadata.{key} of type"
        if value is None:
            continue
        if key in _TEXTS and not isinstance(value, str):
            return f"{_json_type(value)} {where} string"
        if key in _MAPS:
            if not isinstance(value, dict):
                return f"{_json_type(value)} {where} map[string]string"
            for item in value.values():
                if item is not None and not isinstance(item, str):
                    return f"{_json_type(item)} {where} string"
    return ""


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "number"


def _target(content: dict[str, Any], discovery: Discovery, namespace: str) -> Target:
    metadata = content.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
    name, own = metadata.get("name") or "", metadata.get("namespace") or ""
    try:
        resource = discovery.resource_for(content.get("apiVersion") or "", content["kind"])
    except NoKindMatch as error:
        raise ManifestError(
            f'resource mapping not found for name: "{name}" namespace: "{own}" from "": {error}\n'
            "ensure CRDs are installed first"
        ) from error
    if not resource.is_namespaced:
        if "namespace" in metadata:
            metadata = {key: value for key, value in metadata.items() if key != "namespace"}
            content = {**content, "metadata": metadata}
        return Target(resource, "", name, content)
    if not own:
        own = namespace
        content = {**content, "metadata": {**metadata, "namespace": own}}
    return Target(resource, own, name, content)
