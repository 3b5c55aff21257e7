-- Posting on PostgreSQL told anew, leaner: the same rules in the same order. A function that stands already is replaced.

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

REVOKE ALL ON FUNCTION books_post_many(entry[]) FROM PUBLIC;
