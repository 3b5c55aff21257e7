-- Written by `make schema` from a migrated database. Change the models or the guards instead.

CREATE DOMAIN public.account_kind AS character varying(20)
	CONSTRAINT kind CHECK (((VALUE)::text = ANY ((ARRAY['member'::character varying, 'group'::character varying, 'pot'::character varying, 'fund'::character varying, 'activity'::character varying, 'opening'::character varying, 'leavers'::character varying, 'clearing'::character varying])::text[])));

CREATE DOMAIN public.digest AS bytea
	CONSTRAINT entry_whole CHECK ((length(VALUE) = 32));

CREATE DOMAIN public.entry_kind AS character varying(20)
	CONSTRAINT kind CHECK (((VALUE)::text = ANY ((ARRAY['exchange'::character varying, 'activity'::character varying, 'welcome'::character varying, 'gift'::character varying, 'grant'::character varying, 'opening'::character varying, 'adjustment'::character varying, 'leaving'::character varying, 'clearing'::character varying])::text[])));

CREATE DOMAIN public.exchange_deed AS character varying(20)
	CONSTRAINT deed CHECK (((VALUE)::text = ANY ((ARRAY['propose'::character varying, 'accept'::character varying, 'decline'::character varying, 'cancel'::character varying, 'record'::character varying, 'confirm'::character varying, 'dispute'::character varying, 'agree'::character varying, 'decide'::character varying, 'reverse'::character varying, 'expire'::character varying])::text[])));

CREATE DOMAIN public.exchange_minutes AS integer
	CONSTRAINT minutes CHECK (((VALUE >= 0) AND (VALUE <= 1440)));

CREATE DOMAIN public.exchange_state AS character varying(20)
	CONSTRAINT state CHECK (((VALUE)::text = ANY ((ARRAY['proposed'::character varying, 'accepted'::character varying, 'recorded'::character varying, 'confirmed'::character varying, 'declined'::character varying, 'cancelled'::character varying, 'disputed'::character varying, 'decided'::character varying, 'reversed'::character varying])::text[])));

CREATE DOMAIN public.extra_minutes AS integer
	CONSTRAINT minutes CHECK (((VALUE >= 0) AND (VALUE <= 600)));

CREATE DOMAIN public.how AS character varying(20)
	CONSTRAINT how CHECK (((VALUE)::text = ANY ((ARRAY['phone'::character varying, 'paper'::character varying, 'in_person'::character varying, 'slip'::character varying, 'request'::character varying, 'time'::character varying, 'text'::character varying])::text[])));

CREATE DOMAIN public.whole_day AS date
	CONSTRAINT entry_whole CHECK (isfinite(VALUE));

CREATE DOMAIN public.whole_moment AS timestamp with time zone
	CONSTRAINT entry_whole CHECK (isfinite(VALUE));

CREATE FUNCTION public.books_begin_log() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF NEW.number <= coalesce((SELECT max(s.number) FROM seal_log s WHERE s.bank_id = NEW.bank_id), 1)
       OR NEW.after_seal IS DISTINCT FROM coalesce((SELECT max(s.number) FROM seal s WHERE s.bank_id = NEW.bank_id), 0)
       OR NEW.size IS DISTINCT FROM coalesce((SELECT max(l.number) + 1 FROM leaf l WHERE l.bank_id = NEW.bank_id), 0) THEN
        PERFORM books_refuse('sealed_in_order');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.books_change_limit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE account SET floor = NEW.floor WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
    RETURN NULL;
END $$;

CREATE TABLE public.entry (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    key character varying(120) NOT NULL COLLATE pg_catalog."C",
    kind public.entry_kind NOT NULL,
    occurred_on public.whole_day NOT NULL,
    recorded_at public.whole_moment NOT NULL,
    recorded_by bigint NOT NULL,
    recorder_bank_id bigint,
    on_behalf_of bigint,
    approved_by bigint,
    deed character varying(80) NOT NULL,
    reverses bigint,
    resolves bigint,
    lines bigint[] NOT NULL,
    words_digest public.digest,
    digest public.digest NOT NULL
);

CREATE FUNCTION public.books_check_people(e public.entry) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.books_close_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.books_keep_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF OLD.happened_at > (SELECT t.done_at FROM trail t WHERE t.bank_id = OLD.bank_id ORDER BY t.id DESC LIMIT 1) - interval '365 days' THEN
        PERFORM books_refuse('books_append_only');
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION public.books_lock_accounts(bank bigint, ids bigint[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM account a WHERE a.bank_id = bank AND a.id = ANY (ids) ORDER BY a.id FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION public.books_number_holder() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.books_number_leaves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.books_number_limit_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM books_refuse('account_exists');
    END IF;
    SELECT coalesce(max(number), 0) + 1 INTO NEW.number FROM limit_change
    WHERE bank_id = NEW.bank_id AND account_id = NEW.account_id;
    RETURN NEW;
END $$;

CREATE FUNCTION public.books_place_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE account SET held = held + NEW.minutes
    WHERE bank_id = NEW.bank_id AND id = NEW.account_id AND (closed_at IS NULL OR NEW.minutes = 0);
    IF NOT FOUND THEN
        PERFORM books_refuse('account_open');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.books_post() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
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

CREATE FUNCTION public.books_post_many(entries public.entry[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET enable_seqscan TO 'on'
    SET enable_bitmapscan TO 'on'
    SET enable_nestloop TO 'on'
    AS $$
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

CREATE FUNCTION public.books_refuse(rule text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'the books refuse this: %', rule USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION public.books_refuse_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM books_refuse('books_append_only');
    RETURN NULL;
END $$;

CREATE FUNCTION public.books_release_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE account SET held = held - NEW.minutes WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
    RETURN NULL;
END $$;

CREATE FUNCTION public.books_resolve_hold(bank bigint, hold_id bigint, entry_deed text, takes_from bigint[], reverses bigint, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    UPDATE hold h SET resolved_at = at
    WHERE h.bank_id = bank AND h.id = hold_id AND h.resolved_at IS NULL AND h.deed = entry_deed AND h.account_id = ANY (takes_from);
    IF NOT FOUND OR reverses IS NOT NULL THEN
        PERFORM books_refuse('hold_resolved_once');
    END IF;
END $$;

CREATE FUNCTION public.books_take_back(bank bigint, entry_id bigint, kind text, reverses bigint, lines bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.books_take_closing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.books_take_memo() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF NEW.words IS NULL OR NOT EXISTS (
        SELECT 1 FROM entry WHERE bank_id = NEW.bank_id AND id = NEW.entry_id AND words_digest IS NOT NULL
    ) THEN
        PERFORM books_refuse('books_append_only');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.books_take_seal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF NEW.number <> 1 + coalesce((SELECT max(s.number) FROM seal s WHERE s.bank_id = NEW.bank_id), 0)
       OR NEW.size <= coalesce((SELECT max(s.size) FROM seal s WHERE s.bank_id = NEW.bank_id), 0)
       OR NEW.size IS DISTINCT FROM (SELECT max(l.number) + 1 FROM leaf l WHERE l.bank_id = NEW.bank_id) THEN
        PERFORM books_refuse('sealed_in_order');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.exchange_confirm(bank bigint, exchange_id bigint, seen_at timestamp with time zone, trail_id bigint, form text, form_mac bytea, by_member bigint, at timestamp with time zone, entry_id bigint, entry_key text, day date, hold_id bigint, moved bigint[], words_mac bytea, mac bytea, entry_words text, entry_salt bytea) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    from_id bigint := moved[1][1];
    to_id bigint := moved[1][2];
    m bigint := moved[1][3];
BEGIN
    INSERT INTO trail (bank_id, id, done_at, done_by, deed, subject, form_key, form_digest)
    VALUES (bank, trail_id, at, by_member, 'exchange.confirm', entry_key, form, form_mac) ON CONFLICT (bank_id, done_by, form_key) DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this form was sent before' USING ERRCODE = 'TB001';
    END IF;
    UPDATE exchange x SET state = 'confirmed', changed_at = at
    WHERE x.bank_id = bank AND x.id = exchange_id AND x.state = 'recorded' AND x.changed_at = seen_at AND x.minutes = m
      AND x.receiver_account_id = from_id AND x.giver_account_id = to_id;
    IF NOT FOUND OR array_length(moved, 1) <> 1 OR (
        SELECT count(*) = 2 AND bool_or(s.id = by_member) FROM membership s
        WHERE s.bank_id = bank AND s.account_id IN (from_id, to_id) AND s.standing = 'active'
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'it is not as it was read' USING ERRCODE = 'TB001';
    END IF;
    INSERT INTO exchange_step (bank_id, exchange_id, number, deed, done_by, done_at, minutes)
    SELECT bank, exchange_confirm.exchange_id, coalesce(max(s.number), 0) + 1, 'confirm', by_member, at, m
    FROM exchange_step s WHERE s.bank_id = bank AND s.exchange_id = exchange_confirm.exchange_id;
    INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, deed, resolves, lines, words_digest, digest)
    VALUES (bank, entry_id, entry_key, 'exchange', day, at, by_member, entry_key, hold_id, moved, words_mac, mac);
    IF entry_words IS NOT NULL THEN
        INSERT INTO memo (bank_id, entry_id, words, salt) VALUES (bank, exchange_confirm.entry_id, entry_words, entry_salt);
    END IF;
    IF EXISTS (
        SELECT FROM account a JOIN bank b ON b.id = a.bank_id
        WHERE a.bank_id = exchange_confirm.bank AND ((a.id = from_id AND a.balance < b.soft_low AND a.balance + m >= b.soft_low)
           OR (a.id = to_id AND a.balance > b.soft_high AND a.balance - m <= b.soft_high))
    ) THEN
        RAISE EXCEPTION 'a soft limit is crossed' USING ERRCODE = 'TB001';
    END IF;
END $$;

CREATE TABLE public.account (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    kind public.account_kind NOT NULL,
    floor bigint DEFAULT '0'::bigint,
    balance bigint DEFAULT '0'::bigint NOT NULL,
    held bigint DEFAULT '0'::bigint NOT NULL,
    number bigint DEFAULT '0'::bigint NOT NULL,
    given bigint DEFAULT '0'::bigint NOT NULL,
    received bigint DEFAULT '0'::bigint NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT ck_account_floor_kept CHECK (((floor IS NULL) OR ((balance - held) >= floor)))
)
WITH (fillfactor='50');

CREATE TABLE public.account_holder (
    bank_id bigint NOT NULL,
    account_id bigint NOT NULL,
    number bigint NOT NULL,
    kind character varying(20) NOT NULL,
    holder_id bigint NOT NULL,
    recorded_by bigint,
    recorded_at timestamp with time zone NOT NULL,
    digest public.digest NOT NULL,
    CONSTRAINT ck_account_holder_kind CHECK (((kind)::text = ANY ((ARRAY['member'::character varying, 'group'::character varying, 'fund'::character varying, 'activity'::character varying, 'bank'::character varying])::text[]))),
    CONSTRAINT ck_account_holder_moment CHECK (isfinite(recorded_at)),
    CONSTRAINT ck_account_holder_number CHECK ((number > 0))
);

CREATE TABLE public.announcement (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    words character varying(400) NOT NULL,
    announced_by bigint NOT NULL,
    announced_at timestamp with time zone NOT NULL,
    last_day date NOT NULL,
    taken_down_by bigint,
    taken_down_at timestamp with time zone,
    CONSTRAINT ck_announcement_taken_down CHECK (((taken_down_at IS NULL) = (taken_down_by IS NULL)))
);

CREATE TABLE public.application (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    stage character varying(20) NOT NULL,
    name character varying(80) NOT NULL,
    email character varying(254),
    phone character varying(40),
    area_id bigint,
    about text NOT NULL,
    notice_agreed character varying(20) NOT NULL,
    applied_at timestamp with time zone NOT NULL,
    recorded_by bigint,
    membership_id bigint,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_application_stage CHECK (((stage)::text = ANY ((ARRAY['applied'::character varying, 'interviewed'::character varying, 'referenced'::character varying, 'inducted'::character varying, 'admitted'::character varying, 'declined'::character varying, 'withdrawn'::character varying])::text[])))
);

CREATE TABLE public.application_step (
    bank_id bigint NOT NULL,
    application_id bigint NOT NULL,
    number integer NOT NULL,
    step character varying(20) NOT NULL,
    referee character varying(80),
    words text NOT NULL,
    done_by bigint,
    done_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_application_step_step CHECK (((step)::text = ANY ((ARRAY['apply'::character varying, 'interview'::character varying, 'reference'::character varying, 'induct'::character varying, 'admit'::character varying, 'decline'::character varying, 'withdraw'::character varying])::text[])))
);

CREATE TABLE public.area (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    closed_at timestamp with time zone
);

CREATE TABLE public.area_travel (
    bank_id bigint NOT NULL,
    first_area_id bigint NOT NULL,
    second_area_id bigint NOT NULL,
    minutes integer NOT NULL,
    CONSTRAINT ck_area_travel_kept_once CHECK ((first_area_id < second_area_id)),
    CONSTRAINT ck_area_travel_minutes CHECK (((minutes >= 0) AND (minutes <= 600)))
);

CREATE TABLE public.bank (
    id bigint NOT NULL,
    slug character varying(40) NOT NULL,
    name character varying(80) NOT NULL,
    time_zone character varying(60) DEFAULT 'Europe/London'::character varying NOT NULL,
    phone character varying(40) DEFAULT ''::character varying NOT NULL,
    coordinator_name character varying(80) DEFAULT ''::character varying NOT NULL,
    opening_hours character varying(120) DEFAULT ''::character varying NOT NULL,
    email character varying(254) DEFAULT ''::character varying NOT NULL,
    welcome_minutes integer DEFAULT 120 NOT NULL,
    member_floor bigint DEFAULT '-1200'::integer NOT NULL,
    pot_floor bigint DEFAULT '-30000'::integer NOT NULL,
    back_dating_days integer DEFAULT 90 NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    mark bytea NOT NULL,
    soft_low bigint DEFAULT '-600'::integer NOT NULL,
    soft_high bigint DEFAULT 1200 NOT NULL,
    references_needed integer DEFAULT 2 NOT NULL,
    review_months integer DEFAULT 6 NOT NULL,
    privacy_notice text DEFAULT ''::text NOT NULL,
    phone_country character varying(2) DEFAULT 'GB'::character varying NOT NULL,
    unagreed_hold_minutes integer DEFAULT 240 NOT NULL,
    waiting_days integer DEFAULT 90 NOT NULL,
    sends_letters boolean DEFAULT false NOT NULL,
    texts_a_month integer DEFAULT 0 NOT NULL,
    answers_by_text boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_bank_back_dating_days CHECK ((back_dating_days >= 0)),
    CONSTRAINT ck_bank_member_floor CHECK ((member_floor <= 0)),
    CONSTRAINT ck_bank_references_needed CHECK (((references_needed >= 0) AND (references_needed <= 5))),
    CONSTRAINT ck_bank_review_months CHECK (((review_months >= 1) AND (review_months <= 60))),
    CONSTRAINT ck_bank_soft_limits CHECK (((soft_low <= 0) AND (soft_high >= 0))),
    CONSTRAINT ck_bank_texts_a_month CHECK (((texts_a_month >= 0) AND (texts_a_month <= 100000))),
    CONSTRAINT ck_bank_unagreed_hold_minutes CHECK ((unagreed_hold_minutes >= 0)),
    CONSTRAINT ck_bank_waiting_days CHECK (((waiting_days >= 1) AND (waiting_days <= 730))),
    CONSTRAINT ck_bank_welcome_minutes CHECK ((welcome_minutes >= 0))
);

CREATE TABLE public.books_check (
    id bigint NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    is_right boolean NOT NULL,
    results text NOT NULL
);

CREATE TABLE public.bounce (
    bank_id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    mark character varying(8) NOT NULL,
    came_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_bounce_kind CHECK (((kind)::text = ANY ((ARRAY['delayed'::character varying, 'given_up'::character varying, 'refused'::character varying, 'no_such_mailbox'::character varying, 'complaint'::character varying, 'reply'::character varying])::text[])))
);

CREATE TABLE public.category (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    parent_id bigint,
    key character varying(60),
    name character varying(60) NOT NULL,
    risks character varying(120) DEFAULT ''::character varying NOT NULL,
    "position" integer NOT NULL,
    retired_at timestamp with time zone
);

CREATE TABLE public.closing (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    account_id bigint,
    month date,
    figures text,
    reason text NOT NULL,
    recorded_by bigint NOT NULL,
    approved_by bigint,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_closing_kind CHECK (((kind)::text = ANY ((ARRAY['account_closed'::character varying, 'account_reopened'::character varying, 'month_signed_off'::character varying])::text[]))),
    CONSTRAINT ck_closing_moment CHECK ((isfinite(recorded_at) AND isfinite(month))),
    CONSTRAINT ck_closing_second_approver CHECK (((approved_by <> recorded_by) AND ((month IS NULL) OR (approved_by IS NOT NULL)))),
    CONSTRAINT ck_closing_what CHECK ((((account_id IS NULL) = ((kind)::text = 'month_signed_off'::text)) AND ((month IS NULL) = (account_id IS NOT NULL)) AND ((figures IS NULL) = (month IS NULL))))
);

CREATE TABLE public.code_request (
    id bigint NOT NULL,
    bank_id bigint NOT NULL,
    typed character varying(254) NOT NULL,
    asked_at timestamp with time zone NOT NULL
);

CREATE TABLE public.conversation (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    first_id bigint NOT NULL,
    second_id bigint NOT NULL,
    started_by bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    newest_id bigint NOT NULL,
    newest_by bigint NOT NULL,
    newest_at timestamp with time zone NOT NULL,
    first_seen_id bigint,
    second_seen_id bigint,
    CONSTRAINT ck_conversation_kept_once CHECK ((first_id < second_id))
);

CREATE TABLE public.correction (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    kind character varying(20) NOT NULL,
    entry_id bigint,
    lines text NOT NULL,
    occurred_on date NOT NULL,
    reason text NOT NULL,
    proposed_by bigint NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    approved_by bigint,
    refused_by bigint,
    refused_because text,
    closed_at timestamp with time zone,
    CONSTRAINT ck_correction_closed CHECK (((closed_at IS NULL) = ((approved_by IS NULL) AND (refused_by IS NULL)))),
    CONSTRAINT ck_correction_kind CHECK (((kind)::text = ANY ((ARRAY['adjustment'::character varying, 'reversal'::character varying])::text[]))),
    CONSTRAINT ck_correction_second_approver CHECK ((approved_by <> proposed_by)),
    CONSTRAINT ck_correction_what CHECK (((entry_id IS NULL) = ((kind)::text = 'adjustment'::text)))
);

CREATE TABLE public.delivery (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    topic character varying(20) NOT NULL,
    way character varying(10) NOT NULL,
    state character varying(10) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    claimed_until timestamp with time zone,
    ended_at timestamp with time zone,
    failure character varying(30),
    failing_since timestamp with time zone,
    email character varying(254),
    stop_token character varying(40) NOT NULL,
    at_any_hour boolean DEFAULT false NOT NULL,
    bundle_id bigint,
    CONSTRAINT ck_delivery_claimed CHECK ((((state)::text = 'sending'::text) = (claimed_until IS NOT NULL))),
    CONSTRAINT ck_delivery_ended CHECK ((((state)::text = ANY ((ARRAY['ready'::character varying, 'sending'::character varying])::text[])) = (ended_at IS NULL))),
    CONSTRAINT ck_delivery_state CHECK (((state)::text = ANY ((ARRAY['ready'::character varying, 'sending'::character varying, 'sent'::character varying, 'failed'::character varying, 'dropped'::character varying])::text[]))),
    CONSTRAINT ck_delivery_topic CHECK (((topic)::text = ANY ((ARRAY['about_you'::character varying, 'round_the_bank'::character varying])::text[]))),
    CONSTRAINT ck_delivery_way CHECK (((way)::text = ANY ((ARRAY['email'::character varying, 'text'::character varying, 'phone'::character varying, 'letter'::character varying, 'none'::character varying])::text[])))
);

CREATE TABLE public.digest_item (
    bank_id bigint NOT NULL,
    member_id bigint NOT NULL,
    code character varying(12) NOT NULL,
    shown_at timestamp with time zone NOT NULL
);

CREATE TABLE public.digest_turn (
    bank_id bigint NOT NULL,
    member_id bigint NOT NULL,
    looked_on date NOT NULL,
    made_on date
);

CREATE TABLE public.dismissed_suggestion (
    bank_id bigint NOT NULL,
    member_id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    about character varying(60) NOT NULL,
    dismissed_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_dismissed_suggestion_kind CHECK (((kind)::text = ANY ((ARRAY['help'::character varying, 'ask'::character varying, 'nudge'::character varying])::text[])))
);

CREATE TABLE public.draft (
    bank_id bigint NOT NULL,
    code character varying(12) NOT NULL,
    member_id bigint NOT NULL,
    purpose character varying(10) NOT NULL,
    side character varying(10) NOT NULL,
    other_account_id bigint,
    what character varying(200),
    day date,
    minutes integer,
    exchange_id bigint,
    started_at timestamp with time zone NOT NULL,
    listing_id bigint,
    travel_minutes integer,
    preparation_minutes integer,
    category_id bigint,
    sent_code character varying(12),
    sent_by bigint,
    CONSTRAINT ck_draft_purpose CHECK (((purpose)::text = ANY ((ARRAY['record'::character varying, 'propose'::character varying])::text[]))),
    CONSTRAINT ck_draft_side CHECK (((side)::text = ANY ((ARRAY['giver'::character varying, 'receiver'::character varying])::text[])))
);

CREATE TABLE public.exchange (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    giver_account_id bigint NOT NULL,
    receiver_account_id bigint NOT NULL,
    state public.exchange_state NOT NULL,
    what character varying(200) NOT NULL,
    what_folded text NOT NULL,
    proposed_side character varying(10),
    agreed_on date,
    agreed_minutes integer,
    agreed_time time without time zone,
    agreed_place character varying(120) DEFAULT ''::character varying NOT NULL,
    recorded_side character varying(10),
    occurred_on date,
    minutes public.exchange_minutes,
    disputed_minutes public.exchange_minutes,
    changed_at timestamp with time zone NOT NULL,
    listing_id bigint,
    category_id bigint,
    travel_minutes public.extra_minutes DEFAULT 0 NOT NULL,
    preparation_minutes public.extra_minutes DEFAULT 0 NOT NULL,
    CONSTRAINT ck_exchange_recorded_whole CHECK ((((state)::text = ANY ((ARRAY['proposed'::character varying, 'accepted'::character varying, 'declined'::character varying, 'cancelled'::character varying])::text[])) OR ((minutes IS NOT NULL) AND (occurred_on IS NOT NULL) AND (recorded_side IS NOT NULL)))),
    CONSTRAINT ck_exchange_two_sides CHECK ((giver_account_id <> receiver_account_id))
);

CREATE TABLE public.exchange_step (
    bank_id bigint NOT NULL,
    exchange_id bigint NOT NULL,
    number integer NOT NULL,
    deed public.exchange_deed NOT NULL,
    done_by bigint,
    done_at timestamp with time zone NOT NULL,
    minutes integer,
    words text,
    on_behalf_of bigint,
    how public.how,
    evidence character varying(200),
    code_made_by bigint,
    CONSTRAINT ck_exchange_step_done_by CHECK (((done_by IS NULL) = ((deed)::text = 'expire'::text))),
    CONSTRAINT ck_exchange_step_how_they_agreed CHECK (((on_behalf_of IS NOT NULL) = ((how IS NOT NULL) AND ((how)::text <> 'text'::text))))
);

CREATE TABLE public.helping (
    bank_id bigint NOT NULL,
    member_id bigint NOT NULL,
    free_parts integer DEFAULT 0 NOT NULL,
    away_from date,
    away_until date,
    farthest_minutes integer,
    most_invitations integer DEFAULT 2 NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_helping_away_both_days CHECK (((away_from IS NULL) = (away_until IS NULL))),
    CONSTRAINT ck_helping_away_in_order CHECK ((away_until >= away_from)),
    CONSTRAINT ck_helping_farthest_minutes CHECK (((farthest_minutes >= 0) AND (farthest_minutes <= 600))),
    CONSTRAINT ck_helping_free_parts CHECK (((free_parts >= 0) AND (free_parts <= 2097151))),
    CONSTRAINT ck_helping_most_invitations CHECK (((most_invitations >= 0) AND (most_invitations <= 20)))
);

CREATE TABLE public.hold (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    minutes bigint NOT NULL,
    unagreed_minutes bigint NOT NULL,
    deed character varying(80) NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    CONSTRAINT ck_hold_minutes_whole_and_positive CHECK (((minutes >= 0) AND ((unagreed_minutes >= 0) AND (unagreed_minutes <= minutes)))),
    CONSTRAINT ck_hold_moment CHECK ((isfinite(placed_at) AND isfinite(resolved_at)))
);

CREATE TABLE public.invitation (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    listing_id bigint NOT NULL,
    member_id bigint NOT NULL,
    state character varying(10) NOT NULL,
    turn integer NOT NULL,
    title character varying(120) NOT NULL,
    asked_by bigint NOT NULL,
    chosen_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone,
    answer_by date,
    day date,
    at time without time zone,
    minutes integer NOT NULL,
    meeting_place character varying(120) DEFAULT ''::character varying NOT NULL,
    words character varying(300) DEFAULT ''::character varying NOT NULL,
    answered_by bigint,
    how character varying(20),
    evidence character varying(200),
    wants_less boolean DEFAULT false NOT NULL,
    closed_at timestamp with time zone,
    exchange_id bigint,
    CONSTRAINT ck_invitation_answer_by CHECK (((asked_at IS NULL) = (answer_by IS NULL))),
    CONSTRAINT ck_invitation_answered CHECK ((((state)::text = ANY ((ARRAY['yes'::character varying, 'no'::character varying])::text[])) = (answered_by IS NOT NULL))),
    CONSTRAINT ck_invitation_asked CHECK (((asked_at IS NOT NULL) OR ((state)::text = ANY ((ARRAY['next'::character varying, 'taken_back'::character varying, 'not_needed'::character varying])::text[])))),
    CONSTRAINT ck_invitation_closed CHECK ((((state)::text = ANY ((ARRAY['next'::character varying, 'sent'::character varying])::text[])) = (closed_at IS NULL))),
    CONSTRAINT ck_invitation_exchange CHECK ((((state)::text = 'yes'::text) = (exchange_id IS NOT NULL))),
    CONSTRAINT ck_invitation_how CHECK (((how)::text = ANY ((ARRAY['phone'::character varying, 'paper'::character varying, 'in_person'::character varying, 'slip'::character varying, 'request'::character varying, 'time'::character varying, 'text'::character varying])::text[]))),
    CONSTRAINT ck_invitation_minutes CHECK (((minutes >= 1) AND (minutes <= 1440))),
    CONSTRAINT ck_invitation_state CHECK (((state)::text = ANY ((ARRAY['next'::character varying, 'sent'::character varying, 'yes'::character varying, 'no'::character varying, 'silent'::character varying, 'taken_back'::character varying, 'not_needed'::character varying])::text[])))
);

CREATE TABLE public.job (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    kind character varying(20) NOT NULL,
    state character varying(10) NOT NULL,
    asked_by bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    step character varying(20),
    done_steps integer DEFAULT 0 NOT NULL,
    total_steps integer,
    parameters text DEFAULT '{}'::text NOT NULL,
    outcome text DEFAULT '{}'::text NOT NULL,
    failure character varying(20),
    claimed_until timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    fence integer DEFAULT 0 NOT NULL,
    file_token character varying(64),
    CONSTRAINT ck_job_claimed CHECK ((((state)::text = 'running'::text) = (claimed_until IS NOT NULL))),
    CONSTRAINT ck_job_ended CHECK ((((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying])::text[])) = (ended_at IS NULL))),
    CONSTRAINT ck_job_failed CHECK ((((state)::text = 'failed'::text) = (failure IS NOT NULL))),
    CONSTRAINT ck_job_failure CHECK (((failure)::text = ANY ((ARRAY['books_not_in_order'::character varying, 'not_allowed'::character varying, 'no_space'::character varying, 'file_gone'::character varying, 'program'::character varying, 'worker_died'::character varying])::text[]))),
    CONSTRAINT ck_job_kind CHECK (((kind)::text = ANY ((ARRAY['check_books'::character varying, 'export_books'::character varying, 'send_plan'::character varying, 'import_listings'::character varying])::text[]))),
    CONSTRAINT ck_job_state CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying, 'done'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[]))),
    CONSTRAINT ck_job_step CHECK (((step)::text = ANY ((ARRAY['checks'::character varying, 'storing'::character varying, 'entries'::character varying, 'requests'::character varying, 'listings'::character varying])::text[]))),
    CONSTRAINT ck_job_steps CHECK (((done_steps >= 0) AND ((total_steps IS NULL) OR (done_steps <= total_steps))))
);

CREATE TABLE public.leaf (
    bank_id bigint NOT NULL,
    number bigint NOT NULL,
    kind character varying(20) NOT NULL,
    subject_id bigint NOT NULL,
    subject_number bigint NOT NULL,
    hash bytea NOT NULL,
    block bytea,
    CONSTRAINT ck_leaf_block CHECK (((block IS NULL) = ((number & (255)::bigint) <> 255))),
    CONSTRAINT ck_leaf_hash CHECK (((length(hash) = 32) AND (length(block) = 32))),
    CONSTRAINT ck_leaf_kind CHECK (((kind)::text = ANY ((ARRAY['log'::character varying, 'account'::character varying, 'holder'::character varying, 'limit_change'::character varying, 'hold'::character varying, 'entry'::character varying, 'hold_resolved'::character varying, 'closing'::character varying])::text[]))),
    CONSTRAINT ck_leaf_number CHECK ((number >= 0))
);

CREATE TABLE public.learned_kinds (
    bank_id bigint NOT NULL,
    version character varying(20) NOT NULL,
    vocabulary_version character varying(20) NOT NULL,
    learned_at timestamp with time zone NOT NULL,
    listings integer NOT NULL,
    model bytea NOT NULL
);

CREATE TABLE public.letter_bundle (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    printed_by bigint NOT NULL,
    printed_at timestamp with time zone NOT NULL,
    posted_at timestamp with time zone,
    posted_by bigint,
    CONSTRAINT ck_letter_bundle_posted CHECK (((posted_by IS NULL) OR (posted_at IS NOT NULL)))
);

CREATE TABLE public.limit_change (
    bank_id bigint NOT NULL,
    account_id bigint NOT NULL,
    number bigint NOT NULL,
    floor bigint,
    reason text NOT NULL,
    until date,
    recorded_by bigint,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_limit_change_number CHECK ((number > 0))
);

CREATE TABLE public.listing (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    member_id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    life character varying(10) NOT NULL,
    title character varying(120) NOT NULL,
    words text NOT NULL,
    area_id bigint,
    in_person boolean DEFAULT false NOT NULL,
    by_phone boolean DEFAULT false NOT NULL,
    online boolean DEFAULT false NOT NULL,
    suits integer DEFAULT 0 NOT NULL,
    when_words character varying(120) DEFAULT ''::character varying NOT NULL,
    wanted_on date,
    wanted_time time without time zone,
    helpers_wanted integer DEFAULT 1 NOT NULL,
    every_week boolean DEFAULT false NOT NULL,
    review_on date NOT NULL,
    listed_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    written_by bigint,
    how character varying(20),
    evidence character varying(200),
    source character varying(60),
    source_key character varying(60),
    CONSTRAINT ck_listing_helpers_wanted CHECK (((helpers_wanted >= 1) AND (helpers_wanted <= 10))),
    CONSTRAINT ck_listing_how CHECK (((how)::text = ANY ((ARRAY['phone'::character varying, 'paper'::character varying, 'in_person'::character varying, 'slip'::character varying, 'request'::character varying, 'time'::character varying, 'text'::character varying])::text[]))),
    CONSTRAINT ck_listing_how_they_told CHECK (((written_by IS NULL) = (how IS NULL))),
    CONSTRAINT ck_listing_kind CHECK (((kind)::text = ANY ((ARRAY['offer'::character varying, 'request'::character varying])::text[]))),
    CONSTRAINT ck_listing_life CHECK (((life)::text = ANY ((ARRAY['open'::character varying, 'paused'::character varying, 'closed'::character varying])::text[]))),
    CONSTRAINT ck_listing_only_requests CHECK ((((kind)::text = 'request'::text) OR ((wanted_on IS NULL) AND (helpers_wanted = 1) AND (NOT every_week)))),
    CONSTRAINT ck_listing_suits CHECK (((suits >= 0) AND (suits <= 2097151))),
    CONSTRAINT ck_listing_wanted_time CHECK (((wanted_time IS NULL) OR (wanted_on IS NOT NULL)))
);

CREATE TABLE public.listing_category (
    bank_id bigint NOT NULL,
    listing_id bigint NOT NULL,
    category_id bigint NOT NULL
);

CREATE TABLE public.listing_meaning (
    bank_id bigint NOT NULL,
    listing_id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    cell integer NOT NULL,
    version character varying(40) NOT NULL,
    vector bytea NOT NULL,
    CONSTRAINT ck_listing_meaning_kind CHECK (((kind)::text = ANY ((ARRAY['offer'::character varying, 'request'::character varying])::text[])))
);

CREATE TABLE public.listing_word (
    bank_id bigint NOT NULL,
    word character varying(60) NOT NULL,
    listing_id bigint NOT NULL
);

CREATE TABLE public.login_session (
    token_digest bytea NOT NULL,
    person_id bigint NOT NULL,
    device character varying(120) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    ended_because character varying(20),
    address_digest bytea,
    code_id bigint,
    CONSTRAINT ck_login_session_ended CHECK (((revoked_at IS NULL) = (ended_because IS NULL))),
    CONSTRAINT ck_login_session_ended_because CHECK (((ended_because)::text = ANY ((ARRAY['signed_out'::character varying, 'signed_out_elsewhere'::character varying, 'password'::character varying, 'roles'::character varying, 'standing'::character varying])::text[])))
);

CREATE TABLE public.matching_rules (
    bank_id bigint NOT NULL,
    kind integer NOT NULL,
    main_kind integer NOT NULL,
    near integer NOT NULL,
    free integer NOT NULL,
    below_zero integer NOT NULL,
    asked integer NOT NULL,
    asked_weeks integer NOT NULL,
    rest_days integer NOT NULL,
    answer_days integer NOT NULL,
    in_turn boolean DEFAULT true NOT NULL,
    CONSTRAINT ck_matching_rules_at_least_one CHECK (((asked_weeks >= 1) AND (answer_days >= 1)))
);

CREATE TABLE public.membership (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    account_id bigint NOT NULL,
    number integer NOT NULL,
    code character varying(12) NOT NULL,
    standing character varying(20) NOT NULL,
    about text NOT NULL,
    joined_on date NOT NULL,
    area_id bigint,
    shows_phone boolean DEFAULT false NOT NULL,
    shows_email boolean DEFAULT false NOT NULL,
    is_holder boolean DEFAULT false NOT NULL,
    admitted_by bigint,
    welcome_waits boolean DEFAULT false NOT NULL,
    mark bytea NOT NULL,
    CONSTRAINT ck_membership_standing CHECK (((standing)::text = ANY ((ARRAY['active'::character varying, 'suspended'::character varying, 'left'::character varying])::text[])))
);

CREATE TABLE public.membership_role (
    bank_id bigint NOT NULL,
    membership_id bigint NOT NULL,
    role character varying(20) NOT NULL,
    granted_by bigint,
    granted_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_membership_role_role CHECK (((role)::text = ANY ((ARRAY['member'::character varying, 'broker'::character varying, 'coordinator'::character varying, 'trustee'::character varying, 'auditor'::character varying])::text[])))
);

CREATE TABLE public.memo (
    bank_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    words text,
    salt bytea,
    CONSTRAINT ck_memo_blanked_whole CHECK (((words IS NULL) = (salt IS NULL)))
);

CREATE TABLE public.message (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    written_by bigint NOT NULL,
    written_at timestamp with time zone NOT NULL,
    words character varying(2000) NOT NULL,
    about character varying(80) DEFAULT ''::character varying NOT NULL
);

CREATE TABLE public.notice (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    kind character varying(30) NOT NULL,
    subject character varying(80) NOT NULL,
    occasion character varying(40) DEFAULT ''::character varying NOT NULL,
    facts text DEFAULT '{}'::text NOT NULL,
    told_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state character varying(12) NOT NULL,
    dropped_because character varying(20),
    delivery_id bigint,
    CONSTRAINT ck_notice_delivery CHECK ((((state)::text = 'in_delivery'::text) = (delivery_id IS NOT NULL))),
    CONSTRAINT ck_notice_dropped CHECK ((((state)::text = 'dropped'::text) = (dropped_because IS NOT NULL))),
    CONSTRAINT ck_notice_dropped_because CHECK (((dropped_because)::text = ANY ((ARRAY['no_longer_true'::character varying, 'not_active'::character varying, 'chose_none'::character varying, 'no_way'::character varying, 'too_old'::character varying])::text[]))),
    CONSTRAINT ck_notice_kind CHECK (((kind)::text = ANY ((ARRAY['asked'::character varying, 'accepted'::character varying, 'declined'::character varying, 'called_off'::character varying, 'tomorrow'::character varying, 'to_confirm'::character varying, 'still_to_confirm'::character varying, 'not_right'::character varying, 'settled'::character varying, 'nobody_confirmed'::character varying, 'to_take_back'::character varying, 'taken_back'::character varying, 'answered_by_text'::character varying, 'invited'::character varying, 'message'::character varying, 'standing_changed'::character varying, 'roles_changed'::character varying, 'code_made'::character varying, 'sign_in_code'::character varying, 'email_code'::character varying, 'texted_sign_in_code'::character varying, 'phone_code'::character varying, 'contact_changed'::character varying, 'done_for_you'::character varying, 'password_changed'::character varying, 'digest'::character varying, 'reply_unread'::character varying])::text[]))),
    CONSTRAINT ck_notice_state CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'in_delivery'::character varying, 'dropped'::character varying])::text[])))
);

CREATE TABLE public.notice_choice (
    bank_id bigint NOT NULL,
    member_id bigint NOT NULL,
    topic character varying(20) NOT NULL,
    way character varying(10) NOT NULL,
    often character varying(20) NOT NULL,
    chosen_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_notice_choice_often CHECK (((often)::text = ANY ((ARRAY['at_once'::character varying, 'daily'::character varying, 'weekly'::character varying, 'monthly'::character varying, 'as_things_come'::character varying])::text[]))),
    CONSTRAINT ck_notice_choice_topic CHECK (((topic)::text = ANY ((ARRAY['about_you'::character varying, 'round_the_bank'::character varying])::text[]))),
    CONSTRAINT ck_notice_choice_way CHECK (((way)::text = ANY ((ARRAY['email'::character varying, 'text'::character varying, 'phone'::character varying, 'letter'::character varying, 'none'::character varying])::text[])))
);

CREATE TABLE public.person (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    name_folded text NOT NULL,
    email character varying(254),
    phone character varying(40),
    postal_address text DEFAULT ''::text NOT NULL,
    email_is_proved boolean DEFAULT false NOT NULL,
    phone_is_proved boolean DEFAULT false NOT NULL,
    password_hash character varying(200),
    password_code_id bigint,
    email_failed_at timestamp with time zone,
    email_set_by_self boolean DEFAULT false NOT NULL,
    email_trusted_from timestamp with time zone,
    phone_set_by_self boolean DEFAULT false NOT NULL,
    phone_trusted_from timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    mark bytea NOT NULL
);

CREATE TABLE public.posting (
    bank_id bigint NOT NULL,
    account_id bigint NOT NULL,
    number bigint NOT NULL,
    entry_id bigint NOT NULL,
    line bigint NOT NULL,
    minutes bigint NOT NULL,
    balance_after bigint NOT NULL,
    given_after bigint NOT NULL,
    received_after bigint NOT NULL
);

CREATE TABLE public.reversal (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    exchange_id bigint NOT NULL,
    reason text NOT NULL,
    proposed_by bigint NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    giver_agreed_by bigint,
    receiver_agreed_by bigint,
    approved_by bigint,
    refused_by bigint,
    closed_at timestamp with time zone,
    CONSTRAINT ck_reversal_second_approver CHECK (((approved_by IS NULL) OR (approved_by <> proposed_by)))
);

CREATE TABLE public.role_change (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    membership_id bigint NOT NULL,
    role character varying(20) NOT NULL,
    gives boolean NOT NULL,
    proposed_by bigint NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    approved_by bigint,
    refused_by bigint,
    refused_because text,
    closed_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    CONSTRAINT ck_role_change_acknowledged CHECK (((acknowledged_at IS NULL) OR (refused_because IS NOT NULL))),
    CONSTRAINT ck_role_change_closed CHECK (((closed_at IS NULL) = ((approved_by IS NULL) AND (refused_by IS NULL)))),
    CONSTRAINT ck_role_change_reason CHECK (((refused_because IS NULL) OR (refused_by <> proposed_by))),
    CONSTRAINT ck_role_change_role CHECK (((role)::text = ANY ((ARRAY['member'::character varying, 'broker'::character varying, 'coordinator'::character varying, 'trustee'::character varying, 'auditor'::character varying])::text[]))),
    CONSTRAINT ck_role_change_second_approver CHECK ((approved_by <> proposed_by))
);

CREATE TABLE public.seal (
    bank_id bigint NOT NULL,
    number bigint NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    peaks bytea NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    checkpoint text NOT NULL,
    CONSTRAINT ck_seal_moment CHECK (isfinite(signed_at)),
    CONSTRAINT ck_seal_number CHECK ((number > 0)),
    CONSTRAINT ck_seal_root CHECK ((length(root) = 32))
);

CREATE TABLE public.seal_log (
    bank_id bigint NOT NULL,
    number bigint NOT NULL,
    after_seal bigint NOT NULL,
    size bigint NOT NULL,
    checkpoint text,
    begun_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_seal_log_moment CHECK (isfinite(begun_at)),
    CONSTRAINT ck_seal_log_number CHECK ((number > 1))
);

CREATE TABLE public.security_event (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    kind character varying(40) NOT NULL,
    person_id bigint,
    done_by bigint,
    origin_digest bytea,
    device character varying(120) NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    evidence text NOT NULL
);

CREATE TABLE public.sign_in_attempt (
    id bigint NOT NULL,
    typed_digest bytea NOT NULL,
    account_digest bytea,
    address_digest bytea NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    succeeded boolean NOT NULL
);

CREATE TABLE public.sign_in_code (
    id bigint NOT NULL,
    code_digest bytea,
    first_digest bytea,
    second_digest bytea,
    bank_id bigint NOT NULL,
    person_id bigint NOT NULL,
    purpose character varying(12) DEFAULT 'sign_in'::character varying NOT NULL,
    made_by bigint,
    completed_by bigint,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    voided_at timestamp with time zone,
    CONSTRAINT ck_sign_in_code_completed CHECK (((second_digest IS NULL) = (completed_by IS NULL))),
    CONSTRAINT ck_sign_in_code_mailed_by_nobody CHECK ((((purpose)::text = 'sign_in'::text) OR (made_by IS NULL))),
    CONSTRAINT ck_sign_in_code_purpose CHECK (((purpose)::text = ANY ((ARRAY['sign_in'::character varying, 'mailed'::character varying, 'texted'::character varying, 'prove_email'::character varying, 'prove_phone'::character varying])::text[]))),
    CONSTRAINT ck_sign_in_code_two_people CHECK ((completed_by <> made_by)),
    CONSTRAINT ck_sign_in_code_whole_or_halves CHECK (((code_digest IS NULL) = (first_digest IS NOT NULL)))
);

CREATE TABLE public.sign_off (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    month date NOT NULL,
    figures text NOT NULL,
    words text NOT NULL,
    signed_by bigint NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    confirmed_by bigint,
    refused_by bigint,
    refused_because text,
    closed_at timestamp with time zone,
    CONSTRAINT ck_sign_off_closed CHECK (((closed_at IS NULL) = ((confirmed_by IS NULL) AND (refused_by IS NULL)))),
    CONSTRAINT ck_sign_off_second_approver CHECK ((confirmed_by <> signed_by))
);

CREATE TABLE public.spoken_language (
    bank_id bigint NOT NULL,
    member_id bigint NOT NULL,
    language character varying(3) NOT NULL,
    CONSTRAINT ck_spoken_language_language CHECK (((length((language)::text) >= 2) AND (length((language)::text) <= 3) AND ((language)::text = lower((language)::text))))
);

CREATE TABLE public.standing_change (
    bank_id bigint NOT NULL,
    membership_id bigint NOT NULL,
    number integer NOT NULL,
    standing character varying(20) NOT NULL,
    reason text NOT NULL,
    done_by bigint NOT NULL,
    done_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_standing_change_standing CHECK (((standing)::text = ANY ((ARRAY['active'::character varying, 'suspended'::character varying, 'left'::character varying])::text[])))
);

CREATE TABLE public.stopped_phone (
    phone_digest bytea NOT NULL,
    stopped_at timestamp with time zone NOT NULL
);

CREATE TABLE public.taken_back (
    bank_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    line bigint NOT NULL,
    by_entry_id bigint NOT NULL
);

CREATE TABLE public.task (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    code character varying(12) NOT NULL,
    kind character varying(40) NOT NULL,
    subject character varying(80) NOT NULL,
    status character varying(10) NOT NULL,
    owner_id bigint,
    kept_from_id bigint,
    also_kept_from_id bigint,
    opened_at timestamp with time zone NOT NULL,
    done_by bigint,
    done_at timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT ck_task_done CHECK ((((status)::text = 'done'::text) = (done_at IS NOT NULL))),
    CONSTRAINT ck_task_status CHECK (((status)::text = ANY ((ARRAY['open'::character varying, 'taken'::character varying, 'done'::character varying])::text[]))),
    CONSTRAINT ck_task_taken_by_somebody CHECK ((((status)::text <> 'taken'::text) OR (owner_id IS NOT NULL)))
);

CREATE TABLE public.thank_you (
    bank_id bigint NOT NULL,
    exchange_id bigint NOT NULL,
    side character varying(10) NOT NULL,
    words character varying(200) NOT NULL,
    said_by bigint NOT NULL,
    said_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_thank_you_side CHECK (((side)::text = ANY ((ARRAY['giver'::character varying, 'receiver'::character varying])::text[])))
);

CREATE TABLE public.time_rule (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    begun_by bigint NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ended_by bigint,
    ended_at timestamp with time zone,
    CONSTRAINT ck_time_rule_ended CHECK (((ended_at IS NULL) = (ended_by IS NULL)))
);

CREATE TABLE public.trail (
    bank_id bigint NOT NULL,
    id bigint NOT NULL,
    done_at timestamp with time zone NOT NULL,
    done_by bigint,
    on_behalf_of bigint,
    code_made_by bigint,
    deed character varying(60) NOT NULL,
    subject character varying(80) NOT NULL,
    form_key character varying(64),
    form_digest bytea
);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT pk_account PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.account_holder
    ADD CONSTRAINT pk_account_holder PRIMARY KEY (bank_id, account_id, number);

ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT pk_announcement PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.application
    ADD CONSTRAINT pk_application PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.application_step
    ADD CONSTRAINT pk_application_step PRIMARY KEY (bank_id, application_id, number);

ALTER TABLE ONLY public.area
    ADD CONSTRAINT pk_area PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.area_travel
    ADD CONSTRAINT pk_area_travel PRIMARY KEY (bank_id, first_area_id, second_area_id);

ALTER TABLE ONLY public.bank
    ADD CONSTRAINT pk_bank PRIMARY KEY (id);

ALTER TABLE ONLY public.books_check
    ADD CONSTRAINT pk_books_check PRIMARY KEY (id);

ALTER TABLE ONLY public.bounce
    ADD CONSTRAINT pk_bounce PRIMARY KEY (bank_id, delivery_id, kind);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT pk_category PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.closing
    ADD CONSTRAINT pk_closing PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.code_request
    ADD CONSTRAINT pk_code_request PRIMARY KEY (id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT pk_conversation PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.correction
    ADD CONSTRAINT pk_correction PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT pk_delivery PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.digest_item
    ADD CONSTRAINT pk_digest_item PRIMARY KEY (bank_id, member_id, code);

ALTER TABLE ONLY public.digest_turn
    ADD CONSTRAINT pk_digest_turn PRIMARY KEY (bank_id, member_id);

ALTER TABLE ONLY public.dismissed_suggestion
    ADD CONSTRAINT pk_dismissed_suggestion PRIMARY KEY (bank_id, member_id, kind, about);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT pk_draft PRIMARY KEY (bank_id, code);

ALTER TABLE ONLY public.entry
    ADD CONSTRAINT pk_entry PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.exchange
    ADD CONSTRAINT pk_exchange PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.exchange_step
    ADD CONSTRAINT pk_exchange_step PRIMARY KEY (bank_id, exchange_id, number);

ALTER TABLE ONLY public.helping
    ADD CONSTRAINT pk_helping PRIMARY KEY (bank_id, member_id);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT pk_hold PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT pk_invitation PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT pk_job PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.leaf
    ADD CONSTRAINT pk_leaf PRIMARY KEY (bank_id, number);

ALTER TABLE ONLY public.learned_kinds
    ADD CONSTRAINT pk_learned_kinds PRIMARY KEY (bank_id, version);

ALTER TABLE ONLY public.letter_bundle
    ADD CONSTRAINT pk_letter_bundle PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.limit_change
    ADD CONSTRAINT pk_limit_change PRIMARY KEY (bank_id, account_id, number);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT pk_listing PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.listing_category
    ADD CONSTRAINT pk_listing_category PRIMARY KEY (bank_id, listing_id, category_id);

ALTER TABLE ONLY public.listing_meaning
    ADD CONSTRAINT pk_listing_meaning PRIMARY KEY (bank_id, listing_id);

ALTER TABLE ONLY public.listing_word
    ADD CONSTRAINT pk_listing_word PRIMARY KEY (bank_id, word, listing_id);

ALTER TABLE ONLY public.login_session
    ADD CONSTRAINT pk_login_session PRIMARY KEY (token_digest);

ALTER TABLE ONLY public.matching_rules
    ADD CONSTRAINT pk_matching_rules PRIMARY KEY (bank_id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT pk_membership PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.membership_role
    ADD CONSTRAINT pk_membership_role PRIMARY KEY (bank_id, membership_id, role);

ALTER TABLE ONLY public.memo
    ADD CONSTRAINT pk_memo PRIMARY KEY (bank_id, entry_id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT pk_message PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT pk_notice PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.notice_choice
    ADD CONSTRAINT pk_notice_choice PRIMARY KEY (bank_id, member_id, topic);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT pk_person PRIMARY KEY (id);

ALTER TABLE ONLY public.posting
    ADD CONSTRAINT pk_posting PRIMARY KEY (bank_id, account_id, number);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT pk_reversal PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.role_change
    ADD CONSTRAINT pk_role_change PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.seal
    ADD CONSTRAINT pk_seal PRIMARY KEY (bank_id, number);

ALTER TABLE ONLY public.seal_log
    ADD CONSTRAINT pk_seal_log PRIMARY KEY (bank_id, number);

ALTER TABLE ONLY public.security_event
    ADD CONSTRAINT pk_security_event PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.sign_in_attempt
    ADD CONSTRAINT pk_sign_in_attempt PRIMARY KEY (id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT pk_sign_in_code PRIMARY KEY (id);

ALTER TABLE ONLY public.sign_off
    ADD CONSTRAINT pk_sign_off PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.spoken_language
    ADD CONSTRAINT pk_spoken_language PRIMARY KEY (bank_id, member_id, language);

ALTER TABLE ONLY public.standing_change
    ADD CONSTRAINT pk_standing_change PRIMARY KEY (bank_id, membership_id, number);

ALTER TABLE ONLY public.stopped_phone
    ADD CONSTRAINT pk_stopped_phone PRIMARY KEY (phone_digest);

ALTER TABLE ONLY public.taken_back
    ADD CONSTRAINT pk_taken_back PRIMARY KEY (bank_id, entry_id, line);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT pk_task PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.thank_you
    ADD CONSTRAINT pk_thank_you PRIMARY KEY (bank_id, exchange_id, side);

ALTER TABLE ONLY public.time_rule
    ADD CONSTRAINT pk_time_rule PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.trail
    ADD CONSTRAINT pk_trail PRIMARY KEY (bank_id, id);

ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT uq_announcement_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.application
    ADD CONSTRAINT uq_application_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.area
    ADD CONSTRAINT uq_area_bank_id_name UNIQUE (bank_id, name);

ALTER TABLE ONLY public.bank
    ADD CONSTRAINT uq_bank_slug UNIQUE (slug);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT uq_category_bank_id_key UNIQUE (bank_id, key);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT uq_category_bank_id_parent_id_name UNIQUE (bank_id, parent_id, name);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT uq_conversation_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT uq_conversation_bank_id_first_id_second_id UNIQUE (bank_id, first_id, second_id);

ALTER TABLE ONLY public.correction
    ADD CONSTRAINT uq_correction_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT uq_delivery_stop_token UNIQUE (stop_token);

ALTER TABLE ONLY public.entry
    ADD CONSTRAINT uq_entry_bank_id_key UNIQUE (bank_id, key);

ALTER TABLE ONLY public.exchange
    ADD CONSTRAINT uq_exchange_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT uq_hold_bank_id_deed UNIQUE (bank_id, deed);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT uq_invitation_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT uq_job_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT uq_job_file_token UNIQUE (file_token);

ALTER TABLE ONLY public.leaf
    ADD CONSTRAINT uq_leaf_bank_id_kind_subject_id_subject_number UNIQUE (bank_id, kind, subject_id, subject_number);

ALTER TABLE ONLY public.letter_bundle
    ADD CONSTRAINT uq_letter_bundle_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT uq_listing_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT uq_listing_bank_id_source_source_key UNIQUE (bank_id, source, source_key);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT uq_membership_bank_id_account_id UNIQUE (bank_id, account_id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT uq_membership_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT uq_membership_bank_id_number UNIQUE (bank_id, number);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT uq_membership_bank_id_person_id UNIQUE (bank_id, person_id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT uq_notice_bank_id_member_id_kind_subject_occasion UNIQUE (bank_id, member_id, kind, subject, occasion);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT uq_reversal_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.role_change
    ADD CONSTRAINT uq_role_change_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.seal
    ADD CONSTRAINT uq_seal_bank_id_size UNIQUE (bank_id, size);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT uq_sign_in_code_code_digest UNIQUE (code_digest);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT uq_task_bank_id_code UNIQUE (bank_id, code);

ALTER TABLE ONLY public.trail
    ADD CONSTRAINT uq_trail_bank_id_done_by_form_key UNIQUE (bank_id, done_by, form_key);

CREATE INDEX ix_announcement_last_day ON public.announcement USING btree (bank_id, last_day);

CREATE INDEX ix_application_stage ON public.application USING btree (bank_id, stage, id);

CREATE INDEX ix_bounce_mark ON public.bounce USING btree (mark, came_at);

CREATE INDEX ix_closing_account ON public.closing USING btree (bank_id, account_id, id);

CREATE INDEX ix_conversation_first ON public.conversation USING btree (bank_id, first_id, newest_id);

CREATE INDEX ix_conversation_second ON public.conversation USING btree (bank_id, second_id, newest_id);

CREATE INDEX ix_delivery_bundle ON public.delivery USING btree (bank_id, bundle_id);

CREATE INDEX ix_delivery_failed ON public.delivery USING btree (ended_at) WHERE ((state)::text = 'failed'::text);

CREATE INDEX ix_delivery_member ON public.delivery USING btree (bank_id, member_id, id);

CREATE INDEX ix_delivery_open ON public.delivery USING btree (way, topic, at_any_hour, due_at, id) WHERE ((state)::text = ANY ((ARRAY['ready'::character varying, 'sending'::character varying])::text[]));

CREATE INDEX ix_delivery_texts ON public.delivery USING btree (bank_id, made_at) WHERE ((way)::text = 'text'::text);

CREATE INDEX ix_digest_item_shown_at ON public.digest_item USING btree (bank_id, shown_at);

CREATE INDEX ix_exchange_category ON public.exchange USING btree (bank_id, category_id, id);

CREATE INDEX ix_exchange_giver ON public.exchange USING btree (bank_id, giver_account_id, state, id);

CREATE INDEX ix_exchange_listing ON public.exchange USING btree (bank_id, listing_id) WHERE (listing_id IS NOT NULL);

CREATE INDEX ix_exchange_receiver ON public.exchange USING btree (bank_id, receiver_account_id, state, id);

CREATE INDEX ix_exchange_state ON public.exchange USING btree (bank_id, state, id);

CREATE INDEX ix_exchange_step_not_signed_in ON public.exchange_step USING btree (bank_id, exchange_id) WHERE ((how)::text = ANY ((ARRAY['time'::character varying, 'text'::character varying])::text[]));

CREATE INDEX ix_exchange_step_on_behalf ON public.exchange_step USING btree (bank_id, exchange_id) WHERE ((on_behalf_of IS NOT NULL) OR (code_made_by IS NOT NULL));

CREATE INDEX ix_hold_open ON public.hold USING btree (bank_id, account_id) WHERE (resolved_at IS NULL);

CREATE INDEX ix_invitation_listing ON public.invitation USING btree (bank_id, listing_id, id);

CREATE INDEX ix_invitation_member ON public.invitation USING btree (bank_id, member_id, id);

CREATE INDEX ix_invitation_standing ON public.invitation USING btree (bank_id, id) WHERE ((state)::text = ANY ((ARRAY['next'::character varying, 'sent'::character varying])::text[]));

CREATE INDEX ix_job_ended ON public.job USING btree (ended_at);

CREATE UNIQUE INDEX ix_job_open ON public.job USING btree (bank_id, kind) WHERE ((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying])::text[]));

CREATE INDEX ix_leaf_block ON public.leaf USING btree (bank_id, number) WHERE (block IS NOT NULL);

CREATE INDEX ix_listing_category_category ON public.listing_category USING btree (bank_id, category_id, listing_id);

CREATE INDEX ix_listing_found ON public.listing USING btree (bank_id, life, kind, listed_at);

CREATE INDEX ix_listing_meaning_cell ON public.listing_meaning USING btree (bank_id, kind, cell);

CREATE INDEX ix_listing_member ON public.listing USING btree (bank_id, member_id, life);

CREATE INDEX ix_listing_word_listing ON public.listing_word USING btree (bank_id, listing_id);

CREATE INDEX ix_login_session_person_id ON public.login_session USING btree (person_id);

CREATE INDEX ix_membership_person_id ON public.membership USING btree (person_id);

CREATE INDEX ix_message_conversation ON public.message USING btree (bank_id, conversation_id, id);

CREATE INDEX ix_message_written_by ON public.message USING btree (bank_id, written_by, written_at);

CREATE INDEX ix_notice_delivery ON public.notice USING btree (bank_id, delivery_id);

CREATE INDEX ix_notice_waiting ON public.notice USING btree (due_at, id) WHERE ((state)::text = 'waiting'::text);

CREATE INDEX ix_person_email ON public.person USING btree (email);

CREATE INDEX ix_person_phone ON public.person USING btree (phone);

CREATE INDEX ix_posting_entry ON public.posting USING brin (entry_id) WITH (pages_per_range='32', autosummarize='on');

CREATE INDEX ix_security_event_kind ON public.security_event USING btree (bank_id, kind, id);

CREATE INDEX ix_security_event_origin ON public.security_event USING btree (bank_id, kind, origin_digest, happened_at);

CREATE INDEX ix_sign_in_attempt_account ON public.sign_in_attempt USING btree (account_digest, tried_at);

CREATE INDEX ix_sign_in_attempt_address ON public.sign_in_attempt USING btree (address_digest, tried_at);

CREATE INDEX ix_sign_in_attempt_typed ON public.sign_in_attempt USING btree (typed_digest, tried_at);

CREATE INDEX ix_sign_in_code_first_digest ON public.sign_in_code USING btree (first_digest);

CREATE INDEX ix_sign_in_code_person_id ON public.sign_in_code USING btree (person_id);

CREATE INDEX ix_spoken_language_language ON public.spoken_language USING btree (bank_id, language, member_id);

CREATE INDEX ix_task_status ON public.task USING btree (bank_id, status, id);

CREATE INDEX ix_trail_code_made_by ON public.trail USING btree (bank_id, id) WHERE (code_made_by IS NOT NULL);

CREATE INDEX ix_trail_reading ON public.trail USING btree (bank_id, id) WHERE ((deed)::text = ANY ((ARRAY['conversation.read'::character varying, 'job.file_fetched'::character varying, 'letters.printed'::character varying, 'letters.printed_again'::character varying])::text[]));

CREATE INDEX ix_trail_subject ON public.trail USING btree (bank_id, subject);

CREATE UNIQUE INDEX uq_account_one_per_bank ON public.account USING btree (bank_id, kind) WHERE ((kind)::text = ANY ((ARRAY['pot'::character varying, 'opening'::character varying, 'leavers'::character varying])::text[]));

CREATE UNIQUE INDEX uq_closing_month ON public.closing USING btree (bank_id, month) WHERE (month IS NOT NULL);

CREATE UNIQUE INDEX uq_invitation_one_standing ON public.invitation USING btree (bank_id, listing_id, member_id) WHERE ((state)::text = ANY ((ARRAY['next'::character varying, 'sent'::character varying])::text[]));

CREATE UNIQUE INDEX uq_membership_one_holder ON public.membership USING btree (bank_id) WHERE is_holder;

CREATE UNIQUE INDEX uq_reversal_one_waiting ON public.reversal USING btree (bank_id, exchange_id) WHERE (closed_at IS NULL);

CREATE UNIQUE INDEX uq_role_change_one_waiting ON public.role_change USING btree (bank_id, membership_id, role) WHERE (closed_at IS NULL);

CREATE UNIQUE INDEX uq_sign_off_one_waiting ON public.sign_off USING btree (bank_id, month) WHERE (closed_at IS NULL);

CREATE UNIQUE INDEX uq_task_one_open ON public.task USING btree (bank_id, kind, subject) WHERE ((status)::text <> 'done'::text);

CREATE UNIQUE INDEX uq_time_rule_one_holds ON public.time_rule USING btree (bank_id) WHERE (ended_at IS NULL);

CREATE TRIGGER account_holder_append_only BEFORE DELETE OR UPDATE ON public.account_holder FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER account_holder_never_truncated BEFORE TRUNCATE ON public.account_holder FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER account_holder_numbered BEFORE INSERT ON public.account_holder FOR EACH ROW EXECUTE FUNCTION public.books_number_holder();

CREATE TRIGGER account_holds_nothing_at_first BEFORE INSERT ON public.account FOR EACH ROW WHEN ((new.held <> 0)) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER account_moved_by_posting BEFORE UPDATE ON public.account FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER account_never_deleted BEFORE DELETE ON public.account FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER account_never_truncated BEFORE TRUNCATE ON public.account FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER account_open_at_first BEFORE INSERT ON public.account FOR EACH ROW WHEN ((new.closed_at IS NOT NULL)) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER account_starts_at_zero BEFORE INSERT ON public.account FOR EACH ROW WHEN (((new.balance <> 0) OR (new.number <> 0) OR (new.given <> 0) OR (new.received <> 0) OR (new.floor IS DISTINCT FROM 0))) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER closing_append_only BEFORE DELETE OR UPDATE ON public.closing FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER closing_closes_account AFTER INSERT ON public.closing FOR EACH ROW WHEN ((new.account_id IS NOT NULL)) EXECUTE FUNCTION public.books_close_account();

CREATE TRIGGER closing_in_order BEFORE INSERT ON public.closing FOR EACH ROW EXECUTE FUNCTION public.books_take_closing();

CREATE TRIGGER closing_never_truncated BEFORE TRUNCATE ON public.closing FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER entry_append_only BEFORE DELETE OR UPDATE ON public.entry FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER entry_never_truncated BEFORE TRUNCATE ON public.entry FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER entry_posts AFTER INSERT ON public.entry REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION public.books_post();

CREATE TRIGGER hold_never_deleted BEFORE DELETE ON public.hold FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER hold_never_truncated BEFORE TRUNCATE ON public.hold FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER hold_placed AFTER INSERT ON public.hold FOR EACH ROW EXECUTE FUNCTION public.books_place_hold();

CREATE TRIGGER hold_placed_open BEFORE INSERT ON public.hold FOR EACH ROW WHEN ((new.resolved_at IS NOT NULL)) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER hold_released AFTER UPDATE ON public.hold FOR EACH ROW EXECUTE FUNCTION public.books_release_hold();

CREATE TRIGGER hold_resolved_once BEFORE UPDATE ON public.hold FOR EACH ROW WHEN (((old.resolved_at IS NOT NULL) OR (new.resolved_at IS NULL) OR (new.bank_id <> old.bank_id) OR (new.id <> old.id) OR (new.account_id <> old.account_id) OR (new.minutes <> old.minutes) OR (new.unagreed_minutes <> old.unagreed_minutes) OR ((new.deed)::text <> (old.deed)::text) OR (new.placed_at <> old.placed_at))) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER leaf_append_only BEFORE DELETE OR UPDATE ON public.leaf FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER leaf_never_truncated BEFORE TRUNCATE ON public.leaf FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER leaf_numbered AFTER INSERT ON public.leaf REFERENCING NEW TABLE AS new_leaves FOR EACH STATEMENT EXECUTE FUNCTION public.books_number_leaves();

CREATE TRIGGER limit_change_append_only BEFORE DELETE OR UPDATE ON public.limit_change FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER limit_change_never_truncated BEFORE TRUNCATE ON public.limit_change FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER limit_change_numbered BEFORE INSERT ON public.limit_change FOR EACH ROW EXECUTE FUNCTION public.books_number_limit_change();

CREATE TRIGGER limit_change_sets_floor AFTER INSERT ON public.limit_change FOR EACH ROW EXECUTE FUNCTION public.books_change_limit();

CREATE TRIGGER membership_keeps_its_id BEFORE UPDATE OF bank_id, id, person_id, account_id, number, code ON public.membership FOR EACH ROW WHEN (((new.bank_id <> old.bank_id) OR (new.id <> old.id) OR (new.person_id <> old.person_id) OR (new.account_id <> old.account_id) OR (new.number <> old.number) OR ((new.code)::text <> (old.code)::text))) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER membership_never_deleted BEFORE DELETE ON public.membership FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER membership_never_truncated BEFORE TRUNCATE ON public.membership FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER memo_append_only BEFORE DELETE OR UPDATE ON public.memo FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER memo_belongs_to_words BEFORE INSERT ON public.memo FOR EACH ROW EXECUTE FUNCTION public.books_take_memo();

CREATE TRIGGER memo_never_truncated BEFORE TRUNCATE ON public.memo FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER posting_append_only BEFORE DELETE OR UPDATE ON public.posting FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER posting_never_truncated BEFORE TRUNCATE ON public.posting FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER posting_written_by_entry BEFORE INSERT ON public.posting FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER seal_append_only BEFORE DELETE OR UPDATE ON public.seal FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER seal_log_append_only BEFORE DELETE OR UPDATE ON public.seal_log FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER seal_log_begun BEFORE INSERT ON public.seal_log FOR EACH ROW EXECUTE FUNCTION public.books_begin_log();

CREATE TRIGGER seal_log_never_truncated BEFORE TRUNCATE ON public.seal_log FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER seal_never_truncated BEFORE TRUNCATE ON public.seal FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER seal_numbered BEFORE INSERT ON public.seal FOR EACH ROW EXECUTE FUNCTION public.books_take_seal();

CREATE TRIGGER security_event_kept_a_year BEFORE DELETE ON public.security_event FOR EACH ROW EXECUTE FUNCTION public.books_keep_event();

CREATE TRIGGER security_event_never_truncated BEFORE TRUNCATE ON public.security_event FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER security_event_no_update BEFORE UPDATE ON public.security_event FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER taken_back_append_only BEFORE DELETE OR UPDATE ON public.taken_back FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER taken_back_never_truncated BEFORE TRUNCATE ON public.taken_back FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER taken_back_written_by_entry BEFORE INSERT ON public.taken_back FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER trail_append_only BEFORE DELETE OR UPDATE ON public.trail FOR EACH ROW EXECUTE FUNCTION public.books_refuse_change();

CREATE TRIGGER trail_never_truncated BEFORE TRUNCATE ON public.trail FOR EACH STATEMENT EXECUTE FUNCTION public.books_refuse_change();

ALTER TABLE ONLY public.account
    ADD CONSTRAINT fk_account_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.account_holder
    ADD CONSTRAINT fk_account_holder_bank_id_account_id FOREIGN KEY (bank_id, account_id) REFERENCES public.account(bank_id, id);

ALTER TABLE ONLY public.account_holder
    ADD CONSTRAINT fk_account_holder_bank_id_recorded_by FOREIGN KEY (bank_id, recorded_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT fk_announcement_bank_id_announced_by FOREIGN KEY (bank_id, announced_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT fk_announcement_bank_id_taken_down_by FOREIGN KEY (bank_id, taken_down_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.application
    ADD CONSTRAINT fk_application_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.application
    ADD CONSTRAINT fk_application_bank_id_area_id FOREIGN KEY (bank_id, area_id) REFERENCES public.area(bank_id, id);

ALTER TABLE ONLY public.application
    ADD CONSTRAINT fk_application_bank_id_membership_id FOREIGN KEY (bank_id, membership_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.application
    ADD CONSTRAINT fk_application_bank_id_recorded_by FOREIGN KEY (bank_id, recorded_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.application_step
    ADD CONSTRAINT fk_application_step_bank_id_application_id FOREIGN KEY (bank_id, application_id) REFERENCES public.application(bank_id, id);

ALTER TABLE ONLY public.application_step
    ADD CONSTRAINT fk_application_step_done_by FOREIGN KEY (bank_id, done_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.area
    ADD CONSTRAINT fk_area_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.area_travel
    ADD CONSTRAINT fk_area_travel_bank_id_first_area_id FOREIGN KEY (bank_id, first_area_id) REFERENCES public.area(bank_id, id);

ALTER TABLE ONLY public.area_travel
    ADD CONSTRAINT fk_area_travel_bank_id_second_area_id FOREIGN KEY (bank_id, second_area_id) REFERENCES public.area(bank_id, id);

ALTER TABLE ONLY public.bounce
    ADD CONSTRAINT fk_bounce_bank_id_delivery_id FOREIGN KEY (bank_id, delivery_id) REFERENCES public.delivery(bank_id, id);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT fk_category_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT fk_category_bank_id_parent_id FOREIGN KEY (bank_id, parent_id) REFERENCES public.category(bank_id, id);

ALTER TABLE ONLY public.closing
    ADD CONSTRAINT fk_closing_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.closing
    ADD CONSTRAINT fk_closing_bank_id_account_id FOREIGN KEY (bank_id, account_id) REFERENCES public.account(bank_id, id);

ALTER TABLE ONLY public.closing
    ADD CONSTRAINT fk_closing_bank_id_approved_by FOREIGN KEY (bank_id, approved_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.closing
    ADD CONSTRAINT fk_closing_bank_id_recorded_by FOREIGN KEY (bank_id, recorded_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.code_request
    ADD CONSTRAINT fk_code_request_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT fk_conversation_bank_id_first_id FOREIGN KEY (bank_id, first_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT fk_conversation_bank_id_newest_by FOREIGN KEY (bank_id, newest_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT fk_conversation_bank_id_second_id FOREIGN KEY (bank_id, second_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT fk_conversation_bank_id_started_by FOREIGN KEY (bank_id, started_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.correction
    ADD CONSTRAINT fk_correction_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.correction
    ADD CONSTRAINT fk_correction_bank_id_approved_by FOREIGN KEY (bank_id, approved_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.correction
    ADD CONSTRAINT fk_correction_bank_id_entry_id FOREIGN KEY (bank_id, entry_id) REFERENCES public.entry(bank_id, id);

ALTER TABLE ONLY public.correction
    ADD CONSTRAINT fk_correction_bank_id_proposed_by FOREIGN KEY (bank_id, proposed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.correction
    ADD CONSTRAINT fk_correction_bank_id_refused_by FOREIGN KEY (bank_id, refused_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT fk_delivery_bank_id_bundle_id FOREIGN KEY (bank_id, bundle_id) REFERENCES public.letter_bundle(bank_id, id);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT fk_delivery_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.digest_item
    ADD CONSTRAINT fk_digest_item_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.digest_turn
    ADD CONSTRAINT fk_digest_turn_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.dismissed_suggestion
    ADD CONSTRAINT fk_dismissed_suggestion_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT fk_draft_bank_id_category_id FOREIGN KEY (bank_id, category_id) REFERENCES public.category(bank_id, id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT fk_draft_bank_id_exchange_id FOREIGN KEY (bank_id, exchange_id) REFERENCES public.exchange(bank_id, id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT fk_draft_bank_id_listing_id FOREIGN KEY (bank_id, listing_id) REFERENCES public.listing(bank_id, id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT fk_draft_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT fk_draft_bank_id_other_account_id FOREIGN KEY (bank_id, other_account_id) REFERENCES public.account(bank_id, id);

ALTER TABLE ONLY public.exchange
    ADD CONSTRAINT fk_exchange_bank_id_category_id FOREIGN KEY (bank_id, category_id) REFERENCES public.category(bank_id, id);

ALTER TABLE ONLY public.exchange
    ADD CONSTRAINT fk_exchange_bank_id_giver_account_id FOREIGN KEY (bank_id, giver_account_id) REFERENCES public.account(bank_id, id);

ALTER TABLE ONLY public.exchange
    ADD CONSTRAINT fk_exchange_bank_id_listing_id FOREIGN KEY (bank_id, listing_id) REFERENCES public.listing(bank_id, id);

ALTER TABLE ONLY public.exchange
    ADD CONSTRAINT fk_exchange_bank_id_receiver_account_id FOREIGN KEY (bank_id, receiver_account_id) REFERENCES public.account(bank_id, id);

ALTER TABLE ONLY public.exchange_step
    ADD CONSTRAINT fk_exchange_step_bank_id_done_by FOREIGN KEY (bank_id, done_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.exchange_step
    ADD CONSTRAINT fk_exchange_step_bank_id_exchange_id FOREIGN KEY (bank_id, exchange_id) REFERENCES public.exchange(bank_id, id);

ALTER TABLE ONLY public.exchange_step
    ADD CONSTRAINT fk_exchange_step_code_made_by FOREIGN KEY (bank_id, code_made_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.exchange_step
    ADD CONSTRAINT fk_exchange_step_on_behalf_of FOREIGN KEY (bank_id, on_behalf_of) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.helping
    ADD CONSTRAINT fk_helping_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.hold
    ADD CONSTRAINT fk_hold_bank_id_account_id FOREIGN KEY (bank_id, account_id) REFERENCES public.account(bank_id, id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_bank_id_answered_by FOREIGN KEY (bank_id, answered_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_bank_id_asked_by FOREIGN KEY (bank_id, asked_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_bank_id_exchange_id FOREIGN KEY (bank_id, exchange_id) REFERENCES public.exchange(bank_id, id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_bank_id_listing_id FOREIGN KEY (bank_id, listing_id) REFERENCES public.listing(bank_id, id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT fk_job_bank_id_asked_by FOREIGN KEY (bank_id, asked_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.leaf
    ADD CONSTRAINT fk_leaf_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.learned_kinds
    ADD CONSTRAINT fk_learned_kinds_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.letter_bundle
    ADD CONSTRAINT fk_letter_bundle_bank_id_posted_by FOREIGN KEY (bank_id, posted_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.letter_bundle
    ADD CONSTRAINT fk_letter_bundle_bank_id_printed_by FOREIGN KEY (bank_id, printed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.limit_change
    ADD CONSTRAINT fk_limit_change_bank_id_account_id FOREIGN KEY (bank_id, account_id) REFERENCES public.account(bank_id, id);

ALTER TABLE ONLY public.limit_change
    ADD CONSTRAINT fk_limit_change_bank_id_recorded_by FOREIGN KEY (bank_id, recorded_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT fk_listing_bank_id_area_id FOREIGN KEY (bank_id, area_id) REFERENCES public.area(bank_id, id);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT fk_listing_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT fk_listing_bank_id_written_by FOREIGN KEY (bank_id, written_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.listing_category
    ADD CONSTRAINT fk_listing_category_bank_id_category_id FOREIGN KEY (bank_id, category_id) REFERENCES public.category(bank_id, id);

ALTER TABLE ONLY public.listing_category
    ADD CONSTRAINT fk_listing_category_bank_id_listing_id FOREIGN KEY (bank_id, listing_id) REFERENCES public.listing(bank_id, id);

ALTER TABLE ONLY public.listing_meaning
    ADD CONSTRAINT fk_listing_meaning_bank_id_listing_id FOREIGN KEY (bank_id, listing_id) REFERENCES public.listing(bank_id, id);

ALTER TABLE ONLY public.listing_word
    ADD CONSTRAINT fk_listing_word_bank_id_listing_id FOREIGN KEY (bank_id, listing_id) REFERENCES public.listing(bank_id, id);

ALTER TABLE ONLY public.login_session
    ADD CONSTRAINT fk_login_session_code_id FOREIGN KEY (code_id) REFERENCES public.sign_in_code(id);

ALTER TABLE ONLY public.login_session
    ADD CONSTRAINT fk_login_session_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.matching_rules
    ADD CONSTRAINT fk_matching_rules_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_admitted_by FOREIGN KEY (bank_id, admitted_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_bank_id_account_id FOREIGN KEY (bank_id, account_id) REFERENCES public.account(bank_id, id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_bank_id_area_id FOREIGN KEY (bank_id, area_id) REFERENCES public.area(bank_id, id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.membership_role
    ADD CONSTRAINT fk_membership_role_bank_id_membership_id FOREIGN KEY (bank_id, membership_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.membership_role
    ADD CONSTRAINT fk_membership_role_granted_by FOREIGN KEY (bank_id, granted_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_bank_id_conversation_id FOREIGN KEY (bank_id, conversation_id) REFERENCES public.conversation(bank_id, id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_bank_id_written_by FOREIGN KEY (bank_id, written_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_bank_id_delivery_id FOREIGN KEY (bank_id, delivery_id) REFERENCES public.delivery(bank_id, id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.notice_choice
    ADD CONSTRAINT fk_notice_choice_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT fk_reversal_bank_id_approved_by FOREIGN KEY (bank_id, approved_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT fk_reversal_bank_id_exchange_id FOREIGN KEY (bank_id, exchange_id) REFERENCES public.exchange(bank_id, id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT fk_reversal_bank_id_giver_agreed_by FOREIGN KEY (bank_id, giver_agreed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT fk_reversal_bank_id_proposed_by FOREIGN KEY (bank_id, proposed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT fk_reversal_bank_id_receiver_agreed_by FOREIGN KEY (bank_id, receiver_agreed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.reversal
    ADD CONSTRAINT fk_reversal_bank_id_refused_by FOREIGN KEY (bank_id, refused_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.role_change
    ADD CONSTRAINT fk_role_change_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.role_change
    ADD CONSTRAINT fk_role_change_bank_id_approved_by FOREIGN KEY (bank_id, approved_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.role_change
    ADD CONSTRAINT fk_role_change_bank_id_membership_id FOREIGN KEY (bank_id, membership_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.role_change
    ADD CONSTRAINT fk_role_change_bank_id_proposed_by FOREIGN KEY (bank_id, proposed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.role_change
    ADD CONSTRAINT fk_role_change_bank_id_refused_by FOREIGN KEY (bank_id, refused_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.seal
    ADD CONSTRAINT fk_seal_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.seal_log
    ADD CONSTRAINT fk_seal_log_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.security_event
    ADD CONSTRAINT fk_security_event_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.security_event
    ADD CONSTRAINT fk_security_event_bank_id_done_by FOREIGN KEY (bank_id, done_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.security_event
    ADD CONSTRAINT fk_security_event_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT fk_sign_in_code_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT fk_sign_in_code_bank_id_completed_by FOREIGN KEY (bank_id, completed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT fk_sign_in_code_bank_id_made_by FOREIGN KEY (bank_id, made_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.sign_in_code
    ADD CONSTRAINT fk_sign_in_code_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.sign_off
    ADD CONSTRAINT fk_sign_off_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.sign_off
    ADD CONSTRAINT fk_sign_off_bank_id_confirmed_by FOREIGN KEY (bank_id, confirmed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.sign_off
    ADD CONSTRAINT fk_sign_off_bank_id_refused_by FOREIGN KEY (bank_id, refused_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.sign_off
    ADD CONSTRAINT fk_sign_off_bank_id_signed_by FOREIGN KEY (bank_id, signed_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.spoken_language
    ADD CONSTRAINT fk_spoken_language_bank_id_member_id FOREIGN KEY (bank_id, member_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.standing_change
    ADD CONSTRAINT fk_standing_change_bank_id_membership_id FOREIGN KEY (bank_id, membership_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.standing_change
    ADD CONSTRAINT fk_standing_change_done_by FOREIGN KEY (bank_id, done_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT fk_task_bank_id FOREIGN KEY (bank_id) REFERENCES public.bank(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT fk_task_bank_id_also_kept_from_id FOREIGN KEY (bank_id, also_kept_from_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT fk_task_bank_id_done_by FOREIGN KEY (bank_id, done_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT fk_task_bank_id_kept_from_id FOREIGN KEY (bank_id, kept_from_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT fk_task_bank_id_owner_id FOREIGN KEY (bank_id, owner_id) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.thank_you
    ADD CONSTRAINT fk_thank_you_bank_id_exchange_id FOREIGN KEY (bank_id, exchange_id) REFERENCES public.exchange(bank_id, id);

ALTER TABLE ONLY public.thank_you
    ADD CONSTRAINT fk_thank_you_bank_id_said_by FOREIGN KEY (bank_id, said_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.time_rule
    ADD CONSTRAINT fk_time_rule_bank_id_begun_by FOREIGN KEY (bank_id, begun_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.time_rule
    ADD CONSTRAINT fk_time_rule_bank_id_ended_by FOREIGN KEY (bank_id, ended_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.trail
    ADD CONSTRAINT fk_trail_bank_id_done_by FOREIGN KEY (bank_id, done_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.trail
    ADD CONSTRAINT fk_trail_code_made_by FOREIGN KEY (bank_id, code_made_by) REFERENCES public.membership(bank_id, id);

ALTER TABLE ONLY public.trail
    ADD CONSTRAINT fk_trail_on_behalf_of FOREIGN KEY (bank_id, on_behalf_of) REFERENCES public.membership(bank_id, id);
GRANT USAGE ON SCHEMA public TO timebank_web;
REVOKE ALL ON FUNCTION public.books_begin_log() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_change_limit() FROM PUBLIC;
GRANT SELECT,INSERT ON TABLE public.entry TO timebank_web;
REVOKE ALL ON FUNCTION public.books_check_people(e public.entry) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_close_account() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_keep_event() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_lock_accounts(bank bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.books_lock_accounts(bank bigint, ids bigint[]) TO timebank_web;
REVOKE ALL ON FUNCTION public.books_number_holder() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_number_leaves() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_number_limit_change() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_place_hold() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_post() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_post_many(entries public.entry[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_refuse(rule text) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_refuse_change() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_release_hold() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_resolve_hold(bank bigint, hold_id bigint, entry_deed text, takes_from bigint[], reverses bigint, at timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_take_back(bank bigint, entry_id bigint, kind text, reverses bigint, lines bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_take_closing() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_take_memo() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.books_take_seal() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.exchange_confirm(bank bigint, exchange_id bigint, seen_at timestamp with time zone, trail_id bigint, form text, form_mac bytea, by_member bigint, at timestamp with time zone, entry_id bigint, entry_key text, day date, hold_id bigint, moved bigint[], words_mac bytea, mac bytea, entry_words text, entry_salt bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.exchange_confirm(bank bigint, exchange_id bigint, seen_at timestamp with time zone, trail_id bigint, form text, form_mac bytea, by_member bigint, at timestamp with time zone, entry_id bigint, entry_key text, day date, hold_id bigint, moved bigint[], words_mac bytea, mac bytea, entry_words text, entry_salt bytea) TO timebank_web;
GRANT SELECT ON TABLE public.account TO timebank_web;
GRANT INSERT(bank_id) ON TABLE public.account TO timebank_web;
GRANT INSERT(id) ON TABLE public.account TO timebank_web;
GRANT INSERT(kind) ON TABLE public.account TO timebank_web;
GRANT INSERT(opened_at) ON TABLE public.account TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.account_holder TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.announcement TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.application TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.application_step TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.area TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.area_travel TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.bank TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.books_check TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bounce TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.category TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.closing TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.code_request TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.conversation TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.correction TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delivery TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.digest_item TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.digest_turn TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.dismissed_suggestion TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.draft TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.exchange TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.exchange_step TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.helping TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.hold TO timebank_web;
GRANT UPDATE(resolved_at) ON TABLE public.hold TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.invitation TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.job TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.leaf TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.learned_kinds TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.letter_bundle TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.limit_change TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.listing TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.listing_category TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.listing_meaning TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.listing_word TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.login_session TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.matching_rules TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.membership TO timebank_web;
GRANT SELECT,INSERT,DELETE ON TABLE public.membership_role TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.memo TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.message TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.notice_choice TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.person TO timebank_web;
GRANT SELECT ON TABLE public.posting TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.reversal TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.role_change TO timebank_web;
GRANT UPDATE(approved_by) ON TABLE public.role_change TO timebank_web;
GRANT UPDATE(refused_by) ON TABLE public.role_change TO timebank_web;
GRANT UPDATE(refused_because) ON TABLE public.role_change TO timebank_web;
GRANT UPDATE(closed_at) ON TABLE public.role_change TO timebank_web;
GRANT UPDATE(acknowledged_at) ON TABLE public.role_change TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.seal TO timebank_web;
GRANT SELECT ON TABLE public.seal_log TO timebank_web;
GRANT SELECT,INSERT,DELETE ON TABLE public.security_event TO timebank_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_attempt TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.sign_in_code TO timebank_web;
GRANT UPDATE(second_digest) ON TABLE public.sign_in_code TO timebank_web;
GRANT UPDATE(completed_by) ON TABLE public.sign_in_code TO timebank_web;
GRANT UPDATE(used_at) ON TABLE public.sign_in_code TO timebank_web;
GRANT UPDATE(voided_at) ON TABLE public.sign_in_code TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.sign_off TO timebank_web;
GRANT SELECT,INSERT,DELETE ON TABLE public.spoken_language TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.standing_change TO timebank_web;
GRANT SELECT,INSERT,DELETE ON TABLE public.stopped_phone TO timebank_web;
GRANT SELECT ON TABLE public.taken_back TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.task TO timebank_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.thank_you TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.time_rule TO timebank_web;
GRANT UPDATE(ended_by) ON TABLE public.time_rule TO timebank_web;
GRANT UPDATE(ended_at) ON TABLE public.time_rule TO timebank_web;
GRANT SELECT,INSERT ON TABLE public.trail TO timebank_web;
