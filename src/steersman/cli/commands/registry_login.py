"""``registry login``: credentials for a registry, kept when it takes them."""

from __future__ import annotations

from steersman.action.registry import login
from steersman.cli.inputs.registry import client_of, stores_of
from steersman.cli.terminal.answer import Answer
from steersman.errors import UsageError
from steersman.registry.credentials import Credential
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Try the credentials and keep them."""
    stores = stores_of(ctx)
    username, password = _username_password(ctx, flags)
    login(args[0], Credential(username, password), client_of(ctx, flags), stores, ctx.log)
    answer = Answer(ctx, flags)
    answer.say("Login Succeeded\n")
    answer.give(Struct(host=args[0], username=username))
    return 0


def _username_password(ctx: Context, flags: Flags) -> tuple[str, str]:
    """Return what flags say, and ask for what they do not.

    Raises:
        UsageError: when nothing is answered.
    """
    username: str = flags["username"]
    password: str = flags["password"]
    if flags["password-stdin"]:
        return username, ctx.read_stdin().decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r")
    if password:
        ctx.warn("using --password via the CLI is insecure. Use --password-stdin")
        return username, password
    from steersman.cli.terminal.prompt import read_line, read_password

    username = username or read_line(ctx, "Username: ").strip()
    kind = "Password" if username else "Token"
    password = read_password(ctx, f"{kind}: ", ends_line=False)
    if not password:
        raise UsageError(f"{kind.lower()} required")
    return username, password
