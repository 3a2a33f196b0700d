"""The capabilities of a cluster as templates see them: ``.Capabilities``. Answers to Helm's ``pkg/chart/common``."""

from __future__ import annotations

from steersman import errors
from steersman.go.integer import integer
from steersman.go.values import GoStruct, StringList
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from steersman.go.values import Method

HELM_VERSION = "v4.3.1"
GIT_COMMIT = "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff"
GIT_TREE_STATE = "clean"
GO_VERSION = "go1.27.2"
KUBE_CLIENT_VERSION = "v1.37"

# helm: what Helm 4.3.1 assumes without a cluster, in its order (test_default_api_versions_are_helms)
DEFAULT_API_VERSIONS = (
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
)


class KubeVersion(Record):
    """A cluster's version: as it says it, and in the form constraints are checked against."""

    version: str
    major: str
    minor: str
    normalized: str


class Capabilities(Record):
    """The capabilities of a cluster."""

    kube_version: KubeVersion
    api_versions: tuple[str, ...]


DEFAULT_KUBE_VERSION = KubeVersion("v1.37.0", "1", "37", "v1.37.0")
DEFAULT_CAPABILITIES = Capabilities(DEFAULT_KUBE_VERSION, DEFAULT_API_VERSIONS)


def parse_kube_version(text: str) -> KubeVersion:
    """Return the version that ``--kube-version`` or a cluster says.

    Raises:
        ValuesError: with the message of k8s.io/apimachinery's version parser.
    """
    from steersman.go.quote import quote

    numbers = _leading_numbers(text.strip().removeprefix("v"))
    if not numbers:
        raise errors.ValuesError(f"could not parse {quote(text)} as version")
    if len(numbers) == 1:
        raise errors.ValuesError(f"illegal version string {quote(text)}")
    # k8s: only the first part of what is not a semantic version may not begin with a zero
    if numbers[0] != "0" and numbers[0][0] == "0":
        raise errors.ValuesError(f"illegal zero-prefixed version component {quote(numbers[0])} in {quote(text)}")
    for number in numbers:
        if integer(number) >= 1 << 64:
            problem = f"strconv.ParseUint: parsing {quote(number)}: value out of range"
            raise errors.ValuesError(
                f"illegal non-numeric version component {quote(number)} in {quote(text)}: {problem}"
            )
    numbers = [str(integer(number)) for number in numbers]
    return KubeVersion(
        version=text if text.startswith("v") else "v" + text,
        major=numbers[0],
        minor=numbers[1],
        normalized="v" + ".".join(numbers),
    )


def _leading_numbers(text: str) -> list[str]:
    """Return the numbers with points between them that a text begins with."""
    end = 0
    while end < len(text) and text[end] in "0123456789.":
        end += 1
    numbers: list[str] = []
    for number in text[:end].split("."):
        if not number:
            break
        numbers.append(number)
    return numbers


class KubeVersionStruct(GoStruct):
    """``common.KubeVersion`` as templates see it."""

    __slots__ = ()
    go_type = "common.KubeVersion"
    go_string_of_pointer = True
    go_methods: ClassVar[dict[str, Method]] = {
        "GitVersion": (lambda self: self.fields["Version"], "-> string"),
        "String": (lambda self: self.fields["normalizedVersion"], "-> string"),
    }

    def to_json(self) -> dict[str, Any]:
        """Return the exported fields."""
        return OrderedFields((k, v) for k, v in self.fields.items() if k[0].isupper())


class BuildInfoStruct(GoStruct):
    """``version.BuildInfo`` as templates see it."""

    __slots__ = ()
    go_type = "version.BuildInfo"

    def to_json(self) -> dict[str, Any]:
        """Return the fields under Go's JSON names."""
        names = ("version", "git_commit", "git_tree_state", "go_version", "kube_client_version")
        return OrderedFields(zip(names, self.fields.values()))


class OrderedFields(dict):  # type: ignore[type-arg]
    """A struct's fields for JSON, which keeps their order (maps are sorted)."""

    __slots__ = ()
    go_type = "struct"
    is_struct = True


class VersionSet(StringList):
    """``common.VersionSet`` as templates see it."""

    __slots__ = ()
    go_type = "common.VersionSet"
    go_methods: ClassVar[dict[str, Method]] = {"Has": (lambda self, name: name in self, "string -> bool")}


class CapabilitiesStruct(GoStruct):
    """``*common.Capabilities`` as templates see it."""

    __slots__ = ()
    go_type = "common.Capabilities"
    go_pointer = True
    go_methods: ClassVar[dict[str, Method]] = {
        "Copy": (lambda self: CapabilitiesStruct(dict(self.fields)), "-> *common.Capabilities"),
    }

    def to_json(self) -> dict[str, Any]:
        """Return the fields in Go's order."""
        return OrderedFields(self.fields)


def as_struct(capabilities: Capabilities) -> CapabilitiesStruct:
    """Return the value of ``.Capabilities``."""
    kube = capabilities.kube_version
    return CapabilitiesStruct(
        {
            "KubeVersion": KubeVersionStruct(
                {
                    "Version": kube.version,
                    "normalizedVersion": kube.normalized,
                    "Major": kube.major,
                    "Minor": kube.minor,
                }
            ),
            "APIVersions": VersionSet(capabilities.api_versions),
            "HelmVersion": BuildInfoStruct(
                {
                    "Version": HELM_VERSION,
                    "GitCommit": GIT_COMMIT,
                    "GitTreeState": GIT_TREE_STATE,
                    "GoVersion": GO_VERSION,
                    "KubeClientVersion": KUBE_CLIENT_VERSION,
                }
            ),
        }
    )
