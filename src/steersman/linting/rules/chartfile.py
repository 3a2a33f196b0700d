"""Rules about Chart.yaml; answers to ``rules.Chartfile`` of Helm."""

from __future__ import annotations

import os

from steersman.chart import decode
from steersman.chart.model import Metadata
from steersman.errors import SteerError
from steersman.go.errno import read_error
from steersman.go.quote import quote
from steersman.linting.findings import ERROR, INFO, WARNING, Findings
from steersman.linting.web import is_email, is_request_url, is_url
from steersman.yamlio import load as load_yaml
from steersman.yamlio import load_strict
from steersman.yamlio.errors import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILE = "Chart.yaml"


def check(folder: str, findings: Findings) -> None:
    """Check the chart's metadata."""
    path = os.path.join(folder, FILE)
    findings.check(ERROR, FILE, "should be a file, not a directory" if os.path.isdir(path) else None)
    data, problem = _read(path)
    metadata: Metadata | None = None
    if not problem:
        metadata, problem = _parse(data)
    if not findings.check(ERROR, FILE, f"unable to parse YAML\n\t{problem}" if problem else None) or metadata is None:
        return
    strict = _strict(data)
    findings.check(WARNING, FILE, f"failed to strictly parse chart metadata file\n\t{strict}" if strict else None)
    types = _types(data)
    findings.check(ERROR, FILE, _name(metadata))
    findings.check(ERROR, FILE, _api_version(metadata))
    findings.check(ERROR, FILE, _string_type(types, "version"))
    findings.check(ERROR, FILE, _version(metadata))
    findings.check(ERROR, FILE, _string_type(types, "appVersion"))
    findings.check(ERROR, FILE, _maintainers(metadata))
    findings.check(ERROR, FILE, _sources(metadata))
    findings.check(INFO, FILE, None if metadata.icon else "icon is recommended")
    icon = metadata.icon
    findings.check(ERROR, FILE, f"invalid icon URL '{icon}'" if icon and not is_request_url(icon) else None)
    findings.check(ERROR, FILE, _type(metadata))
    findings.check(ERROR, FILE, _dependencies(metadata))
    findings.check(WARNING, FILE, _strict_version(metadata))


def _read(path: str) -> tuple[bytes, str]:
    try:
        with open(path, "rb") as file:
            return file.read(), ""
    except OSError as error:
        return b"", read_error(path, error)


def _parse(data: bytes) -> tuple[Metadata | None, str]:
    try:
        tree = decode.load_metadata(data)
    except YamlError as error:
        return None, f"error converting YAML to JSON: {error}"
    try:
        return decode.metadata(tree), ""
    except SteerError as error:
        return None, str(error)


def _strict(data: bytes) -> str:
    """Return what reading strictly complains about: keys given twice, fields that do not exist."""
    try:
        tree = load_strict(data, infinities=decode.has_infinite_texts(data))
    except YamlError as error:
        return f"error converting YAML to JSON: {error}"
    return _unknown(tree, decode.METADATA)


def _unknown(tree: Any, fields: dict[str, tuple[str, str]]) -> str:
    if not isinstance(tree, dict):
        return ""
    lowered = {name.lower(): name for name in fields}
    for key in sorted(tree):
        name = lowered.get(key.lower())
        if name is None:
            return f"error unmarshaling JSON: while decoding JSON: json: unknown field {quote(key)}"
        inner = {"maintainers": decode.MAINTAINER, "dependencies": decode.DEPENDENCY}.get(name)
        if inner is not None and isinstance(tree[key], list):
            for item in tree[key]:
                problem = _unknown(item, inner)
                if problem:
                    return problem
    return ""


def _types(data: bytes) -> dict[str, Any]:
    try:
        tree = load_yaml(data)
    except YamlError:
        return {}
    return tree if isinstance(tree, dict) else {}


def _string_type(tree: dict[str, Any], key: str) -> str | None:
    if key not in tree or isinstance(tree[key], str):
        return None
    from steersman.go.values import type_name

    return f"{key} should be of type string but it's of type {type_name(tree[key])}"


def _name(data: Metadata) -> str | None:

    if not data.name:
        return "name is required"
    return f"chart name {quote(data.name)} is invalid" if os.path.basename(data.name) != data.name else None


def _api_version(data: Metadata) -> str | None:
    if not data.api_version:
        return 'apiVersion is required. The value must be either "v1" or "v2"'
    if data.api_version not in ("v1", "v2"):
        return f'apiVersion \'{data.api_version}\' is not valid. The value must be either "v1" or "v2"'
    return None


def _version(data: Metadata) -> str | None:
    from steersman.semver import Constraints, Version

    if not data.version:
        return "version is required"
    try:
        version = Version.parse(data.version)
    except ValueError:
        return f"version '{data.version}' is not a valid SemVer"
    fits, problems = Constraints.parse(">0.0.0-0").validate(version)
    return None if fits or not problems else f"version {problems[0]}"


def _strict_version(data: Metadata) -> str | None:
    from steersman.semver import Version

    try:
        Version.parse_strict(data.version)
    except ValueError:
        return f"version '{data.version}' is not a valid SemVerV2"
    return None


def _maintainers(data: Metadata) -> str | None:
    for maintainer in data.maintainers:
        if maintainer is None:
            return "a maintainer entry is empty"
        if not maintainer.name:
            return "each maintainer requires a name"
        if maintainer.email and not is_email(maintainer.email):
            return f"invalid email '{maintainer.email}' for maintainer '{maintainer.name}'"
        if maintainer.url and not is_url(maintainer.url):
            return f"invalid url '{maintainer.url}' for maintainer '{maintainer.name}'"
    return None


def _sources(data: Metadata) -> str | None:
    return next((f"invalid source URL '{s}'" for s in data.sources if not s or not is_request_url(s)), None)


def _type(data: Metadata) -> str | None:
    if data.type and data.api_version != "v2":
        return f"chart type is not valid in apiVersion '{data.api_version}'. It is valid in apiVersion 'v2'"
    return None


def _dependencies(data: Metadata) -> str | None:
    if data.dependencies and data.api_version != "v2":
        return (
            f"dependencies are not valid in the Chart file with apiVersion '{data.api_version}'. "
            "They are valid in apiVersion 'v2'"
        )
    return None
