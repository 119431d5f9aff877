"""Every registered engine that can be used here holds to the contract; those that cannot be loaded say so."""

import os
import sys
from typing import Any

import pytest

pytest.register_assert_rewrite("engines.testing")

from engines import registry  # noqa: E402
from engines.capability import holds_interpreter  # noqa: E402
from engines.contract import EngineError  # noqa: E402
from engines.testing import EngineContract  # noqa: E402
from hw1_tui.cli import main  # noqa: E402
from hw1_tui.settings.table import TABLE  # noqa: E402
from hw1_tui.signals import SIGNALS  # noqa: E402
from screens.state.draft import why_not  # noqa: E402

for _name in registry.names():
    _engine = registry.get(_name)
    if not _engine.unavailable():
        _title = f"Test{_name.title().replace('_', '')}Engine"
        globals()[_title] = type(_title, (EngineContract,), {"engine": _engine})


@pytest.mark.parametrize("name", registry.names())
def test_hyperparameters_stand_in_the_table_with_allowed_defaults(name):
    for spec in registry.get(name).models().values():
        for hyperparameter, default in spec.defaults.items():
            assert TABLE[hyperparameter].check(default) == default


def test_the_built_in_engines_need_no_package_metadata(plug_ins):
    plug_ins()
    assert registry.names() == ("numpy", "torch")
    assert registry.get("numpy").name == "numpy"


def test_a_plug_in_is_found_by_its_entry_point(plug_ins):
    plug_ins(("mine", "engines.numpy_engine:NumpyEngine"))
    assert registry.names() == ("numpy", "torch", "mine")
    assert "mlp" in registry.get("mine").models()


def test_a_plug_in_of_a_name_that_is_taken_is_said_to_be_passed_over(plug_ins, capsys):
    """Built-in engines win, and of two plug-ins the first; an engine that is listed twice is no stranger to itself."""
    mine, theirs = ("mine", "engines.numpy_engine:NumpyEngine"), ("mine", "theirs:Engine")
    plug_ins(mine, mine, theirs, ("numpy", "faster:Engine"), ("torch", "engines.torch_engine:TorchEngine"))
    assert main(["runs", "list"]) == 0
    told = capsys.readouterr().err
    assert "The engine 'numpy' of 'faster:Engine' is passed over: 'engines.numpy_engine:NumpyEngine' has" in told
    assert "The engine 'mine' of 'theirs:Engine' is passed over" in told
    assert told.count("passed over") == 2


@pytest.mark.parametrize("value", ["no_such_package:Engine", "engines.contract:no_such_name", "antigravity_not:x"])
def test_a_plug_in_that_cannot_be_loaded_says_why_and_harms_nobody(plug_ins, value):
    plug_ins(("broken", value))
    engine = registry.get("broken")
    assert value.partition(":")[0] in engine.unavailable()
    assert engine.models() == {}
    nothing: Any = None
    with pytest.raises(EngineError, match="broken"):
        engine.start(nothing, nothing, nothing)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise ImportError", "ImportError"),
        ("class Panic(BaseException): ...\nraise Panic('no driver')", "Panic: no driver"),
        ("Engine = dict", "'dict' object has no attribute 'unavailable'"),
        ("class Engine:\n  def unavailable(self): return None\n  def start(self): ...", "TypeError: it says neither"),
        ("class Engine:\n  def unavailable(self): return ''\n  def start(self): ...", "has no attribute 'models'"),
        (
            "class Engine:\n  def unavailable(self): return ''\n  def start(self): ...\n"
            "  def models(self): return {'mlp': 1}",
            "its model 'mlp' is no ModelSpec",
        ),
    ],
)
def test_a_plug_in_that_is_no_engine_says_so_wherever_it_is_asked_for(
    plug_ins, content, why, tmp_path, monkeypatch, capsys
):
    (tmp_path / "stranger.py").write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "stranger", raising=False)
    plug_ins(("strange", "stranger:Engine"))
    assert why in registry.get("strange").unavailable()
    assert why in why_not("strange", "mlp")
    for words in (["--engine", "strange"], ["--compare", "numpy,strange"]):
        assert main(["--batch", "train", "--data", "digits", *words]) == 2
        told = capsys.readouterr().err
        assert "the strange engine is not available: engine 'strange' (stranger:Engine) could not be loaded" in told
        assert why in told


_PLUG_IN = """
from engines.numpy_engine import NumpyEngine

class Around:
    def __init__(self, trainer): self._trainer = trainer
    def __getattr__(self, name): return getattr(self._trainer, name)
    def epoch(self):
        raise {raised}
        yield

class Engine(NumpyEngine):
    name = "strange"
    def start(self, *about): return Around(super().start(*about))
"""


@pytest.mark.parametrize(
    "raised", ["KeyError('weights')", "SystemExit(0)", "BaseException('a panic')", "KeyboardInterrupt('mine')"]
)
def test_an_engine_that_raises_while_it_trains_has_failed_and_says_so(plug_in, raised, capsys):
    """Guarantee: a failure is never silent; an engine that ends the program made it exit 0 without a word."""
    plug_in(_PLUG_IN.format(raised=raised))
    what = raised.partition("(")[2].strip("')")
    words = ["--batch", "train", "--data", "digits", "--model", "logistic_regression", "--epochs", "1"]
    for how in (["--engine", "strange"], ["--compare", "numpy,strange"]):
        assert main([*words, *how]) == 1
        told = capsys.readouterr().err
        assert "the strange engine failed" in told.lower()
        assert what in told


@pytest.mark.parametrize(
    "answer", ["return None", "return ['all']", "raise RuntimeError('no table')", "raise SystemExit"]
)
def test_an_engine_that_cannot_say_what_it_refuses_is_a_mistake(plug_in, answer, capsys):
    content = "from engines.numpy_engine import NumpyEngine\n\nclass Engine(NumpyEngine):\n"
    plug_in(content + f"    name = 'strange'\n    def refusals(self, config): {answer}\n")
    for how in (["--engine", "strange"], ["--compare", "numpy,strange"]):
        assert main(["--batch", "train", "--data", "digits", *how]) == 2
        assert "the strange engine failed: " in capsys.readouterr().err


def test_a_plug_in_that_interrupts_when_it_is_imported_could_not_be_loaded(plug_in, capsys):
    """Guarantee: only a signal ends the program without a word."""
    plug_in("raise KeyboardInterrupt('mine')")
    assert main(["--batch", "train", "--data", "digits", "--engine", "strange"]) == 2
    assert "could not be loaded: KeyboardInterrupt: mine" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_while_a_plug_in_is_imported_ends_the_program_and_is_no_fault_of_the_plug_in(plug_in, monkeypatch):
    monkeypatch.setattr(SIGNALS, "number", 0)  # and back: an interface in the same process would leave
    plug_in("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nimport json\n")
    assert main(["--batch", "train", "--data", "digits", "--engine", "strange"]) == 130


def test_a_plug_in_cannot_take_the_name_of_a_built_in_engine(plug_ins):
    plug_ins(("numpy", "no_such_package:Engine"))
    assert registry.get("numpy").unavailable() == ""


def test_an_unknown_engine_is_refused_with_those_there_are():
    with pytest.raises(EngineError, match=r"'jax'.*numpy, torch"):
        registry.get("jax")


def test_an_engine_that_does_not_say_it_holds_the_interpreter_does_not(plug_in):
    plug_in("from engines.torch_engine import TorchEngine\n\nclass Engine(TorchEngine): ...\n")
    assert holds_interpreter(registry.get("numpy"))
    assert not holds_interpreter(registry.get("strange"))
