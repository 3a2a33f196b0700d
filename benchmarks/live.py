"""Releases on a real control plane, compared with Helm: whole processes in pairs, and the requests they send.

    make bench-live            # starts a control plane of its own
    python -m benchmarks.live [--runs N] [--objects N] [--only WORDS] [--check]

Wants STEER_TEST_SERVER and STEER_TEST_TOKEN, and a Helm to compare with (HELM_ORACLE). Each pair runs both
programs one after the other, the first of them in turns; the ratio is the median of the pairs' ratios. Requests are
counted in one more run through a proxy. With ``--check`` a missed bar is a failure.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.run import STEER, oracle
from tests.live.conftest import KUBECONFIG
from tests.live.proxy import Proxy

Arguments = Callable[[str], list[str]]


class Row:
    """An operation: how it is prepared, done and undone on a release of some name, and its bar."""

    def __init__(
        self,
        name: str,
        bar: float,
        act: Arguments,
        *,
        before: Arguments | None = None,
        after: Arguments | None = None,
        runs: int = 1,
        reads: bool = False,
    ) -> None:
        self.name = name
        self.bar = bar
        self.act = act
        self.before = before
        self.after = after
        self.runs = runs
        self.reads = reads


class Bench:
    """Programs, charts and a namespace on one control plane."""

    def __init__(self, folder: Path, server: str, token: str, helm: str) -> None:
        self.folder = folder
        self.server = server
        self.token = token
        self.programs = {"steer": STEER, "helm": helm}
        self.namespace = f"bench-{os.getpid()}"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC"}
        self.environment["KUBECONFIG"] = str(self.config("direct", server))
        self.names = iter(range(1, 1_000_000))

    def config(self, name: str, server: str) -> Path:
        path = self.folder / f"{name}.conf"
        path.write_text(KUBECONFIG.format(server=server, token=self.token, namespace=self.namespace))
        return path

    def chart(self, name: str, templates: dict[str, str]) -> str:
        folder = self.folder / name
        (folder / "templates").mkdir(parents=True)
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
        (folder / "values.yaml").write_text("word: one\n")
        for file, text in templates.items():
            (folder / "templates" / file).write_text(text)
        return str(folder)

    def run(self, program: str, arguments: list[str], **more: str) -> float:
        started = time.perf_counter()
        done = subprocess.run(
            [self.programs[program], *arguments], env={**self.environment, **more}, capture_output=True, text=True
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(f"{program} {' '.join(arguments)}: {done.stderr}")
        return seconds

    def once(self, program: str, row: Row, name: str, **more: str) -> float:
        if row.before:
            self.run(program, row.before(name))
        seconds = self.run(program, row.act(name), **more)
        if row.after:
            self.run(program, row.after(name))
        return seconds

    def name(self, row: Row, program: str) -> str:
        """Return a release's name: a new one for what changes a release, the prepared one for what reads it."""
        return f"read-{program}" if row.reads else f"r{next(self.names)}"

    def pairs(self, row: Row, runs: int) -> tuple[float, float, float]:
        rows = []
        for i in range(runs + 1):
            seconds = {}
            for program in ("steer", "helm") if i % 2 else ("helm", "steer"):
                seconds[program] = self.once(program, row, self.name(row, program))
            if i:  # the first pair fills caches
                rows.append((seconds["steer"], seconds["helm"]))
        return (
            statistics.median(ours for ours, _ in rows),
            statistics.median(theirs for _, theirs in rows),
            statistics.median(ours / theirs for ours, theirs in rows),
        )

    def requests(self, row: Row, proxy: Proxy, program: str) -> str:
        name = self.name(row, program)
        config = str(self.folder / "proxy.conf")
        if row.before:
            self.run(program, row.before(name))
        # once to have discovery cached for this address, once to count
        self.run(program, ["list"], KUBECONFIG=config)
        proxy.forget()
        self.run(program, row.act(name), KUBECONFIG=config)
        if row.after:
            self.run(program, row.after(name))
        return f"{len(proxy.seen)} ({sum(seen.is_write for seen in proxy.seen)})"


MANY = """{{- range $i := until COUNT }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ $.Release.Name }}-{{ $i }}", labels: {app: many}}
data: {word: "{{ $.Values.word }}", number: "{{ $i }}"}
{{- end }}
"""

SMALL = """apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {word: "{{ .Values.word }}"}
---
apiVersion: v1
kind: Service
metadata: {name: "{{ .Release.Name }}"}
spec: {selector: {app: "{{ .Release.Name }}"}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  replicas: 1
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec: {containers: [{name: c, image: "registry.example/c:1"}]}
"""


def rows(bench: Bench, objects: int) -> list[Row]:
    """Return the operations; each leaves the namespace as it found it."""
    count = f"{objects} objects"
    many = bench.chart("many", {"all.yaml": MANY.replace("COUNT", str(objects))})
    small = bench.chart("small", {"all.yaml": SMALL})

    def install(chart: str) -> Arguments:
        return lambda name: ["install", name, chart]

    def upgrade(chart: str) -> Arguments:
        return lambda name: ["upgrade", name, chart, "--set", "word=two"]

    def uninstall(name: str) -> list[str]:
        return ["uninstall", name]

    for program in bench.programs:
        bench.run(program, install(small)(f"read-{program}"))
        bench.run(program, upgrade(small)(f"read-{program}"))
    return [
        Row(f"install, {count}", 0.5, install(many), after=uninstall),
        Row(f"upgrade, {count}", 0.5, upgrade(many), before=install(many), after=uninstall),
        Row(f"upgrade, no change, {count}", 0.5, again(many), before=install(many), after=uninstall),
        Row(f"uninstall, {count}", 0.5, uninstall, before=install(many)),
        Row("install, small chart", 1.0, install(small), after=uninstall, runs=3),
        Row("upgrade, small chart", 1.0, upgrade(small), before=install(small), after=uninstall, runs=3),
        Row("uninstall, small chart", 1.0, uninstall, before=install(small), runs=3),
        Row("status", 1.0, lambda name: ["status", name], runs=5, reads=True),
        Row("history", 1.0, lambda name: ["history", name], runs=5, reads=True),
        Row("get values", 1.0, lambda name: ["get", "values", name], runs=5, reads=True),
        Row("list, 200 releases of 5 revisions", 0.3, lambda name: ["list"], runs=3, reads=True),
    ]  # fmt: skip


def again(chart: str) -> Arguments:
    """An upgrade to the same chart and values."""
    return lambda name: ["upgrade", name, chart]


def fill(bench: Bench, releases: int, revisions: int) -> None:
    """Make releases of several revisions, each with the record of the chart that ``helm create`` makes."""
    from steersman.action.configuration import USER_AGENT, ClusterObjects
    from steersman.kube.client import ApiClient
    from steersman.kube.config import ConfigOverrides, load_config
    from steersman.kube.objects import SECRETS
    from steersman.record import replace
    from steersman.release.model import DEPLOYED, SUPERSEDED
    from steersman.runtime.parallel import run_all
    from steersman.storage.driver import make_key
    from steersman.storage.objects import SecretDriver

    client = ApiClient(load_config(ConfigOverrides(), bench.environment), user_agent=USER_AGENT)
    driver = SecretDriver(ClusterObjects(client, SECRETS, bench.namespace))
    sample = driver.get(make_key("scaffold", 1))

    def make(number: int) -> None:
        revision = number % revisions + 1
        status = DEPLOYED if revision == revisions else SUPERSEDED
        release = replace(sample, name=f"many-{number // revisions}", revision=revision).with_status(status)
        driver.create(make_key(release.name, revision), release)

    for result in run_all(make, list(range(releases * revisions))):
        if isinstance(result, Exception):
            raise result
    client.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4)
    parser.add_argument("--objects", type=int, default=400)
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    helm = oracle()
    if not helm:
        raise SystemExit("there is no Helm to compare with (HELM_ORACLE)")
    server, token = os.environ["STEER_TEST_SERVER"], os.environ["STEER_TEST_TOKEN"]
    missed = 0
    with tempfile.TemporaryDirectory() as folder, Proxy(server, token) as proxy:
        bench = Bench(Path(folder), server, token, helm)
        bench.config("proxy", proxy.url)
        kubectl = [str(Path(helm).with_name("kubectl")), "--kubeconfig", bench.environment["KUBECONFIG"]]
        subprocess.run([*kubectl, "create", "namespace", bench.namespace], check=True, stdout=subprocess.DEVNULL)
        try:
            print(f"{'':46} {'steer':>8} {'Helm':>8} {'ratio':>6} {'bar':>5}  {'requests (writes)':>18} {'Helm':>12}")
            for row in rows(bench, arguments.objects):
                if row.name.startswith("list"):
                    scaffold = str(bench.folder / "scaffold")
                    bench.run("helm", ["create", scaffold])
                    bench.run("helm", ["install", "scaffold", scaffold])
                    fill(bench, 200, 5)
                if arguments.only not in row.name:
                    continue
                ours, theirs, ratio = bench.pairs(row, arguments.runs * row.runs)
                counted = [bench.requests(row, proxy, program) for program in ("steer", "helm")]
                verdict = "" if ratio <= row.bar else "  missed"
                missed += bool(verdict)
                print(
                    f"{row.name:46} {ours * 1000:5.0f} ms {theirs * 1000:5.0f} ms {ratio:6.2f} {row.bar:5.1f}  "
                    f"{counted[0]:>18} {counted[1]:>12}{verdict}",
                    flush=True,
                )
        finally:
            delete = [*kubectl, "delete", "namespace", bench.namespace, "--wait=false"]
            subprocess.run(delete, check=True, stdout=subprocess.DEVNULL)
    return int(arguments.check and missed > 0)


if __name__ == "__main__":
    sys.exit(main())
