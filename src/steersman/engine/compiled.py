"""Compiled templates that outlive a render: a chart rendered again is not read and compiled again.

Between runs of the program a ``CodeStore`` keeps code objects on disk; within a program a
``Compiled`` keeps whole template sets. It may be used from several threads: each render has a set to itself.
"""

from __future__ import annotations

from steersman.engine.functions import function_table
from steersman.gotemplate.definition import ADAPTIVE, Way
from steersman.gotemplate.templates import TemplateSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from steersman.gotemplate.store import CodeStore

    # Names and texts, Go's option missingkey, and whether the code records.
    Key: TypeAlias = tuple[tuple[tuple[str, bytes], ...], str, bool]

_MOST_SETS = 32
_MOST_TEXTS = 1000  # texts that tpl has met: a set that knows more is not kept


class Compiled:
    """Template sets by their texts.

    Args:
        store: where code is kept between runs, or None.
        way: when templates are compiled.
    """

    def __init__(self, store: CodeStore | None = None, way: Way = ADAPTIVE) -> None:
        self._store = store
        self._way = way
        self._free: dict[Key, list[TemplateSet]] = {}

    def take(self, texts: tuple[tuple[str, bytes], ...], missing_key: str, *, is_traced: bool = False) -> TemplateSet:
        """Return a set with these templates, parsed in this order; the caller owns it until ``give_back``.

        ``is_traced`` asks for one whose code records what it does.

        Raises:
            ParseError: for the first text that does not parse.
        """
        free = self._free.get((texts, missing_key, is_traced))
        if free:
            try:
                return free.pop()
            except IndexError:
                pass  # another thread was faster
        made = TemplateSet(function_table(), missing_key, self._store, way=self._way, is_traced=is_traced)
        made.parse_all([(name, data.decode("utf-8", "surrogateescape")) for name, data in texts])
        return made

    def give_back(self, texts: tuple[tuple[str, bytes], ...], templates: TemplateSet) -> None:
        """Keep a set for the next render of the same texts."""
        templates.trace = None
        templates.keep()
        templates.compile_all()
        if templates.text_count - len(texts) > _MOST_TEXTS:
            return
        if len(self._free) >= _MOST_SETS:
            self._free.pop(next(iter(self._free)), None)
        self._free.setdefault((texts, templates.missing_key, templates.is_traced), []).append(templates)
