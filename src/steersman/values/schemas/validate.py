"""Values against a compiled schema. Which errors are grouped, and their order within a schema, match the library's."""

from __future__ import annotations

from steersman.go.json import pointer_token
from steersman.values import errors as values_errors
from steersman.values.schemas.failure import Failure, all_quoted, displayed, go_quoted, localized, path_tokens, quoted
from steersman.values.schemas.numbers import compare, equal, exact, first_equal, is_integer, is_simple, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from steersman.values.schemas.documents import Dialect, Resource
    from steersman.values.schemas.failure import Path
    from steersman.values.schemas.nodes import Node

    class Metaschemas(Protocol):
        """The metaschemas as nodes."""

        def node_of(self, dialect: Dialect) -> Node:
            """Return the metaschema of a dialect."""


# Checks of a schema against a value. The largest public chart needs some 20,000; a schema whose references multiply
# would need 2^n, where Helm does not end.
MAX_CHECKS = 3_000_000

_ORDER = ("null", "boolean", "number", "integer", "string", "array", "object")
_FAILED = Failure(None, "")  # while only the verdict counts


class Scope:
    """The schemas that led to the one being checked, for dynamic references and for the words of a cycle.

    Attributes:
        dynamic: for each dynamic anchor, the schema of the outermost resource that has it.
        recursive: the outermost schema whose resource has ``$recursiveAnchor``.
    """

    __slots__ = ("above", "dynamic", "keyword", "node", "recursive")

    def __init__(self, node: Node, keyword: str, above: Scope | None) -> None:
        self.node = node
        self.keyword = keyword  # the keyword that refers to it, or ""
        self.above = above
        anchors = node.resource.dynamic_anchors
        self.dynamic: dict[str, Node] = anchors if above is None else above.dynamic
        if anchors and above is not None and not anchors.keys() <= self.dynamic.keys():
            self.dynamic = {**anchors, **self.dynamic}
        self.recursive: Node | None = above.recursive if above is not None else None
        if self.recursive is None and node.resource.recursive_anchor:
            self.recursive = node

    def keywords(self) -> str:
        """Return the way from the first schema to this one."""
        parts = []
        scope = self
        while scope.above is not None:
            if scope.keyword:
                parts.append(f"/{pointer_token(scope.keyword)}")
            else:
                parts.append(scope.node.location()[len(scope.above.node.location()) :])
            scope = scope.above
        return "".join(reversed(parts))


class Unevaluated:
    """Names or indexes of a value that no schema has looked at; None where nobody asks."""

    __slots__ = ("left",)

    def __init__(self, value: Any, node: Node, *, is_wanted: bool) -> None:
        self.left: set[Any] | None = None
        if isinstance(value, dict):
            if (is_wanted or node.unevaluated_properties is not None) and node.additional is None:
                self.left = set(value)
        elif isinstance(value, list) and (is_wanted or node.unevaluated_items is not None):
            first = len(node.prefix or ())
            if not node.all_items_evaluated and first < len(value):
                self.left = set(range(first, len(value)))


class Validation:
    """One validation.

    Args:
        metaschemas: where the values are a schema: which parts of it are held to another metaschema.
        resources: the resources of that schema by their pointers.
    """

    def __init__(self, metaschemas: Metaschemas | None = None, resources: dict[str, Resource] | None = None) -> None:
        self._metaschemas = metaschemas
        self._resources = resources or {}
        self._meta: Node | None = None
        self._checks = 0
        self._is_quiet = 0
        self._active: set[Node] = set()

    def failures(self, node: Node, value: Any, meta: Node | None = None) -> tuple[Failure, ...]:
        """Return the failures of ``value``: none, one, or those that the whole is made of."""
        self._meta = meta
        failure = self._start(node, value)
        return () if failure is None else failure.parts()

    def _start(self, node: Node, value: Any) -> Failure | None:
        active, self._active = self._active, set()
        left = Unevaluated(value, node, is_wanted=False)
        failure = self._check(node, value, None, Scope(node, "", None), left)
        self._active = active
        return failure

    def _check(self, node: Node, value: Any, path: Path, scope: Scope, left: Unevaluated) -> Failure | None:
        if node.always is not None:
            return None if node.always else self._failed(path, "false schema")
        self._checks += 1
        if self._checks > MAX_CHECKS:
            raise values_errors.SchemaError(f"the schema needs more than {MAX_CHECKS:,} checks of these values")
        active = self._active
        # ``scope`` has the node before a metaschema took its place
        if scope.node in active:
            return self._cycle(path, scope, node)
        active.add(scope.node)
        try:
            return self._check_all(node, value, path, scope, left)
        finally:
            active.discard(scope.node)

    def _cycle(self, path: Path, scope: Scope, node: Node) -> Failure:
        if self._is_quiet:
            return _FAILED
        before = scope.above
        while before is not None and before.node is not scope.node:
            before = before.above
        ways = f"both {scope.keywords()} and {before.keywords() if before else ''}"
        return Failure(path, f"{ways} resolve to {go_quoted(node.location())} causing reference cycle")

    def _check_all(self, node: Node, value: Any, path: Path, scope: Scope, left: Unevaluated) -> Failure | None:
        kind = kind_of(value)
        failure = self._plain(node, value, kind, path)
        if failure is not None:
            return failure
        failures: list[Failure] = []
        if node.ref is not None:
            failure = self._reference(node.ref, "$ref", value, path, scope, left)
            if node.draft < 2019:
                return failure
            _add(failures, failure)
        if kind == "object":
            if node.has_object:
                self._object(node, value, path, scope, left, failures)
        elif kind == "array":
            if node.has_array:
                self._array(node, value, path, scope, left, failures)
        elif kind == "string":
            self._string(node, value, path, failures)
        elif node.limits is not None and kind == "number":
            self._number(node, value, path, failures)
        if not failures or not self._is_quiet:
            if node.recursive_ref is not None:
                target = self._recursive_target(node.recursive_ref, scope)
                _add(failures, self._reference(target, "$recursiveRef", value, path, scope, left))
            if node.dynamic_ref is not None:
                target = self._dynamic_target(node, scope)
                _add(failures, self._reference(target, "$dynamicRef", value, path, scope, left))
            if node.has_conditions:
                self._conditions(node, value, path, scope, left, failures)
            if node.draft >= 2019:
                self._unevaluated(node, value, path, scope, left, failures)
        if not failures:
            return None
        if len(failures) == 1:
            return failures[0]
        return Failure(path, "validation failed", tuple(failures), is_group=True)

    # schemas below

    def _self(
        self, node: Node, value: Any, path: Path, scope: Scope, left: Unevaluated, keyword: str = ""
    ) -> Failure | None:
        """Check the same value against another schema, and note which of it that has evaluated."""
        inner = Unevaluated(value, node, is_wanted=bool(left.left))
        before = self._meta
        below = Scope(node, keyword, scope)
        failure = self._check(self._held_to(node, path), value, path, below, inner)
        self._meta = before
        if failure is None and left.left:
            left.left &= inner.left or set()
        return failure

    def _verdict(self, node: Node, value: Any, path: Path, scope: Scope, left: Unevaluated) -> bool:
        self._is_quiet += 1
        try:
            return self._self(node, value, path, scope, left) is None
        finally:
            self._is_quiet -= 1

    def _below(self, node: Node, value: Any, path: Path, scope: Scope) -> Failure | None:
        """Check a value inside the value."""
        if node.always:
            return None
        active, self._active = self._active, set()
        inner = Unevaluated(value, node, is_wanted=False)
        before = self._meta
        failure = self._check(self._held_to(node, path), value, path, Scope(node, "", scope), inner)
        self._meta = before
        self._active = active
        return failure

    def _held_to(self, node: Node, path: Path) -> Node:
        """Return the metaschema that the schema at ``path`` names, where ``node`` is the metaschema in use."""
        if node is not self._meta or self._metaschemas is None or (path is not None and len(self._resources) == 1):
            return node
        resource = self._resources.get("".join(f"/{pointer_token(token)}" for token in path_tokens(path)))
        if resource is None:
            return node
        self._meta = self._metaschemas.node_of(resource.dialect)
        return self._meta

    def _failed(
        self,
        path: Path,
        message: str,
        causes: tuple[Failure, ...] = (),
        unknown: tuple[str, ...] = (),
        known: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
    ) -> Failure:
        if self._is_quiet:
            return _FAILED
        return Failure(path, message, causes, unknown=unknown, known=known, missing=missing)

    # references

    def _reference(
        self, node: Node, keyword: str, value: Any, path: Path, scope: Scope, left: Unevaluated
    ) -> Failure | None:
        failure = self._self(node, value, path, scope, left, keyword)
        if failure is None or self._is_quiet:
            return failure
        return Failure(path, "validation failed", failure.parts(), transparent=True)

    @staticmethod
    def _recursive_target(target: Node, scope: Scope) -> Node:
        return (scope.recursive or target) if target.recursive_anchor else target

    @staticmethod
    def _dynamic_target(node: Node, scope: Scope) -> Node:
        target = node.dynamic_ref
        assert target is not None
        if node.dynamic_name and target.dynamic_anchor == node.dynamic_name:
            return scope.dynamic.get(node.dynamic_name, target)
        return target

    # keywords

    def _plain(self, node: Node, value: Any, kind: str, path: Path) -> Failure | None:
        """Check ``type``, ``const``, ``enum`` and ``format``, of which the first that fails is the only error."""
        types = node.types
        if (
            types is not None
            and kind not in types
            and not ("integer" in types and kind == "number" and is_integer(value))
        ):
            wanted = " or ".join(name for name in _ORDER if name in types)
            return self._failed(path, f"got {kind}, want {wanted}")
        if node.has_const and not equal(value, node.const):
            is_simple = not isinstance(node.const, (list, dict))
            return self._failed(path, f"value must be {displayed(node.const)}" if is_simple else "'const' failed")
        if node.enum is not None and not _is_among(value, kind, node):
            return self._failed(path, _enum_message(node.enum))
        if node.format and kind == "string":
            from steersman.values.formats import problem

            wrong = problem(node.format, value)
            if wrong:
                return self._failed(path, f"{quoted(value)} is not valid {node.format}: {wrong}")
        return None

    def _sizes(
        self, name: str, size: int, low: int | None, high: int | None, path: Path, failures: list[Failure]
    ) -> None:
        if low is not None and size < low:
            failures.append(self._failed(path, f"min{name}: got {size:,}, want {low:,}"))
        if high is not None and size > high:
            failures.append(self._failed(path, f"max{name}: got {size:,}, want {high:,}"))

    def _object(
        self,
        node: Node,
        value: dict[str, Any],
        path: Path,
        scope: Scope,
        left: Unevaluated,
        failures: list[Failure],
    ) -> None:
        self._sizes("Properties", len(value), node.min_properties, node.max_properties, path, failures)
        if node.required:
            missing = [name for name in node.required if name not in value]
            if missing:
                word = "property" if len(missing) == 1 else "properties"
                failures.append(self._failed(path, f"missing {word} {all_quoted(missing)}", missing=tuple(missing)))
        for name, wanted in sorted(node.dependencies or (), key=_first):
            if name not in value:
                continue
            if isinstance(wanted, list):
                self._required_with(name, wanted, value, path, failures)
            else:
                _add(failures, self._self(wanted, value, path, scope, left))
        if node.properties is not None or node.pattern_nodes is not None or node.additional is not None:
            self._properties(node, value, path, scope, left, failures)
        if node.property_names is not None:
            self._names(node.property_names, value, path, failures)
        for name, schema in sorted(node.dependent_schemas or (), key=_first):
            if name in value:
                _add(failures, self._self(schema, value, path, scope, left))
        for name, wanted in sorted(node.dependent_required or (), key=_first):
            if name in value:
                self._required_with(name, wanted, value, path, failures)

    def _required_with(
        self, name: str, wanted: list[str], value: dict[str, Any], path: Path, failures: list[Failure]
    ) -> None:
        missing = [one for one in wanted if one not in value]
        if missing:
            message = f"properties {all_quoted(missing)} required, if {quoted(name)} exists"
            failures.append(self._failed(path, message, missing=tuple(missing)))

    def _properties(
        self,
        node: Node,
        value: dict[str, Any],
        path: Path,
        scope: Scope,
        left: Unevaluated,
        failures: list[Failure],
    ) -> None:
        properties, patterns, additional = node.properties or {}, node.pattern_properties, node.additional
        extra: list[str] = []
        for name in sorted(value):
            inner = value[name]
            schema = properties.get(name)
            is_known = schema is not None
            if schema is not None:
                _add(failures, self._below(schema, inner, (name, path), scope))
            if patterns is not None:
                found = patterns.found_in(name)
                is_known = is_known or found > 0
                for schema in _chosen(found, node.pattern_nodes or []):
                    _add(failures, self._below(schema, inner, (name, path), scope))
            if not is_known and additional is not None:
                is_known = True
                if additional is False:
                    extra.append(name)
                elif additional is not True:
                    _add(failures, self._below(additional, inner, (name, path), scope))
            if is_known and left.left:
                left.left.discard(name)
        if extra:
            message = f"additional properties {all_quoted(extra)} not allowed"
            failures.append(self._failed(path, message, unknown=tuple(extra), known=tuple(properties)))

    def _names(self, node: Node, value: dict[str, Any], path: Path, failures: list[Failure]) -> None:
        for name in sorted(value):
            before = self._meta
            failure = self._start(self._held_to(node, path), name)
            self._meta = before
            if failure is not None:
                failures.append(self._failed(path, f"invalid propertyName {quoted(name)}", failure.parts()))

    def _array(
        self, node: Node, value: list[Any], path: Path, scope: Scope, left: Unevaluated, failures: list[Failure]
    ) -> None:
        size = len(value)
        self._sizes("Items", size, node.min_items, node.max_items, path, failures)
        if node.unique_items and size > 1:
            pair = first_equal(value)
            if pair is not None:
                failures.append(self._failed(path, f"items at {pair[0]:,} and {pair[1]:,} are equal"))
        prefix = node.prefix or []
        for at, (schema, item) in enumerate(zip(prefix, value)):
            _add(failures, self._below(schema, item, (str(at), path), scope))
        rest, first = node.rest, min(len(prefix), size)
        if rest is False:
            if first != size:
                failures.append(self._failed(path, f"last {size - first:,} additionalItem(s) not allowed"))
        elif rest is not None and rest is not True:
            for at in range(first, size):
                _add(failures, self._below(rest, value[at], (str(at), path), scope))
        if node.contains is not None:
            self._contains(node, node.contains, value, path, scope, left, failures)

    def _contains(
        self,
        node: Node,
        schema: Node,
        value: list[Any],
        path: Path,
        scope: Scope,
        left: Unevaluated,
        failures: list[Failure],
    ) -> None:
        errors: list[Failure] = []
        matched: list[int] = []
        for at, item in enumerate(value):
            failure = self._below(schema, item, (str(at), path), scope)
            if failure is not None:
                errors.append(failure)
                continue
            matched.append(at)
            if node.draft >= 2020 and left.left:
                left.left.discard(at)
        count, places = f"{len(matched):,}", " ".join(map(str, matched))
        low, high = node.min_contains, node.max_contains
        if low is not None:
            if len(matched) < low:
                found = f"matched {count} items at {places}" if matched else "none matched"
                message = f"min {low:,} items required to match contains schema, but {found}"
                failures.append(self._failed(path, message, tuple(errors)))
        elif not matched:
            failures.append(self._failed(path, "no items match contains schema", tuple(errors)))
        if high is not None and len(matched) > high:
            message = f"max {high:,} items required to match contains schema, but matched {count} items at {places}"
            failures.append(self._failed(path, message))

    def _string(self, node: Node, value: str, path: Path, failures: list[Failure]) -> None:
        self._sizes("Length", len(value), node.min_length, node.max_length, path, failures)
        if node.pattern is not None and not node.pattern.found_in(value):
            failures.append(self._failed(path, f"{quoted(value)} does not match pattern {quoted(node.pattern_text)}"))

    def _number(self, node: Node, value: float, path: Path, failures: list[Failure]) -> None:
        for keyword, limit in (node.limits or {}).items():
            if _exceeds(keyword, value, limit):
                message = f"{keyword}: got {localized(float(value))}, want {localized(float(limit))}"
                failures.append(self._failed(path, message))

    def _conditions(
        self, node: Node, value: Any, path: Path, scope: Scope, left: Unevaluated, failures: list[Failure]
    ) -> None:
        if node.not_ is not None and self._verdict(node.not_, value, path, scope, left):
            failures.append(self._failed(path, "'not' failed"))
        if node.all_of is not None:
            errors: list[Failure] = []
            for schema in node.all_of:
                _add(errors, self._self(schema, value, path, scope, left))
            if errors:
                failures.append(self._failed(path, "'allOf' failed", tuple(errors)))
        if node.any_of is not None:
            self._any_of(node.any_of, value, path, scope, left, failures)
        if node.one_of is not None:
            self._one_of(node.one_of, value, path, scope, left, failures)
        if node.if_ is not None:
            branch = node.then if self._verdict(node.if_, value, path, scope, left) else node.else_
            if branch is not None:
                _add(failures, self._self(branch, value, path, scope, left))

    def _any_of(
        self, nodes: list[Node], value: Any, path: Path, scope: Scope, left: Unevaluated, failures: list[Failure]
    ) -> None:
        errors: list[Failure] = []
        for node in nodes:
            failure = self._self(node, value, path, scope, left)
            if failure is not None:
                errors.append(failure)
            elif not left.left:
                return  # else the others may evaluate more of it
        if len(errors) == len(nodes):
            failures.append(self._failed(path, "'anyOf' failed", tuple(errors)))

    def _one_of(
        self, nodes: list[Node], value: Any, path: Path, scope: Scope, left: Unevaluated, failures: list[Failure]
    ) -> None:
        matched = -1
        errors: list[Failure] = []
        for at, node in enumerate(nodes):
            if matched >= 0:
                if self._verdict(node, value, path, scope, left):
                    failures.append(self._failed(path, f"'oneOf' failed, subschemas {matched:,}, {at:,} matched"))
                    return
                continue
            failure = self._self(node, value, path, scope, left)
            if failure is None:
                matched = at
            else:
                errors.append(failure)
        if matched < 0:
            failures.append(self._failed(path, "'oneOf' failed, none matched", tuple(errors)))

    def _unevaluated(
        self, node: Node, value: Any, path: Path, scope: Scope, left: Unevaluated, failures: list[Failure]
    ) -> None:
        if isinstance(value, dict):
            schema = node.unevaluated_properties
        elif isinstance(value, list):
            schema = node.unevaluated_items
        else:
            return
        if schema is None:
            return
        for key in sorted(left.left or ()):
            _add(failures, self._below(schema, value[key], (str(key), path), scope))
        left.left = None


def _add(failures: list[Failure], failure: Failure | None) -> None:
    if failure is not None:
        failures.append(failure)


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]


def _chosen(found: int, nodes: list[Node]) -> list[Node]:
    """Return the nodes whose bits are set."""
    chosen = []
    while found:
        lowest = found & -found
        chosen.append(nodes[lowest.bit_length() - 1])
        found ^= lowest
    return chosen


def _is_among(value: Any, kind: str, node: Node) -> bool:
    if is_simple(value) and (kind, value) in node.enum_simple:
        return True
    return any(equal(value, choice) for choice in node.enum_other)


def _enum_message(choices: list[Any]) -> str:
    if any(isinstance(choice, (list, dict)) for choice in choices):
        return "'enum' failed"
    shown = [displayed(choice) for choice in choices]
    return f"value must be {'one of ' if len(shown) != 1 else ''}{', '.join(shown)}"


def _exceeds(keyword: str, value: float, limit: float) -> bool:
    if keyword == "multipleOf":
        number, step = exact(value), exact(limit)
        return number is not None and bool(step) and number % step != 0  # type: ignore[operator]
    order = compare(value, limit)
    if keyword == "minimum":
        return order < 0
    if keyword == "maximum":
        return order > 0
    return order <= 0 if keyword == "exclusiveMinimum" else order >= 0
