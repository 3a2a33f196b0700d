"""Keys that a mapping has twice, in values files and in manifests: the last one holds, silently."""

from __future__ import annotations

from steersman.runtime.patterns import MULTILINE, compiled
from steersman.yamlio import errors as yaml_errors
from steersman.yamlio import load_strict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.notices.model import ChartFacts, ManifestFacts

# a line that begins a list item or has a key: its spaces, its dashes, its key
_NAME = r"[^\s#\"'{}\[\]&*!|>%@`,?:-][^\n:#]*|\"[^\"\n]*\"|'[^'\n]*'"
_KEY = compiled(rf"^( *)((?:- +)*)({_NAME}):(?=[ \n]|$)( [|>][-+0-9]* *$)?", MULTILINE)
_DUPLICATE = compiled(r'line (\d+): key "((?:[^"\\]|\\.)*)" already set in map')
_MOST_CHARACTERS = 50_000  # of a text that is looked through: more is rarely written by hand
_MOST_OF_ALL = 200_000  # of all manifests; two milliseconds


def duplicate_value_keys(facts: ChartFacts) -> Iterator[str]:
    """Yield the keys that a values file has twice in one mapping.

    helm: the last one holds, also for ``lint --strict`` (test_a_key_twice_in_values)
    """
    for chart in facts.loaded.walk():
        for file in chart.raw:
            if file.name == "values.yaml":
                text = file.data.decode("utf-8", "replace")
                yield from _notices(text, f"values.yaml of chart {chart.full_path}")
    for path, text in facts.value_files:
        yield from _notices(text, path)


def duplicate_manifest_keys(facts: ManifestFacts) -> Iterator[str]:
    """Yield the keys that a rendered object has twice in one mapping."""
    left = _MOST_OF_ALL
    for manifest in facts.manifests:
        if len(manifest.text) <= _MOST_CHARACTERS:
            left -= len(manifest.text)
        if left < 0:
            return
        yield from _notices(manifest.text, f"{manifest.head.kind} {manifest.head.name} of {manifest.path}")


def _notices(text: str, where: str) -> Iterator[str]:
    if len(text) > _MOST_CHARACTERS or not _may_have_duplicates(text):
        return
    try:
        load_strict(text)
    except yaml_errors.YamlError as error:
        for line, key in _DUPLICATE.findall(str(error)):
            yield f"{where}, line {line}: key {key} is there twice in one mapping; the last one holds"


def _may_have_duplicates(text: str) -> bool:
    """Return whether a key seems to come twice at one place, judged by indentation alone; reading YAML takes longer."""
    open_mappings: list[tuple[int, set[str]]] = []
    text_column = -1  # of the key whose text, indented further, is on the next lines
    for found in _KEY.finditer(text):
        spaces, dashes, key, begins_text = found.groups()
        key = key.strip("\"'")
        column = len(spaces)
        if 0 <= text_column < column:
            continue
        place = column + len(dashes)
        text_column = place if begins_text else -1
        while open_mappings and open_mappings[-1][0] > column:
            open_mappings.pop()
        if dashes or not open_mappings or open_mappings[-1][0] < column:
            open_mappings.append((place, {key}))
        elif key in open_mappings[-1][1]:
            return True
        else:
            open_mappings[-1][1].add(key)
    return False
