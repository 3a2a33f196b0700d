"""Files to a chart: ``load`` reads nothing from disk, ``load_chart`` does.

Answers to ``LoadFiles`` of Helm's ``pkg/chart/v2/loader``.
"""

from __future__ import annotations

import os

from steersman import errors
from steersman.chart import decode
from steersman.chart import errors as chart_errors
from steersman.chart.model import Chart, ChartFile, Lock, Metadata
from steersman.chart.validate import validated
from steersman.go.errno import errno_text, path_error
from steersman.record import replace
from steersman.runtime.log import info
from steersman.values.files import load_values
from steersman.yamlio import errors as yaml_errors

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
    except FileNotFoundError as error:
        raise chart_errors.NoSuchChart(f"stat {path}: {errno_text(error)}", path) from error
    except OSError as error:
        raise errors.ChartError(f"stat {path}: {errno_text(error)}") from error
    if folder:
        return load_folder(path, read_values, detects=detects)
    from steersman.chart import archive

    return load(archive.read(path), read_values, detects=detects)


def load_undetected(path: str, read_values: ReadValues | None = None) -> Chart:
    """Return the chart in the folder or archive at ``path``, without checking first whether a folder is one.

    helm: show and the commands about dependencies load charts in this way, which matters where Chart.yaml is not a
    file (test_a_folder_without_chart_yaml, test_what_is_in_the_place_of_a_charts_file)

    Raises:
        ChartError: with Helm's message.
    """
    if not os.path.isdir(path):
        return load_chart(path, read_values)
    from steersman.chart import directory

    return load(directory.read(path), read_values)


def load_folder(path: str, read_values: ReadValues | None = None, *, detects: bool = False) -> Chart:
    """Return the chart in the folder at ``path``.

    Raises:
        ChartError: with Helm's message.
    """
    from steersman.chart import directory

    about = os.path.join(os.path.abspath(path), "Chart.yaml")
    try:
        with open(about, "rb") as file:
            data = file.read() if detects else b""
    except IsADirectoryError as error:
        if detects:
            raise errors.ChartError(f"unable to detect chart at {about}: {path_error('read', about, error)}") from error
    except OSError as error:
        raise errors.ChartError(f"unable to detect chart at {about}: {path_error('open', about, error)}") from error
    else:
        if detects:
            _detect(data)
    return load(directory.read(path), read_values)


_USUAL = (b"apiVersion: v2\n", b"apiVersion: v1\n")


def _detect(data: bytes) -> None:
    """Raise where a Chart.yaml is not that of a chart whose version is supported."""
    if data.startswith(_USUAL) and not any(text in data.lower() for text in (b".inf", b".nan")):
        return  # what else is wrong with it, loading says; reading it twice would cost more
    try:
        tree = _unmarshal(data)
        if tree is not None and not isinstance(tree, dict):
            raise decode.wrong_root(tree, "loader.chartBase")
        # only this field is looked at: the others are for whoever loads the chart
        metadata = decode.metadata({k: v for k, v in (tree or {}).items() if k.lower() == "apiversion"}, None)
    except errors.SteerError as error:
        raise chart_errors.BrokenChartFile(f"cannot load Chart.yaml: {error}", "Chart.yaml", data) from error
    if (metadata.api_version or "v1") not in ("v1", "v2", "v3"):
        raise errors.ChartError("unsupported chart version")


def _unmarshal(data: bytes, read: Callable[[bytes], Any] = decode.load_texts) -> Any:
    try:
        return read(data)
    except yaml_errors.YamlError as error:
        raise errors.ChartError(f"error converting YAML to JSON: {error}") from error


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
            if detects:
                _detect(file.data)
            try:
                metadata = decode.metadata(_unmarshal(file.data, decode.load_metadata), metadata)
            except errors.SteerError as error:
                raise chart_errors.BrokenChartFile(
                    f"cannot load Chart.yaml: {error}", "Chart.yaml", file.data
                ) from error
            if not metadata.api_version:
                metadata = replace(metadata, api_version="v1")
    found = _Sorted(metadata, parents)
    for file in files:
        found.place(file, read_values)
    if found.metadata is None:
        raise errors.ChartError(
            "unable to detect chart version, no Chart.yaml found" if detects else "Chart.yaml file is missing"
        )
    metadata = validated(found.metadata)
    below = (*parents, metadata.name)
    if len(below) > MAX_NESTING:
        raise errors.ChartError(f"charts are nested more than {MAX_NESTING} levels deep")
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
    """The files of a chart, sorted by their role."""

    def __init__(self, metadata: Metadata | None, parents: tuple[str, ...]) -> None:
        self.metadata = metadata
        self._parents = parents
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
            except errors.SteerError as error:
                raise self._broken(file, "values.yaml", error) from error
        elif name == "values.schema.json":
            self.schema = file.data
        elif name == "Chart.lock":
            self._lock(file, "Chart.lock")
        elif name in ("requirements.yaml", "requirements.lock"):
            self._requirements(file)
        else:
            self.files.append(file)

    def _broken(self, file: ChartFile, shown: str, error: errors.SteerError) -> errors.ChartError:
        name = self.metadata.name if self.metadata is not None else ""
        path = "/charts/".join(filter(None, (*self._parents, name)))
        return chart_errors.BrokenChartFile(
            f"cannot load {shown}: {error}", f"{path}/{file.name}".lstrip("/"), file.data
        )

    def _lock(self, file: ChartFile, shown: str) -> None:
        try:
            tree = _unmarshal(file.data)
            self.lock = None if tree is None else decode.lock(tree)
        except errors.SteerError as error:
            raise self._broken(file, shown, error) from error

    def _requirements(self, file: ChartFile) -> None:
        version_2 = self.metadata is not None and self.metadata.api_version != "v1"
        if file.name == "requirements.yaml":
            if version_2:
                info('Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". '
                     "We recommend migrating dependencies to Chart.yaml.")  # fmt: skip
            try:
                self.metadata = decode.metadata(_unmarshal(file.data), self.metadata)
            except errors.SteerError as error:
                raise self._broken(file, "requirements.yaml", error) from error
        else:
            self._lock(file, "requirements.lock")
            if version_2:
                info('Warning: Dependency locking is handled in Chart.lock since apiVersion "v2". '
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
                raise chart_errors.OtherArchive(
                    f"error unpacking subchart tar in {parents[-1]}: expected {name}, got {first.name}"
                )
            from io import BytesIO

            from steersman.chart.archive import read_stream

            return [load(read_stream(BytesIO(first.data)), read_values, parents)]
        inner = [ChartFile(f.name.partition("/")[2], f.data, f.mod_time) for f in files if "/" in f.name]
        return [load(inner, read_values, parents)]
    except chart_errors.OtherArchive:
        raise
    except errors.ChartError as error:
        raise errors.ChartError(f"error unpacking subchart {name} in {parents[-1]}: {error}") from error
