"""plugin.yaml with each field of every shape, compared with Helm: one list of many plugins, of which most are not legal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from steersman.plugin.errors import PluginError
from steersman.plugin.load import load_folder
from tests.conftest import Run
from tests.services.growth import LINEAR, growth

CURRENT = {
    "apiVersion": "v1",
    "name": "NAME",
    "version": "1.0.0",
    "type": "cli/v1",
    "runtime": "subprocess",
    "sourceURL": "http://x",
    "config": "{shortHelp: x}",
    "runtimeConfig": "{platformCommand: [{command: echo}]}",
}
LEGACY = {"name": "NAME", "version": "1.0.0", "usage": "u", "command": "echo", "ignoreFlags": "false"}
ODD = [
    *("null", '""', "x", "1", "1.5", "true", "yes", "on", "[]", "{}", "[a]", "[null]", "[{}]", "{a: b}", "0x10", "01"),
    *("1e3", ".inf", "!!binary YQ==", '"a\\nb"', "!!str 5", '!!int "5"', "averyverylongvalue", "12345678901234567890"),
    *("|\n  a\n  b", "{a: {b: c}}", "[a, [b]]", "1_000", "<<", "0o7", "Null", "9" * 5000, "-" + "9" * 5000),
]
FLAT = [one for one in ODD if "\n" not in one]


def text_of(fields: dict[str, str]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in fields.items())


def fields() -> list[str]:
    out = []
    for base in (CURRENT, LEGACY):
        for key in base:
            out += [text_of({**base, key: odd}) for odd in ODD]
            out.append(text_of({one: value for one, value in base.items() if one != key}))
            out.append(text_of({**base, key.upper(): "x"}))
    return out


def parts_of_legacy() -> list[str]:
    return [
        text_of({**LEGACY, key: shape % (part, odd)})
        for key in ("platformCommand", "hooks", "platformHooks", "downloaders")
        for part in ("os", "args", "install", "protocols", "command")
        for shape in ("[{%s: %s}]", "{%s: %s}", "{install: [{%s: %s}]}")
        for odd in FLAT[:14]
    ]


def configs() -> list[str]:
    out = []
    for kind in ("cli/v1", "getter/v1", "postrenderer/v1", "test/v1", "nope"):
        for key in ("usage", "ignoreFlags", "protocols", "nope"):
            out += [text_of({**CURRENT, "type": kind, "config": f"{{{key}: {odd}}}"}) for odd in FLAT]
        out.append(text_of({**CURRENT, "type": kind, "config": "{usage: [a], shortHelp: [b], zz: 1, protocols: x}"}))
    return out


def runtimes() -> list[str]:
    inner = [
        "[{command: [a]}]",
        "[{args: x}]",
        "[{command: 1, os: true, args: [1, null]}]",
        "{install: [{command: [a]}]}",
    ]
    inner += ["{maxPages: x}", "{maxPages: 1.5}", "{maxPages: 99999999999}", "{createTempDir: on}", "-1"]
    keys = ("platformCommand", "platformHooks", "protocolCommands", "memory", "fileSystem", "timeout", "config", "nope")
    return [
        text_of({**CURRENT, "runtime": runtime, "runtimeConfig": f"{{{key}: {odd}}}"})
        for runtime in ("subprocess", "extism/v1")
        for key in keys
        for odd in (*FLAT[:14], *inner)
    ]


def documents() -> list[str]:
    extra = ["---\n", "# c\n", "\ufeff", "a: &x 1\nb: *x\n", "<<: {usage: q}\n", "? a\n: b\n", "{", "\t", "name: dup\n"]
    extra += ["x: *nope\n", "1: 2\n", "null: 1\n", "[a]: b\n", "{a: b}: c\n", '"name": dup\n', "<<: [a]\n", "<<: x\n"]
    out = [one for e in extra for text in (text_of(CURRENT), text_of(LEGACY)) for one in (e + text, text + e)]
    out += [
        text_of(LEGACY).replace("\n", "\r\n"),
        text_of(CURRENT) + "---\nname: [\n",
        text_of(CURRENT) + "...\nj: [\n",
    ]
    out += ["", "  ", "\n", "...", "{}", "[]", '""', "a", "# only\n", "null", "12", "NAME"]
    versions = ["v1.0.0", "1.0", "1.0.0-a+b", "01.0.0", '" 1.0.0"', "1.0.0.0"]
    out += [f"name: NAME\nversion: {version}\n" for version in versions]
    return out + [f"name: {name}\n" for name in ('"NAME "', "NAME.x", "-NAME", "_NAME", "N\u00e4ME")]


@pytest.mark.parametrize("texts", [fields, parts_of_legacy, configs, runtimes, documents])
def test_each_field_of_every_shape(texts: object, steer: Run, helm: Run, tmp_path: Path) -> None:
    assert callable(texts)
    plugins = tmp_path / "plugins"
    for i, text in enumerate(texts()):
        (plugins / f"{i:04}").mkdir(parents=True)
        (plugins / f"{i:04}" / "plugin.yaml").write_text(text.replace("NAME", f"p{i:04}"), newline="")
    place = {"HELM_PLUGINS": str(plugins), "HELM_NO_PLUGINS": "1"}
    ours, theirs = steer("plugin", "list", env=place), helm("plugin", "list", env=place)
    assert ours.returncode == theirs.returncode
    for mine, other in ((ours.stderr, theirs.stderr), (ours.stdout, theirs.stdout)):
        assert re.sub(" +", " ", mine).splitlines() == re.sub(" +", " ", other).splitlines()


@pytest.mark.parametrize("name", ["k{}", "k"])
def test_many_keys_take_time_by_their_number(name: str, tmp_path: Path) -> None:
    def load(count: int) -> None:
        keys = "".join(f"{name.format(i)}: x\n" for i in range(count))
        (tmp_path / "plugin.yaml").write_text(f"apiVersion: v1\nname: p\nversion: 0.1.0\ntype: cli/v1\n{keys}")
        with pytest.raises(PluginError):
            load_folder(str(tmp_path))

    assert growth(load, 2_000) < LINEAR
