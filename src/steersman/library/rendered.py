"""The result of a render, for programs: texts and objects."""

from __future__ import annotations

from functools import cached_property

from steersman.insight.unused import dotted
from steersman.library.user_values import with_integers
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.coverage.model import Coverage
    from steersman.insight.explain import Explainer, LineOrigin
    from steersman.rendering import Rendered as Core


class Manifest(Record):
    """One rendered object.

    Attributes:
        source: path of the template, as in the ``# Source:`` line.
        line: the line of ``Rendered.text`` at which the object's own text begins, from 1.
        kind, name, namespace, api_version: of the object; the namespace is ``""`` where it has none.
        text: its YAML.
    """

    source: str
    line: int
    kind: str
    name: str
    namespace: str
    api_version: str
    text: str

    @property
    def object(self) -> dict[str, Any]:
        """The object as plain dicts and lists, read anew each time: it may be changed."""
        return _object(self.text)

    def __repr__(self) -> str:
        return f"<Manifest {self.kind}/{self.name} from {self.source}>"


class Hook(Manifest):
    """An object that runs at an event of a release's life.

    Attributes:
        events: as Helm names them: ``pre-install``, ``post-upgrade``, ``test``.
        weight: hooks of an event run in this order.
    """

    events: tuple[str, ...] = ()
    weight: int = 0

    def __repr__(self) -> str:
        return f"<Hook {self.kind}/{self.name} at {', '.join(self.events)}>"


class UnusedValue(Record):
    """A value that was given and that no template has read.

    Attributes:
        path: as ``--set`` has it: ``image.tga``.
        level: ``unmentioned``, ``unreached`` where code that did not run mentions it, or ``overridden`` for a global of
            a subchart in the place of which templates get that of a chart above.
        suggestion: the path that was probably meant, or that overrides it, or ``""``.
        place: the file and line that set it, or ``""``.
    """

    path: str
    level: str
    suggestion: str
    place: str


class Rendered:
    """The result of rendering a chart.

    Attributes:
        text: all of it, as ``helm template`` prints it.
        notes: what the chart says to people (NOTES.txt).
        files: the text of each template by its path, before it is taken apart and sorted.
    """

    def __init__(self, core: Core, record: Callable[[], Explainer]) -> None:
        self.text = core.text()
        self.notes = core.notes
        self.files = dict(core.files)
        self._core = core
        self._record = record
        self._lines = _Lines(self.text)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values that the templates saw."""
        seen: dict[str, Any] = with_integers(self._core.values)
        return seen

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """The objects, in the order in which they are installed."""
        return tuple(
            Manifest(m.path, self._lines.of(m.path, m.text), *_head(m.text), m.text) for m in self._core.manifests
        )

    @cached_property
    def hooks(self) -> tuple[Hook, ...]:
        """The objects that run at an event."""
        return tuple(
            Hook(h.path, self._lines.of(h.path, h.manifest), *_head(h.manifest), h.manifest, h.events, h.weight)
            for h in self._core.hooks
        )

    @cached_property
    def unused_values(self) -> tuple[UnusedValue, ...]:
        """The values that were given and that no template has read; see ``docs/insight.md``.

        The chart is rendered again, with a recording, when this or ``explain`` is first used.
        """
        return tuple(
            UnusedValue(dotted(one.path), one.level, dotted(one.suggestion) if one.suggestion else "", place)
            for one, place in self._explainer.unused()
        )

    def explain(self, target: str, field: str = "") -> list[LineOrigin]:
        """Return where the lines of an object come from.

        Args:
            target: ``Kind/name``.
            field: the one that is asked about, as ``spec.containers[web].image``; its line only is returned then.

        Raises:
            Error: where there is no such object or field, naming the objects that there are.
        """
        if field:
            return [self._explainer.field(target, field)]
        return self._explainer.lines_of(target)

    def explain_page(self) -> str:
        """Return the HTML of a page with values, templates and manifests side by side; see ``docs/insight.md``.

        It contains all values, secret ones among them.
        """
        from steersman.insight.page.explain import explain_page

        return explain_page(self._explainer)

    @cached_property
    def coverage(self) -> Coverage:
        """The lines, branches, definitions and values that this render came to; see ``docs/testing.md``."""
        from steersman.coverage.model import Coverage

        code, covered = self._explainer.covered()
        return Coverage(code, [("render", covered)])

    @cached_property
    def _explainer(self) -> Explainer:
        return self._record()

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The objects of ``manifests`` as plain dicts and lists, read anew each time; hooks are not among them."""
        return [manifest.object for manifest in self.manifests]

    def __iter__(self) -> Iterator[Manifest]:
        return iter(self.manifests)

    def __len__(self) -> int:
        return len(self._core.manifests)

    def __getitem__(self, key: str) -> Manifest:
        """Return the object, or else the hook, that ``Kind/name`` means.

        Raises:
            KeyError: naming what there is, where there is no such object.
        """
        kind, _, name = key.partition("/")
        for manifest in (*self.manifests, *self.hooks):
            if manifest.kind == kind and manifest.name == name:
                return manifest
        there = ", ".join(f"{m.kind}/{m.name}" for m in (*self.manifests, *self.hooks))
        raise KeyError(f"{key}; there are: {there or 'no objects'}")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Rendered: {len(self._core.manifests)} objects, {len(self._core.hooks)} hooks>"


class _Lines:
    """Finds the lines of manifests in a text that has each of them once, or several alike."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, int] = {}

    def of(self, path: str, manifest: str) -> int:
        mark = f"# Source: {path}\n{manifest.strip()}"
        begin = self._text.find(mark, self._found.get(mark, 0))
        if begin < 0:
            return 0
        self._found[mark] = begin + 1
        return self._text.count("\n", 0, begin) + 2


def _object(text: str) -> dict[str, Any]:
    from steersman import yamlio

    tree = yamlio.load_integers(text)
    return tree if isinstance(tree, dict) else {}


def _head(text: str) -> tuple[str, str, str, str]:
    """Return kind, name, namespace and apiVersion."""
    tree = _object(text)
    metadata = tree.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    fields = (tree.get("kind"), metadata.get("name"), metadata.get("namespace"), tree.get("apiVersion"))
    kind, name, namespace, api_version = ("" if field is None else str(field) for field in fields)
    return kind, name, namespace, api_version
