-- The guards of the books on PostgreSQL. Statements are parted by a line that holds only "--;".
--
-- One function posts entries, as the owner of the tables; the web's role owns nothing and is granted nothing but
-- inserting an entry. The depth guards below stop accidents of the owner; the grants stop everybody else.

-- Raises the refusal of a rule by its name, where an expression is needed rather than a statement.
CREATE FUNCTION books_refuse(rule text) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the books refuse this: %', rule USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = rule;
END $$;
--;

CREATE FUNCTION books_refuse_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM books_refuse('books_append_only');
    RETURN NULL;
END $$;
--;

-- What an entry must be before it is written; the lines' own rules are constraints of the transfer.
CREATE FUNCTION books_check_reversals(bank bigint, entry_id bigint, kind text, reverses bigint, lines bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE first record;
BEGIN
    SELECT e.reverses, e.kind INTO first FROM entry e WHERE e.bank_id = bank AND e.id = books_check_reversals.reverses;
    IF NOT FOUND OR first.reverses IS NOT NULL OR first.kind <> books_check_reversals.kind THEN
        PERFORM books_refuse('reversal_mirrors');
    END IF;
    IF EXISTS (
        SELECT 1 FROM generate_subscripts(lines, 1) i
        WHERE (i > 1 AND lines[i][4] >= lines[i - 1][4]) OR NOT EXISTS (
            SELECT 1 FROM transfer t
            WHERE t.bank_id = bank AND t.entry_id = books_check_reversals.reverses AND t.line = lines[i][4]
              AND t.from_account_id = lines[i][2] AND t.to_account_id = lines[i][1] AND t.minutes = lines[i][3])
    ) THEN
        PERFORM books_refuse('reversal_mirrors');
    END IF;
    IF EXISTS (
        SELECT 1 FROM transfer t
        WHERE t.bank_id = bank AND t.reverses = books_check_reversals.reverses
          AND t.reverses_line IN (SELECT lines[i][4] FROM generate_subscripts(lines, 1) i)
    ) THEN
        PERFORM books_refuse('reversed_once');
    END IF;
END $$;
--;

CREATE FUNCTION books_post() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    e record;
    taken record;
    brought record;
    from_id bigint;
    to_id bigint;
    m bigint;
    helps bigint;
BEGIN
    SELECT n.bank_id, n.id, n.kind, n.reverses, n.lines, count(*) OVER () AS entries INTO e FROM new_entries n LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;  -- a replay: ON CONFLICT left it aside
    END IF;
    IF e.entries > 1 OR array_length(e.lines, 1) IS DISTINCT FROM 1 THEN
        PERFORM books_post_many(array_agg(n.bank_id), array_agg(n.id)) FROM new_entries n;
        RETURN NULL;
    END IF;
    -- One entry of one line, which is nearly every entry: no sets, two updates in the order of the ids.
    IF array_ndims(e.lines) <> 2 OR array_length(e.lines, 2) IS DISTINCT FROM (CASE WHEN e.reverses IS NULL THEN 3 ELSE 4 END) THEN
        PERFORM books_refuse('minutes_whole_and_positive');
    END IF;
    from_id := e.lines[1][1];
    to_id := e.lines[1][2];
    m := e.lines[1][3];
    IF from_id IS NULL OR to_id IS NULL OR m IS NULL THEN
        PERFORM books_refuse('minutes_whole_and_positive');
    END IF;
    IF e.kind IN ('exchange', 'activity') THEN helps := m; ELSE helps := 0; END IF;
    IF e.reverses IS NOT NULL THEN
        PERFORM books_check_reversals(e.bank_id, e.id, e.kind, e.reverses, e.lines);
    END IF;
    IF from_id < to_id THEN
        UPDATE account a SET balance = a.balance - m, number = a.number + 1,
            given = a.given - CASE WHEN e.reverses IS NULL THEN 0 ELSE helps END,
            received = a.received + CASE WHEN e.reverses IS NULL THEN helps ELSE 0 END
        WHERE a.bank_id = e.bank_id AND a.id = from_id RETURNING a.number, a.balance, a.given, a.received INTO taken;
    END IF;
    UPDATE account a SET balance = a.balance + m, number = a.number + 1,
        given = a.given + CASE WHEN e.reverses IS NULL THEN helps ELSE 0 END,
        received = a.received - CASE WHEN e.reverses IS NULL THEN 0 ELSE helps END
    WHERE a.bank_id = e.bank_id AND a.id = to_id RETURNING a.number, a.balance, a.given, a.received INTO brought;
    IF from_id >= to_id THEN
        UPDATE account a SET balance = a.balance - m, number = a.number + 1,
            given = a.given - CASE WHEN e.reverses IS NULL THEN 0 ELSE helps END,
            received = a.received + CASE WHEN e.reverses IS NULL THEN helps ELSE 0 END
        WHERE a.bank_id = e.bank_id AND a.id = from_id RETURNING a.number, a.balance, a.given, a.received INTO taken;
    END IF;
    IF taken.number IS NULL OR brought.number IS NULL THEN
        PERFORM books_refuse('account_exists');
    END IF;
    INSERT INTO transfer (bank_id, entry_id, line, from_account_id, from_number, to_account_id, to_number, minutes, reverses, reverses_line)
    VALUES (e.bank_id, e.id, 1, from_id, taken.number, to_id, brought.number, m, e.reverses, e.lines[1][4]);
    INSERT INTO posting (bank_id, account_id, number, entry_id, line, minutes, balance_after, given_after, received_after)
    VALUES (e.bank_id, from_id, taken.number, e.id, 1, -m, taken.balance, taken.given, taken.received),
           (e.bank_id, to_id, brought.number, e.id, 1, m, brought.balance, brought.given, brought.received);
    RETURN NULL;
END $$;
--;

-- Many lines or many entries: lock all accounts in the order of their ids, then write everything in one statement.
-- Two linked entries of two banks come this way too.
CREATE FUNCTION books_post_many(banks bigint[], ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e record;
BEGIN
    FOR e IN
        SELECT n.bank_id, n.id, n.kind, n.reverses, n.lines
        FROM unnest(banks, ids) AS k(bank_id, id) JOIN entry n USING (bank_id, id)
        WHERE n.reverses IS NOT NULL OR array_ndims(n.lines) IS DISTINCT FROM 2 OR array_length(n.lines, 2) IS DISTINCT FROM 3
           OR array_lower(n.lines, 1) <> 1 OR array_lower(n.lines, 2) <> 1
    LOOP
        IF array_length(e.lines, 1) IS NULL THEN
            PERFORM books_refuse('entry_has_lines');
        ELSIF e.reverses IS NULL OR array_ndims(e.lines) <> 2 OR array_length(e.lines, 2) IS DISTINCT FROM 4
           OR array_lower(e.lines, 1) <> 1 OR array_lower(e.lines, 2) <> 1 THEN
            PERFORM books_refuse('minutes_whole_and_positive');
        END IF;
        PERFORM books_check_reversals(e.bank_id, e.id, e.kind, e.reverses, e.lines);
    END LOOP;
    PERFORM 1 FROM account a WHERE (a.bank_id, a.id) IN (
        SELECT n.bank_id, u.account_id
        FROM unnest(banks, ids) AS k(bank_id, id) JOIN entry n USING (bank_id, id), LATERAL unnest(n.lines[:][1:2]) AS u(account_id))
    ORDER BY a.id, a.bank_id FOR NO KEY UPDATE;
    -- A new statement sees what stands now that the locks are held.
    WITH line AS (
        SELECT n.bank_id, n.id AS entry_id, n.kind IN ('exchange', 'activity') AS helps, n.reverses,
               u.line, u.from_id, u.to_id, u.minutes, u.mirrors
        FROM unnest(banks, ids) AS k(bank_id, id) JOIN entry n USING (bank_id, id),
             LATERAL unnest(n.lines[:][1:1], n.lines[:][2:2], n.lines[:][3:3], n.lines[:][4:4]) WITH ORDINALITY
                 AS u(from_id, to_id, minutes, mirrors, line)
    ), side AS (
        SELECT bank_id, entry_id, line, reverses, mirrors, 0 AS side, from_id AS account_id, -minutes AS minutes,
               CASE WHEN helps AND reverses IS NOT NULL THEN -minutes ELSE 0 END AS given,
               CASE WHEN helps AND reverses IS NULL THEN minutes ELSE 0 END AS received
        FROM line
        UNION ALL
        SELECT bank_id, entry_id, line, reverses, mirrors, 1, to_id, minutes,
               CASE WHEN helps AND reverses IS NULL THEN minutes ELSE 0 END,
               CASE WHEN helps AND reverses IS NOT NULL THEN -minutes ELSE 0 END
        FROM line
    ), posted AS MATERIALIZED (
        SELECT s.bank_id, s.entry_id, s.line, s.reverses, s.mirrors, s.side, s.account_id, s.minutes, a.floor,
               coalesce(a.number, books_refuse('account_exists')) + row_number() OVER w AS number,
               a.balance + (sum(s.minutes) OVER w)::bigint AS balance_after,
               a.given + (sum(s.given) OVER w)::bigint AS given_after,
               a.received + (sum(s.received) OVER w)::bigint AS received_after
        FROM side s LEFT JOIN account a ON a.bank_id = s.bank_id AND a.id = s.account_id
        WINDOW w AS (PARTITION BY s.bank_id, s.account_id ORDER BY s.entry_id, s.line, s.side)
    ), newest AS (
        SELECT DISTINCT ON (bank_id, account_id) bank_id, account_id, number, balance_after, given_after, received_after
        FROM posted ORDER BY bank_id, account_id, number DESC
    ), moved AS (
        UPDATE account a SET balance = n.balance_after, number = n.number, given = n.given_after, received = n.received_after
        FROM newest n WHERE a.bank_id = n.bank_id AND a.id = n.account_id
    ), noted AS (
        INSERT INTO posting (bank_id, account_id, number, entry_id, line, minutes, balance_after, given_after, received_after)
        SELECT bank_id, account_id, number, entry_id, line, minutes,
               CASE WHEN minutes < 0 AND balance_after < floor THEN books_refuse('floor_kept') ELSE balance_after END,
               given_after, received_after
        FROM posted
    )
    INSERT INTO transfer (bank_id, entry_id, line, from_account_id, from_number, to_account_id, to_number, minutes, reverses, reverses_line)
    -- The two sides of a line are grouped rather than joined, which would compare every row with every other.
    SELECT bank_id, entry_id, line, max(account_id) FILTER (WHERE side = 0), max(number) FILTER (WHERE side = 0),
           max(account_id) FILTER (WHERE side = 1), max(number) FILTER (WHERE side = 1),
           max(minutes) FILTER (WHERE side = 1), max(reverses), max(mirrors)
    FROM posted
    GROUP BY bank_id, entry_id, line;
END $$;
--;

CREATE TRIGGER entry_posts AFTER INSERT ON entry REFERENCING NEW TABLE AS new_entries
FOR EACH STATEMENT EXECUTE FUNCTION books_post();
--;

-- A limit change is numbered under the account's lock, whatever number it came with, and sets the floor.
CREATE FUNCTION books_number_limit_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM books_refuse('account_exists');
    END IF;
    SELECT coalesce(max(number), 0) + 1 INTO NEW.number FROM limit_change
    WHERE bank_id = NEW.bank_id AND account_id = NEW.account_id;
    RETURN NEW;
END $$;
--;

CREATE FUNCTION books_change_limit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE account SET floor = NEW.floor WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
    RETURN NULL;
END $$;
--;

CREATE TRIGGER limit_change_numbered BEFORE INSERT ON limit_change FOR EACH ROW EXECUTE FUNCTION books_number_limit_change();
--;

CREATE TRIGGER limit_change_sets_floor AFTER INSERT ON limit_change FOR EACH ROW EXECUTE FUNCTION books_change_limit();
--;

-- Locks accounts in the order of their ids and changes nothing: the one door that the web's role may call by name,
-- for deeds that have to read balances before they post.
CREATE FUNCTION books_lock_accounts(bank bigint, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM account a WHERE a.bank_id = bank AND a.id = ANY (ids) ORDER BY a.id FOR NO KEY UPDATE;
END $$;
--;

ALTER TABLE entry ADD CONSTRAINT ck_entry_day_entry_whole CHECK (isfinite(occurred_on) AND isfinite(recorded_at));
--;

CREATE TRIGGER account_starts_at_zero BEFORE INSERT ON account FOR EACH ROW
WHEN (NEW.balance <> 0 OR NEW.number <> 0 OR NEW.given <> 0 OR NEW.received <> 0 OR NEW.floor IS DISTINCT FROM 0)
EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER account_moved_by_posting BEFORE UPDATE ON account FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER transfer_written_by_entry BEFORE INSERT ON transfer FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER posting_written_by_entry BEFORE INSERT ON posting FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION books_refuse_change();
--;

-- Words may be blanked, with their salt, when a person is erased. Nothing else.
CREATE TRIGGER memo_only_blanked BEFORE UPDATE ON memo FOR EACH ROW
WHEN (NEW.words IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.bank_id <> OLD.bank_id OR NEW.entry_id <> OLD.entry_id)
EXECUTE FUNCTION books_refuse_change();
--;

CREATE FUNCTION books_take_memo() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.words IS NULL OR NOT EXISTS (
        SELECT 1 FROM entry WHERE bank_id = NEW.bank_id AND id = NEW.entry_id AND words_digest IS NOT NULL
    ) THEN
        PERFORM books_refuse('books_append_only');
    END IF;
    RETURN NEW;
END $$;
--;

CREATE TRIGGER memo_belongs_to_words BEFORE INSERT ON memo FOR EACH ROW EXECUTE FUNCTION books_take_memo();
--;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['entry', 'transfer', 'posting', 'limit_change', 'trail'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION books_refuse_change()', name || '_append_only', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['account', 'memo'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION books_refuse_change()', name || '_never_deleted', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['account', 'entry', 'memo', 'transfer', 'posting', 'limit_change', 'trail'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_change()', name || '_never_truncated', name);
    END LOOP;
END $$;
--;

-- The functions are doors of the owner: nobody calls them but their triggers.
REVOKE ALL ON FUNCTION books_refuse(text), books_check_reversals(bigint, bigint, text, bigint, bigint[]), books_post_many(bigint[], bigint[]),
    books_post(), books_number_limit_change(), books_change_limit(), books_take_memo(), books_lock_accounts(bigint, bigint[])
    FROM PUBLIC;
