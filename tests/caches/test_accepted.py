"""Values that a schema has accepted are not checked again; whatever differs is."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from steersman.values.accepted import check_once
from steersman.values.schema_access import SchemaAccess
from steersman.values.schemas.validator import Validator
from tests.conftest import Run, cache_in

FILLER = {"filler": "x" * 500}  # values that are so short are not kept otherwise


def chart(folder: Path, schema: object, name: str = "c") -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
    (folder / "templates" / "a.yaml").write_text("a: {{ .Values.a }}\n")
    (folder / "values.yaml").write_text(json.dumps(FILLER | {"a": 1}))
    (folder / "values.schema.json").write_text(json.dumps(schema))
    return folder


def accepted(environment: dict[str, str]) -> list[Path]:
    folder = Path(environment["HOME"], ".cache", "helm", "steersman", "accepted")
    return list(folder.iterdir()) if folder.exists() else []


def known() -> SchemaAccess:
    """Return access that has read the schema of the chart below."""
    return SchemaAccess(known={b"{}": Validator({}, lambda _url: None)})


def test_only_what_was_accepted_is_not_checked(steer: Run, environment: dict[str, str], tmp_path: Path) -> None:
    folder = chart(tmp_path / "c", {"properties": {"a": {"type": "integer"}}})
    whole, part = ("template", "r", "c"), ("template", "r", "c", "--set", "a=x")
    for _ in range(3):
        assert steer(*whole).returncode == 0
        refused = steer(*part)
        assert refused.returncode == 1 and "got string, want integer" in refused.stderr
    assert len(accepted(environment)) == 1
    # true is not 1, nor 1.5
    for value in ("true", "1.5"):
        assert steer("template", "r", "c", "--set-json", f"a={value}").returncode == 1
    (folder / "values.schema.json").write_text('{"properties": {"a": {"type": "string"}}}')
    assert steer(*whole).returncode == 1
    assert steer(*part).returncode == 0


def test_a_subchart_is_part_of_what_was_accepted(steer: Run, tmp_path: Path) -> None:
    folder = chart(tmp_path / "c", {})
    child = chart(folder / "charts" / "child", {}, "child")
    for _ in range(3):
        assert steer("template", "r", "c").returncode == 0
    (child / "values.schema.json").write_text('{"properties": {"a": {"type": "string"}}}')
    refused = steer("template", "r", "c")
    assert refused.returncode == 1 and "child:\n- at '/a'" in refused.stderr


def test_a_schema_that_refers_to_another_is_checked_each_time(
    steer: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    served = [{"type": "integer"}]

    class Schemas(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(served[0]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Schemas)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    chart(tmp_path / "c", {"properties": {"a": {"$ref": f"http://127.0.0.1:{server.server_port}/a.json"}}})
    for _ in range(3):
        assert steer("template", "r", "c").returncode == 0
    assert accepted(environment) == []
    server.shutdown()
    server.server_close()


def test_each_step_is_logged_each_time(steer: Run, tmp_path: Path) -> None:
    chart(tmp_path / "c", {})
    lines = [steer("template", "r", "c", "--debug").stderr.count("unmarshalled JSON schema") for _ in range(3)]
    assert lines == [1, 1, 1]


def test_values_that_are_nested_too_deeply_are_checked_each_time(tmp_path: Path) -> None:
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    runs = []

    class Root:
        name, is_root, values, schema, dependencies = "c", True, deep, b"{}", ()

    for values in (deep, deep, {"a": 1}, {"a": 1}):
        check_once(cache_in(tmp_path), Root, values, known(), lambda: runs.append(1))  # type: ignore[arg-type]
    assert len(runs) == 3


def test_a_run_that_sees_more_schemas_than_it_remembers_keeps_nothing(
    steer: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    folder = chart(tmp_path / "c", {})
    other = tmp_path / "other.json"
    other.write_text('{"type": "integer"}')
    for number in range(70):
        schema = {"properties": {"a": {"$ref": other.as_uri()} if number == 69 else {}}, "title": str(number)}
        chart(folder / "charts" / f"s{number:02}", schema, f"s{number:02}")
    for _ in range(3):
        assert steer("template", "r", "c").returncode == 0
    assert accepted(environment) == []
    other.write_text('{"type": "string"}')
    refused = steer("template", "r", "c")
    assert refused.returncode == 1 and "s69:\n- at '/a'" in refused.stderr
