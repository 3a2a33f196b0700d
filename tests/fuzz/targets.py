"""Fuzz targets: bytes to a reader, which may answer with a value or with an error of its own.

    python -m tests.fuzz.targets NAME|all [SECONDS]

Runs one target, or each in turn, on changed seeds until the time is over; anything but a ``SteerError`` ends it, with the bytes and
the seed that made them.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import socket
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

from steersman.errors import SteerError
from tests.fuzz import signed
from tests.fuzz.caches import Caches


class Target(NamedTuple):
    """``read`` returns whether the bytes were understood; an error that is not the reader's own goes through."""

    read: Callable[[bytes], bool]
    seeds: tuple[bytes, ...]


def _ends(read: Callable[[bytes], object]) -> Callable[[bytes], bool]:
    def run(data: bytes) -> bool:
        try:
            read(data)
        except SteerError:
            return False
        return True

    return run


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _template(data: bytes) -> None:
    from steersman.gotemplate import TemplateSet
    from steersman.sprig import FUNCTIONS

    templates = TemplateSet(FUNCTIONS)
    templates.parse("t", _text(data))
    for name in templates.names():
        templates.compiled_source(name)


def _yaml(data: bytes) -> None:
    from steersman import yamlio

    value = yamlio.load(data)
    yamlio.load_all(data)
    # what was read can be written, and is read again
    assert yamlio.load(yamlio.dump(value)) == value


def _set_path(data: bytes) -> None:
    from steersman.values.set_path import parse_into

    parse_into(_text(data), {"a": {"b": [1]}})


def _archive(data: bytes) -> None:
    from steersman.chart.archive import read_stream

    for file in read_stream(io.BytesIO(data)):
        assert not file.name.startswith("/") and ".." not in file.name.split("/")


def _ignore(data: bytes) -> None:
    from steersman.chart.ignore import Rules

    rules = Rules(_text(data))
    with contextlib.redirect_stderr(io.StringIO()):  # invalid patterns are reported there
        for path in ("templates/a.yaml", "charts/x.tgz", ".git", "a/b/c.txt"):
            rules.ignores(path, folder=False)
            rules.ignores(path, folder=True)


def _packed(files: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return raw.getvalue()


def _unzipped_archive(data: bytes) -> None:
    """The archive reader behind its gzip layer, which would hide nearly every change."""
    _archive(gzip.compress(data, 1))


def _index(data: bytes) -> None:
    from steersman.repo.index_load import parse

    index = parse(data, "source", lambda _level, _message, **_fields: None)
    for name, _rows in index.entries.rows():
        index.get(name, ">=0.0.0-0")


def _plugin(data: bytes) -> None:
    from steersman.plugin.model import parse

    parse(data, "/plugins/p")


class _File:
    """A file whose content changes."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = f"{self._folder.name}/file"

    def holding(self, data: bytes) -> str:
        with open(self.path, "wb") as file:
            file.write(data)
        return self.path


_FILE = _File()


def _recording(data: bytes) -> None:
    from steersman.action.recordings import open_recording
    from steersman.engine.impure import from_system
    from steersman.recording.replay import chart_of, check_outcome, replay

    recording = open_recording(_FILE.holding(data))
    check_outcome(recording, replay(recording, chart_of(recording), from_system(lambda *_words, **_fields: None)))


def _recorded() -> bytes:
    from steersman.chart.loader import load
    from steersman.chart.model import ChartFile
    from steersman.engine.context import Facts
    from steersman.engine.impure import from_system
    from steersman.recording.recorder import About, Recorder
    from steersman.recording.writing import to_text
    from steersman.rendering import RenderOptions, World, render, take_part

    def silent(*_words: object, **_fields: object) -> None: ...

    template = b'kind: A\na: {{ randAlpha 5 }} {{ now }} {{ (lookup "v1" "B" "" "c").x }} {{ .Values.v }}\n'
    files = [
        ChartFile("Chart.yaml", b"apiVersion: v2\nname: c\nversion: 1.0.0\n"),
        ChartFile("templates/t.yaml", template),
    ]
    kept: list[bytes] = []
    recorder = Recorder(About("template", "c"), lambda recording: kept.append(to_text(recording).encode()))
    world = World(from_system(silent, lambda *_words: {"x": [1, None]}))
    render(take_part(load(files), {"v": 1.5}, silent), Facts("r", "n"), world, RenderOptions(recorder=recorder))
    return kept[0]


def _findings(data: bytes) -> None:
    from steersman.action.annotate import annotate
    from steersman.insight.annotate import with_templates
    from steersman.insight.foreign import is_sarif
    from steersman.insight.mapped_lines import MappedLines

    done = annotate(_FILE.holding(data), MappedLines(_MAP))
    if is_sarif(done.tree):
        with_templates(done.tree, done.rows, str)


def _objects(data: bytes) -> None:
    from steersman.action.lookup_from import lookup_from

    lookup_from(_FILE.holding(data), "default")("v1", "Secret", "", "")


_LINE = {
    "object": "A/b",
    "field": "/k",
    "template": "c/templates/t.yaml",
    "templateLine": 1,
    "includes": [],
    "values": [],
}
_MAP = {"version": 1, "lines": [{"line": number, **_LINE} for number in (3, 4)]}
_SARIF = (
    b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "rules": [{"id": "R"}]}}, "results": [{"ruleId": "R", '
    b'"message": {"text": "A b"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "m.yaml"}, "region": '
    b'{"startLine": 3, "endLine": 4}}, "logicalLocations": [{"name": "/k"}]}]}]}]}'
)
_CONFORM = (
    b'{"resources": [{"filename": "m.yaml", "kind": "A", "name": "b", "status": "statusInvalid", "validationErrors": '
    b'[{"path": "/k/0", "msg": "additionalProperties \'x\' not allowed"}]}]}'
)


def _keyring(data: bytes) -> None:
    from steersman.provenance.verify import verify

    verify(signed.ARCHIVE, signed.PROVENANCE, signed.NAME, _FILE.holding(data))


def _provenance(data: bytes) -> None:
    from steersman.provenance.verify import verify

    verify(signed.ARCHIVE, data, signed.NAME, _FILE.holding(signed.KEYRING))


def _http(data: bytes) -> bool:
    """A server's bytes on a connection; the pool makes errors of what the system or the reader say."""
    from steersman.transport.http import Response
    from steersman.transport.wire import Connection, Malformed

    ours, theirs = socket.socketpair()
    try:
        theirs.sendall(data[:100_000])
        theirs.shutdown(socket.SHUT_WR)
        connection = Connection(ours, "host")
        connection.request("GET", "/", [], None)
        response = Response(connection.response(), connection, lambda _connection: None, "http://host/")
        response.read(1 << 20)
    except (OSError, Malformed, SteerError):
        return False
    finally:
        ours.close()
        theirs.close()
    return True


_INDEX = b"""apiVersion: v1
generated: "2024-01-01T00:00:00Z"
entries:
  web:
  - apiVersion: v2
    appVersion: "1.2"
    created: "2024-01-01T00:00:00.5+02:00"
    description: >-
      A web
      server
    dependencies:
    - {name: db, version: ^1.0.0, repository: "https://x.org", condition: db.enabled}
    digest: 0123456789abcdef
    keywords: [a, b]
    maintainers: [{name: Ann, email: a@x.org}]
    name: web
    urls: ["https://x.org/web-1.0.0.tgz"]
    version: 1.0.0
  - {name: web, version: 0.9.0, urls: [web-0.9.0.tgz]}
  "db":
  - name: db
    version: 2.0.0-rc.1+build
    deprecated: true
    annotations: {k: "v"}
    urls:
    - db.tgz
"""
_INDEX_JSON = b'{"apiVersion":"v1","entries":{"a":[{"name":"a","version":"1.0.0","urls":["a.tgz"]}]},"generated":"2024-01-01T00:00:00Z"}'
_PLUGIN_YAML = b"""name: greet
version: 1.0.0
usage: "greet NAME"
description: |-
  Says hello.
ignoreFlags: false
platformCommand:
- {os: linux, arch: amd64, command: "x", args: [a, b]}
platformHooks:
  update:
  - command: y
downloaders:
- {command: get, protocols: [s3, gs]}
"""
_PLUGIN_YAML_OLD = b"""name: "greet"
version: 1.0.0
command: $HELM_PLUGIN_DIR/greet.sh
useTunnel: true
hooks: {install: "echo hi"}
"""
_PLUGIN_YAML_V1 = b"""apiVersion: v1
name: greet
version: 1.0.0
type: cli/v1
runtime: subprocess
sourceURL: https://x.org
config:
  usage: greet
  shortHelp: Says hello
  ignoreFlags: true
runtimeConfig:
  platformCommand:
  - {os: linux, command: echo, args: [hello]}
  platformHooks: {}
"""
_CACHES = Caches()
_CHART = _packed({"c/Chart.yaml": b"apiVersion: v2\nname: c\nversion: 1.0.0\n", "c/templates/t.yaml": b"a: 1\n"})

TARGETS = {
    "template": Target(
        _ends(_template),
        (
            b'{{ define "x" }}{{ .a | quote }}{{ end }}{{- range $i, $v := .l }}{{ if eq $i 1 }}{{ break }}{{ end }}{{ end }}',
            b'{{ with $x := (dict "a" (list 1 2.5 0x1f \'c\' `r`)) }}{{ index $x "a" 0 }}{{ else with .b }}{{ . }}{{ end }}',
            b'{{/* c */}}{{ template "y" . }}{{ block "y" . }}{{ printf "%d" 1 | nindent 2 }}{{ end }}{{ $.a.b.c }}',
        ),
    ),
    "yaml": Target(
        _ends(_yaml),
        (
            b"a: 1\nb:\n  - x\n  - y: {z: [1, 'q', \"w\\n\"]}\nc: |\n  text\n  more\nd: >-\n  folded\n  text\n",
            b"x: &a {k: v}\ny: *a\nz:\n  <<: *a\n  !!str 5: ~\n--- # two\n? a\n: b\n...\n",
            b"text: one\n  two\n\n  three\nn: [0x1f, 0o17, 1e3, 1.5, yes, null, 2001-01-01]\n" * 3,
        ),
    ),
    "set": Target(
        _ends(_set_path),
        (b"a.b[0].c=1,d={x,y},e=null", rb"a\.b=c\,d,x[2]=true,y.z=", b"name=value,list[1][0]=5,s=01,t=1e3"),
    ),
    "cache": Target(_CACHES.read, _CACHES.seeds),
    "archive": Target(_ends(_archive), (gzip.compress(_CHART, 9),)),
    "archive, unzipped": Target(_ends(_unzipped_archive), (_CHART,)),
    "helmignore": Target(
        _ends(_ignore), (b"# c\n*.txt\n!keep.txt\n/root\nfolder/\n[a-z]?x*\n\\#y\n", b"a/b*\n[^x]\n.git\n")
    ),
}
TARGETS |= {
    "http": Target(
        _http,
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
            b"5;x=y\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nT: v\r\n\r\n",
            b"HTTP/1.0 404 Not Found\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nConnection: close\r\n\r\nto the end",
            b'HTTP/1.1 302 Found\r\nLocation: /x\r\nETag: "q"\r\n folded: no\r\nContent-Length: 0\r\n\r\n',
        ),
    ),
    "index": Target(_ends(_index), (_INDEX, _INDEX_JSON)),
    "plugin.yaml": Target(_ends(_plugin), (_PLUGIN_YAML, _PLUGIN_YAML_OLD, _PLUGIN_YAML_V1)),
    "keyring": Target(_ends(_keyring), (signed.KEYRING, signed.KEYRING + signed.SECRET_KEYRING, signed.SECRET_KEYRING)),
    "recording": Target(_ends(_recording), (_recorded(),)),
    "findings": Target(_ends(_findings), (_SARIF, _CONFORM)),
    "objects": Target(
        _ends(_objects),
        (
            b"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n---\n"
            b"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
            b'{"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "a", "namespace": "b"}}]}',
        ),
    ),
    "provenance": Target(_ends(_provenance), (signed.PROVENANCE,)),
}
_BYTES = b"\x00\n\r\t \"'\\{}[]()<>|&*!%@`#,:;.-+=~$^?/_09azAZ\x7f\x80\xc2\x85\xe2\x80\xa8\xff\xef\xbb\xbf"


def mutated(seeds: tuple[bytes, ...], number: int) -> bytes:
    """Return one of the seeds with a few changes; the same number gives the same bytes."""
    choose = random.Random(number)
    data = bytearray(choose.choice(seeds))
    for _ in range(choose.choice((1, 1, 2, 4, 12))):
        at = choose.randrange(len(data) + 1)
        kind = choose.randrange(6)
        if kind == 0:
            data[at:at] = bytes([choose.choice(_BYTES)])
        elif kind == 1:
            data[at : at + 1] = bytes([choose.choice(_BYTES)])
        elif kind == 2:
            del data[at : at + choose.randint(1, 8)]
        elif kind == 3:
            data[at:at] = bytes([choose.choice(_BYTES)]) * choose.choice((2, 40, 3000))
        elif kind == 4:
            other = choose.choice(seeds)
            start = choose.randrange(len(other))
            data[at:at] = other[start : start + choose.randint(1, 30)]
        else:
            data[at : at + 1] = bytes([choose.randrange(256)])
    return bytes(data)


def run(name: str, seconds: float) -> None:
    """Run one target and print how often."""
    target, number, end = TARGETS[name], random.randrange(1 << 48), time.monotonic() + seconds
    runs = understood = 0
    while time.monotonic() < end:
        number += 1
        data = mutated(target.seeds, number)
        try:
            understood += target.read(data)
        except BaseException:
            print(f"seed {number}: {data!r}", file=sys.stderr)
            raise
        runs += 1
    print(f"{name}: {runs} runs, {understood} understood", flush=True)


def main() -> int:
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    for name in TARGETS if sys.argv[1] == "all" else [sys.argv[1]]:
        run(name, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
