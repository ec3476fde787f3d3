"""The whole import: file in, records out, every row accounted for, twice the same as once."""

import csv
import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from memory_org import MemoryOrg
from steward.errors import InputError
from steward.imports import columns, gifts, values
from steward.imports.plan import Options
from steward.imports.reading import GiftFile

GDQ = Path(__file__).resolve().parents[4] / "shared" / "data" / "gdq" / "donations.csv.gz"
TODAY = date(2026, 11, 22)
HISTORY = """donor,date,amount,campaign
d1,2020-05-01,25.00,Spring
d2,2020-05-02,10,Spring
d1,2021-05-01,"1,000.00",Gala
,2020-05-03,7,Spring
d1,2020-05-01,25.00,Spring
d3,2020-05-04,-5,Spring
"""


def run(path, org, rejected, chosen=None, again=False, **options):
    file = GiftFile(path)
    picked = columns.choose(file.header(), chosen or {})
    dates = values.DateReader(values.date_format(file.sample(picked.date)), TODAY)
    return gifts.import_gifts(file, picked, Options("test", dates, **options), org, rejected, again=again)


def read(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_text(HISTORY, encoding="utf-8")
    return path


def test_a_history_becomes_households_donors_campaigns_and_gifts(history, tmp_path):
    org = MemoryOrg()
    summary = run(history, org, tmp_path / "rejected.csv")
    assert {name: len(table) for name, table in org.records.items()} == {
        "Account": 2, "Contact": 2, "Campaign": 2, "Opportunity": 4,
    }  # fmt: skip
    household = org.records["Account"]["test:d:d1"]
    assert household["npe01__SYSTEM_AccountType__c"] == "Household Account"
    assert household["npe01__One2OneContact__c"] == "test:d:d1"
    spring = org.records["Campaign"]["test:c:Spring"]
    assert (spring["StartDate"], spring["EndDate"]) == ("2020-05-01", "2020-05-02")
    gala = next(gift for gift in org.records["Opportunity"].values() if gift.get("Campaign") == "test:c:Gala")
    assert (gala["Amount"], gala["CloseDate"], gala["StageName"]) == ("1000.00", "2021-05-01", "Closed Won")
    assert gala["npsp__Primary_Contact__c"] == gala["Account"] == "test:d:d1"
    assert (summary.rows, summary.gifts, summary.anonymous_skipped, summary.rejected) == (6, 4, 1, 1)
    assert summary.total == Decimal("1060.00")


def test_running_twice_writes_nothing_the_second_time(history, tmp_path):
    org = MemoryOrg()
    run(history, org, tmp_path / "rejected.csv")
    before = org.written
    summary = run(history, org, tmp_path / "rejected.csv")
    assert org.written == before
    assert "--again" in summary.lines()[-1]
    assert all(stage.sent == 0 for stage in summary.sent.values())


def test_a_longer_file_in_another_order_adds_only_what_is_new(history, tmp_path):
    org = MemoryOrg()
    run(history, org, tmp_path / "rejected.csv")
    header, *rows = HISTORY.splitlines()
    history.write_text("\n".join([header, "d9,2022-01-01,5,Gala", *reversed(rows)]) + "\n", encoding="utf-8")
    summary = run(history, org, tmp_path / "rejected.csv")
    assert {name: stage.sent for name, stage in summary.sent.items()} == {
        "households": 1, "donors": 1, "primary contacts": 1, "campaigns": 0, "gifts": 1,
    }  # fmt: skip


def test_an_import_that_was_cut_off_is_completed_by_the_next_one(history, tmp_path):
    org = MemoryOrg()
    file = GiftFile(history)
    whole = MemoryOrg()
    run(history, whole, tmp_path / "rejected.csv")
    org.records["Account"] = {
        key: {**row, "npe01__One2OneContact__c": ""} for key, row in whole.records["Account"].items()
    }
    run(file.path, org, tmp_path / "rejected.csv")
    assert org.records == whole.records


def test_again_writes_what_the_org_already_holds(history, tmp_path):
    org = MemoryOrg()
    run(history, org, tmp_path / "rejected.csv")
    assert run(history, org, tmp_path / "rejected.csv", again=True).sent["gifts"].sent == 4


def test_a_dry_run_says_the_same_and_writes_nothing(history, tmp_path):
    summary = run(history, None, tmp_path / "rejected.csv")
    assert (summary.gifts, summary.donors, summary.campaigns, summary.sent) == (4, 2, 2, {})
    assert summary.lines()[-1].startswith("Dry run")


def test_anonymous_gifts_can_go_to_one_account_without_a_person(history, tmp_path):
    org = MemoryOrg()
    run(history, org, tmp_path / "rejected.csv", anonymous="account")
    anonymous = [gift for gift in org.records["Opportunity"].values() if gift["Account"] == "test:d:"]
    assert len(anonymous) == 1
    assert "npsp__Primary_Contact__c" not in anonymous[0]
    assert org.records["Account"]["test:d:"]["npe01__SYSTEMIsIndividual__c"] == "false"
    again = run(history, org, tmp_path / "rejected.csv", anonymous="account")
    assert again.sent["households"].sent == 0


def test_gifts_without_a_campaign_are_written_without_one(tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_text("donor,date,amount,campaign\nd1,2020-05-01,5,\nd1,2020-05-02,6,Gala\n", encoding="utf-8")
    org = MemoryOrg()
    summary = run(path, org, tmp_path / "rejected.csv")
    assert (summary.refused, len(org.records["Opportunity"])) == (0, 2)


def test_the_orgs_reason_is_told_once_in_full(history, tmp_path):
    summary = run(history, MemoryOrg(refuse={"test:d:d2"}), tmp_path / "rejected.csv")
    assert summary.refusal == "FIELD_CUSTOM_VALIDATION_EXCEPTION: not this one"
    lines = summary.lines()
    assert "  1 × INVALID_FIELD, for example: Foreign key external ID: test:d:d2 not found" in lines
    assert json.loads(json.dumps(summary.as_dict(), default=str))["sent"]["gifts"]["reasons"] == {"INVALID_FIELD": 1}


def test_rejected_rows_come_back_with_number_reason_and_content(history, tmp_path):
    run(history, MemoryOrg(), tmp_path / "rejected.csv")
    (row,) = read(tmp_path / "rejected.csv")
    assert (row["row"], row["donor"], row["amount"]) == ("7", "d3", "-5")
    assert "above zero" in row["reason"]


def test_what_the_org_refuses_is_in_the_rejected_rows_too(history, tmp_path):
    org = MemoryOrg(refuse={"test:d:d2"})
    summary = run(history, org, tmp_path / "rejected.csv")
    rows = read(tmp_path / "rejected.csv")
    assert {row["row"] for row in rows} == {"7", "3"}
    assert "not found" in next(row for row in rows if row["row"] == "3")["reason"]
    assert summary.sent["gifts"].refused == 1
    assert len(org.records["Opportunity"]) == 3


def test_a_refused_campaign_without_refused_gifts_makes_no_file_of_rows(tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_text("donor,date,amount,campaign\nd1,2020-05-01,5,Gala\n", encoding="utf-8")
    org = MemoryOrg()
    run(path, org, tmp_path / "rejected.csv")
    org.refuse.add("test:c:Gala")
    summary = run(path, org, tmp_path / "rejected.csv", again=True)
    assert (summary.refused, summary.has_rejected_rows, (tmp_path / "rejected.csv").exists()) == (1, False, False)


def test_no_rejected_rows_leave_no_file(tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_text("donor,date,amount\nd1,2020-05-01,5\n", encoding="utf-8")
    run(path, MemoryOrg(), tmp_path / "rejected.csv")
    assert not (tmp_path / "rejected.csv").exists()


def test_a_gift_id_that_comes_twice_is_rejected_with_the_first_row(tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_text("gift id,donor,date,amount\n7,d1,2020-05-01,5\n7,d1,2020-05-01,5\n", encoding="utf-8")
    summary = run(path, MemoryOrg(), tmp_path / "rejected.csv")
    assert (summary.gifts, summary.rejected) == (1, 1)
    assert "already on row 2" in (tmp_path / "rejected.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_gzip_and_the_byte_order_mark_do_not_matter(delimiter, tmp_path):
    path = tmp_path / "gifts.csv.gz"
    text = "\ufeffdonor,date,amount\nd1,2020-05-01,5\n\nd2,2020-05-02,6\n".replace(",", delimiter)
    path.write_bytes(gzip.compress(text.encode()))
    assert run(path, None, tmp_path / "rejected.csv").gifts == 2


def test_rows_of_wrong_length_are_rejected_and_kept_whole(tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_text("donor,date,amount\nd1,2020-05-01\nd2,2020-05-02,6,more\nd3,2020-05-02,6\n", encoding="utf-8")
    summary = run(path, None, tmp_path / "rejected.csv")
    assert (summary.gifts, summary.rejected) == (1, 2)
    assert "d2,2020-05-02,6,more" in (tmp_path / "rejected.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no header"),
        (b'donor,date,amount\n"d1,2020-05-01,5\n', "line"),
        (gzip.compress(b"donor,date,amount\nd1,2020-05-01,5\n" * 5000)[:-20], "ends in the middle"),
    ],
)
def test_a_broken_file_is_refused_in_plain_words(content, says, tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        run(path, None, tmp_path / "rejected.csv")


@pytest.mark.skipif(not GDQ.exists(), reason="the real GDQ gifts are not beside the repository")
def test_every_real_gdq_gift_is_planned_or_left_out_as_anonymous(tmp_path):
    summary = run(GDQ, None, tmp_path / "rejected.csv")
    assert (summary.rows, summary.gifts + summary.anonymous_skipped, summary.rejected) == (156_954, 156_954, 0)
    assert summary.campaigns == 13
