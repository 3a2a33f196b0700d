"""The settings of chart-testing, by the names that its file, its flags and its variables share."""

from __future__ import annotations

from steersman.record import Record

TEXT, LIST, SWITCH, DURATION = "text", "a list of texts", "true or false", "a duration"


class Key(Record):
    """One setting.

    Attributes:
        kind: what it holds.
        default: its value where nothing says one.
        unused: why it has no effect here, or ``""``.
        quiet: a value that asks for nothing: there is no warning about it.
    """

    kind: str
    default: str | bool | tuple[str, ...] = ""
    unused: str = ""
    quiet: str | bool | None = None


_LOGS = "the state and the logs of failing pods are always shown"

KEYS: dict[str, Key] = {
    "additional-commands": Key(LIST, ()),
    "all": Key(SWITCH, False),
    "build-id": Key(TEXT),
    "chart-dirs": Key(LIST, ("charts",)),
    "chart-repos": Key(LIST, ()),
    "chart-yaml-schema": Key(TEXT, unused="schemas of Yamale are not read; lint checks Chart.yaml"),
    "charts": Key(LIST, ()),
    "check-version-increment": Key(SWITCH, True),
    "debug": Key(SWITCH, unused="use --debug", quiet=False),
    "exclude-deprecated": Key(SWITCH, False),
    "excluded-charts": Key(LIST, ()),
    "github-groups": Key(SWITCH, unused="the output has no groups", quiet=False),
    "helm-dependency-extra-args": Key(LIST, ()),
    "helm-extra-args": Key(TEXT),
    "helm-extra-set-args": Key(TEXT),
    "helm-lint-extra-args": Key(TEXT),
    "helm-repo-extra-args": Key(LIST, ()),
    "kubectl-timeout": Key(DURATION, unused="waiting takes its --timeout from helm-extra-args"),
    "lint-conf": Key(TEXT, unused="the style of YAML is not checked; run yamllint for that"),
    "namespace": Key(TEXT),
    "print-config": Key(SWITCH, unused="the settings are not printed", quiet=False),
    "print-logs": Key(SWITCH, unused=_LOGS, quiet=True),
    "release-label": Key(TEXT, unused="the pods of a release are known without a label"),
    "release-name": Key(TEXT),
    "remote": Key(TEXT, "origin"),
    "since": Key(TEXT, "HEAD"),
    "skip-clean-up": Key(SWITCH, False),
    "skip-helm-dependencies": Key(SWITCH, False),
    "skip-missing-values": Key(SWITCH, False),
    "target-branch": Key(TEXT, "main"),
    "upgrade": Key(SWITCH, False),
    "use-helmignore": Key(SWITCH, False),
    "validate-chart-schema": Key(SWITCH, unused="lint checks Chart.yaml, without a schema", quiet=False),
    "validate-maintainers": Key(SWITCH, False),
    "validate-yaml": Key(SWITCH, unused="the style of YAML is not checked; run yamllint for that", quiet=False),
}
