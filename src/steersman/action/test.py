"""``test``: the test hooks of a release, and their logs.

Answers to Helm's ``pkg/action/release_testing.go``.
"""

from __future__ import annotations

from contextlib import suppress

from steersman.errors import ClusterError, SteerError, UsageError
from steersman.kube.objects import PODS
from steersman.kube.wait import WATCHER
from steersman.record import Record, replace
from steersman.release.model import SERVER_SIDE_APPLY
from steersman.release.names import is_release_name
from steersman.release.timestamps import now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.action.configuration import Configuration
    from steersman.release.hook import Hook
    from steersman.release.model import Release
    from steersman.release.timestamps import Timestamp

_EVENT = "test"


class TestOptions(Record):
    """Options of ``test``: names to run and names to leave out."""

    timeout: float = 300.0
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Tested(Record):
    """A release after its tests, which ``began`` at a time.

    ``finish`` deletes what policies want deleted; call it after reading logs.
    """

    release: Release
    finish: Callable[[], None]
    began: Timestamp
    error: Exception | None = None


def test(config: Configuration, name: str, options: TestOptions) -> Tested:
    """Run the tests of the release ``name`` and record how they went.

    Raises:
        SteerError: when there is no such release to test.
    """
    if not is_release_name(name):
        config.check_reachable()
        raise UsageError(f"releaseTest: Release name is invalid: {name}")
    release = config.reached(lambda: config.store.last(name))
    skipped: list[Hook] = []
    executing: list[Hook] = []
    for hook in release.hooks:
        is_out = hook.name in options.exclude or bool(options.include and hook.name not in options.include)
        (skipped if is_out else executing).append(hook)
    server_side = release.apply_method == SERVER_SIDE_APPLY
    began = now()
    runner = config.hook_runner(release.namespace, WATCHER, options.timeout, server_side=server_side)
    run = runner.run_without_finish(replace(release, hooks=tuple(executing)), _EVENT)
    done = replace(run.release, hooks=(*skipped, *run.release.hooks))
    if run.error is not None:
        with suppress(SteerError):  # helm: only the failure is reported (partial-rights.sh)
            config.keep(done)
    else:
        config.store.update(done)
    return Tested(done, run.finish, began, run.error)


def write_test_logs(
    config: Configuration, release: Release, options: TestOptions, put: Callable[[bytes], object]
) -> None:
    """Write the logs of the test pods, by weight and name.

    Raises:
        ClusterError: when a pod or a log cannot be read.
    """
    from steersman.kube.logs import copy_logs

    for hook in sorted(release.hooks, key=lambda hook: (hook.weight, hook.name)):
        if _EVENT not in hook.events or hook.kind != "Pod" or hook.name in options.exclude:
            continue
        if options.include and hook.name not in options.include:
            continue
        try:
            pod = config.client.get(PODS, config.namespace, hook.name)
        except SteerError as error:
            raise ClusterError(f"unable to get pod {hook.name}: {error}") from error
        errors = []
        for part in ("initContainers", "containers"):
            for container in pod["spec"].get(part) or ():
                try:
                    name = container["name"]
                    pieces: list[bytes] = []
                    copy_logs(config.client, config.namespace, hook.name, name, pieces.append)
                except ClusterError as error:
                    errors.append(f"unable to get logs for pod {hook.name}, container {container['name']}: {error}")
                    continue
                put(f"POD LOGS: {hook.name} ({name})\n".encode())
                put(b"".join(pieces))
                put(b"\n")
        if errors:
            raise ClusterError("\n".join(errors))
