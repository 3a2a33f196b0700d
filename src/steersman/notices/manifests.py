"""Objects rendered twice, unknown hooks, and numbers that templates wrote in another form."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.manifest.hooks import Manifest
    from steersman.notices.model import ManifestFacts

_EXPONENT = r"(?<![\w.])-?\d(?:\.\d+)?e\+\d\d+(?![\w.])"


def same_object_twice(facts: ManifestFacts) -> Iterator[str]:
    """Yield the objects that a release has more than once: of each, the last one overwrites the others."""
    named: dict[tuple[str, str, str], list[Manifest]] = {}
    for manifest in facts.manifests:
        head = manifest.head
        if head.name:
            group = head.api_version.rpartition("/")[0]
            named.setdefault((group, head.kind, head.name), []).append(manifest)
    for (_group, kind, name), several in named.items():
        if len(several) < 2:
            continue
        placed: dict[str, list[Manifest]] = {}
        for manifest in several:
            # an object without a namespace lands in the release's
            placed.setdefault(_namespace(manifest.text) or facts.namespace, []).append(manifest)
        for same in placed.values():
            if len(same) > 1:
                paths = " and ".join(dict.fromkeys(manifest.path for manifest in same))
                yield f"{kind} {name} is rendered {len(same)} times, by {paths}: one overwrites the other"


def _namespace(text: str) -> str:
    from steersman.yamlio import load

    tree = load(text)
    metadata = tree.get("metadata") if isinstance(tree, dict) else None
    return str(metadata.get("namespace") or "") if isinstance(metadata, dict) else ""


def unknown_hooks(facts: ManifestFacts) -> Iterator[str]:
    """Yield the objects that are neither installed nor run, because Helm does not know their hook."""
    for manifest in facts.dropped:
        from steersman.manifest.hooks import EVENTS, HOOK

        yield (
            f"{manifest.head.kind} {manifest.head.name} of {manifest.path} is left out: its hook "
            f"{manifest.head.annotations[HOOK]!r} is none of {', '.join(sorted(EVENTS))}"
        )


def rewritten_numbers(facts: ManifestFacts) -> Iterator[str]:
    """Yield the whole numbers among the values that manifests have with an exponent.

    go: a number in YAML is a float64, which ``{{ }}`` prints with %v (test_a_number_that_was_rewritten)
    """
    suspects = [manifest for manifest in facts.manifests if "e+" in manifest.text]
    if not suspects:
        return
    import re

    seen: dict[str, str] = {}
    for manifest in suspects:
        for text in re.findall(_EXPONENT, manifest.text):
            seen.setdefault(text, manifest.path)
    from steersman.go.fmt import sprintf

    for path, number in _whole_floats(facts.values, ""):
        written = sprintf("%v", [number])
        if written in seen:
            yield (
                f"value {path}: {int(number)} is written as {written} in {seen[written]}; give it as a string "
                f'("{int(number)}"), or print it with `int64`'
            )


def _whole_floats(tree: Any, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _whole_floats(value, f"{path}.{key}" if path else str(key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from _whole_floats(value, f"{path}[{number}]")
    elif isinstance(tree, float) and tree.is_integer() and abs(tree) < 1e18:
        yield path, tree
