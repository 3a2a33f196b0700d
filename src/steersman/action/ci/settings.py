"""chart-testing's file, its variables and flags to settings.

A flag wins over a variable (``CT_TARGET_BRANCH``), a variable over the file.
"""

from __future__ import annotations

import os

from steersman.action.bounded_file import read_bounded
from steersman.action.ci.keys import KEYS, LIST, SWITCH
from steersman.errors import SteerError, UsageError
from steersman.record import Record
from steersman.values.files import load_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

_NAMES = ("ct.yaml", "ct.yml", "ct.json")
_OTHER_NAMES = ("ct.toml", "ct.hcl", "ct.properties")  # that chart-testing reads, too
_MOST_BYTES = 1024 * 1024
_EXIT_CODE = 2


class CannotRun(UsageError):
    """A run that cannot begin: settings, git, or no such chart."""

    exit_code = _EXIT_CODE


class CiSettings(Record):
    """The settings of a run; each field is chart-testing's setting of that name.

    Attributes:
        file: the file that was read, or ``""``.
        is_since_given: whether ``since`` was said, and is not the default.
        warnings: settings without an effect, each with the reason.
    """

    additional_commands: tuple[str, ...]
    all: bool
    build_id: str
    chart_dirs: tuple[str, ...]
    chart_repos: tuple[str, ...]
    charts: tuple[str, ...]
    check_version_increment: bool
    exclude_deprecated: bool
    excluded_charts: tuple[str, ...]
    helm_dependency_extra_args: tuple[str, ...]
    helm_extra_args: str
    helm_extra_set_args: str
    helm_lint_extra_args: str
    helm_repo_extra_args: tuple[str, ...]
    namespace: str
    release_name: str
    remote: str
    since: str
    skip_clean_up: bool
    skip_helm_dependencies: bool
    skip_missing_values: bool
    target_branch: str
    upgrade: bool
    use_helmignore: bool
    validate_maintainers: bool
    file: str = ""
    is_since_given: bool = False
    warnings: tuple[str, ...] = ()


def read_settings(path: str, environ: Mapping[str, str], given: Mapping[str, Any]) -> CiSettings:
    """Return the settings of a run.

    Args:
        path: the file that the user named, or ``""`` to look for one where chart-testing does.
        environ: the variables; ``CT_…`` are settings, ``CT_CONFIG_DIR`` is the folder of the file.
        given: settings that flags say, by their names.

    Raises:
        CannotRun: for a file that cannot be read, an unknown setting, or a value of the wrong kind.
    """
    path = path or _find(environ)
    chosen: dict[str, Any] = {name: key.default for name, key in KEYS.items()}
    said: dict[str, str] = {}
    for place, values in ((path, _read(path) if path else {}), ("", _variables(environ)), ("", dict(given))):
        for name, value in values.items():
            chosen[name] = value
            said[name] = place
    if chosen["all"] and chosen["charts"]:
        raise CannotRun("all charts and certain charts exclude each other: leave out --all or the names")
    warnings = tuple(
        f"{said[name] or 'CT_' + name.upper().replace('-', '_')}: {name} has no effect: {key.unused}"
        for name, key in KEYS.items()
        if name in said and key.unused and chosen[name] != key.quiet
    )
    used = {name.replace("-", "_"): chosen[name] for name, key in KEYS.items() if not key.unused}
    if chosen["all"] or chosen["charts"]:  # as chart-testing does
        used["check_version_increment"] = False
    return CiSettings(**used, file=path, is_since_given="since" in said, warnings=warnings)


def _find(environ: Mapping[str, str]) -> str:
    """Return the path of the first file there is, or ``""``."""
    home = environ.get("HOME") or environ.get("USERPROFILE") or ""
    own = environ.get("CT_CONFIG_DIR")
    folders = [own] if own else ["", ".ct", os.path.join(home, ".ct"), "/usr/local/etc/ct", "/etc/ct"]
    for folder in folders:
        for name in _NAMES:
            if os.path.isfile(os.path.join(folder, name)):
                return os.path.join(folder, name)
        for name in _OTHER_NAMES:
            if os.path.isfile(os.path.join(folder, name)):
                raise CannotRun(f"{os.path.join(folder, name)}: only {', '.join(_NAMES)} are read")
    return ""


def _read(path: str) -> dict[str, Any]:
    try:
        values = load_values(read_bounded(path, _MOST_BYTES, CannotRun))
    except CannotRun:
        raise
    except SteerError as error:
        raise CannotRun(f"{path}: {error}") from error
    found = {}
    for key, value in values.items():
        name = str(key).lower()  # viper: the case of a key does not matter
        if name not in KEYS:
            raise CannotRun(f"{path}: unknown setting {key}{_meant(name)}")
        if value is not None:  # viper: a key without a value is not set
            found[name] = _checked(f"{path}: {name}", name, value)
    return found


def _meant(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.replace("_", "-"), KEYS, 1)
    return f"; did you mean {near[0]}?" if near else ""


def _variables(environ: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name in KEYS:
        variable = "CT_" + name.upper().replace("-", "_")
        if environ.get(variable):
            found[name] = _checked(variable, name, environ[variable])
    return found


def _checked(place: str, name: str, value: object) -> object:
    """Return a value as its setting holds it.

    Raises:
        CannotRun: when it cannot be.
    """
    kind = KEYS[name].kind
    if kind == LIST:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
            return tuple(f"{item:g}" if isinstance(item, float) else str(item) for item in value)
    elif kind == SWITCH:
        from steersman.settings import parse_bool

        if isinstance(value, bool):
            return value
        try:
            return parse_bool(str(value))
        except ValueError:
            pass
    elif not isinstance(value, (dict, list, bool)):
        return str(value)
    raise CannotRun(f"{place} must be {kind}")


def words(place: str, text: str) -> list[str]:
    """Return the words of a setting with arguments, as a shell splits them.

    Raises:
        CannotRun: for a quote that is not closed.
    """
    import shlex

    try:
        return shlex.split(text)
    except ValueError as error:
        raise CannotRun(f"{place}: {error}") from error


def by_repository(settings: CiSettings) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the name, the URL and the arguments of each of ``chart-repos``.

    Raises:
        CannotRun: for one that is not ``name=url``, or arguments for one that is not there.
    """
    pairs = dict(_pairs("chart-repos", settings.chart_repos, "name=url"))
    arguments = dict(_pairs("helm-repo-extra-args", settings.helm_repo_extra_args, "name=arguments"))
    for name in arguments:
        if name not in pairs:
            raise CannotRun(f"helm-repo-extra-args: {name} is not in chart-repos")
    for name, url in pairs.items():
        yield name, url, words("helm-repo-extra-args", arguments.get(name, ""))


def _pairs(setting: str, items: Sequence[str], form: str) -> Iterator[tuple[str, str]]:
    for item in items:
        name, equals, value = item.partition("=")
        if not (name and equals and value):
            raise CannotRun(f"{setting}: an entry must be {form}")  # not shown: it may hold a password
        yield name, value
