"""Errors of plugins."""

from __future__ import annotations

from steersman.errors import SteerError


class PluginError(SteerError):
    """A plugin that cannot be read, found, installed or run."""
