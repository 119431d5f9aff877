"""A real browser, led by the DevTools protocol through a pipe: what it asks for, says, shows and receives."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from typing import Any

from tests.support.terminal import ESCAPES

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
_SECONDS = 60.0


class Browser:
    """A browser without a window at one page.

    Attributes:
        requests: the addresses that the page asked for.
        errors: what it said on the console, and what its scripts failed with.
    """

    def __init__(self, folder: str) -> None:
        assert PROGRAM
        to_browser, from_browser = os.pipe(), os.pipe()
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder}",
        ]
        self._writer, self._reader = to_browser[1], from_browser[0]
        # The protocol is spoken on the descriptors 3 and 4.
        moved = f'exec 3<&{to_browser[0]} 4>&{from_browser[1]}; exec "$0" "$@"'
        self._process = subprocess.Popen(
            ["bash", "-c", moved, PROGRAM, *options, "about:blank"],
            pass_fds=(to_browser[0], from_browser[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser[0])
        os.close(from_browser[1])
        self._rest, self._number, self._session = b"", 0, ""
        self._answers: dict[int, dict[str, Any]] = {}
        self._received = b""
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._follow_first()

    def _follow_first(self) -> None:
        self.wait_for(lambda: any(page["type"] == "page" for page in self.call("Target.getTargets")["targetInfos"]))
        pages = self.call("Target.getTargets")["targetInfos"]
        self._follow(next(page["targetId"] for page in pages if page["type"] == "page"))

    def _follow(self, page: str) -> None:
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)  # as if a person sat before it

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something; return its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        number = self._number
        self.wait_for(lambda: number in self._answers)
        answer = self._answers.pop(number)
        assert "error" not in answer, answer["error"]
        result: dict[str, Any] = answer["result"]
        return result

    def wait_for(self, condition: Any) -> None:
        """Listen until something holds."""
        end = time.monotonic() + _SECONDS
        while not condition():
            assert time.monotonic() < end, f"did not come; shown so far:\n{self.shown[-2000:]}\n{self.errors}"
            self._listen()

    def _listen(self) -> None:
        if not select.select([self._reader], [], [], 0.1)[0]:
            return
        *messages, self._rest = (self._rest + os.read(self._reader, 1 << 20)).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self._note(message["method"], message["params"])

    def _note(self, event: str, told: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif event == "Network.webSocketFrameReceived" and told["response"]["opcode"] == 2:
            self._received += base64.b64decode(told["response"]["payloadData"])
        elif event == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif event == "Runtime.exceptionThrown":
            self.errors.append(str(told["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "assert"):
            self.errors.append(str(told["args"]))

    @property
    def shown(self) -> str:
        """What the program in the page has written to its terminal so far, without escape sequences."""
        return ESCAPES.sub(b"", self._received).decode(errors="replace")

    def forget(self) -> None:
        """Begin anew with what is shown, asked for and said."""
        self._received = b""
        self.requests.clear()
        self.errors.clear()

    def open(self, address: str) -> None:
        """Go to a page."""
        self.call("Page.navigate", url=address)
        self.wait_for(lambda: self.evaluate("document.readyState") == "complete")

    def close_tab(self) -> None:
        """Close the page, as a person closes its tab, and go on in another that is empty."""
        page = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.call("Page.close")
        self._session = ""
        self._follow(page)

    def evaluate(self, script: str) -> Any:
        """Return what an expression of the page comes to."""
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        """Give the page another size, in pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def press(self, key: str, code: int, *, control: bool = False) -> None:
        """Press a key that writes nothing, by its name and its code."""
        pressed = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 if control else 0}
        self.call("Input.dispatchKeyEvent", type="rawKeyDown", **pressed)
        self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def picture(self) -> bytes:
        """Return what is seen, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def close(self) -> None:
        """End the browser."""
        os.close(self._writer)
        self._process.terminate()
        self._process.wait(20)
        os.close(self._reader)
