"""A recording to JSON; the form is described in ``docs/replay.md``."""

from __future__ import annotations

from steersman.errors import UsageError
from steersman.go.time.layout import RFC3339_NANO, format_moment
from steersman.go.time.moment import Moment
from steersman.recording.document import FORMAT, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.recording.document import Recording
    from steersman.recording.facts import Answer, FactSet, KeyFact


def to_text(recording: Recording) -> str:
    """Return a recording as JSON.

    Raises:
        UsageError: where the values hold something that has no form in JSON.
    """
    import json

    chart, release, kube = recording.chart, recording.release, recording.capabilities.kube_version
    tree: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "steersman": recording.program,
        "command": recording.command,
        "chart": {"name": chart.name, "version": chart.version, "digest": chart.digest, "origin": chart.origin},
        "release": {
            "name": release.name,
            "namespace": release.namespace,
            "revision": release.revision,
            "isInstall": release.is_install,
            "isUpgrade": release.is_upgrade,
            "labels": recording.labels,
        },
        "options": recording.options,
        "shown": {"only": list(recording.shown.only), "hooks": recording.shown.hooks, "tests": recording.shown.tests},
        "integers": _integers((recording.values, chart.defaults)),
        "values": recording.values,
        "capabilities": {
            "kubeVersion": [kube.version, kube.major, kube.minor, kube.normalized],
            "apiVersions": list(recording.capabilities.api_versions),
        },
        "facts": _facts_tree(recording.facts),
        "outcome": {"manifest": recording.outcome.manifest, "notes": recording.outcome.notes},
    }
    if recording.outcome.error is not None:
        tree["outcome"] = {"error": recording.outcome.error}
    if chart.defaults is not None:
        tree["chart"]["defaults"] = chart.defaults
    if chart.files is not None:
        tree["chart"]["files"] = {file.name: _data_tree(file.data) for file in chart.files}
    try:
        text = json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(tree, indent=1, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"the render cannot be recorded: {error}") from error
    return text + "\n"


def tree_text(tree: Any) -> str:
    """Return values as JSON that tells every difference between two trees."""
    import json

    return json.dumps(tree, default=repr)


def _facts_tree(facts: FactSet) -> dict[str, Any]:
    names = ("apiVersion", "kind", "namespace", "name")
    return {
        "time": format_moment(Moment(facts.now_ns), RFC3339_NANO),
        "cluster": facts.has_cluster,
        "lookups": [{**dict(zip(names, words)), **_answer_tree(one)} for words, one in facts.lookups.items()],
        "drawn": {name: [_drawn_tree(one) for one in drawn] for name, drawn in facts.drawn.items() if drawn},
        "hosts": {name: _answer_tree(one) for name, one in facts.hosts.items()},
        "localTimes": [[seconds, *known] for seconds, known in sorted(facts.local.items())],
        "schemas": {
            url: {"answer": _data_tree(one.value)} if one.error is None else _answer_tree(one)
            for url, one in facts.schemas.items()
        },
        "postRendered": [_answer_tree(one) for one in facts.post_rendered],
    }


def _answer_tree(answer: Answer) -> dict[str, Any]:
    return {"answer": answer.value} if answer.error is None else {"error": answer.error}


def _drawn_tree(one: bytes | KeyFact) -> Any:
    return one.hex() if isinstance(one, bytes) else {"key": one.kind, "pem": one.pem}


def _data_tree(data: bytes) -> Any:
    try:
        return data.decode()
    except UnicodeDecodeError:
        from base64 import b64encode

        return {"base64": b64encode(data).decode()}


def _integers(tree: Any) -> str:
    """Return how templates call the whole numbers in a tree: ``int`` as a program gives them, or else ``int64``."""
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if isinstance(tree, (list, tuple)):
        return "int" if any(_integers(one) == "int" for one in tree) else "int64"
    return "int" if type(tree) is int else "int64"
