"""Suites as data: what ``reading`` makes of a file and ``run`` works with."""

from __future__ import annotations

from steersman.record import Record, factory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Selector(Record):
    """``documentSelector``: the documents where a path finds ``value``, or anything where it is None."""

    path: str = ""
    value: Any = None
    match_many: bool = False
    skip_empty_templates: bool = False


class ReleaseInfo(Record):
    """``release``; an empty field leaves the default."""

    name: str = ""
    namespace: str = ""
    revision: int = 0
    upgrade: bool = False


class ChartInfo(Record):
    """``chart``: versions put in place of Chart.yaml's."""

    version: str = ""
    app_version: str = ""


class CapabilitiesInfo(Record):
    """``capabilities``; ``api_versions`` is None where a test takes the suite's away."""

    major: str = ""
    minor: str = ""
    api_versions: tuple[str, ...] | None = ()


class Resource(Record):
    """The place of a kind in the made-up cluster: group, version and plural, and whether it has namespaces."""

    group: str = ""
    version: str = ""
    resource: str = ""
    namespaced: bool = False


class Provider(Record):
    """``kubernetesProvider``: the objects of a made-up cluster, and its kinds by ``apiVersion/kind``."""

    scheme: dict[str, Resource] = factory(default_factory=dict)
    objects: tuple[dict[str, Any], ...] = ()


class Program(Record):
    """``postRenderer``: a program and its arguments."""

    command: str = ""
    arguments: tuple[str, ...] = ()


class Assertion(Record):
    """One assertion.

    Attributes:
        index: its place in the list of the test, whose empty items are not assertions.
        kind: its name in the table of ``assertions``.
        parameters: those of its kind that are given.
        negated: ``not``.
        template: the template that it looks at, or ``""``.
        document_index: of the document that it looks at, or None for all.
        selector: ``documentSelector``, or None.
    """

    kind: str
    parameters: dict[str, Any]
    negated: bool = False
    template: str = ""
    document_index: int | None = None
    selector: Selector | None = None
    index: int = 0


class Test(Record):
    """One test.

    Attributes:
        skip: the reason why it is left out, or ``""``.
        assertions: those that are in its list.
        has_empty_first: whether the list begins with an empty item.
    """

    __test__ = False  # pytest: not a class of tests

    name: str = ""
    values: tuple[str, ...] = ()
    set: dict[str, Any] = factory(default_factory=dict)
    template: str = ""
    templates: tuple[str, ...] = ()
    document_index: int | None = None
    selector: Selector | None = None
    release: ReleaseInfo = ReleaseInfo()
    chart: ChartInfo = ChartInfo()
    capabilities: CapabilitiesInfo = CapabilitiesInfo()
    provider: Provider = Provider()
    post_renderer: Program = Program()
    skip: str = ""
    assertions: tuple[Assertion, ...] = ()
    has_empty_first: bool = False


class Suite(Record):
    """One suite, its settings already part of its tests' where they have their own.

    Attributes:
        name: shown in results.
        file: the file's path, below the folder of which the command was given.
        route: the chart that it is about: ``parent/charts/child``.
        values: values files, put under every test's.
        is_rendered: whether the suite was made by templates.
    """

    name: str = ""
    file: str = ""
    route: str = ""
    values: tuple[str, ...] = ()
    set: dict[str, Any] = factory(default_factory=dict)
    templates: tuple[str, ...] = ()
    exclude_templates: tuple[str, ...] = ()
    include_crds: bool = False
    post_renderer: Program = Program()
    snapshot_id: str = ""
    skip: str = ""
    tests: tuple[Test, ...] = ()
    is_rendered: bool = False

    @property
    def snapshot_name(self) -> str:
        """The path that the file of snapshots is named after."""
        return f"{self.file}_{self.snapshot_id}" if self.snapshot_id else self.file
