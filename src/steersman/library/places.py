"""The environment of a program that uses the library: settings, caches, and where charts come from.

The one module of the library that reads the process's environment.
"""

from __future__ import annotations

import os

from steersman.settings import Settings, from_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from steersman.download.locate import Sources
    from steersman.registry.client import RegistryClient
    from steersman.runtime.private import Cache
    from steersman.values.schema_access import SchemaAccess


class Places:
    """The settings that the environment stands for, and what is found through them.

    Args:
        environ: variables; None means the process's.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ: Mapping[str, str] = dict(os.environ if environ is None else environ)
        self.settings: Settings = from_environment(self.environ)
        self._registries: list[RegistryClient] = []

    def cache(self) -> Cache:
        """Return where data derived from charts and servers is kept between runs."""
        from steersman.runtime.homes import derived_folder
        from steersman.runtime.private import Cache

        settings = self.settings
        folder = derived_folder(settings.cache_home) if settings.keeps_derived else ""
        return Cache(folder, settings.state_folder, settings.home)

    def sources(self, *, plain_http: bool = False, username: str = "", password: str = "") -> Sources:
        """Return the repositories and registries that charts come from."""
        from steersman.download.cache import ContentCache
        from steersman.download.getters import Access, Getters
        from steersman.download.locate import Sources
        from steersman.download.repositories import RepoPlaces
        from steersman.registry.places import BlobPlaces

        settings, cache = self.settings, self.cache()

        def registry() -> RegistryClient:
            return self.registry(plain_http=plain_http, username=username, password=password)

        from steersman.runtime.log import log

        getters = Getters(self.environ, list, lambda: dict(self.environ), registry, None, None)
        return Sources(
            places=RepoPlaces(settings.repository_config, settings.repository_cache, getters, log, cache),
            cache=ContentCache(settings.content_cache),
            access=Access(username=username, password=password),
            registry=registry,
            blobs=BlobPlaces(cache),
            say=lambda _text: None,
        )

    def registry(self, *, plain_http: bool = False, username: str = "", password: str = "") -> RegistryClient:
        """Return a client of OCI registries."""
        from steersman.registry.client import Options, RegistryClient
        from steersman.registry.credentials import Stores

        stores = Stores(self.settings.registry_config, self.environ)
        client = RegistryClient(
            Options(plain_http=plain_http, username=username, password=password, stores=stores, environ=self.environ)
        )
        self._registries.append(client)
        return client

    def close(self) -> None:
        """Close the connections to registries."""
        while self._registries:
            self._registries.pop().close()

    def schemas(self) -> SchemaAccess:
        """Return how schemas of values are checked, and schemas elsewhere are fetched."""
        from steersman.download.schemas import SchemaFetcher
        from steersman.runtime.log import log
        from steersman.values.schema_access import SchemaAccess

        settings = self.settings
        fetcher = SchemaFetcher(self.environ, self.cache(), is_offline=settings.is_offline)
        return SchemaAccess(
            fetcher.fetch,
            None,
            lambda message, **fields: log("WARNING", message, **fields),
            settings.schema_ignore_global,
        )
