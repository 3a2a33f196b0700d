"""Every flag of every command: the rows that parsing, help and completion share.

A row is (name, shorthand, type, usage, shown default, value when given bare, deprecation note). Commands
name rows by key (``table.py``); a key with ``#`` is a second flag of that name. Braces in a
shown default are filled from the settings. Names, shorthands, types and defaults match Helm.
"""

from __future__ import annotations

Row = tuple[str, str, str, str, str, "str | None", str]

FLAGS: dict[str, Row] = {
    "burst-limit": (
        "burst-limit", "", "int", "accepted for compatibility: requests are not throttled", "{burst_limit}", None, "",
    ),
    "color": ("color", "", "string", "when to use colors: never, auto or always", "{color}", None, ""),
    "colour": ("colour", "", "string", "same as --color", "{color}", None, ""),
    "content-cache": (
        "content-cache", "", "string", "folder where downloaded charts are kept", '"{content_cache}"', None, "",
    ),
    "debug": ("debug", "", "bool", "explain more on standard error", "{debug}", None, ""),
    "kube-apiserver": (
        "kube-apiserver", "", "string", "address of the Kubernetes API server, instead of the kubeconfig's",
        "{kube_apiserver}", None, "",
    ),
    "kube-as-group": (
        "kube-as-group", "", "stringArray", "act as a member of this group (can be repeated)",
        "{kube_as_groups}", None, "",
    ),
    "kube-as-user": ("kube-as-user", "", "string", "act as this user", "{kube_as_user}", None, ""),
    "kube-ca-file": (
        "kube-ca-file", "", "string", "trust API servers with certificates from this CA file",
        "{kube_ca_file}", None, "",
    ),
    "kube-context": (
        "kube-context", "", "string", "kubeconfig context to use, instead of the current one",
        "{kube_context}", None, "",
    ),
    "kube-insecure-skip-tls-verify": (
        "kube-insecure-skip-tls-verify", "", "bool", "accept any certificate from the API server (insecure)",
        "{kube_insecure}", None, "",
    ),
    "kube-tls-server-name": (
        "kube-tls-server-name", "", "string", "host name to expect in the API server's certificate",
        "{kube_tls_server_name}", None, "",
    ),
    "kube-token": ("kube-token", "", "string", "bearer token to log in to the API server with", "", None, ""),
    "kubeconfig": ("kubeconfig", "", "string", "kubeconfig file to use", "", None, ""),
    "namespace": (
        "namespace", "n", "string", "namespace to work in, instead of the context's", "{namespace}", None, "",
    ),
    "qps": ("qps", "", "float32", "accepted for compatibility: requests are not throttled", "{qps}", None, ""),
    "registry-config": (
        "registry-config", "", "string", "file with the credentials for registries", '"{registry_config}"', None, "",
    ),
    "repository-cache": (
        "repository-cache", "", "string", "folder where repository indexes are kept", '"{repository_cache}"', None, "",
    ),
    "repository-config": (
        "repository-config", "", "string", "file that lists the chart repositories", '"{repository_config}"', None, "",
    ),
    "no-descriptions": ("no-descriptions", "", "bool", "complete names only, without descriptions", "", None, ""),
    "chart-api-version": (
        "chart-api-version", "", "string", "API version of the new chart: v2 or v3", '"v2"', None, "",
    ),
    "starter": (
        "starter", "p", "string", "start from this chart: a folder's path, or a name below starters/ in the data folder",
        "", None, "",
    ),
    "ca-file": ("ca-file", "", "string", "trust servers with certificates from this CA bundle", "", None, ""),
    "cert-file": ("cert-file", "", "string", "client certificate to present to the server", "", None, ""),
    "insecure-skip-tls-verify": (
        "insecure-skip-tls-verify", "", "bool", "accept any certificate when downloading charts (insecure)",
        "", None, "",
    ),
    "key-file": ("key-file", "", "string", "private key of the client certificate", "", None, ""),
    "keyring": (
        "keyring", "", "string", "file with the public keys that signatures are checked against",
        '"{keyring}"', None, "",
    ),
    "password": ("password", "", "string", "password for the chart's repository or registry", "", None, ""),
    "plain-http": ("plain-http", "", "bool", "download charts over HTTP without TLS (insecure)", "", None, ""),
    "skip-refresh": ("skip-refresh", "", "bool", "do not update the cached repository indexes first", "", None, ""),
    "username": ("username", "", "string", "user name for the chart's repository or registry", "", None, ""),
    "verify": ("verify", "", "bool", "check the signature of every downloaded chart", "", None, ""),
    "max-col-width": ("max-col-width", "", "uint", "longest text in a table cell before it is cut", "80", None, ""),
    "revision": ("revision", "", "int", "look at this revision instead of the latest", "", None, ""),
    "template": (
        "template", "", "string", "format the output with a Go template, such as {{.Release.Name}}", "", None, "",
    ),
    "dir": ("dir", "", "string", "folder to write the files to; it must exist", '"./"', None, ""),
    "generate-headers": (
        "generate-headers", "", "bool", "begin each Markdown file with front matter that has a title", "", None, "",
    ),
    "doc-type": ("type", "", "string", "what to write: markdown or man", '"markdown"', None, ""),
    "output": ("output", "o", "format", "output format: table, json or yaml", "table", None, ""),
    "output#own": ("output", "o", "format", "format of the result: table, json or yaml", "table", None, ""),
    "revision#2": ("revision", "", "int", "revision to look at (0: the latest)", "", None, ""),
    "all": ("all", "a", "bool", "include the chart's defaults: all values as templates see them", "", None, ""),
    "max": ("max", "", "int", "show at most this many revisions", "256", None, ""),
    "show-rollback-revision": (
        "show-rollback-revision", "", "bool", "add a column that shows where rollbacks went back to", "", None, "",
    ),
    "create-namespace": ("create-namespace", "", "bool", "create the namespace if it does not exist", "", None, ""),
    "dependency-update": (
        "dependency-update", "", "bool", "download missing dependencies of the chart first", "", None, "",
    ),
    "description": (
        "description", "", "string", "text to record in the history instead of the usual one", "", None, "",
    ),
    "devel": (
        "devel", "", "bool", "consider pre-releases, like --version '>0.0.0-0' (no effect with --version)",
        "", None, "",
    ),
    "disable-openapi-validation": (
        "disable-openapi-validation", "", "bool", "do not check manifests against the cluster's OpenAPI schema",
        "", None, "",
    ),
    "dry-run": (
        "dry-run", "", "string", "show what would happen, changing nothing: client (no cluster is contacted), server (the cluster checks it) or none",
        '"none"', "unset", "",
    ),
    "enable-dns": ("enable-dns", "", "bool", "let templates look up host names (getHostByName)", "", None, ""),
    "force-conflicts": (
        "force-conflicts", "", "bool", "with server-side apply, take over fields that other managers own", "", None, "",
    ),
    "force-replace": ("force-replace", "", "bool", "replace objects instead of patching them", "", None, ""),
    "generate-name": ("generate-name", "g", "bool", "make up a name for the release; NAME is left out", "", None, ""),
    "hide-notes": ("hide-notes", "", "bool", "do not print the chart's notes", "", None, ""),
    "hide-secret": ("hide-secret", "", "bool", "with --dry-run, leave out Secrets", "", None, ""),
    "keyring#2": ("keyring", "", "string", "keyring with the public keys for --verify", '"{keyring}"', None, ""),
    "labels": (
        "labels", "l", "stringToString", "labels for the release record, such as team=web,tier=front", "[]", None, "",
    ),
    "name-template": ("name-template", "", "string", "Go template that makes the release's name", "", None, ""),
    "no-hooks": ("no-hooks", "", "bool", "do not run hooks", "", None, ""),
    "pass-credentials": (
        "pass-credentials", "", "bool", "send the password to other hosts as well, if the index points there",
        "", None, "",
    ),
    "post-renderer": (
        "post-renderer", "", "postRendererString", "post-renderer plugin that edits the manifests before they are used",
        "", None, "",
    ),
    "post-renderer-args": (
        "post-renderer-args", "", "postRendererArgsSlice", "argument for the post-renderer (can be repeated)",
        "[]", None, "",
    ),
    "render-subchart-notes": ("render-subchart-notes", "", "bool", "print the notes of subcharts too", "", None, ""),
    "replace": (
        "replace", "", "bool", "take the name of an uninstalled release that was kept in the history (not for production)",
        "", None, "",
    ),
    "repo": ("repo", "", "string", "URL of the chart's repository, which need not be added", "", None, ""),
    "rollback-on-failure": (
        "rollback-on-failure", "", "bool", "if it fails, undo what was done; implies --wait", "", None, "",
    ),
    "server-side": (
        "server-side", "", "bool", "let the API server merge the changes (server-side apply)", "true", None, "",
    ),
    "set": (
        "set", "", "stringArray", "set values: key=value, nested.key=value, list={a,b} (can be repeated)", "", None, "",
    ),
    "set-file": (
        "set-file", "", "stringArray", "set values to the contents of files: key=path (can be repeated)", "", None, "",
    ),
    "set-json": (
        "set-json", "", "stringArray", "set values as JSON: key=json, or a whole object (can be repeated)",
        "", None, "",
    ),
    "set-literal": (
        "set-literal", "", "stringArray", "set a value to the text after =, exactly as it stands", "", None, "",
    ),
    "set-string": ("set-string", "", "stringArray", "like --set, but values are always strings", "", None, ""),
    "skip-crds": ("skip-crds", "", "bool", "do not install the CRDs in the chart's crds/ folder", "", None, ""),
    "skip-schema-validation": (
        "skip-schema-validation", "", "bool", "do not check values against values.schema.json", "", None, "",
    ),
    "take-ownership": (
        "take-ownership", "", "bool", "adopt objects that exist and belong to no release, or to another one",
        "", None, "",
    ),
    "timeout": ("timeout", "", "duration", "longest time to wait for each operation, such as a hook", "5m0s", None, ""),
    "values": (
        "values", "f", "strings", "read values from a YAML file, a URL or - for standard input (can be repeated)",
        "", None, "",
    ),
    "verify#2": ("verify", "", "bool", "check the chart's signature before using it", "", None, ""),
    "version": (
        "version", "", "string", "version to use, exact (1.2.3) or a range (^1.2.0); the latest without it",
        "", None, "",
    ),
    "wait": (
        "wait", "", "WaitStrategy", "wait until everything is ready: watcher, legacy, or hookOnly for hooks alone",
        "hookOnly", "watcher", "",
    ),
    "wait-for-jobs": ("wait-for-jobs", "", "bool", "with --wait, wait for Jobs to complete as well", "", None, ""),
    "kube-version": ("kube-version", "", "string", "Kubernetes version to lint for", "", None, ""),
    "quiet": ("quiet", "", "bool", "show charts with warnings or errors only", "", None, ""),
    "strict": ("strict", "", "bool", "fail on warnings too", "", None, ""),
    "with-subcharts": ("with-subcharts", "", "bool", "lint the charts in charts/ too", "", None, ""),
    "all-namespaces": ("all-namespaces", "A", "bool", "list the releases of every namespace", "", None, ""),
    "date": ("date", "d", "bool", "sort by date instead of name", "", None, ""),
    "deployed": ("deployed", "", "bool", "include deployed releases", "", None, ""),
    "failed": ("failed", "", "bool", "include failed releases", "", None, ""),
    "filter": ("filter", "f", "string", "only releases with a name that matches this regular expression", "", None, ""),
    "max#2": ("max", "m", "int", "list at most this many releases (0: as many as there are)", "256", None, ""),
    "no-headers": ("no-headers", "", "bool", "leave out the table's header line", "", None, ""),
    "offset": ("offset", "", "int", "skip this many releases, to see the next page", "", None, ""),
    "pending": (
        "pending", "", "bool", "include releases that are being changed, or were when their client died", "", None, "",
    ),
    "reverse": ("reverse", "r", "bool", "sort the other way round", "", None, ""),
    "selector": (
        "selector", "l", "string", "only releases with these labels, such as team=web,tier!=test (Secret and ConfigMap drivers)",
        "", None, "",
    ),
    "short": ("short", "q", "bool", "print names only", "", None, ""),
    "superseded": ("superseded", "", "bool", "include releases whose newest revision is superseded", "", None, ""),
    "time-format": (
        "time-format", "", "string", 'layout for times in Go\'s notation, such as "2006-01-02 15:04:05Z0700"',
        "", None, "",
    ),
    "uninstalled": (
        "uninstalled", "", "bool", "include releases that were uninstalled with --keep-history", "", None, "",
    ),
    "uninstalling": ("uninstalling", "", "bool", "include releases that are being uninstalled", "", None, ""),
    "app-version": ("app-version", "", "string", "write this appVersion into the package", "", None, ""),
    "dependency-update#2": (
        "dependency-update", "u", "bool", "download the dependencies into charts/ first", "", None, "",
    ),
    "destination": ("destination", "d", "string", "folder to write the package to", '"."', None, ""),
    "key": ("key", "", "string", "user id of the signing key, or a part of it", "", None, ""),
    "keyring#3": ("keyring", "", "string", "keyring with the signing key", '"{keyring}"', None, ""),
    "passphrase-file": (
        "passphrase-file", "", "string", "read the key's passphrase from this file (-: standard input)", "", None, "",
    ),
    "sign": ("sign", "", "bool", "sign the package with an OpenPGP key", "", None, ""),
    "version#2": ("version", "", "string", "write this version into the package", "", None, ""),
    "cert-file#2": ("cert-file", "", "string", "client certificate to present to the registry", "", None, ""),
    "insecure-skip-tls-verify#2": (
        "insecure-skip-tls-verify", "", "bool", "accept any certificate when downloading plugins (insecure)",
        "", None, "",
    ),
    "key-file#2": ("key-file", "", "string", "private key of the client certificate", "", None, ""),
    "password#2": ("password", "", "string", "password for the registry", "", None, ""),
    "plain-http#2": ("plain-http", "", "bool", "download plugins over HTTP without TLS (insecure)", "", None, ""),
    "username#2": ("username", "", "string", "user name for the registry", "", None, ""),
    "verify#3": ("verify", "", "bool", "check the plugin's signature first", "true", None, ""),
    "version#3": ("version", "", "string", "version to install, exact or a range; the latest without it", "", None, ""),
    "type": ("type", "", "string", "only plugins of this type, such as cli/v1", "", None, ""),
    "destination#2": ("destination", "d", "string", "folder to write the archive to", '"."', None, ""),
    "passphrase-file#2": (
        "passphrase-file", "", "string", "read the key's passphrase from this file (-: standard input)", "", None, "",
    ),
    "sign#2": ("sign", "", "bool", "sign the archive with an OpenPGP key", "true", None, ""),
    "destination#3": (
        "destination", "d", "string", "folder to save the chart to; --untardir is relative to it", '"."', None, "",
    ),
    "devel#2": (
        "devel", "", "bool", "consider pre-releases, like --version '>0.0.0-0' (no effect with --version)",
        "", None, "",
    ),
    "prov": ("prov", "", "bool", "save the provenance file too, without checking it", "", None, ""),
    "untar": ("untar", "", "bool", "unpack the chart after downloading it", "", None, ""),
    "untardir": ("untardir", "", "string", "with --untar, folder to unpack into", '"."', None, ""),
    "insecure-skip-tls-verify#3": (
        "insecure-skip-tls-verify", "", "bool", "accept any certificate when uploading (insecure)", "", None, "",
    ),
    "plain-http#3": ("plain-http", "", "bool", "talk HTTP without TLS to the registry (insecure)", "", None, ""),
    "insecure": ("insecure", "", "bool", "accept any certificate, and HTTP (insecure)", "", None, ""),
    "password#3": ("password", "p", "string", "password or token", "", None, ""),
    "password-stdin": ("password-stdin", "", "bool", "read the password or token from standard input", "", None, ""),
    "username#3": ("username", "u", "string", "user name", "", None, ""),
    "allow-deprecated-repos": (
        "allow-deprecated-repos", "", "bool", "allow the addresses of Helm's former official repositories, which are gone",
        "", None, "",
    ),
    "force-update": ("force-update", "", "bool", "replace a repository that has this name already", "", None, ""),
    "insecure-skip-tls-verify#4": (
        "insecure-skip-tls-verify", "", "bool", "accept any certificate from the repository (insecure)", "", None, "",
    ),
    "password#4": ("password", "", "string", "password for the repository", "", None, ""),
    "password-stdin#2": ("password-stdin", "", "bool", "read the password from standard input", "", None, ""),
    "timeout#2": ("timeout", "", "duration", "longest time to wait for an index", "2m0s", None, ""),
    "username#4": ("username", "", "string", "user name for the repository", "", None, ""),
    "json": ("json", "", "bool", "write the index as JSON", "", None, ""),
    "merge": ("merge", "", "string", "keep the entries of this index file as well", "", None, ""),
    "url": ("url", "", "string", "address that the charts will be served from", "", None, ""),
    "no-headers#2": ("no-headers", "", "bool", "leave out the table's header line", "", None, ""),
    "cleanup-on-fail": (
        "cleanup-on-fail", "", "bool", "if it fails, delete the objects that this rollback created", "", None, "",
    ),
    "description#2": ("description", "", "string", "text to record in the history, up to 256 characters", "", None, ""),
    "history-max": (
        "history-max", "", "int", "keep at most this many revisions in the history (0: all)", "{max_history}", None, "",
    ),
    "no-hooks#2": ("no-hooks", "", "bool", "do not run hooks", "", None, ""),
    "server-side#2": (
        "server-side", "", "string", "let the API server merge the changes: true, false or auto (as for the previous revision)",
        '"auto"', None, "",
    ),
    "endpoint": ("endpoint", "", "string", "address of the hub to ask", '"https://hub.helm.sh"', None, ""),
    "fail-on-no-result": ("fail-on-no-result", "", "bool", "exit with an error if nothing is found", "", None, ""),
    "list-repo-url": ("list-repo-url", "", "bool", "add a column with the addresses of the repositories", "", None, ""),
    "max-col-width#2": ("max-col-width", "", "uint", "longest text in a table cell before it is cut", "50", None, ""),
    "devel#3": (
        "devel", "", "bool", "show pre-releases, like --version '>0.0.0-0' (no effect with --version)", "", None, "",
    ),
    "regexp": ("regexp", "r", "bool", "read KEYWORD as a regular expression", "", None, ""),
    "version#4": ("version", "", "string", "only versions within this range, such as ^1.2.0", "", None, ""),
    "versions": ("versions", "l", "bool", "list every version, not the newest alone", "", None, ""),
    "jsonpath": ("jsonpath", "", "string", "print the part that this JSONPath expression selects", "", None, ""),
    "revision#3": ("revision", "", "int", "revision to look at (0: the latest)", "", None, ""),
    "api-versions": (
        "api-versions", "a", "strings", "API versions that the cluster is assumed to have (can be repeated)",
        "", None, "",
    ),
    "dry-run#2": (
        "dry-run", "", "string", "client (no cluster is contacted) or server (look up objects and check manifests there)",
        '"client"', "unset", "",
    ),
    "include-crds": ("include-crds", "", "bool", "print the CRDs of the chart's crds/ folder too", "", None, ""),
    "is-upgrade": ("is-upgrade", "", "bool", "render as for an upgrade: .Release.IsUpgrade is true", "", None, ""),
    "kube-version#2": (
        "kube-version", "", "string", "Kubernetes version to render for (.Capabilities.KubeVersion)", "", None, "",
    ),
    "output-dir": ("output-dir", "", "string", "write each manifest to a file in this folder", "", None, ""),
    "release-name": (
        "release-name", "", "bool", "with --output-dir, put the files into a folder named after the release",
        "", None, "",
    ),
    "show-only": (
        "show-only", "s", "stringArray", "print the manifests of this template only (can be repeated)", "", None, "",
    ),
    "skip-tests": ("skip-tests", "", "bool", "leave out the chart's tests", "", None, ""),
    "filter#2": (
        "filter", "", "strings", "run only tests with this name (name=one), or all but those (!name=one)", "", None, "",
    ),
    "logs": ("logs", "", "bool", "print the logs of the test pods at the end", "", None, ""),
    "cascade": (
        "cascade", "", "string", "what happens to dependents: background, foreground (with --wait: until they are gone) or orphan (they stay)",
        '"background"', None, "",
    ),
    "dry-run#3": ("dry-run", "", "bool", "say what would be uninstalled, and change nothing", "", None, ""),
    "ignore-not-found": ("ignore-not-found", "", "bool", "succeed if there is no such release", "", None, ""),
    "keep-history": (
        "keep-history", "", "bool", "delete the objects but keep the records, so that a rollback is possible",
        "", None, "",
    ),
    "no-hooks#3": ("no-hooks", "", "bool", "do not run hooks", "", None, ""),
    "cleanup-on-fail#2": (
        "cleanup-on-fail", "", "bool", "if it fails, delete the objects that this upgrade created", "", None, "",
    ),
    "create-namespace#2": (
        "create-namespace", "", "bool", "with --install, create the namespace if it does not exist", "", None, "",
    ),
    "disable-openapi-validation#2": (
        "disable-openapi-validation", "", "bool", "do not check manifests against the cluster's OpenAPI schema",
        "", None, "",
    ),
    "hide-notes#2": ("hide-notes", "", "bool", "do not print the chart's notes", "", None, ""),
    "install": ("install", "i", "bool", "install the chart if no release has this name yet", "", None, ""),
    "labels#2": (
        "labels", "l", "stringToString", "labels to add to the release record; key=null removes one", "[]", None, "",
    ),
    "no-hooks#4": ("no-hooks", "", "bool", "do not run hooks", "", None, ""),
    "reset-then-reuse-values": (
        "reset-then-reuse-values", "", "bool", "start from the new chart's defaults, then the last release's values, then --set and -f",
        "", None, "",
    ),
    "reset-values": (
        "reset-values", "", "bool", "forget the last release's values: start from the chart's defaults", "", None, "",
    ),
    "reuse-values": (
        "reuse-values", "", "bool", "start from the last release's values, then --set and -f", "", None, "",
    ),
    "rollback-on-failure#2": (
        "rollback-on-failure", "", "bool", "if it fails, go back to the last revision that worked; implies --wait",
        "", None, "",
    ),
    "skip-crds#2": (
        "skip-crds", "", "bool", "with --install, do not install the CRDs in the chart's crds/ folder", "", None, "",
    ),
    "take-ownership#2": (
        "take-ownership", "", "bool", "adopt objects that exist and belong to no release, or to another one",
        "", None, "",
    ),
    "version#root": ("version", "", "bool", "print the version of steer", "", None, ""),
    "short#2": ("short", "", "bool", "print the version alone", "", None, ""),
    "template#2": (
        "template", "", "string", "format the output with a Go template, such as {{.Version}}", "", None, "",
    ),
    "force": ("force", "", "bool", "deprecated", "", None, "use --force-replace instead"),
    "atomic": ("atomic", "", "bool", "deprecated", "", None, "use --rollback-on-failure instead"),
    "validate": ("validate", "", "bool", "deprecated", "", None, "use '--dry-run=server' instead"),
    "hide-notes#d": (
        "hide-notes", "", "bool", "",
        "", None, "this flag has no effect for 'helm template' and will be removed in Helm 5",
    ),
    "render-subchart-notes#d": (
        "render-subchart-notes", "", "bool", "",
        "", None, "this flag has no effect for 'helm template' and will be removed in Helm 5",
    ),
    # what Helm does not have
    "show-compiled": (
        "show-compiled", "", "bool", "print the Python code that the templates are compiled to", "", None, "",
    ),
    "offline": ("offline", "", "bool", "do not fetch referenced JSON schemas; use cached copies only", "", None, ""),
    "schema-ignore-global": (
        "schema-ignore-global", "", "bool", "check the values of subcharts without .Values.global", "", None, "",
    ),
    "name#x": ("name", "", "string", "name of the release that a chart is rendered for", '"release-name"', None, ""),
    "crds#check": (
        "crds", "", "stringArray", "folder or file with custom resource definitions to check against (can be given several times)",
        "", None, "",
    ),
    "kube-version#check": ("kube-version", "", "string", "Kubernetes version to check for", "", None, ""),
    "output#check": ("output", "o", "string", "format of the findings: text, json, yaml or sarif", '"text"', None, ""),
    "write#schema": ("write", "w", "bool", "write values.schema.json into the chart's folder", "", None, ""),
    "verbose#check": ("verbose", "v", "bool", "show notes too", "", None, ""),
    "html": ("html", "", "string", "write a page with values, templates and manifests to this file", "", None, ""),
    "chart#explain": (
        "chart", "", "string", "chart of the release, whose record has no subcharts: a folder, an archive or a reference", "", None, "",
    ),
    "release#explain": ("release", "", "bool", "take the name as that of a release, even if there is such a folder", "", None, ""),
    "value": ("value", "", "string", "show every line that this value reaches: image.tag", "", None, ""),
    "source-map": (
        "source-map", "", "string", "write the template line of each output line to this file, as JSON, or as SARIF if it ends in .sarif",
        "", None, "",
    ),
    "lookup-from": (
        "lookup-from", "", "string", "answer lookup from this folder or file: manifests, the output of kubectl get -o yaml, or a recording",
        "", None, "",
    ),
    "record": (
        "record", "", "string", "write all that the render sees to this file, for replay; it holds values and secrets (mode 0600)",
        "", None, "",
    ),
    "record-chart": ("record-chart", "", "bool", "keep the chart's files in the recording", "true", None, ""),
    "seed": (
        "seed", "", "string", "draw random text, keys and certificates from this text, and stop the clock",
        "", None, "",
    ),
    "manifest#a": (
        "manifest", "", "string", "name of the rendered file in the findings (needed where they are about several files)",
        "", None, "",
    ),
    "output#a": ("output", "o", "string", "format: text, json, yaml or sarif", '"text"', None, ""),
    "source-map#a": (
        "source-map", "", "string", "what 'steer template --source-map' wrote for the scanned file (default: the chart is rendered)",
        "", None, "",
    ),
    "strict-values": ("strict-values", "", "bool", "fail if no template reads a value that was given", "", None, ""),
    "no-values-check": ("no-values-check", "", "bool", "do not look for values that no template reads", "", None, ""),
    "verbose": ("verbose", "v", "bool", "also report values that only code which did not run mentions", "", None, ""),
    "recover": (
        "recover", "", "bool", "if the previous client died, mark its revision failed and continue", "", None, "",
    ),
    "data": ("data", "", "string", "keep the objects in this SQLite file (default: in memory)", "", None, ""),
    "port": ("port", "", "int", "port on the loopback interface (default: a free port)", "", None, ""),
    "older-than": ("older-than", "", "duration", "keep entries used within this duration", "720h0m0s", None, ""),
    # ci: names, types and defaults as in chart-testing, where it has them
    "all#ci": ("all", "", "bool", "test all charts, without a look at git or versions", "", None, ""),
    "annotations": (
        "annotations", "", "bool", "print GitHub's workflow commands (default: in GitHub Actions)", "", None, "",
    ),
    "chart-dirs": ("chart-dirs", "", "strings", "folders that the charts are in", "[charts]", None, ""),
    "charts": ("charts", "", "strings", "test these charts, without a look at git or versions", "", None, ""),
    "check-version-increment": (
        "check-version-increment", "", "bool", "fail for a changed chart whose version has not increased",
        "true", None, "",
    ),
    "cluster": ("cluster", "", "bool", "install on the current cluster instead of a sandbox", "", None, ""),
    "config#ci": (
        "config", "", "string", "chart-testing's settings (default: ct.yaml here, in .ct or in ~/.ct)", "", None, "",
    ),
    "crds#ci": (
        "crds", "", "stringArray", "folder or file with custom resource definitions, for check and the sandbox",
        "", None, "",
    ),
    "exclude-deprecated": ("exclude-deprecated", "", "bool", "leave out deprecated charts", "", None, ""),
    "excluded-charts": ("excluded-charts", "", "strings", "names of charts to leave out", "", None, ""),
    "jobs#ci": ("jobs", "", "count", "charts to test at once (default: one for each core)", "", None, ""),
    "list-changed": ("list-changed", "", "bool", "print the charts that would be tested, and end", "", None, ""),
    "min#ci": ("min", "", "float32", "least percentage of lines and branches that a chart's suites run", "", None, ""),
    "remote": ("remote", "", "string", "remote whose branch the charts are compared with", '"origin"', None, ""),
    "since": ("since", "", "string", "revision whose changes since the branch are looked at", '"HEAD"', None, ""),
    "skip": ("skip", "", "strings", "stages to leave out (install, upgrade, check ...)", "", None, ""),
    "skip-missing-values": (
        "skip-missing-values", "", "bool", "with --upgrade, leave out ci values files that are gone", "", None, "",
    ),
    "target-branch": ("target-branch", "", "string", "branch that the charts are compared with", '"main"', None, ""),
    "upgrade": ("upgrade", "", "bool", "upgrade from the old revision too", "", None, ""),
    "use-helmignore": (
        "use-helmignore", "", "bool", "changes of files that .helmignore names do not count", "", None, "",
    ),
    "validate-maintainers": (
        "validate-maintainers", "", "bool", "check that maintainers have accounts at the remote's host", "", None, "",
    ),
    "verbose#ci": ("verbose", "v", "bool", "show warnings too, and why stages were left out", "", None, ""),
    # unittest
    "file#u": (
        "file", "f", "stringArray", "suite files in each chart: a pattern (default tests/*_test.yaml)", "", None, "",
    ),
    "values#u": ("values", "v", "stringArray", "values files put over those of every suite: a pattern", "", None, ""),
    "with-subchart": ("with-subchart", "s", "bool", "run the suites of subcharts in charts/ too", "true", None, ""),
    "strict#u": ("strict", "", "bool", "fail on unknown keys in suites", "", None, ""),
    "update-snapshot": ("update-snapshot", "u", "bool", "store what is rendered now as the snapshots", "", None, ""),
    "failfast": ("failfast", "q", "bool", "stop at the first test that fails", "", None, ""),
    "output-file": ("output-file", "o", "string", "write a report to this file", "", None, ""),
    "output-type": (
        "output-type", "t", "string", "format of the report: JUnit, NUnit, XUnit or Sonar", '"XUnit"', None, "",
    ),
    "chart-tests-path": (
        "chart-tests-path", "", "string", "folder in each chart of a chart whose templates make suites", "", None, "",
    ),
    "debugPlugin": ("debugPlugin", "d", "bool", "write what is rendered into the folder .debug", "", None, ""),
    "color#u": ("color", "", "colorMode", "when to use colors: never, auto or always", "{color}", "always", ""),
    "coverage": (
        "coverage", "", "bool", "show which lines and branches of the templates the tests have run", "", None, "",
    ),
    "min": (
        "min", "", "float32", "least percentage of lines and branches; less is a failure (with --coverage)",
        "", None, "",
    ),
    "min-branches": (
        "min-branches", "", "float32", "least percentage of branches alone; less is a failure", "", None, "",
    ),
    "min#coverage": ("min", "", "float32", "least percentage of lines and branches; less is a failure", "", None, ""),
    "coverage-output": (
        "coverage-output", "", "stringArray", "write the coverage to this file: .info for lcov, .xml for Cobertura, .html for a page",
        "", None, "",
    ),
    "junit": ("junit", "", "string", "write the results to this file, in JUnit's format", "", None, ""),
    "generate": (
        "generate", "", "count", "make this many sets of values at a time (up to five times as many renders), and look for mistakes (0: none)", "", None, "",
    ),
    "generate-seed": ("generate-seed", "", "int", "a number that makes other values (with --generate)", "", None, ""),
    "show-all": ("show-all", "", "bool", "show all branches and values that are not covered", "", None, ""),
    "values#coverage": (
        "values", "f", "stringArray", "a values file to render with, each on its own (default: the defaults and ci/*values.yaml)",
        "", None, "",
    ),
    "jobs": ("jobs", "", "count", "processes to run in (default: one for each core)", "", None, ""),
    "watch": ("watch", "", "bool", "run again the suites that a changed file affects", "", None, ""),
    "schema": ("schema", "", "bool", "print a JSON schema of suite files, for editors", "", None, ""),
}  # fmt: skip
