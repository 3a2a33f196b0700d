"""Schemas as nodes: keywords read, references followed, patterns compiled. Everything that can be reached is."""

from __future__ import annotations

from steersman.go.json import pointer_token
from steersman.values import errors as values_errors
from steersman.values.schemas.documents import Document, Documents, place_text
from steersman.values.schemas.failure import go_quoted
from steersman.values.schemas.numbers import Number, exact, is_integer, is_simple, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.values.schemas.documents import Dialect, Place
    from steersman.values.schemas.patterns import Patterns

UNREAD: Any = object()  # instead of a schema that is known by its place only
_NUMERIC = frozenset(
    (
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
        *("minItems", "maxItems", "minProperties", "maxProperties"),
    )
)
_HALF = 2**63  # of the numbers of 64 bits
_TYPES = frozenset({"null", "boolean", "number", "integer", "string", "array", "object"})


class Node:
    """One schema. Keywords that it does not have keep the defaults below."""

    always: bool | None = None
    dynamic_anchors: dict[str, Node] = {}  # noqa: RUF012  of a resource; shared and never changed
    ref: Node | None = None
    recursive_ref: Node | None = None
    recursive_anchor = False
    dynamic_ref: Node | None = None
    dynamic_name = ""  # the anchor that $dynamicRef names
    dynamic_anchor = ""

    types: frozenset[str] | None = None
    enum: list[Any] | None = None
    enum_simple: frozenset[tuple[str, Any]] = frozenset()  # kind and value of its strings and short numbers
    enum_other: list[Any] = []  # noqa: RUF012  the rest of it
    has_const = False
    const: Any = None
    format = ""

    all_of: list[Node] | None = None
    any_of: list[Node] | None = None
    one_of: list[Node] | None = None
    not_: Node | None = None
    if_: Node | None = None
    then: Node | None = None
    else_: Node | None = None

    min_properties: int | None = None
    max_properties: int | None = None
    required: list[str] | None = None
    dependencies: list[tuple[str, list[str] | Node]] | None = None
    properties: dict[str, Node] | None = None
    pattern_properties: Patterns | None = None
    pattern_nodes: list[Node] | None = None
    additional: bool | Node | None = None
    property_names: Node | None = None
    dependent_schemas: list[tuple[str, Node]] | None = None
    dependent_required: list[tuple[str, list[str]]] | None = None
    unevaluated_properties: Node | None = None

    min_items: int | None = None
    max_items: int | None = None
    unique_items = False
    prefix: list[Node] | None = None  # prefixItems, or items that are a list
    rest: bool | Node | None = None  # what items are that come after the prefix
    contains: Node | None = None
    min_contains: int | None = None
    max_contains: int | None = None
    unevaluated_items: Node | None = None
    all_items_evaluated = False

    min_length: int | None = None
    max_length: int | None = None
    pattern: Patterns | None = None
    pattern_text = ""

    limits: dict[str, Number] | None = None  # minimum and its kind

    has_object = False
    has_array = False
    has_conditions = False

    resource: Node

    def __init__(self, place: Place, schema: Any = UNREAD) -> None:
        self.place = place
        self.schema = schema
        self.draft = 2020

    def location(self) -> str:
        """Return where the schema is, as a URL."""
        return place_text(self.place)


class Compiler:
    """Makes nodes of schemas.

    Args:
        documents: where schemas are.
        asserts_formats: check formats whatever the dialect says, as for metaschemas.
    """

    def __init__(self, documents: Documents, *, asserts_formats: bool = False) -> None:
        self.documents = documents
        self._asserts_formats = asserts_formats
        self._nodes: dict[Place, Node] = {}
        self._waiting: list[Node] = []

    def compile(self, url: str, pointer: str = "") -> Node:
        """Return the node of the schema at a place.

        Raises:
            SchemaError: when it, or one that it refers to, cannot be used.
        """
        self.documents.at(url)
        node = self.node((url, pointer))
        at = 0
        while at < len(self._waiting):
            _Keywords(self, self._waiting[at]).read()
            at += 1
        self._waiting.clear()
        return node

    def node(self, place: Place, schema: Any = UNREAD) -> Node:
        """Return the node of a place, which is read later unless it was already.

        Args:
            place: where the schema is.
            schema: what is there, for a schema inside one that was read: it need not be looked up from the root.
        """
        node = self._nodes.get(place)
        if node is None:
            node = self._nodes[place] = Node(place, schema)
            self._waiting.append(node)
        return node

    def asserts_formats(self, dialect: Dialect) -> bool:
        """Return whether ``format`` is checked."""
        return self._asserts_formats or dialect.asserts_formats()


class _Keywords:
    """The keywords of one schema on their way into its node."""

    def __init__(self, compiler: Compiler, node: Node) -> None:
        self.compiler = compiler
        self.node = node
        self.document: Document
        if node.schema is UNREAD:
            self.document, node.schema = compiler.documents.schema_at(node.place)
        else:
            self.document = compiler.documents.at(node.place[0])
        self.schema = node.schema
        self.resource = self.document.resource_at(node.place[1])
        self.dialect = self.resource.dialect

    def read(self) -> None:
        node, schema = self.node, self.schema
        draft = node.draft = self.dialect.draft
        node.resource = self.compiler.node((node.place[0], self.resource.pointer))
        if draft >= 2020 and node is node.resource and self.resource.dynamic:
            node.dynamic_anchors = {name: self._at(self.resource.anchors[name]) for name in self.resource.dynamic}
        if isinstance(schema, bool) or schema == {}:
            node.always = schema is not False
            return
        if not isinstance(schema, dict):
            return
        reference = self._reference("$ref")
        if reference is not None:
            node.ref = reference
        if reference is None or draft >= 2019:
            if self.dialect.has("applicator"):
                self._read_applicator()
            if self.dialect.has("validation"):
                self._read_validation()
            if self.compiler.asserts_formats(self.dialect) and isinstance(schema.get("format"), str):
                node.format = schema["format"]
        # helm: in drafts 6 and 7, "const" counts even next to a reference
        if draft >= 6:
            if self.dialect.has("applicator"):
                self._read_draft_6()
            if self.dialect.has("validation") and "const" in schema:
                node.has_const, node.const = True, schema["const"]
        self._read_newer()

    # keywords, by vocabulary

    def _read_applicator(self) -> None:
        node, schema = self.node, self.schema
        for keyword, name in (("allOf", "all_of"), ("anyOf", "any_of"), ("oneOf", "one_of")):
            if schema.get(keyword) and isinstance(schema[keyword], list):
                setattr(node, name, self._list(keyword))
                node.has_conditions = True
        if "not" in schema:
            node.not_ = self._one("not")
            node.has_conditions = True
        if node.draft < 2020:
            self._read_older_items()
        self._read_properties()
        entries = schema.get("dependencies")
        if isinstance(entries, dict):
            node.has_object = True
            node.dependencies = [
                (name, _texts(wanted) if isinstance(wanted, list) else self._inside("dependencies", name))
                for name, wanted in entries.items()
            ]

    def _read_draft_6(self) -> None:
        node, schema = self.node, self.schema
        if "contains" in schema:
            node.contains = self._one("contains")
            node.has_array = True
        if "propertyNames" in schema:
            node.property_names = self._one("propertyNames")
            node.has_object = True
        if node.draft < 7 or "if" not in schema:
            return
        node.if_ = self._one("if")
        node.has_conditions = True
        if "then" in schema and schema["if"] is not False:
            node.then = self._one("then")
        if "else" in schema and schema["if"] is not True:
            node.else_ = self._one("else")

    def _read_properties(self) -> None:
        node, schema = self.node, self.schema
        if isinstance(schema.get("properties"), dict):
            node.properties = {name: self._inside("properties", name) for name in schema["properties"]}
            node.has_object = True
        patterns = schema.get("patternProperties")
        if isinstance(patterns, dict):
            node.pattern_nodes = [self._inside("patternProperties", name) for name in patterns]
            if patterns:
                node.pattern_properties = self._patterns(list(patterns), "patternProperties")
            node.has_object = True
        if "additionalProperties" in schema:
            node.additional = self._one_or_boolean("additionalProperties")
            node.has_object = True

    def _read_older_items(self) -> None:
        node, schema = self.node, self.schema
        if "items" not in schema:
            return
        node.has_array = True
        if not isinstance(schema["items"], list):
            node.rest = self._one("items")
            node.all_items_evaluated = True
            return
        node.prefix = self._list("items")
        if "additionalItems" in schema:
            node.rest = self._one_or_boolean("additionalItems")
            node.all_items_evaluated = True

    def _read_validation(self) -> None:
        node, schema = self.node, self.schema
        if "type" in schema:
            named = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
            node.types = frozenset(t for t in named if isinstance(t, str)) & _TYPES or None
        if isinstance(schema.get("enum"), list):
            node.enum = schema["enum"]
            simple = [value for value in node.enum if is_simple(value)]
            node.enum_simple = frozenset((kind_of(value), value) for value in simple)
            node.enum_other = [value for value in node.enum if not is_simple(value)]
        if not _NUMERIC.isdisjoint(schema):
            self._read_limits()
            self._read_sizes()
        if isinstance(schema.get("pattern"), str):
            node.pattern_text = schema["pattern"]
            node.pattern = self._patterns([node.pattern_text], "pattern")
        if schema.get("uniqueItems") is True:
            node.unique_items = node.has_array = True
        if isinstance(schema.get("required"), list):
            node.required = _texts(schema["required"])
            node.has_object = True

    def _read_sizes(self) -> None:
        node = self.node
        node.min_length, node.max_length = self._count("minLength"), self._count("maxLength")
        node.min_items, node.max_items = self._count("minItems"), self._count("maxItems")
        node.has_array = node.has_array or (node.min_items, node.max_items) != (None, None)
        node.min_properties, node.max_properties = self._count("minProperties"), self._count("maxProperties")
        node.has_object = node.has_object or (node.min_properties, node.max_properties) != (None, None)

    def _read_limits(self) -> None:
        limits: dict[str, Number] = {}
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
            limit = self.schema.get(keyword)
            if isinstance(limit, bool) or not isinstance(limit, (int, float)):
                continue
            plain = keyword in ("minimum", "maximum")
            name = f"exclusive{keyword.capitalize()}" if plain and self._excludes(keyword) else keyword
            number = limit if isinstance(limit, Number) else Number(repr(limit))
            if exact(number) is not None:
                limits[name] = number
        if limits:
            self.node.limits = limits

    def _excludes(self, keyword: str) -> bool:
        return self.schema.get(f"exclusive{keyword.capitalize()}") is True

    def _read_newer(self) -> None:
        """Read the keywords from 2019 on."""
        node, schema = self.node, self.schema
        if node.draft < 2019:
            return
        node.recursive_ref = self._reference("$recursiveRef")
        node.recursive_anchor = schema.get("$recursiveAnchor") is True
        if self.dialect.has("validation"):
            if node.contains is not None:
                node.min_contains, node.max_contains = self._count("minContains"), self._count("maxContains")
            entries = schema.get("dependentRequired")
            if isinstance(entries, dict):
                node.dependent_required = [(n, _texts(w)) for n, w in entries.items() if isinstance(w, list)]
                node.has_object = True
        if self.dialect.has("applicator") and isinstance(schema.get("dependentSchemas"), dict):
            entries = schema["dependentSchemas"]
            node.dependent_schemas = [(name, self._inside("dependentSchemas", name)) for name in entries]
            node.has_object = True
        if self.dialect.has("applicator" if node.draft == 2019 else "unevaluated"):
            for keyword, name in (
                ("unevaluatedItems", "unevaluated_items"),
                ("unevaluatedProperties", "unevaluated_properties"),
            ):
                if keyword in schema:
                    setattr(node, name, self._one(keyword))
        if node.draft >= 2020:
            self._read_2020()

    def _read_2020(self) -> None:
        node, schema = self.node, self.schema
        node.dynamic_ref = self._reference("$dynamicRef")
        if node.dynamic_ref is not None:
            fragment = schema["$dynamicRef"].partition("#")[2]
            node.dynamic_name = "" if fragment.startswith("/") else fragment
        anchor = schema.get("$dynamicAnchor")
        node.dynamic_anchor = anchor if isinstance(anchor, str) else ""
        if self.dialect.has("applicator"):
            if isinstance(schema.get("prefixItems"), list):
                node.prefix = self._list("prefixItems")
                node.has_array = True
            if "items" in schema:
                node.rest = self._one("items")
                node.has_array = node.all_items_evaluated = True

    # helpers of the above

    def _at(self, pointer: str, schema: Any = UNREAD) -> Node:
        return self.compiler.node((self.node.place[0], pointer), schema)

    def _one(self, keyword: str) -> Node:
        return self._at(f"{self.node.place[1]}/{keyword}", self.schema[keyword])

    def _one_or_boolean(self, keyword: str) -> bool | Node:
        value = self.schema[keyword]
        return value if isinstance(value, bool) else self._one(keyword)

    def _inside(self, keyword: str, name: str) -> Node:
        return self._at(f"{self.node.place[1]}/{keyword}/{pointer_token(name)}", self.schema[keyword][name])

    def _list(self, keyword: str) -> list[Node]:
        above = f"{self.node.place[1]}/{keyword}/"
        return [self._at(f"{above}{at}", schema) for at, schema in enumerate(self.schema[keyword])]

    def _reference(self, keyword: str) -> Node | None:
        reference = self.schema.get(keyword)
        if not isinstance(reference, str):
            return None
        return self.compiler.node(self.compiler.documents.resolve(self.document, self.node.place[1], reference))

    def _count(self, keyword: str) -> int | None:
        value = self.schema.get(keyword)
        if not is_integer(value):
            return None
        number = exact(value)
        # go: the 64 lowest bits of a number that has more (test_numbers_of_thousands_of_digits)
        return None if number is None else (int(number) + _HALF) % (2 * _HALF) - _HALF

    def _patterns(self, patterns: list[str], keyword: str) -> Patterns:
        from steersman.go.regexp.tree import RegexpError
        from steersman.values.schemas.patterns import Patterns

        try:
            return Patterns(patterns)
        except RegexpError as error:
            at = place_text((self.node.place[0], f"{self.node.place[1]}/{keyword}"))
            wrong = getattr(error, "pattern", patterns[0])
            raise values_errors.SchemaError(f"invalid regex {go_quoted(wrong)} at {go_quoted(at)}: {error}") from error


def _texts(values: list[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]
