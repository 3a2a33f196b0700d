"""``--record`` and ``replay``: the same bytes, or the same error, without what the render asked."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import steersman
from steersman.chart.loader import load_chart
from steersman.engine.context import Facts
from steersman.engine.impure import from_system
from steersman.errors import ManifestError, SteerError
from steersman.recording.document import Recording
from steersman.recording.facts import Answer
from steersman.recording.reading import from_text
from steersman.recording.recorder import About, Recorder
from steersman.recording.replay import chart_of, replay
from steersman.recording.writing import to_text
from steersman.rendering import RenderOptions, World, render, take_part
from steersman.sandbox.process import Running, down, up
from steersman.values.schema_access import SchemaAccess
from tests.conftest import Run
from tests.insight.charts import write_chart
from tests.recording.impure import CALLS
from tests.recording.impure import chart_of as chart_calling

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "charts"
SECRET = """apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  old: {{ (lookup "v1" "Secret" .Release.Namespace "given").data | toJson | quote }}
  all: {{ range (lookup "v1" "Secret" "" "").items }}{{ .metadata.name }} {{ end }}
  none: {{ lookup "v1" "Secret" "nowhere" "none" | toJson | quote }}
  kube: {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions | len }}
  revision: {{ .Release.Revision }} {{ .Release.IsUpgrade }} and
  new: {{ randAlphaNum 20 }}
  size: {{ .Values.size | default "none" | quote }}
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    folder = str(tmp_path / "sandbox")
    yield up(folder, data="", port=0)
    down(folder)


@pytest.mark.parametrize("name", CALLS)
def test_each_function_replays(tmp_path: Path, name: str) -> None:
    text = steersman.load(chart_calling(tmp_path / "c", name)).render(record=tmp_path / "r.json").text
    assert steersman.replay(tmp_path / "r.json").text == text


def test_all_functions_replay_in_another_zone_and_under_the_name_helm(own: Run, steer: Run, tmp_path: Path) -> None:
    chart_calling(tmp_path / "c", *CALLS)
    done = own("template", "c", "--record", "r.json", env={"TZ": "Europe/Paris"})
    assert done.returncode == 0 and "CET" in done.stdout and "CEST" in done.stdout, done.stderr
    (tmp_path / "c" / "templates" / "impure.yaml").unlink()
    for zone in ("Asia/Tokyo", "UTC"):
        again = own("replay", "r.json", env={"TZ": zone})
        assert (again.returncode, again.stdout, again.stderr) == (0, done.stdout, "")
    assert 'unknown command "replay"' in steer("replay", "r.json").stderr
    assert "--record" not in steer("template", "--help").stdout


def test_a_seed_and_a_recording_go_together(own: Run, tmp_path: Path) -> None:
    chart_calling(tmp_path / "c", *(name for name in CALLS if "rsa" not in name and "dsa" not in name))
    plain = own("template", "c", "--seed", "s").stdout
    assert own("template", "c", "--seed", "s", "--record", "r.json", env={"TZ": "Asia/Tokyo"}).stdout == plain
    assert own("replay", "r.json").stdout == plain


def test_lint_takes_objects_a_seed_and_a_recording(own: Run, tmp_path: Path) -> None:
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ (lookup "v1" "Secret" "default" "s").data.name }}\n'
    write_chart(tmp_path / "web", t=text + "data: {a: {{ randAlphaNum 9 }}}\n")
    (tmp_path / "s.yaml").write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {name: Not_Legal}\n")
    more = ("--lookup-from", "s.yaml", "--seed", "one")
    done = own("lint", "web", *more, "--record", "render.json")
    assert 'metadata.name: Invalid value: "Not_Legal"' in done.stdout
    replayed = own("replay", "render.json")
    assert replayed.returncode == 0, replayed.stderr
    assert replayed.stdout == own("template", "test-release", "web", *more).stdout
    two = own("lint", "web", "web", "--record", "render.json")
    assert (two.returncode, two.stderr) == (1, "Error: --record keeps the render of one chart\n")


@pytest.mark.parametrize("command", ["template", "lint"])
def test_a_recording_is_not_written_to_standard_output(own: Run, tmp_path: Path, command: str) -> None:
    write_chart(tmp_path / "web", t="a: 1\n")
    done = own(command, "web", "--record", "-")
    assert done.returncode == 1
    assert done.stderr == ("Error: --record needs the name of a file: standard output has what the command prints\n")
    assert not (tmp_path / "-").exists()


def test_lookups_of_a_cluster_replay_without_it(own: Run, tmp_path: Path, sandbox: Running) -> None:
    write_chart(tmp_path / "c", secret=SECRET)
    given = "apiVersion: v1\nkind: Secret\nmetadata: {name: given}\nstringData: {a: b}\n"
    write_chart(tmp_path / "given", secret=given)
    cluster = {"KUBECONFIG": sandbox.kubeconfig}
    assert own("install", "g", "given", env=cluster).returncode == 0
    done = own("template", "c", "--dry-run=server", "--record", "r.json", env=cluster)
    assert done.returncode == 0 and 'old: "{' in done.stdout, done.stderr
    installed = own("install", "web", "c", "--set", "size=4", "--record", "i.json", env=cluster)
    assert installed.returncode == 0, installed.stderr
    manifest = own("get", "manifest", "web", env=cluster).stdout
    upgraded = own(
        *("upgrade", "web", "c", "--reuse-values", "--set", "size=5", "--record", "u.json"),
        env={**cluster, "TZ": "Asia/Tokyo"},
    )
    assert upgraded.returncode == 0, upgraded.stderr
    second = own("get", "manifest", "web", env=cluster).stdout
    down(str(tmp_path / "sandbox"))
    for name, text in (("r", done.stdout), ("i", manifest), ("u", second)):
        again = own("replay", f"{name}.json")
        assert (again.returncode, again.stdout.strip()) == (0, text.strip()), again.stderr
    assert "revision: 2 true" in second and 'size: "5"' in second
    # a recording stands in for a cluster, also for questions that it was not asked
    other = own("template", "c", "--lookup-from", "r.json").stdout
    assert [line for line in other.splitlines() if line.startswith(("  old", "  all", "  none"))] == [
        line for line in done.stdout.splitlines() if line.startswith(("  old", "  all", "  none"))
    ]
    (tmp_path / "c" / "templates" / "secret.yaml").write_text(
        'kind: A\na: {{ (lookup "v1" "Secret" "default" "sh.helm.release.v1.g.v1").kind }}\n'
    )
    assert "a: Secret\n" in own("template", "c", "--lookup-from", "r.json").stdout


def test_a_kind_that_a_cluster_does_not_know_fails_again(own: Run, tmp_path: Path, sandbox: Running) -> None:
    write_chart(tmp_path / "c", a='kind: A\na: {{ lookup "no.such/v1" "Thing" "" "x" }}\n')
    done = own("template", "c", "--dry-run=server", "--record", "r.json", env={"KUBECONFIG": sandbox.kubeconfig})
    assert "no.such/v1, Kind=Thing" in done.stderr
    again = own("replay", "r.json")
    assert again.returncode == done.returncode == 1
    assert again.stderr == done.stderr[done.stderr.index("Error:") :]


BROKEN = {
    "a call that fails": ({"a": 'kind: A\na: {{ randAlphaNum 4 }}{{ fail (printf "no %s" (randAlpha 9)) }}\n'}, ()),
    "a value that is required": ({"a": 'kind: A\na: {{ required "give it" .Values.it }}\n'}, ()),
    "a template that does not parse": ({"a": "kind: A\na: {{ if }}\n"}, ()),
    "a manifest that is not YAML": ({"a": "kind: A\na: {{ randAlphaNum 5 }}: b: c\n"}, ()),
    "a label that is reserved": ({"a": "kind: A\n"}, ("--labels", "owner=me")),
    "a nil pointer": ({"a": "kind: A\na: {{ .Values.a.b.c }}\n"}, ("--set", "x=1")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_failing_render_fails_again(own: Run, tmp_path: Path, name: str) -> None:
    templates, arguments = BROKEN[name]
    write_chart(tmp_path / "c", **templates)
    done = own("template", "c", *arguments, "--record", "r.json")
    again = own("replay", "r.json")
    assert (done.returncode, again.returncode) == (1, 1)
    assert again.stderr == done.stderr and again.stdout == done.stdout
    assert json.loads((tmp_path / "r.json").read_text())["outcome"]["error"]
    with pytest.raises(steersman.Error):
        steersman.replay(tmp_path / "r.json")
    debug = own("template", "c", *arguments, "--record", "d.json", "--debug").stdout
    assert own("replay", "d.json", "--debug").stdout == debug


def test_a_refusal_by_a_schema_comes_again(own: Run, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", a="kind: A\n")
    (chart / "values.schema.json").write_text('{"properties": {"a": {"type": "string"}}}')
    done = own("template", "c", "--set", "a=1", "--record", "r.json")
    again = own("replay", "r.json")
    assert "got number, want string" in again.stderr and again.returncode == 1
    assert done.stderr.startswith(again.stderr.splitlines()[0])


def test_whole_numbers_keep_their_types(own: Run, tmp_path: Path) -> None:
    text = "kind: A\n" + "".join(f"{n}: {{{{ typeOf .Values.{n} }}}} {{{{ .Values.{n} }}}}\n" for n in "abcd")
    write_chart(tmp_path / "c", a=text)
    (tmp_path / "v.yaml").write_text("a: 1\nb: 1.5\nc: 1e30\n")
    done = own(
        "template", "c", "-f", "v.yaml", "--set", "d=9007199254740993", "--record", "r.json", "--no-values-check"
    )
    assert "a: float64 1\n" in done.stdout and "d: int64 9007199254740993\n" in done.stdout
    assert own("replay", "r.json").stdout == done.stdout
    values = {"a": 1, "b": 1.5, "c": -0.0, "d": 1 << 60}
    first = steersman.load(tmp_path / "c").render(values, record=tmp_path / "l.json").text
    assert steersman.replay(tmp_path / "l.json").text == first


def test_texts_that_are_not_unicode_replay(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", a='kind: A\na: {{ .Files.Get "b.bin" | b64enc }} {{ .Values.t | b64enc }}\n')
    (chart / "b.bin").write_bytes(bytes(range(256)))
    text = steersman.load(chart).render({"t": "a\udcffb"}, record=tmp_path / "r.json").text
    assert steersman.replay(tmp_path / "r.json").text == text


def test_hosts_replay_without_dns(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "c", a='kind: A\na: {{ getHostByName "localhost" }}\n')
    done = own("template", "c", "--enable-dns", "--record", "r.json")
    assert own("replay", "r.json").stdout == done.stdout
    tree = json.loads((tmp_path / "r.json").read_text())
    tree["facts"]["hosts"]["localhost"] = {"answer": "192.0.2.7"}
    (tmp_path / "r.json").write_text(json.dumps(tree))
    again = own("replay", "r.json")
    assert "a: 192.0.2.7\n" in again.stdout
    assert again.returncode == 1 and "the replay is not the recorded render" in again.stderr


def test_what_is_shown_is_shown_again(own: Run, tmp_path: Path) -> None:
    hook = 'kind: B\nmetadata: {name: h, annotations: {"helm.sh/hook": test}}\n'
    chart = write_chart(tmp_path / "c", a="kind: A\n", b=hook)
    (chart / "crds").mkdir()
    (chart / "crds" / "d.yaml").write_text("kind: CustomResourceDefinition\n")
    seen = set()
    for flags in ((), ("--no-hooks",), ("--skip-tests",), ("--include-crds",), ("-s", "templates/a.yaml")):
        done = own("template", "web", "c", *flags, "--record", "r.json")
        assert own("replay", "r.json").stdout == done.stdout
        seen.add(done.stdout)
    assert len(seen) == 4


def test_the_file_is_for_its_owner_alone(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "c", a="kind: A\n")
    (tmp_path / "old.json").write_text("old")
    (tmp_path / "old.json").chmod(0o644)
    for name in ("old.json", "new.json"):
        assert own("template", "c", "--record", name).returncode == 0
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_a_recording_that_cannot_be_written_stops_an_install(own: Run, tmp_path: Path, sandbox: Running) -> None:
    write_chart(tmp_path / "c", a="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    cluster = {"KUBECONFIG": sandbox.kubeconfig}
    done = own("install", "web", "c", "--record", "c/Chart.yaml/r.json", env=cluster)
    assert done.returncode == 1 and "the recording cannot be written: open c/Chart.yaml/r.json" in done.stderr
    assert own("list", "-q", "-a", env=cluster).stdout == ""
    (tmp_path / "c" / "templates" / "a.yaml").write_text('{{ fail "first" }}')
    both = own("template", "c", "--record", "c/Chart.yaml/r.json").stderr
    assert "first" in both and "the recording cannot be written" in both


def test_without_the_chart_the_digest_tells_whether_it_is_the_same(own: Run, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", a="kind: A\na: {{ randAlphaNum 9 }}\n")
    done = own("template", "./c", "--record", "r.json", "--record-chart=false")
    assert "files" not in json.loads((tmp_path / "r.json").read_text())["chart"]
    bare = own("replay", "r.json").stderr
    assert bare == (
        "Error: the recording does not hold the chart\n"
        "Give it as the second argument: c 1.0.0, which was recorded from ./c\n"
    )
    assert own("replay", "r.json", "c").stdout == done.stdout
    recorded = json.loads((tmp_path / "r.json").read_text())["chart"]["digest"]
    (chart / "values.yaml").write_text("a: 1\n")
    other = own("replay", "r.json", "c").stderr
    assert f"{recorded}" in other and other.count("sha256:") == 2 and "the chart is not the recorded one" in other
    assert "one chart at most" in own("replay", "r.json", "c", "c").stderr


def test_credentials_of_a_chart_are_left_out(own: Run, tmp_path: Path) -> None:
    from steersman.cli.inputs.recording import _without_credentials

    assert _without_credentials("https://me:secret@charts.example:80/a/web.tgz?token=x") == (
        "https://charts.example:80/a/web.tgz"
    )
    assert _without_credentials("./a@b?c") == "./a@b?c"


def _record(chart: Path, options: RenderOptions, schemas: SchemaAccess | None = None) -> tuple[str, Recording]:
    kept: list[Recording] = []
    recorder = Recorder(About("template", "c"), kept.append)
    source = take_part(load_chart(str(chart)), {}, _silent)
    world = World(from_system(_silent), schemas=schemas)
    from steersman.record import replace

    done = render(source, Facts("r", "n"), world, replace(options, recorder=recorder))
    return done.text(), from_text(to_text(kept[0]))


def _silent(*_words: object, **_fields: object) -> None: ...


def test_the_output_of_a_post_renderer_is_kept(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", a="kind: A\nmetadata: {name: x}\n")
    text, recording = _record(chart, RenderOptions(post_render=lambda text: text.replace("x", os.urandom(4).hex())))
    assert replay(recording, chart_of(recording), from_system(_silent)).text() == text
    recording.facts.post_rendered.clear()
    recording.facts.post_rendered.append(Answer(error="broken"))
    with pytest.raises(SteerError, match="error while running post render on files: broken"):
        replay(recording, chart_of(recording), from_system(_silent))


def test_a_post_renderer_that_fails_is_recorded(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", a="kind: A\n")

    def broken(_text: str) -> str:
        raise ManifestError("it broke")

    kept: list[Recording] = []
    options = RenderOptions(post_render=broken, recorder=Recorder(About("template", "c"), kept.append))
    source = take_part(load_chart(str(chart)), {}, _silent)
    with pytest.raises(SteerError, match="it broke") as first:
        render(source, Facts("r", "n"), World(from_system(_silent)), options)
    with pytest.raises(SteerError) as second:
        replay(from_text(to_text(kept[0])), load_chart(str(chart)), from_system(_silent))
    assert str(second.value) == str(first.value)


def test_schemas_that_were_fetched_are_kept(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", values="a: 1\n", a="kind: A\n")
    (chart / "values.schema.json").write_text('{"$ref": "http://schemas.example/s.json"}')
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return b'{"type": "object"}'

    access = SchemaAccess(fetch)
    source = take_part(load_chart(str(chart)), {}, _silent)
    render(source, Facts("r", "n"), World(from_system(_silent), schemas=access), RenderOptions())
    text, recording = _record(chart, RenderOptions(), access)
    assert asked == ["http://schemas.example/s.json"] * 2
    assert replay(recording, chart_of(recording), from_system(_silent)).text() == text
    recording.facts.schemas.clear()
    with pytest.raises(SteerError, match="the recording has no schema of http"):
        replay(recording, chart_of(recording), from_system(_silent))


# Recordings from elsewhere


@pytest.fixture
def damaged(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    calls = "".join(f"  a{at}: {{{{ {CALLS[name]} | quote }}}}\n" for at, name in enumerate(
        ("randAlphaNum", "genPrivateKey ecdsa", "genCAWithKey", "now in the local zone", "encryptAES")))  # fmt: skip
    looked = '  b: {{ lookup "v1" "Secret" "default" "s" | toJson | quote }} {{ getHostByName "localhost" }}\n'
    chart = write_chart(tmp_path / "c", a=f"kind: A\ndata:\n{calls}{looked}  c: {{{{ .Values.v.w }}}}\n")
    (chart / "b.bin").write_bytes(b"\xff\xfe")
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"n": 1, "f": 1.5}}
    steersman.load(chart).render({"v": {"w": 3}}, lookup=[secret], record=tmp_path / "r.json")
    tree = json.loads((tmp_path / "r.json").read_text())
    return tmp_path / "r.json", tree


def _places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree[:5]) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from _places(value, (*path, key))


def test_damage_at_any_place_is_a_clear_error(damaged: tuple[Path, dict[str, Any]]) -> None:
    path, tree = damaged
    whole = steersman.replay(path).text
    refused = 0
    places = list(_places(tree))
    assert len(places) > 80
    wrongs: tuple[Any, ...] = (None, 7, "x", [], {}, True, [[1]], {"a": 1}, -1.5, "zz" * 50)
    for place in places:
        for at, wrong in enumerate((*wrongs, "remove")):
            changed = copy.deepcopy(tree)
            inner = changed
            for key in place[:-1]:
                inner = inner[key]
            if at == len(wrongs):
                del inner[place[-1]]
            else:
                inner[place[-1]] = wrong
            path.write_text(json.dumps(changed))
            try:
                assert steersman.replay(path).text == whole, (place, wrong)
            except steersman.Error as error:
                assert str(error), (place, wrong)
                refused += 1
    assert refused > len(places) * 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "x"}, 'it has no "format": "steersman/recording"'),
        ({"version": 2}, "it has version 2; this program reads version 1"),
        ({"release": 1}, "release is not a map"),
        ({"values": None}, "values is not a map"),
        ({"integers": "big"}, "integers is not int or int64"),
        ({"outcome": {}}, "outcome.manifest is missing; it has to be a text"),
        ({"capabilities": {"kubeVersion": ["1"], "apiVersions": []}}, "capabilities.kubeVersion is not a list of four"),
    ],
)
def test_errors_name_the_field(damaged: tuple[Path, dict[str, Any]], change: dict[str, Any], message: str) -> None:
    path, tree = damaged
    path.write_text(json.dumps({**tree, **change}))
    with pytest.raises(steersman.UsageError) as caught:
        steersman.replay(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_what_is_not_json_is_refused_in_bounded_time(tmp_path: Path, own: Run) -> None:
    path = tmp_path / "r.json"
    for text in ("", "[", "{", '{"a": NaN}', "[" * 200_000, '{"a":' * 200_000, "\ud800", '"x"', "null"):
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        with pytest.raises(steersman.UsageError, match=r"r\.json: it "):
            steersman.replay(path)
    data = os.urandom(100_000)
    path.write_bytes(data)
    with pytest.raises(steersman.UsageError):
        steersman.replay(path)
    with path.open("wb") as file:
        file.truncate(300 << 20)
    with pytest.raises(steersman.UsageError, match="larger than 256 MiB"):
        steersman.replay(path)
    done = own("replay", "none.json")
    assert (done.returncode, done.stderr) == (1, "Error: open none.json: no such file or directory\n")


def test_a_recording_cut_short_is_refused(damaged: tuple[Path, dict[str, Any]]) -> None:
    path, _tree = damaged
    data = path.read_bytes()
    for end in range(0, len(data) - 2, max(1, len(data) // 200)):
        path.write_bytes(data[:end])
        with pytest.raises(steersman.UsageError, match="it is not JSON"):
            steersman.replay(path)


def test_a_question_without_an_answer_names_it(damaged: tuple[Path, dict[str, Any]]) -> None:
    path, tree = damaged
    for change, message in (
        ({"lookups": []}, "the recording has no answer to lookup 'v1' 'Secret' 'default' 's'"),
        ({"drawn": {}}, "the recording has no 40 random bytes at place 1 of this template"),
        ({"localTimes": []}, "the recording has no local time of"),
    ):
        path.write_text(json.dumps({**tree, "facts": {**tree["facts"], **change}}))
        with pytest.raises(steersman.ReleaseError) as caught:
            steersman.replay(path)
        assert message in str(caught.value)


# Public charts


def _with_impure_calls() -> list[Path]:
    import re
    import tarfile

    found = []
    call = re.compile(rb"\b(genCA|genSignedCert|genSelfSignedCert|genPrivateKey|uuidv4|htpasswd|shuffle|\bnow\b)")
    for path in sorted(CORPUS.glob("*.tgz")):
        with tarfile.open(path) as archive:
            texts = (archive.extractfile(one) for one in archive if "/templates/" in one.name and one.isfile())
            if any(text is not None and call.search(text.read()) for text in texts):
                found.append(path)
    return found


@pytest.mark.skipif(not CORPUS.exists(), reason="the public charts are not there")
def test_public_charts_replay(tmp_path: Path) -> None:
    replayed = changing = 0
    for path in _with_impure_calls():
        chart = steersman.load(path)
        try:
            text = chart.render(record=tmp_path / "r.json").text
        except steersman.Error as error:
            with pytest.raises(steersman.Error) as caught:
                steersman.replay(tmp_path / "r.json")
            assert str(caught.value) == str(error), path.name
            continue
        assert steersman.replay(tmp_path / "r.json").text == text, path.name
        replayed += 1
        changing += chart.render().text != text
        if changing == 12:
            break
    assert replayed > changing == 12
