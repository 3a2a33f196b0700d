"""YAML by libyaml's events, with go-yaml's rules for scalars, keys, merges and aliases.

Answers to ``decode.go`` of go-yaml v2 and to sigs.k8s.io/yaml, which carries the result
through JSON: keys become strings, integers become floats. It reads all of YAML; ``plain``
is the faster reader for the common part.
"""

from __future__ import annotations

from steersman.go.json import quote
from steersman.yamlio import errors as yaml_errors
from steersman.yamlio.libyaml import load as load_binding
from steersman.yamlio.libyaml import load_pure
from steersman.yamlio.scalars import format_float32, resolve
from steersman.yamlio.text import closing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# go: parser.go refuses deeper nesting
MAX_DEPTH = 10_000
_UNSIGNED = 1 << 63  # the first integer that int64 does not hold
_TOO_DEEP = "exceeded maximum nesting depth"
# scalars with such escapes for each of which the text is read again; where there are more, the slow parser reads it
_MOST_PATCHES = 20
_STAND_INS = "".join(map(chr, range(0xE000, 0xE010)))
_MARK_AT_LINE = b"\n\xef\xbb\xbf"
_NO_KEY, _NO_DASH = "did not find expected key", "did not find expected '-' indicator"
_UNEXPECTED_COLON = "found unexpected ':'"
_INF = float("inf")


class _Merge:
    """Stands for the key ``<<``."""


_MERGE = _Merge()


class _Frame:
    """A collection under construction."""

    __slots__ = ("anchor", "begin", "count", "key", "value")

    def __init__(self, value: Any, begin: Any) -> None:
        self.value = value
        self.begin = begin
        self.anchor: str | None = begin.anchor
        self.count = 1
        self.key: Any = None


class _Alias:
    """The value of an anchor, and its number of nodes."""

    __slots__ = ("count", "value")

    def __init__(self, value: Any, count: int) -> None:
        self.value = value
        self.count = count


def allowed_alias_ratio(decoded: int) -> float:
    """Return which share of the decoded nodes may come from aliases (go-yaml's ``allowedAliasRatio``)."""
    if decoded <= 400_000:
        return 0.99
    if decoded >= 4_000_000:
        return 0.10
    return 0.99 - 0.89 * ((decoded - 400_000) / 3_600_000)


def _first_infinity(value: Any) -> str:
    """Return the first number that JSON has no form for, as Go writes it, going over keys in their order."""
    if isinstance(value, dict):
        return next(filter(None, (_first_infinity(value[key]) for key in sorted(value))), "")
    if isinstance(value, list):
        return next(filter(None, map(_first_infinity, value)), "")
    if isinstance(value, float) and (value != value or value in (_INF, -_INF)):
        return "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
    return ""


def _expected(frame: _Frame | None, stack: list[_Frame]) -> str:
    """Return what go-yaml finds missing where another item of ``frame`` should begin, or "" where a value should."""
    if frame is None or frame.begin.flow_style:
        return ""
    if type(frame.value) is dict:
        return _NO_KEY if frame.key is None else ""
    # a list at the indentation of its key ends there
    is_indented = not stack or frame.begin.start_mark.column > stack[-1].begin.start_mark.column
    return _NO_DASH if is_indented else _NO_KEY


class Reader:
    """Reads documents one after the other from one text.

    Args:
        data: the text, or its bytes.
        strict: report keys that a mapping has twice.
        integers: keep integers as ``int`` (floats otherwise, as after a way through JSON).
        infinities: take ``.inf`` and ``.nan``, which have no form in JSON.
    """

    def __init__(
        self, data: str | bytes, *, strict: bool = False, integers: bool = False, infinities: bool = False
    ) -> None:
        raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        self._binding = load_binding()
        self._raw = raw
        self._strict = strict
        self._integers = integers
        self._infinities = infinities
        self._documents = 0
        self._mark = ""
        self._colon = ""
        # from when libyaml found an error: what go-yaml finds missing where the next token of a collection in lines
        # is an empty one in brackets, and the end of the last event
        self._expected = ""
        self._reached = 0
        self._late: yaml_errors.YamlError | None = None  # what is wrong behind the end of the document
        if _MARK_AT_LINE in raw:
            # go: a byte order mark is passed over at the beginning alone, libyaml does so in each line
            # (test_a_byte_order_mark_inside)
            self._mark = self._stand_in("\ufeff")
            raw = self._raw = raw.replace(_MARK_AT_LINE, b"\n" + self._mark.encode())
        self._has_slash = b"\\/" in raw
        self._source = ""
        self._patches = 0
        self._start()
        if raw.startswith(b"%YAML") or b"\n%YAML" in raw:
            _check_version(raw)
        with _Translated(self._binding):
            self._parser = self._binding.parser(raw or b"\n")
            self._parser.get_event()

    def _stand_in(self, default: str) -> str:
        """Return a character that the text does not have, or ``default`` where it has all of them."""
        return next((c for c in _STAND_INS if c.encode() not in self._raw), default)

    def document(self) -> tuple[bool, Any]:
        """Return whether there was another document, and its value.

        Raises:
            YamlError: with go-yaml's message.
        """
        if self._late is not None:
            raise self._late
        while True:
            try:
                found = self._document()
                break
            except self._binding.error as error:
                if not self._overcomes(error):
                    raise self._told(error) from None
            except yaml_errors.Undecodable:
                self._finish()
                raise
        self._documents += 1
        return found

    def _told(self, error: Any) -> yaml_errors.YamlError:
        """Return libyaml's error in go-yaml's words."""
        is_scanning = isinstance(error, self._binding.scanner_error)
        if is_scanning and self._expected and self._is_empty_flow(at := self._next_token()):
            return _at_line(self._expected, self._text().count("\n", 0, at))
        return _translated(error, self._binding)

    def _text(self) -> str:
        if not self._source:
            self._source = self._raw.decode("utf-8", "surrogateescape")
        return self._source

    def _next_token(self) -> int:
        """Return where the next token after the last event begins."""
        text, at = self._text(), self._reached
        while at < len(text) and text[at] in " \t\r\n#":
            at = text.find("\n", at) if text[at] == "#" else at + 1
            if at < 0:
                return len(text)
        return at

    def _is_empty_flow(self, at: int) -> bool:
        """Return whether an empty flow collection begins at a character, with whichever bracket it ends."""
        text = self._text()
        return text[at : at + 1] in ("[", "{") and text[at + 1 :].lstrip()[:1] in ("]", "}")

    def _check_empty_key(self, frame: _Frame, stack: list[_Frame], key: Any, end: int) -> None:
        """Raise for an empty flow collection as a key of ``frame``; as the first of the document it ends that."""
        at, line = key.start_mark.index, key.start_mark.line
        before, after = self._text()[:at].rstrip(" "), self._text()[end:].lstrip(" ")
        # go-yaml has not seen the mapping that begins with its key
        is_first = frame.begin.start_mark.index == at
        is_explicit = not is_first and before.endswith("?")
        if not key.flow_style or key.anchor is not None or key.tag is not None or is_explicit:
            return
        if frame.begin.flow_style and after.startswith(":"):
            raise question_mark(not is_first, line)
        if frame.begin.flow_style:
            return
        if is_first and not stack:
            self._late = self._lost_key(None, line)
        else:
            raise self._lost_key(stack[-1] if is_first else frame, line)

    def _lost_key(self, frame: _Frame | None, line: int) -> yaml_errors.YamlError:
        """Return the error for an empty flow collection where a collection in lines has its next item.

        go: go-yaml forgets that such a collection may be a key (test_odd_brackets)
        """
        if frame is None:
            return _at_line("did not find expected <document start>", line)
        return _at_line(_NO_KEY if type(frame.value) is dict else _NO_DASH, line)

    def _finish(self) -> None:
        """Read the document at hand to its end.

        go: all of a document is parsed before it is decoded: what is wrong with its syntax comes first
        """
        ends = (self._binding.events.DocumentEndEvent, self._binding.events.StreamEndEvent)
        with _Translated(self._binding):
            while not isinstance(event := self._parser.get_event(), ends):
                name = getattr(event, "anchor", None)
                if name is not None and type(event) is self._binding.events.AliasEvent:
                    self._check_anchor(event)
                elif name is not None:
                    self._anchors.setdefault(name, None)

    def _check_anchor(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            raise yaml_errors.YamlError(
                f"yaml: unknown anchor '{event.anchor}' referenced", at=event.start_mark.line + 1
            )

    def _overcomes(self, error: Any) -> bool:
        """Begin again where go-yaml reads what libyaml does not; return whether that is so."""
        problem = getattr(error, "problem", "")
        if problem == _TOO_DEEP and not self._binding.nests_deep:
            # go: go-yaml takes 10,000 levels; libyaml, from version 0.2.6 on, 1,000 (test_nesting_is_go_yamls)
            self._binding = load_pure()
        elif problem == yaml_errors.UNKNOWN_ESCAPE and b"\\'" in self._raw and error.context_mark is not None:
            # go: a single quote may be escaped (test_escapes_are_go_yamls)
            patched = _without_quote_escapes(self._raw, error.context_mark.index)
            if patched == self._raw:
                return False
            self._patch(patched)
        elif problem == _UNEXPECTED_COLON and error.problem_mark is not None:
            # go: a colon before a bracket is a part of the scalar (test_odd_brackets)
            text, at = self._raw.decode("utf-8", "surrogateescape"), error.problem_mark.index
            self._colon = self._colon or self._stand_in("")
            if not self._colon or text[at : at + 1] != ":":
                return False
            self._patch((text[:at] + self._colon + text[at + 1 :]).encode("utf-8", "surrogateescape"))
        else:
            return False
        self._again()
        return True

    def read_as(self) -> tuple[bytes, str]:
        """Return the text as libyaml was given it, and what stands in it for colons (or ``""``)."""
        return self._raw, self._colon

    def _patch(self, raw: bytes) -> None:
        """Read ``raw`` from now on, or with the parser in Python where many places have been changed."""
        self._patches += 1
        if self._patches <= _MOST_PATCHES:
            self._raw, self._source = raw, ""
        else:
            self._binding = load_pure()

    def _start(self) -> None:
        self._duplicates: list[str] = []
        self._has_infinity = False
        self._anchors: dict[str, _Alias | None] = {}
        # maps with a key that JSON has no form for: null, or an integer that only uint64 holds; the key and its value
        self._refused: list[tuple[dict[str, Any], int | None, Any]] = []
        self._decoded = 0
        self._aliased = 0

    def _again(self) -> None:
        """Go back to where the document at hand begins."""
        with _Translated(self._binding):
            self._parser = self._binding.parser(self._raw)
            self._parser.get_event()
            for _ in range(self._documents):
                self._start()
                self._document()
            self._start()

    def _document(self) -> tuple[bool, Any]:
        events = self._binding.events
        event = self._parser.get_event()
        if type(event) is events.StreamEndEvent:
            return False, None
        value = self._node()
        if self._late is not None:
            return True, value
        self._parser.get_event()
        if self._refused:
            first, key, _ = self._refused[0]
            last = [value for target, other, value in self._refused if target is first and other == key][-1]
            shown = "%!s(<nil>), key: <nil>" if key is None else f"uint64, key: {key:#x}"
            raise yaml_errors.YamlError(f"unsupported map key of type: {shown}, value: {_go_syntax(last, nil='<nil>')}")
        if self._duplicates:
            lines = "\n".join(f"  {d}" for d in self._duplicates)
            raise yaml_errors.YamlError(f"yaml: unmarshal errors:\n{lines}")
        # go: what JSON has no form for is refused when all of the document has been decoded
        if self._has_infinity and (shown := _first_infinity(value)):
            raise yaml_errors.YamlError(f"json: unsupported value: {shown}")
        return True, value

    def _node(self) -> Any:
        events = self._binding.events
        scalar_event, alias_event = events.ScalarEvent, events.AliasEvent
        map_start, seq_start = events.MappingStartEvent, events.SequenceStartEvent
        get = self._parser.get_event
        anchors = self._anchors = {}
        stack: list[_Frame] = []
        frame: _Frame | None = None
        reached: Any = None
        while True:
            try:
                event = get()
            except self._binding.error:
                self._expected = _expected(frame, stack)
                self._reached = reached.end_mark.index if reached is not None else 0
                raise
            reached = event
            kind = type(event)
            count = 1
            begin = event
            if kind is scalar_event:
                if "?" in event.value and frame is not None and frame.begin.flow_style:
                    self._check_question_mark(event, self._text()[frame.begin.start_mark.index] == "{")
                in_key = frame is not None and frame.key is None and type(frame.value) is dict
                value = self._scalar(event, key=in_key)
                if event.anchor is not None:
                    anchors[event.anchor] = _Alias(value, 1)
            elif kind is alias_event:
                value, count = self._alias(event, anchors)
            elif kind is map_start or kind is seq_start:
                if len(stack) >= MAX_DEPTH:
                    raise yaml_errors.YamlError(f"yaml: exceeded max depth of {MAX_DEPTH}")
                if frame is not None:
                    stack.append(frame)
                frame = _Frame({} if kind is map_start else [], event)
                if event.anchor is not None:
                    anchors[event.anchor] = None  # open: an alias to it now would contain itself
                continue
            else:  # the end of a collection
                assert frame is not None
                begin = frame.begin
                value, count = frame.value, frame.count
                if frame.anchor is not None:
                    anchors[frame.anchor] = _Alias(value, count)
                frame = stack.pop() if stack else None
                if frame is not None and not value and frame.key is None and type(frame.value) is dict:
                    self._check_empty_key(frame, stack, begin, event.end_mark.index)
                    if self._late is not None:
                        return value
            self._decoded += 1
            if frame is None:
                return value
            frame.count += count
            self._place(frame, value, begin)

    def _place(self, frame: _Frame, value: Any, event: Any) -> None:
        target = frame.value
        if type(target) is list:
            target.append(value)
            return
        if frame.key is None:
            frame.key = value if value is _MERGE else (self._key(value),)
            return
        if frame.key is _MERGE:
            _merge(target, value)
        else:
            key = frame.key[0]
            if key is None or type(key) is int:
                # go: such a key is refused when all of the document has been read (test_keys_that_json_cannot_have)
                self._refused.append((target, key, value))
                frame.key = None
                return
            if self._strict and key in target:
                line = event.start_mark.line + 1
                self._duplicates.append(f"line {line}: key {quote(key, escape_html=False)} already set in map")
            else:
                target[key] = value
        frame.key = None

    def _scalar(self, event: Any, *, key: bool) -> Any:
        text: str = event.value
        if self._mark:
            text = text.replace(self._mark, "\ufeff")
        if self._colon:
            text = text.replace(self._colon, ":")
        tag = event.tag
        if event.implicit[0] and tag is None:
            if key and text == "<<":
                return _MERGE
            return self._number(resolve(text), key=key)
        if self._has_slash and event.style == '"':
            self._check_slashes(event)
        if tag is None or tag == "!":
            return text
        if tag == "tag:yaml.org,2002:merge":
            return _MERGE if key and text == "<<" else text
        return self._number(_tagged(tag, text), key=key)

    def _check_slashes(self, event: Any) -> None:
        """Raise for a slash that is escaped, as JSON and libyaml have it.

        go: go-yaml does not know that escape (test_escapes_are_go_yamls)
        """
        source = self._written(event)
        at = source.replace("\\\\", "  ").find("\\/")
        if at >= 0:
            line = event.start_mark.line + source.count("\n", 0, at)
            raise _at_line(yaml_errors.UNKNOWN_ESCAPE, line + 1 if line else 0)

    def _check_question_mark(self, event: Any, in_mapping: bool) -> None:
        """Raise for a plain scalar with a question mark inside of brackets.

        go: go-yaml takes it for the mark of a key there (test_odd_brackets)
        """
        if event.style:
            return
        source = self._written(event)
        raise question_mark(in_mapping, event.start_mark.line + source.count("\n", 0, source.index("?")))

    def _written(self, event: Any) -> str:
        """Return a scalar as it stands in the text."""
        return self._text()[event.start_mark.index : event.end_mark.index]

    def _number(self, value: Any, *, key: bool) -> Any:
        kind = type(value)
        if key:
            return value
        if kind is int:
            return value if self._integers else float(value)
        if kind is float and not self._infinities and (value != value or value in (_INF, -_INF)):
            self._has_infinity = True
        return value

    def _key(self, value: Any) -> str | int | None:
        if isinstance(value, str) or value is None:
            return value
        if value is True:
            return "true"
        if value is False:
            return "false"
        if isinstance(value, int):
            return str(value) if value < _UNSIGNED else value
        if isinstance(value, float):
            return format_float32(value)
        raise yaml_errors.Undecodable(f"yaml: invalid map key: {_go_syntax(value)}")

    def _alias(self, event: Any, anchors: dict[str, _Alias | None]) -> tuple[Any, int]:
        self._check_anchor(event)
        name = event.anchor
        target = anchors[name]
        if target is None:
            raise yaml_errors.Undecodable(f"yaml: anchor '{name}' value contains itself")
        self._decoded += target.count
        self._aliased += target.count
        if (
            self._aliased > 100
            and self._decoded > 1000
            and self._aliased / self._decoded > allowed_alias_ratio(self._decoded)
        ):
            raise yaml_errors.Undecodable("yaml: document contains excessive aliasing")
        return _copied(target.value), target.count


def question_mark(in_mapping: bool, line: int) -> yaml_errors.YamlError:
    """Return the error for a plain scalar with a question mark in a flow mapping or a flow sequence."""
    return _at_line(f"did not find expected ',' or '{'}' if in_mapping else ']'}'", line)


def _check_version(raw: bytes) -> None:
    """go: go-yaml takes documents of version 1.1 only, where libyaml takes 1.2 too."""
    for line in raw.split(b"\n"):
        if line.startswith(b"%YAML") and line.split()[1:2] != [b"1.1"]:
            raise yaml_errors.YamlError("yaml: found incompatible YAML document")


def _go_syntax(value: Any, *, nil: str = "interface {}(nil)") -> str:
    """Return a decoded value in Go's syntax, as ``%#v`` prints it."""
    if isinstance(value, str):
        return quote(value, escape_html=False)
    if value is None:
        return nil
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        pairs = (f"{_go_syntax(k)}:{_go_syntax(v)}" for k, v in sorted(value.items(), key=lambda pair: str(pair[0])))
        return "map[interface {}]interface {}{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(_go_syntax, value)) + "}"
    if value != value or value in (_INF, -_INF):
        return _first_infinity(value)
    return format(value, "g")


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _copied(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_copied(v) for v in value]
    return value


def _merge(target: dict[str, Any], value: Any) -> None:
    """Merge ``<<``: go-yaml v2 decodes it into the map where it stands, over what is there."""
    sources = list(reversed(value)) if isinstance(value, list) else [value]
    for source in sources:
        if not isinstance(source, dict):
            raise yaml_errors.Undecodable("yaml: map merge requires map or sequence of maps as the value")
        target.update(source)


_SHORT = "tag:yaml.org,2002:"
_RESOLVABLE = {"str", "bool", "int", "float", "null", "timestamp"}


def _tagged(tag: str, text: str) -> Any:
    """Read a scalar with an explicit tag, as go-yaml's ``resolve`` does."""
    name = tag[len(_SHORT) :] if tag.startswith(_SHORT) else ""
    if name == "binary":
        from base64 import b64decode

        try:
            return b64decode("".join(text.split()), validate=True).decode("utf-8", "surrogateescape")
        except ValueError:
            raise yaml_errors.Undecodable("yaml: !!binary value contains invalid base64 data") from None
    if name == "str" or name not in _RESOLVABLE:
        return text
    value = resolve(text)
    kinds = {bool: "bool", int: "int", float: "float", str: "str", type(None): "null"}
    kind = kinds[type(value)]
    if kind == name or (kind == "str" and name == "timestamp"):
        return value
    if name == "float" and kind == "int":
        return float(value)
    raise yaml_errors.Undecodable(f"yaml: cannot decode !!{kind} `{text}` as a !!{name}")


class _Translated:
    """Turns libyaml's errors into go-yaml's."""

    def __init__(self, binding: Any) -> None:
        self._binding = binding

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, self._binding.error):
            raise _translated(error, self._binding) from None


def _translated(error: Any, binding: Any) -> yaml_errors.YamlError:
    if isinstance(error, binding.reader_error):
        return yaml_errors.YamlError(f"yaml: {error.reason}")
    return _marked(error, isinstance(error, binding.scanner_error))


def _marked(error: Any, scanning: bool) -> yaml_errors.YamlError:
    problem = error.problem or "unknown problem parsing YAML content"
    # go: libyaml's marks count from 0; only scanner errors are corrected to count from 1
    line = 0
    if error.problem_mark is not None and error.problem_mark.line:
        line = error.problem_mark.line + (1 if scanning else 0)
    elif error.context_mark is not None and error.context_mark.line:
        line = error.context_mark.line
    # a scalar that does not end is noticed at the end of the text
    is_open = error.context_mark is not None and (error.context or "").endswith("quoted scalar")
    mark = error.context_mark if is_open else error.problem_mark
    return _at_line(problem, line, 0 if mark is None else mark.line + 1)


def _at_line(problem: str, line: int, at: int = 0) -> yaml_errors.YamlError:
    where = f"line {line}: " if line else ""
    return yaml_errors.YamlError(f"yaml: {where}{problem}", line=line, problem=problem, at=at)


def _without_quote_escapes(raw: bytes, start: int) -> bytes:
    """Take the backslashes before single quotes out of the double-quoted scalar that opens at a character."""
    text = raw.decode("utf-8", "surrogateescape")
    end = closing(text, start)
    end = len(text) if end < 0 else end
    # a backslash that is escaped escapes nothing
    pieces = text[start:end].split("\\\\")
    scalar = "\\\\".join([piece.replace("\\'", "'") for piece in pieces])
    return (text[:start] + scalar + text[end:]).encode("utf-8", "surrogateescape")
