"""Changed bytes in place of the files of each cache: the results must stay the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from steersman.chart.parsed import ParsedValues
from steersman.errors import ValuesError
from steersman.gotemplate import CodeStore, TemplateSet
from steersman.manifest.heads import HeadStore
from steersman.manifest.hooks import sort_manifests
from steersman.registry.places import BlobPlaces
from steersman.registry.reference import parse
from steersman.repo.index_load import load_file
from steersman.runtime.private import Cache
from steersman.values.accepted import check_once
from steersman.values.schema_access import SchemaAccess
from steersman.values.schemas.validator import Validator

_TEXT = '{{ define "x" }}hello {{ .name }}{{ end }}{{ range .list }}{{ . }},{{ end }}{{ template "x" . }}'
_VALUES = b"a: 1\nb: [1.5, true, null, text]\nc: {d: e}\n" + b"# filler\n" * 60
_DOCUMENTS = "".join(
    f"---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s{i}\n  annotations: {{{note}}}\n# {'x' * 200}\n"
    for i, note in enumerate(("helm.sh/hook: test", "helm.sh/hook: pre-install", "a: b"))
)
_INDEX = "apiVersion: v1\nentries:\n" + "".join(
    f"  c{i}:\n  - {{name: c{i}, version: 1.0.0, description: {'d' * 2000}}}\n" for i in range(34)
)


class Caches:
    """A cache with a file of each kind."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory()
        self._folder = Path(self._temporary.name)
        (self._folder / "index.yaml").write_text(_INDEX)
        self._uses: dict[str, Callable[[Cache], object]] = {
            "templates": _templates,
            "values": _values,
            "blobs": _blobs,
            "heads": _heads,
            "accepted": _accepted,
            "indexes": self._index,
        }
        self._expected = {kind: use(self._cache()) for kind, use in self._uses.items()}
        self._files = {kind: next((self._folder / "cache" / kind).iterdir()) for kind in self._uses}
        self._whole = {kind: file.read_bytes() for kind, file in self._files.items()}
        self.seeds = tuple(self._whole.values())

    def _cache(self) -> Cache:
        return Cache(str(self._folder / "cache"), str(self._folder / "state"))

    def _index(self, cache: Cache) -> object:
        index = load_file(str(self._folder / "index.yaml"), print, cache)
        return list(index.entries.rows()), index.get("c7", "").metadata

    def read(self, data: bytes) -> bool:
        """Put the bytes in place of each file in turn; return whether they are a file as it was."""
        for kind, file in self._files.items():
            file.write_bytes(data)
            assert self._uses[kind](self._cache()) == self._expected[kind], kind
            file.write_bytes(self._whole[kind])
        return data in self._whole.values()


def _templates(cache: Cache) -> object:
    templates = TemplateSet({}, store=CodeStore(cache))
    templates.parse_all([("t", _TEXT)])
    found = templates.execute("t", {"name": "Ann", "list": ["1", "2"]})
    templates.keep()
    return found


def _values(cache: Cache) -> object:
    parsed = ParsedValues(cache, "/chart")
    found = parsed.read(_VALUES)
    parsed.keep()
    return found


def _blobs(cache: Cache) -> object:
    places = BlobPlaces(cache)
    places.remember(parse("r.example/a:1"), "sha256:abc")
    return places.others(parse("r.example/b:1"), "sha256:abc")


def _heads(cache: Cache) -> object:
    cache.read("values", "/chart")  # heads are kept in a run that has read something
    hooks, manifests = sort_manifests({"c/templates/a.yaml": _DOCUMENTS}, print, heads=HeadStore(cache))
    return [(one.name, one.events) for one in hooks], [one.head for one in manifests]


def _accepted(cache: Cache) -> object:
    checked: list[int] = []
    # the second values are refused: no bytes may have them pass
    check_once(cache, _Chart(), {"a": 1}, _known(), lambda: None)
    try:
        check_once(cache, _Chart(), {"a": 2}, _known(), _refuse)
    except ValuesError:
        checked.append(2)
    return checked


class _Chart:
    name, is_root, schema = "c", True, b"{}"
    values: dict[str, object] = {}  # noqa: RUF012
    dependencies = ()


def _refuse() -> None:
    raise ValuesError("refused")


def _known() -> SchemaAccess:
    return SchemaAccess(known={b"{}": Validator({}, lambda _url: None)})
