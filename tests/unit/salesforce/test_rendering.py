"""Lines of an upload say what the rows say, cell by cell, with the org's ids; new profiles alone name their Contact."""

from __future__ import annotations

import csv
import datetime as dt
import io
import threading
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steward.errors import InputError
from steward.night import scored
from steward.salesforce import canonical, rendering, snapshot
from steward.salesforce.contract import PROFILE
from steward.salesforce.csv_files import NULL
from steward.salesforce.rendering import PARENT, Rendering
from steward.salesforce.snapshot import Manifest, Snapshot

NOW = dt.datetime(2026, 3, 15, 2, tzinfo=dt.UTC)
CONTACT, KNOWN, OTHER, THIRD, STRANGER, UNIT = (f"{16**15 * number + 1:016x}" for number in (1, 15, 9, 4, 7, 3))
PEOPLE = (CONTACT, KNOWN, OTHER, THIRD)
IDS = {**{key: f"00300000000000{number}AAA" for number, key in enumerate(PEOPLE)}, UNIT: "001000000000001AAA"}
TEXT = st.one_of(st.none(), st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=8),
                 st.sampled_from(["", " a,b ", 'says "x"', "two\r\nlines", "#N/A"]))  # fmt: skip
NUMBER = st.one_of(st.none(), st.floats(-1e6, 1e6), st.just(float("nan")))
KINDS = {"double": NUMBER, "currency": NUMBER, "boolean": st.booleans(), "date": st.sampled_from([None, "2026-03-01"])}
PLAIN = {"double": pa.float64(), "currency": pa.float64(), "boolean": pa.bool_()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("snapshot")
    objects = [*("Contact" for _ in PEOPLE), "Account"]
    pq.write_table(
        pa.table({"object": objects, "key": list(IDS), "id": list(IDS.values())}), snapshot.identity_path(folder)
    )
    pq.write_table(pa.table({"contact_id": [KNOWN, KNOWN]}), snapshot.table_path(folder, "profiles"))
    return Snapshot(folder, Manifest("s", "", NOW, NOW, "", "", "", {}, ()))


def rendered(made: Snapshot, *tables: pa.Table) -> tuple[dict[bool, list[dict[str, str]]], list[str]]:
    """Rows as the org would read them, by whether they are new; and the donors nobody knows."""
    found: dict[bool, list[dict[str, str]]] = {}
    with duckdb.connect() as db:
        making = Rendering(db, made)
        for one in making.lines(tables):
            text = io.StringIO("".join(one.text.to_pylist()), newline="")
            found.setdefault(one.new, []).extend(csv.DictReader(text, rendering.header(new=one.new)))
    return found, making.unknown


def table(*rows: dict[str, object]) -> pa.Table:
    fields = [one for one in PROFILE.fields if one.name in rows[0]]
    return pa.table(
        {one.name: pa.array([row[one.name] for row in rows], PLAIN.get(one.type, pa.string())) for one in fields}
    )


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_every_cell_is_the_canonical_text_of_its_value(made: Snapshot, data: st.DataObject) -> None:
    said = [one for one in PROFILE.fields if one.type != "datetime" and one.name not in scored.REFERENCES]
    donors = data.draw(st.lists(st.sampled_from([CONTACT, OTHER, THIRD]), min_size=1, unique=True))
    few = {one: data.draw(st.lists(KINDS.get(one.type, TEXT), min_size=1, max_size=2), one.name) for one in said}
    rows = [
        {"Donor_Id__c": donor, PARENT: donor, "Giving_Unit__c": UNIT}
        | {one.name: values[place % len(values)] for one, values in few.items()}
        for place, donor in enumerate(sorted(donors))
    ]
    found, unknown = rendered(made, table(*rows))
    expected = []
    for row in rows:
        sent = row | {name: IDS[row[name]] for name in scored.REFERENCES}
        texts = {one.name: canonical.render(one, sent.get(one.name)) or NULL for one in PROFILE.fields}
        expected.append({rendering.BY_RUN_ID if name == rendering.RUN else name: text for name, text in texts.items()})
    assert (found, unknown) == ({True: expected}, [])


def at_home(*homes: tuple[str, int]) -> pa.Table:
    return table(*({"Donor_Id__c": donor, PARENT: donor, "Giving_Unit__c": f"{unit:016x}"} for donor, unit in homes))


def test_a_profile_that_exists_does_not_name_its_contact_and_an_unknown_donor_is_told(made: Snapshot) -> None:
    said, unknown = rendered(made, at_home((KNOWN, 1), (CONTACT, 1), (STRANGER, 1)))
    assert unknown == [STRANGER]
    assert [one["Donor_Id__c"] for one in said[True]] == [IDS[CONTACT]]
    assert [one["Donor_Id__c"] for one in said[False]] == [IDS[KNOWN]]
    assert (PARENT in said[True][0], PARENT in said[False][0]) == (True, False)


def test_members_of_a_unit_stand_together(made: Snapshot) -> None:
    said, _ = rendered(made, at_home((CONTACT, 1), (THIRD, 2), (OTHER, 1)))
    assert [one["Donor_Id__c"] for one in said[True]] == [IDS[CONTACT], IDS[OTHER], IDS[THIRD]]


def test_tables_follow_each_other_in_their_order(made: Snapshot) -> None:
    tables = [at_home(one) for one in ((THIRD, 9), (STRANGER, 8), (OTHER, 7))]
    said, unknown = rendered(made, *tables)
    assert ([one["Donor_Id__c"] for one in said[True]], unknown) == ([IDS[THIRD], IDS[OTHER]], [STRANGER])


def test_only_two_tables_are_taken_in_beyond_the_one_that_is_sent(made: Snapshot) -> None:
    taken = [threading.Event() for _ in range(4)]

    def tables() -> Iterator[pa.Table]:
        for one in taken:
            one.set()
            yield at_home((THIRD, 1))

    with duckdb.connect() as db:
        for coming, _ in zip([2, 3, 3, 3], Rendering(db, made).lines(tables()), strict=True):
            assert taken[coming].wait(10)
            assert sum(one.is_set() for one in taken) == coming + 1


def test_what_the_table_before_said_is_not_said_again_where_it_differs(made: Snapshot) -> None:
    homes = [at_home((donor, 1)) for donor in PEOPLE]
    values = [pa.array([segment]).dictionary_encode() for segment in ("New donor", "New donor", "Loyal donor", None)]
    said, _ = rendered(made, *(home.append_column("Segment__c", one) for home, one in zip(homes, values, strict=True)))
    found = {row["Donor_Id__c"]: row["Segment__c"] for rows in said.values() for row in rows}
    assert [found[IDS[donor]] for donor in PEOPLE] == ["New donor", "New donor", "Loyal donor", NULL]


def test_what_people_write_and_what_the_contract_does_not_know_is_refused(made: Snapshot) -> None:
    for name, why in (("Override_Segment__c", "people write them"), ("Nickname__c", "not in the data contract")):
        with pytest.raises(InputError, match=f"{name} cannot be written: {why}"):
            rendered(made, at_home((CONTACT, 1)).append_column(name, pa.array(["x"])))
