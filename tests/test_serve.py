"""The interface in a real browser: what it opens with, that a model trains there, and who is let in."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from hw1_tui.cli import main
from hw1_tui.runs import Store
from tests.support.browser import PROGRAM
from tests.torture.process import children

serving = pytest.importorskip("textual_serve.server", reason="textual-serve is not installed")
from aiohttp import ClientSession, WSCloseCode  # noqa: E402 - what serves it stands on it

in_browser = pytest.mark.skipif(PROGRAM is None, reason="there is no chromium")


def eventually(condition, seconds=60):
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@pytest.fixture
def serve(tmp_path):
    """Return what serves the interface with some words, and gives the page's address, the history and the process."""
    with contextlib.ExitStack() as stack:

        def start(*words):
            port, home = free_port(), tmp_path / "a home's folder"
            command = [sys.executable, "-m", "hw1_tui", "serve", "--port", str(port), "--home", str(home), *words]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
            stack.callback(process.communicate)
            stack.callback(process.terminate)
            assert process.stdout
            printed = process.stdout.readline().removeprefix("Serving ").strip()
            address = printed if "--token" in words else f"{printed}/"
            assert address.startswith(f"http://127.0.0.1:{port}/")
            eventually(lambda: answers(address) in (200, 403))  # with a token its cookie must be carried on
            return address, Store(home), process

        yield start


def answers(address, **headers):
    """Return the status that an address answers with, 0 where nothing listens."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return 0


@in_browser
def test_the_first_screen_fills_a_page_of_any_size_and_asks_nothing_of_others(serve, browser):
    address, _, _ = serve()
    browser.resize(720, 500)
    browser.open(address)
    browser.wait_for(lambda: "Perceptron" in browser.shown)
    assert "Settings" not in browser.shown  # there is no room for every screen of the bar
    browser.resize(1600, 1000)
    browser.wait_for(lambda: "0 Settings" in browser.shown)
    assert all(request.startswith((address, "data:")) for request in browser.requests)
    assert browser.errors == []


@in_browser
def test_a_model_trains_there_and_is_stopped_and_kept_when_the_tab_is_closed(serve, browser):
    address, store, _ = serve("train", "--data", "digits", "--epochs", "1000000")
    browser.open(address)
    browser.wait_for(lambda: "1,257 updates" in browser.shown)
    browser.press("s", 83, control=True)
    browser.wait_for(lambda: "training" in browser.shown and "examples/s" in browser.shown)
    browser.close_tab()
    eventually(lambda: [run.status for run in store.runs()] == ["stopped"])
    assert store.runs()[0].results["epochs_done"] > 0


@in_browser
def test_nothing_is_left_behind_by_what_serves_it(serve, browser):
    """Where it was killed the program finds nobody to draw for; the run is kept, and can be gone on with."""
    address, store, process = serve("train", "--data", "digits", "--epochs", "1000000")
    browser.open(address)
    browser.wait_for(lambda: "1,257 updates" in browser.shown)
    browser.press("s", 83, control=True)
    browser.wait_for(lambda: "training" in browser.shown)
    eventually(store.runs)  # the interface says so a moment before the run is kept
    process.kill()
    eventually(lambda: [run.status for run in store.runs()] in (["stopped"], ["interrupted"]))


def test_only_a_page_of_ours_is_listened_to(serve):
    """A page that is visited elsewhere could else make a browser run programs here."""
    address, _, process = serve()
    assert answers(address, Host="127.0.0.1:8080") == 200  # through a tunnel
    assert answers(address, Host="elsewhere.example") == 403
    assert answers(f"{address}ws", Origin="http://elsewhere.example") == 403
    assert answers(f"{address}ws", Host="127.0.0.1:8080", Origin="http://127.0.0.1:9999") == 403
    for size in ("width=80&height=1000000000", f"width={'9' * 5000}", "width=-1", "height=0"):
        assert answers(f"{address}ws?{size}") == 400, "a program that draws it ends neither with its tab nor the server"
    assert answers(f"{address}ws") == 400, "who looks through ports has no WebSocket"
    for wrong in ({"Host": "[::1"}, {"Origin": "http://["}):
        assert answers(address, **wrong) == 403
    for wrong in ({"X": "a" * 10**5}, {"Content-Length": "-1"}):
        assert answers(address, **wrong) == 400
    assert close_code(f"{address}ws", process.terminate) == WSCloseCode.GOING_AWAY  # where it ends a tab is told
    assert process.wait(timeout=30) == 128 + signal.SIGTERM
    assert "Traceback" not in process.stderr.read()


NO_MESSAGES = ("keys", "{}", "[]", "[" * 10**5, '["stdin"]', '["stdin", 5]', '["stdin", "\\ud83d"]', '["ping"]',
               '["resize", 5]', '["resize", {}]', f'["resize", {{"width": {"9" * 5000}, "height": 9}}]')  # fmt: skip


async def draw(tab, size):
    """Wait until so many bytes of screens have come."""
    while size > 0:
        size -= len((await tab.receive(timeout=30)).data)


def close_code(address, act):
    """Return the code with which a tab's socket is closed when something is done, after it said what no page does."""

    async def follow():
        async with ClientSession() as session, session.ws_connect(address) as tab:
            await draw(tab, 20_000)  # a program that has not begun would hear of the last size alone
            await tab.send_json(["resize", {"width": 10**8, "height": 10**8}])
            await draw(tab, 20_000)
            for text in NO_MESSAGES:
                await tab.send_str(text)
            await tab.send_json(["resize", {"width": 90, "height": 60}])
            await draw(tab, 60_000)
            act()
            async for _ in tab:
                pass
            return tab.close_code

    return asyncio.run(follow())


def test_a_tab_whose_program_was_killed_is_closed_which_its_page_says(serve):
    """Such as by a system that has run out of memory; the tab stood still without a word."""
    address, _, process = serve()

    def kill():
        programs = children(process.pid)
        for program in (*programs, *itertools.chain(*map(children, programs))):
            os.kill(program, signal.SIGKILL)

    assert close_code(f"{address}ws", kill) == WSCloseCode.OK


@in_browser
def test_with_a_token_only_who_has_the_printed_address_gets_in(serve, browser):
    """Others with an account on the machine, or in the network, could else run programs as the one who serves."""
    address, _, _ = serve("--token")
    page = address.partition("?")[0]
    assert len(address.partition("token=")[2]) > 20
    for wrong in (page, f"{page}ws", f"{page}static/css/xterm.css", f"{page}?token=guessed", f"{page}?token="):
        assert answers(wrong) == 403
    browser.open(address)
    browser.wait_for(lambda: "Perceptron" in browser.shown)
    assert browser.evaluate("location.href") == page
    assert browser.evaluate("document.cookie") == ""
    assert browser.errors == []


@pytest.fixture
def served(monkeypatch):
    """What would be served: commands and addresses."""
    from hw1_tui.batch.web_server import WebServer

    told = []
    monkeypatch.setattr(WebServer, "serve", lambda server: told.append((server.command, server.host)))
    monkeypatch.setattr("hw1_tui.batch.serve.PORT", free_port())
    return told


def test_the_words_of_the_screen_reach_the_program_as_they_were_given(served, tmp_path, capsys):
    """It is started by a shell, which must not read them."""
    script = "import json, sys; print(json.dumps(sys.argv[1:]))"
    name = str(tmp_path / '$(echo it\'s);a "file".toml')
    with open(name, "w") as file:  # noqa: PTH123
        file.write("epochs = 3\n")
    assert main(["serve", "train", "--config", name, "--learning-rate", "1e-3"]) == 0
    command = served[0][0].replace("-P -m hw1_tui", f"-c '{script}'")
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602
    assert json.loads(done.stdout) == ["train", "--config", name, "--learning-rate", "1e-3"]


def test_this_machine_alone_is_served_unless_another_address_is_named_with_a_warning(served, capsys):
    assert main(["serve"]) == 0
    told = capsys.readouterr().err
    assert "from elsewhere nobody reaches it" in told
    assert "ssh -N -L" in told
    assert main(["serve", "--host", "0.0.0.0"]) == 0  # noqa: S104
    told = capsys.readouterr().err
    assert "Warning: whoever reaches 0.0.0.0:" in told
    assert "runs the program as you" in told
    assert main(["serve", "--host", "0.0.0.0", "--token"]) == 0  # noqa: S104
    out, told = capsys.readouterr()
    assert "/?token=" in out
    assert "the token too" in told
    assert [host for _, host in served] == ["127.0.0.1", "0.0.0.0", "0.0.0.0"]  # noqa: S104


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", "80000"], "--port: 80000 is out of range; allowed: a whole number of at least 1 and at most 65535"),
        (["--host", ""], "--host: is empty"),
        (["--host", ".."], "--host: one cannot listen at ..; allowed: an address of this machine"),
        (["--host", "192.0.2.1"], "--host: one cannot listen at 192.0.2.1; allowed: an address of this machine"),
        (["predict"], "predict: opens no screen; allowed: train, inspect, runs, report, derive, data"),
        (["data", "mine.csv"], "mine.csv: is not expected here"),
        (["runs", "list"], "runs list: only prints (did you mean hw1-tui serve runs?)"),
        (
            ["runs", "tag=x"],
            "tag=x: is for a verb, the interface does not heed it (did you mean hw1-tui runs list tag=x?)",
        ),
        (["--questions", "x", "report"], "did you mean hw1-tui serve report --questions x?"),
        (["train", "--learning-rate", "fast"], "--learning-rate: 'fast' is not a number"),
        (["train", "--format", "jsonl"], "--format: is for --batch only"),
        (["--home", ""], "--home: is empty"),
    ],
)
def test_what_cannot_be_served_is_told_before_a_browser_is_opened(words, told, served, capsys):
    assert main(["serve", *words]) == 2
    assert told in capsys.readouterr().err
    assert served == []


def test_a_port_that_is_taken_is_told(served, capsys):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    assert f"--port: {port} is taken by another program" in capsys.readouterr().err


def test_without_the_extra_the_command_that_installs_it_is_told(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.delitem(sys.modules, "hw1_tui.batch.web_server", raising=False)
    assert main(["serve"]) == 2
    assert "pip install 'hw1-tui[web]'" in capsys.readouterr().err
