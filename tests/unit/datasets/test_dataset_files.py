"""The generated files: every reference lands, every field is NPSP's, roll-ups say what the gifts say."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from localorg import schema as org_schema

from datasets import mapping

ROOT = Path(__file__).resolve().parents[3]
OURS = {("Contact", "AI_Opt_Out__c")}  # the package's own field
SOFT_ROLES = "('Matched Donor', 'Soft Credit', 'Household Member')"


@pytest.fixture(scope="session")
def tables(folder):
    """The files as tables of text in DuckDB."""
    connection = duckdb.connect()
    for path in folder.glob("*.csv"):
        connection.execute(
            f"CREATE VIEW {path.stem} AS SELECT * FROM read_csv('{path}', all_varchar = true, header = true)"
        )
    yield connection
    connection.close()


def rows(tables, sql):
    return tables.execute(sql).fetchall()


def generated(folder, hash_seed, seed):
    command = [sys.executable, "-m", "datasets", "generate", str(folder), "--as-of", "2026-11-01", "--contacts", "40"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    subprocess.run(
        [*command, "--seed", seed, "--years", "3"], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def test_the_same_seed_gives_the_same_bytes_in_any_process(tmp_path):
    first = generated(tmp_path / "a", "1", "7")
    assert first == generated(tmp_path / "b", "2", "7")
    assert first != generated(tmp_path / "c", "1", "8")


@pytest.mark.parametrize("step", mapping.read(), ids=lambda step: step.sobject)
def test_every_field_is_one_that_npsp_has_and_lets_write(step):
    sobject = org_schema.load().get(step.sobject)
    assert sobject is not None
    for name in (*step.fields, *(lookup.field for lookup in step.lookups)):
        if (step.sobject, name) in OURS:
            continue
        field = sobject.get(name)
        assert field is not None, f"{step.sobject}.{name}"
        assert field.createable, f"{step.sobject}.{name}"


@pytest.mark.parametrize("step", mapping.read(), ids=lambda step: step.sobject)
def test_restricted_picklists_and_lengths_are_kept(step, tables):
    sobject = org_schema.load().get(step.sobject)
    for name, column in step.fields.items():
        field = sobject.get(name)
        if field is None or name == "RecordTypeId":
            continue
        values = {value for (value,) in rows(tables, f'SELECT DISTINCT "{column}" FROM {step.table}') if value}
        if field.restricted:
            assert values <= {one.value for one in field.picklist}, f"{step.sobject}.{name}"
        if field.type == "string" and field.length:
            assert max(map(len, values), default=0) <= field.length, f"{step.sobject}.{name}"


@pytest.mark.parametrize("step", mapping.read(), ids=lambda step: step.sobject)
def test_the_mapping_takes_every_column_but_dates_of_creation(step, folder):
    header = (folder / f"{step.table}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    mapped = {*step.fields.values(), *(lookup.column for lookup in step.lookups)}
    assert set(header) - mapped - {"id"} <= {"CreatedDate", "FirstRespondedDate"}
    assert mapped <= set(header)


@pytest.mark.parametrize("step", mapping.read(), ids=lambda step: step.sobject)
def test_every_reference_points_to_a_row(step, tables):
    for lookup in step.lookups:
        lost = rows(
            tables,
            f"SELECT count(*) FROM {step.table} AS child LEFT JOIN {lookup.table} AS parent "
            f'ON child."{lookup.column}" = parent.id WHERE child."{lookup.column}" IS NOT NULL AND parent.id IS NULL',
        )
        assert lost == [(0,)], f"{step.table}.{lookup.column}"


def test_loading_order_puts_parents_first():
    seen = set()
    for step in mapping.read():
        seen.add(step.table)
        assert all(lookup.later or lookup.table in seen for lookup in step.lookups), step.sobject


def test_account_rollups_are_the_sums_of_won_gifts(tables):
    wrong = """
        WITH won AS (SELECT AccountId, Amount::DECIMAL(18,2) AS amount, CloseDate FROM Opportunity
                     WHERE StageName IN ('Closed Won', 'Posted', 'Awarded', 'In-Kind Received')),
        truth AS (SELECT AccountId, sum(amount) AS total, count(*) AS gifts, min(CloseDate) AS first, max(CloseDate) AS last,
                         max(amount) AS largest, sum(amount) FILTER (CloseDate[:4] = '2026') AS year
                  FROM won GROUP BY AccountId)
        SELECT a.id FROM Account a LEFT JOIN truth t ON t.AccountId = a.id
        WHERE a.npo02__TotalOppAmount__c::DECIMAL(18,2) <> coalesce(t.total, 0)
           OR a.npo02__NumberOfClosedOpps__c::INT <> coalesce(t.gifts, 0)
           OR a.npo02__LargestAmount__c::DECIMAL(18,2) <> coalesce(t.largest, 0)
           OR a.npo02__OppAmountThisYear__c::DECIMAL(18,2) <> coalesce(t.year, 0)
           OR a.npo02__FirstCloseDate__c IS DISTINCT FROM t.first OR a.npo02__LastCloseDate__c IS DISTINCT FROM t.last"""
    assert rows(tables, wrong) == []
    assert rows(tables, "SELECT count(*) > 50 FROM Account WHERE npo02__TotalOppAmount__c::DOUBLE > 0") == [(True,)]


def test_contact_hard_credit_counts_only_household_gifts_of_the_primary_contact(tables):
    wrong = """
        WITH truth AS (SELECT o.npsp__Primary_Contact__c AS contact, sum(o.Amount::DECIMAL(18,2)) AS total, count(*) AS gifts
                       FROM Opportunity o JOIN Account a ON a.id = o.AccountId AND a.npe01__SYSTEMIsIndividual__c = '1'
                       WHERE StageName IN ('Closed Won', 'Posted', 'Awarded', 'In-Kind Received') GROUP BY 1)
        SELECT c.id FROM Contact c LEFT JOIN truth t ON t.contact = c.id
        WHERE c.npo02__TotalOppAmount__c::DECIMAL(18,2) <> coalesce(t.total, 0)
           OR c.npo02__NumberOfClosedOpps__c::INT <> coalesce(t.gifts, 0)"""
    assert rows(tables, wrong) == []


def test_contact_soft_credit_follows_roles_and_partial_amounts(tables):
    wrong = f"""
        WITH credits AS (
            SELECT r.ContactId AS contact, coalesce(p.npsp__Amount__c, o.Amount)::DECIMAL(18,2) AS amount
            FROM OpportunityContactRole r JOIN Opportunity o ON o.id = r.OpportunityId JOIN Account a ON a.id = o.AccountId
            LEFT JOIN npsp__Partial_Soft_Credit__c p ON p.npsp__Opportunity__c = o.id AND p.npsp__Contact__c = r.ContactId
            WHERE r.Role IN {SOFT_ROLES} AND (r.IsPrimary = '0' OR a.npe01__SYSTEMIsIndividual__c = '0')
              AND StageName IN ('Closed Won', 'Posted', 'Awarded', 'In-Kind Received')),
        truth AS (SELECT contact, sum(amount) AS total, count(*) AS gifts FROM credits GROUP BY 1)
        SELECT c.id FROM Contact c LEFT JOIN truth t ON t.contact = c.id
        WHERE c.npo02__Soft_Credit_Total__c::DECIMAL(18,2) IS DISTINCT FROM t.total
           OR c.npsp__Number_of_Soft_Credits__c::INT IS DISTINCT FROM t.gifts"""
    assert rows(tables, wrong) == []
    assert rows(tables, "SELECT count(*) > 0 FROM npsp__Partial_Soft_Credit__c") == [(True,)]


def test_partial_soft_credits_name_the_role_they_override(tables):
    found = rows(
        tables,
        "SELECT count(*), count(*) FILTER (r.ContactId = p.npsp__Contact__c AND r.OpportunityId = p.npsp__Opportunity__c) "
        "FROM npsp__Partial_Soft_Credit__c p JOIN OpportunityContactRole r ON r.id = p.npsp__Contact_Role_ID__c",
    )
    assert found[0][0] == found[0][1] > 0


def test_a_fund_gift_has_hard_credit_at_the_fund_and_soft_credit_at_the_household(tables):
    found = rows(
        tables,
        "SELECT DISTINCT fund.npe01__SYSTEMIsIndividual__c, home.npe01__SYSTEMIsIndividual__c "
        "FROM npsp__Account_Soft_Credit__c s JOIN Opportunity o ON o.id = s.npsp__Opportunity__c "
        "JOIN Account fund ON fund.id = o.AccountId JOIN Account home ON home.id = s.npsp__Account__c",
    )
    assert found == [("0", "1")]
