"""``version``: the version of Helm that this matches, and under our own name ours."""

from __future__ import annotations

from steersman.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context

# helm: charts and scripts compare against these (test_version_is_that_of_the_helm_it_answers_as)
HELM_VERSION = "v4.3.1"
GIT_COMMIT = "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff"
GIT_TREE_STATE = "clean"
GO_VERSION = "go1.27.2"
KUBE_CLIENT_VERSION = "v1.37"


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print the version, short, by template or as Go shows the structure."""
    template = flags["template"]
    if "output" in flags and flags["output"] != "table":
        from steersman.cli.terminal.answer import Answer

        Answer(ctx, flags).give(_described())
        return 0
    if template:
        from steersman.go.values import GoStruct
        from steersman.gotemplate import TemplateSet

        class BuildInfo(GoStruct):
            go_type = "version.BuildInfo"

        templates = TemplateSet({}, name="_")
        templates.parse("_", template)
        fields = {
            "Version": HELM_VERSION,
            "GitCommit": GIT_COMMIT,
            "GitTreeState": GIT_TREE_STATE,
            "GoVersion": GO_VERSION,
            "KubeClientVersion": KUBE_CLIENT_VERSION,
        }
        ctx.out.write(templates.execute("_", BuildInfo(fields)))
        return 0
    if flags["short"]:
        ctx.out.write(f"{HELM_VERSION}+g{GIT_COMMIT[:7]}\n")
        return 0
    if ctx.program != "helm":
        ctx.out.write(f"{own_version()}\n{_python()}\n")
        return 0
    ctx.out.write(
        f'version.BuildInfo{{Version:"{HELM_VERSION}", GitCommit:"{GIT_COMMIT}", GitTreeState:"{GIT_TREE_STATE}", '
        f'GoVersion:"{GO_VERSION}", KubeClientVersion:"{KUBE_CLIENT_VERSION}"}}\n'
    )
    return 0


def own_version() -> str:
    """Return the line about steersman."""
    return f"steersman {__version__}, matching Helm {HELM_VERSION} and Kubernetes {KUBE_CLIENT_VERSION}"


def _python() -> str:
    numbers, system = _running_on()
    return f"Python {numbers} on {system}"


def _running_on() -> tuple[str, str]:
    """Return the version of Python, and the system."""
    import os
    import sys

    machine = os.uname().machine if hasattr(os, "uname") else ""
    return ".".join(map(str, sys.version_info[:3])), f"{sys.platform} {machine}".rstrip()


def _described() -> dict[str, str]:
    from steersman.release.codec import Struct

    numbers, system = _running_on()
    return Struct(
        version=__version__, helm=HELM_VERSION, kubernetes=KUBE_CLIENT_VERSION, python=numbers, platform=system
    )
