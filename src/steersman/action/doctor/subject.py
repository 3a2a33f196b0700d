"""The things that ``doctor`` looks at: the caller takes them out of its settings."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from steersman.action.configuration import Configuration
    from steersman.runtime.private import Cache


class Subject(Record):
    """The places in which commands of this user find everything.

    Attributes:
        config: the cluster; releases of all namespaces are looked at through it where the user may see them.
        namespace: the one that commands use.
        homes: Helm's folders by name (``config``, ``cache``, ``data``).
        repository_config, repository_cache, registry_config, content_cache: paths, under Helm's names.
        plugins: folders of plugins, separated as in ``PATH``.
        cache: the derived data, and ``derived``: their folder.
        matches: the version of Helm that this program matches, and ``kubernetes``: that of Kubernetes.
        program: what advice calls the program.
        now: seconds since the epoch.
    """

    config: Configuration
    namespace: str
    homes: Mapping[str, str]
    repository_config: str
    repository_cache: str
    registry_config: str
    content_cache: str
    plugins: str
    cache: Cache
    derived: str
    matches: str
    kubernetes: str
    program: str
    now: float
