-- Deeds that are written in one call on PostgreSQL. Statements are parted by a line that holds only "--;".
--
-- They run with the rights of the web's role, which may write each of these rows by itself: they save journeys to the
-- server and grant nothing.

-- Confirms an exchange that is still as it was read: the trail, the exchange, its step, the entry with its words. Raises
-- SQLSTATE TB001 where it is not, where one side is not active, or where a balance crosses a soft limit of the bank.
CREATE FUNCTION exchange_confirm(
    bank bigint, exchange_id bigint, seen_at timestamptz, trail_id bigint, form text, form_mac bytea, by_member bigint,
    at timestamptz, entry_id bigint, entry_key text, day date, hold_id bigint, moved bigint[], words_mac bytea, mac bytea,
    entry_words text, entry_salt bytea
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
--;

REVOKE ALL ON FUNCTION exchange_confirm FROM PUBLIC;
