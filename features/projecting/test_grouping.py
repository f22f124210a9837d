"""Effects that are sent together leave the rows that they would leave one after another."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from infrastructure.projecting.grouping import groups
from projections.shared import Effect, ReadModel


class Loose(ReadModel):
    """Three tables that know nothing of each other."""

    tables = "create table a (id int); CREATE TABLE b (id int);\ncreate table c (id int)"


class Tied(ReadModel):
    """Two tables of which one refers to the other."""

    tables = "create table a (id int primary key); create table b (id int references a)"


ReadModel.MODELS.pop("features", None)

STATEMENTS = ("insert into a", "update a", "insert into b", "delete from b", "insert into c select from a", "select 1")
TABLES = {sql: set("abc") & set(sql.split()) or set("abc") for sql in STATEMENTS}
effects = st.lists(st.sampled_from(STATEMENTS).map(lambda sql: Effect(sql, {})))


@given(effects)
def test_nothing_overtakes_what_shares_a_table_with_it(effects: list[Effect]) -> None:
    found = groups(Loose, effects)
    assert sorted(number for group in found for number in group) == list(range(len(effects)))
    assert all(len({effects[number].sql for number in group}) == 1 for group in found)
    by_table = defaultdict(list)
    for number in (number for group in found for number in group):
        for table in TABLES[effects[number].sql]:
            by_table[table].append(number)
    assert all(numbers == sorted(numbers) for numbers in by_table.values())


def test_effects_on_other_tables_do_not_keep_a_statement_apart() -> None:
    effects = [Effect("insert into a", {}), Effect("insert into b", {})] * 3
    assert groups(Loose, effects) == [[0, 2, 4], [1, 3, 5]]
    assert groups(Tied, effects) == [[0], [1], [2], [3], [4], [5]]
