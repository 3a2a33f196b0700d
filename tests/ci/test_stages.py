"""The stages of a chart, each on a real repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ci.repository import SUITE, Repository, messages, statuses
from tests.services.certificates import self_signed
from tests.services.web import Web

TWO = "replicas: 2\n"
SCHEMA = '{"properties": {"replicas": {"type": "integer"}, "more": {"properties": {"a/b": {"enum": [1]}}}}}'


@pytest.mark.parametrize(
    ("version", "passes"),
    [("0.1.1", True), ("0.2.0-rc.1", True), ("0.1.0", False), ("0.0.9", False), ("0.1.0+1", False), ("0.1.0-1", False)],
)
def test_a_version_must_increase(repository: Repository, version: str, *, passes: bool) -> None:
    repository.chart("charts/web", version)
    repository.write("charts/web/templates/NOTES.txt", "thanks\n")
    repository.commit()
    stage = repository.stages("--skip", "install", code=int(not passes))["charts/web"]["version"]
    if passes:
        assert stage["summary"] == f"0.1.0 -> {version}"
        return
    (problem,) = stage["problems"]
    assert problem["message"] == f"the chart has changed, but its version has not increased: {version}, before 0.1.0"
    assert (problem["file"], problem["line"]) == ("charts/web/Chart.yaml", 3)


def test_the_old_version_is_that_of_the_tip_of_the_branch(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.chart("charts/web", "0.3.0")
    repository.commit(push=True)
    repository.git("checkout", "--quiet", "topic")
    repository.chart("charts/web", "0.2.0")
    repository.commit()
    stage = repository.stages("--skip", "install", code=1)["charts/web"]["version"]
    assert messages(stage) == ["the chart has changed, but its version has not increased: 0.2.0, before 0.3.0"]


def test_versions_are_not_compared_where_nobody_wants_that(repository: Repository) -> None:
    repository.write("charts/web/templates/NOTES.txt", "thanks\n")
    repository.commit()
    for arguments in (["--check-version-increment=false"], ["charts/web"], ["--all"]):
        assert "version" not in repository.stages("--skip", "install", *arguments)["charts/web"]
    assert "version" not in repository.stages("--skip", "install,version")["charts/web"]


def test_a_version_that_is_not_one(repository: Repository) -> None:
    repository.chart("charts/web", "one")
    repository.commit()
    stages = repository.stages(code=1)["charts/web"]
    assert messages(stages["version"]) == ["version: invalid semantic version"]
    assert stages["install"]["reason"] == "lint failed"


def test_values_files_against_the_schema(repository: Repository) -> None:
    repository.write("charts/web/values.schema.json", SCHEMA)
    repository.write("charts/web/ci/good-values.yaml", TWO)
    repository.write("charts/web/ci/bad-values.yaml", "app: web\nmore:\n  a/b: 2\n")
    repository.write("charts/web/ci/words-values.yaml", "app: a\nreplicas: two\n")
    repository.write("charts/web/ci/other.yaml", "replicas: three\n")  # the pattern is *-values.yaml
    stages = repository.stages("charts/web", code=1)["charts/web"]
    found = [(one["file"], one["line"], one["values"], one["message"]) for one in stages["schema"]["problems"]]
    assert found == [
        ("charts/web/ci/bad-values.yaml", 3, ["ci/bad-values.yaml"], "/more/a~1b: value must be 1 (schema of web)"),
        (
            "charts/web/ci/words-values.yaml",
            2,
            ["ci/words-values.yaml"],
            "/replicas: got string, want integer (schema of web)",
        ),
    ]
    assert stages["lint"]["status"] == "ok"  # not said twice
    assert stages["install"]["reason"] == "schema failed"


def test_defaults_that_the_schema_refuses_are_found_in_values_yaml(repository: Repository) -> None:
    repository.write("charts/web/values.schema.json", '{"properties": {"app": {"type": "integer"}}}')
    (problem,) = repository.stages("charts/web", code=1)["charts/web"]["schema"]["problems"]
    assert (problem["file"], problem["line"], problem["values"]) == ("charts/web/values.yaml", 2, [])


def test_the_linter_sees_each_values_file(repository: Repository) -> None:
    repository.write("charts/web/templates/config.yaml", '{{ if eq .Values.app "x" }}{{ .Values.a.b.c }}{{ end }}\n')
    assert repository.stages("charts/web", "--skip", "install")["charts/web"]["lint"]["status"] == "ok"
    repository.write("charts/web/ci/x-values.yaml", "app: x\n")
    repository.write("charts/web/ci/y-values.yaml", "app: x\n")
    (problem,) = repository.stages("charts/web", code=1)["charts/web"]["lint"]["problems"]
    assert "nil pointer evaluating" in problem["message"]
    assert (problem["file"], problem["line"]) == ("charts/web/templates/config.yaml", 1)
    assert problem["values"] == ["ci/x-values.yaml", "ci/y-values.yaml"]


def test_warnings_of_the_linter_fail_with_its_strict_flag(repository: Repository) -> None:
    repository.write("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\nicon: nothing\n")
    repository.write("charts/web/templates/sub.txt", "")
    repository.write("ct.yaml", "helm-lint-extra-args: --strict --set app=x\n")
    stages = repository.stages("charts/web", "--skip", "install", code=1)["charts/web"]
    assert any("icon" in message for message in messages(stages["lint"]))


def test_the_mistakes_that_steer_check_finds(repository: Repository) -> None:
    path = repository.folder / "charts/web/templates/deployment.yaml"
    path.write_text(path.read_text().replace("  replicas:", "  replicaz:"))
    stages = repository.stages("charts/web", "--skip", "install", code=1)["charts/web"]
    (problem,) = stages["check"]["problems"]
    assert problem["message"].startswith("DeploymentSpec has no field replicaz; did you mean replicas?")
    assert (problem["file"], problem["line"]) == ("charts/web/templates/deployment.yaml", 6)


def test_suites_run_with_coverage(repository: Repository) -> None:
    repository.write("charts/web/tests/deployment_test.yaml", SUITE)
    stages = repository.stages("charts/web", "--min", "80")["charts/web"]
    assert stages["unittest"]["summary"] == "1/1"
    assert stages["coverage"]["summary"] == "100 %"
    repository.write("charts/web/templates/more.yaml", "{{ if .Values.more }}\na: b\n{{ end }}\n")
    repository.write("charts/web/tests/deployment_test.yaml", SUITE + SUITE[SUITE.index("  - it") :].replace("1", "2"))
    stages = repository.stages("charts/web", "--min", "80", code=1)["charts/web"]
    assert stages["unittest"]["summary"] == "1/2"
    (problem,) = stages["unittest"]["problems"]
    assert (problem["file"], problem["line"]) == ("charts/web/tests/deployment_test.yaml", 4)
    assert "charts/web" in problem["file"] and "+1" in problem["detail"]
    (short,) = messages(stages["coverage"])
    assert short == "coverage is 77.8 %, less than 80 %"
    stages = repository.stages("charts/web", "--min-branches", "90", code=1)["charts/web"]
    assert messages(stages["coverage"]) == ["coverage is 0 % of branches, less than 90 %"]
    assert (
        statuses(repository.stages("charts/db", "--min", "80")["charts/db"]).keys().isdisjoint({"unittest", "coverage"})
    )


def test_suites_in_other_files(repository: Repository) -> None:
    repository.write("charts/web/unit/a/deployment.yaml", SUITE)
    stages = repository.stages("charts/web", "--skip", "install", "-f", "unit/**/*.yaml")["charts/web"]
    assert stages["unittest"]["summary"] == "1/1"


def test_a_suite_that_cannot_be_read(repository: Repository) -> None:
    repository.write("charts/web/tests/deployment_test.yaml", "tests: 1\n")
    stages = repository.stages("charts/web", "--skip", "install", code=1)["charts/web"]
    assert "deployment_test.yaml" in messages(stages["unittest"])[0]
    assert stages["coverage"]["status"] == "skipped"


def test_additional_commands(repository: Repository) -> None:
    repository.write("ct.yaml", "additional-commands:\n- test -d {{ .Path }}/templates\n- 'ls {{.Yaml.Name}}-none'\n")
    stage = repository.stages("charts/web", "--skip", "install", code=1)["charts/web"]["commands"]
    (problem,) = stage["problems"]
    assert problem["message"] == "ls web-none: exit code 2" and "No such file" in problem["detail"]
    commands = "['none-such {{ .Path }}', 'echo {{ .Other }}', 'echo {{ .Path']"
    repository.write("ct.yaml", f"additional-commands: {commands}\n")
    stage = repository.stages("charts/web", "--skip", "install", code=1)["charts/web"]["commands"]
    known = "additional-commands may use .Path, and of .Yaml: Name, Version, Deprecated and Maintainers (Name, Email)"
    missing, unknown, unclosed = messages(stage)
    assert missing == "none-such charts/web: no such file or directory"
    assert "Other" in unknown and unknown.endswith(known)
    assert "unclosed action" in unclosed


def test_additional_commands_are_templates(repository: Repository) -> None:
    repository.chart("charts/web", more="maintainers: [{name: me, email: a@b.c}]\n")
    commands = """additional-commands:
- test '{{ if .Path }}a{{ end }}{{ .Yaml.Version }}' = a0.1.0
- test {{ (index .Yaml.Maintainers 0).Name }}{{ range .Yaml.Maintainers }}{{ .Email }}{{ end }} = mea@b.c
- test {{ .Yaml.Deprecated | not }}{{ printf "-%s" .Yaml.Name }} = true-web
"""
    repository.write("ct.yaml", commands)
    stage = repository.stages("charts/web", "--skip", "install")["charts/web"]["commands"]
    assert stage["status"] == "ok" and stage["summary"] == "3"


def test_maintainers_have_accounts_at_the_host(repository: Repository, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, "127.0.0.1")
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "jane").write_text("Jane")
    server = Web(pages, certificate=certificate)
    repository.git("remote", "set-url", "origin", f"{server.url}/acme/charts.git")
    repository.chart("charts/web", "0.2.0", "maintainers:\n- name: jane\n- name: joe\n- email: a@b\n")
    repository.chart("charts/db", "0.2.0")
    repository.chart("charts/old", "0.2.0", "deprecated: true\nmaintainers: [{name: jane}]\n")
    repository.commit()
    arguments = ("--validate-maintainers", "--skip", "install")
    stages = repository.stages(*arguments, code=1, env={"SSL_CERT_FILE": str(certificate[0])})
    joe, nobody = messages(stages["charts/web"]["maintainers"])
    assert joe.startswith("joe is not known as an account: ") and "404" in joe
    assert nobody == "a maintainer has no name"
    assert stages["charts/web"]["maintainers"]["problems"][0]["line"] == 5
    assert messages(stages["charts/db"]["maintainers"]) == ["the chart has no maintainers"]
    assert messages(stages["charts/old"]["maintainers"]) == ["a deprecated chart must not have maintainers"]
    assert "maintainers" not in repository.stages("--skip", "install", "charts/db")["charts/db"]


def test_dependencies_are_fetched_first(repository: Repository, tmp_path: Path, own: object) -> None:
    folder = tmp_path / "charts"
    folder.mkdir()
    assert callable(own)
    own("package", "charts/db", "-d", str(folder), cwd=repository.folder)
    own("repo", "index", str(folder))
    server = Web(folder)
    repository.chart("charts/app", more="dependencies:\n- {name: db, version: ^0.1.0, repository: '@acme'}\n")
    repository.write("ct.yaml", f"chart-repos: [acme={server.url}]\n")
    stages = repository.stages("charts/app")["charts/app"]
    assert stages["dependencies"]["summary"] == "1"
    assert (repository.folder / "charts/app/charts/db-0.1.0.tgz").exists()
    assert stages["install"]["status"] == "ok"
    # the user's own list of repositories has not changed
    assert not (tmp_path / "home/.config/helm/repositories.yaml").exists()
    (tmp_path / "charts/index.yaml").unlink()
    stages = repository.stages("charts/app", code=1)["charts/app"]
    (problem,) = stages["dependencies"]["problems"]
    assert server.url in problem["message"]
    assert (problem["file"], problem["line"]) == ("charts/app/Chart.yaml", 5)
    assert stages["lint"]["reason"] == stages["unittest"]["reason"] == "its dependencies are missing"
    assert stages["install"]["reason"] == "dependencies failed"
    assert repository.stages("charts/app", "--skip", "dependencies")["charts/app"]["install"]["status"] == "ok"


def test_a_repository_that_cannot_be_reached_is_named(repository: Repository) -> None:
    where = "http://127.0.0.1:9/charts"
    repository.chart("charts/app", more=f"dependencies:\n- {{name: db, version: ^1, repository: '{where}'}}\n")
    (problem,) = repository.stages("charts/app", code=1)["charts/app"]["dependencies"]["problems"]
    assert problem["message"].startswith(f'Unable to get an update from the "{where}" chart repository: Get "{where}/')
    assert "connection refused" in problem["message"]


def test_a_dependency_next_to_the_chart(repository: Repository) -> None:
    repository.chart("charts/app", more="dependencies:\n- {name: db, version: 0.1.0, repository: 'file://../db'}\n")
    assert repository.stages("charts/app")["charts/app"]["dependencies"]["status"] == "ok"


def test_a_password_in_the_settings_is_not_printed(repository: Repository) -> None:
    repository.chart("charts/app", more="dependencies:\n- {name: db, version: 0.1.0, repository: '@acme'}\n")
    for text in (
        "chart-repos: [acme=http://127.0.0.1:9]\nhelm-repo-extra-args: ['acme=--username a --password hunter2']\n",
        "helm-repo-extra-args: ['acme=--username a --password hunter2']\n",
        "chart-repos: ['acme']\nhelm-repo-extra-args: ['--password hunter2']\n",
    ):
        repository.write("ct.yaml", text)
        done = repository.ci("charts/app")
        assert done.returncode in (1, 2)
        assert "hunter2" not in done.stdout + done.stderr


def test_a_values_file_that_is_not_yaml_is_named_and_the_others_are_used(repository: Repository) -> None:
    repository.chart("charts/web", "0.1.1", ci__bad_values="a: 1\nb: [\n", ci__good_values="replicas: many\n")
    done = repository.ci("--skip", "install", "--annotations")
    for stage in ("lint", "check"):
        place = f"::error file=charts/web/ci/bad-values.yaml,line=2,title=charts/web%3A {stage}::failed to parse "
        assert place in done.stdout
    # the other file is checked as well
    assert "has to be a whole number" in done.stdout and "with ci/good-values.yaml" in done.stdout


def test_a_template_that_is_not_yaml_is_named(repository: Repository) -> None:
    repository.chart("charts/web", "0.1.1")
    repository.write("charts/web/templates/bad.yaml", "kind: X\nmetadata:\n  name: x\n a: b\n")
    done = repository.ci("--skip", "install", "--annotations")
    for place in ("title=charts/web%3A lint::", "line=4,title=charts/web%3A check::"):
        assert f"::error file=charts/web/templates/bad.yaml,{place}" in done.stdout


def test_a_chart_that_cannot_be_read_fails_alone(repository: Repository) -> None:
    repository.write("charts/web/Chart.yaml", "a: b: c\n")
    repository.chart("charts/db", "0.2.0")
    repository.commit()
    stages = repository.stages(code=1)
    assert statuses(stages["charts/web"]) == {"lint": "failed"}
    assert set(statuses(stages["charts/db"]).values()) == {"ok"}


def test_charts_at_once_give_the_same_as_one_after_the_other(repository: Repository) -> None:
    for number in range(5):
        repository.chart(f"charts/chart{number}", f"0.{number}.0", ci__two_values=TWO)
    repository.write("charts/web/templates/bad.yaml", "{{ fail `no` }}")
    repository.commit()
    seen = []
    for jobs in ("1", "4"):
        answer = json.loads(repository.ci("-o", "json", "--jobs", jobs).stdout)
        for chart in answer["charts"]:
            for stage in chart["stages"]:
                stage["seconds"] = 0
        seen.append(answer["charts"])
    assert seen[0] == seen[1] and len(seen[0]) == 6
