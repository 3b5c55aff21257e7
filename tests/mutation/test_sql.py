"""The wrongs that are done to guards are the ones that are meant, and nothing that only looks like a comparison."""

import pytest

from tests.mutation.sql import comparisons_turned, refusals_left_out, statements_left_out, without_constraint


def turned(sql):
    return [change.sql for change in comparisons_turned(sql)]


@pytest.mark.parametrize(
    ("sql", "mutants"),
    [
        ("a = b", ["a <> b"]),
        ("a <> b", ["a = b"]),
        ("a < b", ["a >= b", "a <= b"]),
        ("a >= b", ["a < b", "a > b"]),
        ("a IS NOT b", ["a IS b"]),
        ("a IS b", ["a IS NOT b"]),
        ("a IS NOT NULL", ["a IS NULL"]),
        ("a IS DISTINCT FROM b", ["a IS NOT DISTINCT FROM b"]),
        ("NOT EXISTS (x)", ["EXISTS (x)"]),
        ("EXISTS (x)", ["NOT EXISTS (x)"]),
        ("a NOT IN (1)", ["a IN (1)"]),
        ("a NOT BETWEEN 0 AND b", ["a BETWEEN 0 AND b"]),
        ("a OR b", ["a AND b"]),
        ("NOT json_valid(a)", [" json_valid(a)"]),
        ("IF NOT FOUND", ["IF FOUND"]),
    ],
)
def test_a_comparison_is_turned_round_or_moved_by_one(sql, mutants):
    assert turned(sql) == mutants


@pytest.mark.parametrize(
    "sql",
    [
        "a := b",
        "-- a = b\n",
        "'a = b AND c'",
        "lines ->> 3",
        "a::bigint",
        "FOR e IN SELECT",
        "UPDATE account SET balance = 5, number = 7",
        "RAISE EXCEPTION 'x' USING ERRCODE = 'y', CONSTRAINT = rule",
    ],
)
def test_what_compares_nothing_stays_as_it_is(sql):
    assert turned(sql) == []


def test_a_condition_of_an_update_is_turned_though_what_it_sets_is_not():
    assert turned("UPDATE a SET b = 1 WHERE c = 2;") == ["UPDATE a SET b = 1 WHERE c <> 2;"]


def test_a_mutant_is_named_by_its_line():
    (change,) = comparisons_turned("SELECT 1\n   WHERE  a = b\nFROM c")
    assert change.said == "WHERE a [= > <>] b"


def test_each_statement_of_a_body_is_left_out_and_never_the_last_that_remains():
    sql = "BEGIN SELECT RAISE(ABORT, 'a;b'); -- no; more\n SELECT 2; END"
    left = [" ".join(change.sql.split()) for change in statements_left_out(sql[5:-3], offset=5, sql=sql)]
    assert left == ["BEGIN -- no; more SELECT 2; END", "BEGIN SELECT RAISE(ABORT, 'a;b'); END"]
    assert list(statements_left_out(" SELECT 1; ", offset=0, sql=" SELECT 1; ")) == []


def test_what_a_function_refuses_is_left_out_as_a_step_and_as_a_value():
    sql = "PERFORM books_refuse('a'); x := coalesce(n, books_refuse('b')); THEN books_refuse('c') ELSE"
    assert [change.sql for change in refusals_left_out(sql)] == [
        sql.replace("PERFORM books_refuse('a')", "NULL"),
        sql.replace("books_refuse('b')", "NULL"),
        sql.replace("books_refuse('c')", "NULL"),
    ]


def test_a_constraint_is_left_out_of_its_table():
    sql = "CREATE TABLE a (b, CONSTRAINT ck_b CHECK (b IN (')', 'x')), CONSTRAINT uq_b UNIQUE (b))"
    assert without_constraint(sql, "ck_b") == "CREATE TABLE a (b, CONSTRAINT uq_b UNIQUE (b))"
    assert without_constraint(sql, "uq_b") == "CREATE TABLE a (b, CONSTRAINT ck_b CHECK (b IN (')', 'x')))"
