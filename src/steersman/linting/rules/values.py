"""Rules about values.yaml; answers to ``rules.ValuesWithOverrides`` of Helm."""

from __future__ import annotations

import os

from steersman.go.errno import errno_text
from steersman.linting.findings import ERROR, INFO, Findings
from steersman.values.coalesce import coalesce_tables, copy_tree
from steersman.yamlio import load
from steersman.yamlio.errors import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.linting.subject import LintOptions

FILE = "values.yaml"


def check(folder: str, options: LintOptions, findings: Findings) -> None:
    """Check the chart's own values, with the user's over them, against the chart's schema."""
    path = os.path.join(folder, FILE)
    if not findings.check(INFO, FILE, None if os.path.exists(path) else "file does not exist"):
        return
    findings.check(ERROR, FILE, _problem(path, options))


def _problem(path: str, options: LintOptions) -> str | None:
    try:
        with open(path, "rb") as file:
            values = load(file.read())
    except OSError as error:
        return f"unable to parse YAML: read {path}: {errno_text(error)}"
    except YamlError as error:
        return f"unable to parse YAML: error converting YAML to JSON: {error}"
    if values is not None and not isinstance(values, dict):
        from steersman.values.files import json_shape

        return (
            "unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
            f"{json_shape(values)} into Go value of type common.Values"
        )
    merged = coalesce_tables(coalesce_tables({}, copy_tree(options.values)), values or {})
    schema_path = path[: -len(".yaml")] + ".schema.json"
    try:
        with open(schema_path, "rb") as file:
            schema = file.read()
    except OSError:
        return None
    if not schema or options.skip_schema:
        return None
    from steersman.values.schema import problem_of

    return problem_of(schema, merged, options.schemas) or None
