"""``repo add``: a chart repository under a name."""

from __future__ import annotations

from steersman.action.repo import add
from steersman.cli.inputs.fetching import places
from steersman.cli.terminal.answer import Answer
from steersman.go.quote import quote
from steersman.release.codec import Struct
from steersman.repo.config import RepoEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch the repository's index and remember where it is."""
    name, url = args
    entry = RepoEntry(
        name=name,
        url=url,
        username=flags["username"],
        password=flags["password"],
        cert_file=flags["cert-file"],
        key_file=flags["key-file"],
        ca_file=flags["ca-file"],
        insecure_skip_tls_verify=flags["insecure-skip-tls-verify"],
        pass_credentials_all=flags["pass-credentials"],
    )
    added = add(
        entry,
        places(ctx),
        force=flags["force-update"],
        allow_deprecated=flags["allow-deprecated-repos"],
        timeout=flags["timeout"],
        password=(lambda: _ask(ctx, flags)) if flags["username"] and not flags["password"] else None,
    )
    answer = Answer(ctx, flags)
    if added:
        answer.say(f"{quote(name)} has been added to your repositories\n")
    else:
        answer.say(f"{quote(name)} already exists with the same configuration, skipping\n")
    answer.give(Struct(name=name, url=url, added=added))
    return 0


def _ask(ctx: Context, flags: Flags) -> str:
    if flags["password-stdin"]:
        return ctx.read_stdin().decode().removesuffix("\n").removesuffix("\r")
    from steersman.cli.terminal.prompt import read_password

    return read_password(ctx, "Password: ")
