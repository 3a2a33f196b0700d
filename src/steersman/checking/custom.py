"""The kinds that custom resource definitions add, and checks of their objects against the schemas in them."""

from __future__ import annotations

from steersman.checking.findings import ERROR
from steersman.checking.problems import Problem, is_whole, meant, shown
from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from steersman.engine.trace import Path

_MOST_DEPTH = 100
_DEFINITION = "CustomResourceDefinition"


def broken_definition(text: str) -> tuple[int, str] | None:
    """Return the line (0 where it is not known) at which a text that names definitions is not YAML, and the reason."""
    if _DEFINITION not in text:
        return None
    from steersman.yamlio import load_all
    from steersman.yamlio.errors import YamlError

    try:
        load_all(text)
    except YamlError as error:
        return error.at, f"this is not YAML, so its definitions are not known: {error}"
    return None


class CustomKinds:
    """The kinds of some custom resource definitions."""

    def __init__(self) -> None:
        self._schemas: dict[tuple[str, str], Any] = {}
        self._groups: set[str] = set()

    def add_texts(self, texts: Iterable[str]) -> None:
        """Add the definitions among the documents of YAML texts; a text that is not YAML is left out."""
        from steersman.yamlio import load_all

        for text in texts:
            if _DEFINITION not in text:
                continue
            try:
                documents = load_all(text)
            except SteerError:
                continue
            for document in documents:
                self.add(document)

    def add(self, definition: Any) -> None:
        """Add the kind that an object defines, if it is a definition."""
        if not isinstance(definition, dict) or definition.get("kind") != _DEFINITION:
            return
        spec = definition.get("spec")
        names = spec.get("names") if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not isinstance(names, dict):
            return
        group, kind = str(spec.get("group")), str(names.get("kind"))
        self._groups.add(group)
        for_all = _inner(spec, "validation", "openAPIV3Schema")
        versions = spec.get("versions") or [{"name": spec.get("version")}]
        for version in versions if isinstance(versions, list) else ():
            if isinstance(version, dict):
                schema = _inner(version, "schema", "openAPIV3Schema") or for_all or {}
                self._schemas[f"{group}/{version.get('name')}", kind] = schema

    def schema(self, api_version: str, kind: str) -> Any:
        """Return the schema of a kind, empty where it has none; None where no definition has the kind."""
        return self._schemas.get((api_version, kind))

    def has_group(self, group: str) -> bool:
        """Return whether there is a definition in a group."""
        return group in self._groups

    def problems(self, schema: Any, tree: dict[str, Any]) -> Iterator[Problem]:
        """Yield the mistakes in an object of a custom kind."""
        properties = schema.get("properties") if isinstance(schema, dict) else None
        own = {key: value for key, value in tree.items() if key not in ("apiVersion", "kind", "metadata")}
        if isinstance(properties, dict):
            yield from _check(own, {**schema, "required": _without_head(schema)}, (), str(tree.get("kind")))


def _without_head(schema: dict[str, Any]) -> list[Any]:
    required = schema.get("required")
    head = ("apiVersion", "kind", "metadata")
    return [key for key in required if key not in head] if isinstance(required, list) else []


def _inner(tree: Any, *keys: str) -> Any:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _check(value: Any, schema: Any, path: Path, inside: str) -> Iterator[Problem]:
    if not isinstance(schema, dict) or len(path) > _MOST_DEPTH:
        return
    if value is None:
        return
    if schema.get("x-kubernetes-int-or-string"):
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            yield Problem(
                "wrong-type", ERROR, path, f"{_name(path)} is {shown(value)}, and has to be a number or a text"
            )
        return
    kind = schema.get("type")
    wanted = _WANTED.get(kind) if isinstance(kind, str) else None
    if wanted is not None and not _fits(value, str(kind)):
        yield Problem("wrong-type", ERROR, path, f"{_name(path)} is {shown(value)}, and has to be {wanted}")
        return
    if isinstance(value, dict):
        yield from _check_map(value, schema, path, inside)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _check(item, schema.get("items"), (*path, at), inside)
    allowed = schema.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        names = ", ".join(map(str, allowed))
        yield Problem("wrong-type", ERROR, path, f"{_name(path)} is {shown(value)}, and has to be one of {names}")


def _check_map(value: dict[str, Any], schema: dict[str, Any], path: Path, inside: str) -> Iterator[Problem]:
    if schema.get("x-kubernetes-embedded-resource"):
        return
    properties = schema.get("properties")
    others = schema.get("additionalProperties")
    is_open = bool(schema.get("x-kubernetes-preserve-unknown-fields")) or others is not None
    if not isinstance(properties, dict):
        properties = {}
        is_open = True
    name = _name(path) if path else inside
    for key, inner in value.items():
        if key in properties:
            yield from _check(inner, properties[key], (*path, key), inside)
        elif isinstance(others, dict):
            yield from _check(inner, others, (*path, key), inside)
        elif not is_open:
            message = f"{name} has no field {key}{meant(key, properties)}"
            yield Problem("unknown-field", ERROR, (*path, key), message)
    required = schema.get("required")
    for key in required if isinstance(required, list) else ():
        # a field with a default is filled in before it is looked for
        if value.get(key) is None and not (isinstance(properties.get(key), dict) and "default" in properties[key]):
            yield Problem("missing-field", ERROR, path, f"{name} needs {key}")


def _name(path: Path) -> str:
    return next((str(key) for key in reversed(path) if isinstance(key, str)), "the object")


_WANTED = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a map",
    "array": "a list",
}


def _fits(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "integer":
        return is_whole(value)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    return isinstance(value, dict if kind == "object" else list)
