"""Rendered objects checked against Kubernetes' own types: kinds, versions, fields, types, required fields, values."""

from __future__ import annotations

import re

from steersman.checking.findings import ERROR, NOTE, WARNING
from steersman.checking.problems import Problem, is_whole, meant, shown
from steersman.kube import facts as f
from steersman.kube.formats import base64_problem, int_or_string_problems, quantity_problem, time_problem
from steersman.kube.objects import without_nulls
from steersman.kube.validation import mistakes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from steersman.checking.custom import CustomKinds
    from steersman.engine.capabilities import KubeVersion
    from steersman.engine.trace import Path

_MOST_PROBLEMS = 50  # of one object
# texts that are what is wanted once their quotes are removed
_UNQUOTED = {"true or false": re.compile("true|false"), "a whole number": re.compile("-?[0-9]+")}


def problems(tree: Any, kube: KubeVersion, custom: CustomKinds) -> Iterator[Problem]:
    """Yield the mistakes in an object, and in those that a list of objects has.

    Args:
        tree: the object.
        kube: the version of Kubernetes that it is for.
        custom: the kinds that custom resource definitions add.
    """
    if not isinstance(tree, dict) or not tree:
        return
    api_version, kind = tree.get("apiVersion"), tree.get("kind")
    for key in ("apiVersion", "kind"):
        if not tree.get(key):
            yield Problem("missing-field", ERROR, (key,), f"the object has no {key}")
    if not api_version or not kind or not isinstance(api_version, str) or not isinstance(kind, str):
        return
    items = tree.get("items")
    if kind.endswith("List") and isinstance(items, list):
        for at, item in enumerate(items):
            for one in problems(item, kube, custom):
                yield Problem(one.rule, one.severity, ("items", at, *one.path), one.message)
        return
    yield from _version_problems(api_version, kind, int(kube.minor))
    schema = custom.schema(api_version, kind)
    if schema is not None:
        found: Iterable[Problem] = custom.problems(schema, tree)
    else:
        group, _, version = api_version.rpartition("/")
        type_ = f.facts().schema(group, version, kind)
        if type_ is None:
            if f.facts().kind(api_version, kind) is None:
                yield from _unknown_kind(api_version, kind, custom, int(kube.minor))
            return
        found = _check(tree, type_, (), kind, int(kube.minor))
    is_wrong = False
    for number, one in enumerate(found):
        if number == _MOST_PROBLEMS:
            return
        is_wrong = is_wrong or one.severity == ERROR
        yield one
    if not is_wrong:  # a server looks at values once all types are right
        yield from _value_problems(tree)


def _value_problems(tree: dict[str, Any]) -> Iterator[Problem]:
    """Yield the fields whose values a server refuses, with its words."""
    known: set[tuple[str, str]] = set()
    for one in mistakes(without_nulls(tree)):
        if (one.place.text, one.message) not in known and len(known) < _MOST_PROBLEMS:
            known.add((one.place.text, one.message))
            yield Problem("invalid-value", ERROR, one.place.keys, f"Kubernetes refuses {one.place.text}: {one.message}")


def _version_problems(api_version: str, kind: str, minor: int) -> Iterator[Problem]:
    known, life = f.facts().kind(api_version, kind), f.facts().life(api_version, kind)
    if known is None:
        return
    last = f.last_served(known, life)
    use = _replacement(api_version, kind, minor)
    if 0 < last < minor:
        message = f"{api_version} {kind} is not served by Kubernetes 1.{last + 1} and later{use}"
        yield Problem("removed-api", ERROR, ("apiVersion",), message)
    elif known.since > minor:
        message = f"{api_version} {kind} is not served before Kubernetes 1.{known.since}{use}"
        yield Problem("removed-api", ERROR, ("apiVersion",), message)
    elif life is not None and life.deprecated <= minor:
        until = f", unavailable in v1.{life.removed}+" if life.removed else ""
        message = f"{api_version} {kind} is deprecated in v1.{life.deprecated}+{until}{use}"
        yield Problem("deprecated-api", WARNING, ("apiVersion",), message)


def _replacement(api_version: str, kind: str, minor: int) -> str:
    """Return which API version to use: one that this version of Kubernetes serves and has not deprecated.

    Of the same group and of the highest version where there is a choice; of versions that are as high, one without
    ``beta``. An alpha version is named to nobody.
    """
    group = api_version.rpartition("/")[0]
    found = []
    for one in f.facts().served(kind, minor):
        life = f.facts().life(one.api_version, kind)
        if one.api_version == api_version or (life is not None and life.deprecated <= minor):
            continue
        own, _, version = one.api_version.rpartition("/")
        number = _VERSION.fullmatch(version)
        if number is not None and number[2] != "alpha":
            found.append((own == group, int(number[1]), not number[2], int(number[3] or 0), one.api_version))
    if found:
        return f"; use {max(found)[-1]} {kind}"
    life = f.facts().life(api_version, kind)
    version, _, other = life.replacement.partition(" ") if life is not None else ("", "", "")
    # another kind, as of v1 Endpoints
    is_served = other != kind and any(one.api_version == version for one in f.facts().served(other, minor))
    return f"; use {version} {other}" if is_served else ""


_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")


def _unknown_kind(api_version: str, kind: str, custom: CustomKinds, minor: int) -> Iterator[Problem]:
    group = api_version.rpartition("/")[0]
    groups = {one.api_version.rpartition("/")[0] for one in f.facts().kinds()}
    if group not in groups:
        if custom.has_group(group):
            message = f"the definitions of {group} have no {kind} in {api_version}"
            yield Problem("unknown-kind", WARNING, ("kind",), message)
        else:
            message = f"nothing is known about {api_version} {kind}; give its definition with --crds"
            yield Problem("unknown-kind", NOTE, ("kind",), message)
        return
    others = sorted(one.api_version for one in f.facts().served(kind, minor))
    if others:
        message = f"{api_version} has no {kind}; {' and '.join(others)} {'has' if len(others) == 1 else 'have'} it"
    else:
        names = [one.kind for one in f.facts().kinds() if one.api_version == api_version]
        message = f"{api_version} has no {kind}{meant(kind, names)}"
    yield Problem("unknown-kind", ERROR, ("kind",), message)


def _check(value: Any, type_: f.Type, path: Path, inside: str, minor: int) -> Iterator[Problem]:
    """Yield the mistakes in a value; ``inside`` names the object that it is a field of."""
    if value is None:
        return
    form = type_.form
    if form == f.STRUCT:
        if isinstance(value, dict):
            yield from _check_struct(value, type_, path, inside, minor)
        else:
            yield _wrong(path, value, "a map")
    elif form == f.LIST:
        if not isinstance(value, list):
            yield _wrong(path, value, "a list")
        elif type_.item is not None:
            for at, item in enumerate(value):
                yield from _check(item, type_.item, (*path, at), inside, minor)
    elif form == f.MAP:
        if not isinstance(value, dict):
            yield _wrong(path, value, "a map")
        elif type_.item is not None:
            for key, item in value.items():
                yield from _check(item, type_.item, (*path, key), inside, minor)
    elif not _fits(value, form):
        yield _wrong(path, value, _NAMES[form])
    else:
        for problem in _form_problems(value, form, path, inside):
            yield Problem("wrong-format", ERROR, path, f"{_name(path)} is {problem}")


def _check_struct(value: dict[str, Any], type_: f.Type, path: Path, inside: str, minor: int) -> Iterator[Problem]:
    struct = f.facts().struct(type_.name)
    name = type_.name.rpartition(".")[2] if path else inside
    for key, inner in value.items():
        field = struct.fields.get(key)
        since, (first, last) = struct.since.get(key, 0), struct.former.get(key, (0, 0))
        if field is None and first <= minor <= last:
            continue  # of its type nothing is known any more
        if since > minor:
            message = f"{name} has no field {key} before Kubernetes 1.{since}"
        elif last:
            when = f"before Kubernetes 1.{first}" if minor < first else f"since Kubernetes 1.{last + 1}"
            message = f"{name} has no field {key} {when}"
        elif field is None:
            message = f"{name} has no field {key}{meant(key, struct.fields)}"
        else:
            yield from _check(inner, field, (*path, key), name, minor)
            continue
        yield Problem("unknown-field", ERROR, (*path, key), message)
    for key in struct.required:
        if value.get(key) is None:
            message = f"{name} needs {key}{', which is null' if key in value else ''}"
            yield Problem("missing-field", ERROR, path, message)


_NAMES = {
    f.STRING: "a text",
    f.BYTES: "a text in base64",
    f.TIME: "a time as text",
    f.BOOL: "true or false",
    f.INT32: "a whole number",
    f.INT64: "a whole number",
    f.NUMBER: "a number",
    f.QUANTITY: "a quantity",
    f.INT_OR_STRING: "a whole number or a text",
    f.OBJECT: "a map",
}


def _fits(value: Any, form: str) -> bool:
    if form == f.ANY:
        return True
    if form in (f.STRING, f.BYTES, f.TIME):
        return isinstance(value, str)
    if form == f.BOOL:
        return isinstance(value, bool)
    if form == f.OBJECT:
        return isinstance(value, dict)
    if isinstance(value, bool):
        return False
    if form in (f.INT32, f.INT64):
        return is_whole(value) and abs(value) < 1 << (31 if form == f.INT32 else 63)
    if form == f.INT_OR_STRING:
        return isinstance(value, str) or is_whole(value)
    if form == f.QUANTITY:
        return isinstance(value, (str, int, float))
    return isinstance(value, (int, float))


def _wrong(path: Path, value: Any, wanted: str) -> Problem:
    advice = ""
    if wanted.startswith("a text") and isinstance(value, (bool, int, float)):
        advice = "; quote it"
    elif isinstance(value, str) and wanted in _UNQUOTED and _UNQUOTED[wanted].fullmatch(value):
        advice = "; remove the quotes"
    if is_whole(value) and wanted == "a whole number":
        wanted = "a smaller number"
    return Problem("wrong-type", ERROR, path, f"{_name(path)} is {shown(value)}, and has to be {wanted}{advice}")


def _name(path: Path) -> object:
    """Return the name of a field, or of the one that an item is in."""
    return path[-1] if path and isinstance(path[-1], str) else path[-2] if len(path) > 1 else "the object"


def _form_problems(value: Any, form: str, path: Path, inside: str) -> Iterator[str]:
    """Yield what a value of the right type is, where its field takes only texts of another form."""
    field = str(_name(path))
    if form == f.QUANTITY and quantity_problem(str(value)):
        yield f"{shown(value)}, which is not a quantity such as 500m, 2 or 1.5Gi{_meant_quantity(str(value))}"
    elif form == f.BYTES and base64_problem(value):
        # the value may be a secret
        yield f"not base64 ({base64_problem(value)}); use b64enc{', or stringData' if field != 'caBundle' else ''}"
    elif form == f.TIME and time_problem(field, value):
        yield f"{shown(value)}, which is not a time such as 2026-01-02T03:04:05Z"
    elif form == f.INT_OR_STRING:
        for problem in int_or_string_problems(inside, field, value if isinstance(value, str) else int(value))[:1]:
            is_number = isinstance(value, str) and value.isdecimal()
            advice = "; remove the quotes" if is_number else ""
            if problem.startswith("must"):
                is_port = field in ("port", "targetPort")
                kind = "the name of a port" if isinstance(value, str) else "a port"
                form = f"not {kind}: it {problem}" if is_port else f"wrong: it {problem}"
            else:
                form = "neither a number nor a percentage"
            yield f"{shown(value)}, which is {form}{advice}"


def _meant_quantity(text: str) -> str:
    """Return the question whether another unit was meant, or ``""``."""
    number = text.rstrip("bBiIkKmMgGtTpPeE ")
    unit = text[len(number) :].strip()
    short = unit[:-1] if unit[-1:] in ("b", "B") else unit
    known = {one.lower(): one for one in ("k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")}
    meant_unit = known.get(short.lower())
    return f"; did you mean {number}{meant_unit}?" if meant_unit and not quantity_problem(number + meant_unit) else ""
