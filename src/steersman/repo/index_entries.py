"""The charts of an index, each made into values when it is asked for.

An index has tens of thousands of versions, and most runs look at one chart. An entry that would be refused or logged is
found while the index is read, all the same: ``is_sure`` tells the versions of which nothing has to be said.
"""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from steersman.repo.chart_version import ChartVersion

    Make = Callable[[dict[str, Any]], ChartVersion]
    Row = tuple[str, str, str, str, tuple[str, ...]]

_STRINGS = frozenset(("home", "description", "icon", "condition", "tags", "appVersion", "kubeVersion"))
_UNSEEN = frozenset(("digest", "checksum", "engine", "tillerVersion", "url"))
_LISTS = frozenset(("sources", "keywords", "urls"))
_KNOWN = {
    name.lower(): name
    for name in (
        *_STRINGS,
        *_UNSEEN,
        *_LISTS,
        *(
            "name",
            "version",
            "apiVersion",
            "type",
            "deprecated",
            "removed",
            "annotations",
            "maintainers",
            "dependencies",
        ),
    )
}


class LazyEntries(Mapping[str, "list[ChartVersion]"]):
    """Charts by name; versions are trees until they are used, newest first.

    Args:
        trees: the versions' trees (sure ones) or values, in any order.
        make: a tree to its value.
        rows: what ``rows`` returns, where that is known already.
    """

    def __init__(
        self,
        trees: Mapping[str, Sequence[dict[str, Any] | ChartVersion]],
        make: Make,
        rows: Callable[[], Iterable[tuple[str, list[Row]]]] | None = None,
    ) -> None:
        self._trees = trees
        self._make = make
        self._rows = rows
        self._made: dict[str, list[ChartVersion]] = {}

    def __getitem__(self, name: str) -> list[ChartVersion]:
        found = self._made.get(name)
        if found is None:
            found = [self._make(t) if isinstance(t, dict) else t for t in self.sorted_trees(name)]
            self._made[name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._trees)

    def __len__(self) -> int:
        return len(self._trees)

    def __contains__(self, name: object) -> bool:
        return name in self._trees

    def sorted_trees(self, name: str) -> list[dict[str, Any] | ChartVersion]:
        """Return the versions of a chart, newest first."""
        trees = self._trees[name]
        if len(trees) < 2:
            return list(trees)
        return sorted(trees, key=_key(trees), reverse=True)

    def rows(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield each chart's name with what a search looks at (``row_of``), newest version first."""
        if self._rows is not None:
            yield from self._rows()
            return
        for name in self._trees:
            yield name, [row_of(tree) for tree in self.sorted_trees(name)]


def row_of(tree: dict[str, Any] | ChartVersion) -> Row:
    """Return what a search looks at in a version: name, version, application's version, description, keywords."""
    if not isinstance(tree, dict):
        data = tree.metadata
        return data.name, data.version, data.app_version, data.description, data.keywords
    return (
        tree["name"],
        tree["version"],
        tree.get("appVersion", ""),
        tree.get("description", ""),
        tuple(tree.get("keywords", ())),
    )


def version_of(tree: dict[str, Any] | ChartVersion) -> str:
    """Return a version's number."""
    return str(tree["version"]) if isinstance(tree, dict) else tree.metadata.version


def _key(trees: Sequence[dict[str, Any] | ChartVersion]) -> Callable[[Any], Any]:
    """Return what versions are sorted by: numbers where all of them are just numbers."""
    try:
        numbers = {v: tuple(map(int, v.split("."))) for v in map(version_of, trees)}
        if all(len(n) == 3 for n in numbers.values()):
            return lambda tree: numbers[version_of(tree)]
    except ValueError:
        pass  # pre-releases and the like
    return lambda tree: sort_key(version_of(tree))


def sort_key(text: str) -> tuple[int, Any]:
    """Return what a version's text is sorted by; anything that is not a version goes to the end."""
    from steersman.semver import Version

    try:
        return (1, Version.parse(text))
    except ValueError:
        return (0, 0)


def is_sure_field(key: str, value: Any) -> bool:
    """Return whether a version with this field is read as it stands: the right shape, nothing to clean or refuse."""
    if key in _STRINGS:
        return type(value) is str and value.isprintable()
    if key in _UNSEEN:
        return type(value) is str
    if key == "created":
        return type(value) is str and _is_time(value)
    if key in _LISTS:
        return type(value) is list and all(type(v) is str and v.isprintable() for v in value)
    if key == "name":
        return type(value) is str and value.isprintable() and value not in ("", ".", "..") and "/" not in value
    if key == "version":
        return type(value) is str and _is_version(value)
    if key == "apiVersion":
        return type(value) is str
    if key == "type":
        return value in ("", "application", "library")
    if key in ("deprecated", "removed"):
        return type(value) is bool
    if key == "annotations":
        return type(value) is dict and all(type(k) is str and type(v) is str for k, v in value.items())
    if key == "maintainers":
        return type(value) is list and all(_are_texts(m, ("name", "email", "url")) for m in value)
    if key == "dependencies":
        return type(value) is list and _are_dependencies(value)
    return False


def is_sure(tree: Any) -> bool:
    """Return whether a version's tree, of JSON, is read as it stands; unknown fields are left out there."""
    if type(tree) is not dict or "name" not in tree or "version" not in tree:
        return False
    # go: the case of a field's name does not count
    return all(is_sure_field(k, v) or k.lower() not in _KNOWN for k, v in tree.items())


def _is_version(text: str) -> bool:
    parts = text.split(".")
    if len(parts) == 3 and all(p.isascii() and p.isdigit() and (p == "0" or p[0] != "0") for p in parts):
        return True
    return text.isprintable() and sort_key(text)[0] == 1


def _is_time(text: str) -> bool:
    import re

    found = re.fullmatch(
        r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?"
        r"(?:Z|[+-](?:0\d|1\d|2[0-3]):[0-5]\d)",
        text,
        re.ASCII,
    )
    return found is not None


def _are_texts(tree: Any, names: tuple[str, ...]) -> bool:
    return type(tree) is dict and all(k in names and type(v) is str and v.isprintable() for k, v in tree.items())


def _are_dependencies(trees: list[Any]) -> bool:
    seen: set[str] = set()
    for tree in trees:
        if type(tree) is not dict or "alias" in tree or type(tree.get("name")) is not str or tree["name"] in seen:
            return False
        seen.add(tree["name"])
        tags = tree.get("tags", [])
        if type(tags) is not list or not all(type(t) is str and t.isprintable() for t in tags):
            return False
        rest = {k: v for k, v in tree.items() if k != "tags"}
        if not _are_texts(rest, ("name", "version", "repository", "condition")):
            return False
    return True
