"""JSON to a recording. It comes from somebody else: every field is checked, and an error names it."""

from __future__ import annotations

from steersman.chart.model import ChartFile
from steersman.engine.capabilities import Capabilities, KubeVersion
from steersman.engine.context import Facts
from steersman.errors import UsageError
from steersman.go.time.layout import RFC3339_NANO
from steersman.go.time.moment import UTC
from steersman.go.time.read import parse_moment
from steersman.go.values import Int64
from steersman.recording.document import FORMAT, OPTIONS, VERSION, ChartPart, Outcome, Recording, Shown
from steersman.recording.facts import Answer, FactSet, KeyFact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MOST_DRAWN = 1 << 24  # bytes at once; no template asks for a thousandth of it


class BadRecording(UsageError):
    """A file that is not a recording, or a damaged one."""


def from_text(text: str) -> Recording:
    """Read a recording.

    Raises:
        BadRecording: naming the field that is missing or wrong.
    """
    import json

    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is not a number of JSON")

    try:
        tree = json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise BadRecording("it nests too deeply") from None
    except ValueError as error:
        raise BadRecording(f"it is not JSON: {error}") from error
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise BadRecording(f'it has no "format": "{FORMAT}"')
    top = _Map(tree, "")
    version = top.integer("version")
    if version != VERSION:
        raise BadRecording(f"it has version {version}; this program reads version {VERSION}")
    try:
        return _recording(top)
    except RecursionError:
        raise BadRecording("it nests too deeply") from None


def _recording(top: _Map) -> Recording:
    release, shown, outcome = top.mapping("release"), top.mapping("shown"), top.mapping("outcome")
    options = top.mapping("options")
    as_int64 = top.choice("integers", ("int", "int64")) == "int64"
    error = outcome.string("error") if outcome.has("error") else None
    return Recording(
        program=top.string("steersman"),
        command=top.string("command"),
        chart=_chart(top.mapping("chart"), as_int64=as_int64),
        release=Facts(
            release.string("name"),
            release.string("namespace"),
            release.integer("revision"),
            release.boolean("isInstall"),
            release.boolean("isUpgrade"),
        ),
        labels=release.strings_by_name("labels"),
        values=_values(top, "values", as_int64=as_int64),
        options={name: options.boolean(name) for name in OPTIONS},
        shown=Shown(shown.strings("only"), shown.boolean("hooks"), shown.boolean("tests")),
        capabilities=_capabilities(top.mapping("capabilities")),
        facts=_facts(top.mapping("facts")),
        outcome=Outcome(error=error)
        if error is not None
        else Outcome(outcome.string("manifest"), outcome.string("notes")),
    )


def _chart(part: _Map, *, as_int64: bool) -> ChartPart:
    files = None
    if part.has("files"):
        inner = part.mapping("files")
        files = tuple(ChartFile(name, inner.data(name)) for name in inner.names())
    defaults = _values(part, "defaults", as_int64=as_int64) if part.has("defaults") else None
    name, version, digest = part.string("name"), part.string("version"), part.string("digest")
    return ChartPart(name, version, digest, part.string("origin"), files, defaults)


def _values(part: _Map, name: str, *, as_int64: bool) -> dict[str, Any]:
    tree = part.mapping(name).tree
    return {key: _as_int64(value) for key, value in tree.items()} if as_int64 else tree


def _as_int64(tree: Any) -> Any:
    if type(tree) is int:
        return Int64(tree)
    if isinstance(tree, dict):
        return {key: _as_int64(value) for key, value in tree.items()}
    return [_as_int64(one) for one in tree] if isinstance(tree, list) else tree


def _capabilities(part: _Map) -> Capabilities:
    kube = part.strings("kubeVersion")
    if len(kube) != 4:
        raise part.wrong("kubeVersion", "a list of four texts")
    return Capabilities(KubeVersion(*kube), part.strings("apiVersions"))


def _facts(part: _Map) -> FactSet:
    try:
        moment = parse_moment(RFC3339_NANO, part.string("time"), UTC)
    except ValueError:
        raise part.wrong("time", "a time as in RFC 3339") from None
    drawn, hosts, schemas = part.mapping("drawn"), part.mapping("hosts"), part.mapping("schemas")
    lookups = {}
    for one in part.mappings("lookups"):
        words = (one.string("apiVersion"), one.string("kind"), one.string("namespace"), one.string("name"))
        lookups[words] = one.answer(one.tree_at)
    return FactSet(
        now_ns=moment.nanoseconds,
        has_cluster=part.boolean("cluster"),
        drawn={name: _drawn(drawn, name) for name in drawn.names()},
        lookups=lookups,
        hosts={name: inner.answer(inner.string) for name, inner in hosts.inner_maps()},
        local=_local_times(part),
        schemas={url: inner.answer(inner.data) for url, inner in schemas.inner_maps()},
        post_rendered=[one.answer(one.string) for one in part.mappings("postRendered")],
    )


def _drawn(part: _Map, name: str) -> list[bytes | KeyFact]:
    found: list[bytes | KeyFact] = []
    for at, one in enumerate(part.items(name)):
        if isinstance(one, dict):
            key = _Map(one, part.below(f"{name}[{at}]"))
            found.append(KeyFact(key.string("key"), None if one.get("pem") is None else key.string("pem")))
            continue
        try:
            if not isinstance(one, str) or len(one) > 2 * _MOST_DRAWN:
                raise ValueError
            found.append(bytes.fromhex(one))
        except ValueError:
            raise part.wrong(f"{name}[{at}]", "bytes as hexadecimal digits, or a key") from None
    return found


def _local_times(part: _Map) -> dict[int, tuple[str, int, bool]]:
    found = {}
    for at, row in enumerate(part.items("localTimes")):
        kinds = [type(one) for one in row] if isinstance(row, list) else []
        if kinds != [int, str, int, bool] or abs(row[2]) > 200_000:
            raise part.wrong(f"localTimes[{at}]", "seconds, a name, an offset and whether it is daylight saving time")
        found[row[0]] = (row[1], row[2], row[3])
    return found


class _Map:
    """A map of a document whose fields are checked when they are read; ``path`` names it in errors."""

    def __init__(self, tree: dict[str, Any], path: str) -> None:
        self.tree = tree
        self._path = path

    def below(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def wrong(self, name: str, wanted: str) -> BadRecording:
        problem = "is not" if name.partition("[")[0] in self.tree else "is missing; it has to be"
        return BadRecording(f"{self.below(name)} {problem} {wanted}")

    def has(self, name: str) -> bool:
        return name in self.tree

    def names(self) -> list[str]:
        return list(self.tree)

    def mapping(self, name: str) -> _Map:
        value = self.tree.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "a map")
        return _Map(value, self.below(name))

    def inner_maps(self) -> list[tuple[str, _Map]]:
        return [(name, self.mapping(name)) for name in self.tree]

    def tree_at(self, name: str) -> dict[str, Any]:
        return self.mapping(name).tree

    def items(self, name: str) -> list[Any]:
        value = self.tree.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return value

    def mappings(self, name: str) -> list[_Map]:
        rows = self.items(name)
        for at, row in enumerate(rows):
            if not isinstance(row, dict):
                raise self.wrong(f"{name}[{at}]", "a map")
        return [_Map(row, self.below(f"{name}[{at}]")) for at, row in enumerate(rows)]

    def string(self, name: str) -> str:
        value = self.tree.get(name)
        if not isinstance(value, str):
            raise self.wrong(name, "a text")
        return value

    def strings_by_name(self, name: str) -> dict[str, str]:
        inner = self.mapping(name)
        return {key: inner.string(key) for key in inner.names()}

    def strings(self, name: str) -> tuple[str, ...]:
        value = self.items(name)
        if not all(isinstance(one, str) for one in value):
            raise self.wrong(name, "a list of texts")
        return tuple(value)

    def integer(self, name: str) -> int:
        value = self.tree.get(name)
        if type(value) is not int:
            raise self.wrong(name, "a whole number")
        return value

    def boolean(self, name: str) -> bool:
        value = self.tree.get(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.tree.get(name)
        if value not in choices:
            raise self.wrong(name, " or ".join(choices))
        return str(value)

    def data(self, name: str) -> bytes:
        value = self.tree.get(name)
        if isinstance(value, str):
            return value.encode("utf-8", "surrogatepass")
        if isinstance(value, dict) and isinstance(value.get("base64"), str):
            from binascii import a2b_base64

            try:
                return a2b_base64(value["base64"], strict_mode=True)
            except ValueError:
                pass
        raise self.wrong(name, 'a text, or a map with "base64"')

    def answer(self, read: Callable[[str], Any]) -> Answer:
        return Answer(error=self.string("error")) if self.has("error") else Answer(read("answer"))
