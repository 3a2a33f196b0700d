"""The post-renderer's contract: rendered files to one stream, and what comes back to files.

Answers to ``annotateAndMerge`` and ``splitAndDeannotate`` of Helm's ``pkg/action``: an annotation says which
file an object is of while it is away.
"""

from __future__ import annotations

from steersman import errors
from steersman.manifest.split import split_manifests
from steersman.manifest.yaml_nodes import MAPPING, SCALAR, Malformed, Node, parse_all
from steersman.manifest.yaml_write import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

ANNOTATION = "postrenderer.helm.sh/postrender-filename"


def post_render(files: dict[str, str], run: Callable[[str], str]) -> dict[str, str]:
    """Return the files as the post-renderer ``run`` leaves them.

    Raises:
        ManifestError: with Helm's message.
    """
    try:
        merged = _merge(files)
    except errors.SteerError as error:
        raise errors.ManifestError(f"error merging manifests: {error}") from error
    try:
        rendered = run(merged)
    except errors.SteerError as error:
        raise errors.ManifestError(f"error while running post render on files: {error}", hint=error.hint) from error
    try:
        return _split(rendered)
    except errors.SteerError as error:
        raise errors.ManifestError(f"error while parsing post rendered output: {error}") from error


def _merge(files: dict[str, str]) -> str:
    found: list[Node] = []
    for path in sorted(files):
        if path.rpartition("/")[2].startswith("_") or not files[path].strip():
            continue
        for document in split_manifests(files[path]):
            try:
                nodes = _nodes(document)
            except errors.SteerError as error:
                raise errors.ManifestError(f"parsing {path}: {error}") from error
            for node in nodes:
                _annotate(node, path)
            found += nodes
    return write(found)


def _split(text: str) -> dict[str, str]:
    by_file: dict[str, list[Node]] = {}
    for i, node in enumerate(_parsed(text)):
        path = _take_annotation(node) or f"generated-by-postrender-{i}.yaml"
        by_file.setdefault(path, []).append(node)
    return {path: write(nodes) for path, nodes in by_file.items()}


def _parsed(text: str) -> list[Node]:
    try:
        return _nodes(text)
    except errors.SteerError as error:
        raise errors.ManifestError(f"error parsing YAML: {error}") from error


def _nodes(text: str) -> list[Node]:
    try:
        return parse_all(text)
    except Malformed as error:
        # helm: kyaml prints the node that stands in the wrong place (test_metadata_that_comes_back)
        if error.node is None:
            raise
        raise errors.ManifestError(f"{error}{write([error.node])}") from error


def _annotate(node: Node, path: str) -> None:
    metadata = _child(node, "metadata")
    _drop_empty_annotations(metadata)
    annotations = _child(metadata, "annotations")
    own = annotations.get(ANNOTATION)
    if own is not None:
        own.value, own.style = path, "'"
    else:
        annotations.pairs.append((Node(SCALAR, ANNOTATION), Node(SCALAR, path, "'")))


def _child(node: Node, key: str) -> Node:
    """Return the mapping under a key, made where there is none; in a flow mapping it is one too."""
    found = node.get(key)
    if found is not None and found.kind == MAPPING:
        return found
    made = Node(MAPPING)
    made.flow = node.flow
    if found is not None:
        node.pairs = [(k, made if v is found else v) for k, v in node.pairs]
    else:
        node.pairs.append((Node(SCALAR, key), made))
    return made


def _take_annotation(node: Node) -> str:
    metadata = node.get("metadata")
    if metadata is None:
        return ""
    path = ""
    annotations = metadata.get("annotations") if metadata.kind == MAPPING else None
    if annotations is not None:
        own = annotations.get(ANNOTATION)
        path = own.value if own is not None else ""
        annotations.pairs = [(k, v) for k, v in annotations.pairs if k.value != ANNOTATION]
        _drop_empty_annotations(metadata)
    node.pairs = [(k, v) for k, v in node.pairs if v is not metadata or v.pairs]
    return path


def _drop_empty_annotations(metadata: Node) -> None:
    # kyaml: annotations that hold nothing go, a scalar in their place included (test_metadata_that_comes_back)
    metadata.pairs = [(k, v) for k, v in metadata.pairs if k.value != "annotations" or v.pairs]
