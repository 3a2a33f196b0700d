"""A refusal by the API server, told at the template line of the field that it names."""

from __future__ import annotations

import re

from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from steersman.insight.explain import Explainer, LineOrigin

# k8s: how messages name the object: of a write, of validation, of a typed patch
_OBJECTS = (
    re.compile(r"object (?:[\w.-]+/)?(?P<name>[^\s/(;]+) \S+, Kind=(?P<kind>\w+)"),
    re.compile(r'(?P<kind>[A-Z]\w*)(?:\.[\w.]+)? "(?P<name>[^"]+)" is invalid'),
    re.compile(r"\((?:[\w.-]+/)?(?P<name>[^\s/;]+); \S+, Kind=(?P<kind>\w+)\)"),
)
# k8s: and the field: strict decoding, a typed patch, decoding, validation
_FIELDS = (
    re.compile(r'unknown field "([^"]+)"'),
    re.compile(
        r"(?:^|[\s(:])\.?([a-z]\w*(?:\.\w+|\[[^\]]*\])*): (?:field not declared in schema|expected |duplicate entries )"
    ),
    re.compile(r"Go struct field \w+\.([\w.]+) of type"),
    re.compile(
        r"(?:^|[\s\[])([a-z]\w*(?:\.\w+|\[[^\]]*\])+): (?:Invalid value|Required value|Forbidden|Unsupported value)"
    ),
)
_BY_KEY = re.compile(r'\[\w+="([^"]*)"\]')


def object_and_fields(message: str, causes: Sequence[str] = ()) -> tuple[str, list[str]]:
    """Return ``Kind/name`` and the fields that a refusal is about; ``""`` where it names no object.

    ``causes`` are the fields that the server's answer lists apart from its message.

    >>> object_and_fields('Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be positive')
    ('Deployment/web', ['spec.replicas'])
    """
    found = next((match for pattern in _OBJECTS if (match := pattern.search(message))), None)
    if found is None:
        return "", []
    fields = list(causes) or [field for pattern in _FIELDS for field in pattern.findall(message)]
    return f"{found['kind']}/{found['name']}", list(dict.fromkeys(_BY_KEY.sub(r"[\1]", field) for field in fields))


def refusal_text(
    error: SteerError, make_explainer: Callable[[], Explainer], shown: Callable[[LineOrigin, Explainer], str]
) -> str:
    """Return where the fields that a server has refused come from, or ``""``.

    Args:
        error: of an install or an upgrade.
        make_explainer: renders the chart again, with a recording; called only where the error names a field.
        shown: puts an origin into words.
    """
    from steersman.kube.errors import ApiError

    refusal = error.find(ApiError)
    if refusal is None:
        refusal = next((c for e in error.chain() if isinstance(c := getattr(e, "cause", None), ApiError)), None)
    causes = [one.field for one in refusal.causes if one.field] if refusal is not None else []
    target, fields = object_and_fields(str(error), causes)
    if not fields:
        return ""
    explainer = make_explainer()
    return "\n\n".join(_origins(explainer, target, fields, shown)).rstrip("\n")


def _origins(
    explainer: Explainer, target: str, fields: Sequence[str], shown: Callable[[LineOrigin, Explainer], str]
) -> Iterator[str]:
    for field in fields:
        # a field that is missing is named by what it should be in
        while field:
            try:
                yield f"{field} of {target}:\n{shown(explainer.field(target, field), explainer)}"
                break
            except SteerError:
                field = re.sub(r"(\.[^.\[]*|\[[^\]]*\]|^[^.\[]*)$", "", field)
