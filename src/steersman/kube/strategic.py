"""Strategic merge patches for built-in kinds: what a client asks a server to change in a live object.

Such a patch is the sum of two differences: what ``wanted`` adds to or changes in ``live``, and what ``original``
had that ``wanted`` has no more. Lists of objects are compared item by item, by the merge key of their type, and
directives (``$patch``, ``$setElementOrder``, ``$retainKeys``, ``$deleteFromPrimitiveList``) tell the server about
deletions and order. Items that share their merge key are compared in turn, in the order in which they stand.

Answers to ``CreateThreeWayMergePatch`` of ``k8s.io/apimachinery/pkg/util/strategicpatch``; tests compare the two
patch by patch.
"""

from __future__ import annotations

from steersman.errors import SteerError
from steersman.kube.merge_keys import FieldRule, fields_of_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Object: TypeAlias = dict[str, Any]

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_ORDER = "$setElementOrder/"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_NO_RULE = FieldRule()


class CannotMerge(SteerError):
    """Objects between which there is no strategic merge patch."""


class DoesNotFit(CannotMerge):
    """An object with a list that its kind does not allow."""


def three_way_patch(original: Object, wanted: Object, live: Object, type_name: str) -> Object:
    """Return the patch that brings ``live`` to ``wanted`` and removes what only ``original`` asked for.

    Args:
        original: the object as it was last asked for.
        wanted: the object as it is asked for now.
        live: the object on the server.
        type_name: of the objects, a type of ``merge_keys``.

    Raises:
        CannotMerge: when an item of a list has no merge key, or items are of different kinds.
    """
    additions = _Difference(deletes=False).of_maps(live, wanted, type_name)
    deletions = _Difference(deletes=True).of_maps(original, wanted, type_name)
    return _combined(deletions, additions, type_name)


def _kind(value: Any) -> str:
    """Return which JSON type a value has; numbers are one type."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return "null" if value is None else type(value).__name__


def _is_same(left: Any, right: Any) -> bool:
    """Return whether two values are equal as JSON: a bool is not a number."""
    if _kind(left) != _kind(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_is_same(value, right[key]) for key, value in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_is_same, left, right))
    return bool(left == right)


def _text(value: Any) -> str:
    """Return a value as Go's ``%v``: what items are sorted by."""
    if isinstance(value, str):
        return value
    from steersman.go.fmt import sprintf

    return sprintf("%v", [_as_json(value)])


def _as_json(value: Any) -> Any:
    """Return a value with the types that Kubernetes reads JSON into: whole numbers are integers."""
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    from steersman.go.values import Int64

    if isinstance(value, float) and not value.is_integer():
        return value
    return Int64(int(value)) if _kind(value) == "number" else value


def _rule_of(type_name: str, field: str, *, is_same: bool) -> FieldRule:
    """Return how a field with a list or a map merges.

    Raises:
        CannotMerge: when the type has no such field, and what is in it changed.
    """
    rules = fields_of_type(type_name)
    rule = rules.get(field) or next((rules[name] for name in rules if name.lower() == field.lower()), None)
    if rule is not None:
        return rule
    # k8s: a part without a type is of a kind that the server refuses; one that did not change is never looked at
    if not type_name or is_same:
        return _NO_RULE
    if type_name == "map":
        raise CannotMerge("merging an object in json but data type is not struct, instead is: map")
    name = type_name.rpartition(".")[2]
    raise CannotMerge(f'unable to find api field in struct {name} for the json field "{field}"')


class _Difference:
    """One of the two differences: what has been added or changed, or (``deletes``) what is gone."""

    def __init__(self, *, deletes: bool) -> None:
        self._deletes = deletes

    def of_maps(self, before: Object, after: Object, type_name: str, *, retains: bool = False) -> Object:
        """Return the patch between two objects of a type; ``retains`` for a union, whose other fields have to go."""
        patch: Object = {}
        for key, value in after.items():
            if key == _PATCH and key in before:
                _check_directives(before[key], value)
                if before[key] != value:
                    patch[key] = value
            elif key in before:
                self._of_field(patch, key, before[key], value, type_name)
            elif not self._deletes:
                patch[key] = value
        gone = [key for key in before if key not in after]
        if self._deletes:
            patch.update(dict.fromkeys(gone))
        kept = sorted(key for key, value in after.items() if value is not None) if retains else []
        if kept and (patch or any(before[key] is not None for key in gone)):
            patch[_RETAIN] = kept
        return patch

    def _of_field(self, patch: Object, key: str, before: Any, after: Any, type_name: str) -> None:
        if _kind(before) == _kind(after) and isinstance(after, dict | list):
            rule = _rule_of(type_name, key, is_same=_is_same(before, after))
            if isinstance(after, dict) and rule.strategy != "replace":
                inner = self.of_maps(before, after, rule.type, retains="retainKeys" in rule.strategy)
                if inner:
                    patch[key] = inner
                return
            if isinstance(after, list) and "merge" in rule.strategy:
                self._of_lists(patch, key, before, after, rule)
                return
            if isinstance(after, dict) and not self._deletes:
                # k8s: an object that is replaced whole is in each patch, also when it is the same
                patch[key] = after
                return
        if not self._deletes and not _is_same(before, after):
            patch[key] = after

    def _of_lists(self, patch: Object, key: str, before: list[Any], after: list[Any], rule: FieldRule) -> None:
        if not before:
            if after and not self._deletes:
                patch[key] = after
            return
        kinds = {_kind(item) for item in (*before, *after)}
        if isinstance(before[0], list):
            raise DoesNotFit("lists of lists are not supported")
        if len(kinds) > 1:
            raise DoesNotFit(f"list element types are not identical: {_text([before, after])}")
        if kinds == {"dict"}:
            changed = self._of_items(before, after, rule)
            is_reordered = [item.get(rule.key) for item in before] != [item.get(rule.key) for item in after]
            if changed:
                patch[key] = changed
            if after and (changed or (is_reordered and not self._deletes)):
                patch[_ORDER + key] = [{rule.key: item.get(rule.key)} for item in after]
            return
        added, gone = _scalars_between(before, after)
        if self._deletes and gone:
            patch[_DELETE_FROM + key] = _without_duplicates(gone)
        if not self._deletes and added:
            patch[key] = sorted(added, key=after.index)
        # k8s: what was there is compared in sorted order, so a list in another order than that is always set anew
        if after and (gone if self._deletes else not _is_same(sorted(before, key=_text), after)):
            patch[_ORDER + key] = after

    def _of_items(self, before: list[Object], after: list[Object], rule: FieldRule) -> list[Object]:
        """Return the changes of items, and then the deletions; both lists are gone through in the order of keys."""
        key, retains = rule.key, "retainKeys" in rule.strategy
        old, new = _sorted_items(before, key), _sorted_items(after, key)
        changes: list[Object] = []
        deletions: list[Object] = []
        at_old = at_new = 0
        while at_old < len(old) or at_new < len(new):
            for _text_of_key, item in (*old[at_old : at_old + 1], *new[at_new : at_new + 1]):
                _check_key(item, key)
            if at_new == len(new) or (at_old < len(old) and old[at_old][0] < new[at_new][0]):
                if self._deletes:
                    deletions.append({_PATCH: "delete", key: old[at_old][1][key]})
                at_old += 1
            elif at_old == len(old) or old[at_old][0] > new[at_new][0]:
                if not self._deletes:
                    changes.append(new[at_new][1])
                at_new += 1
            else:
                item = new[at_new][1]
                inner = self.of_maps(old[at_old][1], item, rule.type, retains=retains)
                if inner:
                    changes.append({**inner, key: item[key]})
                at_old += 1
                at_new += 1
        return [*_by_order(changes, after, key), *deletions]


def _sorted_items(items: list[Object], key: str) -> list[tuple[str, Object]]:
    # k8s: its sort turns the order of equal keys round
    return sorted(((_text(item.get(key)), item) for item in reversed(items)), key=lambda pair: pair[0])


def _check_directives(*directives: Any) -> None:
    if not all(isinstance(directive, str) for directive in directives):
        raise CannotMerge(f"invalid value for special key: {_PATCH}")


def _check_key(item: Object, key: str) -> None:
    if key not in item:
        raise CannotMerge(f"map: {_text(item)} does not contain declared merge key: {key}")


def _without_duplicates(values: list[Any]) -> list[Any]:
    """Return each value once.

    k8s: the last value takes the place of a duplicate (test_values_that_are_deleted_twice)
    """
    values = list(values)
    at = 0
    seen = []
    while at < len(values):
        if values[at] not in seen:
            seen.append(values[at])
            at += 1
        elif at < len(values) - 1:
            values[at] = values.pop()
        else:
            values.pop()
    return values


def _scalars_between(before: list[Any], after: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return what ``after`` has more of and what ``before`` has more of, counting each occurrence, by text."""
    old, new = sorted(before, key=_text), sorted(after, key=_text)
    added: list[Any] = []
    gone: list[Any] = []
    at_old = at_new = 0
    while at_old < len(old) or at_new < len(new):
        if at_new == len(new) or (at_old < len(old) and _text(old[at_old]) < _text(new[at_new])):
            gone.append(old[at_old])
            at_old += 1
        elif at_old == len(old) or _text(old[at_old]) > _text(new[at_new]):
            added.append(new[at_new])
            at_new += 1
        else:
            at_old += 1
            at_new += 1
    return added, gone


def _place(item: Any, order: list[Any], key: str) -> int:
    """Return where the first item with the same key (or the same scalar) stands in ``order``, or -1."""
    wanted = item.get(key) if key else item
    return next((at for at, one in enumerate(order) if _is_same(one.get(key) if key else one, wanted)), -1)


def _by_order(items: list[Any], order: list[Any], key: str) -> list[Any]:
    """Sort items as ``order`` has them; deletions stand behind all others."""
    deletions = [item for item in items if key and item.get(_PATCH) == "delete"]
    others = [item for item in items if not (key and item.get(_PATCH) == "delete")]
    return [*sorted(others, key=lambda item: _place(item, order, key)), *deletions]


def _combined(deletions: Object, additions: Object, type_name: str) -> Object:
    """Return the patch that asks for both; ``deletions`` is changed and returned."""
    if _PATCH in additions:
        return _directed(additions)
    rules = fields_of_type(type_name)
    out = deletions
    if _RETAIN in additions:
        kept, other = out.get(_RETAIN, additions[_RETAIN]), additions[_RETAIN]
        if kept != other:
            raise CannotMerge(
                f"{_text(kept)} and {_text(other)} are not deep equal: "
                "this may happen when calculating the 3-way diff patch"
            )
        out[_RETAIN] = other
    done = {_RETAIN}
    for directive in [name for name in additions if name.startswith(_ORDER)]:
        name, order = directive.removeprefix(_ORDER), additions[directive]
        rule = rules.get(name, _NO_RULE)
        if not _is_same(out.get(directive, order), order):
            raise CannotMerge("invalid patch format of setElementOrder list")
        out[directive] = order
        _check_order(additions.get(name) or [], order, rule.key)
        done |= {directive, name}
        if name not in out and name not in additions:
            continue
        first = out.get(name)
        if first is None and name in out:
            raise CannotMerge("expected a []interface {}, but received a %!s(<nil>)")
        if first is not None and name in additions:
            items = _combined_lists(first, additions[name], rule)
        else:
            items = _without_directives(additions[name]) if first is None else first
        out[name] = _in_order(items, order, first or [], rule.key)
    for name, value in additions.items():
        if name in done:
            continue
        there = out.get(name)
        rule = rules.get(name, _NO_RULE)
        if isinstance(value, dict) and isinstance(there, dict) and rule.strategy != "replace":
            out[name] = _combined(there, value, rule.type)
        elif isinstance(value, list) and isinstance(there, list) and "merge" in rule.strategy:
            out[name] = _combined_lists(there, value, rule)
        elif _is_directed(value):
            out.pop(name, None)
        else:
            out[name] = _without_directives(value)
    return out


def _directed(additions: Object) -> Object:
    """Return additions that say by a directive of their own what is to happen."""
    directive = additions[_PATCH]
    if directive == "replace":
        return {key: value for key, value in additions.items() if key != _PATCH}
    if directive == "delete":
        return {}
    raise _unknown_directive(additions)


def _unknown_directive(change: Object) -> CannotMerge:
    from steersman.go.fmt import sprintf

    return CannotMerge(sprintf("unknown patch type: %s in map: %v", [_as_json(change[_PATCH]), _as_json(change)]))


def _without_directives(value: Any) -> Any:
    """Return a value without the maps in it that have a directive; Helm's charts may have them."""
    if isinstance(value, dict):
        return {key: _without_directives(one) for key, one in value.items() if not _is_directed(one)}
    return [_without_directives(one) for one in value if not _is_directed(one)] if isinstance(value, list) else value


def _is_directed(value: Any) -> bool:
    return isinstance(value, dict) and _PATCH in value


def _check_order(items: list[Any], order: list[Any], key: str) -> None:
    """Raise unless the items stand in ``order``, as a server demands; items that share their key may not."""
    at = 0
    plain = [item for item in items if not _is_directed(item)]
    for one in order:
        if at < len(plain) and _is_same(plain[at].get(key) if key else plain[at], one.get(key) if key else one):
            at += 1
    if order and at < len(plain):
        raise CannotMerge(
            f"The order in patch list:\n{_text(items)}\n doesn't match $setElementOrder list:\n{_text(order)}\n"
        )


def _combined_lists(deletions: list[Any], additions: list[Any], rule: FieldRule) -> list[Any]:
    if not rule.key:
        items = list(dict.fromkeys([*deletions, *additions]))
        return _in_order(items, additions, deletions, "")
    items, additions = _after_directives(deletions, additions, rule.key)
    for change in additions:
        _check_key(change, rule.key)
        at = _place(change, items, rule.key)
        if at < 0:
            items.append(change)
        else:
            items[at] = _combined(items[at], change, rule.type)
    return _in_order(items, additions, deletions, rule.key)


def _after_directives(items: list[Any], additions: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Return the items that the additions' directives leave, and the additions that are not directives."""
    plain = [change for change in additions if _PATCH not in change]
    left = list(items)
    for change in additions:
        directive = change.get(_PATCH, "delete")
        if directive == "merge":
            raise CannotMerge("merging lists cannot yet be specified in the patch")
        if directive not in ("delete", "replace"):
            raise _unknown_directive(change)
        if _PATCH in change and directive == "delete":
            _check_key(change, key)
            left = [item for item in left if not _is_same(item.get(key), change[key])]
    if any(change.get(_PATCH) == "replace" for change in additions):
        return plain, []
    return left, plain


def _in_order(items: list[Any], order: list[Any], others_order: list[Any], key: str) -> list[Any]:
    """Return the items that ``order`` names in that order, and the others between them as ``others_order`` has them."""
    for item in (*items, *order) if key else ():
        _check_key(item, key)
    named = _by_order([item for item in items if _place(item, order, key) >= 0], order, key)
    others = _by_order([item for item in items if _place(item, order, key) < 0], others_order, key)
    out: list[Any] = []
    while named and others:
        here, there = _place(others[0], others_order, key), _place(named[0], others_order, key)
        out.append((others if 0 <= here < there else named).pop(0))
    return [*out, *named, *others]
