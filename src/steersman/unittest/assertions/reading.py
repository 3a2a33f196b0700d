"""An item of ``asserts`` to an assertion: which keys there are, which types their parameters take.

Answers to helm-unittest's decoding with mapstructure: names of parameters are the same in any case, unknown ones are
passed over, and a wrong type is an error.
"""

from __future__ import annotations

from steersman.unittest.assertions.kinds import KINDS
from steersman.unittest.fields import SuiteError, text_keys, wrong
from steersman.unittest.same import go_type
from steersman.unittest.suite import Assertion, Selector
from steersman.yamlio.version3 import GeneralMap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_assertion(value: Any, place: str) -> Assertion:
    """Return the assertion that ``value`` stands for.

    Raises:
        SuiteError: when it has no kind, or several, or a parameter of a wrong type.
    """
    if not isinstance(value, dict):
        raise wrong(place, "a map", value)
    given = text_keys(value)
    kinds = [key for key in given if key in KINDS]
    if len(kinds) > 1:
        raise SuiteError(f"{place}: assertion type `{kinds[0]}` and `{kinds[1]}` is declared duplicately")
    selector = _selector(given.get("documentSelector"), place)
    if not kinds:
        unknown = [key for key in given if key not in ("template", "documentIndex", "documentSelector", "not")]
        problem = f"Assertion type `{unknown[0]}` is invalid" if unknown else "no assertion type defined"
        raise SuiteError(f"{place}: {problem}")
    index, template = given.get("documentIndex"), given.get("template")
    if index is not None and go_type(index) == "int" and index < -1:
        raise SuiteError(f"{place}.documentIndex: {index} is below -1")
    return Assertion(
        kind=kinds[0],
        parameters=_parameters(given[kinds[0]], KINDS[kinds[0]].parameters, f"{place}.{kinds[0]}"),
        negated=given.get("not") is True,
        template=template if isinstance(template, str) else "",
        document_index=index if go_type(index) == "int" and index != -1 else None,
        selector=selector,
    )


def _selector(value: Any, place: str) -> Selector | None:
    if not isinstance(value, dict) or isinstance(value, GeneralMap):
        return None
    path = value.get("path")
    if not isinstance(path, str):
        raise SuiteError(f"{place}: empty 'documentSelector.path' not supported")
    return Selector(path, value.get("value"), value.get("matchMany") is True, value.get("skipEmptyTemplates") is True)


def _parameters(value: Any, types: dict[str, str], place: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(place, "a map", value)
    fields = text_keys(value)
    by_case = {key.lower(): key for key in fields}
    found: dict[str, Any] = {}
    for name, kind in types.items():
        exact = name[0].upper() + name[1:]  # go: the field's own name comes first
        key = exact if exact in fields else name if name in fields else by_case.get(name.lower())
        if key is not None and fields[key] is not None:
            found[name] = _typed(fields[key], kind, f"{place}.{key}")
    return found


def _typed(value: Any, kind: str, place: str) -> Any:
    if kind == "anything":
        return value
    if kind == "text":
        if go_type(value) != "string":
            raise wrong(place, "a string", value)
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise wrong(place, "true or false", value)
    elif kind == "integer":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise wrong(place, "a whole number", value)
        return int(value)
    elif kind == "pattern":
        return _parameters(value, {"pattern": "text"}, place)
    else:
        return _texts(value, place)
    return value


def _texts(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise wrong(place, "a list", value)
    return tuple(_typed(item, "text", f"{place}[{at}]") for at, item in enumerate(value))
