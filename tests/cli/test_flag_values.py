"""Values of flags that Go's readers take or refuse otherwise than Python's would."""

from __future__ import annotations

import pytest

from tests.conftest import Run
from tests.prose import shape

TEMPLATE = ("template", "x", "nowhere", "-f")
LABELS = ("upgrade", "x", "nowhere", "--kubeconfig", "nowhere", "--labels")
MAX = ("history", "x", "--kubeconfig", "nowhere", "--max")
QPS = ("history", "x", "--kubeconfig", "nowhere", "--qps")

LISTS = ['a"b', '"a"b', 'a""', '"a,b",c', '"a""b"', "a\nb", "\n\na", "a\r\nb", "a\rb", ' "a"', 'x,"a\nb"c', "\n", "\r\n",
         "\r", 'é"x', 'é,"x', '"a\nb', '\n\n"x', '"a"\r', '"\r', "a,", ","]  # fmt: skip
PAIRS = [
    "",
    "a",
    "=",
    "a=b,",
    ",a=b",
    "a=1,b",
    '"a"=1',
    '"a=1"',
    'a"b=1,c=2',
    "a=1\nb=2",
    'a=1,"b=2,3"',
    '""a=1""',
    "a=b=c,d",
]
INTEGERS = ["0_1", "0_8", "00", "1_0", "0x_1", "²", "١", " 1", "1e1", "9223372036854775808"]
FLOATS = ["0x1p3", "0x1", "1e400", "3.5e38", " 1", "1_0", "inf", "nan", "²", "1e-400", ""]


@pytest.mark.parametrize(
    "arguments",
    [
        (*start, value)
        for start, values in ((TEMPLATE, LISTS), (LABELS, PAIRS), (MAX, INTEGERS), (QPS, FLOATS))
        for value in values
    ],
)
def test_a_flags_value_is_read_as_by_helm(arguments: tuple[str, ...], steer: Run, helm: Run) -> None:
    ours, theirs = steer(*arguments), helm(*arguments)
    assert (ours.stdout, ours.stderr, ours.returncode) == (theirs.stdout, theirs.stderr, theirs.returncode)


def test_fields_of_a_list_are_those_of_gos_reader() -> None:
    from steersman.go.csv import first_record

    assert first_record('\n"a,""b""",c d,"e\r\nf"\nnext') == ['a,"b"', "c d", "e\nf"]


@pytest.mark.parametrize(
    "variable",
    ["HELM_MAX_HISTORY=5", "HELM_MAX_HISTORY=0", "HELM_MAX_HISTORY=0x2", "HELM_BURST_LIMIT=7", "HELM_BURST_LIMIT=0",
     "HELM_QPS=1.5", "HELM_QPS=0.1", "HELM_QPS=123456789", "HELM_QPS=inf", "HELM_NAMESPACE=x",
     "HELM_KUBECONTEXT=y", "HELM_KUBEASUSER=u", "HELM_KUBEASGROUPS=a,b", "HELM_KUBEAPISERVER=h", "HELM_KUBECAFILE=f",
     "HELM_KUBETLS_SERVER_NAME=n", "HELM_KUBEINSECURE_SKIP_TLS_VERIFY=1", "HELM_DEBUG=1", "HELM_COLOR=always",
     "NO_COLOR=1"],
)  # fmt: skip
def test_help_shows_defaults_of_the_environment(
    variable: str, steer: Run, helm: Run, environment: dict[str, str]
) -> None:
    name, _, value = variable.partition("=")
    environment[name] = value
    for command in ("upgrade", "rollback"):
        assert shape(steer(command, "--help").stdout) == shape(helm(command, "--help").stdout)
    for shown in ("HELM_MAX_HISTORY", "HELM_QPS", "HELM_NAMESPACE"):
        assert steer("env", shown).stdout == helm("env", shown).stdout


def test_env_does_not_escape(steer: Run, helm: Run, environment: dict[str, str]) -> None:
    environment["HELM_NAMESPACE"] = 'a"b\\c'
    line = next(line for line in helm("env").stdout.splitlines() if line.startswith("HELM_NAMESPACE"))
    assert line in steer("env").stdout.splitlines()


def test_help_does_not_show_a_token(steer: Run, environment: dict[str, str]) -> None:
    environment["HELM_KUBETOKEN"] = "secret-word"
    assert "secret-word" not in steer("list", "--help").stdout
