"""Running plugins: arguments, environment, name of the program and exit, compared with Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.prose import shape

SHOWS = '#!/bin/sh\necho "args: $*"; env | grep HELM_ | grep -v HELM_BIN | sort; echo "on error" >&2\n'


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    def make(name: str, text: str, script: str = SHOWS) -> None:
        folder = tmp_path / "plugins" / name
        folder.mkdir(parents=True)
        (folder / "plugin.yaml").write_text(text)
        (folder / "x.sh").write_text(script)
        (folder / "x.sh").chmod(0o755)

    def current(name: str, *commands: str, config: str = "{}") -> str:
        head = f"apiVersion: v1\nname: {name}\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\nconfig: {config}\n"
        return head + "runtimeConfig:\n  platformCommand:\n" + "".join(f"  - {one}\n" for one in commands)

    make("shows", current("shows", "{command: $HELM_PLUGIN_DIR/x.sh}"))
    make("old", 'name: old\nversion: 1.0.0\ncommand: "$HELM_PLUGIN_DIR/x.sh a $HELM_NAMESPACE  b"\n')
    make("ign", current("ign", "{command: $HELM_PLUGIN_DIR/x.sh, args: [1]}", config="{ignoreFlags: true}"))
    odd = [
        "$HOME",
        "${HELM_PLUGIN_NAME}x",
        "$",
        "$$",
        "${",
        "${}",
        "${HOME",
        "$1",
        "a$-b",
        "${a b}",
        "$10",
        "$()",
        "$.",
    ]
    make("expands", current("expands", f"{{command: echo, args: {odd!r}}}"))
    make("code", current("code", '{command: sh, args: [-c, "exit 7"]}'))
    make("killed", current("killed", "{command: $HELM_PLUGIN_DIR/x.sh}"), "#!/bin/sh\nkill -TERM $$\n")
    make("none", current("none", "{command: nosuchprogram}"))
    make("missing", current("missing", "{command: $HELM_PLUGIN_DIR/nosuch}"))
    make("text", current("text", "{command: $HELM_PLUGIN_DIR/plugin.yaml}"))
    make("bare", current("bare", "{command: $HELM_PLUGIN_DIR/x.sh}"), "echo hi\n")
    make("cat", current("cat", "{command: cat}"))
    make("own", current("own", "{command: cat, args: [--help]}"))
    make("first", current("first", "{command: echo any}", "{os: Linux, command: echo L}"))
    make("exact", current("exact", "{os: linux, command: echo l}", "{os: LINUX, arch: AMD64, command: echo la}"))
    make("other", current("other", "{arch: amd64, command: echo a}", "{os: windows, command: echo w}"))
    return {"HELM_PLUGINS": str(tmp_path / "plugins")}


def same(steer: Run, helm: Run, place: dict[str, str], *words: str, **options: object) -> str:
    ours, theirs = steer(*words, env=place, **options), helm(*words, env=place, **options)
    texts = [(shape(done.stdout), done.stderr, done.returncode) for done in (ours, theirs)]
    assert texts[0] == texts[1], words
    return ours.stdout + ours.stderr


@pytest.mark.parametrize(
    "flags",
    [
        *("", "--namespace x", "-n x", "-nx", "-n=x", "--namespace", "--kube-context c", "--kube-context=c", "--help"),
        *("--kube-apiserver h --kube-token t --kube-as-user u --kube-as-group g --kube-as-group h --kube-ca-file f",),
        *("--registry-config r --repository-cache c --repository-config p", "--kube-insecure-skip-tls-verify x"),
        *("--kube-tls-server-name s", "--burst-limit 5 --qps 3", "--content-cache /x", "--color always", "--color bad"),
        *("--help --burst-limit 4", "--foo --burst-limit 4", "--foo bar --burst-limit 4", "-- --burst-limit 3"),
    ],
)
def test_global_flags_reach_a_plugin(flags: str, steer: Run, helm: Run, place: dict[str, str]) -> None:
    words = flags.split()
    for name in ("shows", "old", "ign"):
        assert same(steer, helm, place, name, "a", *words, "b")
    assert same(steer, helm, place, *words, "shows", "z")


@pytest.mark.parametrize(
    "name", ["expands", "code", "killed", "none", "missing", "text", "bare", "cat", "own", "first", "exact", "other"]
)
def test_what_a_plugin_gets(name: str, steer: Run, helm: Run, place: dict[str, str]) -> None:
    same(steer, helm, place, name, stdin="typed\n")


def test_variables_of_a_plugin(steer: Run, helm: Run, place: dict[str, str]) -> None:
    odd = {"HELM_PLUGIN_NAME": "zz", "HELM_NAMESPACE": "q", "HELM_BURST_LIMIT": "7", "HELM_KUBEASGROUPS": "a,b"}
    assert "HELM_PLUGIN_NAME=shows" in same(steer, helm, {**place, **odd}, "shows")
    assert "unknown driver" in same(steer, helm, {**place, "HELM_DRIVER": "foo"}, "shows")
    assert "unknown driver" in same(steer, helm, {**place, "HELM_DRIVER": "foo"}, "help", "shows")
    assert "unknown driver" in same(steer, helm, {**place, "HELM_DRIVER": "foo"}, "__complete", "sh")


def test_an_empty_argument_reaches_a_plugin(steer: Run, helm: Run, place: dict[str, str]) -> None:
    ours, theirs = (run("shows", "a", "", "b", "c", env=place).stdout.splitlines()[0] for run in (steer, helm))
    assert (ours, theirs) == ("args: a  b c", "args: a c")  # Helm takes it for a flag, and what follows for its value


def test_names_of_plugins_are_suggested(steer: Run, helm: Run, place: dict[str, str]) -> None:
    for word in ("show", "showz", "shws", "ol", "expand", "cach", "doc", "sand", "x"):
        same(steer, helm, place, word)
