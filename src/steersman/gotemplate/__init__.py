"""Go's ``text/template``: texts compiled to Python functions, run with Go's rules and Go's errors.

Knows nothing of Helm, YAML or Kubernetes. Other packages use:

* ``TemplateSet(functions, missing_key, store)``: ``parse(name, text)``, ``parse_all([...])``,
  ``execute(name, data, context) -> str``, ``overlay()``, ``lookup``, ``names``,
  ``compiled_source(name)``, ``keep()``.
* A function table: ``{name: (target, signature)}``, see ``table`` and ``signature``. A function
  raises ``CallError`` for what in Go is a returned error.
* ``go.values`` for what is not a plain Python value: ``Int64``, ``StringList``, ``GoStruct`` …
* ``ParseError``, ``ExecError`` (``template, line, column, executing, context, message, cause``;
  ``chain()`` goes down through ``include``), ``MissingTemplate``.
* ``CodeStore(folder)`` keeps compiled templates between runs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.gotemplate.errors import ExecError, MissingTemplate, ParseError
    from steersman.gotemplate.store import CodeStore
    from steersman.gotemplate.templates import TemplateSet

__all__ = ["CodeStore", "ExecError", "MissingTemplate", "ParseError", "TemplateSet"]

_HOMES = {"CodeStore": "store", "TemplateSet": "templates"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = __import__(f"{__name__}.{_HOMES.get(name, 'errors')}", fromlist=("",))
    return getattr(home, name)
