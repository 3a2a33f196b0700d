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
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from steersman.kube.discovery import Discovery

_EXACT_FLOAT = 1 << 53  # beyond this a float no longer holds every integer


class Misshapen(ManifestError):
    """A document that is not an object.

    Attributes:
        keys: the path in the document of what is wrong or missing.
    """

    def __init__(self, message: str, keys: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.keys = keys


class Unbuilt(Record):
    """A document of a manifest of which no object can be made, with the reason and the path of what is at fault."""

    document: str
    error: ManifestError
    keys: tuple[object, ...] = ()


class NotBuilt(ManifestError):
    """A manifest with documents of which no objects can be made.

    Attributes:
        documents: each of them.
    """

    def __init__(self, documents: Sequence[Unbuilt]) -> None:
        super().__init__(aggregate([str(one.error) for one in documents]))
        self.documents = tuple(documents)

    @property
    def errors(self) -> tuple[ManifestError, ...]:
        """The reason for each of them."""
        return tuple(one.error for one in self.documents)


def build_targets(text: str, discovery: Discovery, namespace: str, *, validate: bool) -> list[Target]:
    """Return the objects of a manifest in their order.

    Args:
        text: YAML documents.
        discovery: where kinds are looked up.
        namespace: where namespaced objects go that name none.
        validate: report a missing apiVersion or kind as the server's validation would.

    Raises:
        NotBuilt: naming every document that is not an object of a known kind.
    """
    targets: list[Target] = []
    errors: list[Unbuilt] = []
    first: ManifestError | None = None
    for document in split_documents(text):
        try:
            content = parse_object(document)
        except ValueError as error:
            errors.append(Unbuilt(document, ManifestError(f"error parsing : error converting YAML to JSON: {error}")))
            break
        if content is None:
            continue
        if validate:
            missing = missing_keys(content)
            if missing is not None:
                problem = ManifestError(f'error validating "": error validating data: {missing}')
                errors.append(Unbuilt(document, problem, missing.keys))
                break
        try:
            targets += _open(content, discovery, namespace)
        except ManifestError as error:
            errors.append(Unbuilt(document, error, error.keys if isinstance(error, Misshapen) else ()))
            first = first or error
    if errors:
        raise NotBuilt(errors) from first
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


def missing_keys(content: Any) -> Misshapen | None:
    """Return what a document lacks to be an object, or ``None``."""
    return _missing_keys(content, ()) if content else Misshapen(_NOT_AN_OBJECT)


_NOT_AN_OBJECT = "invalid object to validate"


def _missing_keys(content: Any, at: tuple[object, ...]) -> Misshapen | None:
    if not isinstance(content, dict):
        return Misshapen(_NOT_AN_OBJECT, at)
    problems = []
    for key in ("apiVersion", "kind"):
        if content.get(key) is None:
            problems.append(Misshapen(f"{key} not set", (*at, key)))
        elif not isinstance(content[key], str):
            problems.append(Misshapen(f"{key} isn't string type", (*at, key)))
    if not problems and content["kind"] == "List":
        items = content.get("items")
        if not isinstance(items, list):
            return Misshapen(_NOT_AN_OBJECT, (*at, "items"))
        each = (_missing_keys(item, (*at, "items", number)) for number, item in enumerate(items))
        problems = [problem for problem in each if problem is not None]
    return Misshapen(aggregate([str(one) for one in problems]), problems[0].keys) if problems else None


def _open(content: Any, discovery: Discovery, namespace: str) -> Iterator[Target]:
    if not isinstance(content, dict) or not content.get("kind"):
        from steersman.go import json as gojson

        message = f"unable to decode \"\": Object 'Kind' is missing in '{gojson.dumps(content)}'"
        raise Misshapen(message, ("kind",))
    if "items" in content:
        # k8s: whatever has items is a list, a ConfigMap too (lists.sh)
        yield from _open_list(content, discovery, namespace)
    else:
        yield _open_one(content, discovery, namespace)


def _open_one(content: dict[str, Any], discovery: Discovery, namespace: str, at: tuple[object, ...] = ()) -> Target:
    problem = wrong_metadata(content.get("metadata"))
    if problem is not None:
        raise Misshapen(f'unable to decode "": json: cannot unmarshal {problem}', (*at, "metadata", *problem.keys))
    return _target(content, discovery, namespace, at)


_UNTYPED = 'unable to get type info from the object "*unstructured.Unstructured": '


def _open_list(content: dict[str, Any], discovery: Discovery, namespace: str) -> Iterator[Target]:
    """Yield the items of a list; those of a list of one kind need not name it.

    k8s: the kind of the list has to be known, and an item must not be a list itself (lists.sh)
    """
    kind, api_version, items = content["kind"], content.get("apiVersion") or "", content["items"]
    if not isinstance(items, list) and items is not None:
        problem = f"{_json_type(items)} into Go struct field decodeList.items of type []json.RawMessage"
        raise Misshapen(f'unable to decode "": json: cannot unmarshal {problem}', ("items",))
    if kind != "List":
        _check_list_kind(content, discovery)
    for number, item in enumerate(items or ()):
        at = ("items", number)
        if not isinstance(item, dict):
            problem = f"{_json_type(item)} into Go value of type map[string]interface {{}}"
            raise Misshapen(f'unable to decode "": json: cannot unmarshal {problem}', at)
        if not item.get("kind") and not item.get("apiVersion"):
            item = {**item, "kind": kind.removesuffix("List"), "apiVersion": api_version}
        if not item.get("apiVersion"):
            message = f"{_UNTYPED}Object 'apiVersion' is missing in 'object has no apiVersion field'"
            raise Misshapen(message, (*at, "apiVersion"))
        if not item.get("kind"):
            raise Misshapen(f"{_UNTYPED}Object 'Kind' is missing in 'object has no kind field '", (*at, "kind"))
        if "items" in item:
            raise Misshapen("*unstructured.Unstructured is not a list: no Items field in this object", (*at, "items"))
        yield _open_one(item, discovery, namespace, at)


def _check_list_kind(content: dict[str, Any], discovery: Discovery) -> None:
    api_version = content.get("apiVersion") or ""
    try:
        discovery.resource_for(api_version, content["kind"].removesuffix("List"))
    except NoKindMatch:
        _target({**content, "items": None}, discovery, "")  # says so, or the kind only ends in "List"


_TEXTS = ("generateName", "name", "namespace", "resourceVersion", "selfLink", "uid")
_MAPS = ("annotations", "labels")


def wrong_metadata(metadata: Any) -> Misshapen | None:
    """Return what of an object's metadata has the wrong type, in the words of Go's JSON decoder, or ``None``."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        where = "into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"
        return Misshapen(f"{_json_type(metadata)} {where}")
    for key in sorted(metadata):
        value, where = metadata[key], f"into Go struct field ObjectMeta.metadata.{key} of type"
        if value is None:
            continue
        if key in _TEXTS and not isinstance(value, str):
            return Misshapen(f"{_json_type(value)} {where} string", (key,))
        if key in _MAPS:
            if not isinstance(value, dict):
                return Misshapen(f"{_json_type(value)} {where} map[string]string", (key,))
            for name, item in value.items():
                if item is not None and not isinstance(item, str):
                    return Misshapen(f"{_json_type(item)} {where} string", (key, name))
    return None


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "number"


def _target(content: dict[str, Any], discovery: Discovery, namespace: str, at: tuple[object, ...] = ()) -> Target:
    metadata = content.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
    name, own = metadata.get("name") or "", metadata.get("namespace") or ""
    try:
        resource = discovery.resource_for(content.get("apiVersion") or "", content["kind"])
    except NoKindMatch as error:
        is_other = any(one == content["kind"] for version, one in error.served if version)
        raise Misshapen(
            f'resource mapping not found for name: "{name}" namespace: "{own}" from "": {error}\n'
            "ensure CRDs are installed first",
            (*at, "apiVersion" if is_other else "kind"),
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
