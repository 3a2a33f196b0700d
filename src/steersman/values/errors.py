"""Errors of looking values up and of their schemas."""

from __future__ import annotations

from steersman.errors import ValuesError
from steersman.record import Record


class NoTable(LookupError):
    """There is no map under a name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f'"{self.name}" is not a table'


class NoValue(LookupError):
    """There is no value (or a map) under a name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f'"{self.name}" is not a value'


class SchemaError(ValuesError):
    """A schema that cannot be used."""


class NotLoaded(SchemaError):
    """A schema that another one refers to and that could not be fetched."""


class Violation(Record):
    """One thing that a chart's schema refuses.

    Attributes:
        chart: the name of the chart whose schema it is.
        pointer: the place in the values of the whole, as a JSON pointer.
        message: what is wrong there, in Helm's words.
        unknown, known: the names that the object there must not have, and those that it may.
        missing: the names that it has to have, and does not.
    """

    chart: str
    pointer: str
    message: str
    unknown: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class SchemaViolation(ValuesError):
    """Values that schemas refuse, with Helm's message.

    Attributes:
        refuse_global: the subcharts whose schema refuses the ``global`` that every subchart's values have.
        refused: what each schema says.
    """

    def __init__(
        self, message: str, *, refuse_global: tuple[str, ...] = (), refused: tuple[Violation, ...] = ()
    ) -> None:
        super().__init__(message)
        self.refuse_global = refuse_global
        self.refused = refused


class BrokenValuesFile(ValuesError):
    """A values file that is not a map in YAML.

    Attributes:
        name: of the file.
        data: its bytes.
    """

    def __init__(self, message: str, name: str, data: bytes) -> None:
        super().__init__(message)
        self.name = name
        self.data = data
