"""Names of fields in another case, and the paths that errors about fields have, compared with Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

pytestmark = pytest.mark.helm

MANIFESTS = [
    "Kind: [1]", "APIVERSION: {}", "metaData: 1", "Metadata: {NAME: []}", "metadata: {Annotations: 1}", "Metadata: []",
    "Metadata: {annOtations: {a: []}}", '{metadata: {annotations: {"helm.sh/hook": test}}, Metadata: {annotations: null}}',
    "Metadata: {annotations: {helm.sh/hook: test}, Annotations: {a: b, helm.sh/hook: pre-install}}",
    'metadata: {Annotations: {"helm.sh/hook": x}}', "{kind: Pod, Kind: Service, metadata: {name: a}, Metadata: {Name: 1}}",
    "{kind: Pod, Kind: null, metadata: null, METADATA: {nAme: []}}",
]  # fmt: skip
ANNOTATIONS = [
    '{"a/b~c.d": [1]}', '{"0": [1]}', '{"": [1]}', '{"a.0": [1]}', '{"a/b~c": {}}', '{"4/x": []}', '{"x\\ty": [1]}',
]  # fmt: skip
CHARTS = [
    "Version: [1]", "VERSION: {}", "Maintainers: [1]", "Maintainers: [{Name: [1]}]", "Dependencies: [{NAME: {}}]",
    "Annotations: {a/b: {}}", "keyWords: 1", "Keywords: [[]]", "DePrecated: 1",
]  # fmt: skip
CONFIGURATIONS = [
    "Repositories: [{Name: a, URL: http://x}]", "Repositories: 1", "repositories: [{url: [], Name: {}}]",
    "repositories: [{name: a, PASS_CREDENTIALS_ALL: x}]", "REPOSITORIES: [1]",
    "repositories: [{name: b, url: u}]\nRepositories: [{name: a, url: q}]", "repositories: [{name: a, CAfile: 1}]",
]  # fmt: skip
EXCESS = ['{"a/b~c":1e999}', '{"0":1e999}', '{"a":{"0":1e999}}', '{"a":[{"x":1e999}]}', '{"":1e999}']


@pytest.mark.parametrize("text", MANIFESTS)
def test_keys_of_a_manifest_in_another_case(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "c", CHART, {"t.yaml": f"{text}\n", "u.yaml": "{metadata: {name: q}, kind: Namespace}\n"})
    for line in ("template r c", "template r c --no-hooks", "lint c"):
        same(steer, helm, *line.split())


@pytest.mark.parametrize("annotations", ANNOTATIONS)
def test_keys_in_the_paths_of_errors(tmp_path: Path, steer: Run, helm: Run, annotations: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": f"kind: x\nmetadata: {{annotations: {annotations}}}\n"})
    write_chart(
        tmp_path / "l", CHART, {"t.yaml": f"kind: List\nitems: [{{metadata: {{annotations: {annotations}}}}}]\n"}
    )
    write_chart(tmp_path / "c", f"{CHART}annotations: {annotations}\n", {})
    entry = f"{{name: a, version: 0.1.0, annotations: {annotations}, urls: [a.tgz]}}"
    (tmp_path / "index.yaml").write_text(f"apiVersion: v1\nentries:\n  a/b~c:\n  - {entry}\n")
    assert "cannot unmarshal" in same(steer, helm, "template", "r", "m")
    for line in ("lint m", "lint l", "show chart c", "lint c", "repo index c --merge index.yaml"):
        same(steer, helm, *line.split())


@pytest.mark.parametrize("text", EXCESS)
def test_keys_of_numbers_that_are_out_of_range(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "c", CHART, {"t.yaml": f"a: {{{{ fromJson `{text}` | toJson | quote }}}}\n"})
    assert "cannot unmarshal" in same(steer, helm, "template", "r", "c")


@pytest.mark.parametrize("line", CHARTS)
def test_fields_of_a_chart_in_another_case(tmp_path: Path, steer: Run, helm: Run, line: str) -> None:
    write_chart(tmp_path / "c", f"{CHART}{line}\n", {})
    assert "cannot unmarshal" in same(steer, helm, "show", "chart", "c")
    same(steer, helm, "lint", "c")


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_fields_of_a_repository_in_another_case(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    (tmp_path / "r.yaml").write_text(f"{text}\n")
    for line in (
        "repo list --repository-config r.yaml",
        "search repo q --repository-config r.yaml --repository-cache n",
    ):
        same(steer, helm, *line.split())
