"""argv → command → exit code: finds the command, parses its flags, runs it, prints its error.

Answers to cobra and Helm's ``cmd/helm``. The only module that reads the process's
arguments, environment and streams.
"""

from __future__ import annotations

import os
import sys

from steersman import errors
from steersman.cli.cobra import errors as flag_errors
from steersman.cli.cobra.command_line import defaults_of, find_command, first_word, with_flags
from steersman.cli.cobra.flags import Flags, go_quote
from steersman.cli.context import Context
from steersman.cli.program import program_name
from steersman.cli.tables.commands import (
    COMMANDS,
    GATED_FLAGS,
    GLOBAL_FLAGS,
    HIDDEN_COMMANDS,
    OWN_COMMANDS,
    shown_flags,
)
from steersman.go.errno import unforeseen
from steersman.runtime.log import ErrorFollows, send_to
from steersman.settings import from_environment


def guarded(arguments: list[str]) -> int:
    """Run one command line on the process's own streams and return its exit code.

    Raises:
        KeyboardInterrupt: when the user interrupted it.
        BrokenPipeError: when the reader of its output went away.
    """
    try:
        return main(arguments)
    except BrokenPipeError:
        raise
    except Exception as error:  # the one place for unexpected errors: short for users, complete with --debug
        if "--debug" in arguments or os.environ.get("STEER_TRACEBACK"):
            import traceback

            traceback.print_exc()
            return 1
        sys.stdout.flush()
        if isinstance(error, OSError):
            sys.stderr.write(f"Error: {unforeseen(error)}\n")
        else:
            sys.stderr.write(
                f"Error: {type(error).__name__}: {error}\n"
                "This is a bug in steersman. Run again with --debug and report the traceback.\n"
            )
        return 1


def main(arguments: list[str]) -> int:
    """Run one command line and return its exit code; known errors are printed, never raised."""
    program = program_name()
    environment = os.environ
    settings = from_environment(environment)
    context = Context(settings, sys.stdout, sys.stderr, program=program, environment=environment)
    context.arguments = arguments
    send_to(context.log)
    try:
        _check_registry_config(settings.registry_config, arguments)
        if any(os.path.isdir(place) for place in settings.plugins.split(os.pathsep) if place):
            from steersman.cli.cobra.plugins import load_commands

            context.plugins = load_commands(context)
        at = first_word(arguments)
        if at < len(arguments) and arguments[at] in ("__complete", "__completeNoDesc"):
            from steersman.cli.cobra.complete import complete
            from steersman.cli.inputs.candidates import ARGUMENTS, flag_values

            _check_driver(context)
            line = arguments[:at] + arguments[at + 1 :]
            return complete(
                context,
                line,
                descriptions=arguments[at] == "__complete",
                arguments=ARGUMENTS,
                flag_values=flag_values,
            )
        return _dispatch(context, arguments)
    except errors.SteerError as error:
        return _report(context, error)
    finally:
        context.wipe_progress()


def _check_registry_config(path: str, arguments: list[str]) -> None:
    """Raise where the file of registries' credentials is there and cannot be read.

    helm: its client for registries is made before any command is looked for
    (test_a_registry_configuration_that_is_broken)
    """
    for at, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--registry-config":
            path = value if equals else "".join(arguments[at + 1 : at + 2])
    try:
        os.close(os.open(path, os.O_RDONLY))
    except FileNotFoundError:
        return
    except OSError:
        pass
    from steersman.registry.credentials import check_config

    check_config(path)


def _report(context: Context, error: errors.SteerError) -> int:
    context.wipe_progress()
    context.out.flush()
    message = str(error)
    if error.is_logged and context.repeats_errors():
        context.warn("command failed", error=message)
        return error.exit_code
    if message and not (error.is_told and context.repeats_errors()):
        context.err.write(f"Error: {message}\n")
    hint = error.hint
    if context.program != "helm" and not hint and not context.plain():
        from steersman.cli.hints import hint_for

        hint = hint_for(context, error)
    if hint:
        context.err.write(f"{hint}\n")
    detail = error.detail if context.explains() else ""
    if context.shows_places():
        from steersman.cli.hints import places_of_files

        detail = "\n\n".join(filter(None, (detail, places_of_files(error))))
    if detail:
        context.err.write(f"{detail}\n")
    return error.exit_code


def _dispatch(context: Context, arguments: list[str]) -> int:
    path, rest = find_command(arguments, context.program)
    fill = defaults_of(context.settings, context.program)
    if not path:
        return _root(context, rest, fill)
    row = COMMANDS[path]
    hidden = tuple(key for key in row[5] if GATED_FLAGS.get(key) != "own_name" or fill["own_name"])
    flags = Flags((*GLOBAL_FLAGS, *row[4], *hidden), fill)
    words, wants_help = flags.parse(rest)
    for note in flags.deprecations:
        context.err.write(note + "\n")
    context.settings = with_flags(context.settings, flags)
    _check_color(context)
    if row[3] == "group" and words and not wants_help and context.program != "helm":
        # helm: its own groups answer any word with their help, and succeed (test_a_word_that_a_group_does_not_know)
        raise _unknown(context, words[0], path)
    if wants_help or row[3] == "group":
        return _help(context, path, fill)
    _check_driver(context)
    _check_arguments(path, row[3], words, context.program)
    _check_exclusive(flags, path)
    name = flags["post-renderer"] if "post-renderer" in flags else ""  # noqa: SIM401  (Flags is not a dict)
    if name:
        from steersman.cli.inputs.post_renderer import find

        context.post_render = find(context, flags)
    module = __import__(f"steersman.cli.commands.{path.replace(' ', '_')}", fromlist=("run",))
    code: int = module.run(context, flags, words)
    return code


def _help(context: Context, path: str, fill: dict[str, str]) -> int:
    from steersman.cli.cobra.help import help_text

    extra: tuple[tuple[str, str], ...] = ()
    if not path and context.plugins:
        from steersman.cli.cobra.plugins import summaries

        extra = summaries(context.plugins)
    context.out.write(help_text(path, context.program, fill, extra, columns=context.columns()))
    return 0


def _root(context: Context, rest: list[str], fill: dict[str, str]) -> int:
    from steersman.cli.cobra.early_flags import early_flags

    at = first_word(rest)
    if at < len(rest) and rest[at] != "--":
        left = rest[:at] + rest[at + 1 :]
        context.settings = with_flags(context.settings, early_flags(rest))
        _check_color(context)
        if rest[at] == "help":
            _check_driver(context)
            from steersman.cli.cobra.help_command import run

            return run(context, left, fill)
        code = _plugin(context, rest[at], left)
        if code is None:
            raise _unknown(context, rest[at])
        return code
    flags = Flags(shown_flags("", fill), fill)
    flags.parse(rest)
    context.settings = with_flags(context.settings, flags)
    _check_color(context)
    if fill["own_name"] and flags["version"]:
        from steersman.cli.commands.version import own_version

        context.out.write(f"{own_version()}\n")
        return 0
    return _help(context, "", fill)


def _plugin(context: Context, word: str, rest: list[str]) -> int | None:
    """Run the plugin whose command ``word`` is and return its exit code, or None where there is none."""
    from steersman.cli.cobra import plugins

    plugin = plugins.named(context.plugins, word)
    if plugin is not None:
        _check_driver(context)
        return plugins.run(context, plugin, rest)
    if context.settings.plugins_disabled:
        return None
    from steersman.plugin.python import command

    run = command(word)
    return None if run is None else plugins.run_python(context, run, rest)


def _unknown(context: Context, word: str, group: str = "") -> flag_errors.UnknownCommand:
    from steersman.cli.cobra.suggest import suggestions

    where = f"{context.program} {group}".strip()
    message = f'unknown command {go_quote(word)} for "{where}"'
    if group:
        names = {p.removeprefix(f"{group} ") for p in COMMANDS if p.startswith(f"{group} ")}
    else:
        names = {p for p in COMMANDS if " " not in p and p not in HIDDEN_COMMANDS}
        if context.program == "helm":
            names -= set(OWN_COMMANDS)
        names |= {plugin.command for plugin in context.plugins}
    near = suggestions(word, sorted(names))
    if near:
        message += "\n\nDid you mean this?\n" + "".join(f"\t{name}\n" for name in near)
    return flag_errors.UnknownCommand(message, hint=f"Run '{where} --help' for usage.")


def _check_color(context: Context) -> None:
    color = context.settings.color
    if color not in ("never", "auto", "always"):
        problem = f'invalid color mode "{color}": must be one of: never, auto, always'
        context.log(ErrorFollows("WARN"), "command failed", error=problem)
        raise errors.ToldError(problem)


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
    from steersman.cli.cobra.help import usage_line

    raise errors.UsageError(f'"{program} {path}" {problem}\n\nUsage:  {usage_line(path, program)}')


def _check_driver(context: Context) -> None:
    """Raise where releases cannot be kept as ``HELM_DRIVER`` says.

    helm: opens the records before any command runs, also before those that need none, and says in a log line what
    is wrong (test_records_that_cannot_be_opened). Under its own name only commands that need records open them.
    """
    driver = context.settings.driver
    if driver in _DRIVERS or (driver in _OPENED_DRIVERS and context.program != "helm"):
        return
    from steersman.cli.inputs.cluster import make_configuration

    config = make_configuration(context)
    try:
        config.check_driver()
    finally:
        config.close()


_DRIVERS = ("", "secret", "secrets", "configmap", "configmaps")
_OPENED_DRIVERS = ("memory", "sql")
_EXCLUSIVE = (("force-replace", "force-conflicts"), ("force", "force-conflicts"), ("validate", "dry-run"))


def _check_exclusive(flags: Flags, path: str) -> None:
    """Refuse flags that exclude each other, in cobra's words."""
    if path not in ("install", "upgrade", "rollback", "template"):
        return
    for group in _EXCLUSIVE:
        given = sorted(name for name in group if name in flags and flags.changed(name))
        if len(given) > 1:
            raise errors.UsageError(
                f"if any flags in the group [{' '.join(group)}] are set none of the others can be; "
                f"[{' '.join(given)}] were all set"
            )
