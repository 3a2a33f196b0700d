"""Check the types and forms of fields, with the messages of a real API server's decoder."""

from __future__ import annotations

from steersman.kube import facts as f
from steersman.kube.formats import base64_problem, quantity_problem, time_problem
from steersman.record import Record
from steersman.sandbox.errors import ApiRefusal, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.sandbox.resources import Resource

_METADATA = f.Type(f.STRUCT, "meta.v1.ObjectMeta")
_MOST_DEPTH = 200
_BITS = {f.INT32: 32, f.INT64: 64}
_GO_TYPES = {
    f.INT_OR_STRING: f.INT32,
    f.TIME: f.STRING,
    f.BYTES: "[]uint8",
    f.NUMBER: "float64",
    f.OBJECT: "map[string]interface {}",
}


class _Place(Record):
    """A field, as each part of a server names it.

    Attributes:
        decoded: as the JSON decoder does: ``spec.ports.targetPort``, without items and keys of maps.
        typed: as server-side apply does: ``.spec.ports[port=80,protocol="TCP"].targetPort``.
        checked: as the validation does: ``spec.ports[0].targetPort``.
    """

    decoded: str = ""
    typed: str = ""
    checked: str = ""

    def field(self, name: str) -> _Place:
        """Return the place of a field."""
        decoded, checked = (f"{place}.{name}" if place else name for place in (self.decoded, self.checked))
        return _Place(decoded, f"{self.typed}.{name}", checked)

    def key(self, key: str) -> _Place:
        """Return the place of a map's value."""
        return _Place(self.decoded, f"{self.typed}.{key}", f"{self.checked}[{key}]")

    def item(self, value: Any, keys: tuple[str, ...], at: int) -> _Place:
        """Return the place of a list's item; ``keys`` tell its items from each other."""
        from json import dumps

        name = str(at)
        if keys and isinstance(value, dict) and any(key in value for key in keys):
            name = ",".join(f"{key}={dumps(value[key])}" for key in keys if key in value)
        return _Place(self.decoded, f"{self.typed}[{name}]", f"{self.checked}[{at}]")


class _Fault(Record):
    """A value that its field does not take.

    Attributes:
        place: of the field.
        value: what is there.
        type: of the field; None for a field that its type does not have.
        struct: the name of the type that has the field.
        message: what is wrong with the form of a value of the right type, or ``""``.
        ends: whether the decoder stops here.
    """

    place: _Place
    value: Any
    type: f.Type | None
    struct: str
    message: str = ""
    ends: bool = False


def check_shape(resource: Resource, value: dict[str, Any]) -> None:
    """Raise where a field has another type, or a text of another form, than Kubernetes' own type of it takes.

    Raises:
        ApiRefusal: with the message of a real API server.
    """
    first: _Fault | None = None
    for fault in _faults_of(resource, value):
        if fault.type is None:
            continue  # json: fields that are not known are left out
        if fault.ends:
            first = fault  # json: an error of a type's own decoder comes before those of others
            break
        first = first or fault
    if first is not None:
        head = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
        raise bad_request(f"{head}: {first.message or _json_problem(first, first.type, is_named=True)}")


def check_applied(resource: Resource, value: dict[str, Any]) -> None:
    """Raise for an object of a server-side apply whose fields are unknown, of another type, or of another form.

    Raises:
        ApiRefusal: with the message of a real API server.
    """
    faults = list(_faults_of(resource, value))
    metadata = value.get("metadata")
    name = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}" if isinstance(metadata, dict) else "/"
    version = f"{resource.group}/{resource.version}, Kind={resource.kind}"
    typed = sorted(f"{fault.place.typed}: {text}" for fault in faults if (text := _typed_problem(fault)))
    if typed:
        shown = typed[0] if len(typed) == 1 else "errors:\n" + "\n".join(f"  {line}" for line in typed)
        raise ApiRefusal(500, "", f"failed to create typed patch object ({name}; {version}): {shown}")
    for fault in faults:
        problem = _conversion_problem(fault)
        if problem:
            where = f"({name}; {version}) to proper version"
            message = f"unable to convert unstructured object to {version}: {problem}"
            raise ApiRefusal(500, "", f"failed to convert new object {where}: {message}")


def _faults_of(resource: Resource, value: dict[str, Any]) -> Iterator[_Fault]:
    type_ = f.facts().schema(resource.group, resource.version, resource.kind)
    if type_ is not None:
        yield from _walk(value, type_, _Place(), "")
    else:  # of a custom kind
        yield from _walk(value.get("metadata"), _METADATA, _Place().field("metadata"), resource.kind)


def _walk(value: Any, type_: f.Type, place: _Place, struct: str) -> Iterator[_Fault]:
    """Yield the faults of a value; ``struct`` names the type that has its field."""
    if value is None:
        return
    form = type_.form
    if form in (f.STRUCT, f.MAP, f.OBJECT):
        if not isinstance(value, dict):
            yield _Fault(place, value, type_, struct)
        elif form == f.STRUCT:
            yield from _walk_struct(value, type_, place)
        elif type_.item is not None:
            for key, inner in value.items():
                yield from _walk(inner, type_.item, place.key(key), struct)
    elif form == f.LIST:
        if not isinstance(value, list):
            yield _Fault(place, value, type_, struct)
        elif type_.item is not None:
            for at, inner in enumerate(value):
                where = place.item(inner, type_.keys, at)
                yield from _walk(inner, type_.item, where, struct)
    elif not _fits(value, form):
        yield _Fault(place, value, type_, struct, ends=form in (f.TIME, f.INT_OR_STRING))
    else:
        message = _form_problem(value, form, place)
        if message:
            yield _Fault(place, value, type_, struct, message, ends=form in (f.TIME, f.QUANTITY))


def _walk_struct(value: dict[str, Any], type_: f.Type, place: _Place) -> Iterator[_Fault]:
    if place.typed.count(".") > _MOST_DEPTH:
        return
    known = f.facts().struct(type_.name)
    struct = type_.name.rpartition(".")[2]
    for key, inner in value.items():
        field = known.fields.get(key)
        if field is not None:
            yield from _walk(inner, field, place.field(key), struct)
        elif key not in known.former:
            yield _Fault(place.field(key), inner, None, struct)


def _form_problem(value: Any, form: str, place: _Place) -> str:
    """Return what is wrong with the form of a value of the right type, or ``""``."""
    if form == f.QUANTITY:
        return quantity_problem(_text(value))
    if form == f.TIME:
        return time_problem(place.decoded.rpartition(".")[2], value)
    return base64_problem(value) if form == f.BYTES and isinstance(value, str) else ""


def _text(value: Any, *, quoted: bool = False) -> str:
    """Return a value as JSON; a text as it is, unless ``quoted``."""
    from json import dumps

    return value if isinstance(value, str) and not quoted else dumps(value)


def _fits(value: Any, form: str) -> bool:
    """Return whether JSON's type of a value is one that a form takes, and a number has no more bits."""
    if form in (f.STRING, f.TIME):
        return isinstance(value, str)
    if form == f.BYTES:
        return isinstance(value, (str, list))
    if form == f.BOOL:
        return isinstance(value, bool)
    if form == f.INT_OR_STRING:
        return isinstance(value, str) or _fits(value, f.INT32)
    if form != f.NUMBER and form not in _BITS:
        return True  # quantities look at the text of anything
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    bits = _BITS.get(form)
    return bits is None or (value % 1 == 0 and -(1 << bits - 1) <= value < 1 << bits - 1)


def _json_problem(fault: _Fault, type_: f.Type | None, *, is_named: bool) -> str:
    """Return what Go's ``encoding/json`` says about a value of another type, maybe with its field."""
    wanted = _go_type(type_) if type_ is not None else ""
    given = _json_type(fault.value)
    if given == "number" and wanted in _BITS:
        given = f"number {_text(fault.value)}"
    into = f"Go struct field {fault.struct}.{fault.place.decoded}" if is_named else "Go value"
    return f"json: cannot unmarshal {given} into {into} of type {wanted}"


def _go_type(type_: f.Type) -> str:
    if type_.form == f.LIST and type_.item is not None:
        return f"[]{_go_type(type_.item)}"
    if type_.form == f.MAP and type_.item is not None:
        return "v1.ResourceList" if type_.item.form == f.QUANTITY else f"map[string]{_go_type(type_.item)}"
    if type_.form == f.STRUCT:
        return ".".join(type_.name.split(".")[-2:])
    return _GO_TYPES.get(type_.form, type_.form)


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "null"


# Server-side apply


def _typed_problem(fault: _Fault) -> str:
    """Return what server-side apply says about a field that its schema does not have, or has with another type."""
    if fault.type is None:
        return "field not declared in schema"
    form, value = fault.type.form, fault.value
    if form == f.QUANTITY and isinstance(value, (dict, list)):
        return f"expected any scalar, got &{{{_go_shown(value)}}}"
    if fault.message or form == f.INT_OR_STRING:
        return ""
    if form in (f.STRUCT, f.MAP, f.OBJECT, f.LIST, f.BOOL):
        wanted = {f.LIST: "list", f.BOOL: "boolean"}.get(form, "map")
        return f"expected {wanted}, got &{{{_go_shown(value)}}}"
    if form in _BITS or form == f.NUMBER:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return ""
        kind = {"array": "[]interface {}", "object": "map[string]interface {}"}.get(
            _json_type(value), _json_type(value)
        )
        return f"expected numeric (int or float), got {kind}"
    return f"expected string, got &value.valueUnstructured{{Value:{_go_literal(value)}}}"


def _conversion_problem(fault: _Fault) -> str:
    """Return what the conversion to the kind's type says after server-side apply."""
    form = fault.type.form if fault.type is not None else ""
    if form in _BITS:
        # k8s: bits that do not fit are cut off
        return f"cannot convert float64 to {form}" if isinstance(fault.value, float) else ""
    if form == f.BYTES:
        return f"error decoding from json: {fault.message}"
    return fault.message or _json_problem(fault, fault.type, is_named=False)


def _go_shown(value: Any) -> str:
    """Return a value as Go's ``%v`` shows it."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_go_shown(inner)}' for key, inner in sorted(value.items()))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_go_shown, value))}]"
    return "<nil>" if value is None else _text(value)


def _go_literal(value: Any) -> str:
    """Return a value as Go's ``%#v`` shows it."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_text(key, quoted=True)}:{_go_literal(item)}" for key, item in sorted(value.items()))
        return f"map[string]interface {{}}{{{inner}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_go_literal, value))}}}"
    return "interface {}(nil)" if value is None else _text(value, quoted=True)
