"""Versions of the program, of Python and of the libraries that commands need, also those of extras."""

from __future__ import annotations

from steersman.action.doctor.finding import ERROR, NOTE, OK, Finding
from steersman.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.doctor.subject import Subject

# an extra, the module that it brings, and what needs it
_EXTRAS = (
    ("sign", "openpgp", "signing and verifying charts"),
    ("postgres", "psycopg", "the storage driver sql"),
    ("test", "hypothesis", "unittest --generate"),
    ("wasm", "extism", "plugins that are WebAssembly modules"),
)


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield the versions, and the extras that are not installed."""
    import sys

    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        "versions", OK, f"steersman {__version__}, matching Helm {subject.matches} and Kubernetes {subject.kubernetes}"
    )
    yield Finding("versions", OK, f"Python {python} at {sys.executable}")
    if not _is_installed("yaml._yaml"):
        advice = "Install a wheel of PyYAML: pip install --force-reinstall PyYAML"
        yield Finding("versions", ERROR, "PyYAML comes without libyaml", advice)
    for extra, module, use in _EXTRAS:
        if not _is_installed(module):
            advice = f"If you need it: pip install 'steersman[{extra}]'"
            yield Finding("versions", NOTE, f"the extra {extra} is not installed: {use}", advice)


def _is_installed(module: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(module) is not None
    except ImportError:
        return False
