"""chart-testing's settings: its file, its variables, and flags over both."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.action.ci.keys import KEYS
from steersman.action.ci.settings import CannotRun, CiSettings, read_settings
from tests.ci.repository import Repository


def test_the_file_is_found_where_chart_testing_looks(repository: Repository, tmp_path: Path) -> None:
    repository.chart("helm/cache")
    repository.git("add", "--all")
    home = tmp_path / "home" / ".ct"
    home.mkdir()
    (home / "ct.yaml").write_text("chart-dirs: [nothing]\n")
    assert repository.ci("--list-changed").returncode == 2
    repository.write(".ct/ct.yaml", "chart-dirs: helm\n")
    assert repository.changed() == ["helm/cache"]
    repository.write("ct.json", '{"excluded-charts": ["cache"], "chart-dirs": ["helm"]}')
    assert repository.changed() == []
    repository.write("other.yaml", "CHART-DIRS: charts, helm\n")
    assert repository.changed("--config", "other.yaml") == ["helm/cache"]
    folder = tmp_path / "settings"
    folder.mkdir()
    (folder / "ct.yml").write_text("chart-dirs:\n- charts\n")
    assert repository.changed(env={"CT_CONFIG_DIR": str(folder)}) == []


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ct.yaml"
    path.write_text("remote: file\ntarget-branch: file\nsince: file\nupgrade: true\n")
    environ = {"CT_TARGET_BRANCH": "variable", "CT_SINCE": "variable", "CT_CHART_DIRS": "stable,incubator"}
    settings = read_settings(str(path), environ, {"since": "flag"})
    assert (settings.remote, settings.target_branch, settings.since) == ("file", "variable", "flag")
    assert settings.chart_dirs == ("stable", "incubator")
    assert settings.upgrade and settings.is_since_given


def test_a_setting_without_a_value_is_not_set_and_numbers_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "ct.yaml"
    path.write_text("chart-dirs:\ntarget-branch:\nupgrade:\nexcluded-charts: [1, 1.5]\n")
    settings = read_settings(str(path), {}, {})
    assert (settings.chart_dirs, settings.target_branch, settings.upgrade) == (("charts",), "main", False)
    assert settings.excluded_charts == ("1", "1.5")


def test_every_setting_of_chart_testing_is_used_or_says_why_not() -> None:
    used = {name.replace("_", "-") for name in CiSettings.__annotations__} - {"file", "is-since-given", "warnings"}
    assert used == {name for name, key in KEYS.items() if not key.unused}


def test_settings_without_an_effect_are_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "ct.yaml"
    path.write_text("validate-yaml: false\nlint-conf: a.yaml\nprint-logs: true\nkubectl-timeout: 30s\n")
    settings = read_settings(str(path), {"CT_DEBUG": "true"}, {})
    assert settings.warnings == (
        "CT_DEBUG: debug has no effect: use --debug",
        f"{path}: kubectl-timeout has no effect: waiting takes its --timeout from helm-extra-args",
        f"{path}: lint-conf has no effect: the style of YAML is not checked; run yamllint for that",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("chart-dir: charts\n", "unknown setting chart-dir; did you mean chart-dirs?"),
        ("chart_dirs: charts\n", "unknown setting chart_dirs; did you mean chart-dirs?"),
        ("weather: good\n", "unknown setting weather"),
        ("upgrade: perhaps\n", "upgrade must be true or false"),
        ("chart-dirs: {a: b}\n", "chart-dirs must be a list of texts"),
        ("chart-dirs: [[a]]\n", "chart-dirs must be a list of texts"),
        ("remote: [a]\n", "remote must be text"),
        ("- a\n", "cannot unmarshal"),
        ("a: b: c\n", "mapping values are not allowed"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "ct.yaml"
    path.write_text(text)
    with pytest.raises(CannotRun, match="^" + str(path)) as caught:
        read_settings(str(path), {}, {})
    assert problem in str(caught.value)


def test_files_that_are_not_there_or_not_read(repository: Repository) -> None:
    done = repository.ci("--config", "none.yaml")
    assert (done.returncode, done.stdout) == (2, "") and "none.yaml: no such file or directory" in done.stderr
    repository.write("ct.toml", "remote = 'origin'\n")
    done = repository.ci()
    assert done.returncode == 2 and "Error: ct.toml: only ct.yaml, ct.yml, ct.json are read\n" in done.stderr


def test_all_charts_and_certain_ones(repository: Repository) -> None:
    repository.write("ct.yaml", "all: true\ncharts: [charts/web]\n")
    done = repository.ci()
    assert done.returncode == 2 and "exclude each other" in done.stderr
    repository.write("ct.yaml", "all: true\n")
    assert repository.changed("charts/web") == ["charts/web"]  # the names of a command line win


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("helm-extra-args: --nope", "helm-extra-args: unknown flag: --nope"),
        ("helm-extra-args: word", "helm-extra-args: word is not a flag of 'install'"),
        ("helm-lint-extra-args: --set 'a", "helm-lint-extra-args: No closing quotation"),
        ("helm-dependency-extra-args: [--nope]", "helm-dependency-extra-args: unknown flag: --nope"),
    ],
)
def test_arguments_that_cannot_be_used(repository: Repository, setting: str, problem: str) -> None:
    repository.write("ct.yaml", f"{setting}\nall: true\n")
    done = repository.ci()
    assert done.returncode == 2 and f"Error: {problem}\n" in done.stderr


def test_other_flags_that_cannot_be_used(repository: Repository) -> None:
    done = repository.ci("--skip", "linting")
    assert done.returncode == 2 and "there is no stage linting; the stages are version, maintainers" in done.stderr
    assert repository.ci("--all", "--min", "101").returncode == 2
    assert repository.ci("--all", "--kube-version", "x").returncode == 2
