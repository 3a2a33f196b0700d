"""The table of how template functions read a container (a map or a list) that they get.

A function that is not in the table reads it whole, which is always safe to say: everything in it may matter. The
rows are for functions that look at less, so that a key which no template asks for is not taken for one that some
template prints. Scalars need no row: they were read when their field was.
"""

from __future__ import annotations

HANDS_ON = "hands on"  # returns it, stores it, or looks only at its type or whether it is empty
KEYED = "keyed"  # looks at the entries under the keys it gets
ELEMENTS = "elements"  # looks at its entries, and at scalars among them; what is in containers in it stays unread
COPIES = "copies"  # makes a container with the same entries, of which nothing is read yet
WHOLE = "whole"  # everything in it

_ROWS = {
    HANDS_ON: (
        "and or not default empty coalesce ternary required all any include tpl dict list tuple set unset "
        "kindOf kindIs typeOf typeIs typeIsLike call fail "
        # a container among their arguments is an error, or nought
        "eq ne lt le gt ge int int64 float64 toDecimal until untilStep seq "
        "add add1 sub div mod mul addf add1f subf divf mulf biggest max min maxf minf ceil floor round"
    ),
    KEYED: "index get hasKey dig pluck",
    ELEMENTS: (
        "len keys values first last rest initial reverse concat slice compact chunk append prepend push "
        "mustFirst mustLast mustRest mustInitial mustReverse mustSlice mustCompact mustChunk mustAppend mustPrepend "
        "mustPush"
    ),
    COPIES: "deepCopy mustDeepCopy pick omit merge mergeOverwrite mustMerge mustMergeOverwrite",
}
# They make a container out of what they get, or put something in one; a recording has what came of it.
BUILDERS = frozenset(
    "dict list tuple set concat append prepend push mustAppend mustPrepend mustPush".split()  # noqa: SIM905
)
READINGS = {name: reading for reading, names in _ROWS.items() for name in names.split()}


def reading_of(name: str) -> str:
    """Return how the template function ``name`` reads a container."""
    return READINGS.get(name, WHOLE)
