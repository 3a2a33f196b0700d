"""``--name-template``: a release's name from a template without data."""

from __future__ import annotations


def template_name(text: str) -> str:
    """Return what the template ``text`` renders to, with sprig's functions.

    Raises:
        TemplateError: with Go's message.
    """
    from steersman.gotemplate import TemplateSet
    from steersman.sprig import FUNCTIONS

    templates = TemplateSet(FUNCTIONS, name="name-template")
    templates.parse("name-template", text)
    return templates.execute("name-template", None)
