"""Permissions of the check of values.schema.json in this run: fetch other schemas, and log as Helm does."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.download.schemas import SchemaFetcher
    from steersman.values.schema_access import SchemaAccess
    from steersman.values.schemas.loading import Fetch


def schema_access(ctx: Context) -> SchemaAccess:
    """Return how the schemas of this run's charts are checked."""
    from steersman.values.schema_access import SchemaAccess

    cache = None if ctx.settings.debug else ctx.cache()
    return SchemaAccess(fetch_of(ctx), ctx.debug, ctx.warn, ctx.settings.schema_ignore_global, cache=cache)


def fetch_of(ctx: Context) -> Fetch:
    """Return what fetches schemas; it is made once one is asked for."""
    made: list[SchemaFetcher] = []

    def fetch(url: str) -> bytes:
        if not made:
            from steersman.download.schemas import SchemaFetcher

            made.append(SchemaFetcher(ctx.environment, ctx.cache(), is_offline=ctx.settings.is_offline))
        return made[0].fetch(url)

    return fetch
