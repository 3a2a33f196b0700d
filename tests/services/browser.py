"""A real Chromium without a window, driven through its debugging pipe: no driver program, no library.

``Browser`` starts it with a profile of its own; ``open`` shows a file. Requests and console messages are kept, so that
a test can say that there were none.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps"),
    *("--no-default-browser-check", "--force-device-scale-factor=1", "--remote-debugging-pipe"),
)
_PATIENCE = 60  # seconds for one answer


def program() -> str | None:
    """Return the path of Chromium, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


needs_browser = pytest.mark.skipif(program() is None, reason="there is no chromium (tests/services/install.sh)")


class Browser:
    """One Chromium with one tab.

    Attributes:
        requests: the URLs that pages have asked for, the page itself among them.
        messages: errors and warnings of the console, and exceptions.
    """

    def __init__(self, width: int = 1440, height: int = 900) -> None:
        path = program()
        assert path is not None, "no chromium"
        self.requests: list[str] = []
        self.messages: list[str] = []
        self._profile = tempfile.mkdtemp(prefix="chromium-")
        self._number = 0
        self._rest = b""
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        command = [path, *FLAGS, f"--user-data-dir={self._profile}", f"--window-size={width},{height}", "about:blank"]
        # the browser reads from descriptor 3 and writes to 4
        script = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", *command],
            pass_fds=(theirs_in, theirs_out),
            env={**os.environ, "HOME": self._profile},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = ours_in, ours_out
        self._session = ""
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in targets if one["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.resize(width, height)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(_PATIENCE)
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._profile, ignore_errors=True)

    # The protocol: JSON texts, each ended by a zero byte

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        for answer in self._answers():
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
        raise AssertionError(f"{method}: the browser is gone")

    def _answers(self) -> Iterator[dict[str, Any]]:
        while True:
            while b"\0" in self._rest:
                text, _, self._rest = self._rest.partition(b"\0")
                answer = json.loads(text)
                self._note(answer)
                yield answer
            assert select.select([self._in], [], [], _PATIENCE)[0], "the browser does not answer"
            data = os.read(self._in, 1 << 20)
            if not data:
                return
            self._rest += data

    def _note(self, event: dict[str, Any]) -> None:
        parameters = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Runtime.exceptionThrown":
                self.messages.append(json.dumps(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "warning", "assert"):
                self.messages.append(json.dumps(parameters["args"]))
            case "Log.entryAdded" if parameters["entry"]["level"] in ("error", "warning"):
                self.messages.append(parameters["entry"]["text"])

    # Acting as a user

    def open(self, path: Path, ready: str = "document.readyState === 'complete'") -> None:
        """Show a file, and wait until the expression ``ready`` is true."""
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.wait(ready)

    def wait(self, expression: str) -> None:
        """Wait until an expression of JavaScript is true."""
        script = f"""new Promise((resolve, reject) => {{
            const end = Date.now() + {_PATIENCE * 1000};
            const look = () => {{
                let done = false;
                try {{ done = {expression}; }} catch {{ done = false; }}
                done ? resolve(true) : Date.now() > end ? reject(new Error("never true")) : setTimeout(look, 15);
            }};
            look();
        }})"""
        assert self.js(script) is True, f"never true: {expression}; {self.messages}"

    def js(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript; a promise is waited for."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        """Give the page a size in pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, *, dark: bool = False, reduced_motion: bool = False) -> None:
        """Set what the user's system prefers."""
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"},
        ]
        self.call("Emulation.setEmulatedMedia", features=features)

    def point(self, x: float, y: float) -> None:
        """Move the pointer."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x: float, y: float) -> None:
        """Click with the left button."""
        self.point(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key: its name (``Enter``, ``ArrowDown``) or its character."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "PageUp": 33, "PageDown": 34}
        codes |= {"ArrowUp": 38, "ArrowDown": 40}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        about = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, 0), "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **about)
        self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self.call("Input.insertText", text=text)

    def picture(self, form: str = "png", quality: int = 90) -> bytes:
        """Return a picture of the page; the quality is for the forms ``jpeg`` and ``webp``."""
        how = {"format": form} | ({} if form == "png" else {"quality": quality})
        return base64.b64decode(self.call("Page.captureScreenshot", **how)["data"])
