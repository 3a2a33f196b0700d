"""steersman: a package manager for Kubernetes, compatible with Helm, as a library and as the command ``steer``."""

__version__ = "0.1.0"
