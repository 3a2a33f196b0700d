"""``--name-template``: a release's name from a template without data."""

from __future__ import annotations

import os


def template_name(text: str) -> str:
    """Return what the template ``text`` renders to, with sprig's functions.

    Who types the template owns the environment: unlike a chart's it may read it.

    Raises:
        TemplateError: with Go's message.
    """
    from steersman.gotemplate import TemplateSet
    from steersman.sprig import FUNCTIONS

    functions = {
        **FUNCTIONS,
        "env": ("steersman.action.name_template:variable", "string -> string"),
        "expandenv": ("steersman.action.name_template:expanded", "string -> string"),
    }
    templates = TemplateSet(functions, name="name-template")
    templates.parse("name-template", text)
    return templates.execute("name-template", None)


def variable(name: str) -> str:
    """Return the environment variable ``name``, empty where there is none."""
    return os.environ.get(name, "")


def expanded(text: str) -> str:
    """Return ``text`` with the variables it names. Answers to Go's ``os.ExpandEnv``."""
    found = ""
    while True:
        before, dollar, text = text.partition("$")
        found += before
        if not text:
            return found + dollar
        name, taken = _name(text)
        # go: a dollar that names nothing stays
        found += variable(name) if taken else dollar
        text = text[taken:]


def _name(text: str) -> tuple[str, int]:
    """Return the variable that ``text`` begins with, and how long its mention is."""
    if text[0] == "{":
        end = text.find("}")
        return (text[1:end], end + 1) if end >= 0 else ("", 1)  # go: bad syntax goes
    if text[0] in "*#$@!?-0123456789":
        return text[0], 1
    size = 0
    while size < len(text) and text[size].isascii() and (text[size].isalnum() or text[size] == "_"):
        size += 1
    return text[:size], size
