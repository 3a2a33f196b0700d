"""argv → command → exit code: finds the command, parses its flags, runs it, prints its error.

Answers to cobra and Helm's ``cmd/helm``. The only module that reads the process's
arguments, environment and streams.
"""

from __future__ import annotations

import os
import sys

from steersman.cli.context import Context
from steersman.cli.flags import Flags, go_quote
from steersman.cli.table import COMMANDS, GLOBAL_FLAGS, HIDDEN_COMMANDS, OWN_COMMANDS
from steersman.errors import SteerError, UsageError
from steersman.settings import from_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.settings import Settings

_ALIASES = {" ".join((*path.split(" ")[:-1], alias)): path for path, row in COMMANDS.items() for alias in row[2]}


def guarded(arguments: list[str]) -> int:
    """Run one command line on the process's own streams and return its exit code; nothing is raised."""
    for stream in (sys.stdout, sys.stderr):
        # by lines, so that what is said keeps its order among errors and what other programs say meanwhile
        stream.reconfigure(  # type: ignore[union-attr]
            encoding="utf-8", errors="surrogateescape", newline="\n", line_buffering=True
        )
    try:
        return main(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:  # the one door for what nobody foresaw: short for users, whole with --debug
        if "--debug" in arguments or os.environ.get("STEER_TRACEBACK"):
            raise
        sys.stdout.flush()
        sys.stderr.write(
            f"Error: {type(error).__name__}: {error}\nThis is a fault in steersman; --debug shows where.\n"
        )
        return 1


def program_name() -> str:
    """Return what the program calls itself: ``helm`` when started under that name, else ``steer``."""
    name = os.path.basename(sys.argv[0]) if sys.argv else ""
    return "helm" if name in ("helm", "helm.exe") else "steer"


def main(arguments: list[str]) -> int:
    """Run one command line and return its exit code; known errors are printed, never raised."""
    program = program_name()
    environment = os.environ
    settings = from_environment(environment)
    context = Context(settings, sys.stdout, sys.stderr, program=program, environment=environment)
    try:
        if any(os.path.isdir(place) for place in settings.plugins.split(os.pathsep) if place):
            from steersman.cli.plugins import load_commands

            context.plugins = load_commands(context)
        at = first_word(arguments)
        if at < len(arguments) and arguments[at] in ("__complete", "__completeNoDesc"):
            from steersman.cli.complete import complete

            if not _is_driver_known(context):
                return 1
            line = arguments[:at] + arguments[at + 1 :]
            return complete(context, line, descriptions=arguments[at] == "__complete")
        return _dispatch(context, arguments)
    except SteerError as error:
        return _report(context, error)


def _report(context: Context, error: SteerError) -> int:
    context.out.flush()
    message = str(error)
    if error.is_logged:
        context.warn("command failed", error=message)
        return error.exit_code
    if message:
        context.err.write(f"Error: {message}\n")
    if error.hint:
        context.err.write(f"{error.hint}\n")
    # under Helm's name a program that reads the output gets Helm's words alone
    if error.detail and (context.program != "helm" or context.settings.debug or context.terminal()):
        context.err.write(f"{error.detail}\n")
    return error.exit_code


def find_command(arguments: list[str]) -> tuple[str, list[str]]:
    """Return the path of the command that ``arguments`` name and what is left of them.

    Global flags may stand before and between the words of the path.
    """
    path = ""
    rest = list(arguments)
    at = 0
    while (at := first_word(rest, at=at)) < len(rest) and rest[at] != "--":
        candidate = f"{path} {rest[at]}".strip()
        candidate = _ALIASES.get(candidate, candidate)
        if candidate not in COMMANDS:
            break
        path = candidate
        del rest[at]
        if COMMANDS[path][3] != "group":
            break
    return path, rest


def first_word(arguments: list[str], bare: tuple[str, ...] = (), at: int = 0) -> int:
    """Return where the first argument from ``at`` on is that is no flag and no value of one.

    ``bare`` are flags besides the global ones that take no value.
    """
    globals_ = Flags(GLOBAL_FLAGS, {})
    while at < len(arguments):
        argument = arguments[at]
        if argument == "--" or argument[:1] not in ("", "-"):
            return at
        at += 1
        if not argument:
            continue  # cobra: no word (test_help_before_words)
        is_cluster = argument[:2] != "--" and len(argument) != 2
        if "=" in argument or is_cluster or argument in bare:
            continue
        # cobra: a flag it does not know is taken to have a value, and help is not known yet (test_help_before_words)
        row = globals_.row(argument[2:]) if argument[:2] == "--" else globals_.short_row(argument[1:])
        if row is None or (row[2] != "bool" and row[5] is None):
            at += 1
    return at


def defaults_of(settings: Settings) -> dict[str, str]:
    """Return the flag defaults that depend on the settings, by the names the flag table uses."""
    return {
        "registry_config": settings.registry_config,
        "repository_cache": settings.repository_cache,
        "repository_config": settings.repository_config,
        "content_cache": settings.content_cache,
        "max_history": str(settings.max_history) if settings.max_history else "",
        **_global_defaults(settings),
        "keyring": os.path.join(os.environ.get("GNUPGHOME") or os.path.join(settings.home, ".gnupg"), "pubring.gpg"),
    }


def _global_defaults(settings: Settings) -> dict[str, str]:
    """Return the defaults of the global flags; nothing where the environment says nothing.

    A token is not among them: it would stand in every help text.
    """
    texts = {
        "color": settings.color,
        "kube_apiserver": settings.kube_apiserver,
        "kube_as_user": settings.kube_as_user,
        "kube_ca_file": settings.kube_ca_file,
        "kube_context": settings.kube_context,
        "kube_tls_server_name": settings.kube_tls_server_name,
        "namespace": settings.namespace,
    }
    found = {name: go_quote(text) if text else "" for name, text in texts.items()}
    found["burst_limit"] = str(settings.burst_limit) if settings.burst_limit else ""
    found["debug"] = "true" if settings.debug else ""
    found["kube_insecure"] = "true" if settings.kube_insecure_skip_tls_verify else ""
    found["kube_as_groups"] = f"[{','.join(settings.kube_as_groups)}]" if settings.kube_as_groups else ""
    found["qps"] = _qps_text(settings.qps) if settings.qps else ""
    return found


def _qps_text(qps: float) -> str:
    if qps != qps or qps in (float("inf"), float("-inf")):
        return "NaN" if qps != qps else "+Inf" if qps > 0 else "-Inf"
    from steersman.yamlio.scalars import format_float32

    return format_float32(qps)


def _dispatch(context: Context, arguments: list[str]) -> int:
    path, rest = find_command(arguments)
    fill = defaults_of(context.settings)
    if not path:
        return _root(context, rest, fill)
    row = COMMANDS[path]
    flags = Flags((*GLOBAL_FLAGS, *row[4], *row[5]), fill)
    words, wants_help = flags.parse(rest)
    for note in flags.deprecations:
        context.err.write(note + "\n")
    context.settings = with_flags(context.settings, flags)
    _check_color(context)
    if wants_help or row[3] == "group":
        return _help(context, path, fill)
    _check_arguments(path, row[3], words, context.program)
    _check_exclusive(flags, path)
    if not _is_driver_known(context):
        return 1
    name = flags["post-renderer"] if "post-renderer" in flags else ""  # noqa: SIM401  (flags are no dict)
    if name:
        from steersman.cli.post_renderer import find

        context.post_render = find(context, flags)
    module = __import__(f"steersman.cli.commands.{path.replace(' ', '_')}", fromlist=("run",))
    code: int = module.run(context, flags, words)
    return code


def _help(context: Context, path: str, fill: dict[str, str]) -> int:
    from steersman.cli.help import help_text

    extra: tuple[tuple[str, str], ...] = ()
    if not path and context.plugins:
        from steersman.cli.plugins import summaries

        extra = summaries(context.plugins)
    context.out.write(help_text(path, context.program, fill, extra))
    return 0


def _root(context: Context, rest: list[str], fill: dict[str, str]) -> int:
    from steersman.cli.early_flags import early_flags

    at = first_word(rest)
    if at < len(rest) and rest[at] != "--":
        left = rest[:at] + rest[at + 1 :]
        context.settings = with_flags(context.settings, early_flags(rest))
        _check_color(context)
        if rest[at] == "help":
            if not _is_driver_known(context):
                return 1
            from steersman.cli.help_command import run

            return run(context, left, fill)
        code = _plugin(context, rest[at], left)
        if code is None:
            raise _unknown(context, rest[at])
        return code
    flags = Flags(GLOBAL_FLAGS, fill)
    flags.parse(rest)
    context.settings = with_flags(context.settings, flags)
    _check_color(context)
    return _help(context, "", fill)


def _plugin(context: Context, word: str, rest: list[str]) -> int | None:
    """Run the plugin whose command ``word`` is and return its exit code, or None where there is none."""
    from steersman.cli import plugins

    plugin = plugins.named(context.plugins, word)
    if plugin is not None:
        return plugins.run(context, plugin, rest) if _is_driver_known(context) else 1
    if context.settings.plugins_disabled:
        return None
    from steersman.plugin.python import command

    run = command(word)
    return None if run is None else plugins.run_python(context, run, rest)


class UnknownCommand(UsageError):
    """A first word that names no command."""


def _unknown(context: Context, word: str) -> UnknownCommand:
    from steersman.cli.suggest import suggestions

    program = context.program
    message = f'unknown command "{word}" for "{program}"'
    names = {p for p in COMMANDS if " " not in p and p not in HIDDEN_COMMANDS}
    if program == "helm":
        names -= set(OWN_COMMANDS)
    near = suggestions(word, sorted(names | {plugin.command for plugin in context.plugins}))
    if near:
        message += "\n\nDid you mean this?\n" + "".join(f"\t{name}\n" for name in near)
    return UnknownCommand(message, hint=f"Run '{program} --help' for usage.")


def with_flags(settings: Settings, flags: Flags) -> Settings:
    """Return the settings with what the global flags say over the environment."""
    from steersman.record import replace

    names = {
        "namespace": "namespace",
        "kubeconfig": "kubeconfig",
        "kube-context": "kube_context",
        "kube-token": "kube_token",
        "kube-as-user": "kube_as_user",
        "kube-apiserver": "kube_apiserver",
        "kube-ca-file": "kube_ca_file",
        "kube-tls-server-name": "kube_tls_server_name",
        "kube-insecure-skip-tls-verify": "kube_insecure_skip_tls_verify",
        "debug": "debug",
        "registry-config": "registry_config",
        "repository-config": "repository_config",
        "repository-cache": "repository_cache",
        "content-cache": "content_cache",
        "burst-limit": "burst_limit",
        "qps": "qps",
        "color": "color",
        "colour": "color",
    }
    changes = {field: flags[name] for name, field in names.items() if flags.changed(name)}
    if flags.changed("kube-as-group"):
        changes["kube_as_groups"] = tuple(flags["kube-as-group"])
    return replace(settings, **changes) if changes else settings


def _check_color(context: Context) -> None:
    color = context.settings.color
    if color not in ("never", "auto", "always"):
        context.warn("command failed", error=f'invalid color mode "{color}": must be one of: never, auto, always')
        raise UsageError("")


def _check_arguments(path: str, rule: str, words: list[str], program: str) -> None:
    """Check the number of arguments, with the messages of Helm's ``require`` package."""
    kind, _, number = rule.partition(" ")
    count = int(number or 0)
    given = len(words)
    plural = "argument" if count == 1 else "arguments"
    if kind == "none" and given:
        problem = "accepts no arguments"
    elif kind == "exact" and given != count:
        problem = f"requires {count} {plural}"
    elif kind == "min" and given < count:
        problem = f"requires at least {count} {plural}"
    elif kind == "max" and given > count:
        problem = f"accepts at most {count} {plural}"
    else:
        return
    from steersman.cli.help import usage_line

    raise UsageError(f'"{program} {path}" {problem}\n\nUsage:  {usage_line(path, program)}')


def _is_driver_known(context: Context) -> bool:
    if context.settings.driver in _DRIVERS:
        return True
    # helm: says so as a log line, before any command runs (test_unknown_driver)
    context.info(f"unknown driver {go_quote(context.settings.driver)}")
    return False


_DRIVERS = ("", "secret", "secrets", "configmap", "configmaps", "memory", "sql")
_EXCLUSIVE = (("force-replace", "force-conflicts"), ("force", "force-conflicts"), ("validate", "dry-run"))


def _check_exclusive(flags: Flags, path: str) -> None:
    """Refuse flags that exclude each other, in cobra's words."""
    if path not in ("install", "upgrade", "rollback", "template"):
        return
    for group in _EXCLUSIVE:
        given = sorted(name for name in group if name in flags and flags.changed(name))
        if len(given) > 1:
            raise UsageError(
                f"if any flags in the group [{' '.join(group)}] are set none of the others can be; "
                f"[{' '.join(given)}] were all set"
            )
