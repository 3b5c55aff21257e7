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

-- A reversal mirrors lines of an entry of its kind that is no reversal itself, last line first, each line once. What it
-- takes back is noted here: of two at once the second waits for the primary key and is then refused.
CREATE FUNCTION books_take_back(bank bigint, entry_id bigint, kind text, reverses bigint, lines bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first record;
    taken bigint;
BEGIN
    SELECT e.reverses, e.kind, e.lines INTO first FROM entry e WHERE e.bank_id = bank AND e.id = books_take_back.reverses;
    IF NOT FOUND OR first.reverses IS NOT NULL OR first.kind <> books_take_back.kind THEN
        PERFORM books_refuse('reversal_mirrors');
    END IF;
    IF EXISTS (
        SELECT 1 FROM generate_subscripts(lines, 1) i
        WHERE (i > 1 AND lines[i][4] >= lines[i - 1][4])
           OR (first.lines[lines[i][4]][1] = lines[i][2] AND first.lines[lines[i][4]][2] = lines[i][1]
               AND first.lines[lines[i][4]][3] = lines[i][3]) IS NOT TRUE
    ) THEN
        PERFORM books_refuse('reversal_mirrors');
    END IF;
    INSERT INTO taken_back (bank_id, entry_id, line, by_entry_id)
    SELECT bank, books_take_back.reverses, lines[i][4], books_take_back.entry_id FROM generate_subscripts(lines, 1) i
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken <> array_length(lines, 1) THEN
        PERFORM books_refuse('reversed_once');
    END IF;
END $$;
--;

-- A hold is resolved by an entry: its own deed's, which takes from the account that it is on, and no reversal.
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

-- Who recorded it, and for whom, are members of the entry's bank; in an entry of kind clearing they may be another
-- bank's. Who approved it is a member of the entry's bank, and somebody else. No row is locked: members are never deleted.
CREATE FUNCTION books_check_people(e entry) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE recorder_bank bigint := coalesce(e.recorder_bank_id, e.bank_id);
BEGIN
    IF e.recorder_bank_id = e.bank_id OR (e.recorder_bank_id IS NOT NULL AND e.kind <> 'clearing')
       OR NOT EXISTS (SELECT FROM membership m WHERE m.bank_id = recorder_bank AND m.id = e.recorded_by)
       OR (e.on_behalf_of IS NOT NULL AND NOT EXISTS (
           SELECT FROM membership m WHERE m.bank_id = recorder_bank AND m.id = e.on_behalf_of))
       OR (e.approved_by IS NOT NULL AND NOT EXISTS (
           SELECT FROM membership m WHERE m.bank_id = e.bank_id AND m.id = e.approved_by)) THEN
        PERFORM books_refuse('member_exists');
    END IF;
    IF e.approved_by = e.recorded_by OR (e.kind = 'adjustment' AND e.approved_by IS NULL) THEN
        PERFORM books_refuse('second_approver');
    END IF;
END $$;
--;

-- Many lines or many entries: lock all accounts in the order of their ids, then write everything in one statement.
-- Two linked entries of two banks come this way too. A plan made for few entries is not kept for many, and any plan is
-- allowed again: the caller's settings, meant for two rows, would have each account look through all postings.
CREATE FUNCTION books_post_many(entries entry[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_seqscan = on SET enable_bitmapscan = on SET enable_nestloop = on AS $$
DECLARE
    empty boolean;
    odd boolean;
    same boolean;
    some_reverse boolean;
    some_resolve boolean;
    some_for_others boolean;
    written bigint;
    due bigint;
BEGIN
    IF cardinality(entries) > 100 THEN
        -- Nobody may have counted a young bank's accounts: believed to be few, each would look through all postings.
        PERFORM set_config('enable_nestloop', 'off', true);
    END IF;
    SELECT bool_or(array_length(n.lines, 1) IS NULL),
           bool_or(array_ndims(n.lines) <> 2 OR array_length(n.lines, 2) IS DISTINCT FROM (CASE WHEN n.reverses IS NULL THEN 3 ELSE 4 END)
                OR array_lower(n.lines, 1) <> 1 OR array_lower(n.lines, 2) <> 1),
           bool_or(n.reverses IS NOT NULL), bool_or(n.resolves IS NOT NULL),
           bool_or(n.on_behalf_of IS NOT NULL OR n.approved_by IS NOT NULL OR n.recorder_bank_id IS NOT NULL OR n.kind = 'adjustment')
    INTO empty, odd, some_reverse, some_resolve, some_for_others FROM unnest(entries) n;
    IF empty THEN
        PERFORM books_refuse('entry_has_lines');
    ELSIF odd THEN
        PERFORM books_refuse('minutes_whole_and_positive');
    END IF;
    SELECT bool_or(u.from_id IS NULL OR u.to_id IS NULL OR (u.minutes BETWEEN 1 AND 1000000000) IS NOT TRUE), bool_or(u.from_id = u.to_id) INTO odd, same
    FROM unnest(entries) n, LATERAL unnest(n.lines[:][1:1], n.lines[:][2:2], n.lines[:][3:3]) AS u(from_id, to_id, minutes);
    IF odd OR same THEN
        PERFORM books_refuse(CASE WHEN odd THEN 'minutes_whole_and_positive' ELSE 'two_different_accounts' END);
    END IF;
    IF some_for_others THEN
        PERFORM books_check_people(n::entry) FROM unnest(entries) n;
    ELSIF EXISTS (
        SELECT FROM (SELECT DISTINCT n.bank_id, n.recorded_by FROM unnest(entries) n) r
        WHERE NOT EXISTS (SELECT FROM membership m WHERE m.bank_id = r.bank_id AND m.id = r.recorded_by)
    ) THEN
        PERFORM books_refuse('member_exists');
    END IF;
    IF some_reverse THEN
        PERFORM books_take_back(n.bank_id, n.id, n.kind, n.reverses, n.lines) FROM unnest(entries) n WHERE n.reverses IS NOT NULL;
    END IF;
    PERFORM 1 FROM account a JOIN (
        SELECT DISTINCT n.bank_id, u.account_id FROM unnest(entries) n, LATERAL unnest(n.lines[:][1:2]) AS u(account_id)
    ) AS named ON a.bank_id = named.bank_id AND a.id = named.account_id
    ORDER BY a.id, a.bank_id FOR NO KEY UPDATE OF a;
    IF some_resolve THEN
        PERFORM books_resolve_hold(n.bank_id, n.resolves, n.deed, ARRAY(SELECT unnest(n.lines[:][1:1])), n.reverses, n.recorded_at)
        FROM unnest(entries) n WHERE n.resolves IS NOT NULL;
    END IF;
    -- A new statement sees what stands now that the locks are held.
    WITH line AS MATERIALIZED (
        SELECT n.bank_id, n.id AS entry_id, n.reverses IS NULL AS forward,
               CASE WHEN n.kind IN ('exchange', 'activity') THEN u.minutes ELSE 0 END AS helps,
               u.line, u.from_id, u.to_id, u.minutes
        FROM unnest(entries) n,
             LATERAL unnest(n.lines[:][1:1], n.lines[:][2:2], n.lines[:][3:3]) WITH ORDINALITY AS u(from_id, to_id, minutes, line)
    ), side AS MATERIALIZED (  -- else the planner may compute both sides of each line once per account
        SELECT l.bank_id, l.entry_id, l.line, s.side, s.account_id, s.minutes, s.given, s.received
        FROM line l, LATERAL (VALUES
            (0, from_id, -minutes, CASE WHEN forward THEN 0 ELSE -helps END, CASE WHEN forward THEN helps ELSE 0 END),
            (1, to_id, minutes, CASE WHEN forward THEN helps ELSE 0 END, CASE WHEN forward THEN 0 ELSE -helps END)
        ) AS s(side, account_id, minutes, given, received)
    ), posted AS MATERIALIZED (
        SELECT s.bank_id, s.entry_id, s.line, s.account_id, s.minutes, a.floor + a.held AS lowest, a.closed_at,
               a.number + row_number() OVER w AS number,
               a.balance + (sum(s.minutes) OVER w)::bigint AS balance_after,
               a.given + (sum(s.given) OVER w)::bigint AS given_after,
               a.received + (sum(s.received) OVER w)::bigint AS received_after,
               lead(1) OVER w IS NULL AS newest
        FROM side s JOIN account a ON a.bank_id = s.bank_id AND a.id = s.account_id
        WINDOW w AS (PARTITION BY s.bank_id, s.account_id ORDER BY s.entry_id, s.line, s.side ROWS UNBOUNDED PRECEDING)
    ), moved AS (
        UPDATE account a SET balance = n.balance_after, number = n.number, given = n.given_after, received = n.received_after
        FROM posted n WHERE n.newest AND a.bank_id = n.bank_id AND a.id = n.account_id
    )
    INSERT INTO posting (bank_id, account_id, number, entry_id, line, minutes, balance_after, given_after, received_after)
    SELECT bank_id, account_id, number, entry_id, line, minutes,
           CASE WHEN closed_at IS NOT NULL THEN books_refuse('account_open')
                WHEN minutes < 0 AND balance_after < lowest THEN books_refuse('floor_kept') ELSE balance_after END,
           given_after, received_after
    FROM posted;
    GET DIAGNOSTICS written = ROW_COUNT;
    SELECT 2 * sum(array_length(n.lines, 1)) INTO due FROM unnest(entries) n;
    IF written <> due THEN
        PERFORM books_refuse('account_exists');
    END IF;
END $$;
--;

-- Both accounts are found by their key, and so locked in the order of their ids: no other plan is allowed.
CREATE FUNCTION books_post() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    e entry;
    from_id bigint;
    to_id bigint;
    m bigint;
    gives bigint := 0;  -- minutes of help that the one side gave and the other received
    takes bigint := 0;  -- minutes of help that are taken back
    written bigint;
BEGIN
    SELECT n.* INTO e FROM new_entries n;
    IF NOT FOUND THEN
        RETURN NULL;  -- a replay: ON CONFLICT left it aside
    END IF;
    IF array_length(e.lines, 1) IS DISTINCT FROM 1 OR EXISTS (SELECT FROM new_entries OFFSET 1) THEN
        PERFORM books_post_many(array_agg(n::entry)) FROM new_entries n;
        RETURN NULL;
    END IF;
    -- One entry of one line, which is nearly every entry: no sets.
    IF array_ndims(e.lines) <> 2 OR array_length(e.lines, 2) IS DISTINCT FROM (CASE WHEN e.reverses IS NULL THEN 3 ELSE 4 END) THEN
        PERFORM books_refuse('minutes_whole_and_positive');
    END IF;
    from_id := e.lines[1][1];
    to_id := e.lines[1][2];
    m := e.lines[1][3];
    IF (from_id <> to_id AND m BETWEEN 1 AND 1000000000) IS NOT TRUE THEN
        PERFORM books_refuse(CASE WHEN from_id = to_id AND m BETWEEN 1 AND 1000000000 THEN 'two_different_accounts' ELSE 'minutes_whole_and_positive' END);
    END IF;
    -- Nearly every entry was recorded by a member of its bank for themselves: a call would cost more than the question.
    IF e.on_behalf_of IS NOT NULL OR e.approved_by IS NOT NULL OR e.recorder_bank_id IS NOT NULL OR e.kind = 'adjustment' THEN
        PERFORM books_check_people(e);
    ELSIF NOT EXISTS (SELECT FROM membership m WHERE m.bank_id = e.bank_id AND m.id = e.recorded_by) THEN
        PERFORM books_refuse('member_exists');
    END IF;
    IF e.kind IN ('exchange', 'activity') THEN
        IF e.reverses IS NULL THEN gives := m; ELSE takes := m; END IF;
    END IF;
    IF e.reverses IS NOT NULL THEN
        PERFORM books_take_back(e.bank_id, e.id, e.kind, e.reverses, e.lines);
    END IF;
    IF e.resolves IS NOT NULL THEN
        IF to_id < from_id THEN  -- resolving locks the account that hours leave, and nobody takes that lock before a lesser id's
            PERFORM 1 FROM account a WHERE a.bank_id = e.bank_id AND a.id = to_id FOR NO KEY UPDATE;
        END IF;
        PERFORM books_resolve_hold(e.bank_id, e.resolves, e.deed, ARRAY[from_id], e.reverses, e.recorded_at);
    END IF;
    WITH moved AS (
        UPDATE account a SET
            balance = a.balance + CASE a.id WHEN from_id THEN -m ELSE m END,
            number = a.number + 1,
            given = a.given + CASE a.id WHEN from_id THEN -takes ELSE gives END,
            received = a.received + CASE a.id WHEN from_id THEN gives ELSE -takes END
        WHERE a.bank_id = e.bank_id AND a.id = ANY (ARRAY[from_id, to_id]) AND a.closed_at IS NULL
        RETURNING a.id, a.number, a.balance, a.given, a.received
    )
    INSERT INTO posting (bank_id, account_id, number, entry_id, line, minutes, balance_after, given_after, received_after)
    SELECT e.bank_id, w.id, w.number, e.id, 1, CASE w.id WHEN from_id THEN -m ELSE m END, w.balance, w.given, w.received FROM moved w;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> 2 THEN
        SELECT count(*) INTO written FROM account a WHERE a.bank_id = e.bank_id AND a.id IN (from_id, to_id);
        PERFORM books_refuse(CASE written WHEN 2 THEN 'account_open' ELSE 'account_exists' END);
    END IF;
    RETURN NULL;
END $$;
--;

CREATE TRIGGER entry_posts AFTER INSERT ON entry REFERENCING NEW TABLE AS new_entries
FOR EACH STATEMENT EXECUTE FUNCTION books_post();
--;

-- taken_back, posting --------------------------------------------------------------------------------------------------

CREATE TRIGGER taken_back_written_by_entry BEFORE INSERT ON taken_back FOR EACH STATEMENT
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION books_refuse_change();
--;

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

-- account_holder -----------------------------------------------------------------------------------------------------

-- A holder is numbered under the account's lock, and is of the kind that the account's kind asks for (ledger.accounts).
CREATE FUNCTION books_number_holder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE account_kind text;
BEGIN
    SELECT kind INTO account_kind FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM books_refuse('account_exists');
    END IF;
    IF NEW.kind <> (CASE WHEN account_kind IN ('member', 'group', 'fund', 'activity') THEN account_kind ELSE 'bank' END)
       OR NEW.number <> 1 + coalesce((
           SELECT max(number) FROM account_holder WHERE bank_id = NEW.bank_id AND account_id = NEW.account_id), 0) THEN
        PERFORM books_refuse('books_append_only');
    END IF;
    RETURN NEW;
END $$;
--;

CREATE TRIGGER account_holder_numbered BEFORE INSERT ON account_holder FOR EACH ROW EXECUTE FUNCTION books_number_holder();
--;

ALTER TABLE account_holder ADD CONSTRAINT ck_account_holder_moment CHECK (isfinite(recorded_at));
--;

-- memo ---------------------------------------------------------------------------------------------------------------

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
    UPDATE account SET held = held + NEW.minutes
    WHERE bank_id = NEW.bank_id AND id = NEW.account_id AND (closed_at IS NULL OR NEW.minutes = 0);
    IF NOT FOUND THEN
        PERFORM books_refuse('account_open');
    END IF;
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
    OR NEW.bank_id <> OLD.bank_id OR NEW.id <> OLD.id OR NEW.account_id <> OLD.account_id OR NEW.minutes <> OLD.minutes
    OR NEW.unagreed_minutes <> OLD.unagreed_minutes OR NEW.deed <> OLD.deed OR NEW.placed_at <> OLD.placed_at)
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
    SELECT a.closed_at, a.balance, a.held INTO standing FROM account a WHERE a.bank_id = NEW.bank_id AND a.id = NEW.account_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM books_refuse('account_exists');
    END IF;
    IF (standing.closed_at IS NULL) <> (NEW.kind = 'account_closed')
       OR (NEW.kind = 'account_closed' AND (standing.balance <> 0 OR standing.held <> 0)) OR NEW.id <= (
        SELECT max(c.id) FROM closing c WHERE c.bank_id = NEW.bank_id AND c.account_id = NEW.account_id) THEN
        PERFORM books_refuse('account_open');
    END IF;
    RETURN NEW;
END $$;
--;

CREATE FUNCTION books_close_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Asked again: between the first question and this, the same statement may have written an entry or a hold.
    UPDATE account SET closed_at = CASE WHEN NEW.kind = 'account_closed' THEN NEW.recorded_at END
    WHERE bank_id = NEW.bank_id AND id = NEW.account_id
      AND CASE WHEN NEW.kind = 'account_closed' THEN closed_at IS NULL AND balance = 0 AND held = 0 ELSE closed_at IS NOT NULL END;
    IF NOT FOUND THEN
        PERFORM books_refuse('account_open');
    END IF;
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

-- security_event -----------------------------------------------------------------------------------------------------

CREATE TRIGGER security_event_no_update BEFORE UPDATE ON security_event FOR EACH ROW EXECUTE FUNCTION books_refuse_change();
--;

-- A year counts back from the newest row of the trail, which stays, since the database is never asked what time it is.
CREATE FUNCTION books_keep_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.happened_at > (SELECT t.done_at FROM trail t WHERE t.bank_id = OLD.bank_id ORDER BY t.id DESC LIMIT 1) - interval '365 days' THEN
        PERFORM books_refuse('books_append_only');
    END IF;
    RETURN OLD;
END $$;
--;

CREATE TRIGGER security_event_kept_a_year BEFORE DELETE ON security_event FOR EACH ROW EXECUTE FUNCTION books_keep_event();
--;

CREATE TRIGGER security_event_never_truncated BEFORE TRUNCATE ON security_event FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_change();
--;

-- membership ---------------------------------------------------------------------------------------------------------

-- Entries name members without a foreign key, so a member keeps their id and is never deleted. Whose hours they are
-- was settled at the beginning: person, account, number and code stay too.
CREATE TRIGGER membership_keeps_its_id BEFORE UPDATE OF bank_id, id, person_id, account_id, number, code ON membership FOR EACH ROW
WHEN (NEW.bank_id <> OLD.bank_id OR NEW.id <> OLD.id OR NEW.person_id <> OLD.person_id OR NEW.account_id <> OLD.account_id
    OR NEW.number <> OLD.number OR NEW.code <> OLD.code) EXECUTE FUNCTION books_refuse_change();
--;

-- all of them ---------------------------------------------------------------------------------------------------------

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['entry', 'memo', 'taken_back', 'posting', 'limit_change', 'account_holder', 'closing', 'leaf', 'seal', 'seal_log', 'trail'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION books_refuse_change()', name || '_append_only', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['account', 'hold', 'membership'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION books_refuse_change()', name || '_never_deleted', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['account', 'entry', 'memo', 'taken_back', 'posting', 'limit_change', 'account_holder', 'hold', 'membership', 'closing', 'leaf', 'seal', 'seal_log', 'trail'] LOOP
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
