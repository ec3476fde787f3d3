"""Which column is which: guessed where the header says it, asked for where it does not."""

import pytest
from steward.errors import InputError
from steward.imports.columns import choose


def test_the_usual_headers_are_recognised():
    columns = choose(["Gift Date", "Gift Amount", "Constituent ID", "Appeal", "Gift ID", "Note"], {})
    assert (columns.date, columns.amount, columns.donor) == ("Gift Date", "Gift Amount", "Constituent ID")
    assert (columns.campaign, columns.gift) == ("Appeal", "Gift ID")
    assert columns.shown().startswith("donor ← Constituent ID, date ← Gift Date")


def test_headers_of_shops_and_of_other_languages_are_recognised():
    columns = choose(["Donor Nr", "Datum", "Betrag"], {})
    assert (columns.donor, columns.date, columns.amount) == ("Donor Nr", "Datum", "Betrag")
    columns = choose(["user_id", "timestamp", "donation"], {})
    assert (columns.donor, columns.date, columns.amount) == ("user_id", "timestamp", "donation")


def test_a_column_is_told_by_its_words_where_only_one_can_be_meant():
    columns = choose(["CnBio_ID", "Gf_Date", "Gf_Amount", "Gf_Campaign", "Thank Date"], {})
    assert (columns.donor, columns.date, columns.amount) == ("CnBio_ID", "Gf_Date", "Gf_Amount")
    assert columns.campaign == "Gf_Campaign"
    columns = choose(["Patron Key", "Date of Gift", "Amount of Gift (USD)", "Pledged Gift Amount"], {})
    assert (columns.donor, columns.amount) == ("Patron Key", "Amount of Gift (USD)")
    with pytest.raises(InputError, match="No column for date"):
        choose(["Donor ID", "Date of Gift", "Payment Date (Gift)", "Amount"], {})


def test_a_chosen_column_is_not_guessed_for_something_else():
    columns = choose(["date", "amount", "donor", "event"], {"gift": "event"})
    assert (columns.gift, columns.campaign) == ("event", None)


def test_an_empty_choice_means_there_is_no_campaign():
    assert choose(["date", "amount", "donor", "event"], {"campaign": ""}).campaign is None


@pytest.mark.parametrize(
    ("header", "chosen", "says"),
    [
        (["when", "amount", "donor"], {}, "No column for date"),
        (["date", "amount", "donor"], {"donor": "who"}, "no such column"),
        (["date", "amount", "donor"], {"person": "donor"}, "there is no person"),
        (["date", "amount", "donor"], {"date": ""}, "--map date= is empty"),
        (["date", "amount", "donor", "date"], {}, "more than once"),
    ],
)
def test_an_unclear_header_is_refused_with_what_to_do(header, chosen, says):
    with pytest.raises(InputError, match=says) as refused:
        choose(header, chosen)
    assert refused.value.todo
