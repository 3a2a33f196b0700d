"""Facts that the compiler has about a value while it writes the code for it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.gotemplate import nodes as n

# Words of ``signature`` that one Python type stands for, and nothing else of that Go type.
ONE_TYPE = frozenset(("string", "int", "bool", "float64"))


class Expression:
    """Python code for a value, and what is known about it.

    ``kind`` is a word of ``signature``. ``last`` is the node Go was last "at" once the value is
    there: it is what complaints about the value name. ``is_simple``: evaluating it has no effect
    and cannot fail. ``literal``: the constant node it came from. ``missing``: the local that the fields are of: where
    it is nil, so is the value, and without a type. Not a record, for its number.
    """

    __slots__ = ("code", "depth", "has_typed_nil", "is_simple", "kind", "last", "literal", "may_be_nil", "missing")

    def __init__(
        self,
        code: str,
        last: n.Node,
        kind: str = "any",
        *,
        has_typed_nil: bool = False,
        is_simple: bool = False,
        may_be_nil: bool = True,
        literal: n.Node | None = None,
        depth: int = 0,
        missing: str = "",
    ) -> None:
        self.code = code
        self.depth = depth
        self.last = last
        self.kind = kind
        self.has_typed_nil = has_typed_nil
        self.is_simple = is_simple
        self.may_be_nil = may_be_nil
        self.literal = literal
        self.missing = missing

    def computed(self, code: str) -> Expression:
        """Return this value as other code computes it: no longer simple, no longer a literal."""
        return Expression(
            *(code, self.last, self.kind),
            has_typed_nil=self.has_typed_nil,
            may_be_nil=self.may_be_nil,
            depth=self.depth,
            missing=self.missing,
        )
