"""The chart as data: model, loading, ``.helmignore``, archives, dependencies. Answers to Helm's ``pkg/chart``."""

from __future__ import annotations

from steersman.chart.loader import load, load_chart
from steersman.chart.model import Chart, ChartFile, Dependency, Lock, Maintainer, Metadata

__all__ = ["Chart", "ChartFile", "Dependency", "Lock", "Maintainer", "Metadata", "load", "load_chart"]
