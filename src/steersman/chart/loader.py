"""Files to a chart: ``load`` reads nothing from disk, ``load_chart`` does.

Answers to ``LoadFiles`` of Helm's ``pkg/chart/v2/loader``.
"""

from __future__ import annotations

import os

from steersman.chart import decode
from steersman.chart.model import Chart, ChartFile, Lock, Metadata
from steersman.chart.validate import validated
from steersman.errors import ChartError, SteerError
from steersman.record import replace
from steersman.values.coalesce import log_warning
from steersman.values.files import load_values
from steersman.yamlio import YamlError
from steersman.yamlio import load as load_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    ReadValues = Callable[[bytes], dict[str, Any]]

MAX_NESTING = 100  # subcharts in subcharts: no real chart has ten


def load_chart(path: str, read_values: ReadValues | None = None, *, detects: bool = False) -> Chart:
    """Return the chart in the folder or archive at ``path``.

    Args:
        path: a folder, or a ``.tgz`` archive.
        read_values: reads the bytes of a values.yaml; a caller may give one that remembers.
        detects: whether the version of the chart is looked at, as ``load`` does.

    Raises:
        ChartError: with Helm's message.
    """
    try:
        folder = os.path.isdir(path)
        if not folder:
            os.stat(path)
    except OSError as error:
        raise ChartError(f"stat {path}: {(error.strerror or str(error)).lower()}") from error
    if folder:
        return load_folder(path, read_values, detects=detects)
    from steersman.chart import archive

    return load(archive.read(path), read_values, detects=detects)


def load_undetected(path: str) -> Chart:
    """Return the chart in the folder or archive at ``path``; a folder is not asked first whether it is one.

    helm: the commands about dependencies load so, and a folder without a Chart.yaml is told otherwise
    (test_a_folder_without_chart_yaml)

    Raises:
        ChartError: with Helm's message.
    """
    if not os.path.isdir(path):
        return load_chart(path)
    from steersman.chart import directory

    return load(directory.read(path))


def load_folder(path: str, read_values: ReadValues | None = None, *, detects: bool = False) -> Chart:
    """Return the chart in the folder at ``path``.

    Raises:
        ChartError: with Helm's message.
    """
    from steersman.chart import directory

    about = os.path.join(os.path.abspath(path), "Chart.yaml")
    try:
        with open(about, "rb"):
            pass
    except OSError as error:
        if not isinstance(error, IsADirectoryError):
            problem = (error.strerror or str(error)).lower()
            raise ChartError(f"unable to detect chart at {about}: open {about}: {problem}") from error
    return load(directory.read(path), read_values, detects=detects)


def _unmarshal(data: bytes) -> Any:
    try:
        return load_yaml(data)
    except YamlError as error:
        raise ChartError(f"error converting YAML to JSON: {error}") from error


def load(
    files: Iterable[ChartFile],
    read_values: ReadValues | None = None,
    parents: tuple[str, ...] = (),
    *,
    detects: bool = False,
) -> Chart:
    """Return the chart that ``files`` are, subcharts inside.

    helm: one of its loaders tells versions of charts apart first; the one that ``show`` and ``lint`` use does not
    and takes any (test_an_unknown_api_version)

    Args:
        detects: whether to be the first.

    Raises:
        ChartError: with Helm's message.
    """
    read_values = read_values or load_values
    files = list(files)
    metadata: Metadata | None = None
    for file in files:
        if file.name == "Chart.yaml":
            try:
                tree = _unmarshal(file.data)
                if detects and tree is not None and not isinstance(tree, dict):
                    raise decode.wrong_root(tree, "loader.chartBase")
                metadata = decode.metadata(tree, metadata)
            except SteerError as error:
                raise ChartError(f"cannot load Chart.yaml: {error}") from error
            if not metadata.api_version:
                metadata = replace(metadata, api_version="v1")
            if detects and metadata.api_version not in ("v1", "v2", "v3"):
                raise ChartError("unsupported chart version")
    found = _Sorted(metadata)
    for file in files:
        found.place(file, read_values)
    if found.metadata is None:
        raise ChartError("Chart.yaml file is missing")
    metadata = validated(found.metadata)
    below = (*parents, metadata.name)
    if len(below) > MAX_NESTING:
        raise ChartError(f"charts are nested more than {MAX_NESTING} levels deep")
    dependencies = tuple(
        chart
        for name in sorted(found.subcharts)
        for chart in _subchart(name, found.subcharts[name], below, read_values)
    )
    return Chart(
        metadata=metadata,
        lock=found.lock,
        templates=tuple(found.templates),
        values=found.values,
        schema=found.schema,
        files=tuple(found.files),
        raw=tuple(files),
        dependencies=dependencies,
        parents=parents,
    )


class _Sorted:
    """Where each file of a chart goes."""

    def __init__(self, metadata: Metadata | None) -> None:
        self.metadata = metadata
        self.lock: Lock | None = None
        self.templates: list[ChartFile] = []
        self.values: dict[str, Any] = {}
        self.schema: bytes | None = None
        self.files: list[ChartFile] = []
        self.subcharts: dict[str, list[ChartFile]] = {}

    def place(self, file: ChartFile, read_values: ReadValues) -> None:
        name = file.name
        if name == "Chart.yaml":
            return
        if name.startswith("templates/"):
            self.templates.append(file)
        elif name.startswith("charts/"):
            if name.endswith(".prov"):
                self.files.append(file)
                return
            below = name[len("charts/") :]
            self.subcharts.setdefault(below.partition("/")[0], []).append(ChartFile(below, file.data, file.mod_time))
        elif name == "values.yaml":
            try:
                self.values = read_values(file.data)
            except SteerError as error:
                raise ChartError(f"cannot load values.yaml: {error}") from error
        elif name == "values.schema.json":
            self.schema = file.data
        elif name == "Chart.lock":
            self._lock(file, "Chart.lock")
        elif name in ("requirements.yaml", "requirements.lock"):
            self._requirements(file)
        else:
            self.files.append(file)

    def _lock(self, file: ChartFile, shown: str) -> None:
        try:
            tree = _unmarshal(file.data)
            self.lock = None if tree is None else decode.lock(tree)
        except SteerError as error:
            raise ChartError(f"cannot load {shown}: {error}") from error

    def _requirements(self, file: ChartFile) -> None:
        version_2 = self.metadata is not None and self.metadata.api_version != "v1"
        if file.name == "requirements.yaml":
            if version_2:
                log_warning('Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". '
                     "We recommend migrating dependencies to Chart.yaml.")  # fmt: skip
            try:
                self.metadata = decode.metadata(_unmarshal(file.data), self.metadata)
            except SteerError as error:
                raise ChartError(f"cannot load requirements.yaml: {error}") from error
        else:
            self._lock(file, "requirements.lock")
            if version_2:
                log_warning('Warning: Dependency locking is handled in Chart.lock since apiVersion "v2". '
                     "We recommend migrating to Chart.lock.")  # fmt: skip
        if not version_2:
            self.files.append(file)


def _subchart(name: str, files: list[ChartFile], parents: tuple[str, ...], read_values: ReadValues) -> list[Chart]:
    """Return the subchart below ``charts/name``, or nothing where Helm skips it."""
    if name[0] in "_.":
        return []
    try:
        if name.endswith(".tgz"):
            first = files[0]
            if first.name != name:
                raise ChartError(
                    f"error unpacking subchart tar in {parents[-1]}: expected {name}, got {first.name}", hint=_BARE
                )
            from io import BytesIO

            from steersman.chart.archive import read_stream

            return [load(read_stream(BytesIO(first.data)), read_values, parents)]
        inner = [ChartFile(f.name.partition("/")[2], f.data, f.mod_time) for f in files if "/" in f.name]
        return [load(inner, read_values, parents)]
    except ChartError as error:
        if error.hint == _BARE:
            raise ChartError(str(error)) from None
        raise ChartError(f"error unpacking subchart {name} in {parents[-1]}: {error}") from error


_BARE = "\0"
