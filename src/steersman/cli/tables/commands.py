"""The commands: one line each, strings only, so that starting costs no import of any of them.

A row is (summary, usage line, aliases, rule for arguments, flag keys, hidden flag keys). The module that
runs a command is named by its path: ``repo add`` is ``cli/commands/repo_add.py``; a row without a
rule only groups others. Adding a command is one line here and one module there.
"""

from __future__ import annotations

Row = tuple[str, str, tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]

GLOBAL_FLAGS: tuple[str, ...] = (
    "burst-limit",
    "color",
    "colour",
    "content-cache",
    "debug",
    "kube-apiserver",
    "kube-as-group",
    "kube-as-user",
    "kube-ca-file",
    "kube-context",
    "kube-insecure-skip-tls-verify",
    "kube-tls-server-name",
    "kube-token",
    "kubeconfig",
    "namespace",
    "qps",
    "registry-config",
    "repository-cache",
    "repository-config",
)

# Flags that go together: of a server, of a chart that may lie on one, of values.
_SERVER = ("ca-file", "cert-file", "insecure-skip-tls-verify", "key-file", "password", "plain-http", "username")
_CHART = (*_SERVER, "devel", "keyring#2", "pass-credentials", "repo", "verify#2", "version")
_VALUES = ("set", "set-file", "set-json", "set-literal", "set-string", "values")

COMMANDS: dict[str, Row] = {
    "completion": ("print a script that completes commands in a shell", "completion [command]", (), "group", (), ()),
    "completion bash": (
        "print the completion script for bash", "completion bash [flags]", (), "none",
        ("no-descriptions",), (),
    ),
    "completion fish": (
        "print the completion script for fish", "completion fish [flags]", (), "none",
        ("no-descriptions",), (),
    ),
    "completion powershell": (
        "print the completion script for PowerShell", "completion powershell [flags]", (), "none",
        ("no-descriptions",), (),
    ),
    "completion zsh": (
        "print the completion script for zsh", "completion zsh [flags]", (), "none",
        ("no-descriptions",), (),
    ),
    "create": (
        "write a new chart to start from", "create NAME [flags]", (), "exact 1",
        ("starter",), ("chart-api-version", "output#own"),
    ),
    "dependency": (
        "list, download and lock a chart's dependencies", "dependency [command]", ("dep", "dependencies"), "group",
        (), (),
    ),
    "dependency build": (
        "fill charts/ with the versions that Chart.lock names", "dependency build CHART [flags]", (), "max 1",
        (*_SERVER, "keyring", "skip-refresh", "verify"), ("output#own",),
    ),
    "dependency list": (
        "show a chart's dependencies and whether charts/ has them", "dependency list CHART [flags]", ("ls",), "max 1",
        ("max-col-width",), ("output#own",),
    ),
    "dependency update": (
        "choose versions of the dependencies and download them to charts/",
        "dependency update CHART [flags]", ("up",), "max 1",
        (*_SERVER, "keyring", "skip-refresh", "verify"), ("output#own",),
    ),
    "env": ("show the settings in effect", "env [flags]", (), "max 1", (), ("output#own",)),
    "get": ("show what was stored with a release", "get [command]", (), "group", (), ()),
    "get all": (
        "show values, manifest, hooks and notes of a release", "get all RELEASE_NAME [flags]", (), "exact 1",
        ("revision", "template"), ("output#own",),
    ),
    "get hooks": (
        "show the hooks of a release", "get hooks RELEASE_NAME [flags]", (), "exact 1",
        ("revision",), ("output#own",),
    ),
    "get manifest": (
        "show the objects of a release", "get manifest RELEASE_NAME [flags]", (), "exact 1",
        ("revision",), (),
    ),
    "get metadata": (
        "show name, chart, versions and dates of a release", "get metadata RELEASE_NAME [flags]", (), "exact 1",
        ("output", "revision#2"), (),
    ),
    "get notes": (
        "show the notes that a release printed", "get notes RELEASE_NAME [flags]", (), "exact 1",
        ("revision",), (),
    ),
    "get values": (
        "show the values that a release was given", "get values RELEASE_NAME [flags]", (), "exact 1",
        ("all", "output", "revision"), (),
    ),
    "history": (
        "list the revisions of a release", "history RELEASE_NAME [flags]", ("hist",), "exact 1",
        ("max", "output", "show-rollback-revision"), (),
    ),
    "install": (
        "install a chart as a new release", "install [NAME] [CHART] [flags]", (), "min 1",
        (
            *_CHART, *_VALUES, "create-namespace", "dependency-update", "description", "disable-openapi-validation",
            "dry-run", "enable-dns", "force-conflicts", "force-replace", "generate-name", "hide-notes", "hide-secret",
            "labels", "name-template", "no-hooks", "output", "post-renderer", "post-renderer-args",
            "render-subchart-notes", "replace", "rollback-on-failure", "server-side", "skip-crds",
            "skip-schema-validation", "take-ownership", "timeout", "wait", "wait-for-jobs",
        ),
        (
            "force", "atomic", "offline", "schema-ignore-global", "record", "record-chart", "seed", "strict-values",
            "no-values-check", "verbose",
        ),
    ),
    "lint": (
        "check a chart for mistakes", "lint PATH [flags]", (), "min 1",
        (*_VALUES, "kube-version", "quiet", "skip-schema-validation", "strict", "with-subcharts"),
        (
            "offline", "schema-ignore-global", "strict-values", "no-values-check", "verbose", "output#own",
            "lookup-from", "record", "record-chart", "seed",
        ),
    ),
    "list": (
        "list the releases of a namespace", "list [flags]", ("ls",), "none",
        (
            "all-namespaces", "date", "deployed", "failed", "filter", "max#2", "no-headers", "offset", "output",
            "pending", "reverse", "selector", "short", "superseded", "time-format", "uninstalled", "uninstalling",
        ),
        (),
    ),
    "package": (
        "pack a chart into an archive", "package [CHART_PATH] [...] [flags]", (), "",
        (
            *_SERVER, "app-version", "dependency-update#2", "destination", "key", "keyring#3", "passphrase-file",
            "sign", "version#2",
        ),
        ("output#own",),
    ),
    "plugin": ("add, update and remove plugins", "plugin [command]", (), "group", (), ()),
    "plugin install": (
        "install a plugin", "plugin install [options] <path|url> [flags]", ("add",), "exact 1",
        (
            "ca-file", "cert-file#2", "insecure-skip-tls-verify#2", "key-file#2", "keyring#2", "password#2",
            "plain-http#2", "username#2", "verify#3", "version#3",
        ),
        ("output#own",),
    ),
    "plugin list": (
        "list the plugins that are installed", "plugin list [flags]", ("ls",), "",
        ("type",), ("output#own",),
    ),
    "plugin package": (
        "pack a plugin into an archive", "plugin package [PATH] [flags]", (), "exact 1",
        ("destination#2", "key", "keyring#3", "passphrase-file#2", "sign#2"), ("output#own",),
    ),
    "plugin uninstall": (
        "remove plugins", "plugin uninstall <plugin>... [flags]", ("rm", "remove"), "",
        (), ("output#own",),
    ),
    "plugin update": (
        "update plugins to their newest version", "plugin update <plugin>... [flags]", ("up",), "",
        (), ("output#own",),
    ),
    "plugin verify": (
        "check the signature of a plugin", "plugin verify [PATH] [flags]", (), "exact 1",
        ("keyring",), (),
    ),
    "pull": (
        "download a chart", "pull [chart URL | repo/chartname] [...] [flags]", ("fetch",), "min 1",
        (
            *_SERVER, "destination#3", "devel#2", "keyring#2", "pass-credentials", "prov", "repo", "untar",
            "untardir", "verify#2", "version",
        ),
        ("output#own",),
    ),
    "push": (
        "upload a chart to an OCI registry", "push [chart] [remote] [flags]", (), "min 2",
        ("ca-file", "cert-file#2", "insecure-skip-tls-verify#3", "key-file#2", "password", "plain-http#3", "username"),
        ("output#own",),
    ),
    "registry": ("log in to and out of OCI registries", "registry [command]", (), "group", (), ()),
    "registry login": (
        "store credentials for a registry", "registry login [host] [flags]", (), "min 1",
        (
            "ca-file", "cert-file#2", "insecure", "key-file#2", "password#3", "password-stdin", "plain-http#3",
            "username#3",
        ),
        ("output#own",),
    ),
    "registry logout": (
        "forget the credentials for a registry", "registry logout [host] [flags]", (), "min 1",
        (), ("output#own",),
    ),
    "repo": ("manage the chart repositories that you use", "repo [command]", (), "group", (), ()),
    "repo add": (
        "add a repository under a name of your choice", "repo add [NAME] [URL] [flags]", (), "exact 2",
        (
            "allow-deprecated-repos", "ca-file", "cert-file", "force-update", "insecure-skip-tls-verify#4",
            "key-file", "pass-credentials", "password#4", "password-stdin#2", "timeout#2", "username#4",
        ),
        ("output#own",),
    ),
    "repo index": (
        "write the index of a folder of charts, to serve it as a repository", "repo index [DIR] [flags]", (), "exact 1",
        ("json", "merge", "url"), ("output#own",),
    ),
    "repo list": ("list the repositories", "repo list [flags]", ("ls",), "none", ("no-headers#2", "output"), ()),
    "repo remove": (
        "remove repositories", "repo remove [REPO1 [REPO2 ...]] [flags]", ("rm",), "min 1",
        (), ("output#own",),
    ),
    "repo update": (
        "fetch the newest indexes of the repositories", "repo update [REPO1 [REPO2 ...]] [flags]", ("up",), "min 0",
        ("timeout#2",), ("output#own",),
    ),
    "rollback": (
        "bring a release back to an earlier revision", "rollback <RELEASE> [REVISION] [flags]", (), "min 1",
        (
            "cleanup-on-fail", "description#2", "dry-run", "force-conflicts", "force-replace", "history-max",
            "no-hooks#2", "server-side#2", "timeout", "wait", "wait-for-jobs",
        ),
        ("force", "output#own"),
    ),
    "search": ("find charts", "search [command]", (), "group", (), ()),
    "search hub": (
        "find charts on Artifact Hub", "search hub [KEYWORD] [flags]", (), "",
        ("endpoint", "fail-on-no-result", "list-repo-url", "max-col-width#2", "output"), (),
    ),
    "search repo": (
        "find charts in your repositories", "search repo [keyword] [flags]", (), "",
        ("devel#3", "fail-on-no-result", "max-col-width#2", "output", "regexp", "version#4", "versions"), (),
    ),
    "show": ("show what is in a chart", "show [command]", ("inspect",), "group", (), ()),
    "show all": (
        "show Chart.yaml, values, README and CRDs of a chart", "show all [CHART] [flags]", (), "exact 1",
        (*_CHART,), (),
    ),
    "show chart": ("show the Chart.yaml of a chart", "show chart [CHART] [flags]", (), "exact 1", (*_CHART,), ()),
    "show crds": (
        "show the CRDs in a chart's crds/ folder", "show crds [CHART] [flags]", (), "exact 1",
        (*_CHART,), (),
    ),
    "show readme": ("show the README of a chart", "show readme [CHART] [flags]", (), "exact 1", (*_CHART,), ()),
    "show values": (
        "show the default values of a chart", "show values [CHART] [flags]", (), "exact 1",
        (*_CHART, "jsonpath"), (),
    ),
    "status": (
        "show the state of a release", "status RELEASE_NAME [flags]", (), "exact 1",
        ("output", "revision#3"), (),
    ),
    "template": (
        "render a chart and print its manifests", "template [NAME] [CHART] [flags]", (), "min 1",
        (
            *_CHART, *_VALUES, "api-versions", "create-namespace", "dependency-update", "description",
            "disable-openapi-validation", "dry-run#2", "enable-dns", "force-conflicts", "force-replace",
            "generate-name", "include-crds", "is-upgrade", "kube-version#2", "labels", "name-template", "no-hooks",
            "output-dir", "post-renderer", "post-renderer-args", "release-name", "replace", "rollback-on-failure",
            "server-side", "show-only", "skip-crds", "skip-schema-validation", "skip-tests", "take-ownership",
            "timeout", "wait", "wait-for-jobs",
        ),
        (
            "force", "atomic", "validate", "hide-notes#d", "render-subchart-notes#d", "show-compiled", "source-map",
            "lookup-from", "offline", "schema-ignore-global", "record", "record-chart", "seed", "strict-values",
            "no-values-check", "verbose",
        ),
    ),
    "test": (
        "run the tests of a release", "test [RELEASE] [flags]", (), "exact 1",
        ("filter#2", "logs", "timeout"), ("junit", "output#own"),
    ),
    "uninstall": (
        "delete a release and its objects", "uninstall RELEASE_NAME [...] [flags]", ("del", "delete", "un"), "min 1",
        ("cascade", "description", "dry-run#3", "ignore-not-found", "keep-history", "no-hooks#3", "timeout", "wait"),
        ("output#own",),
    ),
    "upgrade": (
        "change a release: another chart version, other values", "upgrade [RELEASE] [CHART] [flags]", (), "exact 2",
        (
            *_CHART, *_VALUES, "cleanup-on-fail#2", "create-namespace#2", "dependency-update", "description",
            "disable-openapi-validation#2", "dry-run", "enable-dns", "force-conflicts", "force-replace",
            "hide-notes#2", "hide-secret", "history-max", "install", "labels#2", "no-hooks#4", "output",
            "post-renderer", "post-renderer-args", "render-subchart-notes", "reset-then-reuse-values", "reset-values",
            "reuse-values", "rollback-on-failure#2", "server-side#2", "skip-crds#2", "skip-schema-validation",
            "take-ownership#2", "timeout", "wait", "wait-for-jobs",
        ),
        (
            "force", "atomic", "recover", "offline", "schema-ignore-global", "record", "record-chart", "seed",
            "strict-values", "no-values-check", "verbose",
        ),
    ),
    "verify": ("check the signature of a packaged chart", "verify PATH [flags]", (), "exact 1", ("keyring",), ()),
    "version": (
        "show the version of this program", "version [flags]", (), "none",
        ("short#2", "template#2"), ("output#own",),
    ),
}  # fmt: skip

# Helm's commands that no list of commands shows.
HIDDEN_COMMANDS: dict[str, Row] = {
    "docs": (
        "write the help of all commands as Markdown or manual pages", "docs [flags]", (), "none",
        ("dir", "generate-headers", "doc-type"), (),
    ),
}  # fmt: skip
COMMANDS.update(HIDDEN_COMMANDS)

# Commands that Helm does not have. Under the name helm, the program lists only Helm's.
OWN_COMMANDS: dict[str, Row] = {
    "annotate": (
        "map findings of other tools about rendered YAML to template lines",
        "annotate FINDINGS [CHART] [flags]", (), "min 1",
        (
            *_CHART, *_VALUES, "api-versions", "dependency-update", "kube-version#2", "lookup-from", "manifest#a",
            "name#x", "output#a", "source-map#a",
        ),
        (),
    ),
    "cache": ("look at the files that are kept to save time", "cache [command]", (), "group", (), ()),
    "cache list": ("list the cached files", "list [flags]", ("ls",), "none", ("output",), ()),
    "cache prune": (
        "delete cached files that were not used lately", "prune [flags]", (), "none",
        ("older-than", "output#own"), (),
    ),
    "check": (
        "find mistakes in charts before anything runs", "check CHART... [flags]", (), "min 1",
        (
            *_CHART, *_VALUES, "api-versions", "crds#check", "kube-version#check", "output#check", "strict",
            "verbose#check",
        ),
        (),
    ),
    "ci": (
        "test the charts of a repository that have changed", "ci [CHART...] [flags]", (), "any",
        (
            "all#ci", "annotations", "chart-dirs", "charts", "check-version-increment", "cluster", "config#ci",
            "crds#ci", "exclude-deprecated", "excluded-charts", "file#u", "jobs#ci", "junit", "kube-version#check",
            "list-changed", "min#ci", "min-branches", "output#own", "remote", "since", "skip", "skip-missing-values",
            "target-branch", "upgrade", "use-helmignore", "validate-maintainers", "verbose#ci",
        ),
        (),
    ),
    "coverage": (
        "show which lines and branches of a chart values files run", "coverage CHART [flags]", (), "exact 1",
        (
            *_CHART, "api-versions", "coverage-output", "kube-version#2", "min#coverage", "min-branches", "set",
            "set-file", "set-json", "set-literal", "set-string", "show-all", "values#coverage",
        ),
        (),
    ),
    "doctor": ("check cluster, permissions, releases and configuration", "doctor [flags]", (), "none", ("output",), ()),
    "explain": (
        "show which template and which values a rendered line comes from",
        "explain RELEASE|CHART [KIND/NAME [FIELD]] [flags]", (), "min 1",
        (
            *_CHART, *_VALUES, "api-versions", "chart#explain", "dependency-update", "html", "kube-version#2", "lookup-from",
            "name#x", "release#explain", "revision", "value",
        ),
        (),
    ),
    "replay": ("render again as it was recorded", "replay FILE [CHART]", (), "min 1", (), ()),
    "schema": (
        "make a values.schema.json from a chart's templates and defaults", "schema CHART [flags]", (), "exact 1",
        (*_CHART, "write#schema"), (),
    ),
    "search oci": (
        "list the versions of a chart in an OCI registry", "search oci oci://HOST/REPOSITORY [flags]", (), "exact 1",
        (*_SERVER, "devel#3", "fail-on-no-result", "max-col-width#2", "output", "version#4", "versions"), (),
    ),
    "sandbox": ("try charts on an embedded cluster", "sandbox [command]", (), "group", (), ()),
    "sandbox up": ("start the embedded cluster", "up [flags]", (), "none", ("data", "output#own", "port"), ()),
    "sandbox down": ("stop the embedded cluster", "down [flags]", (), "none", ("output#own",), ()),
    "sandbox status": (
        "show whether the embedded cluster runs, and its address", "status [flags]", (), "none",
        ("output#own",), (),
    ),
    "sandbox exec": ("run a command against the embedded cluster", "exec -- COMMAND...", (), "min 1", (), ()),
    "unittest": (
        "run the tests that charts have in helm-unittest's format", "unittest CHART... [flags]", (), "any",
        (
            "chart-tests-path", "color#u", "coverage", "coverage-output", "debugPlugin", "failfast", "file#u",
            "generate", "generate-seed", "jobs", "min", "min-branches", "output-file", "output-type", "schema",
            "show-all", "skip-schema-validation", "strict#u", "update-snapshot", "values#u", "watch", "with-subchart",
        ),
        (),
    ),
}  # fmt: skip
COMMANDS.update(OWN_COMMANDS)

# Flags that only an experimental feature of Helm, or a name of our own, brings out, by the key of ``main.defaults_of``
# that says so. Under the name helm, those of "own_name" are unknown and those of "own_help" are hidden.
GATED_FLAGS = {
    "chart-api-version": "chart_v3",
    "offline": "own_name",
    "schema-ignore-global": "own_name",
    "output#own": "own_name",
    "junit": "own_help",
    "recover": "own_help",
    "show-compiled": "own_help",
    "source-map": "own_help",
    "lookup-from": "own_help",
    "record": "own_help",
    "record-chart": "own_help",
    "seed": "own_help",
    "strict-values": "own_help",
    "no-values-check": "own_help",
    "verbose": "own_name",
}


def shown_flags(path: str, fill: dict[str, str]) -> tuple[str, ...]:
    """Return the keys of the flags that help and completion show for a command."""
    if not path:
        return (*GLOBAL_FLAGS, "version#root") if fill.get("own_name") else GLOBAL_FLAGS
    row = COMMANDS.get(path)
    if row is None:
        return ()
    return (*(key for key in row[5] if fill.get(GATED_FLAGS.get(key, ""))), *row[4])
