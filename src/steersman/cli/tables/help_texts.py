"""Long descriptions and examples of the commands; read only when help or manual pages are asked for.

The texts are written for the name ``steer``; ``cli.help`` puts in the name that the program was started under. An
example that stands alone runs as it is; names ending in ``example.com`` stand for servers of yours.
"""

from __future__ import annotations

# command path -> (description, examples)
TEXTS: dict[str, tuple[str, str]] = {
    "": (
        """\
Install applications on Kubernetes, change them, and go back when a change
was wrong.

An application comes as a chart: templates of Kubernetes objects, and values
that you can set. An installed chart is a release, each change of it a
revision.

First steps:

    steer create web                    # write a chart to start from
    steer template web ./web            # look at the objects that it makes
    steer install web ./web             # install it as the release "web"
    steer upgrade web ./web --set replicaCount=2
    steer history web                   # every change is a revision ...
    steer rollback web 1                # ... that you can go back to
    steer uninstall web

For charts of other people, see 'steer search hub', 'steer repo add' and
'steer show values'. Variables that change defaults, such as HELM_NAMESPACE,
are listed by 'steer env --help'.""",
        "",
    ),
    "completion": (
        """\
Print a script that completes commands, flags and names when you press Tab.

Releases, revisions, namespaces, contexts, repositories, charts and versions
are completed from your cluster and your caches. The help of each shell's
command says how to set it up.""",
        "",
    ),
    "completion bash": (
        """\
Print the completion script for bash, version 3.2 or newer.

The package bash-completion is not needed. Start a new shell after setting it
up for good.""",
        """\
  # this shell only
  source <(steer completion bash)

  # every new shell of yours
  mkdir -p ~/.local/share/bash-completion/completions
  steer completion bash > ~/.local/share/bash-completion/completions/steer

  # the same without the package bash-completion
  echo 'source <(steer completion bash)' >> ~/.bashrc""",
    ),
    "completion fish": (
        """\
Print the completion script for fish, version 3.1 or newer.

fish finds a script in its folder of completions by itself, without a restart.""",
        """\
  # this shell only
  steer completion fish | source

  # every new shell of yours
  mkdir -p ~/.config/fish/completions
  steer completion fish > ~/.config/fish/completions/steer.fish""",
    ),
    "completion powershell": (
        """\
Print the completion script for PowerShell, version 5 or newer.

Press Ctrl+Space, or set a Tab key handler, for a menu with descriptions:
Set-PSReadLineKeyHandler -Key Tab -Function MenuComplete.""",
        """\
  # this shell only
  steer completion powershell | Out-String | Invoke-Expression

  # every new shell of yours
  steer completion powershell >> $PROFILE""",
    ),
    "completion zsh": (
        """\
Print the completion script for zsh, version 5 or newer.

zsh must have its completion system on: if completion does not work at all,
put 'autoload -U compinit; compinit' into ~/.zshrc.""",
        """\
  # this shell only
  source <(steer completion zsh)

  # every new shell of yours
  echo 'source <(steer completion zsh)' >> ~/.zshrc

  # every new shell, started a little faster: in a folder of $fpath
  steer completion zsh > "${fpath[1]}/_steer\"""",
    ),
    "create": (
        """\
Write a new chart into the folder NAME.

The chart works as it is: it runs a web server, and its values turn on an
ingress, a gateway route, autoscaling and more. Change it to run your program:

    web/Chart.yaml              name, version and dependencies
    web/values.yaml             the values that users can set
    web/templates/              templates of the objects
    web/templates/NOTES.txt     what users read after installing
    web/templates/tests/        checks that 'steer test' runs
    web/charts/                 the charts that it depends on
    web/.helmignore             files that stay out of the package

Files that are there already and have one of these names are replaced, with a
warning; others stay. --starter copies a chart of yours instead, with its name
put in for <CHARTNAME>.

Next: 'steer lint NAME', then 'steer template NAME ./NAME'.""",
        """\
  # a chart called web
  steer create web

  # in another folder, which must exist
  mkdir -p charts
  steer create charts/web

  # from a chart of your own
  steer create shop --starter "$PWD/web\"""",
    ),
    "dependency": (
        """\
Manage the charts that a chart needs: its dependencies.

Chart.yaml says which, and in which versions:

    dependencies:
      - name: database
        version: "^1.2.0"
        repository: https://charts.example.com
      - name: cache
        version: "2.x"
        repository: oci://registry.example.com/charts
      - name: common
        version: "*"
        repository: file://../common

'repository' may also be the name of a repository that was added, as "@name"
or "alias:name". 'update' chooses versions, downloads the archives to charts/
and records the choice in Chart.lock; 'build' downloads that choice again.""",
        "",
    ),
    "dependency build": (
        """\
Download the dependencies of a chart in the versions that Chart.lock records.

Everybody gets the same archives, whatever was published since. Without a
Chart.lock it does what 'steer dependency update' does; if Chart.yaml was
changed since, it fails and asks for an update.""",
        """\
  # the chart in this folder
  steer dependency build

  # in a pipeline: the indexes are there already
  steer dependency build ./web --skip-refresh""",
    ),
    "dependency list": (
        """\
Show the dependencies that Chart.yaml names and the state of each in charts/.

The state is ok, unpacked, missing, wrong version, or says what is wrong with
the archive. Nothing is changed. CHART is a folder or an archive.""",
        """\
  steer dependency list ./web""",
    ),
    "dependency update": (
        """\
Choose the newest versions that Chart.yaml allows and download them to charts/.

Archives of other versions of these charts are removed; what is in charts/ but
not named in Chart.yaml is left alone. The choice is recorded in Chart.lock,
which belongs in version control: 'steer dependency build' repeats it.""",
        """\
  # the chart in this folder
  steer dependency update

  # accept signed archives only
  steer dependency update ./web --verify --keyring ~/.gnupg/pubring.gpg""",
    ),
    "docs": (
        """\
Write the help of every command to files, one for each command.

'man' makes manual pages for man(1), 'markdown' pages for a web site. --dir
must name a folder that exists.""",
        """\
  # manual pages for this user
  mkdir -p ~/.local/share/man/man1
  steer docs --type man --dir ~/.local/share/man/man1""",
    ),
    "env": (
        """\
Show the settings in effect, as shell variables; or the value of one.

Each can be set in the environment. The cluster and who you are there (the
flags have the same names):

    KUBECONFIG                          kubeconfig files, with : between them
    HELM_NAMESPACE                      namespace to work in
    HELM_KUBECONTEXT                    context of the kubeconfig
    HELM_KUBEAPISERVER                  address of the API server
    HELM_KUBECAFILE                     CA file for its certificate
    HELM_KUBETLS_SERVER_NAME            host name in its certificate
    HELM_KUBEINSECURE_SKIP_TLS_VERIFY   true accepts any certificate
    HELM_KUBETOKEN                      bearer token
    HELM_KUBEASUSER                     user to act as
    HELM_KUBEASGROUPS                   groups to act as, with commas

Releases:

    HELM_DRIVER                         where records are stored: secret (the
                                        default), configmap, sql or memory
    HELM_DRIVER_SQL_CONNECTION_STRING   database for the driver sql
    HELM_MEMORY_DRIVER_DATA             YAML file for the driver memory
    HELM_MAX_HISTORY                    revisions to keep (10; 0: all)

Files and folders:

    HELM_CACHE_HOME          what can be downloaded again (~/.cache/helm)
    HELM_CONFIG_HOME         configuration (~/.config/helm)
    HELM_DATA_HOME           plugins and starters (~/.local/share/helm)
    HELM_CONTENT_CACHE       downloaded charts
    HELM_PLUGINS             plugins
    HELM_REGISTRY_CONFIG     credentials for registries
    HELM_REPOSITORY_CACHE    indexes of repositories
    HELM_REPOSITORY_CONFIG   the list of repositories

The first three follow XDG_CACHE_HOME, XDG_CONFIG_HOME and XDG_DATA_HOME where
those are set. And the program itself:

    HELM_DEBUG               true is --debug
    HELM_COLOR               never, auto or always
    NO_COLOR                 any text is HELM_COLOR=never
    COBRA_ACTIVE_HELP        0 leaves hints out of completions
    HELM_NO_PLUGINS          1 turns plugins off
    SOURCE_DATE_EPOCH        time in archives, for reproducible packages
    HELM_QPS                 accepted for compatibility
    HELM_BURST_LIMIT         accepted for compatibility""",
        """\
  # all settings
  steer env

  # one of them, for a script
  ls "$(steer env HELM_REPOSITORY_CACHE)\"""",
    ),
    "get": (
        """\
Show what was stored with a release: values, manifest, hooks, notes, metadata.

These are the records that every change leaves in the cluster. 'steer status'
says how the objects are doing now.""",
        "",
    ),
    "get all": (
        """\
Show everything that was stored with a release: the values it was given, all
values, hooks, manifest and notes.

--template picks what you need; .Release has Name, Version, Info, Chart,
Config, Manifest, Hooks and Namespace.""",
        """\
  steer get all web

  # the chart's version alone
  steer get all web --template '{{.Release.Chart.Metadata.Version}}{{"\\n"}}'""",
    ),
    "get hooks": (
        """\
Show the hooks of a release: objects that run at certain moments, such as
before an upgrade, and are not part of the manifest.""",
        """\
  steer get hooks web""",
    ),
    "get manifest": (
        """\
Show the Kubernetes objects of a release as YAML, those of its subcharts too.

These objects were sent to the cluster, without hooks. Compare them with
'steer template' to see what an upgrade would change.""",
        """\
  steer get manifest web

  # what did the last upgrade change?
  diff <(steer get manifest web --revision 1) <(steer get manifest web)""",
    ),
    "get metadata": (
        """\
Show the facts about a release: name, namespace, revision, status, chart and
versions, dependencies, labels, and how it was applied.""",
        """\
  steer get metadata web

  # for a script
  steer get metadata web --output json""",
    ),
    "get notes": (
        """\
Show the notes that the chart printed when the release was installed or
upgraded: how to reach the application, and what to do next.""",
        """\
  steer get notes web""",
    ),
    "get values": (
        """\
Show the values that a release was given with --values and --set.

With --all the chart's defaults are included. The output is a values file:
it can be given to the next upgrade.""",
        """\
  steer get values web

  # repeat a release elsewhere
  steer get values web --output yaml > web-values.yaml
  steer install web2 ./web -f web-values.yaml""",
    ),
    "history": (
        """\
List the revisions of a release, oldest first: when, which chart version, and
whether it worked.

A revision that was superseded or deployed can be restored with
'steer rollback RELEASE REVISION'.""",
        """\
  steer history web

  # the last three, and where rollbacks went back to
  steer history web --max 3 --show-rollback-revision""",
    ),
    "install": (
        """\
Install a chart as a new release, and print its notes.

CHART is one of

    ./web                                 a folder
    ./web-0.1.0.tgz                       an archive
    shop/web                              a chart of a repository
    oci://registry.example.com/shop/web   a chart in an OCI registry
    https://example.com/web-0.1.0.tgz     an archive on a web server
    web --repo https://example.com        a chart of a repository that was
                                          not added

The newest stable version is taken unless --version names another or --devel
admits pre-releases. NAME is left out with --generate-name.

Values come from the chart's values.yaml, then from --values (-f), --set-json,
--set, --set-string, --set-file and --set-literal. Later files win over
earlier ones, and the flags over files. A null removes a default. 'steer show
values CHART' prints what can be set.

    --set replicaCount=2,image.tag=1.25     numbers, booleans, text
    --set 'ingress.hosts[0].host=a.b'       an entry of a list
    --set 'args={one,two}'                  a whole list
    --set 'podLabels.a\\.b=c'                a key with a dot in it
    --set-string image.tag=1234567890       text that looks like a number
    --set-file tls.crt=./tls.crt            the contents of a file
    --set-json 'tolerations=[{"key":"a"}]'  JSON

Without --wait the command ends when the objects are created. With --wait it
ends when they are ready, and with --rollback-on-failure nothing is left
behind when they do not become ready in time (--timeout).

--dry-run=client renders without a cluster, --dry-run=server lets the cluster
check the objects. Both print Secrets unless --hide-secret is given.

Next: 'steer status NAME'; 'steer upgrade NAME CHART' changes the release.""",
        """\
  # install, wait until it is ready, and clean up if that fails
  steer install web ./web --wait --rollback-on-failure

  # in a namespace of its own
  steer install web ./web -n shop --create-namespace

  # with values from a file, one of them changed
  steer install web ./web -f prod.yaml --set image.tag=1.25

  # see what would be installed
  steer install web ./web --dry-run=server --hide-secret

  # a version range from a registry
  steer install web oci://registry.example.com/shop/web --version '^0.1.0'""",
    ),
    "lint": (
        """\
Check a chart for mistakes: its files, its templates, and the objects that
they make with the given values.

[ERROR] means that the chart cannot be installed, [WARNING] and [INFO] that
something goes against convention. The exit code is 1 if there is an error,
with --strict also if there is a warning.""",
        """\
  steer lint ./web

  # with the values of production, and warnings count
  steer lint ./web -f prod.yaml --strict

  # would it work on an older cluster?
  steer lint ./web --kube-version 1.25""",
    ),
    "list": (
        """\
List the releases of a namespace: revision, date, status, chart and version.

Releases of every status are listed, sorted by name. Flags such as --failed or
--pending choose; several together mean any of them. --filter and --selector
choose by name and by label. At most 256 releases are listed unless --max says
otherwise; --offset shows the next page.""",
        """\
  # every namespace
  steer list -A

  # what is broken or stuck?
  steer list -A --failed --pending

  # names that begin with web, for a script
  steer list --filter '^web' --short

  # by label of the release
  steer list --selector team=shop --output json""",
    ),
    "package": (
        """\
Pack a chart into an archive called NAME-VERSION.tgz.

The archive can be installed, pushed to a registry ('steer push') or served as
a repository ('steer repo index'). Files that .helmignore names stay out. If
SOURCE_DATE_EPOCH is set, the same chart always makes the same archive.

--sign writes a provenance file next to it, by which 'steer verify' and the
--verify flags check that the archive is genuine. The key comes from a
keyring file; GnuPG exports one with 'gpg --export-secret-keys'.""",
        """\
  # into another folder, with a version of the build
  steer package ./web --destination dist --version 1.2.3 --app-version 1.25

  # signed
  gpg --export-secret-keys > secret.gpg
  steer package ./web --sign --key 'Jane Doe' --keyring secret.gpg""",
    ),
    "plugin": (
        """\
Add commands, download protocols and post-renderers to this program.

Plugins are programs: install those only that you trust.""",
        "",
    ),
    "plugin install": (
        """\
Install a plugin from a folder, an archive, a git repository or a registry.

The signature of an archive is checked, so its provenance file (.prov) must be
next to it; --verify=false takes it as it is. A folder is linked, not copied:
changes to it take effect at once, which helps while writing a plugin.""",
        """\
  # a plugin that you are writing
  steer plugin install ./greet

  # a version from git
  steer plugin install https://git.example.com/greet --version 1.2.3

  # from a registry
  steer plugin install oci://registry.example.com/plugins/greet""",
    ),
    "plugin list": (
        """\
List the plugins that are installed: name, version, type, and where each came
from.""",
        """\
  steer plugin list

  # plugins that edit manifests
  steer plugin list --type postrenderer/v1""",
    ),
    "plugin package": (
        """\
Pack a plugin's folder into an archive that others can install.

It is signed unless --sign=false is given; 'plugin install' refuses archives
that are not.""",
        """\
  steer plugin package ./greet --key 'Jane Doe' --keyring secret.gpg""",
    ),
    "plugin uninstall": (
        """\
Remove plugins by name. A plugin's delete hook runs after it is gone.""",
        """\
  steer plugin uninstall greet""",
    ),
    "plugin update": (
        """\
Update plugins that came from a git repository to their newest commit.""",
        """\
  steer plugin update greet""",
    ),
    "plugin verify": (
        """\
Check who signed a plugin: an archive with its provenance file next to it, or
a plugin that is installed.

'steer env HELM_PLUGINS' prints the folder of installed plugins.""",
        """\
  steer plugin verify greet-1.2.3.tgz --keyring ~/.gnupg/pubring.gpg

  # one that is installed
  steer plugin verify "$(steer env HELM_PLUGINS)/greet\"""",
    ),
    "pull": (
        """\
Download a chart, to look at it, change it or keep a copy.

The chart is a chart of a repository (shop/web), one in a registry
(oci://...), or the URL of an archive. Nothing is installed. With --verify
only a chart with a valid signature is kept.""",
        """\
  # the archive
  steer pull shop/web --version 1.2.3

  # unpacked, into the folder web
  steer pull shop/web --untar

  # from a registry
  steer pull oci://registry.example.com/shop/web --destination charts""",
    ),
    "push": (
        """\
Upload a chart's archive to an OCI registry.

The chart's name and version are added to the address: web-1.2.3.tgz becomes
oci://registry.example.com/shop/web:1.2.3. A provenance file next to the
archive is uploaded with it.

Next: 'steer install NAME oci://registry.example.com/shop/web'.""",
        """\
  steer package ./web
  steer push web-0.1.0.tgz oci://registry.example.com/shop

  # a registry on this machine, without TLS
  steer push web-0.1.0.tgz oci://localhost:5000/shop --plain-http""",
    ),
    "registry": (
        """\
Log in to and out of OCI registries.

A login is stored, so that pull, push and install can use it. Logins of
docker are found too.""",
        "",
    ),
    "registry login": (
        """\
Check a user name and password with a registry, and store them.

They go to a credential helper if one is configured, else to a file that only
you can read ('steer env HELM_REGISTRY_CONFIG'). Give passwords with
--password-stdin: command lines are visible to other users.""",
        """\
  # asks for what is not given
  steer registry login registry.example.com

  # in a pipeline
  echo "$TOKEN" | steer registry login ghcr.io -u "$USER" --password-stdin""",
    ),
    "registry logout": (
        """\
Delete the stored credentials for a registry.""",
        """\
  steer registry logout registry.example.com""",
    ),
    "repo": (
        """\
Manage the chart repositories that you use.

A repository is a web server with charts and an index of them. After
'steer repo add shop URL' its charts are called shop/NAME. Charts in OCI
registries need no repository.""",
        "",
    ),
    "repo add": (
        """\
Add a repository under a name of your choice, and fetch its index.

The password is asked for if there is a user name without one.""",
        """\
  steer repo add shop https://charts.example.com

  # with a password that is not on the command line
  echo "$PASSWORD" | steer repo add shop https://charts.example.com \\
    --username jane --password-stdin

  # next: what is there?
  steer search repo shop/""",
    ),
    "repo index": (
        """\
Write index.yaml for the archives in a folder, to serve it as a repository.

Any web server will do: upload the folder. --url is the address that it will
have. --merge keeps the entries of an older index, for archives that are not
in this folder; where both have a version, the folder's wins.""",
        """\
  steer package ./web --destination dist
  steer repo index dist --url https://charts.example.com

  # add to what was published before
  curl -O https://charts.example.com/index.yaml
  steer repo index dist --url https://charts.example.com --merge index.yaml""",
    ),
    "repo list": (
        """\
List the repositories with their addresses.""",
        """\
  steer repo list""",
    ),
    "repo remove": (
        """\
Remove repositories by name, together with their cached indexes. Releases are
not affected.""",
        """\
  steer repo remove shop""",
    ),
    "repo update": (
        """\
Fetch the newest indexes of all repositories, or of those that are named.

search, pull and install look at the indexes of the last update.""",
        """\
  steer repo update

  # two of them
  steer repo update shop tools""",
    ),
    "rollback": (
        """\
Bring a release back to an earlier revision; by default to the one before.

Chart, values and manifest of that revision become a new revision, so that a
rollback can itself be rolled back. 'steer history RELEASE' lists the
revisions. Data that the application stored is not rolled back.""",
        """\
  # undo the last change
  steer rollback web

  # back to the first revision, until it is ready
  steer rollback web 1 --wait""",
    ),
    "search": (
        """\
Find charts: on Artifact Hub, where most are listed, or in the repositories
that you added.""",
        "",
    ),
    "search hub": (
        """\
Find charts on Artifact Hub (https://artifacthub.io), by words in their names
and descriptions.

--list-repo-url adds the address for 'steer repo add'. --endpoint asks another
server that speaks the same protocol, such as a hub of your own.""",
        """\
  steer search hub postgresql --list-repo-url

  # all that is known, for a script
  steer search hub postgresql --output json""",
    ),
    "search repo": (
        """\
Find charts in the repositories that you added, by words in their names,
descriptions and keywords. Without a KEYWORD, list all charts.

The newest stable version of each chart is shown; --versions shows all of
them, --devel pre-releases too. The search is in the indexes of the last
'steer repo update'.""",
        """\
  steer search repo web

  # the versions of one chart within a range
  steer search repo shop/web --versions --version '^1.2.0'

  # a regular expression
  steer search repo --regexp '^shop/web$'""",
    ),
    "show": (
        """\
Show what is in a chart before installing it: its values above all.

CHART is given as to 'install': a folder, an archive, shop/web, or a URL.""",
        "",
    ),
    "show all": (
        """\
Show a chart's Chart.yaml, values.yaml, README and CRDs, one after the other.""",
        """\
  steer show all ./web""",
    ),
    "show chart": (
        """\
Show a chart's Chart.yaml: its name, versions, maintainers and dependencies.""",
        """\
  steer show chart ./web

  # which application version does the newest chart have?
  steer show chart shop/web | grep appVersion""",
    ),
    "show crds": (
        """\
Show the CustomResourceDefinitions in a chart's crds/ folder.

'steer install' creates those that are missing; it never changes or deletes
one. To change them, apply them yourself.""",
        """\
  # apply the CRDs of a new version before upgrading
  steer show crds ./web | kubectl apply -f -""",
    ),
    "show readme": (
        """\
Show a chart's README.""",
        """\
  steer show readme shop/web""",
    ),
    "show values": (
        """\
Show a chart's values.yaml: the values that can be set, with their defaults.

--jsonpath prints a part of it.""",
        """\
  # a file to start from
  steer show values ./web > my-values.yaml
  steer install web ./web -f my-values.yaml

  # one value
  steer show values ./web --jsonpath '{.image.repository}'""",
    ),
    "status": (
        """\
Show the state of a release: when it was last changed, its status and
revision, its objects, the results of its tests, and its notes.

The status is one of deployed, failed, uninstalled, superseded, unknown,
uninstalling, pending-install, pending-upgrade and pending-rollback.

Next: 'steer history RELEASE' for earlier revisions.""",
        """\
  steer status web

  # for a script
  steer status web --output json""",
    ),
    "template": (
        """\
Render a chart and print its manifests. No cluster is needed.

NAME and CHART are those of 'steer install', and so are the flags for values.
Facts that would come from the cluster are assumed: --kube-version and
--api-versions say what it is, and 'lookup' finds nothing. --dry-run=server
asks the cluster instead.

Errors name the template, line and column. --debug also prints manifests that
are not valid YAML.""",
        """\
  # the objects that an installation would create
  steer template web ./web

  # with other values, and one template only
  steer template web ./web --set ingress.enabled=true -s templates/ingress.yaml

  # what would an upgrade change?
  steer get manifest web | diff - <(steer template web ./web --no-hooks)

  # for a cluster with the Gateway API
  steer template web ./web --kube-version 1.33 -a gateway.networking.k8s.io/v1

  # a file for each template
  steer template web ./web --output-dir manifests""",
    ),
    "test": (
        """\
Run the tests of a release: the chart's objects with the annotation
"helm.sh/hook: test", usually Pods that try whether the application answers.

The command waits for them and fails if one fails.""",
        """\
  # and see what the tests print
  steer test web --logs

  # with a report for CI
  steer test web --junit report.xml

  # all but one
  steer test web --filter '!name=web-test-connection'""",
    ),
    "uninstall": (
        """\
Delete releases with all their objects and records.

Objects with the annotation "helm.sh/resource-policy: keep" stay, and so do
CRDs from crds/ folders. With --keep-history the records stay too, so that
'steer rollback' can bring the release back. --wait ends when the objects are
gone.""",
        """\
  # see what it would do
  steer uninstall web --dry-run

  # until everything is gone
  steer uninstall web --wait --cascade foreground

  # in a script: fine if it is not there
  steer uninstall web --ignore-not-found""",
    ),
    "upgrade": (
        """\
Change a release: another version of its chart, other values, or both.

CHART and the flags for values are those of 'steer install'. Objects that the
new version does not have are deleted. With --install, a release that does not
exist is installed: the same command works the first time and every time.

Values of the last revision are used again only if no value is given at all.
Otherwise one of these says what to start from:

    the new chart's defaults                       --reset-values
    what was used last                             --reuse-values
    the new chart's defaults, then what was given  --reset-then-reuse-values

If it fails, --rollback-on-failure goes back to the last revision that worked.
--dry-run=server shows what would be applied, Secrets too unless --hide-secret
is given.

Next: 'steer status RELEASE'; 'steer rollback RELEASE' undoes the change.""",
        """\
  # one value, the others as they are
  steer upgrade web ./web --reset-then-reuse-values --set replicaCount=3

  # install or upgrade, wait until it is ready, go back if that fails
  steer upgrade web ./web --install --wait --rollback-on-failure

  # what is applied, without applying it
  steer upgrade web ./web --set replicaCount=3 --dry-run=server

  # a newer version from a repository
  steer upgrade web shop/web --version 1.3.0""",
    ),
    "verify": (
        """\
Check who signed a packaged chart, and that it was not changed since.

The provenance file must be next to the archive: web-0.1.0.tgz.prov. The flag
--verify of pull, install and others makes the same check.""",
        """\
  steer verify web-0.1.0.tgz --keyring ~/.gnupg/pubring.gpg""",
    ),
    "version": (
        """\
Show the version of Helm that this program answers as.

--template formats it: .Version, .GitCommit, .GitTreeState, .GoVersion and
.KubeClientVersion.""",
        """\
  steer version --short

  # for a script
  steer version --template '{{.Version}}'""",
    ),
    "cache": (
        """\
Look at the files that are kept on this machine to save time, and delete old
ones.

Downloaded charts are kept, and what was computed from charts: compiled
templates, parsed values, discovered APIs. Everything can be made again. The
variable STEER_NO_CACHE=1 keeps nothing.""",
        "",
    ),
    "cache list": (
        """\
List the cached files: kind, name, size, and when each was last used.""",
        """\
  steer cache list""",
    ),
    "cache prune": (
        """\
Delete cached files that were not used for a while: 30 days, or the duration
that --older-than names. Files that another command is using stay.""",
        """\
  steer cache prune

  # everything that was not used today
  steer cache prune --older-than 24h""",
    ),
    "search oci": (
        """\
List the versions of a chart in an OCI registry, newest first.

The newest stable version is shown; --versions shows all of them, --devel
pre-releases too.""",
        """\
  steer search oci oci://registry.example.com/shop/web --versions""",
    ),
    "check": (
        """\
Find mistakes in a chart before anything runs.

Two kinds of rules: those about the templates, in all their branches (values
that no values.yaml has, fields of what is not set, names that no template
has), and those about what the chart renders to with its defaults, with each
ci/*values.yaml of it, and with the values given here (unknown, mistyped and
missing fields, API versions that Kubernetes no longer serves). No cluster and
no network is asked: the types of Kubernetes' kinds come with the program,
those of custom resources from the chart's crds/ and from --crds.

A comment 'steer:ignore RULE' on a line of a template or of values.yaml, or on
the line above, takes a finding out.

The exit code is 1 where there is an error, with --strict also where there is
a warning, and 0 otherwise.""",
        """\
  steer check ./web

  # for an older cluster
  steer check ./web --kube-version 1.31

  # for code scanning
  steer check ./web -o sarif > check.sarif""",
    ),
    "annotate": (
        """\
Print what another program has found in rendered manifests at the lines of the
templates that wrote them, with the object, the field and the includes.

FINDINGS is SARIF 2.1.0 (trivy, checkov, kubescape, kube-linter and others write
it) or what 'kubeconform -output json' prints. The lines are looked up in the
source map that 'steer template --source-map' wrote with the scanned file;
without one, CHART is rendered as 'steer template' does with the same flags.
With both, CHART is where the paths of templates begin.

With -o sarif the results of a SARIF log stay as they are, but for their places:
these are template lines, with object and field as logical locations, and the
rendered line and the includes as related locations.""",
        """\
  steer template web ./web --source-map map.json > web.yaml
  trivy config --format sarif --output found.sarif web.yaml
  steer annotate found.sarif ./web --source-map map.json
  # for code scanning
  steer annotate found.sarif ./web --source-map map.json -o sarif > web.sarif

  # the chart is rendered again
  steer template web ./web | kubeconform -output json - > found.json
  steer annotate found.json ./web --name web""",
    ),
    "replay": (
        """\
Render once more what 'template', 'install' or 'upgrade' recorded with
--record, and print it: the same bytes, or the same error. No cluster, network
or clock is asked.

The recording holds the chart's files, unless it was made with
--record-chart=false: then CHART, a folder or an archive, has to be the same
chart, which its digest tells. Where the render comes out otherwise than
recorded, that is an error.

A recording also holds the values and all that 'lookup' found, Secrets among
it, and random passwords and keys: give it only to those who may know them.""",
        """\
  steer template web ./web -f prod.yaml --record web.json
  steer replay web.json

  # a recording without the chart
  steer template web ./web --record small.json --record-chart=false
  steer replay small.json ./web""",
    ),
    "schema": (
        """\
Print a JSON schema of a chart's values, made from its templates, its defaults
and the comments in values.yaml.

A map whose keys templates read by name is closed: another key in it is
refused, and with it most slips of those who set values. A map that is passed
on whole, or gone through, stays open. Types are asked for where a value of
another type would fail. The schema accepts the chart's defaults and its
ci/*values.yaml.

With --write it becomes the chart's values.schema.json, which Helm checks on
every install, upgrade, template and lint.""",
        """\
  steer schema ./web

  # into the chart's folder
  steer schema ./web --write""",
    ),
    "explain": (
        """\
Show where the lines of a rendered object come from: the line of the template,
the includes it came through, the values in it, and the file and line or the
flag that set each of them.

A chart is rendered as 'steer template' does, without a cluster. For a release,
the chart and the values of its record are rendered again. Without an object,
the names of all objects are listed. A field is named as in
spec.template.spec.containers[web].image, with items of lists by index or name.

The record of a release has no subcharts. For a release of a chart with some,
--chart names the chart that it was installed from.

--value goes the other way: it lists every line that a value reaches.

--html writes a page for a browser: values, templates and manifests side by
side. Pointing at a line lights up where it comes from and what it goes into;
values that did nothing and branches that were not taken are grey. The file
needs no network. It contains all values, secret ones among them, so only you
can read it at first.""",
        """\
  steer explain ./web Deployment/release-name-web -f prod.yaml

  # one field of a release
  steer install shop ./web
  steer explain shop Deployment/shop-web spec.replicas

  # of a chart with subcharts
  steer explain shop Deployment/shop-web spec.replicas --chart ./web

  # what does a value do?
  steer explain ./web --value image.tag

  # everything, in a browser
  steer explain ./web -f prod.yaml --html web.html""",
    ),
    "ci": (
        """\
Test the charts of a repository that have changed: the job of chart-testing
(ct lint-and-install) in one program.

The charts are those with a file that differs from where the work left the
target branch. Charts that are named, and --all, are tested without that.

Each goes through these stages: version (it must have increased), maintainers
(if asked for), dependencies, schema, lint, check, unittest, coverage, install,
upgrade (with --upgrade) and test. schema, lint and install use each of the
chart's ci/*-values.yaml, or the defaults where there are none. --skip leaves
stages out.

Releases are made on a sandbox, one for each chart; --cluster makes them on the
current cluster, in namespaces of their own, and removes them again.

The settings are those of chart-testing: flags, then variables (CT_...), then
ct.yaml. A setting that has no effect here is named in a warning.

In GitHub Actions, problems become annotations, and the table the job's
summary.

The exit code is 0 where all charts passed, or none has changed; 1 where one
failed; 2 where the run could not begin: settings, git, repositories.""",
        """\
  # what has changed since origin/main
  steer ci

  # two charts, without the sandbox
  steer ci charts/web charts/db --skip install

  # in a pull request
  steer ci --target-branch "$GITHUB_BASE_REF" --upgrade --junit report.xml

  # suites must run 60 % of the lines and branches of their chart
  steer ci --min 60

  # which charts would be tested?
  steer ci --list-changed""",
    ),
    "coverage": (
        """\
Show which lines, branches, definitions and values of a chart are run when it
is rendered with several values files.

Each file given with --values is a render of its own. Without one, the chart is
rendered with its defaults and with each of its ci/*values.yaml. --set and the
like hold for every render. The sides of if, with, range, and, or, default and
ternary count as branches. For a branch that nothing took, values that take it
are looked for and tried. Templates of subcharts are not counted.

'steer unittest --coverage' does the same for a chart's tests.""",
        """\
  steer coverage ./web

  # the files that are deployed: at least 40 % of lines and branches
  steer coverage ./web -f staging.yaml -f prod.yaml --min 40

  # for editors and services
  steer coverage ./web --coverage-output coverage.info

  # as a page for a browser
  steer coverage ./web --coverage-output coverage.html""",
    ),
    "unittest": (
        """\
Run the tests that charts have in helm-unittest's format.

A suite names templates, values and what the rendered objects must look like.
Suites are files tests/*_test.yaml of each chart; --file names others.
Snapshots are stored in __snapshot__ folders; --update-snapshot stores them
anew.

--coverage shows which lines and branches of the templates the tests have run,
and which values would run the others.

--generate renders each chart with values made from its values.schema.json, or
from what its templates read, and looks for renders that fail without a
message of the chart's own, objects that Kubernetes refuses, and values that
nothing reads. It prints the smallest values that show a mistake as a test.

The exit code is 1 where a test failed, values showed a mistake, or the
coverage is less than --min or --min-branches.""",
        """\
  steer unittest ./web

  # what is not tested yet?
  steer unittest ./web --coverage

  # the same as a page: the templates, and which test took which branch
  steer unittest ./web --coverage --coverage-output coverage.html

  # does it hold with other values?
  steer unittest ./web --generate 100

  # all suites below a folder, with a report for CI
  steer unittest ./web -f 'tests/**/*_test.yaml' -o report.xml -t JUnit

  # run again when a file changes
  steer unittest ./web --watch""",
    ),
    "sandbox": (
        """\
Try charts without a cluster.

The sandbox is a Kubernetes API server inside this program. This program,
kubectl and Helm can install, upgrade, test and remove charts on it. It
listens on loopback only, with a certificate, a token and a kubeconfig of its
own: your kubeconfig is never touched.

It stores objects and lets workloads become ready; it runs no containers.
Admission webhooks, roles, quotas and schemas of custom objects are not
modelled.""",
        """\
  # in this shell, every command goes to the sandbox
  eval "$(steer sandbox up)"
  steer install web ./web --wait
  kubectl get pods

  # or one command at a time
  steer sandbox exec -- steer list
  steer sandbox down""",
    ),
    "sandbox up": (
        """\
Start the sandbox, unless it runs already, and print a line for the shell that
makes it the cluster of the commands that follow.""",
        """\
  eval "$(steer sandbox up)"

  # in PowerShell
  steer sandbox up | Invoke-Expression

  # keep the objects when it stops
  steer sandbox up --data sandbox.db""",
    ),
    "sandbox down": (
        """\
Stop the sandbox. Its objects are gone, unless it was started with --data.""",
        """\
  steer sandbox down""",
    ),
    "doctor": (
        """\
Check everything that commands depend on: versions, configuration and
kubeconfig, the cluster and its version, what you may do in the namespace,
releases that are stuck, caches and plugins. Each finding says what to do.
Nothing is changed. The exit code is 1 where commands would fail.""",
        """\
  steer doctor
  steer doctor -n shop
  # findings for a program
  steer doctor -o json""",
    ),
    "sandbox status": (
        """\
Show whether the sandbox runs, its address and kubeconfig, and problems that
its controllers met.""",
        """\
  steer sandbox status""",
    ),
    "sandbox exec": (
        """\
Run a command with the sandbox as its cluster, and exit with its exit code.""",
        """\
  steer sandbox exec -- steer list
  steer sandbox exec -- kubectl get pods""",
    ),
}

# added where the program's name is steer: what Helm does not have
OWN_TEXTS: dict[str, tuple[str, str]] = {
    "": (
        """\
No cluster at hand? 'eval "$(steer sandbox up)"' starts an embedded one.
Charts, repositories, plugins and releases are shared with Helm.""",
        "",
    ),
    "env": (
        """\
Variables of this program, which Helm does not have:

    STEER_NO_NOTICES         notices to leave out, by name; 1: all
    STEER_OFFLINE            1 is --offline for every command
    STEER_NO_CACHE           1 keeps nothing on disk to save time
    STEER_TEMPLATES          interpret or compile: one way of running
                             templates, whatever how often they run
    STEER_NO_LEASE           1 changes releases without holding a Lease
    STEER_LEASE_DURATION     seconds of silence after which another client
                             counts as dead (3 to 300; 30)
    STEER_WRITE_ALL          1 sends objects that did not change, too
    STEER_SANDBOX_HOME       folder of the embedded cluster
    STEER_TEMPLATES          interpret or compile: run templates in that way
                             alone
    STEER_TRACEBACK          1 prints tracebacks of unexpected errors""",
        "",
    ),
    "install": (
        """\
A JSON schema that the chart's schema refers to is downloaded; --offline uses
cached copies only.""",
        "",
    ),
    "lint": (
        """\
JSON schemas that the chart's schema refers to are downloaded; --offline uses
cached copies only. --schema-ignore-global helps with subcharts whose schema
forbids unknown keys.""",
        "",
    ),
    "template": (
        """\
Values given with -f and --set that no template reads are reported, with what
was probably meant; --strict-values makes that an error.

--show-compiled prints the Python code that the templates are compiled to.""",
        """\
  # how is a template evaluated?
  steer template web ./web --show-compiled -s templates/service.yaml""",
    ),
    "upgrade": (
        """\
If another client died while changing the release, it is pending: --recover
marks that revision failed and continues.""",
        """\
  # continue where another client died
  steer upgrade web ./web --install --recover""",
    ),
}
