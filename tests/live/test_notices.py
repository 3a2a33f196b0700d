"""Install and upgrade show notices under the program's own name."""

from __future__ import annotations

import pytest

from tests.live.conftest import Live

pytestmark = pytest.mark.live


def test_install_and_upgrade_show_notices(live: Live) -> None:
    subchart = live.chart / "charts" / "s"
    subchart.mkdir(parents=True)
    (subchart / "Chart.yaml").write_text("apiVersion: v2\nname: s\nversion: 0.1.0\n")
    (subchart / "values.yaml").write_text("a: 1\n")
    with (live.chart / "values.yaml").open("a") as file:
        file.write("s: {a: null}\n")
    unknown = "extra=apiVersion: v1\nkind: Pod\nmetadata: {name: p\\, annotations: {helm.sh/hook: post-instal}}"
    for command in ("install", "upgrade"):
        done = live.steer(command, "r", str(live.chart), "--set", unknown)
        assert done.returncode == 0, done.stderr
        assert "[null-default]\n" in done.stderr, command
        assert "[unknown-hook]\n" in done.stderr, command
        assert "notice" not in done.stdout, command


def test_a_client_side_upgrade_shows_items_that_share_their_merge_key(live: Live) -> None:
    ports = "{name: a, port: 443, protocol: TCP}, {name: b, port: 443, protocol: UDP}"
    text = "extra=apiVersion: v1\nkind: Service\nmetadata: {name: s, labels: {v: '%s'}}\nspec: {ports: [" + ports + "]}"
    arguments = ["r", str(live.chart), "--server-side=false", "--set-literal"]
    assert live.steer("install", *arguments, text % 1).returncode == 0
    done = live.steer("upgrade", *arguments, text % 2)
    assert done.returncode == 0, done.stderr
    assert "Service s: several items of spec.ports have the port 443;" in done.stderr
    assert "--server-side=true keeps them apart [shared-merge-key]\n" in done.stderr
    server_side = live.steer(
        "upgrade", "r", str(live.chart), "--server-side=true", "--force-conflicts", "--set-literal", text % 3
    )
    assert "shared-merge-key" not in server_side.stderr
