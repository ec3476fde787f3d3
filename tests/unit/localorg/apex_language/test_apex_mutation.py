"""The tool that puts faults into Apex: it finds them where they can be, and tells which the tests notice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apex_world import org_in, use
from localorg.apex import mutation, process
from localorg.apex.sources import Source
from localorg.engine import Org

CODE = """public class Gifts {
    public static Integer count(List<Opportunity> gifts) {
        Integer found = 0;
        for (Opportunity gift : gifts) {
            if (gift.Amount > 0 && gift.Name != 'x > y') {
                found++;
            }
        }
        return found;
    }
}"""
TEST = """@IsTest class Gifts_TEST {{
    @IsTest static void counts() {{
        Assert.areEqual({expected}, Gifts.count(new List<Opportunity>{{
            new Opportunity(Name = 'a', Amount = 1), new Opportunity(Name = 'b', Amount = 0), new Opportunity(Name = 'c', Amount = 2)
        }}));
    }}
}}"""


def test_faults_are_put_where_code_is_and_not_into_texts() -> None:
    found = list(mutation.mutations(Source("class", "Gifts", CODE), {3, 4, 5, 6, 9}))

    assert {(one.line, one.kind) for one in found} == {
        (3, "number"), (5, "operator"), (5, "number"), (6, "operator"), (8, "only the first record"), (9, "nothing returned"),
    }  # fmt: skip
    assert all("'x > y'" in one.after for one in found if one.line == 5)
    assert mutation.applied(Source("class", "Gifts", CODE), found[0]).body.count("\n") == CODE.count("\n")


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    with org_in(tmp_path_factory.mktemp("apex-mutation")) as made:
        yield made


@pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")
def test_a_good_test_notices_and_a_weak_one_does_not(org: Org) -> None:
    def survivors(test: str) -> set[str]:
        use(org, Gifts=CODE, Gifts_TEST=test)
        laboratory = mutation.Laboratory(org)
        return {one.mutation.kind for one in laboratory.try_all(laboratory.mutations()) if one.survived}

    assert survivors(TEST.format(expected=2)) == set()
    assert "only the first record" in survivors(
        "@IsTest class Gifts_TEST { @IsTest static void runs() { Gifts.count(new List<Opportunity>{ new Opportunity(Amount = 1) }); } }"
    )


@pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")
def test_tests_that_fail_as_they_are_prove_nothing(org: Org) -> None:
    use(org, Gifts=CODE, Gifts_TEST=TEST.format(expected=3))

    with pytest.raises(ValueError, match="fails as it is"):
        mutation.Laboratory(org)
