-- Closings on PostgreSQL: accounts that are closed at zero and opened again, and months that were signed off.
-- A function that stands already is replaced by the one here.

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
    PERFORM books_resolve_hold(n.bank_id, n.resolves, n.deed, ARRAY(SELECT unnest(n.lines[:][1:1])), n.reverses, n.recorded_at)
    FROM unnest(banks, ids) AS k(bank_id, id) JOIN entry n USING (bank_id, id) WHERE n.resolves IS NOT NULL;
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

CREATE TRIGGER closing_append_only BEFORE UPDATE OR DELETE ON closing FOR EACH ROW EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER closing_never_truncated BEFORE TRUNCATE ON closing FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER account_open_at_first BEFORE INSERT ON account FOR EACH ROW
WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION books_refuse_change();
--;

ALTER TABLE closing ADD CONSTRAINT ck_closing_moment CHECK (isfinite(recorded_at) AND isfinite(month));
--;

REVOKE ALL ON FUNCTION books_take_closing(), books_close_account() FROM PUBLIC;
