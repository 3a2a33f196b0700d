"""The charts that are tested: those that have changed, by chart-testing's rules."""

from __future__ import annotations

import json

import pytest

from tests.ci.repository import Repository


def test_charts_with_a_file_that_differs_from_the_branch(repository: Repository) -> None:
    assert repository.changed() == []
    repository.write("charts/web/templates/a/b.yaml", "# one\n")
    repository.commit()
    repository.write("charts/db/values.yaml", "replicas: 2\napp: db\n")  # not committed
    assert repository.changed() == ["charts/db", "charts/web"]
    done = repository.ci("--skip", "install", "--check-version-increment=false")
    assert done.returncode == 0 and "2 charts: all passed" in done.stdout


def test_nothing_has_changed(repository: Repository) -> None:
    done = repository.ci()
    assert (done.returncode, done.stdout) == (0, "no chart has changed\n")
    assert json.loads(repository.ci("-o", "json").stdout)["charts"] == []


def test_what_the_branch_got_since_does_not_count(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.write("charts/db/values.yaml", "replicas: 3\n")
    repository.commit(push=True)
    repository.git("checkout", "--quiet", "topic")
    repository.write("charts/web/values.yaml", "replicas: 2\n")
    repository.commit()
    assert repository.changed() == ["charts/web"]


def test_since_a_revision(repository: Repository) -> None:
    first = repository.commit()
    repository.write("charts/web/values.yaml", "replicas: 2\n")
    repository.commit(push=True)
    assert repository.changed() == []
    assert repository.changed("--since", first) == ["charts/web"]


def test_since_a_revision_in_a_repository_without_a_remote(repository: Repository) -> None:
    repository.git("remote", "remove", "origin")
    repository.write("charts/web/values.yaml", "replicas: 2\n")
    repository.commit()
    assert repository.changed("--since", "HEAD~1") == ["charts/web"]
    assert repository.changed("--since", "HEAD") == []
    done = repository.ci("--since", "HEAD~1", "--skip", "install")
    assert "version has not increased: 0.1.0, before 0.1.0" in done.stdout
    done = repository.ci()
    assert done.returncode == 2 and "compare with a revision that is here: --since main\n" in done.stderr


def test_another_remote_and_another_branch(repository: Repository) -> None:
    repository.git("remote", "rename", "origin", "upstream")
    repository.git("push", "--quiet", "upstream", "main:stable/v1")
    repository.write("charts/web/values.yaml", "replicas: 2\n")
    repository.commit()
    assert repository.changed("--remote", "upstream", "--target-branch", "stable/v1") == ["charts/web"]


def test_a_new_chart_and_a_renamed_one(repository: Repository) -> None:
    repository.chart("charts/cache")
    repository.git("mv", "charts/db", "charts/database")
    repository.commit()
    stages = repository.stages("--skip", "install")
    assert {path: chart["version"]["summary"] for path, chart in stages.items()} == {
        "charts/cache": "new",
        "charts/database": "new",
    }


def test_a_chart_that_is_gone(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", "charts/web")
    repository.commit()
    done = repository.ci()
    assert done.stdout.startswith("note: charts/web was removed\n")
    assert done.stdout.count("note:") == 1
    assert done.stdout.endswith("no chart has changed\n") and done.returncode == 0


def test_a_chart_that_git_does_not_know_is_named(repository: Repository) -> None:
    repository.chart("charts/cache")
    done = repository.ci()
    assert "note: charts/cache is not tracked by git ('git add' it to have it tested)\n" in done.stdout
    repository.git("add", "charts/cache")
    assert repository.changed() == ["charts/cache"]


def test_folders_of_charts_and_charts_to_leave_out(repository: Repository) -> None:
    for path in ("stable/a", "incubator/b", "other/c", "charts/skipped", "single"):
        repository.chart(path)
    repository.write("charts/web/values.yaml", "replicas: 2\n")
    repository.commit()
    # a chart is right below one of the folders
    assert repository.changed("--chart-dirs", "stable/,./incubator") == ["incubator/b", "stable/a"]
    assert repository.changed("--chart-dirs", ".") == ["single"]
    assert repository.changed("--excluded-charts", "skipped") == ["charts/web"]
    assert repository.changed("--excluded-charts", "skipped,charts/web") == []
    assert repository.changed("--all", "--excluded-charts", "web") == ["charts/db", "charts/skipped"]
    assert repository.changed("charts/db", "--charts", "stable/a") == ["stable/a", "charts/db"]


def test_a_repository_that_is_a_chart(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", "charts")
    repository.chart("root")
    for name in ("Chart.yaml", "values.yaml", "templates"):
        repository.git("-c", "advice.addIgnoredFile=false", "add", "--all")
        repository.git("mv", f"root/{name}", name)
    repository.commit()
    assert repository.changed("--chart-dirs", ".") == ["."]


def test_from_a_folder_of_the_repository(repository: Repository) -> None:
    repository.write("charts/web/values.yaml", "replicas: 2\napp: web\n")
    repository.commit()
    folder = repository.folder / "charts"
    assert repository.changed("--chart-dirs", ".", cwd=folder) == ["web"]
    done = repository.ci("--chart-dirs", ".", "--skip", "install,test,check", cwd=folder)
    assert "web/Chart.yaml:3: the chart has changed, but its version has not increased" in done.stdout


def test_files_that_helmignore_names(repository: Repository) -> None:
    repository.write("charts/web/.helmignore", "*.md\nexamples/\n")
    repository.commit(push=True)
    repository.write("charts/web/README.md", "# web\n")
    repository.write("charts/web/examples/a/b.yaml", "a: 1\n")
    repository.commit()
    assert repository.changed() == ["charts/web"]
    assert repository.changed("--use-helmignore") == []
    repository.write("charts/web/values.yaml", "replicas: 2\n")
    assert repository.changed("--use-helmignore") == ["charts/web"]


def test_deprecated_charts(repository: Repository) -> None:
    repository.chart("charts/old", more="deprecated: true\n")
    repository.commit()
    assert repository.changed() == ["charts/old"]
    assert repository.changed("--exclude-deprecated") == []
    assert "note: charts/old is deprecated\n" in repository.ci("--exclude-deprecated").stdout


@pytest.mark.parametrize("name", ["with blank", "ünï", 'quo"te', "new\nline"])
def test_names_of_files_that_git_would_quote(repository: Repository, name: str) -> None:
    repository.write(f"charts/web/files/{name}.txt", "a")
    repository.commit()
    assert repository.changed() == ["charts/web"]


def test_what_git_cannot_say_is_an_error_with_the_way_out(repository: Repository) -> None:
    done = repository.ci("--target-branch", "master")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: there is no branch origin/master; did you mean --target-branch main?\n" in done.stderr
    assert "fetch-depth: 0" in done.stderr
    repository.git("checkout", "--quiet", "--orphan", "alone")
    repository.write("charts/web/values.yaml", "alone: true\n")
    repository.commit()
    done = repository.ci()
    assert done.returncode == 2 and "origin/main and HEAD have no common history here" in done.stderr
    for revision in ("nothing", "--output=x"):
        done = repository.ci(f"--since={revision}")
        assert (done.returncode, done.stdout) == (2, "") and revision in done.stderr
    done = repository.ci("--chart-dirs", "helm")
    assert done.returncode == 2


def test_outside_of_a_repository(repository: Repository) -> None:
    done = repository.ci(cwd=repository.folder.parent, env={"GIT_CEILING_DIRECTORIES": "/"})
    assert done.returncode == 2 and "not a git repository" in done.stderr
    assert repository.changed("--all", cwd=repository.folder, env={"PATH": "/nowhere"}) == ["charts/db", "charts/web"]
    done = repository.ci(env={"PATH": "/nowhere"})
    assert done.returncode == 2 and "Error: git: no such file or directory\n" in done.stderr
    done = repository.ci("charts/none")
    assert (done.returncode, done.stderr) == (2, "Error: charts/none is not a chart: it has no Chart.yaml\n")


def test_no_folder_of_charts(repository: Repository) -> None:
    done = repository.ci("--chart-dirs", "helm,more")
    assert done.returncode == 2 and "Error: there is no folder helm or more (chart-dirs)\n" in done.stderr
    done = repository.ci("--all", "--chart-dirs", "helm")
    assert done.returncode == 2 and "helm: no such file or directory" in done.stderr
