"""Plugins that are WebAssembly modules, compared with Helm. The modules are put together here, byte by byte."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.services.beside import same

pytest.importorskip("extism", reason="no WebAssembly runtime: the extra wasm is not installed")

I32, I64 = b"\x7f", b"\x7e"


def number(value: int) -> bytes:
    """Return an unsigned number as LEB128."""
    out = b""
    while True:
        value, low = value >> 7, value & 0x7F
        out += bytes([low | (0x80 if value else 0)])
        if not value:
            return out


def signed(value: int) -> bytes:
    """Return a small number of at least 0 as signed LEB128."""
    out = b""
    while value >= 0x40:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def vector(*parts: bytes) -> bytes:
    return number(len(parts)) + b"".join(parts)


def sized(data: bytes) -> bytes:
    return number(len(data)) + data


def section(code: int, body: bytes) -> bytes:
    return bytes([code]) + sized(body)


def module(output: bytes, exit_code: int = 0) -> bytes:
    """Return a module whose ``helm_plugin_main`` gives ``output``, whatever it is asked."""
    types = vector(
        b"\x60" + vector(I64) + vector(I64),  # 0: alloc
        b"\x60" + vector(I64, I32) + vector(),  # 1: store_u8
        b"\x60" + vector(I64, I64) + vector(),  # 2: output_set
        b"\x60" + vector() + vector(I32),  # 3: helm_plugin_main
    )
    place = sized(b"extism:host/env")
    imports = vector(
        *(
            place + sized(name) + b"\x00" + number(kind)
            for name, kind in ((b"alloc", 0), (b"store_u8", 1), (b"output_set", 2))
        )
    )
    code = b"\x42" + signed(len(output)) + b"\x10\x00" + b"\x21\x00"  # where = alloc(length)
    for i, byte in enumerate(output):  # store_u8(where + i, byte)
        code += b"\x20\x00\x42" + signed(i) + b"\x7c" + b"\x41" + signed(byte) + b"\x10\x01"
    code += b"\x20\x00\x42" + signed(len(output)) + b"\x10\x02"  # output_set(where, length)
    code += b"\x41" + signed(exit_code) + b"\x0b"
    body = vector(number(1) + I64) + code
    return b"".join(
        (
            b"\0asm\x01\0\0\0",
            section(1, types),
            section(2, imports),
            section(3, vector(number(3))),
            section(7, vector(sized(b"helm_plugin_main") + b"\x00" + number(3))),
            section(10, vector(sized(body))),
        )
    )


def echo() -> bytes:
    """Return a module that fails, and says what it was asked."""
    types = vector(
        b"\x60" + vector(I64) + vector(I64),  # 0: alloc
        b"\x60" + vector(I64, I32) + vector(),  # 1: store_u8
        b"\x60" + vector(I64) + vector(),  # 2: error_set
        b"\x60" + vector() + vector(I32),  # 3: helm_plugin_main
        b"\x60" + vector() + vector(I64),  # 4: input_length
        b"\x60" + vector(I64) + vector(I32),  # 5: input_load_u8
    )
    names = ((b"alloc", 0), (b"store_u8", 1), (b"error_set", 2), (b"input_length", 4), (b"input_load_u8", 5))
    imports = vector(*(sized(b"extism:host/env") + sized(name) + b"\x00" + number(kind) for name, kind in names))
    code = b"\x10\x03\x21\x00\x20\x00\x10\x00\x21\x01"  # length = input_length(); where = alloc(length)
    code += b"\x03\x40\x20\x01\x20\x02\x7c\x20\x02\x10\x04\x10\x01"  # loop: store_u8(where + i, input_load_u8(i))
    code += b"\x20\x02\x42\x01\x7c\x22\x02\x20\x00\x54\x0d\x00\x0b"  # i += 1, while i < length
    code += b"\x20\x01\x10\x02\x41\x01\x0b"  # error_set(where); return 1
    body = vector(number(3) + I64) + code
    return b"".join(
        (
            b"\0asm\x01\0\0\0",
            section(1, types),
            section(2, imports),
            section(3, vector(number(3))),
            section(7, vector(sized(b"helm_plugin_main") + b"\x00" + number(5))),
            section(10, vector(sized(body))),
        )
    )


def write(folder: Path, kind: str, config: str, data: bytes | None) -> dict[str, str]:
    """Write a plugin and return the environment that it is found in."""
    own = folder / "plugins" / "w"
    own.mkdir(parents=True)
    (own / "plugin.yaml").write_text(
        f"apiVersion: v1\nname: w\nversion: 1.0.0\ntype: {kind}\nruntime: extism/v1\n{config}"
        "runtimeConfig: {memory: {maxPages: 20}, timeout: 5000}\n"
    )
    if data is not None:
        (own / "plugin.wasm").write_bytes(data)
    return {"HELM_PLUGINS": str(folder / "plugins")}


def test_a_module_fetches(steer: Run, helm: Run, tmp_path: Path) -> None:
    answer = json.dumps({"data": base64.b64encode(b"a: from the module\n").decode()}).encode()
    place = write(tmp_path, "getter/v1", "config: {protocols: [box]}\n", module(answer))
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "templates" / "a.yaml").write_text("kind: {{ .Values.a }}\n")
    assert "kind: from the module" in same(steer, helm, "template", "x", "c", "-f", "box://values", env=place)


def test_what_a_module_is_asked(steer: Run, helm: Run, tmp_path: Path) -> None:
    place = write(tmp_path, "getter/v1", "config: {protocols: [box]}\n", echo())
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    # Helm prints the whole of the plugin before it
    ours, theirs = (run("template", "x", "c", "-f", "box://values", env=place).stderr for run in (steer, helm))
    assert ours[ours.index('{"href"') :] == theirs[theirs.index('{"href"') :]
    assert json.loads(ours[ours.index('{"href"') :])["options"]["URL"] == "box://values"


def test_a_module_is_a_command(steer: Run, helm: Run, tmp_path: Path) -> None:
    place = write(tmp_path, "cli/v1", "config: {shortHelp: s}\n", module(b"{}"))
    same(steer, helm, "w", "a", env=place)
    assert "cli/v1" in same(steer, helm, "plugin", "list", env=place)


def test_a_module_renders(steer: Run, tmp_path: Path) -> None:
    answer = json.dumps({"manifests": "kind: Changed\n"}).encode()
    place = write(tmp_path, "postrenderer/v1", "", module(answer))
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "templates" / "a.yaml").write_text("kind: A\n")
    assert "kind: Changed" in steer("template", "x", "c", "--post-renderer", "w", env=place).stdout


def test_a_module_that_is_not_there_or_fails(steer: Run, helm: Run, tmp_path: Path) -> None:
    place = write(tmp_path, "cli/v1", "", None)
    assert "wasm binary missing" in same(steer, helm, "plugin", "list", env=place)
    (tmp_path / "plugins" / "w" / "plugin.wasm").write_bytes(b"no module")
    done = steer("w", env=place)
    assert done.returncode == 1
    assert "plugin error: " in done.stderr
