"""The version of steersman."""

__version__ = "0.1.0"
