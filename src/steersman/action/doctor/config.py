"""Folders and files of configuration: homes, kubeconfig, repositories, credentials of registries."""

from __future__ import annotations

import os

from steersman.action.doctor.finding import ERROR, NOTE, OK, WARNING, Finding
from steersman.errors import SteerError
from steersman.runtime.shell import shell_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.doctor.subject import Subject

_OLD = 30 * 86400.0  # seconds after which an index counts as old


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is found of each."""
    yield from _homes(subject)
    yield from _kubeconfig(subject)
    yield from _repositories(subject)
    yield from _registries(subject)


def _homes(subject: Subject) -> Iterator[Finding]:
    for name, folder in subject.homes.items():
        advice = f"Set HELM_{name.upper()}_HOME to a folder of your own."
        existing = folder
        while existing and not os.path.lexists(existing):
            existing = os.path.dirname(existing)
        if not folder or not os.path.isabs(folder):
            yield Finding("config", WARNING, f"the {name} folder is not an absolute path: {folder!r}", advice)
        elif not os.path.isdir(existing):
            yield Finding("config", ERROR, f"{existing} is in the way of the {name} folder {folder}", advice)
        elif not os.access(existing, os.W_OK):
            yield Finding("config", ERROR, f"the {name} folder {folder} cannot be written", advice)
        else:
            yield Finding("config", OK, f"{name} folder {folder}")


def _kubeconfig(subject: Subject) -> Iterator[Finding]:
    from steersman.kube.config import config_files

    around = subject.config.surroundings
    shell = shell_of(around.environ)
    try:
        files = config_files(around.overrides, around.environ)
    except SteerError as error:
        yield Finding("config", ERROR, str(error), "Mend the file, or name another with --kubeconfig or KUBECONFIG.")
        return
    if files.is_inside:
        yield Finding("config", OK, "the service account of this pod")
    elif not files.paths and not around.overrides.server:
        yield Finding(
            "config",
            ERROR,
            "there is no kubeconfig",
            "Set KUBECONFIG to that of your cluster, or start one to try things on: "
            f"{shell.evaluated(f'{subject.program} sandbox up')}",
        )
    elif files.context and files.context not in files.contexts:
        yield Finding(
            "config",
            ERROR,
            f'context "{files.context}" does not exist',
            f"Choose one of {', '.join(files.contexts) or 'none'} with --kube-context.",
        )
    else:
        names = ", ".join(files.paths) or "no file"
        context = f"context {files.context}" if files.context else "no context"
        yield Finding("config", OK, f"kubeconfig {names}: {context}, namespace {subject.namespace}")
    for path in files.paths:
        if hasattr(os, "geteuid") and os.stat(path).st_mode & 0o077:
            yield Finding("config", WARNING, f"others can read {path}", f"Run 'chmod 600 {shell.quoted(path)}'.")


def _repositories(subject: Subject) -> Iterator[Finding]:
    from steersman.repo import config

    try:
        entries = config.load(subject.repository_config)
    except config.MissingConfig:
        yield Finding("config", OK, "no chart repositories")
        return
    except SteerError as error:
        yield Finding("config", ERROR, str(error), f"Mend or remove {subject.repository_config}.")
        return
    yield Finding("config", OK, f"{len(entries)} chart {'repository' if len(entries) == 1 else 'repositories'}")
    shell = shell_of(subject.config.surroundings.environ)
    for entry in entries:
        path = os.path.join(subject.repository_cache, f"{entry.name}-index.yaml")
        advice = f"Run '{subject.program} repo update {shell.quoted(entry.name)}'."
        try:
            age = subject.now - os.stat(path).st_mtime
        except OSError:
            yield Finding("config", WARNING, f"there is no cached index of the repository {entry.name}", advice)
            continue
        if age > _OLD:
            message = f"the cached index of the repository {entry.name} is {age // 86400:.0f} days old"
            yield Finding("config", NOTE, message, advice)
        if entry.insecure_skip_tls_verify:
            message = f"certificates of the repository {entry.name} are not verified"
            yield Finding("config", WARNING, message, f"Add its authority with '{subject.program} repo add --ca-file'.")


def _registries(subject: Subject) -> Iterator[Finding]:
    from steersman.registry.credentials import check_config

    try:
        check_config(subject.registry_config)
    except SteerError as error:
        yield Finding("config", ERROR, str(error), f"Mend or remove {subject.registry_config}.")
