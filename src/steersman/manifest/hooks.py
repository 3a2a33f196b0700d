"""Documents to manifests and hooks: heads are read, hook annotations interpreted, kinds sorted.

Answers to ``SortManifests`` of Helm's ``pkg/release/v1/util``.
"""

from __future__ import annotations

from steersman import errors
from steersman.go.integer import atoi
from steersman.manifest.head import Head
from steersman.manifest.order import INSTALL_ORDER, by_kind
from steersman.manifest.split import split_manifests
from steersman.record import Record
from steersman.release.hook import Hook
from steersman.values.files import json_shape
from steersman.yamlio import errors as yaml_errors
from steersman.yamlio import load as load_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from steersman.manifest.heads import HeadMemory, HeadStore, KeptHeads

    Log = Callable[..., None]

HOOK = "helm.sh/hook"
WEIGHT = "helm.sh/hook-weight"
DELETE_POLICY = "helm.sh/hook-delete-policy"
OUTPUT_LOG_POLICY = "helm.sh/hook-output-log-policy"

EVENTS = frozenset(
    (
        "pre-install",
        "post-install",
        "pre-delete",
        "post-delete",
        "pre-upgrade",
        "post-upgrade",
        "pre-rollback",
        "post-rollback",
        "test",
    )
)


class Manifest(Record):
    """One rendered object: its template's path, its text and its head."""

    path: str
    text: str
    head: Head


def sort_manifests(
    files: Mapping[str, str],
    log: Log,
    order: tuple[str, ...] = INSTALL_ORDER,
    dropped: list[Manifest] | None = None,
    heads: HeadStore | HeadMemory | None = None,
) -> tuple[list[Hook], list[Manifest]]:
    """Return the hooks and the manifests in rendered ``files``, each sorted by kind.

    ``dropped`` gets what is neither, because its hook is not known. ``heads`` has what earlier renders have read.

    Raises:
        ManifestError: for a document whose head cannot be read, with Helm's message.
    """
    hooks: list[Hook] = []
    manifests: list[Manifest] = []
    kept = None if heads is None else heads.open(files)
    for path in sorted(files):
        text = files[path]
        if path.rpartition("/")[2].startswith("_") or not text.strip():
            continue
        for document in split_manifests(text):
            head = _head(document, path, kept)
            if HOOK in head.annotations:
                hook = _hook(document, path, head, log)
                if hook is not None:
                    hooks.append(hook)
                elif dropped is not None:
                    dropped.append(Manifest(path, document, head))
            else:
                manifests.append(Manifest(path, document, head))
    if kept is not None:
        kept.save()
    return by_kind(hooks, lambda h: h.kind, order), by_kind(manifests, lambda m: m.head.kind, order)


def _head(document: str, path: str, kept: KeptHeads | HeadMemory | None) -> Head:
    known = None if kept is None else kept.get(document)
    if known is not None:
        return known
    try:
        head = read_head(load_yaml(document))
    except yaml_errors.YamlError as error:
        raise errors.ManifestError(f"YAML parse error on {path}: error converting YAML to JSON: {error}") from error
    except _Shape as error:
        raise errors.ManifestError(
            f"YAML parse error on {path}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {error}"
        ) from error
    if kept is not None:
        kept.put(document, head)
    return head


class _Shape(ValueError):
    """A head with a field of the wrong shape."""


_NO_ANNOTATIONS: dict[str, str] = {}
_TOP, _TOP_FOLDED = ("apiVersion", "kind", "metadata"), ("apiversion", "kind", "metadata")
_INNER = ("name", "annotations")


def read_head(tree: Any) -> Head:
    """Return the head of a parsed manifest, as Go decodes it into ``SimpleHead``."""
    if tree is None:
        return Head("", "", "", {})
    if not isinstance(tree, dict):
        raise _Shape(f"{json_shape(tree)} into Go value of type util.SimpleHead")
    if any(key not in _TOP and key.lower() in _TOP_FOLDED for key in tree):
        return _folded_head(tree)
    api_version = _text(tree.get("apiVersion"), ".apiVersion")
    kind = _text(tree.get("kind"), ".kind")
    metadata = tree.get("metadata")
    if metadata is None:
        return Head(api_version, kind, "", _NO_ANNOTATIONS)
    if isinstance(metadata, dict) and any(key not in _INNER and key.lower() in _INNER for key in metadata):
        return _folded_head(tree)
    name, annotations = _metadata(metadata, ".metadata", "name", "annotations")
    return Head(api_version, kind, name, annotations)


def _folded_head(tree: dict[str, Any]) -> Head:
    """Return the head of a manifest with keys in another case, such as ``Kind``.

    go: encoding/json takes keys in any case, one after another (test_keys_of_a_manifest_in_another_case)
    """
    found = {"apiversion": "", "kind": ""}
    name = ""
    annotations: dict[str, str] = {}
    for key in sorted(tree):
        folded, value = key.lower(), tree[key]
        if value is None or folded not in _TOP_FOLDED:
            continue
        if folded != "metadata":
            found[folded] = _text(value, f".{key}")
            continue
        names = sorted(value) if isinstance(value, dict) else [""]
        for inner in names:
            is_name, is_annotations = inner.lower() == "name", inner.lower() == "annotations"
            one, more = _metadata(value, f".{key}", inner if is_name else "", inner if is_annotations else "")
            name = one if is_name and value[inner] is not None else name
            annotations |= more
    return Head(found["apiversion"], found["kind"], name, annotations)


def _metadata(tree: Any, where: str, name: str, annotations: str) -> tuple[str, dict[str, str]]:
    """Return the texts under the keys ``name`` and ``annotations``."""
    if not isinstance(tree, dict):
        raise _Shape(
            f"{json_shape(tree)} into Go struct field {where} of type "
            'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }'
        )
    given = tree.get(annotations)
    texts = _NO_ANNOTATIONS
    if given is not None:
        if not isinstance(given, dict):
            raise _Shape(f"{json_shape(given)} into Go struct field {where}.{annotations} of type map[string]string")
        texts = {k: v if type(v) is str else _annotation(v, f"{where}.{annotations}", k) for k, v in given.items()}
    return _text(tree.get(name), f"{where}.{name}"), texts


def _annotation(value: Any, where: str, key: str) -> str:
    from steersman.go.json import pointer_token

    return _text(value, f"{where}.{pointer_token(key)}")


def _text(value: Any, where: str) -> str:
    if type(value) is str:
        return value
    if value is None:
        return ""
    from steersman.chart.decode import text_of

    text = text_of(value)
    if text is None:
        from steersman.go.json import field_place

        raise _Shape(f"{json_shape(value)} into {field_place(where)} of type string")
    return text


def _hook(document: str, path: str, head: Head, log: Log) -> Hook | None:
    annotations = head.annotations
    events: list[str] = []
    for word in annotations[HOOK].split(","):
        event = word.strip().lower()
        if event == "test-success":  # Helm 2's name for it
            event = "test"
        if event not in EVENTS:
            log("INFO", "skipping unknown hooks", hookTypes=annotations[HOOK])
            return None
        events.append(event)
    weight, _problem = atoi(annotations.get(WEIGHT) or "")  # anything that is not a number weighs nothing
    return Hook(
        name=head.name,
        kind=head.kind,
        path=path,
        manifest=document,
        events=tuple(events),
        weight=weight,
        delete_policies=_words(annotations.get(DELETE_POLICY)),
        output_log_policies=_words(annotations.get(OUTPUT_LOG_POLICY)),
    )


def _words(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(word.strip().lower() for word in text.split(","))
