"""Write the field numbers of Kubernetes' protobuf messages for the sandbox, from the Go module ``k8s.io/api``.

    python tests/controlplane/protobuf_fields.py FOLDER_OF_K8S.IO >src/steersman/sandbox/protobuf_fields.txt

FOLDER is where the Go module cache keeps ``k8s.io`` (``$(go env GOMODCACHE)/k8s.io``). A line is a message:
``group.version.Kind number=name:type ...``; see ``steersman.sandbox.protobuf`` for the types. Only facts are taken:
names, numbers and types.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

VERSION = "v0.36.3"
GROUPS = ("admissionregistration/v1", "apps/v1", "autoscaling/v1", "autoscaling/v2", "batch/v1", "certificates/v1",
          "coordination/v1", "core/v1", "discovery/v1", "networking/v1", "node/v1", "policy/v1", "rbac/v1",
          "scheduling/v1", "storage/v1")  # fmt: skip
SCALARS = {"int32": "int", "int64": "int", "string": "string", "bool": "bool", "bytes": "bytes", "double": "double"}
SPECIAL = {
    "meta.v1.Time": "time", "meta.v1.MicroTime": "time", "api.resource.Quantity": "quantity",
    "util.intstr.IntOrString": "int-or-string", "meta.v1.Duration": "duration",
    "pkg.runtime.RawExtension": "raw", "meta.v1.FieldsV1": "raw",
}  # fmt: skip
_FIELD = re.compile(r"^\s*(optional|repeated)?\s*(map<string, ([\w.]+)>|[\w.]+) (\w+) = (\d+);")
_INLINE = re.compile(r'json:",inline"[^`]*protobuf:"bytes,(\d+),')


def main(cache: Path) -> None:
    for folder, name in _folders(cache):
        messages = dict(_messages((folder / "generated.proto").read_text(), name))
        inline = dict(_inline_fields(folder))
        for message, fields in messages.items():
            short = message.rpartition(".")[2]
            row = [f"{n}={f}:{'&' if n in inline.get(short, ()) else ''}{t}" for n, f, t in fields]
            if row and not short.endswith("List"):
                print(message, *row)


def _folders(cache: Path) -> Iterator[tuple[Path, str]]:
    for group in GROUPS:
        yield cache / f"api@{VERSION}" / group, group.replace("/", ".")
    yield cache / f"apimachinery@{VERSION}" / "pkg/apis/meta/v1", "meta.v1"


def _messages(text: str, package: str) -> Iterator[tuple[str, list[tuple[int, str, str]]]]:
    for match in re.finditer(r"^message (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        fields = []
        for line in match[2].splitlines():
            found = _FIELD.match(line)
            if found:
                kind = f"map {_type(found[3], package)}" if found[3] else _type(found[2], package)
                prefix = "[]" if found[1] == "repeated" else ""
                fields.append((int(found[5]), found[4], (prefix + kind).replace(" ", "-")))
        yield f"{package}.{match[1]}", fields


def _type(text: str, package: str) -> str:
    if text in SCALARS:
        return SCALARS[text]
    name = ".".join(text.lstrip(".").split(".")[-3:]) if "." in text else f"{package}.{text}"
    return SPECIAL.get(name, name)


def _inline_fields(folder: Path) -> Iterator[tuple[str, set[int]]]:
    for path in folder.glob("types*.go"):
        for match in re.finditer(r"^type (\w+) struct \{\n(.*?)^\}", path.read_text(), re.MULTILINE | re.DOTALL):
            yield match[1], {int(n) for n in _INLINE.findall(match[2])}


main(Path(sys.argv[1]))
