"""Values against a JSON Schema (drafts 4, 6, 7, 2019-09, 2020-12), with the error tree that Helm prints.

Answers to santhosh-tekuri/jsonschema v6, the library behind Helm: which errors are grouped, their
texts and their order within a keyword are its. Nothing is fetched: a remote ``$ref`` is an error.
"""

from __future__ import annotations

from steersman.errors import ValuesError
from steersman.gointeger import integer
from steersman.gojson import format_float_g
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Schema = dict[str, Any] | bool

ROOT = "file:///values.schema.json"
MAX_FILE_SIZE = 5 * 1024 * 1024  # bytes of a schema in a file of its own
MAX_DEPTH = 400  # levels of schema within schema while validating: deeper ones do not end
_DRAFTS = {
    "json-schema.org/draft-04/schema": 4,
    "json-schema.org/draft-06/schema": 6,
    "json-schema.org/draft-07/schema": 7,
    "json-schema.org/draft/2019-09/schema": 2019,
    "json-schema.org/draft/2020-12/schema": 2020,
    "json-schema.org/schema": 2020,
}


NOT_FETCHED = "schemas are not fetched over the network"


class SchemaError(ValuesError):
    """A schema that cannot be used; ``is_schema`` where it could be read, and its metaschema refuses it."""

    def __init__(self, message: str, *, is_schema: bool = False) -> None:
        super().__init__(message)
        self.is_schema = is_schema


class Failure(Record):
    """One node of the error tree: where in the values, what is wrong, and the failures that make it up.

    ``transparent`` marks a reference, which is left out where it has one cause.
    """

    path: tuple[str, ...]
    message: str
    causes: tuple[Failure, ...] = ()
    transparent: bool = False
    is_group: bool = False

    def lines(self, depth: int = 0) -> list[str]:
        """Return the failure and its causes as indented lines."""
        out: list[str] = []
        if not (self.transparent and len(self.causes) == 1):
            where = "".join("/" + p.replace("~", "~0").replace("/", "~1") for p in self.path)
            out.append(f"{'  ' * depth}- at {_quote(where)}: {self.message}")
            depth += 1
        for cause in self.causes:
            out += cause.lines(depth)
        return out


def _quote(text: str) -> str:
    from steersman.goquote import quote

    inner = quote(text)[1:-1]
    return "'" + inner.replace('\\"', '"').replace("'", "\\'") + "'"


def _quoted(names: list[str]) -> str:
    return ", ".join(_quote(n) for n in names)


def _display(value: Any) -> str:
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, (list, dict)):
        return "value"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Number):
        return value.text
    return format_float_g(float(value)) if isinstance(value, float) else str(value)


class _Number(float):
    """A number of the schema, which remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> _Number:
        self = super().__new__(cls, text)
        self.text = text
        return self


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _localized(value: float) -> str:
    """Print a number as golang.org/x/text does in English: groups of three digits, a power of ten from a million on."""
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "-∞"
    text = format_float_g(value, upper_exponent=6)
    mantissa, power, exponent = text.partition("e")
    if power:
        return f"{mantissa}×10{exponent.lstrip('+').translate(_RAISED)}"
    whole, point, fraction = text.partition(".")
    return f"{int(whole):,}{point}{fraction}" if whole != "-0" else text


def _type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, float)):
        return "number"
    return "array" if isinstance(value, (list, tuple)) else "object"


def _integer(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float)) and value == value // 1


def _equal(a: Any, b: Any) -> bool:
    kind = _type(a)
    if kind != _type(b):
        return False
    if kind == "array":
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b))
    if kind == "object":
        return a.keys() == b.keys() and all(_equal(v, b[k]) for k, v in a.items())
    return bool(a == b)


def read_schema(text: bytes, url: str = ROOT) -> Schema:
    """Return the schema that a text is, when it is one by its draft's metaschema.

    ``url`` is where it is from, for messages.

    Raises:
        SchemaError: when the text is not JSON or no schema; with Helm's message.
    """
    from steersman.gojson import JSONError, loads
    from steersman.values.metaschema import URLS, looks_valid, metaschema

    try:
        schema: Schema = loads(text.decode("utf-8", "replace").removeprefix("\ufeff"), numbers=_Number)
    except JSONError as error:
        # go: the schema is read by a decoder, which meets the end of its input
        ends = {"unexpected end of JSON input": "unexpected EOF" if text.strip() else "EOF"}
        raise SchemaError(ends.get(str(error), str(error))) from error
    name = schema.get("$schema") if isinstance(schema, dict) else None
    draft = _draft(schema, 0 if isinstance(name, str) else 2020)
    if not draft:
        raise SchemaError(f"failing loading {_go_quote(str(name))}: {NOT_FETCHED}", is_schema=True)
    if not looks_valid(schema, draft):
        failures = Validator(metaschema(draft), 7).validate(schema)
        if failures:
            lines = "\n".join(line for failure in failures for line in failure.lines())
            raise SchemaError(
                f"{_go_quote(url + '#')} is not valid against metaschema: "
                f"jsonschema validation failed with '{URLS[draft]}'\n{lines}",
                is_schema=True,
            )
    return schema


class Validator:
    """A schema, ready to check values.

    Args:
        schema: as ``read_schema`` gives it.
        draft: whose keywords it has; by default the one it names, or 2020.
    """

    def __init__(self, schema: Schema, draft: int = 0) -> None:
        self.root = schema
        self.draft = draft or _draft(schema, 2020)
        self._resources: dict[str, Any] = {}
        self._anchors: dict[tuple[str, str], Any] = {}
        self._patterns: dict[str, Callable[[str], bool]] = {}
        self._index(self.root, ROOT, 0)
        self._base: dict[int, str] = {}
        self._bases(self.root, ROOT, 0)

    def validate(self, values: Any) -> list[Failure]:
        """Return what is wrong with ``values``: nothing, or the causes of the top failure."""
        failure = _Run(self).check(self.root, values, (), 0)
        if failure is None:
            return []
        return list(failure.causes) if failure.is_group else [failure]

    def _index(self, schema: Any, base: str, depth: int) -> None:
        """Remember every ``$id`` and anchor."""
        self._resources.setdefault(base, schema)
        if depth > MAX_DEPTH:
            raise SchemaError("the schema is nested too deeply")
        if isinstance(schema, list):
            for item in schema:
                self._index_below(item, base, depth)
            return
        if isinstance(schema, dict):
            self._index_below(schema, base, depth)

    def _index_below(self, schema: Any, base: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise SchemaError("the schema is nested too deeply")
        if isinstance(schema, list):
            for item in schema:
                self._index_below(item, base, depth + 1)
        if not isinstance(schema, dict):
            return
        name = schema.get("$id", schema.get("id") if self.draft == 4 else None)
        if isinstance(name, str) and name:
            if name.startswith("#"):
                self._anchors[base, name[1:]] = schema
            else:
                base = _join(base, name).partition("#")[0]
                self._resources.setdefault(base, schema)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(schema.get(keyword), str):
                self._anchors[base, schema[keyword]] = schema
        for key, value in schema.items():
            if key not in ("enum", "const", "default", "examples"):
                self._index_below(value, base, depth + 1)

    def _bases(self, schema: Any, base: str, depth: int) -> None:
        """Remember which resource each schema that refers to others belongs to."""
        if isinstance(schema, list):
            for item in schema:
                self._bases(item, base, depth + 1)
        if not isinstance(schema, dict):
            return
        name = schema.get("$id", schema.get("id") if self.draft == 4 else None)
        if isinstance(name, str) and name and not name.startswith("#"):
            base = _join(base, name).partition("#")[0]
        if "$ref" in schema or "$dynamicRef" in schema or "$recursiveRef" in schema:
            self._base[id(schema)] = base
        for key, value in schema.items():
            if key not in ("enum", "const", "default", "examples"):
                self._bases(value, base, depth + 1)

    def resolve(self, schema: dict[str, Any], reference: str) -> Any:
        """Return the schema that ``reference`` in ``schema`` means.

        Raises:
            SchemaError: when there is none here.
        """
        target = _join(self._base.get(id(schema), ROOT), reference)
        url, _, fragment = target.partition("#")
        if url not in self._resources:
            if _without_scheme(url) in _DRAFTS:
                return True
            if url.startswith("urn:"):
                return True  # helm: an unresolved urn is a permissive schema, with a warning
            self._load(url)
        found = self._resources[url]
        from urllib.parse import unquote

        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            if (url, fragment) in self._anchors:
                return self._anchors[url, fragment]
            raise SchemaError(f"json-pointer in {_go_quote(target)} not found")
        for token in fragment.split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and token in found:
                found = found[token]
            elif isinstance(found, list) and token.isascii() and token.isdigit() and integer(token) < len(found):
                found = found[integer(token)]
            else:
                raise SchemaError(f"json-pointer in {_go_quote(target)} not found")
        return found

    def _load(self, url: str) -> None:
        """Read the schema in a local file that another refers to.

        Raises:
            SchemaError: when that cannot be done, and for everything that is no local file.
        """
        if not url.startswith("file:///"):
            raise SchemaError(f"failing loading {_go_quote(url)}: {NOT_FETCHED}")
        from urllib.parse import unquote

        path = unquote(url[len("file://") :])
        try:
            with open(path, "rb") as file:
                text = file.read(MAX_FILE_SIZE + 1)
        except (OSError, ValueError) as error:
            problem = (getattr(error, "strerror", "") or str(error)).lower()
            verb = "read" if isinstance(error, IsADirectoryError) else "open"
            raise SchemaError(f"failing loading {_go_quote(url)}: {verb} {path}: {problem}") from error
        if len(text) > MAX_FILE_SIZE:
            raise SchemaError(f"failing loading {_go_quote(url)}: larger than {MAX_FILE_SIZE} bytes")
        try:
            schema = read_schema(text, url)
        except SchemaError as error:
            if error.is_schema:
                raise
            raise SchemaError(f"failing loading {_go_quote(url)}: {error}") from error
        self._index(schema, url, 0)
        self._bases(schema, url, 0)

    def matches(self, pattern: str, text: str) -> bool:
        """Tell whether ``text`` has a match of ``pattern`` (Go's syntax)."""
        test = self._patterns.get(pattern)
        if test is None:
            from steersman.sprig.re2 import RegexpError, compile_regexp

            try:
                regexp = compile_regexp(pattern)
            except RegexpError as error:
                raise SchemaError(f"'{pattern}' is not valid regex: {error}") from error

            def test(text: str) -> bool:
                return regexp.search(text, 0) is not None

            self._patterns[pattern] = test
        return test(text)


def _go_quote(text: str) -> str:
    from steersman.goquote import quote

    return quote(text)


def _draft(schema: Any, default: int) -> int:
    name = schema.get("$schema") if isinstance(schema, dict) else None
    if not isinstance(name, str):
        return default
    return _DRAFTS.get(_without_scheme(name.rstrip("#")), default)


def _without_scheme(url: str) -> str:
    return url.removeprefix("http://").removeprefix("https://")


def _join(base: str, reference: str) -> str:
    if reference.startswith("#"):
        return base.partition("#")[0] + reference
    if "://" in reference or reference.startswith("urn:"):
        return reference
    from urllib.parse import urljoin

    return urljoin(base, reference)


class _Run:
    """One validation."""

    def __init__(self, validator: Validator) -> None:
        self.validator = validator
        self.draft = validator.draft

    def check(self, schema: Any, value: Any, path: tuple[str, ...], depth: int) -> Failure | None:
        """Return what is wrong with ``value``, or None."""
        if schema is True:
            return None
        if schema is False:
            return Failure(path, "false schema")
        if not isinstance(schema, dict):
            return None
        if depth > MAX_DEPTH:
            raise SchemaError("the schema refers to itself without end")
        quick = self._simple(schema, value, path)
        if quick is not None:
            return quick
        failures: list[Failure] = []
        reference = schema.get("$ref")
        if isinstance(reference, str):
            failure = self._reference(schema, reference, value, path, depth)
            if self.draft < 2019:
                return failure
            if failure is not None:
                failures.append(failure)
        kind = _type(value)
        if kind == "object":
            self._object(schema, value, path, depth, failures)
        elif kind == "array":
            self._array(schema, value, path, depth, failures)
        elif kind == "string":
            self._string(schema, value, path, failures)
        elif kind == "number":
            self._number(schema, value, path, failures)
        for keyword in ("$recursiveRef", "$dynamicRef"):
            if self.draft >= 2019 and isinstance(schema.get(keyword), str):
                failure = self._reference(schema, schema[keyword], value, path, depth)
                if failure is not None:
                    failures.append(failure)
        self._conditions(schema, value, path, depth, failures)
        if self.draft >= 2019:
            self._unevaluated(schema, value, path, depth, failures)
        if not failures:
            return None
        if len(failures) == 1:
            return failures[0]
        return Failure(path, "validation failed", tuple(failures), is_group=True)

    def valid(self, schema: Any, value: Any, depth: int) -> bool:
        """Tell whether ``value`` passes."""
        return self.check(schema, value, (), depth + 1) is None

    def _simple(self, schema: dict[str, Any], value: Any, path: tuple[str, ...]) -> Failure | None:
        """Check ``type``, ``const``, ``enum`` and ``format``, of which the first that fails is the only error."""
        if self.draft < 2019 and "$ref" in schema:
            return None  # siblings of $ref do not count
        wanted = schema.get("type")
        if wanted is not None:
            types = wanted if isinstance(wanted, list) else [wanted]
            kind = _type(value)
            if types and kind not in types and not ("integer" in types and kind == "number" and _integer(value)):
                return Failure(path, f"got {kind}, want {' or '.join(_type_order(types))}")
        if "const" in schema and self.draft != 4 and not _equal(value, schema["const"]):
            const = schema["const"]
            return Failure(
                path, "'const' failed" if isinstance(const, (list, dict)) else f"value must be {_display(const)}"
            )
        choices = schema.get("enum")
        if isinstance(choices, list) and not any(_equal(value, c) for c in choices):
            if any(isinstance(c, (list, dict)) for c in choices):
                return Failure(path, "'enum' failed")
            shown = [_display(c) for c in choices]
            return Failure(path, f"value must be {'one of ' if len(shown) != 1 else ''}{', '.join(shown)}")
        name = schema.get("format")
        if isinstance(name, str) and self.draft < 2019 and isinstance(value, str):
            from steersman.values.formats import problem

            wrong = problem(name, value)
            if wrong:
                return Failure(path, f"{_quote(value)} is not valid {name}: {wrong}")
        return None

    def _reference(
        self, schema: dict[str, Any], reference: str, value: Any, path: tuple[str, ...], depth: int
    ) -> Failure | None:
        failure = self.check(self.validator.resolve(schema, reference), value, path, depth + 1)
        if failure is None:
            return None
        causes = failure.causes if failure.is_group else (failure,)
        return Failure(path, "validation failed", causes, transparent=True)

    def _object(
        self, schema: dict[str, Any], value: dict[str, Any], path: tuple[str, ...], depth: int, failures: list[Failure]
    ) -> None:
        size = len(value)
        for keyword, wrong in (("minProperties", size.__lt__), ("maxProperties", size.__gt__)):
            limit = schema.get(keyword)
            if limit is not None and wrong(int(limit)):
                failures.append(Failure(path, f"{keyword}: got {size}, want {int(limit)}"))
        required = schema.get("required")
        missing = [n for n in required if n not in value] if isinstance(required, list) else []
        if missing:
            word = "property" if len(missing) == 1 else "properties"
            failures.append(Failure(path, f"missing {word} {_quoted(missing)}"))
        self._dependencies(schema, value, path, depth, failures)
        self._properties(schema, value, path, depth, failures)
        names = schema.get("propertyNames")
        if names is not None and self.draft > 4:
            for name in sorted(value):
                failure = self.check(names, name, (), depth + 1)
                if failure is not None:
                    causes = failure.causes if failure.is_group else (failure,)
                    failures.append(Failure(path, f"invalid propertyName {_quote(name)}", causes))

    def _dependencies(
        self, schema: dict[str, Any], value: dict[str, Any], path: tuple[str, ...], depth: int, failures: list[Failure]
    ) -> None:
        for keyword in ("dependencies", "dependentRequired", "dependentSchemas"):
            entries = schema.get(keyword)
            if not isinstance(entries, dict):
                continue
            for name in sorted(n for n in entries if n in value):
                wanted = entries[name]
                if isinstance(wanted, list):
                    missing = [n for n in wanted if n not in value]
                    if missing:
                        failures.append(
                            Failure(path, f"properties {_quoted(missing)} required, if {_quote(name)} exists")
                        )
                else:
                    failure = self.check(wanted, value, path, depth + 1)
                    if failure is not None:
                        failures.append(failure)

    def _properties(
        self, schema: dict[str, Any], value: dict[str, Any], path: tuple[str, ...], depth: int, failures: list[Failure]
    ) -> None:
        properties = schema.get("properties") or {}
        patterns = schema.get("patternProperties") or {}
        additional = schema.get("additionalProperties")
        extra: list[str] = []
        if not properties and not patterns and additional is None:
            return
        for name in sorted(value):
            known = False
            below: list[Any] = []
            if name in properties:
                known = True
                below.append(properties[name])
            for pattern, inner in patterns.items():
                if self.validator.matches(pattern, name):
                    known = True
                    below.append(inner)
            if not known and additional is not None:
                if additional is False:
                    extra.append(name)
                elif additional is not True:
                    below.append(additional)
            for inner in below:
                failure = self.check(inner, value[name], (*path, name), depth + 1)
                if failure is not None:
                    failures.append(failure)
        if extra:
            failures.append(Failure(path, f"additional properties {_quoted(extra)} not allowed"))

    def _array(
        self, schema: dict[str, Any], value: list[Any], path: tuple[str, ...], depth: int, failures: list[Failure]
    ) -> None:
        size = len(value)
        for keyword, wrong in (("minItems", size.__lt__), ("maxItems", size.__gt__)):
            limit = schema.get(keyword)
            if limit is not None and wrong(int(limit)):
                failures.append(Failure(path, f"{keyword}: got {size}, want {int(limit)}"))
        if schema.get("uniqueItems") is True and size > 1:
            pair = _duplicates(value)
            if pair is not None:
                failures.append(Failure(path, f"items at {pair[0]} and {pair[1]} are equal"))
        items = schema.get("items")
        prefix = schema.get("prefixItems") if self.draft >= 2020 else (items if isinstance(items, list) else None)
        rest = items if not isinstance(items, list) else schema.get("additionalItems")
        if self.draft >= 2020:
            rest = items
        first = min(len(prefix), size) if isinstance(prefix, list) else 0
        for i in range(first):
            self._add(failures, self.check(prefix[i], value[i], (*path, str(i)), depth + 1))  # type: ignore[index]
        if rest is False and self.draft < 2020 and isinstance(items, list):
            if first != size:
                failures.append(Failure(path, f"last {size - first} additionalItem(s) not allowed"))
        elif rest is not None and rest is not True:
            for i, item in enumerate(value[first:], first):
                self._add(failures, self.check(rest, item, (*path, str(i)), depth + 1))
        if "contains" in schema and self.draft > 4:
            self._contains(schema, value, path, depth, failures)

    @staticmethod
    def _add(failures: list[Failure], failure: Failure | None) -> None:
        if failure is not None:
            failures.append(failure)

    def _contains(
        self, schema: dict[str, Any], value: list[Any], path: tuple[str, ...], depth: int, failures: list[Failure]
    ) -> None:
        errors: list[Failure] = []
        matched: list[int] = []
        for i, item in enumerate(value):
            failure = self.check(schema["contains"], item, (*path, str(i)), depth + 1)
            if failure is None:
                matched.append(i)
            else:
                errors.append(failure)
        at = " ".join(map(str, matched))
        low, high = schema.get("minContains"), schema.get("maxContains")
        if low is not None:
            if len(matched) < low:
                found = f"matched {len(matched)} items at {at}" if matched else "none matched"
                failures.append(
                    Failure(path, f"min {int(low)} items required to match contains schema, but {found}", tuple(errors))
                )
        elif not matched:
            failures.append(Failure(path, "no items match contains schema", tuple(errors)))
        if high is not None and len(matched) > high:
            failures.append(
                Failure(
                    path,
                    f"max {int(high)} items required to match contains schema, "
                    f"but matched {len(matched)} items at {at}",
                )
            )

    def _string(self, schema: dict[str, Any], value: str, path: tuple[str, ...], failures: list[Failure]) -> None:
        for keyword in ("minLength", "maxLength"):
            limit = schema.get(keyword)
            if limit is None:
                continue
            size = len(value)
            if size < limit if keyword == "minLength" else size > limit:
                failures.append(Failure(path, f"{keyword}: got {size:,}, want {int(limit):,}"))
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and not self.validator.matches(pattern, value):
            failures.append(Failure(path, f"{_quote(value)} does not match pattern {_quote(pattern)}"))

    def _number(self, schema: dict[str, Any], value: float, path: tuple[str, ...], failures: list[Failure]) -> None:
        number = float(value)
        limits: list[tuple[str, Any, bool]] = []
        low, high = schema.get("minimum"), schema.get("maximum")
        above, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        if self.draft == 4:
            above, low = (low, None) if above is True else (None, low)
            under, high = (high, None) if under is True else (None, high)
        limits.append(("minimum", low, low is not None and number < low))
        limits.append(("maximum", high, high is not None and number > high))
        limits.append(("exclusiveMinimum", above, above is not None and number <= above))
        limits.append(("exclusiveMaximum", under, under is not None and number >= under))
        step = schema.get("multipleOf")
        if step is not None:
            from fractions import Fraction

            quotient = Fraction(str(value)) / Fraction(getattr(step, "text", str(step)))
            limits.append(("multipleOf", step, quotient.denominator != 1))
        for keyword, limit, wrong in limits:
            if wrong:
                failures.append(Failure(path, f"{keyword}: got {_localized(number)}, want {_localized(float(limit))}"))

    def _conditions(
        self, schema: dict[str, Any], value: Any, path: tuple[str, ...], depth: int, failures: list[Failure]
    ) -> None:
        if "not" in schema and self.valid(schema["not"], value, depth):
            failures.append(Failure(path, "'not' failed"))
        for keyword in ("allOf", "anyOf"):
            if not schema.get(keyword):
                continue
            errors = [self.check(s, value, path, depth + 1) for s in schema[keyword]]
            wrong = tuple(e for e in errors if e is not None)
            if wrong and (keyword == "allOf" or len(wrong) == len(errors)):
                failures.append(Failure(path, f"'{keyword}' failed", wrong))
        if schema.get("oneOf"):
            self._one_of(schema["oneOf"], value, path, depth, failures)
        if "if" in schema and self.draft >= 7:
            branch = "then" if self.valid(schema["if"], value, depth) else "else"
            if branch in schema:
                self._add(failures, self.check(schema[branch], value, path, depth + 1))

    def _one_of(
        self, schemas: list[Any], value: Any, path: tuple[str, ...], depth: int, failures: list[Failure]
    ) -> None:
        matched = -1
        errors: list[Failure] = []
        for i, inner in enumerate(schemas):
            failure = self.check(inner, value, path, depth + 1)
            if failure is not None:
                if matched < 0:
                    errors.append(failure)
            elif matched < 0:
                matched = i
            else:
                failures.append(Failure(path, f"'oneOf' failed, subschemas {matched}, {i} matched"))
                return
        if matched < 0:
            failures.append(Failure(path, "'oneOf' failed, none matched", tuple(errors)))

    def _unevaluated(
        self, schema: dict[str, Any], value: Any, path: tuple[str, ...], depth: int, failures: list[Failure]
    ) -> None:
        if isinstance(value, dict) and "unevaluatedProperties" in schema:
            seen = self._seen(schema, value, depth)
            for name in sorted(n for n in value if n not in seen):
                self._add(failures, self.check(schema["unevaluatedProperties"], value[name], (*path, name), depth + 1))
        if isinstance(value, list) and "unevaluatedItems" in schema and "items" not in schema:
            start = len(schema.get("prefixItems") or ())
            for i in range(start, len(value)):
                self._add(failures, self.check(schema["unevaluatedItems"], value[i], (*path, str(i)), depth + 1))

    def _seen(self, schema: Any, value: dict[str, Any], depth: int) -> set[str]:
        """Return the properties that ``schema`` and what it applies in place has evaluated."""
        seen: set[str] = set()
        if not isinstance(schema, dict) or depth > MAX_DEPTH:
            return seen
        if "additionalProperties" in schema:
            return set(value)
        seen.update(n for n in schema.get("properties", ()) if n in value)
        for pattern in schema.get("patternProperties", ()):
            seen.update(n for n in value if self.validator.matches(pattern, n))
        inner: list[Any] = []
        if isinstance(schema.get("$ref"), str):
            inner.append(self.validator.resolve(schema, schema["$ref"]))
        for keyword in ("allOf", "anyOf", "oneOf"):
            inner += schema.get(keyword) or ()
        if "if" in schema:
            met = self.valid(schema["if"], value, depth)
            inner += [schema["if"]] if met else []
            inner.append(schema.get("then" if met else "else", True))
        inner += [s for n, s in (schema.get("dependentSchemas") or {}).items() if n in value]
        for one in inner:
            if self.valid(one, value, depth):
                found = self._seen(one, value, depth + 1)
                if isinstance(one, dict) and "unevaluatedProperties" in one:
                    found = set(value)
                seen |= found
        return seen


_ORDER = ("null", "boolean", "number", "integer", "string", "array", "object")


def _type_order(types: list[str]) -> list[str]:
    return sorted(types, key=lambda t: _ORDER.index(t) if t in _ORDER else 99)


def _duplicates(items: list[Any]) -> tuple[int, int] | None:
    for j in range(1, len(items)):
        for i in range(j):
            if _equal(items[i], items[j]):
                return i, j
    return None
