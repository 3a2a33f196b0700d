"""Commands that are broken off at any of their requests, and what the next command makes of it.

    python -m tests.live.trials signals|crashes|clients [--seconds N]     (make trials-live)

``signals`` sends SIGINT, SIGTERM and SIGKILL at every request of install, upgrade, rollback and uninstall;
``crashes`` kills the API server there instead and starts it again; ``clients`` lets five clients at one release for a
time. Wants STEER_TEST_SERVER and STEER_TEST_TOKEN; ``crashes`` starts a control plane of its own and wants
STEER_TEST_PROGRAMS, the folder of its programs. Prints how many inputs were tried and what went wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steersman.errors import SteerError
from steersman.kube.objects import CONFIG_MAPS, LEASES, NAMESPACES
from steersman.release.model import PENDING
from tests.live.conftest import KUBECONFIG, Live
from tests.live.proxy import Fault, Proxy, Seen

COMMANDS = ("install", "upgrade", "rollback", "uninstall")
NEXT = ("uninstall", "upgrade", "rollback")  # what is tried after a command that was broken off
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
EXTRA = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}-%s'}\ndata: {word: %s}\n"


class Trials:
    """Releases with objects that only one revision has, and a proxy to break commands off at."""

    def __init__(self, live: Live, proxy: Proxy, token: str) -> None:
        self.live = live
        self.proxy = proxy
        live.environment |= {"STEER_LEASE_DURATION": "3", "XDG_CACHE_HOME": str(live.folder / "cache")}
        config = live.folder / "proxied"
        config.write_text(KUBECONFIG.format(server=proxy.url, token=token, namespace=live.namespace))
        self.proxied = {**live.environment, "KUBECONFIG": str(config)}
        template = live.chart / "templates" / "all.yaml"
        template.write_text(template.read_text().replace("{{ .Values.extra }}", "{{ tpl .Values.extra . }}"))
        self.count = 0

    def values(self, word: str) -> list[str]:
        """Return the flags of a revision that has an object of its own."""
        return ["--set", f"word={word}", "--set-literal", f"extra={EXTRA % (word, word)}"]

    def prepare(self, command: str) -> str:
        """Return a release that ``command`` can be tried on."""
        self.count += 1
        name = f"t{self.count}"
        for word in {"install": (), "upgrade": ("one",)}.get(command, ("one", "two")):
            done = self.live.steer("upgrade", "--install", name, str(self.live.chart), *self.values(word))
            assert done.returncode == 0, done.stderr
        return name

    def arguments(self, command: str, name: str) -> list[str]:
        """Return the command line of a command."""
        return {
            "install": ["install", name, str(self.live.chart), *self.values("one")],
            "upgrade": ["upgrade", name, str(self.live.chart), *self.values("two")],
            "rollback": ["rollback", name, "1"],
            "uninstall": ["uninstall", name],
        }[command]

    def requests(self, command: str) -> list[Seen]:
        """Return what a command sends that nothing disturbs, discovery known."""
        for _ in range(2):
            self.run(command, self.prepare(command), lambda _seen: None)
        return list(self.proxy.seen)

    def run(
        self, command: str, name: str, decide: Callable[[Seen], Fault | None]
    ) -> tuple[subprocess.Popen[str], str, str]:
        """Run a command through the proxy; return its process and what it said."""
        self.proxy.decide = None
        self.proxy.forget()
        self.started = subprocess.Popen(
            # what a shell starts in the background ignores SIGINT, and so would this
            ["env", "--default-signal=INT", *self.live.command(*self.arguments(command, name))],
            env=self.proxied, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.proxy.decide = decide
        out, err = self.started.communicate(timeout=300)
        self.proxy.decide = None
        return self.started, out, err

    def signal_at(self, command: str, name: str, index: int, number: int) -> tuple[int, str]:
        """Send a signal when the request of this index comes in; return exit code and standard error."""

        def strike() -> None:
            self.started.send_signal(number)
            if number == signal.SIGKILL:
                self.started.wait()

        drop = "before" if number == signal.SIGKILL else ""
        fault = Fault(act=strike, drop=drop)
        process, _out, err = self.run(command, name, lambda seen: fault if seen.index == index else None)
        return process.returncode, err

    def records(self, name: str) -> list[Any]:
        """Return the release's revisions."""
        try:
            return self.live.configuration.store.history(name)
        except SteerError:
            return []

    def objects(self, name: str) -> dict[str, str]:
        """Return the words of the release's objects."""
        items = self.live.client.list(CONFIG_MAPS, self.live.namespace)["items"]
        found = {i["metadata"]["name"]: (i.get("data") or {}).get("word", "") for i in items}
        return {key: word for key, word in found.items() if key.startswith(f"{name}-")}

    def problems(self, name: str) -> list[str]:
        """Return what is wrong with a release that nobody works on."""
        history = self.records(name)
        statuses = [release.status for release in history]
        found = []
        if statuses.count("deployed") > 1:
            found.append(f"several deployed: {statuses}")
        if history and set(statuses) & set(PENDING):
            found.append(f"left pending: {statuses}")
        objects = self.objects(name)
        if not history and objects:
            found.append(f"orphans: {sorted(objects)}")
        if history and statuses[-1] == "deployed":
            word = (history[-1].config or {}).get("word", "one")
            if objects != {f"{name}-0": word, f"{name}-1": word, f"{name}-{word}": word}:
                found.append(f"not the objects of {word}: {objects}")
        return found

    def go_on(self, name: str, way: str) -> list[str]:
        """Run the next command, and return what is wrong then."""
        had = bool(self.records(name))
        if way == "uninstall":
            done = self.live.steer("uninstall", name, "--ignore-not-found")
        elif way == "rollback":
            done = self.live.steer("rollback", name, "1")
        else:
            chart = str(self.live.chart)
            done = self.live.steer("upgrade", "--install", name, chart, *self.values("three"), "--recover")
        found = [] if done.returncode == 0 else [f"{way}: {done.stderr}"]
        if way != "uninstall" and had and not self.records(name):
            found.append("the records are lost")
        if way == "uninstall" and self.records(name):
            found.append("records are left")
        leases = self.live.client.list(LEASES, self.live.namespace)["items"]
        if any(lease["metadata"]["name"].endswith(f".{name}") for lease in leases):
            found.append("the lease is left")
        return found + self.problems(name)

    def signals(self, command: str, number: int, step: int = 1) -> tuple[int, list[str]]:
        """Break a command off at its requests; return how many inputs were tried, and problems."""
        count, problems = 0, []
        for seen in self.requests(command)[::step]:
            for way in ways_on(command):
                name = self.prepare(command)
                code, err = self.signal_at(command, name, seen.index, number)
                what = f"{command} {signal.Signals(number).name} at {seen}, then {way}"
                found = []
                last = (self.records(name) or [None])[-1]
                if number != signal.SIGKILL and last is not None and last.status in PENDING and code != -number:
                    found.append(f"left {last.status}: exit {code}, {err}")
                if "Traceback" in err:
                    found.append(err)
                found += self.go_on(name, way)
                problems += [f"{what}: {problem}" for problem in found]
                count += 1
                self.live.steer("uninstall", name, "--ignore-not-found")
        return count, problems

    def crashes(self, command: str, plane: Any) -> tuple[int, list[str]]:
        """Kill the API server at each request of a command and start it again."""
        count, problems = 0, []
        for seen in self.requests(command):
            for when in ("before", "after") if seen.is_write else ("before",):
                name = self.prepare(command)
                fault = Fault(act=plane.crash, act_when=when, drop=when)

                def decide(one: Seen, index: int = seen.index, fault: Fault = fault) -> Fault | None:
                    return fault if one.index == index else None

                self.run(command, name, decide)
                plane.wait_ready()
                way = ways_on(command)[count % len(ways_on(command))]
                found = self.go_on(name, way)
                problems += [f"{command}, crash {when} {seen}, then {way}: {problem}" for problem in found]
                count += 1
        return count, problems

    def clients(self, seconds: float, seed: int = 1) -> tuple[Counter[str], list[str]]:
        """Let five clients at one release, some of which are killed; return their ends, and problems."""
        ends: Counter[str] = Counter()
        problems: list[str] = []
        end = time.monotonic() + seconds
        chart = str(self.live.chart)

        def work(number: int) -> None:
            chance = random.Random(seed * 100 + number)
            turn = 0
            while time.monotonic() < end:
                turn += 1
                word = f"w{number}-{turn}"
                command = chance.choices(
                    (
                        ["upgrade", "--install", "one", chart, *self.values(word), "--recover"],
                        ["rollback", "one"],
                        ["uninstall", "one"],
                    ),
                    (6, 2, 1),
                )[0]
                process = subprocess.Popen(
                    ["env", "--default-signal=INT", str(Path(sys.executable).with_name("steer")), *command],
                    env=self.live.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                )  # fmt: skip
                fate = chance.choice(("", "", "", "SIGKILL", "SIGINT", "SIGTERM", "SIGSTOP"))
                if fate:
                    try:
                        process.wait(chance.uniform(0.1, 0.8))
                    except subprocess.TimeoutExpired:
                        process.send_signal(signal.Signals[fate])
                        if fate == "SIGSTOP":
                            time.sleep(chance.uniform(0, 6))
                            process.send_signal(signal.SIGCONT)
                _out, err = process.communicate(timeout=300)
                ends[f"{command[0]} {process.returncode}"] += 1
                # an interpreter that is interrupted before it runs the program is not the program's affair
                if ("Traceback" in err and "steersman" in err) or "This is a bug" in err:
                    problems.append(f"{command}: {err}")
                deployed = [r.revision for r in self.records("one") if r.status == "deployed"]
                if len(deployed) > 1:
                    problems.append(f"several deployed: {deployed} after {command}")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        problems += self.go_on("one", "upgrade")
        problems += self.go_on("one", "uninstall")
        return ends, problems


def ways_on(command: str) -> tuple[str, ...]:
    """Return what is tried after a command; a first revision is there to go back to after two of them."""
    return NEXT if command in ("upgrade", "rollback") else NEXT[:2]


def made_live(folder: str, server: str, token: str) -> Live:
    live = Live(Path(folder), server, token)
    live.client.create(NAMESPACES, "", {"metadata": {"name": live.namespace}})
    return live


def _report(name: str, tried: object, problems: list[str]) -> None:
    print(json.dumps({"trial": name, "tried": tried, "problems": len(problems)}), flush=True)
    for problem in problems:
        print(f"  {problem}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("signals", "crashes", "clients"))
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--only", default="", help="one command")
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        if options.mode == "crashes":
            sys.path.insert(0, str(Path(__file__).parent.parent / "controlplane"))
            from controlplane import ADMIN_TOKEN, ControlPlane

            with ControlPlane(Path(os.environ["STEER_TEST_PROGRAMS"])) as plane:
                live = made_live(folder, plane.server, ADMIN_TOKEN)
                with Proxy(plane.server, ADMIN_TOKEN) as proxy:
                    trials = Trials(live, proxy, ADMIN_TOKEN)
                    for command in COMMANDS if not options.only else (options.only,):
                        tried, problems = trials.crashes(command, plane)
                        _report(f"API server killed during {command}", tried, problems)
                        wrong += len(problems)
            return min(wrong, 1)
        server, token = os.environ["STEER_TEST_SERVER"], os.environ["STEER_TEST_TOKEN"]
        live = made_live(folder, server, token)
        with Proxy(server, token) as proxy:
            trials = Trials(live, proxy, token)
            if options.mode == "clients":
                ends, problems = trials.clients(options.seconds)
                _report(f"five clients for {options.seconds:.0f} s", dict(ends), problems)
                return min(len(problems), 1)
            for command in COMMANDS if not options.only else (options.only,):
                for number in SIGNALS:
                    tried, problems = trials.signals(command, number)
                    _report(f"{number.name} during {command}", tried, problems)
                    wrong += len(problems)
        live.client.delete(NAMESPACES, "", live.namespace)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
