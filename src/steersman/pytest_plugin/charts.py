"""The charts of a run of pytest: each is loaded once, and its templates are compiled once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from steersman.chart.loader import load_chart
from steersman.engine.compiled import Compiled
from steersman.manifest.heads import HeadMemory

if TYPE_CHECKING:
    from pathlib import Path

    from steersman.chart.model import Chart


def chart_of(file: Path) -> Path | None:
    """Return the folder of the nearest chart around a file."""
    return next((folder for folder in file.parents if (folder / "Chart.yaml").is_file()), None)


def chart_folder(config: pytest.Config, file: Path) -> Path:
    """Return the folder of the chart that a test is about: the setting ``steer_chart``, or the nearest one.

    Raises:
        pytest.fail.Exception: when there is none.
    """
    given = str(config.getini("steer_chart"))
    found = config.rootpath / given if given else chart_of(file)
    if found is None:
        pytest.fail(f"{file} is not in a chart; name one with the setting steer_chart", pytrace=False)
    if not (found / "Chart.yaml").is_file():
        pytest.fail(f"the setting steer_chart names {found}, which has no Chart.yaml", pytrace=False)
    return found


@lru_cache(maxsize=32)
def loaded(path: str) -> Chart:
    """Return the chart in a folder.

    Raises:
        ChartError: with Helm's message.
    """
    return load_chart(path)


@lru_cache(maxsize=1)
def compiled() -> Compiled:
    """Return what keeps compiled templates."""
    return Compiled()


@lru_cache(maxsize=1)
def heads() -> HeadMemory:
    """Return what is known of manifests."""
    return HeadMemory()
