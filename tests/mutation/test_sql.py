"""Mutation operators change the intended places of SQL, and nothing that only looks like a comparison."""

import pytest

from tests.mutation.sql import comparisons_inverted, refusals_left_out, statements_left_out, without_constraint


def inverted(sql):
    return [change.sql for change in comparisons_inverted(sql)]


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
def test_a_comparison_is_inverted_and_moved_to_its_boundary(sql, mutants):
    assert inverted(sql) == mutants


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
        "GET DIAGNOSTICS written = ROW_COUNT;",
    ],
)
def test_text_without_a_comparison_has_no_mutation(sql):
    assert inverted(sql) == []


def test_the_condition_of_an_update_is_inverted_and_its_assignments_are_not():
    assert inverted("UPDATE a SET b = 1 WHERE c = 2;") == ["UPDATE a SET b = 1 WHERE c <> 2;"]


def test_a_mutant_is_named_by_its_line():
    (change,) = comparisons_inverted("SELECT 1\n   WHERE  a = b\nFROM c")
    assert change.summary == "WHERE a [= > <>] b"


def test_each_statement_of_a_body_is_removed_unless_it_is_the_only_one():
    sql = "BEGIN SELECT RAISE(ABORT, 'a;b'); -- no; more\n SELECT 2; END"
    left = [" ".join(change.sql.split()) for change in statements_left_out(sql[5:-3], offset=5, sql=sql)]
    assert left == ["BEGIN -- no; more SELECT 2; END", "BEGIN SELECT RAISE(ABORT, 'a;b'); END"]
    assert list(statements_left_out(" SELECT 1; ", offset=0, sql=" SELECT 1; ")) == []


def test_a_refusal_is_removed_as_a_statement_and_as_a_value():
    sql = "PERFORM books_refuse('a'); x := coalesce(n, books_refuse('b')); THEN books_refuse('c') ELSE"
    assert [change.sql for change in refusals_left_out(sql)] == [
        sql.replace("PERFORM books_refuse('a')", "NULL"),
        sql.replace("books_refuse('b')", "NULL"),
        sql.replace("books_refuse('c')", "NULL"),
    ]


def test_a_constraint_is_removed_from_its_table():
    sql = "CREATE TABLE a (b, CONSTRAINT ck_b CHECK (b IN (')', 'x')), CONSTRAINT uq_b UNIQUE (b))"
    assert without_constraint(sql, "ck_b") == "CREATE TABLE a (b, CONSTRAINT uq_b UNIQUE (b))"
    assert without_constraint(sql, "uq_b") == "CREATE TABLE a (b, CONSTRAINT ck_b CHECK (b IN (')', 'x')))"
