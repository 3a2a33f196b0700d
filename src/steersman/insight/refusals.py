"""A refusal by the API server, told at the template line of the field that it names."""

from __future__ import annotations

import re

from steersman.errors import SteerError
from steersman.insight.failure_text import MOST_PLACES, more_places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from steersman.insight.explain import Explainer, LineOrigin
    from steersman.kube.objects import Target

# k8s: how messages name the object: of a write, of validation, of a typed patch
_OBJECTS = (
    re.compile(r"object (?:[\w.-]+/)?(?P<name>[^\s/(;]+) \S+, Kind=(?P<kind>\w+)"),
    re.compile(r'(?<![\w.])(?P<kind>[A-Z]\w*+)(?:\.[\w.]++)? "(?P<name>[^"]+)" is invalid'),
    re.compile(r"\((?:[\w.-]+/)?(?P<name>[^\s/;(]+); \S+, Kind=(?P<kind>\w+)\)"),
)
# k8s: and the field: strict decoding, a typed patch, decoding, validation
_FIELDS = (
    re.compile(r'unknown field "([^"]+)"'),
    re.compile(
        r"(?:^|[\s(:])\.?([a-z]\w*+(?:\.\w++|\[[^\[\]]*+\])*+): "
        r"(?:field not declared in schema|expected |duplicate entries )"
    ),
    re.compile(r"Go struct field \w+\.([\w.]+) of type"),
    re.compile(
        r"(?:^|[\s\[])([a-z]\w*+(?:\.\w++|\[[^\[\]]*+\])++): "
        r"(?:Invalid value|Required value|Forbidden|Unsupported value)"
    ),
)
_BY_NAME = re.compile(r'\[name="([^"]*)"\]')


def object_and_fields(message: str, causes: Sequence[str] = (), name: str = "") -> tuple[str, list[str]]:
    """Return ``Kind/name`` and the fields that a refusal is about; ``""`` where it names no object.

    Args:
        message: of the refusal.
        causes: the fields that the server's answer lists apart from its message.
        name: of the object, where that is known.

    >>> object_and_fields('Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be positive')
    ('Deployment/web', ['spec.replicas'])
    """
    if not name:
        found = next((match for pattern in _OBJECTS if (match := pattern.search(message))), None)
        if found is None:
            return "", []
        name = f"{found['kind']}/{found['name']}"
    fields = list(causes) or [field for pattern in _FIELDS for field in pattern.findall(message)]
    return name, list(dict.fromkeys(_BY_NAME.sub(r"[\1]", field) for field in fields))


def refusal_text(
    error: SteerError, make_explainer: Callable[[], Explainer], shown: Callable[[LineOrigin, Explainer], str]
) -> str:
    """Return where the fields that a server has refused come from, of up to ``MOST_PLACES``, or ``""``.

    Args:
        error: of an install or an upgrade.
        make_explainer: renders the chart again, with a recording; called only where the error names a field.
        shown: puts an origin into words.
    """
    found: dict[tuple[str, str, str], None] = {}
    for name, one in _refusals(error):
        message = str(one)
        target, fields = object_and_fields(message, _causes(one), name)
        found |= {(target, field, message): None for field in fields}
    if not found:
        return ""
    explainer = make_explainer()
    texts = list(dict.fromkeys(filter(None, (_origin(explainer, *one, shown) for one in found))))
    return "\n\n".join([*(text.rstrip("\n") for text in texts[:MOST_PLACES]), *more_places(len(texts), "field")])


def _refusals(error: SteerError) -> Iterator[tuple[str, BaseException]]:
    """Yield the objects that were refused and their errors, or ``""`` and the error that does not tell them apart."""
    for level in error.chain():
        refused: Sequence[tuple[Target, BaseException]] = getattr(level, "refused_targets", ())
        for target, one in refused:
            yield f"{target.kind}/{target.name}", one
        if refused:
            return
    yield "", error


def _causes(error: BaseException) -> list[str]:
    """Return the fields that the server's answer lists."""
    from steersman.kube.errors import ApiError

    levels = error.chain() if isinstance(error, SteerError) else iter((error,))
    refusal = next((level for level in levels if isinstance(level, ApiError)), None)
    return [one.field for one in refusal.causes if one.field] if refusal is not None else []


def _origin(
    explainer: Explainer, target: str, field: str, message: str, shown: Callable[[LineOrigin, Explainer], str]
) -> str:
    """Return where a field comes from; one that is missing is named by what it should be in."""
    try:
        field = _mistyped(explainer.text_of(target), field, message) or field
    except SteerError:
        return ""  # the object is not the chart's
    while field:
        try:
            return f"{field} of {target}:\n{shown(explainer.field(target, field), explainer)}"
        except SteerError:
            field = re.sub(r"(\.[^.\[]*|\[[^\]]*\]|^[^.\[]*)$", "", field)
    return ""


_MISTYPED = re.compile(r"cannot unmarshal (\w+)(?: \S+)? into Go struct field \w+\.([\w.]+) of type")
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "bool": (bool,),
    "number": (int, float),
}


def _mistyped(text: str, field: str, message: str) -> str:
    """Return the path of the value with the wrong type, ``""`` where a message does not speak of one.

    go: the path in the message has neither indexes of lists nor keys of maps

    >>> error = "json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32"
    >>> _mistyped("spec: {ports: [{port: 1}, {port: x}]}", "spec.ports.port", error)
    'spec.ports[1].port'
    """
    found = _MISTYPED.search(message)
    if found is None or found[2] != field:
        return ""
    from steersman.kube.build import parse_object

    places: list[tuple[str, object]] = [("", parse_object(text))]
    for name in field.split("."):
        places = [one for place, at in places for one in _items(place, at)]
        places = [
            (f"{place}.{name}".lstrip("."), at[name]) for place, at in places if isinstance(at, dict) and name in at
        ]
    # of a map, rather the value in it
    places[:0] = [
        (f"{place}[{key}]" if isinstance(at, list) else f"{place}.{key}", item)
        for place, at in places
        for key, item in (at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ())
    ]
    wanted = _TYPES.get(found[1], ())
    is_number = found[1] == "number"
    return next(
        (place for place, at in places if isinstance(at, wanted) and not (is_number and isinstance(at, bool))), ""
    )


def _items(place: str, at: object) -> list[tuple[str, object]]:
    """Return the items of a list with their places, or what is not a list as it is."""
    return [(f"{place}[{number}]", item) for number, item in enumerate(at)] if isinstance(at, list) else [(place, at)]
