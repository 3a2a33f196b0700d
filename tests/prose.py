"""The part of Helm's output that programs depend on, where the rest is prose that this program words itself.

Help: usages, aliases, names of commands, and flags with shorthand, type, value when given bare and default.
Completion: candidates, directives and errors. The texts of plugins are kept.
"""

from __future__ import annotations

import re

from steersman.cli.tables.commands import COMMANDS

_FLAG = re.compile(r"  (?:-(\w), |    )--([\w-]+)(?: ([A-Za-z]\w*))?(?:\[=(.*?)\])? *(.*)")
_DEFAULT = re.compile(r"\(default (.*)\)$")
_HEADINGS = ("Usage:", "Aliases:", "Examples:", "Available Commands:", "Flags:", "Global Flags:")


def help_shape(text: str) -> list[str]:
    """Return a help text line by line without its prose."""
    before, _, after = text.partition("Usage:\n")
    words = after.split("\n", 1)[0].split()
    name = words[1] if len(words) > 1 else ""
    out = [] if name in {path.split(" ")[0] for path in COMMANDS} or name in ("help", "[command]") else [before]
    out += [line for line in before.splitlines() if line.startswith("Unknown help topic")]
    section = ""
    for line in ("Usage:\n" + after).splitlines():
        if line in _HEADINGS:
            section = line
            out.append(line)
        elif not line.startswith(" "):
            section = section if not line else ""
        elif section in ("Usage:", "Aliases:"):
            out.append(line)
        elif section == "Available Commands:":
            child = line.split()[0]
            ours = child == "help" or any(path.split(" ")[-1] == child for path in COMMANDS)
            out.append(child if ours else line)
        elif section in ("Flags:", "Global Flags:"):
            match = _FLAG.fullmatch(line)
            assert match, line
            default = _DEFAULT.search(match[5])
            out.append(f"{match[1]} {match[2]} {match[3]} {match[4]} {default and default[1]}")
    return [line for line in out if line != "Examples:"]


def completion_shape(text: str) -> list[str]:
    """Return what ``__complete`` printed without the descriptions."""
    return [line.partition("\t")[0] for line in text.splitlines()]


def shape(text: str) -> list[str] | str:
    """Return a text without its prose: itself, unless it is a help text or a list of candidates."""
    if "Usage:\n" in text and "Flags:\n" in text:
        return help_shape(text)
    if re.search(r"^:\d+\n\Z", text, re.MULTILINE):
        return completion_shape(text)
    return text
