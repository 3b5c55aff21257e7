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

-- entry --------------------------------------------------------------------------------------------------------------

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

-- A hold is resolved by an entry: its own deed's, which takes from the account that it is on, and no reversal.
-- Only the functions below call it, as the owner and on their path.
CREATE FUNCTION books_resolve_hold(bank bigint, hold_id bigint, entry_deed text, takes_from bigint[], reverses bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE hold h SET resolved_at = at
    WHERE h.bank_id = bank AND h.id = hold_id AND h.resolved_at IS NULL AND h.deed = entry_deed AND h.account_id = ANY (takes_from);
    IF NOT FOUND OR reverses IS NOT NULL THEN
        PERFORM books_refuse('hold_resolved_once');
    END IF;
END $$;
--;

-- Many lines or many entries: lock all accounts in the order of their ids, then write everything in one statement.
-- Two linked entries of two banks come this way too. A plan made for few entries is not kept for many.
CREATE FUNCTION books_post_many(entries entry[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE e record;
BEGIN
    FOR e IN
        SELECT n.bank_id, n.id, n.kind, n.reverses, n.lines FROM unnest(entries) n
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
    PERFORM 1 FROM account a JOIN (
        SELECT DISTINCT n.bank_id, u.account_id FROM unnest(entries) n, LATERAL unnest(n.lines[:][1:2]) AS u(account_id)
    ) AS named ON a.bank_id = named.bank_id AND a.id = named.account_id
    ORDER BY a.id, a.bank_id FOR NO KEY UPDATE OF a;
    PERFORM books_resolve_hold(n.bank_id, n.resolves, n.deed, ARRAY(SELECT unnest(n.lines[:][1:1])), n.reverses, n.recorded_at)
    FROM unnest(entries) n WHERE n.resolves IS NOT NULL;
    -- A new statement sees what stands now that the locks are held.
    WITH line AS (
        SELECT n.bank_id, n.id AS entry_id, n.kind IN ('exchange', 'activity') AS helps, n.reverses,
               u.line, u.from_id, u.to_id, u.minutes, u.mirrors
        FROM unnest(entries) n,
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
        SELECT s.bank_id, s.entry_id, s.line, s.reverses, s.mirrors, s.side, s.account_id, s.minutes, a.floor + a.held AS lowest, a.closed_at,
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
               CASE WHEN closed_at IS NOT NULL THEN books_refuse('account_open')
                    WHEN minutes < 0 AND balance_after < lowest THEN books_refuse('floor_kept') ELSE balance_after END,
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
    SELECT n.bank_id, n.id, n.kind, n.reverses, n.resolves, n.deed, n.recorded_at, n.lines, count(*) OVER () AS entries INTO e FROM new_entries n LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;  -- a replay: ON CONFLICT left it aside
    END IF;
    IF e.entries > 1 OR array_length(e.lines, 1) IS DISTINCT FROM 1 THEN
        PERFORM books_post_many(array_agg(n::entry)) FROM new_entries n;
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
    IF e.resolves IS NOT NULL THEN
        IF to_id < from_id THEN  -- resolving locks the account that hours leave, and nobody takes that lock before a lesser id's
            PERFORM 1 FROM account a WHERE a.bank_id = e.bank_id AND a.id = to_id FOR NO KEY UPDATE;
        END IF;
        PERFORM books_resolve_hold(e.bank_id, e.resolves, e.deed, ARRAY[from_id], e.reverses, e.recorded_at);
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

CREATE TRIGGER entry_posts AFTER INSERT ON entry REFERENCING NEW TABLE AS new_entries
FOR EACH STATEMENT EXECUTE FUNCTION books_post();
--;

ALTER TABLE entry ADD CONSTRAINT ck_entry_day_entry_whole CHECK (isfinite(occurred_on) AND isfinite(recorded_at));
--;

-- transfer -----------------------------------------------------------------------------------------------------------

CREATE TRIGGER transfer_written_by_entry BEFORE INSERT ON transfer FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION books_refuse_change();
--;

-- posting ------------------------------------------------------------------------------------------------------------

CREATE TRIGGER posting_written_by_entry BEFORE INSERT ON posting FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION books_refuse_change();
--;

-- account ------------------------------------------------------------------------------------------------------------

-- Locks accounts in the order of their ids and changes nothing: the one door that the web's role may call by name,
-- for deeds that have to read balances before they post.
CREATE FUNCTION books_lock_accounts(bank bigint, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM account a WHERE a.bank_id = bank AND a.id = ANY (ids) ORDER BY a.id FOR NO KEY UPDATE;
END $$;
--;

CREATE TRIGGER account_starts_at_zero BEFORE INSERT ON account FOR EACH ROW
WHEN (NEW.balance <> 0 OR NEW.number <> 0 OR NEW.given <> 0 OR NEW.received <> 0 OR NEW.floor IS DISTINCT FROM 0)
EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER account_moved_by_posting BEFORE UPDATE ON account FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER account_holds_nothing_at_first BEFORE INSERT ON account FOR EACH ROW
WHEN (NEW.held <> 0) EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER account_open_at_first BEFORE INSERT ON account FOR EACH ROW
WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION books_refuse_change();
--;

-- limit_change -------------------------------------------------------------------------------------------------------

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

-- memo ---------------------------------------------------------------------------------------------------------------

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

-- hold ---------------------------------------------------------------------------------------------------------------

CREATE FUNCTION books_place_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE account SET held = held + NEW.minutes WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
    RETURN NULL;
END $$;
--;

CREATE FUNCTION books_release_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE account SET held = held - NEW.minutes WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
    RETURN NULL;
END $$;
--;

CREATE TRIGGER hold_placed_open BEFORE INSERT ON hold FOR EACH ROW
WHEN (NEW.resolved_at IS NOT NULL) EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER hold_placed AFTER INSERT ON hold FOR EACH ROW EXECUTE FUNCTION books_place_hold();
--;

-- Resolved once, and nothing else of it ever changes.
CREATE TRIGGER hold_resolved_once BEFORE UPDATE ON hold FOR EACH ROW
WHEN (OLD.resolved_at IS NOT NULL OR NEW.resolved_at IS NULL
    OR (NEW.bank_id, NEW.id, NEW.account_id, NEW.minutes, NEW.unagreed_minutes, NEW.deed, NEW.placed_at)
       IS DISTINCT FROM (OLD.bank_id, OLD.id, OLD.account_id, OLD.minutes, OLD.unagreed_minutes, OLD.deed, OLD.placed_at))
EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER hold_released AFTER UPDATE ON hold FOR EACH ROW EXECUTE FUNCTION books_release_hold();
--;

ALTER TABLE hold ADD CONSTRAINT ck_hold_moment CHECK (isfinite(placed_at) AND isfinite(resolved_at));
--;

-- closing ------------------------------------------------------------------------------------------------------------

-- An account is closed where it is open and opened again where it is closed, each under its lock and in this order.
CREATE FUNCTION books_take_closing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE standing record;
BEGIN
    IF NEW.account_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT a.closed_at INTO standing FROM account a WHERE a.bank_id = NEW.bank_id AND a.id = NEW.account_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM books_refuse('account_exists');
    END IF;
    IF (standing.closed_at IS NULL) <> (NEW.kind = 'account_closed') OR NEW.id <= (
        SELECT max(c.id) FROM closing c WHERE c.bank_id = NEW.bank_id AND c.account_id = NEW.account_id) THEN
        PERFORM books_refuse('account_open');
    END IF;
    RETURN NEW;
END $$;
--;

CREATE FUNCTION books_close_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE account SET closed_at = CASE WHEN NEW.kind = 'account_closed' THEN NEW.recorded_at END
    WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
    RETURN NULL;
END $$;
--;

CREATE TRIGGER closing_in_order BEFORE INSERT ON closing FOR EACH ROW EXECUTE FUNCTION books_take_closing();
--;

CREATE TRIGGER closing_closes_account AFTER INSERT ON closing FOR EACH ROW
WHEN (NEW.account_id IS NOT NULL) EXECUTE FUNCTION books_close_account();
--;

ALTER TABLE closing ADD CONSTRAINT ck_closing_moment CHECK (isfinite(recorded_at) AND isfinite(month));
--;

-- leaf ---------------------------------------------------------------------------------------------------------------

CREATE FUNCTION books_number_leaves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE part record;
BEGIN
    FOR part IN SELECT n.bank_id, min(n.number) AS first, max(n.number) AS last, count(*) AS leaves FROM new_leaves n GROUP BY n.bank_id LOOP
        IF part.last - part.first + 1 <> part.leaves OR (part.first > 0 AND NOT EXISTS (
            SELECT 1 FROM leaf l WHERE l.bank_id = part.bank_id AND l.number = part.first - 1)) THEN
            PERFORM books_refuse('sealed_in_order');
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
--;

CREATE TRIGGER leaf_numbered AFTER INSERT ON leaf REFERENCING NEW TABLE AS new_leaves
FOR EACH STATEMENT EXECUTE FUNCTION books_number_leaves();
--;

-- seal ---------------------------------------------------------------------------------------------------------------

-- A seal is about all leaves that stand, and there are more of them than at the one before.
CREATE FUNCTION books_take_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.number <> 1 + coalesce((SELECT max(s.number) FROM seal s WHERE s.bank_id = NEW.bank_id), 0)
       OR NEW.size <= coalesce((SELECT max(s.size) FROM seal s WHERE s.bank_id = NEW.bank_id), 0)
       OR NEW.size IS DISTINCT FROM (SELECT max(l.number) + 1 FROM leaf l WHERE l.bank_id = NEW.bank_id) THEN
        PERFORM books_refuse('sealed_in_order');
    END IF;
    RETURN NEW;
END $$;
--;

CREATE TRIGGER seal_numbered BEFORE INSERT ON seal FOR EACH ROW EXECUTE FUNCTION books_take_seal();
--;

ALTER TABLE seal ADD CONSTRAINT ck_seal_moment CHECK (isfinite(signed_at));
--;

-- seal_log -----------------------------------------------------------------------------------------------------------

CREATE FUNCTION books_begin_log() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.number <= coalesce((SELECT max(s.number) FROM seal_log s WHERE s.bank_id = NEW.bank_id), 1)
       OR NEW.after_seal IS DISTINCT FROM coalesce((SELECT max(s.number) FROM seal s WHERE s.bank_id = NEW.bank_id), 0)
       OR NEW.size IS DISTINCT FROM coalesce((SELECT max(l.number) + 1 FROM leaf l WHERE l.bank_id = NEW.bank_id), 0) THEN
        PERFORM books_refuse('sealed_in_order');
    END IF;
    RETURN NEW;
END $$;
--;

CREATE TRIGGER seal_log_begun BEFORE INSERT ON seal_log FOR EACH ROW EXECUTE FUNCTION books_begin_log();
--;

ALTER TABLE seal_log ADD CONSTRAINT ck_seal_log_moment CHECK (isfinite(begun_at));
--;

-- all of them ---------------------------------------------------------------------------------------------------------

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['entry', 'transfer', 'posting', 'limit_change', 'closing', 'leaf', 'seal', 'seal_log', 'trail'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION books_refuse_change()', name || '_append_only', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['account', 'memo', 'hold'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION books_refuse_change()', name || '_never_deleted', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['account', 'entry', 'memo', 'transfer', 'posting', 'limit_change', 'hold', 'closing', 'leaf', 'seal', 'seal_log', 'trail'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_change()', name || '_never_truncated', name);
    END LOOP;
END $$;
--;

-- The functions are doors of the owner: nobody calls them but their triggers.
DO $$
DECLARE door regprocedure;
BEGIN
    FOR door IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'books\_%' LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
    END LOOP;
END $$;
