"""A run's answers on a shelf: found by donor, complete or not there, the older ones gone."""

import datetime as dt
import threading
import time

import pandas as pd
import pytest
from steward.bootstrap import Steward, make_home
from steward.config import Settings
from steward.live import serving, serving_answers
from steward.night import scored
from steward.night.scored import Scored

UNIT = "u" * 16
KEYS = [f"{number:016x}" for number in range(1200)]


def row(key, **more):
    return {"contact_id": key, "unit_id": UNIT, "Segment__c": "Loyal donor", "Propensity_Score__c": 34.0, **more}


def concluded(runs, run_id="run", rows=None, months=3.0):
    units = pd.DataFrame({"unit_id": [UNIT], "months_since_last_gift": [months]})
    scored.save(runs, Scored(run_id, rows or [row(key) for key in KEYS], units))
    return runs / run_id


def prepared(tmp_path, folder):
    return serving_answers.prepared(serving_answers.place(tmp_path / "serving", folder), folder)


def test_a_donor_is_found_with_what_is_told_and_a_stranger_is_not(tmp_path):
    text = 'gave 4 gifts, "often" – größer'
    with prepared(
        tmp_path, concluded(tmp_path / "runs", rows=[row(KEYS[0], Reasons__c=text), row(KEYS[1])])
    ) as answers:
        found = answers.of([KEYS[0], "f" * 16])
    assert list(found) == [KEYS[0]]
    told = found[KEYS[0]]
    assert (told["Segment__c"], told["Propensity_Score__c"], told["Reasons__c"]) == ("Loyal donor", 34.0, text)
    assert told["months_since_last_gift"] == 3.0
    assert "Value_Reason__c" not in told  # what nobody asks the service for stays in the run's own files


def test_more_donors_than_one_look_up_takes_are_all_found(tmp_path):
    with prepared(tmp_path, concluded(tmp_path / "runs")) as answers:
        assert answers.of(KEYS).keys() == set(KEYS)
        assert answers.of([]) == {}


def test_two_who_ask_at_once_make_one_file(tmp_path, monkeypatch):
    folder, made, make = concluded(tmp_path / "runs"), [], serving_answers._make

    def slow(*given):
        made.append(given)
        time.sleep(0.2)
        make(*given)

    monkeypatch.setattr(serving_answers, "_make", slow)
    askers = [threading.Thread(target=lambda: prepared(tmp_path, folder).close()) for _ in range(3)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(made) == 1


def test_what_breaks_off_leaves_no_half_file(tmp_path):
    folder = concluded(tmp_path / "runs")
    (folder / scored.PROFILES / "part-00001.parquet").write_bytes(b"torn")
    with pytest.raises(Exception, match="part-00001"):
        prepared(tmp_path, folder)
    (folder / scored.PROFILES / "part-00001.parquet").unlink()
    with prepared(tmp_path, folder) as answers:
        assert answers.of(KEYS[:1])


def test_the_newest_file_is_kept_and_who_reads_the_old_one_reads_on(tmp_path):
    with prepared(tmp_path, concluded(tmp_path / "runs", "first")) as old:
        newer = concluded(tmp_path / "runs", "second", [row(KEYS[0], Segment__c="Lapsed")])
        with prepared(tmp_path, newer) as new:
            assert new.of(KEYS[:1])[KEYS[0]]["Segment__c"] == "Lapsed"
        assert old.of(KEYS[5:6])
    assert [path.name.split("-")[0] for path in (tmp_path / "serving").glob("*.db")] == ["second"]


def test_a_newer_run_is_taken_up_without_a_restart_also_under_the_same_name(tmp_path):
    moment = [dt.datetime(2026, 4, 14, 10, 30, tzinfo=dt.UTC)]
    settings = Settings(home=tmp_path / "home")
    make_home(settings)
    steward = Steward(settings, lambda: moment[0])
    steward.state.begin_run("run", trigger="Nightly", mode="Full", as_of="2026-04-14")
    steward.state.advance("run", "scored")
    service = serving.Serving(steward)
    for segment in ("Loyal donor", "Lapsed", "Occasional donor"):
        concluded(steward.home / "runs", rows=[row(KEYS[0], Segment__c=segment)])
        moment[0] += dt.timedelta(seconds=20)
        deadline = time.monotonic() + 10
        while service.answer(KEYS[:1])[0].get("segment") != segment:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    steward.close()
