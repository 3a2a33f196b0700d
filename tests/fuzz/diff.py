"""Compare random templates with a real Helm: same output, same error, same exit code.

    python -m tests.fuzz.diff [N=500] [SEED=1] [SECONDS=0] [ONLY=regex of names] [MODE=calls|odd|statements|syntax]

Helm is looked for in the folder $HELM_ORACLE, then on PATH. Each case is a chart with one template made of
random calls of the function library on random values, inside random control structures; with MODE=odd, of one call on
values that are easy to get wrong; with MODE=statements, of nested statements; with MODE=syntax, one of the tests'
templates with a few characters changed. With SECONDS, N does not count. Differences are printed with the template, so that it can be made a test.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from steersman.go.signature import parse_signature
from steersman.gotemplate.builtins import BUILTINS
from steersman.sprig import FUNCTIONS

VALUES = """\
s: hello
e: ""
n: 42
neg: -7
z: 0
f: 3.14
big: 12345678901
t: true
fl: false
nil: null
l: [1, two, 3.5, true, null]
li: [3, 1, 2]
ls: [b, a, c, a]
m: {b: 2, a: 1, c: {d: deep}}
m2: {b: 3, z: null, c: {d: other, e: [1]}, x: ""}
lm: [{name: x, v: 1}, {name: y, v: 2}]
emptyl: []
emptym: {}
multi: "line1\\nline2 words here\\n"
html: "<a href='x'>&\\"</a>"
uni: "héllo ✓ 日本"
numstr: "0123"
ver: v1.10.3-rc.1+b5
url: "https://u:p@example.com:8080/a/b?q=1#frag"
path: "/a/../b/c.tar.gz"
camel: someHTTPServer20xOK_and-more
"""
FIELDS = re.findall(r"^(\w+):", VALUES, re.M)
STRINGS = [
    '"abc"', '""', '"a,b,,c"', '"Foo Bar"', '"1.2.3"', '">=1.2, <2"', '"12"', '"0x1f"', '"1e3"', "`a\"b\\c`", '"é✓"',
    '" pad "', '"true"', '"1h30m"', '"2006-01-02"', '"2020-02-03"', '"YWJj"', '"[a-z]+"', '"(a)(b)?"', '"$1-${1}x"',
    '"a/b/../c.txt"', '"%s-%d|%v"',
    '"{\\"a\\":[1,2.5,null]}"', '"string"', '"map"', '"b"', '"c"', '"d"', '","', '"^1.x"',
]  # fmt: skip
NUMBERS = ["0", "1", "2", "3", "5", "-1", "-3", "12", "0x10", "1.5", "-2.25", "1e3", "100", "'a'", "7.0"]
SMALL = ["0", "1", "2", "3", "5", "-1", "7"]
UNSTABLE = re.compile(
    r"^(now|rand\w*|shuffle|uuidv4|gen\w+|bcrypt|htpasswd|encryptAES|derivePassword|getHostByName|ago|date\w*|html_?[dD]ate\w*"
    r"|keys|values|fail|buildCustomCert|call|hello|must_date_modify|mustDateModify|unixEpoch|decryptAES|repeat|date_\w+)$"
)
HELM = {
    "toYaml": "any -> string",
    "fromYaml": "string -> map",
    "fromYamlArray": "string -> list",
    "fromJsonArray": "string -> list",
}


STATEMENTS = """\
{{- define "a" }}{{ $x := . }}{{ if $x }}{{ $x | quote }}{{ else if true }}n{{ end }}{{ end -}}
a: {{ include "a" "v" }}
{{- range $i, $e := .Values.ls }}
b{{ $i }}: {{ with $e }}{{ . }}{{ else }}none{{ end }}{{ if eq $i 1 }}{{ break }}{{ end }}
{{- end }}
{{- /* a comment */}}
{{ block "c" .Values.m }}c: {{ (index . "c").d }}{{ end }}
"""


class Maker:
    """Makes random templates."""

    def __init__(self, rng: random.Random, only: str) -> None:
        self.rng = rng
        rows = {name: row[1] for name, row in {**BUILTINS, **FUNCTIONS}.items()} | HELM
        self.signatures = {name: parse_signature(text) for name, text in rows.items() if not UNSTABLE.match(name)}
        self.names = [n for n in sorted(self.signatures) if re.search(only, n)]
        self.variables: list[str] = []

    def literal(self) -> str:
        return self.rng.choice([*STRINGS, *NUMBERS, "true", "false", "nil" if self.rng.random() < 0.3 else "1"])

    def field(self) -> str:
        roll = self.rng.random()
        if self.variables and roll < 0.2:
            return self.rng.choice(self.variables)
        if roll < 0.28:
            return ".Values." + self.rng.choice(
                ["m.c.d", "m.c", "m2.c", "m.nope", "nope", "lm", "s.foo", "nope.x", "set.i"]
            )
        return ".Values." + self.rng.choice(FIELDS)

    def of_type(self, word: str, depth: int) -> str:
        rng = self.rng
        if rng.random() < 0.04:
            return self.any(depth)
        if word == "int":
            return (
                rng.choice(SMALL) if rng.random() < 0.85 else f"(int {rng.choice([*SMALL, '.Values.n', '.Values.s'])})"
            )
        if word == "string":
            roll = rng.random()
            if roll < 0.5:
                return rng.choice(STRINGS)
            if roll < 0.7 or depth <= 0:
                return ".Values." + rng.choice(
                    ["s", "e", "multi", "html", "uni", "numstr", "ver", "url", "path", "camel"]
                )
            return self.call(depth - 1, {"string"})
        if word == "bool":
            return rng.choice(["true", "false", ".Values.t", "(eq 1 1)"])
        if word == "float64":
            return rng.choice(["1.5", ".Values.f", "0.5"])
        if word == "map":
            return rng.choice(
                [".Values.m", ".Values.m2", ".Values.emptym", '(dict "a" 1 "b" (list 1))', "(deepCopy .Values.m)"]
            )
        if word in ("list", "strings"):
            return rng.choice([".Values.l", '(list "a" 1)', ".Values.ls"])
        if word == "time":
            return '(toDate "2006-01-02" "2021-03-04")'
        return self.any(depth)

    def any(self, depth: int) -> str:
        roll = self.rng.random()
        if depth <= 0 or roll < 0.3:
            return self.literal() if self.rng.random() < 0.5 else self.field()
        if roll < 0.45:
            return self.field()
        return self.call(depth - 1, None)

    def call(self, depth: int, results: set[str] | None) -> str:
        names = [n for n in self.names if results is None or self.signatures[n].result in results] or self.names
        return f"({self.command(self.rng.choice(names), depth)})"

    def command(self, name: str, depth: int) -> str:
        signature = self.signatures[name]
        words = list(signature.params)
        if signature.variadic:
            words += [signature.variadic] * self.rng.randint(0, 3)
        if self.rng.random() < 0.03:
            words = words[:-1] if self.rng.random() < 0.5 else [*words, "any"]
        arguments = [self.of_type(w, depth) for w in words]
        if arguments and self.rng.random() < 0.3:
            final = arguments.pop()
            return " ".join([final, "|", name, *arguments]).replace("nil | ", "(list) | ")
        return " ".join([name, *arguments])

    def shown(self, expression: str) -> str:
        roll = self.rng.random()
        if roll < 0.5:
            return "{{ " + f'printf "%T|%v" {expression} {expression} | toJson' + " }}"
        if roll < 0.7:
            return "{{ " + f"{expression} | toJson" + " }}"
        return "{{ " + f"{expression} | quote" + " }}"

    def template(self) -> str:
        self.variables = []
        lines = []
        for number in range(self.rng.randint(1, 2)):
            expression = self.call(self.rng.randint(0, 2), None)
            lines.append(f"k{number}: " + self.shown(expression))
        roll = self.rng.random()
        if roll < 0.15:
            lines.append(
                "{{ $x := " + self.any(1).replace("nil", "1") + " }}{{ if " + self.any(2).replace("nil", "1") + " }}"
            )
            lines.append("a: {{ $x | quote }}{{ else }}\nb: 1{{ end }}")
        elif roll < 0.3:
            lines.append("{{- range $i, $v := " + self.any(1).replace("nil", "1") + " }}")
            lines.append("r{{ $i }}: {{ $v | quote }}{{ else }}\nnone: true{{ end }}")
        elif roll < 0.4:
            lines.append("{{- with " + self.any(1).replace("nil", "1") + " }}\nw: {{ . | toJson | quote }}{{ end }}")
        elif roll < 0.5:
            lines.append(
                '{{- define "d" }}[{{ . | quote }}]{{ end }}\nd: {{ include "d" '
                + self.any(1).replace("nil", "1")
                + " | toJson }}"
            )
        return "\n".join(lines) + "\n"


ODD_STRINGS = (
    r"""
""|"a"|" a\tb\n c "|"²"|"٣"|"ǅx ßẞİıſ"|"e\u0301"|"\u2028\u00a0\u3000x\u200b"|"\x00\x01\x7f"|"\xff\xfe"|"😀👨‍👩‍👧"
"-1"|"+1"|"1_000"|"0x1F"|"0b11"|"0o17"|"017"|"1e5"|"1E400"|"-0"|"-0.0"|".5"|"5."|"NaN"|"Infinity"|"9223372036854775807"
"9223372036854775808"|"-9223372036854775809"|"1.7976931348623157e308"|"TRUE"|"T"|"null"|"~"|"1h2m3.5s"|"-1.5h"|"100000h"
"2020-02-30"|"2021-06-01T10:11:12.5+02:00"|"Mon Jan _2 15:04:05 MST 2006"|"Europe/Berlin"|"nope/zone"|"1.2.3-a.1+b.2"
"v1.2"|"01.2.3"|"^1.2, >=3"|">1.x <2"|"1.2.3 - 2.3.4"|"(?i)a(b)?c*"|"["|"(?P<n>\\d+)"|"\\pL+"|"[[:alpha:]]"|"$1 ${n} $$"
"/a/../b//c.tar.gz"|"C:\\d"|"http://u:p%40@h:80/p%20q?x=1&y=%zz#f"|"//h"|"mailto:a@b"|"[1,2"|"- a\n- 2\n"|"YWJj="|"!!"
"MFRGG==="|"a = 1\n[b]\nc=[1.5,2020-01-01]\n"|"%d %s %v %q %T %%"|"%5.2f %-5s %+d %x %08b %c %U %e"|"a: 1\nb: [x, 1.0, ~]"
"camelCase_snake-kebab HTTPServer2"|"x\r\ny\rz"|"<a href=\"x\">&\u0027</a>"|"{\"a\":[1,2.0,1e30,null],\"b\":{}}"
""".strip()
    .replace("\n", "|")
    .split("|")
)
ODD_VALUES = r"""
int: 0|1|-1|63|64|-64|1000|2147483648|9223372036854775807|-9223372036854775808|'x'|0x7f|1_0|true
float64: 0.0|-0.0|-2.5|1e21|1e-7|1e308|5e-324|(divf 1 3)|(float64 "inf")|(float64 "nan")
list: (list)|(list 1 2 3)|(list 1 "a" 2.5 nil true (list 1))|(list nil)|(list "10" "9")|(until 3)|.Values.l|.Values.emptyl
list: (splitList "," "a,,b")|(list (dict "a" 1))|(list 1.0 2 (int64 3))|nil
map: (dict)|(dict "a" 1)|(dict "b" 2 "a" 1 "c" (dict "d" nil))|(dict 1 2)|(split "," "a,b")|(urlParse "http://h/p?q#f")
map: (fromJson "{\"a\":1,\"b\":[1.5,{}]}")|(fromYaml "a: 1\nb: {c: 2}")
bool: true|false|.Values.t
time: (toDate "2006-01-02" "2020-03-04")|(toDate "2006-01-02" "bad")
object: nil|.Values.none|.Capabilities.KubeVersion|.Capabilities.APIVersions|.Chart|.Release|.Files|.Subcharts|.Values.big
object: (semver "1.2.3-a+b")|(int64 5)|(.Files.GetBytes "values.yaml")|(fromJson "[1]")
"""
ODD = {"string": ODD_STRINGS}
for _line in ODD_VALUES.strip().split("\n"):
    _word, _, _texts = _line.partition(": ")
    ODD[_word] = [*ODD.get(_word, []), *_texts.split("|")]
ALIKE = {"int64": "int", "uint32": "int", "number": "int", "lists": "list", "strings": "list", "maps": "map"}


class Odd(Maker):
    """Makes calls of one function on values that are easy to get wrong."""

    def __init__(self, rng: random.Random, only: str) -> None:
        super().__init__(rng, only)
        self.names = [name for name in self.names if name not in ("until", "untilStep", "seq")]  # Helm takes all memory

    def of_type(self, word: str, depth: int) -> str:
        rng = self.rng
        word = ALIKE.get(word, word)
        if word not in ODD or rng.random() < 0.12:
            word = rng.choice(sorted(ODD))
        return rng.choice(ODD[word])

    def template(self) -> str:
        call = self.command(self.rng.choice(self.names), 0)
        return f'k: {{{{ $r := ({call}) }}}}{{{{ printf "%v|%T" $r $r | b64enc }}}}\n'


FORMS = (
    *("{0}", "{0}", "(default {0} {1})", "(and {0} {1})", "(or {0} {1})", "(not {0})", "(list {0} {1})"),
    *('(dict "k" {0} "l" {1})', '(printf "%v-%v" {0} {1})', "(ternary {0} {1} (not {1}))", "({0} | quote)"),
    *('(eq "s" (toString {0}))', "({0} | default {1} | quote)", "(coalesce {0} {1})", "(kindOf {0})"),
)
ADDRESS = re.compile(r"0x[0-9a-f]{9,12}")


class Builder(Maker):
    """Makes templates of nested statements: what they write is checked more than what functions give."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(
            rng, r"^(eq|ne|lt|and|or|not|printf|quote|default|dict|list|get|set|index|len|add|ternary|hasKey)$"
        )
        self.scopes: list[list[str]] = [[]]

    def visible(self) -> list[str]:
        return [name for scope in self.scopes for name in scope]

    def value(self) -> str:
        """A value that mostly does not fail: errors would hide what comes after them."""
        rng = self.rng
        if rng.random() < 0.02:
            return self.any(1).replace("nil", "1")
        simple = ["$.Values." + name for name in FIELDS] + ["$v" + name for name in self.visible()] * 3
        simple += ["1", '"s"', "0", "true", '""', ".", "$.Values.m.c.d", "$.Values.nope"]
        one, two = rng.choice(simple), rng.choice(simple)
        form = rng.choice(FORMS)
        return form.format(one, two)

    def block(self, depth: int, *, loop: bool) -> str:
        self.scopes.append([])
        text = "".join(self.statement(depth, loop=loop) for _ in range(self.rng.randint(1, 4)))
        self.scopes.pop()
        return text

    def open(self) -> str:
        return self.rng.choice(["{{ ", "{{ ", "{{- "])

    def close(self) -> str:
        return self.rng.choice([" }}", " }}", " -}}"])

    def statement(self, depth: int, *, loop: bool) -> str:
        rng, a, z = self.rng, self.open(), self.close()
        roll = rng.random()
        if roll < 0.2:
            return rng.choice(["text", " - \n", "\n\tx ", "é "])
        if roll < 0.4 or depth <= 0:
            return f"{a}{self.value()} | quote{z}"
        if roll < 0.5:
            name = rng.choice("abc")
            text = f"{a}$v{name} := {self.value()}{z}"
            self.scopes[-1].append(name)
            return text
        if roll < 0.57 and self.visible():
            return f"{a}$v{rng.choice(self.visible())} = {self.value()}{z}"
        if roll < 0.72:
            otherwise = ""
            if rng.random() < 0.5:
                otherwise = f"{a}else{z}" + self.block(depth - 1, loop=loop)
            if rng.random() < 0.3:
                otherwise = f"{a}else if {self.value()}{z}" + self.block(depth - 1, loop=loop) + otherwise
            return f"{a}if {self.value()}{z}" + self.block(depth - 1, loop=loop) + otherwise + f"{a}end{z}"
        if roll < 0.8:
            body = self.block(depth - 1, loop=loop)
            return f"{a}with {self.value()}{z}{{{{ . | quote }}}}{body}{a}else{z}{self.block(depth - 1, loop=loop)}{a}end{z}"
        if roll < 0.93:
            return self.loop(depth, a, z)
        if roll < 0.97 and loop:
            return f"{a}if {self.value()}{z}{a}{rng.choice(['break', 'continue'])}{z}{a}end{z}"
        return f'{a}template "t{rng.randint(0, 1)}" {self.value()}{z}'

    def loop(self, depth: int, a: str, z: str) -> str:
        fields = ["ls", "m", "li", "lm", "emptyl", "nope"]
        over = self.rng.choice(["3", '(list 1 "a")', "(until 2)", *("$.Values." + f for f in fields)])
        names = self.rng.sample("abc", self.rng.randint(0, 1 if over == "3" else 2))
        declared = ", ".join("$v" + name for name in names) + (" := " if names else "")
        self.scopes.append(names)
        body = "{{ . | toJson }}" + self.block(depth - 1, loop=True)
        self.scopes.pop()
        otherwise = f"{a}else{z}" + self.block(depth - 1, loop=False) if self.rng.random() < 0.4 else ""
        return f"{a}range {declared}{over}{z}{body}{otherwise}{a}end{z}"

    def template(self) -> str:
        defines = ""
        for number in range(2):
            self.scopes = [[]]
            body = self.block(1, loop=False).replace("template", "printf")
            defines += f'{{{{ define "t{number}" }}}}<{{{{ . | toJson }}}}{body}>{{{{ end }}}}'
        self.scopes = [[]]
        return defines + '{{ define "all" }}' + self.block(4, loop=False) + '{{ end }}v: {{ include "all" . | toJson }}'


class Breaker:
    """Makes templates that are nearly right."""

    CHARS = "{}()|.$\"'`-:=, \n/*xi1@é"
    WORDS = (
        "{{",
        "}}",
        "{{-",
        "-}}",
        " | ",
        "end",
        "if ",
        "else",
        "range ",
        "define",
        "with ",
        "$x",
        ":=",
        ".x",
        "break",
        "nil",
    )

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
        self.templates = [
            json.loads(line)["template"]
            for room in ("gotemplate", "sprig")
            for line in Path(folder, room, "cases.jsonl").read_text("utf-8").splitlines()
        ] + [STATEMENTS]

    def template(self) -> str:
        rng = self.rng
        text = "x: y\n" * rng.randint(0, 1) + rng.choice(self.templates)
        if rng.random() < 0.3:
            text += "\n# " + rng.choice(self.templates)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text) + 1)
            roll = rng.random()
            if roll < 0.4:
                text = text[:at] + text[at + rng.randint(1, 3) :]
            elif roll < 0.7:
                text = text[:at] + rng.choice(self.CHARS) + text[at:]
            else:
                text = text[:at] + rng.choice(self.WORDS) + text[at:]
        return text


def find_helm() -> str:
    """Return the real Helm's path."""
    found = shutil.which("helm", path=os.environ.get("HELM_ORACLE") or None)
    if not found:
        sys.exit("no helm: set HELM_ORACLE")
    return found


def run_ours(arguments: list[str]) -> tuple[int, str, str]:
    """Run our command line in this process."""
    from steersman.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except Exception as error:
            import traceback

            return -1, "", "".join(traceback.format_exception(error)[-3:])
    return code, out.getvalue(), err.getvalue()


def run_helm(helm: str, arguments: list[str]) -> tuple[int, str, str]:
    """Run the real Helm, in 4 GiB of memory: it bounds none itself."""
    done = subprocess.run(
        [helm, *arguments], capture_output=True, check=False, stdin=subprocess.DEVNULL, preexec_fn=limit_memory
    )
    return (
        done.returncode,
        done.stdout.decode("utf-8", "surrogateescape"),
        done.stderr.decode("utf-8", "surrogateescape"),
    )


def limit_memory() -> None:
    """Limit this process to the memory that a chart may take here."""
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def is_crash(code: object, errors: str) -> bool:
    """Return whether Go's runtime ended Helm: out of memory, or too deep a stack. Nothing compares with that."""
    return (isinstance(code, int) and code < 0) or "\nfatal error: " in f"\n{errors}"


def masked(result: tuple[int, str, str]) -> tuple[int, str, str]:
    """Return a result without the addresses of pointers that it prints."""
    return result[0], ADDRESS.sub("0x", result[1]), ADDRESS.sub("0x", result[2])


def main() -> int:
    """Run the comparison; the exit code is 1 when something differs."""
    options = dict(a.split("=", 1) for a in sys.argv[1:])
    count, seed, seconds = (
        int(options.get(name, default)) for name, default in (("N", 500), ("SEED", 1), ("SECONDS", 0))
    )
    end = time.monotonic() + seconds
    helm = find_helm()
    sys.argv[0] = "helm"  # the name that the program goes by
    rng = random.Random(seed)
    only = options.get("ONLY", "")
    makers = {"calls": lambda: Maker(rng, only), "odd": lambda: Odd(rng, only)}
    makers |= {"statements": lambda: Builder(rng), "syntax": lambda: Breaker(rng)}
    maker = makers[options.get("MODE", "calls")]()
    differing = rendered = number = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HOME=folder, KUBECONFIG=folder + "/none", TZ="UTC")
        os.makedirs(folder + "/c/templates")
        os.chdir(folder)
        with open("c/Chart.yaml", "w") as file:
            file.write("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        with open("c/values.yaml", "w", encoding="utf-8") as file:
            file.write(VALUES)
        while time.monotonic() < end if seconds else number < count:
            text = maker.template()
            with open("c/templates/t.yaml", "w", encoding="utf-8") as file:
                file.write(text)
            arguments = ["template", "r", "./c", "--set", "set.i=5"]
            theirs, ours = run_helm(helm, arguments), run_ours(arguments)
            rendered += theirs[0] == 0
            if masked(theirs) != masked(ours) and not is_crash(theirs[0], theirs[2]):
                differing += 1
                print(f"--- {number}\n{text}helm: {theirs}\nours: {ours}", flush=True)
            number += 1
    print(f"{differing} of {number} differ; {rendered} rendered")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
