"""When something was, by the clock here."""

import time

import pytest

from hw1_tui.cli import main
from screens.widgets.number import moment
from tests.support.history import train

CREATED = "2026-11-23T20:30:00+00:00"


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC-30", "23 Nov"), ("UTC+30", "23 Nov"), ("UTC-24", "23 Nov"), ("UTC-23", "24 Nov")]
)
def test_a_zone_more_than_a_day_off_is_taken_for_utc(zone, day, monkeypatch, store, blobs, capsys):
    """No table, filter or list ends with a crash in a time zone that Python has no moments of."""
    train(store, blobs)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert moment(CREATED).startswith(day)
        for words in (["runs"], ["runs", "show", "last"], ["runs", "list", "created>2000"]):
            assert main(["--batch", *words, "--quiet"]) == 0, words
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "hw1-tui failed" not in capsys.readouterr().err
