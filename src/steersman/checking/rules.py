"""The table of rules. Each has a page in ``docs/rules``."""

from __future__ import annotations

from steersman.checking.findings import ERROR, NOTE, WARNING
from steersman.record import Record


class Rule(Record):
    """A rule.

    Attributes:
        name: what findings and ``steer:ignore`` comments call it.
        severity: how bad its findings are at worst.
        title: what it is about in a few words.
        is_of_values: whether its findings depend on values that only people choose, so that made-up values do not
            show a fault of the chart.
    """

    name: str
    severity: str
    title: str
    is_of_values: bool = False


RULES = {
    rule.name: rule
    for rule in (
        Rule("unknown-value", WARNING, "a template reads a value that values.yaml does not have"),
        Rule("scalar-field", WARNING, "a template reads a field of a value that is not a map"),
        Rule("nil-value", WARNING, "a template reads a field of a value that is not set"),
        Rule("unknown-include", ERROR, "a template includes a name that no template has"),
        Rule("duplicate-define", WARNING, "two charts define a template of the same name"),
        Rule("unused-define", NOTE, "no template includes a named template"),
        Rule("unread-file", NOTE, "no template reads a file of the chart"),
        Rule("duplicate-key", WARNING, "a mapping has a key twice"),
        Rule("schema-mismatch", ERROR, "values do not fit the chart's schema"),
        Rule("not-rendered", ERROR, "the chart does not render"),
        Rule("broken-definition", ERROR, "a file with definitions of custom resources is not YAML"),
        Rule("unknown-kind", ERROR, "Kubernetes has no such kind"),
        Rule("unknown-field", ERROR, "the kind has no such field"),
        Rule("wrong-type", ERROR, "a field has a value of another type"),
        Rule("wrong-format", ERROR, "a quantity, base64, time, port or percentage is not written as one"),
        Rule("invalid-value", ERROR, "a field has a value that Kubernetes refuses", is_of_values=True),
        Rule("missing-field", ERROR, "a required field is missing"),
        Rule("removed-api", ERROR, "this version of Kubernetes does not serve the API version"),
        Rule("deprecated-api", WARNING, "the API version is deprecated"),
    )
}

# rules about values that only people choose
OF_VALUES = frozenset(rule.name for rule in RULES.values() if rule.is_of_values)
