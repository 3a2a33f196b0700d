"""A schema, ready to check values: answers to the compiler and validator of santhosh-tekuri/jsonschema v6."""

from __future__ import annotations

from steersman.values import errors as values_errors
from steersman.values.schemas import metaschemas
from steersman.values.schemas.documents import Dialect, Document, Documents, place_text
from steersman.values.schemas.failure import Failure, go_quoted
from steersman.values.schemas.nodes import Compiler, Node
from steersman.values.schemas.quick import looks_valid
from steersman.values.schemas.validate import Validation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ROOT = "file:///values.schema.json"


class Metaschemas:
    """The metaschemas as nodes."""

    def __init__(self) -> None:
        self._compiler = Compiler(Documents(_load_nothing, _check_nothing), asserts_formats=True)
        self._nodes: dict[tuple[int, tuple[str, ...] | None], Node] = {}

    def node_of(self, dialect: Dialect) -> Node:
        """Return the metaschema of a dialect."""
        key = dialect.draft, dialect.vocabularies
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = self._made(dialect)
        return node

    def _made(self, dialect: Dialect) -> Node:
        draft = dialect.draft
        if dialect.vocabularies is None:
            return self._compiler.compile(metaschemas.URLS[draft])
        node = Node(("urn:mem:metaschema", ""))
        node.draft = draft
        node.all_of = [self._compiler.compile(metaschemas.vocabulary_url(draft, name)) for name in dialect.vocabularies]
        node.has_conditions = True
        node.resource = node
        if draft >= 2020:
            node.dynamic_anchor = "meta"
            node.dynamic_anchors = {"meta": node}
        return node


class Validator:
    """A schema and everything that it refers to.

    Args:
        schema: its JSON value.
        load: gives the JSON value at the URL of another.
        url: where the schema is, for messages.

    Attributes:
        is_alone: whether it refers to no other schema, but for metaschemas.

    Raises:
        SchemaError: when it is not a schema, or refers to something that is not there; with Helm's message.
    """

    def __init__(self, schema: Any, load: Callable[[str], Any], url: str = ROOT) -> None:
        self.is_alone = True

        def load_another(url: str) -> Any:
            self.is_alone = False
            return load(url)

        self._metaschemas = Metaschemas()
        documents = Documents(load_another, self._check)
        documents.add(url, schema)
        self._node = Compiler(documents).compile(url)

    def failures(self, values: Any) -> tuple[Failure, ...]:
        """Return what is wrong with ``values``: nothing, or the causes of the whole failure."""
        return Validation().failures(self._node, values)

    def _check(self, document: Document, pointer: str) -> None:
        """Hold a schema against its metaschema."""
        dialect = document.resource_at(pointer).dialect
        value = document.look_up(pointer)
        is_plain = len(document.resources) == 1 and dialect.vocabularies is None
        if is_plain and looks_valid(value, dialect.draft):
            return
        node = self._metaschemas.node_of(dialect)
        failures = Validation(self._metaschemas, document.resources).failures(node, value, node)
        if failures:
            lines = "\n".join(line for failure in failures for line in failure.lines())
            raise values_errors.SchemaError(
                f"{go_quoted(place_text((document.url, pointer)))} is not valid against metaschema: "
                f"jsonschema validation failed with '{node.location()}'\n{lines}"
            )


def _load_nothing(url: str) -> Any:
    raise values_errors.SchemaError(f"failing loading {go_quoted(url)}: it is not a metaschema")


def _check_nothing(document: Document, pointer: str) -> None:
    """Do nothing: the metaschemas are right."""
