"""What the migrations make: every table, key, index, trigger, view and function, each with a digest of its definition.

`made/` has one list per database, written by `make schema`: a line is a digest and the name of an object. A database is
compared with the list of its kind, so that a guard that somebody removed, changed, disabled or added is named.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection

_LISTS = Path(__file__).parent / "made"
_DIGEST_LETTERS = 16
_TEXT_CAST = re.compile(r"::(character varying|text)(\(\d+\))?(\[\])?")
_SINGLE = re.compile(r"\(('[^']*'|[\w.]+|ARRAY\[[^\]()]*\])\)")
#: Objects whose expressions PostgreSQL writes otherwise after a restore.
_RESTORED_OTHERWISE = ("constraint ", "index ", "column ", "trigger ")
#: Statistics of ANALYZE are no guard, and constraints written in a table are in its text.
_SQLITE = """
SELECT type || ' ' || CASE WHEN name = tbl_name THEN '' ELSE tbl_name || '.' END || name, sql
FROM sqlite_master
WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version' AND NOT (type = 'table' AND name GLOB 'sqlite_stat[1-4]')
"""
#: Without what belongs to an extension. Texts are those that the server itself writes of an object; a function's is
#: its source as it was written. Constraints of NOT NULL are columns here, since only PostgreSQL 18 lists them.
_POSTGRESQL = """
WITH own AS (
    SELECT c.oid, c.relname, c.relkind, c.relrowsecurity FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
      AND NOT EXISTS (
          SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
)
SELECT CASE relkind WHEN 'r' THEN 'table ' WHEN 'v' THEN 'view ' ELSE 'relation ' END || relname,
    concat_ws(' ', relkind, relrowsecurity, pg_table_is_visible(oid),
        CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)
FROM own WHERE relkind NOT IN ('i', 'I')
UNION ALL
SELECT 'column ' || own.relname || '.' || a.attname,
    concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attidentity,
        (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum))
FROM own JOIN pg_attribute a ON a.attrelid = own.oid
WHERE own.relkind NOT IN ('i', 'I', 'S') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'index ' || t.relname || '.' || own.relname, concat_ws(' ', pg_get_indexdef(own.oid), i.indisvalid, i.indislive)
FROM own JOIN pg_index i ON i.indexrelid = own.oid JOIN pg_class t ON t.oid = i.indrelid
UNION ALL
SELECT 'constraint ' || coalesce(own.relname, t.typname) || '.' || k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k LEFT JOIN own ON own.oid = k.conrelid
LEFT JOIN pg_type t ON t.oid = k.contypid AND t.typnamespace = 'public'::regnamespace
WHERE k.contype <> 'n' AND coalesce(own.oid, t.oid) IS NOT NULL
UNION ALL
SELECT 'domain ' || typname, concat_ws(' ', format_type(typbasetype, typtypmod), typnotnull, typdefault)
FROM pg_type WHERE typtype = 'd' AND typnamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger ' || own.relname || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
FROM own JOIN pg_trigger t ON t.tgrelid = own.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'disabled key ' || own.relname || '.' || t.tgname, t.tgenabled::text
FROM own JOIN pg_trigger t ON t.tgrelid = own.oid WHERE t.tgisinternal AND t.tgenabled <> 'O'
UNION ALL
SELECT 'rule ' || own.relname || '.' || r.rulename, pg_get_ruledef(r.oid)
FROM own JOIN pg_rewrite r ON r.ev_class = own.oid WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'policy ' || own.relname || '.' || p.polname, pg_get_expr(p.polqual, p.polrelid)
FROM own JOIN pg_policy p ON p.polrelid = own.oid
UNION ALL
SELECT 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
    concat_ws(' ', l.lanname, pg_get_function_result(p.oid), p.prosecdef, p.provolatile, p.proisstrict,
        p.proconfig::text, p.prosrc)
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'setting session_replication_role', setting FROM pg_settings WHERE name = 'session_replication_role'
"""


def read_made(connection: Connection) -> Mapping[str, str]:
    """Return {name of an object: digest of its definition} of the whole database, without Alembic's own table."""
    query = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    rows = ((name, definition or "") for name, definition in connection.exec_driver_sql(query))
    return {name: _digest(_plain(text) if name.startswith(_RESTORED_OTHERWISE) else text) for name, text in rows}


@lru_cache(maxsize=2)
def list_made(dialect: str) -> Mapping[str, str]:
    """Return the same mapping as the migrations make it on this kind of database."""
    lines = (_LISTS / f"{dialect}.txt").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _space, name in (line.partition(" ") for line in lines)}


def write_made(connection: Connection) -> None:
    """Write the list of a database that was just migrated."""
    rows = (f"{digest} {name}\n" for name, digest in sorted(read_made(connection).items()))
    (_LISTS / f"{connection.dialect.name}.txt").write_text("".join(rows), encoding="utf-8")


def differences(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield (name of an object, what is wrong) for each that is not as the migrations make it."""
    current, made = read_made(connection), list_made(connection.dialect.name)
    for name in sorted(current.keys() | made.keys()):
        if name not in current:
            yield name, "it is missing"
        elif name not in made:
            yield name, "it is none of ours"
        elif current[name] != made[name]:
            yield name, "it is not as we made it"


def _digest(definition: str) -> str:
    return hashlib.sha256(definition.encode()).hexdigest()[:_DIGEST_LETTERS]


def _plain(expression: str) -> str:
    """Return a constraint of PostgreSQL without casts of texts, and without parentheses around single values.

    The server writes them otherwise once a constraint was dumped and restored.
    """
    plain, before = _TEXT_CAST.sub("", expression), ""
    while plain != before:
        plain, before = _SINGLE.sub(r"\1", plain), plain
    return plain
