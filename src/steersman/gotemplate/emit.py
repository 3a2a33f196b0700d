"""The printer: statements with their indentation, and which Python line stands for which node.

Every operation that can fail stands at the start of a line of its own: expressions carry a mark
in front of it, and the printer turns marks into line breaks and notes the line. When an
exception comes out of compiled code, its line number says what Go would have been doing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.gotemplate.nodes import Node

_MARK = "\x01"
# A placeholder in the source for a long text that is put into the code object afterwards.
LIFTED = "\0text "
_SHORT = 16
# Pieces written by one statement.
_MOST_PIECES = 40


class Place:
    """The template position of a line: the node that Go is "at", and how to describe it.

    ``function`` is the function called there. For a chain of fields ``base`` is the Python local
    it starts from and ``fields`` its names; ``has_typed_nil`` as in ``scope.Variable``. ``called`` is
    the node that a call's error names, where it is another one; ``arguments`` those that complaints
    about a method's arguments name. Not a record, for its number.
    """

    __slots__ = ("arguments", "base", "called", "fields", "function", "has_typed_nil", "node")

    def __init__(
        self,
        node: Node,
        function: str = "",
        base: str = "",
        fields: Sequence[str] = (),
        *,
        has_typed_nil: bool = False,
        called: Node | None = None,
        arguments: Sequence[Node] = (),
    ) -> None:
        self.arguments = arguments
        self.node = node
        self.called = called
        self.function = function
        self.base = base
        self.fields = fields
        self.has_typed_nil = has_typed_nil


class Emitter:
    """Collects the lines of one function.

    With ``lifts_text`` long texts stay out of the source, which Python then has not to read; ``texts``
    says what their stand-ins stand for.
    """

    def __init__(self, *, lifts_text: bool = False) -> None:
        self.texts: dict[str, str] | None = {} if lifts_text else None
        self.lines: list[str] = []
        self.places: dict[int, Place] = {}
        self._indent = 0
        # Output that is still to be written: text, and code for text.
        self._pending: list[str] = []
        self._unquoted = ""
        self._has_text_last = self._has_code = False
        self._marks: list[Place] = []

    def mark(self, place: Place) -> str:
        """Return the mark to put in front of an expression that happens at ``place``."""
        self._marks.append(place)
        return f"{_MARK}{len(self._marks) - 1}{_MARK}"

    def text(self, text: str) -> None:
        """Write constant text, together with what follows."""
        if self._has_text_last:
            text = self._unquoted + text
            self._pending.pop()
        self._unquoted = text
        self._pending.append("")
        self._has_text_last = True

    def piece(self, code: str) -> None:
        """Write the string that ``code`` gives, together with what follows."""
        self._close_text()
        self._pending.append(code)
        self._has_code = True
        if len(self._pending) >= _MOST_PIECES:
            self.flush()

    def _close_text(self) -> None:
        if not self._has_text_last:
            return
        self._pending[-1] = self.constant(self._unquoted)
        self._has_text_last = False

    def constant(self, text: str) -> str:
        """Return code for constant text."""
        if self.texts is not None and len(text) > _SHORT:
            name = f"{LIFTED}{len(self.texts)}"
            self.texts[name] = text
            return repr(name)
        return repr(text)

    def statement(self, code: str) -> None:
        """Add a statement, breaking lines at its marks (which must be inside parentheses)."""
        indent = "    " * self._indent
        lines = self.lines
        if _MARK not in code:
            lines.append(indent + code)
            return
        parts = code.split(_MARK)
        lines.append(indent + parts[0])
        for at in range(1, len(parts), 2):
            lines.append(f"{indent}      {parts[at + 1]}")
            self.places[len(lines)] = self._marks[int(parts[at])]

    def output(self, code: str) -> None:
        """Add a statement that may write, after what is to be written before it."""
        self.flush()
        self.statement(code)

    def silent(self, code: str) -> None:
        """Add a statement that writes nothing: constant text may wait beyond it."""
        if self._has_code:
            self.flush()
        self.statement(code)

    def flush(self) -> None:
        """Write what is waiting."""
        if self._pending:
            self._close_text()
            pieces, self._pending, self._has_code = self._pending, [], False
            self.statement(f"w(({', '.join(pieces)},))")

    def indent(self) -> None:
        """Begin a block; the header has been added."""
        self._indent += 1

    def dedent(self, start: int) -> None:
        """End a block that began when there were ``start`` lines."""
        self.flush()
        if len(self.lines) == start:
            self.statement("pass")
        self._indent -= 1

    def source(self) -> str:
        """Return the function's text."""
        return "\n".join(self.lines) + "\n"
