"""Malicious charts: a clear error in bounded time and memory, Helm's where Helm has one."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)
LOOP = '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'

# Template, values: what Helm survives, and answers.
LIKE_HELM: dict[str, tuple[str | bytes, str | bytes]] = {
    "includes in a circle": (LOOP, ""),
    "aliases of aliases": ("a: 1", ALIASES),
    "aliases of aliases in a string": ("{{ fromYaml .Values.text | toJson }}", "text: |\n  " + ALIASES.replace("\n", "\n  ")),
    "lists 9,000 deep": ("a: {{ .Values | toYaml | len | quote }}", "a: " + "[" * 9000 + "]" * 9000),
    "lists more than 10,000 deep": ("a: 1", "a: " + "[" * 10_050 + "]" * 10_050),
    "maps 3,000 deep": ("a: {{ .Values | toJson | len | quote }}", "\n".join(" " * i + "a:" for i in range(3000)) + " 1"),
    "20,000 parentheses": ("a: {{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}", ""),
    "9,000 parentheses": ("a: {{ " + "(" * 9_000 + "1" + ")" * 9_000 + " }}", ""),
    "5,000 ifs in each other": ("a: " + "{{ if 1 }}" * 5000 + "x" + "{{ end }}" * 5000, ""),
    "a chain of 20,000 fields": ("a: {{ .Values" + ".a" * 20_000 + " }}", ""),
    "a pipe of 5,000 commands": ("a: {{ 1 " + "| print " * 5000 + "}}", ""),
    "NUL in a template": (b'a: "x\0y"\n', ""),
    "NUL in values": ("a: {{ .Values.a }}", b'a: "x\0y"'),
    "a template that is not UTF-8": (b'a: "\xff\xfe"\n', ""),
    "values that are not UTF-8": ("a: {{ .Values.a }}", b'a: "\xff\xfe"'),
    "byte order marks": (b"\xef\xbb\xbfa: {{ .Values.a }}\n", b"\xef\xbb\xbfa: 5\n"),
    "carriage returns": (b"a: {{ .Values.a }}\r\nb: 1\r\n", b"a: 5\r\n"),
    "a pattern that backtracks": ('a: {{ regexMatch "^(a+)+$" (print (repeat 40 "a") "b") }}', ""),
    "a pattern of nothing, often": ('a: {{ regexReplaceAll "(.*)*x" (repeat 20000 "a") "b" | len }}', ""),
    "a wide number": ('a: {{ printf "%9999999d" 1 | len }}', ""),
}  # fmt: skip

# Template, values, a part of the message: what Helm would take the machine's memory or a day for.
BOUNDED: dict[str, tuple[str, str, str]] = {
    "endless tpl": ("{{ tpl .Values.text . }}", 'text: "{{ tpl .Values.text . }}"', "more than 1000 of them run inside each other"),
    "a template in itself": ('{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}', "", "exceeded maximum template depth (100000)"),
    "gigabytes of text": ("{{ range until 100000 }}{{ range until 100000 }}" + "x" * 50 + "{{ end }}{{ end }}", "", "the template writes more than 536870912 characters"),
    "repeat": ('{{ repeat 1000000000 "xxxxxxxx" }}', "", "error calling repeat: repeat: the result has more than 536870912 characters"),
    "one large text, often": ('{{ $x := repeat 100000000 "xxxx" }}{{ range until 100 }}{{ $x }}{{ end }}', "", "the template writes more than"),
    "until": ("{{ until 2000000000 | len }}", "", "error calling until: more than 20000000 numbers"),
    "seq": ("{{ seq 1 2000000000 | len }}", "", "error calling seq: more than 20000000 numbers"),
    "tables in each other, as TOML": ('{{ $d := dict }}{{ range until 20000 }}{{ $d = dict "a" $d }}{{ end }}{{ toToml $d | len }}', "", "error calling toToml: toToml: the result has more than 536870912 characters"),
    "a text that doubles": ('{{ $x := "x" }}{{ range until 40 }}{{ $x = printf "%s%s" $x $x }}{{ end }}{{ len $x }}', "", "the chart needs more than 4096 MiB of memory"),
    "a list that doubles": ("{{ $x := list 1 2 }}{{ range until 40 }}{{ $x = concat $x $x }}{{ end }}{{ len $x }}", "", "the chart needs more than 4096 MiB of memory"),
}  # fmt: skip


def _chart(folder: Path, template: str | bytes, values: str | bytes) -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    for path, text in ((folder / "templates" / "t.yaml", template), (folder / "values.yaml", values)):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.mark.helm
@pytest.mark.parametrize("name", sorted(LIKE_HELM))
def test_what_helm_survives_is_answered_as_helm_does(tmp_path: Path, steer: Run, helm: Run, name: str) -> None:
    _chart(tmp_path / "c", *LIKE_HELM[name])
    ours, theirs = (run("template", "r", "c") for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="3.11 compiles such a chain (run the tests on 3.12)")
def test_a_chain_that_python_does_not_compile_is_refused_by_name(tmp_path: Path, steer: Run) -> None:
    _chart(tmp_path / "c", *LIKE_HELM["a chain of 20,000 fields"])
    done = steer("template", "r", "c", env={"STEER_TEMPLATES": "compile"})
    assert done.returncode == 1 and "templates or values nest too deeply" in done.stderr


@pytest.mark.parametrize("name", sorted(BOUNDED))
def test_what_would_take_all_memory_ends(tmp_path: Path, environment: dict[str, str], name: str) -> None:
    template, values, message = BOUNDED[name]
    _chart(tmp_path / "c", template, values)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(
        [sys.executable, "-m", "steersman", "template", "r", "c"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert message in done.stderr
    assert max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) < 4.2 * 1024 * 1024


def test_lint_is_bounded_too(tmp_path: Path, steer: Run) -> None:
    template, values, message = BOUNDED["a text that doubles"]
    _chart(tmp_path / "c", template, values)
    done = steer("lint", "c")
    assert done.returncode == 1 and message in done.stdout + done.stderr
