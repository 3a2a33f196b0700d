"""Objects that a program gives for ``lookup``: a folder or file, the objects themselves, or a function."""

from __future__ import annotations

import os
from collections.abc import Mapping

from steersman.errors import UsageError
from steersman.values.coalesce import copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    from steersman.engine.impure import Lookup

    Objects: TypeAlias = (
        "str | os.PathLike[str] | Iterable[Mapping[str, Any]] | Callable[[str, str, str, str], Mapping[str, Any]]"
    )


def given_lookup(objects: Objects | None, namespace: str) -> Lookup | None:
    """Return the function that templates call, or None where there are no objects.

    Raises:
        Error: when something cannot be read or is not a Kubernetes object.
    """
    if objects is None:
        return None
    if isinstance(objects, (str, os.PathLike)):
        from steersman.action.lookup_from import lookup_from

        return lookup_from(os.fspath(objects), namespace)
    if callable(objects):
        find = objects
        return lambda api_version, kind, inside, name: copy_tree(dict(find(api_version, kind, inside, name)))
    from steersman.kube.offline import flattened, lookup_among

    found: list[dict[str, Any]] = []
    for at, item in enumerate(objects):
        try:
            found += flattened(dict(item) if isinstance(item, Mapping) else item)
        except ValueError as error:
            raise UsageError(f"lookup[{at}] is not a Kubernetes object: {error}") from error
    return lookup_among(found, namespace)
