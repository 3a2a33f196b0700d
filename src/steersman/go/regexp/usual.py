"""Patterns that charts use often: their code lies in the image of modules, so that a render does without ``re``.

Counted in 519 public charts, libraries of templates included; a pattern that is not here is compiled when it is met.
"""

from __future__ import annotations

from steersman.go.regexp.compile import kept_form

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.runtime.patterns import KeptRegexp

PATTERNS = (
    r"-r\d+$|sha256:",
    r"{(v[0-9])*[^}]*}}$",
    r"\W",
    r"\W+",
    r"^([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?$",
    r"(-?[^a-z\d\-])+-?",
    r"[^A-Za-z0-9]+$",
    r"[^A-Za-z0-9]+",
    r"[^a-zA-Z0-9]",
    r"[^-A-Za-z0-9_.]",
    r"^[0-9]+$",
    r"[0-9]+$",
    r"^[0-9]+",
    "\n  ",
    "\n",
    r"\s+",
    r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+",
    r"/.*$",
    r"@sha.*",
    r"(.*)(@sha.*)",
    r"v[0-9]+\.[0-9]+\.[0-9]+",
    r"v\d+\.\d+\.\d+",
    r"^v?[0-9]+\.[0-9]+\.[0-9]+",
    r"^(v?\d+\.\d+\.\d+).*",
    r"\$(?:__(?:env|file|vault))?{[^}]+}",
    r"^[\w-\.]+$",
    r".*:(\d+)",
)


def kept() -> dict[str, KeptRegexp]:
    """Return what the image holds of each."""
    return {pattern: kept_form(pattern) for pattern in PATTERNS}
