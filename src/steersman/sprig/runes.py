"""Characters as Go's ``unicode`` sees them: white space, and case where it is one character."""

from __future__ import annotations

SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"


def runes(text: str) -> str:
    """Return a text as Go goes through it by characters: U+FFFD for each byte that is not UTF-8."""
    if text.isascii():
        return text
    return "".join(["\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text])


def simple_upper(char: str) -> str:
    """Return the upper-case character, when it is one character."""
    upper = char.upper()
    if len(upper) == 1:
        return upper
    title_case = char.title()
    return title_case if len(title_case) == 1 else char


def simple_lower(char: str) -> str:
    """Return the lower-case character, when it is one character."""
    return "i" if char == "\u0130" else char.lower()


def simple_title(char: str) -> str:
    """Return the title-case character, when it is one character."""
    title_case = char.title()
    return title_case if len(title_case) == 1 else char
