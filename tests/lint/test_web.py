"""Addresses and URLs of maintainers, one in a chart, as the linters of both see them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from steersman.linting.web import is_email, is_request_url, is_url
from tests.cli.test_helm_ways import same, write_chart
from tests.conftest import Run

EMAILS = ['a@b', 'a@b.c', 'a.b@c.de', 'a..b@c.de', '.a@c.de', 'a.@c.de', '"a b"@c.de', '"a"b@c.de', '"a\\"b"@c.de', 'é@c.de', 'a@é.de', 'a@b_c.de', 'a@-b.de', 'a@b-.de', 'a@b.c1', 'a@b.1c', 'a@b.c-d', 'a@b.c.', 'a@b.c..', 'a@b..c', 'a@1.2', 'a b@c.de', 'a@b c.de', 'a@[1.2.3.4]', 'a+b@c.de', 'a@b.c~d', 'A@B.CO', 'a@b@c.de', 'a@', '@b.c', 'a', '', "a'b@c.de", 'a(b@c.de', 'a@b.co m', 'a@b.de\n', '²@b.de', 'a@b.d²e', '" a"@c.de', '"a "@c.de', '" "@c.de', '"\\\\a"@c.de', '"\\a"@c.de', '"\t"@c.de', '"\x7f"@c.de', '"("@c.de', '"\\"@c.de', '"""@c.de', '"ab"@c.de', '" ab"@c.de', '"ab "@c.de', '"a\\b"@c.de', '"a"@c.de', '""@c.de', '"a\tb"@c.de', '"a@b"@c.de', '"a..b"@c.de', '"é"@c.de', '"a\\ b"@c.de', '"a(b"@c.de', '"ab"x@c.de', 'x"ab"@c.de']  # fmt: skip
URLS = ['https//github.com/x', 'http://a', 'http://a.b', 'a.b', 'ab', 'abc', 'abcd', 'localhost', 'localhost:80', 'http://localhost', 'ftp://a.b/c', 'foo://a.b', 'mailto:a@b.c', 'http://1.2.3.4', 'http://256.1.1.1', 'http://1.2.3', 'http://[::1]', 'http://[::1]:80/', 'http://a_b.c', 'http://a.b:99999/', 'http://a.b:999999', 'http://a.b:x', 'http://u:p@a.b/', 'http://a b.c', 'http://a.b/c d', 'http://a.b/?q=1#f', 'http://a.b#f', 'http://.a.b', 'http://-a.b', 'http://a-.b', 'http://a.b.', 'http://a..b', 'http://é.com', 'http://a.é', 'http://www.', 'http://www.a', '//a.b', '/a/b.c', '/a/b', 'a/b', 'a/b.c', '?a.b', '#a.b', '.a.b', 'http:/a.b', 'http:a.b', 'https://github.com/x/y.git', 'git@github.com:x/y.git', 'http://a.b/%zz', 'http://a.b/é', 'HTTP://a.b', 'http://A.B', 'wss://a.b', 'ws://a.b', 'tcp://a.b:1', 'rtmp://a.b', 'http://', 'http://a.b\\c', 'http://xn--a.b', 'http://a--b.c', 'http://a_b', 'http://_a.b', 'a.b:80', 'a:80', 'a:b', 'http://10.0.0.1:80/x', 'http://a.b/c#', 'http://a.b?c', '{{ else }}ttps://a.b', 'http://a²b.c', 'http://a.b/²', ' http://a.b', 'http://a.b ', 'http://a@b@c.d', 'http://a.1', 'http://1a.b1', 'http://0.0.0.0', 'http://1.1.1.1.', 'http://1.1.1.1.1', 'http://a-b-c.d-e.fg', 'http://[1::2', 'http://[1:2:3:4:5:6:7:8]', 'http://[::ffff:1.2.3.4]', 'http://[::]', 'http://[fe80::1%25a]', 'http://[1::2:3:4:5:6:7]', 'http://[1:2::3:4]', 'http://[::1:2:3:4:5:6:7]', 'http://[1::1.2.3.4]', 'http://[::ffff:0:1.2.3.4]', 'http://[1:2:3::5]']  # fmt: skip


def test_addresses_are_told_from_what_is_none() -> None:
    assert is_email("a.b+c@d.example") and not is_email("a@b")
    assert is_url("github.com/x") and not is_url("http:/a.b")
    assert is_request_url("https://a.b/c#d") and not is_request_url("https://a#b/")
    assert not is_url("x" * 2083)


@pytest.mark.helm
def test_maintainers_are_linted_as_by_helm(tmp_path: Path, steer: Run, helm: Run) -> None:
    for at, maintainer in enumerate([{"email": text} for text in EMAILS] + [{"url": text} for text in URLS]):
        about: dict[str, Any] = {"apiVersion": "v2", "name": f"m{at}", "version": "0.1.0", "icon": "http://a.b/c"}
        about["maintainers"] = [{"name": "x", **maintainer}]
        write_chart(tmp_path / f"m{at}", json.dumps(about), {})
        same(steer, helm, "lint", f"m{at}")


@pytest.mark.helm
def test_icons_are_linted_as_by_helm(tmp_path: Path, steer: Run, helm: Run) -> None:
    for at, url in enumerate(URLS):
        about = {"apiVersion": "v2", "name": f"m{at}", "version": "0.1.0", "icon": url, "sources": [url], "home": url}
        write_chart(tmp_path / f"m{at}", json.dumps(about), {})
        same(steer, helm, "lint", f"m{at}")
