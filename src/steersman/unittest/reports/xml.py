"""XML as Go's ``encoding/xml`` writes it, indented with tabs."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPES = {
    ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&#34;", ord("'"): "&#39;",
    ord("\t"): "&#x9;", ord("\n"): "&#xA;", ord("\r"): "&#xD;",
}  # fmt: skip


class Element(Record):
    """An element: its attributes in order, and what is in it. ``cdata`` writes the text as it is."""

    name: str
    attributes: tuple[tuple[str, object], ...] = ()
    children: tuple[Element, ...] = ()
    text: str | None = None
    cdata: bool = False


def write(element: Element) -> str:
    """Return the text of an element."""
    return "\n".join(_lines(element, "")) + "\n"


def _lines(element: Element, indent: str) -> Iterator[str]:
    attributes = "".join(f' {name}="{escaped(str(value))}"' for name, value in element.attributes)
    begin, end = f"{indent}<{element.name}{attributes}>", f"</{element.name}>"
    if not element.children:
        text = element.text or ""
        yield f"{begin}{_cdata(text) if element.cdata else escaped(text)}{end}"
        return
    yield begin
    for child in element.children:
        yield from _lines(child, indent + "\t")
    yield indent + end


def escaped(text: str) -> str:
    """Return a text for an attribute or between tags; what XML cannot have becomes U+FFFD."""
    if not text.isprintable():
        text = "".join(char if _is_allowed(char) else "\ufffd" for char in text)
    return text.translate(_ESCAPES)


def _is_allowed(char: str) -> bool:
    return char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char >= "\U00010000"


def _cdata(text: str) -> str:
    clean = "".join(char if _is_allowed(char) else "\ufffd" for char in text)
    return f"<![CDATA[{clean.replace(']]>', ']]]]><![CDATA[>')}]]>"
