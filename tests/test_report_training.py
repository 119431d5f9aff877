"""The Report screen trains: what waits, what is stopped and goes on, and who else trains the same."""

import threading

import numpy as np

from engines import registry
from hw1_tui import data
from hw1_tui.app import Hw1App
from hw1_tui.read_options import DEFAULT_OPTIONS
from hw1_tui.report import reading
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs import planned_job
from hw1_tui.report.runs.plan import plan_runs
from hw1_tui.report.runs.planned_job import open_planned
from hw1_tui.report.runs.request import Request
from hw1_tui.report.runs.rerun import Rerun
from hw1_tui.runs import Store
from hw1_tui.runs.turn import is_taken, taken
from hw1_tui.settings import Given
from hw1_tui.training.control import Control
from hw1_tui.training.job import Job
from hw1_tui.training.recording import record
from hw1_tui.training.session import Session
from screens import report as report_screen
from screens.report import ReportScreen
from screens.state.agenda import Agenda
from screens.training import TrainingScreen
from tests.support.history import ended
from tests.support.report_screen import ALL, WIDE, about, questions, read
from tests.support.scripted_engine import ScriptedTrainer, app_of, until
from tests.support.settling import settle
from tests.support.told import told
from tests.support.typed_ahead import Late, burst


async def test_a_stopped_run_goes_on_and_nothing_is_trained_twice(script):
    app = app_of(script, "report")
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
        script.allow(3)
        await until(pilot, lambda: app.workspace.queue.runs[0].epochs_done == 3)
        await until(pilot, lambda: "1 trains or waits" in about(app) and "▶" in questions(app)["1.1"])
        await pilot.press("s")
        await pilot.pause()
        assert len(app.workspace.queue.runs) == 1
        await until(pilot, lambda: "What this needs trains or waits already" in told(app))
        assert "Everything that this needs is trained" not in told(app)
        await pilot.press("x")
        await until(pilot, lambda: app.workspace.queue.runs[0].ended)
        await until(pilot, lambda: "○" in questions(app)["1.1"])

        script.free = True
        await pilot.press("s")
        await until(pilot, lambda: "✓" in questions(app)["1.1"], 30)
        assert [(r.status, r.results["epochs_done"]) for r in Store().runs()] == [("finished", 100)]


async def test_a_run_that_is_being_stopped_is_gone_on_with_by_the_key_after_that(script, monkeypatch):
    """It was told that it trains already, and the key was lost."""
    measuring = Late(ScriptedTrainer.evaluate)
    app = app_of(script, "report")
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
        stopped = app.workspace.queue.runs[0]
        monkeypatch.setattr(ScriptedTrainer, "evaluate", lambda trainer, split: measuring(trainer, split))
        burst(app, "x", "s")
        await measuring.asked()
        await settle(pilot)
        assert stopped.is_live
        measuring.end()
        script.free = True
        await until(pilot, lambda: "✓" in questions(app)["1.1"], 30)
        assert "already" not in told(app)
        assert [(r.status, r.results["epochs_done"]) for r in Store().runs()] == [("finished", 100)]


async def test_what_is_stopped_while_the_history_is_read_does_not_come_back(script, monkeypatch):
    may_read = threading.Event()
    app = app_of(script, "report")
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
        monkeypatch.setattr(
            report_screen, "read_report", lambda *asked: may_read.wait(60) and reading.read_report(*asked)
        )
        await pilot.press("down", "s", "x")
        may_read.set()
        await until(pilot, lambda: app.workspace.queue.runs[0].ended)
        await settle(pilot)
        assert len(app.workspace.queue.runs) == 1


async def test_a_run_that_is_stopped_as_it_begins_is_no_other_programs_and_does_not_come_back(script, monkeypatch):
    """Before it trains it looks at the history, which may take a while: it is stopped then."""
    looks, may_look = [], threading.Event()

    def look(*asked):
        looks.append(asked)
        may_look.wait(60)
        return taken(*asked)

    monkeypatch.setattr(planned_job, "taken", look)
    app = app_of(script, "report")
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("s")
        await until(pilot, lambda: looks)
        await pilot.press("x")
        may_look.set()
        await until(pilot, lambda: not app.workspace.queue.runs)
        await settle(pilot)
        assert "Another program" not in told(app)
        assert len(looks) == 1
    assert Store().runs() == []


async def test_a_run_of_this_program_that_is_just_closing_is_no_other_programs(script):
    """It holds its lock for a moment after its end was told, and the history is read meanwhile."""
    app = app_of(script)
    request, homework = Request("blobs.npz"), read_questions()
    sets = {wanted: data.load(wanted[0]) for wanted in homework.wanted(request.data)}
    agenda = Agenda(homework)

    def look():
        agenda.take(reading.read_report(homework, request, sets, app.workspace.store, "1.1"))

    async with app.run_test() as pilot:
        look()
        assert list(agenda.put_on(app.workspace.queue, app.workspace.store, ("1.1",))) == []
        await until(pilot, lambda: app.workspace.queue.runs[0].started)
        look()
        assert agenda.others_train(("1.1",)) == []
        app.workspace.queue.stop_all()
        await until(pilot, lambda: not app.workspace.queue.live)


async def test_what_was_stopped_here_is_not_begun_again_by_who_waits_for_others(script):
    """One run of the question trains beside the report; both it and what the report added are stopped by hand."""
    app = app_of(script)
    request, homework, queue = Request("blobs.npz"), read_questions(), app.workspace.queue
    sets = {wanted: data.load(wanted[0]) for wanted in homework.wanted(request.data)}
    agenda, runs = Agenda(homework), request.runs(homework, sets, ("1.2",))

    def put_on(**how):
        agenda.take(reading.read_report(homework, request, sets, app.workspace.store, "1.2"))
        assert list(agenda.put_on(queue, app.workspace.store, ("1.2",), **how)) == []

    async with app.run_test() as pilot:
        beside = queue.submit(Job(runs[0].config))
        await until(pilot, lambda: beside.started)
        put_on()
        assert len(queue.pending) == len(runs) > 1
        assert agenda.new_others(queue) == ([runs[0].label], [])
        queue.stop_all()
        await until(pilot, lambda: not queue.pending)
        put_on(is_left=True)
        assert queue.pending == []
        put_on()
        assert len(queue.pending) == len(runs)
        queue.stop_all()
        await until(pilot, lambda: not queue.pending)


async def test_two_runs_that_few_epochs_make_one_are_not_told_to_be_trained_by_another_program(script):
    """The second passes over as it comes to its turn, for the first trains it."""
    app = app_of(script)
    request, homework, queue = Request("blobs.npz", epochs_scale=0.02), read_questions(), app.workspace.queue
    sets = {wanted: data.load(wanted[0]) for wanted in homework.wanted(request.data)}
    agenda, runs = Agenda(homework), request.runs(homework, sets, ("1.3",))
    alike = [run for run in runs if any(run is not one and run.training == one.training for one in runs)]
    assert len(alike) == 2
    async with app.run_test() as pilot:
        agenda.take(reading.read_report(homework, request, sets, app.workspace.store, "1.3"))
        assert list(agenda.put_on(queue, app.workspace.store, ("1.3",))) == []
        await until(pilot, lambda: queue.runs[0].started)
        queue.runs[runs.index(alike[1])].is_elsewhere = True
        assert agenda.passed_over()
        assert agenda.new_others(queue) == ([], [])
        queue.stop_all()
        await until(pilot, lambda: not queue.live)


async def test_everything_is_put_on_the_queue_once(script):
    app = app_of(script, "report")
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("a", "s", "s")
        await until(pilot, lambda: len(app.workspace.queue.runs) == ALL)
        assert np.unique([repr(sorted(run.config.as_dict().items())) for run in app.workspace.queue.runs]).size == ALL
        await until(pilot, lambda: {"▶", "·"} == {line.split()[0][-1] for line in questions(app).values()})
        await pilot.press("3")
        assert isinstance(app.screen, TrainingScreen)
        shown = app.screen.command()
        assert shown
        assert shown.line == app.workspace.queue.runs[0].config.command()  # what trains, not what waits
        await pilot.press("8", "x")
        await until(pilot, lambda: not app.workspace.queue.live)
        assert not app.workspace.queue.queued


async def test_stopping_twice_leaves_nothing_waiting_and_all_of_it_can_be_started_again(script):
    app = app_of(script, "report")
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("a", "s")
        await until(pilot, lambda: len(app.workspace.queue.runs) == ALL and app.workspace.queue.runs[0].started)
        await pilot.press("x", "x")
        assert isinstance(app.screen, ReportScreen)
        app.screen.action_stop()
        await until(pilot, lambda: not app.workspace.queue.live)
        await until(pilot, lambda: "train or wait" not in about(app))
        assert len(app.workspace.queue.runs) == 1
        await until(pilot, lambda: not any("▶" in line for line in questions(app).values()))
        await pilot.press("s")
        await until(pilot, lambda: len(app.workspace.queue.runs) == ALL + 1)
        assert len(app.workspace.queue.live) + len(app.workspace.queue.queued) == ALL


async def test_a_run_that_another_program_trains_is_waited_for_and_gone_on_with(tmp_path, blobs):
    dataset, control = data.load(str(blobs)), Control()
    run = plan_runs(read_questions().only(("1.1",)), str(blobs), {(str(blobs), DEFAULT_OPTIONS): dataset}, 1, 0.1)[0]
    events = record(Session(run.config, registry.get(run.config.engine), dataset, control), Store())
    next(events)
    app = Hw1App("report", [Given("data", str(blobs), "data")], report=Request(str(blobs), epochs_scale=0.1))
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("s")
        await until(pilot, lambda: "Another program trains 1.1a, which is waited for." in told(app), 60)
        assert app.workspace.queue.runs == []
        control.stop()
        assert ended(events).status == "stopped"
        await until(pilot, lambda: [record.status for record in Store().runs()] == ["finished"], 60)
        assert len(app.workspace.queue.runs) == 1


async def test_a_run_that_another_program_takes_at_the_same_instant_is_trained_once(blobs):
    """Between the look at the history and the start of a run another report may begin it: its result is taken."""
    dataset, store = data.load(str(blobs)), Store()
    run = plan_runs(read_questions().only(("1.1",)), str(blobs), {(str(blobs), DEFAULT_OPTIONS): dataset}, 1, 0.1)[0]
    app = Hw1App("report", [Given("data", str(blobs), "data")], report=Request(str(blobs), epochs_scale=0.1))
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        with taken(store, run.training) as turn:
            assert turn.is_ours
            await pilot.press("s")
            await until(pilot, lambda: "Another program trains 1.1a, which is waited for." in told(app), 60)
            assert app.workspace.queue.runs == []
            events = record(Session(run.config, registry.get(run.config.engine), dataset), store)
            assert ended(events).status == "finished"
        await until(pilot, lambda: "✓" in questions(app)["1.1"], 60)
    assert len(store.runs()) == 1


async def test_a_run_of_the_report_that_is_begun_late_looks_again_whether_it_is_needed(script):
    """What waits its turn may be trained meanwhile by another program: it is left alone, its turn goes to the next."""
    app = app_of(script, "report")
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("space", "down", "space")
        await until(pilot, lambda: "s trains those of the 2 marked questions" in about(app))
        await pilot.press("s")  # the questions of numpy's runs, which follow one another
        await until(pilot, lambda: len(app.workspace.queue.runs) > 3 and app.workspace.queue.runs[0].started)
        first, second, third = app.workspace.queue.runs[:3]
        dataset = app.workspace.library.get(second.config.data)
        assert dataset
        late = next(
            run
            for run in Request(second.config.data).runs(read_questions(), {second.config.wanted: dataset})
            if run.label == second.job.name
        )
        with taken(app.workspace.store, late.training) as turn:
            assert turn.is_ours
            app.workspace.queue.stop(first)
            await until(pilot, lambda: f"Another program trains {late.label}, which" in told(app))
            assert second not in app.workspace.queue.runs
            await until(pilot, lambda: third.started)
            await pilot.press("x", "x")
            await until(pilot, lambda: not app.workspace.queue.live)
        assert [record.config["epochs"] for record in app.workspace.store.runs()] == [100, 100]


def test_a_program_that_trains_a_run_for_the_screen_has_taken_it_for_reports(blobs):
    store, dataset = Store(), data.load(str(blobs))
    run = plan_runs(read_questions().only(("1.1",)), str(blobs), {(str(blobs), DEFAULT_OPTIONS): dataset}, 1, 0.1)[0]
    open_job, job = open_planned(run, store), Job(run.config)
    events = open_job(job, Control())
    assert not is_taken(store, run.training)
    next(events)
    assert is_taken(store, run.training)
    assert list(open_job(job, Control())) == []
    assert ended(events).status == "finished"
    assert not is_taken(store, run.training)
    assert list(open_job(job, Control())) == []


async def test_the_screen_trains_a_report_to_the_bits_of_batch_mode(blobs, tmp_path):
    """As many threads for each run, as many runs at once; else the last digits differ between the two front ends."""
    asked = Request(str(blobs), epochs_scale=0.02, questions=("2.2c",))
    app = Hw1App("report", report=asked)
    async with app.run_test(size=WIDE) as pilot:
        await read(pilot)
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.runs)
        await until(pilot, lambda: all(live.ended for live in app.workspace.queue.runs), 60)
    batch = Store(tmp_path / "batch")
    runs = asked.runs(read_questions(), {(str(blobs), DEFAULT_OPTIONS): data.load(str(blobs))}, asked.questions)
    list(Rerun(runs, batch, Control()).steps())
    measured: dict[str, list[object]] = {}
    for store in (Store(), batch):
        for kept in store.runs():
            lines = [{**epoch.values, "seconds": 0} for epoch in store.metrics(kept.run)]
            measured.setdefault(repr(sorted(kept.config.items())), []).append(lines)
    assert len(measured) > 1
    assert all(one == other for one, other in measured.values())
