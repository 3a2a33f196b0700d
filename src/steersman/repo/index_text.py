"""An index.yaml of the usual form to trees, many times faster than YAML is read.

``repo index`` and every tool like it write one block of the same fields for each version, and most of these
fields' texts stand there many times. So the text is cut into fields, each different one is read once (together, by
``yamlio``), and versions are put together from what was read. Whatever is not of that form is left to ``yamlio``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Field = tuple[str, Any]
    Fields = dict[str, Field]

_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
_NO_PLAIN = frozenset("#:\"'`&*!|>%@{}[],\\")


class Unusual(Exception):
    """A text that is not of the usual form."""


class Twice(Unusual):
    """A chart or a field that is there twice, which YAML does not allow."""


class Parts:
    """An index's trees.

    Attributes:
        head: the fields next to ``entries``.
        fields: what each field's text says: name and value.
        entries: for each chart the texts of the fields of its versions.
    """

    __slots__ = ("entries", "fields", "head")

    def __init__(self, head: dict[str, Any], fields: Fields, entries: dict[str, list[list[str]]]) -> None:
        self.head = head
        self.fields = fields
        self.entries = entries


def cut(data: bytes) -> Parts:
    """Return the parts of the index that ``data`` is.

    Raises:
        Unusual: when it is not of the usual form, whether it is an index or not.
    """
    import re

    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unusual("not UTF-8") from error
    if "\r" in text or "\ufeff" in text:
        raise Unusual("line ends")
    start = 0 if text.startswith("entries:\n") else text.find("\nentries:\n") + 1
    if not text.startswith("entries:\n", start):
        raise Unusual("no entries")
    body_start = start + len("entries:\n")
    after = re.compile(r"\n[^\s#-]").search(text, body_start - 1)
    end = after.start() + 1 if after is not None else len(text)
    body = text[body_start:end]
    head = _head(text[:start] + text[end:])
    charts = _charts(body)
    unread: set[str] = set()
    for versions in charts.values():
        for fields in versions:
            unread.update(fields)
    return Parts(head, _read(unread), charts)


def _head(text: str) -> dict[str, Any]:
    from steersman.yamlio import load
    from steersman.yamlio.errors import YamlError

    try:
        tree = load(text)
    except YamlError as error:
        raise Unusual("head") from error
    if not isinstance(tree, dict) or "entries" in tree:
        raise Unusual("head")
    return tree


def _charts(body: str) -> dict[str, list[list[str]]]:
    """Cut the text below ``entries:`` into charts, versions and fields."""
    import re

    indent = len(body) - len(body.lstrip(" "))
    if not indent or body[indent : indent + 1] in ("-", "#", "\n", ""):
        raise Unusual("indent")
    pad = " " * indent
    sections = re.split(rf"^{pad}(?=[^ \n-])", body, flags=re.MULTILINE)
    if sections[0]:
        raise Unusual("indent")
    first = sections[1].partition("\n")[2]
    dash = len(first) - len(first.lstrip(" "))
    if dash < indent or first[dash : dash + 2] != "- ":
        raise Unusual("items")
    mark = "\n" + " " * dash + "- "
    split_fields = re.compile(rf"\n {{{dash + 2}}}(?=[^ \n-])").split
    is_name = re.compile(r"[A-Za-z0-9._-]*[A-Za-z][A-Za-z0-9._-]*:").fullmatch
    charts: dict[str, list[list[str]]] = {}
    for section in sections[1:]:
        name, *versions = section.removesuffix("\n").split(mark)
        if not is_name(name) or name[:-1].lower() in _WORDS:
            raise Unusual("name")
        if name[:-1] in charts:
            raise Twice(name)
        charts[name[:-1]] = [split_fields(version) for version in versions]
    return charts


def _read(texts: Iterable[str]) -> Fields:
    """Return what each field's text says."""
    import re

    simple = re.compile(r"([A-Za-z][A-Za-z0-9]*): (?:\"([^\"\\\n]*)\"|([^\n]+))").fullmatch
    one_url = re.compile(r"urls:\n +- (https?://[A-Za-z0-9._~/%+:@=&?-]+)").fullmatch
    out: Fields = {}
    rest: list[str] = []
    for text in texts:
        found = simple(text)
        if found is None:
            url = one_url(text)
            if url is not None and text[-1] != ":":
                out[text] = ("urls", [url.group(1)])
            else:
                rest.append(text)
            continue
        key, quoted, plain = found.groups()
        if quoted is not None:
            if quoted.isprintable():
                out[text] = (key, quoted)
            else:
                rest.append(text)
        elif _is_string(plain):
            out[text] = (key, plain)
        else:
            rest.append(text)
    out.update(_read_together(rest))
    return out


def _is_string(text: str) -> bool:
    """Return whether a plain scalar is surely a string, and surely all of it."""
    if not text.isprintable() or text[-1] in " :" or ": " in text or " #" in text or "\t" in text:
        return False
    first = text[0]
    if first.isalpha():
        return first.isascii() and text.lower() not in _WORDS and (len(text) != 64 or not _may_be_number(text))
    if not first.isdigit():
        return False
    if text.count(".") == 2 and text.replace(".", "").isdigit():
        return True  # three numbers are a version
    return len(text) == 64 and text.isalnum() and not _may_be_number(text)


def _may_be_number(text: str) -> bool:
    return not text.strip("0123456789e")


def _read_together(texts: list[str]) -> Fields:
    """Read fields as the items of one document, which is faster than each for itself."""
    from steersman.yamlio import load
    from steersman.yamlio.errors import YamlError

    if not texts:
        return {}
    for text in texts:
        if text[0] in _NO_PLAIN or ("&" in text and _has_anchor(text)):
            raise Unusual("field")
    try:
        items = load("- " + "\n- ".join(texts) + "\n")
    except YamlError as error:
        raise Unusual("fields") from error
    if not isinstance(items, list) or len(items) != len(texts):
        raise Unusual("fields")
    out: Fields = {}
    for text, item in zip(texts, items):
        if not isinstance(item, dict) or len(item) != 1:
            raise Unusual("field")
        key, value = next(iter(item.items()))
        if not isinstance(key, str) or not text.startswith(f"{key}:"):
            raise Unusual("field")
        out[text] = (key, value)
    return out


def _has_anchor(text: str) -> bool:
    import re

    # an anchor may be asked for by another field
    return re.search(r"(?:^|[\s\[{,])[&*][A-Za-z0-9_]", text) is not None
