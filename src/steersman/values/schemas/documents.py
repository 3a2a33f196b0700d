"""Schemas as documents: which resources, anchors and dialects they have, and what a reference names.

A document is read once, by the loader it is given; the metaschemas are known. ``place`` is a document's URL and a JSON
pointer inside it.
"""

from __future__ import annotations

from steersman.go.json import pointer_token
from steersman.values import errors as values_errors
from steersman.values.schemas import metaschemas
from steersman.values.schemas.failure import go_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Place = tuple[str, str]

MAX_POINTER = 50_000  # characters

_IDENTITY = frozenset({"$schema", "$id", "id", "$anchor", "$dynamicAnchor"})
_ONE, _MANY, _NAMED, _ONE_OR_MANY = range(4)
_POSITIONS = {
    **dict.fromkeys(("not", "additionalProperties", "additionalItems"), (4, _ONE)),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), (4, _MANY)),
    **dict.fromkeys(("definitions", "properties", "patternProperties", "dependencies"), (4, _NAMED)),
    "items": (4, _ONE_OR_MANY),
    **dict.fromkeys(("propertyNames", "contains"), (6, _ONE)),
    **dict.fromkeys(("if", "then", "else"), (7, _ONE)),
    **dict.fromkeys(("$defs", "dependentSchemas"), (2019, _NAMED)),
    **dict.fromkeys(("unevaluatedProperties", "unevaluatedItems", "contentSchema"), (2019, _ONE)),
    "prefixItems": (2020, _MANY),
}


class Dialect:
    """A draft, and the vocabularies of it that a metaschema names; None for the usual ones."""

    __slots__ = ("draft", "vocabularies")

    def __init__(self, draft: int, vocabularies: tuple[str, ...] | None = None) -> None:
        self.draft = draft
        self.vocabularies = vocabularies

    def has(self, vocabulary: str) -> bool:
        """Return whether the keywords of a vocabulary count."""
        if vocabulary == "core" or self.draft < 2019:
            return True
        if self.vocabularies is not None:
            return vocabulary in self.vocabularies
        return vocabulary in metaschemas.DEFAULT_VOCABULARIES[self.draft]

    def asserts_formats(self) -> bool:
        """Return whether ``format`` is checked."""
        return self.draft < 2019 or self.has("format" if self.draft == 2019 else "format-assertion")


class Resource:
    """A schema with a URL of its own, at a pointer of a document."""

    __slots__ = ("anchors", "dialect", "dynamic", "pointer", "url")

    def __init__(self, pointer: str, url: str, dialect: Dialect) -> None:
        self.pointer = pointer
        self.url = url
        self.dialect = dialect
        self.anchors: dict[str, str] = {}
        self.dynamic: list[str] = []


class Document:
    """A JSON text with its resources by their pointers; ``walked`` are the places known to be schemas."""

    __slots__ = ("by_url", "resources", "url", "value", "walked")

    def __init__(self, url: str, value: Any) -> None:
        self.url = url
        self.value = value
        self.resources: dict[str, Resource] = {}
        self.by_url: dict[str, Resource] = {}
        self.walked: set[str] = set()

    def resource_at(self, pointer: str) -> Resource:
        """Return the resource that a place belongs to."""
        if len(self.resources) == 1:
            return self.resources[""]
        while pointer not in self.resources:
            pointer = pointer.rpartition("/")[0]
        return self.resources[pointer]

    def look_up(self, pointer: str) -> Any:
        """Return the value at a pointer.

        Raises:
            SchemaError: when there is none.
        """
        value = self.value
        for token in pointer.split("/")[1:]:
            name = _unescaped(token)
            if name is None:
                raise values_errors.SchemaError(f"invalid json-pointer {go_quoted(place_text((self.url, pointer)))}")
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif isinstance(value, list) and _index(name) < len(value):
                value = value[_index(name)]
            else:
                raise values_errors.SchemaError(
                    f"json-pointer in {go_quoted(place_text((self.url, pointer)))} not found"
                )
        return value

    def place_in(self, resource: Resource, fragment: str) -> Place:
        """Return the place that a fragment names inside a resource.

        Raises:
            SchemaError: when it is an anchor that is not there.
        """
        if not fragment or fragment[0] == "/":
            return self.url, resource.pointer + fragment
        if fragment not in resource.anchors:
            reference = f"{resource.url}#{_encoded(fragment)}"
            raise values_errors.SchemaError(
                f"anchor in {go_quoted(reference)} not found in schema {go_quoted(self.url)}"
            )
        return self.url, resource.anchors[fragment]


class Documents:
    """All documents of one schema.

    Args:
        load: gives the JSON value at a URL, or raises ``SchemaError``.
        check: called with a document and a place of it that was not known to be a schema, to check that it is one.
    """

    def __init__(self, load: Callable[[str], Any], check: Callable[[Document, str], None]) -> None:
        self._load = load
        self._check = check
        self._values: dict[str, Any] = {}
        self._documents: dict[str, Document] = {}

    def add(self, url: str, value: Any) -> None:
        """Make a value known as the document at ``url``."""
        self._values[url] = value

    def at(self, url: str) -> Document:
        """Return the document at ``url``.

        Raises:
            SchemaError: when it cannot be fetched, or is not a schema.
        """
        known = self._documents.get(url)
        if known is not None:
            return known
        document = Document(url, self._value(url))
        self._walk(document, document.value, url, "", Dialect(2020))
        if not url.startswith((f"http://{metaschemas.HOST}", f"https://{metaschemas.HOST}")):
            self._check(document, "")
        self._documents[url] = document
        return document

    def schema_at(self, place: Place) -> tuple[Document, Any]:
        """Return a document and the schema at a place of it, which is checked if nothing says that it is one.

        Raises:
            SchemaError: when there is none.
        """
        url, pointer = place
        document = self.at(url)
        value = document.look_up(pointer)
        if pointer not in document.walked:
            base = document.resource_at(pointer)
            self._walk(document, value, base.url, pointer, base.dialect)
            self._check(document, pointer)
        return document, value

    def resolve(self, document: Document, pointer: str, reference: str) -> Place:
        """Return the place that ``reference`` in the schema at ``pointer`` names.

        Raises:
            SchemaError: when there is none.
        """
        url, fragment = joined(document.resource_at(pointer).url, reference)
        if url == document.url:
            return document.place_in(document.resources[""], fragment)
        resource = document.by_url.get(url)
        if resource is not None:
            return document.place_in(resource, fragment)
        other = self.at(url)
        return other.place_in(other.resources[""], fragment)

    def _value(self, url: str) -> Any:
        if url not in self._values:
            known = metaschemas.document(url)
            self._values[url] = known if known is not None else self._load(url)
        return self._values[url]

    # resources

    def _walk(self, document: Document, schema: Any, base: str, pointer: str, fallback: Dialect) -> None:
        """Collect the resources and anchors of a schema and of the schemas inside it."""
        rest = [(schema, base, pointer, fallback)]
        while rest:
            schema, base, pointer, fallback = rest.pop()
            if pointer in document.walked:
                continue
            if len(pointer) > MAX_POINTER:
                raise values_errors.SchemaError("the schema is nested too deeply")
            document.walked.add(pointer)
            if not isinstance(schema, dict):
                if not pointer:
                    self._add(document, Resource("", base, fallback))
                continue
            if pointer and _IDENTITY.isdisjoint(schema):
                resource, draft = document.by_url[base], fallback.draft
            else:
                resource = self._enter(document, schema, base, pointer, fallback)
                draft = self._draft(document, schema, pointer, fallback)
                _collect_anchors(document, schema, pointer, resource)
            url, dialect = resource.url, resource.dialect
            below = [(inner, url, at, dialect) for at, inner in _inner_schemas(schema, pointer, draft)]
            rest += reversed(below)

    def _draft(self, document: Document, schema: dict[str, Any], pointer: str, fallback: Dialect) -> int:
        draft = self._named_draft((document.url, pointer), schema, fallback.draft)
        return draft if not pointer or _id_of(schema, draft) else fallback.draft

    def _enter(
        self, document: Document, schema: dict[str, Any], base: str, pointer: str, fallback: Dialect
    ) -> Resource:
        """Return the resource that a schema belongs to, which may begin with it."""
        draft = self._draft(document, schema, pointer, fallback)
        name = _id_of(schema, draft)
        if not name and pointer:
            return document.by_url[base]
        if name:
            try:
                base, _ = joined(base, name)
            except values_errors.SchemaError:
                where = place_text((document.url, pointer))
                raise values_errors.SchemaError(f"error in parsing id at {go_quoted(where)}") from None
        known = document.by_url.get(base)
        if known is not None:
            if known.pointer != pointer:
                raise values_errors.SchemaError(
                    f"duplicate id {go_quoted(base)} in {go_quoted(document.url)} "
                    f"at {go_quoted(pointer)} and {go_quoted(known.pointer)}"
                )
            return known
        dialect = fallback
        if isinstance(schema.get("$schema"), str):
            dialect = Dialect(draft, self._vocabularies(schema["$schema"], draft))
        return self._add(document, Resource(pointer, base, dialect))

    @staticmethod
    def _add(document: Document, resource: Resource) -> Resource:
        document.resources[resource.pointer] = resource
        document.by_url.setdefault(resource.url, resource)
        return resource

    # dialects

    def _named_draft(self, place: Place, schema: Any, default: int) -> int:
        """Return the draft that ``$schema`` leads to, through other metaschemas if need be."""
        seen: set[str] = set()
        while True:
            name = schema.get("$schema") if isinstance(schema, dict) else None
            if not isinstance(name, str):
                return default
            draft = metaschemas.draft_of(name)
            if draft:
                return draft
            url = name.partition("#")[0]
            _check_url(url, f"invalid $schema in {go_quoted(place_text(place))}")
            if place == (url, ""):
                raise values_errors.SchemaError(f"draft {go_quoted(url)} is not supported")
            if url in seen:
                raise values_errors.SchemaError(f"cycle in resolving $schema in {go_quoted(url)}")
            seen.add(url)
            schema, place = self._value(url), (url, "")

    def _vocabularies(self, name: str, draft: int) -> tuple[str, ...] | None:
        """Return the vocabularies that the metaschema ``name`` asks for, where it is not one of the known ones."""
        if metaschemas.draft_of(name) or draft < 2019:
            return None
        url = name.partition("#")[0]
        schema = self._value(url)
        asked = schema.get("$vocabulary") if isinstance(schema, dict) else None
        if not isinstance(asked, dict):
            return None
        prefix = metaschemas.vocabulary_prefix(draft)
        names = []
        for vocabulary, is_needed in asked.items():
            if is_needed is not True:
                continue
            short = vocabulary.removeprefix(prefix)
            if short not in metaschemas.VOCABULARIES[draft]:
                raise values_errors.SchemaError(f"unsupported vocabulary {go_quoted(vocabulary)} in {go_quoted(url)}")
            names.append(short)
        return tuple(names) if "core" in names else (*names, "core")


def _inner_schemas(schema: dict[str, Any], pointer: str, draft: int) -> Iterator[tuple[str, Any]]:
    for keyword, value in schema.items():
        position = _POSITIONS.get(keyword)
        if position is None or draft < position[0]:
            continue
        at = f"{pointer}/{keyword}"
        how = position[1]
        if how == _ONE or (how == _ONE_OR_MANY and not isinstance(value, list)):
            yield at, value
        elif how == _NAMED:
            if isinstance(value, dict):
                for name, inner in value.items():
                    yield f"{at}/{pointer_token(name)}", inner
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield f"{at}/{index}", inner


def _id_of(schema: dict[str, Any], draft: int) -> str:
    if draft < 2019 and "$ref" in schema:
        return ""  # what stands next to $ref does not count
    name = schema.get("id" if draft == 4 else "$id")
    return name.partition("#")[0] if isinstance(name, str) else ""


def _collect_anchors(document: Document, schema: dict[str, Any], pointer: str, resource: Resource) -> None:
    draft = resource.dialect.draft
    names: list[str] = []
    if draft < 2019:
        name = schema.get("id" if draft == 4 else "$id")
        if isinstance(name, str) and "#" in name and "$ref" not in schema:
            fragment = _decoded(name.partition("#")[2], name)
            if fragment and fragment[0] != "/":
                names.append(fragment)
    else:
        keywords = ("$anchor", "$dynamicAnchor") if draft >= 2020 else ("$anchor",)
        names += [schema[keyword] for keyword in keywords if isinstance(schema.get(keyword), str)]
        if draft >= 2020 and isinstance(schema.get("$dynamicAnchor"), str):
            resource.dynamic.append(schema["$dynamicAnchor"])
    for name in names:
        known = resource.anchors.setdefault(name, pointer)
        if known != pointer:
            raise values_errors.SchemaError(
                f"duplicate anchor {go_quoted(name)} in {go_quoted(document.url)} "
                f"at {go_quoted(known)} and {go_quoted(pointer)}"
            )


# URLs and pointers


def joined(base: str, reference: str) -> tuple[str, str]:
    """Return the URL and the fragment that a reference means at a base.

    Raises:
        SchemaError: when it is not a URL.
    """
    rest, _, fragment = reference.partition("#")
    fragment = _decoded(fragment, reference)
    if not rest:
        return base, fragment
    from steersman.go.url import URL, URLError, parse_url

    try:
        url = parse_url(rest)
    except URLError as error:
        raise values_errors.SchemaError(f"error in parsing {go_quoted(rest)}: {error}") from error
    if url.scheme:
        return _absolute(url), fragment
    above = parse_url(base)
    if above.opaque:
        return base, fragment
    if url.host or url.user is not None:
        path, raw = _resolved(url.escaped_path())
        return URL(above.scheme, "", url.user, url.host, path, url.query, "", url.has_query, raw).text(), fragment
    if not url.path:
        return URL(above.scheme, "", above.user, above.host, above.path, url.query, raw_path=above.raw_path).text(), (
            fragment
        )
    written = url.escaped_path()
    if not written.startswith("/"):
        written = above.escaped_path().rpartition("/")[0] + "/" + written
    path, raw = _resolved(written)
    return URL(above.scheme, "", above.user, above.host, path, url.query, "", url.has_query, raw).text(), fragment


def _absolute(url: Any) -> str:
    if url.opaque:
        return str(url.text())
    from steersman.go.url import URL

    path, raw = _resolved(url.escaped_path())
    return URL(url.scheme, "", url.user, url.host, path, url.query, "", url.has_query, raw, "", url.omits_host).text()


def _resolved(path: str) -> tuple[str, str]:
    from steersman.go.url import resolve_path

    return resolve_path(path) if path else ("", "")


def _check_url(url: str, context: str) -> None:
    from steersman.go.url import URLError, parse_url

    try:
        parse_url(url)
    except URLError as error:
        raise values_errors.SchemaError(f"{context}: {error}") from error


def place_text(place: Place) -> str:
    """Return a place as a URL."""
    return f"{place[0]}#{_encoded(place[1])}"


def _encoded(pointer: str) -> str:
    if pointer.replace("/", "").isalnum() and pointer.isascii():
        return pointer
    from urllib.parse import quote

    return "/".join(quote(token.encode("utf-8", "surrogateescape"), safe="$&+:=@~") for token in pointer.split("/"))


def _decoded(fragment: str, whole: str) -> str:
    if "%" not in fragment:
        return fragment
    from urllib.parse import unquote

    at = fragment.find("%")
    while at >= 0:
        digits = fragment[at + 1 : at + 3]
        if len(digits) < 2 or any(char not in "0123456789abcdefABCDEF" for char in digits):
            problem = f"invalid URL escape {go_quoted(fragment[at : at + 3])}"
            raise values_errors.SchemaError(f"error in parsing {go_quoted(whole)}: {problem}")
        at = fragment.find("%", at + 3)
    return unquote(fragment, errors="surrogateescape")


def _unescaped(token: str) -> str | None:
    if "~" not in token:
        return token
    parts = token.split("~")
    if any(part[:1] not in ("0", "1") for part in parts[1:]):
        return None
    return parts[0] + "".join(("~" if part[0] == "0" else "/") + part[1:] for part in parts[1:])


def _index(name: str) -> int:
    from steersman.go.integer import atoi

    number, problem = atoi(name)
    return MAX_POINTER**2 if problem or number < 0 else number
