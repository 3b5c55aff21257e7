-- The guards of the books on SQLite. Each trigger ends with a line that holds only "END;".
--
-- SQLite cannot tell a trigger's own writing from anybody else's, so a row is taken only if it follows from what
-- stands: a posting from its entry's line and its account, an account from its newest posting or limit change.
-- RAISE(ABORT) is used rather than CHECK alone, since INSERT OR IGNORE skips a CHECK inside a trigger, and keys are
-- looked up before inserting, since INSERT OR REPLACE rewrites them.

-- entry --------------------------------------------------------------------------------------------------------------

CREATE TRIGGER entry_before_insert BEFORE INSERT ON entry
BEGIN
    -- A replay is left aside in silence: ABORT would refuse it, since this fires ahead of ON CONFLICT.
    SELECT RAISE(IGNORE) WHERE EXISTS (SELECT 1 FROM entry WHERE bank_id = NEW.bank_id AND key = NEW.key);
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM entry WHERE bank_id = NEW.bank_id AND id = NEW.id) OR typeof(NEW.id) <> 'integer'
          OR typeof(NEW.key) <> 'text' THEN RAISE(ABORT, 'books_append_only')
        WHEN typeof(NEW.lines) <> 'text' OR NOT json_valid(NEW.lines) OR json_type(NEW.lines) <> 'array'
          OR json_array_length(NEW.lines) = 0 THEN RAISE(ABORT, 'entry_has_lines')
        WHEN NEW.occurred_on IS NOT date(NEW.occurred_on, '+0 days') OR datetime(NEW.recorded_at) IS NULL
          OR NEW.recorded_at NOT LIKE '____-__-__ __:__:__.______'
          OR typeof(NEW.digest) <> 'blob' OR length(NEW.digest) <> 32
          OR typeof(NEW.words_digest) NOT IN ('blob', 'null') OR length(NEW.words_digest) <> 32 THEN RAISE(ABORT, 'entry_whole')
        -- Who recorded it, and for whom, are members of the entry's bank; in an entry of kind clearing they may be
        -- another bank's. Who approved it is a member of the entry's bank, and somebody else.
        WHEN NEW.recorder_bank_id = NEW.bank_id OR (NEW.recorder_bank_id IS NOT NULL AND NEW.kind <> 'clearing')
          OR NOT EXISTS (SELECT 1 FROM membership WHERE bank_id = ifnull(NEW.recorder_bank_id, NEW.bank_id) AND id = NEW.recorded_by)
          OR (NEW.on_behalf_of IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM membership WHERE bank_id = ifnull(NEW.recorder_bank_id, NEW.bank_id) AND id = NEW.on_behalf_of))
          OR (NEW.approved_by IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM membership WHERE bank_id = NEW.bank_id AND id = NEW.approved_by)) THEN RAISE(ABORT, 'member_exists')
        WHEN NEW.approved_by = NEW.recorded_by OR (NEW.kind = 'adjustment' AND NEW.approved_by IS NULL)
            THEN RAISE(ABORT, 'second_approver')
    END;
    -- Nearly every entry has one line, which is compared as it is written; anything else is looked at part by part.
    SELECT CASE
        WHEN EXISTS (
            SELECT 1 FROM json_each(NEW.lines) AS line
            WHERE line.type <> 'array'
               OR json_array_length(line.value) <> 3 + (NEW.reverses IS NOT NULL)
               OR EXISTS (SELECT 1 FROM json_each(line.value) AS part
                          WHERE part.type <> 'integer' OR typeof(part.value) <> 'integer')  -- more than 64 bits hold
               OR line.value ->> 2 NOT BETWEEN 1 AND 1000000000) OR NEW.lines <> json(NEW.lines) THEN RAISE(ABORT, 'minutes_whole_and_positive')
        WHEN EXISTS (
            SELECT 1 FROM json_each(NEW.lines) AS line WHERE line.value ->> 0 = line.value ->> 1) THEN RAISE(ABORT, 'two_different_accounts')
        WHEN NEW.reverses IS NOT NULL AND (NOT EXISTS (
            SELECT 1 FROM entry AS first
            WHERE first.bank_id = NEW.bank_id AND first.id = NEW.reverses AND first.reverses IS NULL AND first.kind = NEW.kind
        ) OR EXISTS (
            SELECT 1 FROM json_each(NEW.lines) AS line
            JOIN json_each(NEW.lines) AS later ON later.key = line.key + 1
            WHERE later.value ->> 3 >= line.value ->> 3)) THEN RAISE(ABORT, 'reversal_mirrors')
    END
    WHERE NEW.reverses IS NOT NULL
       OR NEW.lines <> '[[' || (NEW.lines ->> '$[0][0]') || ',' || (NEW.lines ->> '$[0][1]') || ',' || (NEW.lines ->> '$[0][2]') || ']]'
       OR typeof(NEW.lines ->> '$[0][0]') <> 'integer' OR typeof(NEW.lines ->> '$[0][1]') <> 'integer'
       OR typeof(NEW.lines ->> '$[0][2]') <> 'integer' OR (NEW.lines ->> '$[0][2]') NOT BETWEEN 1 AND 1000000000
       OR (NEW.lines ->> '$[0][0]') = (NEW.lines ->> '$[0][1]');
    -- The hold that it resolves is open, of its own deed, and on an account that it takes from.
    SELECT RAISE(ABORT, 'hold_resolved_once') WHERE NEW.resolves IS NOT NULL AND (NEW.reverses IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM hold
        WHERE bank_id = NEW.bank_id AND id = NEW.resolves AND resolved_at IS NULL AND deed = NEW.deed
          AND account_id IN (SELECT value ->> 0 FROM json_each(NEW.lines))));
END;

CREATE TRIGGER entry_posts_one_line AFTER INSERT ON entry WHEN json_array_length(NEW.lines) = 1
BEGIN
    INSERT INTO taken_back (bank_id, entry_id, line, by_entry_id)
    SELECT NEW.bank_id, NEW.reverses, NEW.lines ->> '$[0][3]', NEW.id WHERE NEW.reverses IS NOT NULL;
    UPDATE hold SET resolved_at = NEW.recorded_at
    WHERE NEW.resolves IS NOT NULL AND bank_id = NEW.bank_id AND id = NEW.resolves AND resolved_at IS NULL;
    INSERT INTO posting (bank_id, account_id, number, entry_id, line, minutes, balance_after, given_after, received_after)
    SELECT NEW.bank_id, side.account_id, number + 1, NEW.id, 1, m, balance + m,
           given + iif(helps AND (m > 0) = (NEW.reverses IS NULL), m, 0),
           received - iif(helps AND (m < 0) = (NEW.reverses IS NULL), m, 0)
    FROM (SELECT NEW.lines ->> '$[0][0]' AS account_id, -(NEW.lines ->> '$[0][2]') AS m, NEW.kind IN ('exchange', 'activity') AS helps
          UNION ALL
          SELECT NEW.lines ->> '$[0][1]', NEW.lines ->> '$[0][2]', NEW.kind IN ('exchange', 'activity')) AS side
    LEFT JOIN account ON account.bank_id = NEW.bank_id AND account.id = side.account_id;
END;

CREATE TRIGGER entry_posts_many_lines AFTER INSERT ON entry WHEN json_array_length(NEW.lines) > 1
BEGIN
    INSERT INTO taken_back (bank_id, entry_id, line, by_entry_id)
    SELECT NEW.bank_id, NEW.reverses, value ->> 3, NEW.id FROM json_each(NEW.lines) WHERE NEW.reverses IS NOT NULL;
    UPDATE hold SET resolved_at = NEW.recorded_at
    WHERE NEW.resolves IS NOT NULL AND bank_id = NEW.bank_id AND id = NEW.resolves AND resolved_at IS NULL;
    INSERT INTO posting (bank_id, account_id, number, entry_id, line, minutes, balance_after, given_after, received_after)
    SELECT NEW.bank_id, side.account_id, number + row_number() OVER w, NEW.id, line, m, balance + sum(m) OVER w,
           given + sum(iif(helps AND (m > 0) = (NEW.reverses IS NULL), m, 0)) OVER w,
           received - sum(iif(helps AND (m < 0) = (NEW.reverses IS NULL), m, 0)) OVER w
    FROM (SELECT key + 1 AS line, 0 AS side, value ->> 0 AS account_id, -(value ->> 2) AS m, NEW.kind IN ('exchange', 'activity') AS helps
          FROM json_each(NEW.lines)
          UNION ALL
          SELECT key + 1, 1, value ->> 1, value ->> 2, NEW.kind IN ('exchange', 'activity') FROM json_each(NEW.lines)) AS side
    LEFT JOIN account ON account.bank_id = NEW.bank_id AND account.id = side.account_id
    WINDOW w AS (PARTITION BY side.account_id ORDER BY line, side.side ROWS UNBOUNDED PRECEDING)
    ORDER BY line, side.side;
END;

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- taken_back ---------------------------------------------------------------------------------------------------------

CREATE TRIGGER taken_back_before_insert BEFORE INSERT ON taken_back
BEGIN
    SELECT RAISE(ABORT, 'reversed_once') WHERE EXISTS (
        SELECT 1 FROM taken_back WHERE bank_id = NEW.bank_id AND entry_id = NEW.entry_id AND line = NEW.line);
    -- The reversal says so itself, and its line is the mirror of the one that it names.
    SELECT RAISE(ABORT, 'reversal_mirrors') WHERE NOT EXISTS (
        SELECT 1 FROM entry AS reversal
        JOIN entry AS first ON first.bank_id = reversal.bank_id AND first.id = reversal.reverses
        JOIN json_each(reversal.lines) AS line ON line.value ->> 3 = NEW.line
        WHERE reversal.bank_id = NEW.bank_id AND reversal.id = NEW.by_entry_id AND reversal.reverses = NEW.entry_id
          AND typeof(NEW.line) = 'integer'
          AND first.lines ->> ('$[' || (NEW.line - 1) || '][0]') = line.value ->> 1
          AND first.lines ->> ('$[' || (NEW.line - 1) || '][1]') = line.value ->> 0
          AND first.lines ->> ('$[' || (NEW.line - 1) || '][2]') = line.value ->> 2);
END;

CREATE TRIGGER taken_back_no_update BEFORE UPDATE ON taken_back
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER taken_back_no_delete BEFORE DELETE ON taken_back
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- posting -----------------------------------------------------------------------------------------------------------

CREATE TRIGGER posting_before_insert BEFORE INSERT ON posting
BEGIN
    -- It is a side of a line of its entry that is not posted yet, and takes an open account one number and its minutes
    -- further, where they leave it not below its floor.
    SELECT CASE
        WHEN follows AND closed_at IS NULL AND NOT low AND NOT EXISTS (
            SELECT 1 FROM posting WHERE bank_id = NEW.bank_id AND entry_id = NEW.entry_id AND line = NEW.line AND minutes = NEW.minutes
        ) THEN NULL
        WHEN follows AND closed_at IS NOT NULL THEN RAISE(ABORT, 'account_open')
        WHEN follows AND low THEN RAISE(ABORT, 'floor_kept')
        WHEN NOT EXISTS (SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id) THEN RAISE(ABORT, 'account_exists')
        ELSE RAISE(ABORT, 'books_append_only')
    END
    FROM (SELECT 1) LEFT JOIN (
        SELECT 1 AS follows, account.closed_at, NEW.minutes < 0 AND ifnull(NEW.balance_after < floor + held, 0) AS low
        FROM account CROSS JOIN entry
        WHERE account.bank_id = NEW.bank_id AND account.id = NEW.account_id AND entry.bank_id = NEW.bank_id AND entry.id = NEW.entry_id
          AND account.number + 1 = NEW.number
          AND account.balance + NEW.minutes = NEW.balance_after AND typeof(NEW.balance_after) = 'integer'
          AND typeof(NEW.line) = 'integer'
          AND entry.lines ->> ('$[' || (NEW.line - 1) || '][' || (NEW.minutes > 0) || ']') = NEW.account_id
          AND entry.lines ->> ('$[' || (NEW.line - 1) || '][2]') = abs(NEW.minutes)
          AND NEW.given_after - account.given = iif(
                entry.kind IN ('exchange', 'activity') AND (NEW.minutes > 0) = (entry.reverses IS NULL), NEW.minutes, 0)
          AND account.received - NEW.received_after = iif(
                entry.kind IN ('exchange', 'activity') AND (NEW.minutes < 0) = (entry.reverses IS NULL), NEW.minutes, 0));
END;

CREATE TRIGGER posting_moves_account AFTER INSERT ON posting
BEGIN
    UPDATE account
    SET balance = NEW.balance_after, number = NEW.number, given = NEW.given_after, received = NEW.received_after
    WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
END;

CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- account ------------------------------------------------------------------------------------------------------------

CREATE TRIGGER account_before_insert BEFORE INSERT ON account
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.id);
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (
        SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND kind = NEW.kind AND NEW.kind IN ('pot', 'opening', 'leavers'));
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.balance IS NOT 0 OR NEW.number IS NOT 0 OR NEW.given IS NOT 0 OR NEW.received IS NOT 0 OR NEW.floor IS NOT 0
           OR NEW.held IS NOT 0 OR NEW.closed_at IS NOT NULL;
END;

-- IS NOT, not <>: UPDATE OR REPLACE turns a NULL into the column's default after these triggers have let it pass.
CREATE TRIGGER account_moved BEFORE UPDATE OF balance, number, given, received ON account
BEGIN
    SELECT RAISE(ABORT, 'account_open') WHERE NEW.closed_at IS NOT NULL;
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.number IS NOT OLD.number + 1 OR NOT EXISTS (
            SELECT 1 FROM posting
            WHERE bank_id = NEW.bank_id AND account_id = NEW.id AND number = NEW.number AND balance_after = NEW.balance
              AND given_after = NEW.given AND received_after = NEW.received);
END;

CREATE TRIGGER account_changed BEFORE UPDATE OF bank_id, id, kind, floor, held, opened_at, closed_at ON account
BEGIN
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind
           OR NEW.opened_at IS NOT OLD.opened_at;
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.floor IS NOT OLD.floor AND NOT EXISTS (
            SELECT 1 FROM limit_change AS newest
            WHERE bank_id = NEW.bank_id AND account_id = NEW.id AND floor IS NEW.floor AND number = (
                SELECT max(number) FROM limit_change WHERE bank_id = NEW.bank_id AND account_id = NEW.id));
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.held IS NOT OLD.held AND NEW.held IS NOT (
            SELECT coalesce(sum(minutes), 0) FROM hold
            WHERE bank_id = NEW.bank_id AND account_id = NEW.id AND resolved_at IS NULL);
    SELECT RAISE(ABORT, 'floor_kept') WHERE NEW.floor IS NOT NULL AND NEW.balance - NEW.held < NEW.floor;
    -- Closed and opened again as the newest closing says, and closed only where nothing is on it.
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.closed_at IS NOT OLD.closed_at AND NOT EXISTS (
            SELECT 1 FROM closing AS newest
            WHERE bank_id = NEW.bank_id AND account_id = NEW.id
              AND NEW.closed_at IS CASE WHEN kind = 'account_closed' THEN recorded_at END
              AND id = (SELECT max(id) FROM closing WHERE bank_id = NEW.bank_id AND account_id = NEW.id));
    SELECT RAISE(ABORT, 'account_open') WHERE NEW.closed_at IS NOT NULL AND (NEW.balance IS NOT 0 OR NEW.held IS NOT 0);
END;

CREATE TRIGGER account_no_delete BEFORE DELETE ON account
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- limit_change -------------------------------------------------------------------------------------------------------

CREATE TRIGGER limit_change_before_insert BEFORE INSERT ON limit_change
BEGIN
    SELECT RAISE(ABORT, 'account_exists')
        WHERE NOT EXISTS (SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id);
    SELECT RAISE(ABORT, 'books_append_only') WHERE NEW.number IS NOT (
        SELECT coalesce(max(number), 0) + 1 FROM limit_change WHERE bank_id = NEW.bank_id AND account_id = NEW.account_id);
    SELECT RAISE(ABORT, 'minutes_whole_and_positive') WHERE typeof(NEW.floor) NOT IN ('integer', 'null');
    SELECT RAISE(ABORT, 'floor_kept') WHERE NEW.floor > (
        SELECT balance - held FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id);
END;

CREATE TRIGGER limit_change_sets_floor AFTER INSERT ON limit_change
BEGIN
    UPDATE account SET floor = NEW.floor WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
END;

CREATE TRIGGER limit_change_no_update BEFORE UPDATE ON limit_change
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER limit_change_no_delete BEFORE DELETE ON limit_change
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- account_holder -----------------------------------------------------------------------------------------------------

-- A holder is of the kind that the account's kind asks for (ledger.accounts).
CREATE TRIGGER account_holder_before_insert BEFORE INSERT ON account_holder
BEGIN
    SELECT RAISE(ABORT, 'account_exists')
        WHERE NOT EXISTS (SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id);
    SELECT RAISE(ABORT, 'books_append_only') WHERE NEW.number IS NOT (
            SELECT coalesce(max(number), 0) + 1 FROM account_holder WHERE bank_id = NEW.bank_id AND account_id = NEW.account_id)
        OR NEW.kind IS NOT (
            SELECT iif(kind IN ('member', 'group', 'fund', 'activity'), kind, 'bank') FROM account
            WHERE bank_id = NEW.bank_id AND id = NEW.account_id)
        OR typeof(NEW.holder_id) <> 'integer' OR datetime(NEW.recorded_at) IS NULL
        OR NEW.recorded_at NOT LIKE '____-__-__ __:__:__.______'
        OR typeof(NEW.digest) <> 'blob' OR length(NEW.digest) <> 32;
END;

CREATE TRIGGER account_holder_no_update BEFORE UPDATE ON account_holder
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER account_holder_no_delete BEFORE DELETE ON account_holder
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- memo ---------------------------------------------------------------------------------------------------------------

CREATE TRIGGER memo_before_insert BEFORE INSERT ON memo
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (
        SELECT 1 FROM memo WHERE bank_id = NEW.bank_id AND entry_id = NEW.entry_id);
    SELECT RAISE(ABORT, 'books_append_only') WHERE typeof(NEW.words) <> 'text' OR typeof(NEW.salt) <> 'blob' OR NOT EXISTS (
        SELECT 1 FROM entry WHERE bank_id = NEW.bank_id AND id = NEW.entry_id AND words_digest IS NOT NULL);
END;

CREATE TRIGGER memo_no_update BEFORE UPDATE ON memo
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER memo_no_delete BEFORE DELETE ON memo
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- hold ---------------------------------------------------------------------------------------------------------------

CREATE TRIGGER hold_before_insert BEFORE INSERT ON hold
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (
        SELECT 1 FROM hold WHERE bank_id = NEW.bank_id AND (id = NEW.id OR deed = NEW.deed));
    SELECT RAISE(ABORT, 'account_exists')
        WHERE NOT EXISTS (SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id);
    SELECT RAISE(ABORT, 'minutes_whole_and_positive')
        WHERE typeof(NEW.minutes) <> 'integer' OR NEW.minutes < 0
           OR typeof(NEW.unagreed_minutes) <> 'integer' OR NEW.unagreed_minutes NOT BETWEEN 0 AND NEW.minutes;
    SELECT RAISE(ABORT, 'books_append_only') WHERE NEW.resolved_at IS NOT NULL OR datetime(NEW.placed_at) IS NULL
        OR NEW.placed_at NOT LIKE '____-__-__ __:__:__.______' OR typeof(NEW.id) <> 'integer';
    SELECT RAISE(ABORT, 'floor_kept') WHERE NEW.minutes > (
        SELECT balance - held - floor FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id);
END;

CREATE TRIGGER hold_placed AFTER INSERT ON hold
BEGIN
    UPDATE account SET held = held + NEW.minutes WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
END;

-- Resolved once, and nothing else of it ever changes.
CREATE TRIGGER hold_before_update BEFORE UPDATE ON hold
BEGIN
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE OLD.resolved_at IS NOT NULL OR datetime(NEW.resolved_at) IS NULL
           OR NEW.resolved_at NOT LIKE '____-__-__ __:__:__.______'
           OR NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.account_id IS NOT OLD.account_id
           OR NEW.minutes IS NOT OLD.minutes OR NEW.unagreed_minutes IS NOT OLD.unagreed_minutes
           OR NEW.deed IS NOT OLD.deed OR NEW.placed_at IS NOT OLD.placed_at;
END;

CREATE TRIGGER hold_released AFTER UPDATE ON hold
BEGIN
    UPDATE account SET held = held - NEW.minutes WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
END;

CREATE TRIGGER hold_no_delete BEFORE DELETE ON hold
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- closing ------------------------------------------------------------------------------------------------------------

CREATE TRIGGER closing_before_insert BEFORE INSERT ON closing
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (
        SELECT 1 FROM closing WHERE bank_id = NEW.bank_id AND (id = NEW.id OR month = NEW.month));
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE datetime(NEW.recorded_at) IS NULL OR typeof(NEW.id) <> 'integer'
           OR NEW.month IS NOT date(NEW.month, 'start of month')
           OR (NEW.account_id IS NULL) IS NOT (NEW.kind = 'month_signed_off');
    SELECT RAISE(ABORT, 'account_exists') WHERE NEW.account_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id);
    -- An account is closed where it is open and opened again where it is closed, in this order.
    SELECT RAISE(ABORT, 'account_open') WHERE NEW.account_id IS NOT NULL AND (
        (SELECT closed_at IS NULL FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id)
            IS NOT (NEW.kind = 'account_closed')
        OR NEW.id <= (SELECT max(id) FROM closing WHERE bank_id = NEW.bank_id AND account_id = NEW.account_id));
    SELECT RAISE(ABORT, 'account_open') WHERE NEW.kind = 'account_closed' AND EXISTS (
        SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.account_id AND (balance <> 0 OR held <> 0));
    SELECT RAISE(ABORT, 'second_approver') WHERE NEW.approved_by = NEW.recorded_by;
END;

CREATE TRIGGER closing_closes_account AFTER INSERT ON closing WHEN NEW.account_id IS NOT NULL
BEGIN
    UPDATE account SET closed_at = CASE WHEN NEW.kind = 'account_closed' THEN NEW.recorded_at END
    WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
END;

CREATE TRIGGER closing_no_update BEFORE UPDATE ON closing
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER closing_no_delete BEFORE DELETE ON closing
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- leaf ---------------------------------------------------------------------------------------------------------------

CREATE TRIGGER leaf_before_insert BEFORE INSERT ON leaf
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM leaf WHERE bank_id = NEW.bank_id AND number = NEW.number)
        OR EXISTS (SELECT 1 FROM leaf WHERE bank_id = NEW.bank_id AND kind = NEW.kind
                   AND subject_id = NEW.subject_id AND subject_number = NEW.subject_number);
    SELECT RAISE(ABORT, 'sealed_in_order') WHERE typeof(NEW.number) <> 'integer' OR NEW.number < 0 OR (NEW.number > 0
        AND NOT EXISTS (SELECT 1 FROM leaf WHERE bank_id = NEW.bank_id AND number = NEW.number - 1));
    SELECT RAISE(ABORT, 'sealed_in_order')
        WHERE typeof(NEW.hash) <> 'blob' OR length(NEW.hash) <> 32 OR typeof(NEW.block) NOT IN ('blob', 'null');
END;

CREATE TRIGGER leaf_no_update BEFORE UPDATE ON leaf
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER leaf_no_delete BEFORE DELETE ON leaf
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- seal ---------------------------------------------------------------------------------------------------------------

-- A seal is about all leaves that stand, and there are more of them than at the one before.
CREATE TRIGGER seal_before_insert BEFORE INSERT ON seal
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM seal WHERE bank_id = NEW.bank_id AND number = NEW.number);
    SELECT RAISE(ABORT, 'sealed_in_order') WHERE typeof(NEW.number) <> 'integer' OR typeof(NEW.size) <> 'integer'
        OR typeof(NEW.root) <> 'blob' OR length(NEW.root) <> 32 OR typeof(NEW.peaks) <> 'blob'
        OR NEW.number <> 1 + coalesce((SELECT max(number) FROM seal WHERE bank_id = NEW.bank_id), 0)
        OR NEW.size <= coalesce((SELECT max(size) FROM seal WHERE bank_id = NEW.bank_id), 0)
        OR NEW.size IS NOT (SELECT max(number) + 1 FROM leaf WHERE bank_id = NEW.bank_id);
END;

CREATE TRIGGER seal_no_update BEFORE UPDATE ON seal
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER seal_no_delete BEFORE DELETE ON seal
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- seal_log -----------------------------------------------------------------------------------------------------------

CREATE TRIGGER seal_log_before_insert BEFORE INSERT ON seal_log
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM seal_log WHERE bank_id = NEW.bank_id AND number = NEW.number);
    SELECT RAISE(ABORT, 'sealed_in_order') WHERE typeof(NEW.number) <> 'integer' OR datetime(NEW.begun_at) IS NULL
        OR NEW.number <= coalesce((SELECT max(number) FROM seal_log WHERE bank_id = NEW.bank_id), 1)
        OR NEW.after_seal IS NOT coalesce((SELECT max(number) FROM seal WHERE bank_id = NEW.bank_id), 0)
        OR NEW.size IS NOT coalesce((SELECT max(number) + 1 FROM leaf WHERE bank_id = NEW.bank_id), 0);
END;

CREATE TRIGGER seal_log_no_update BEFORE UPDATE ON seal_log
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER seal_log_no_delete BEFORE DELETE ON seal_log
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- trail --------------------------------------------------------------------------------------------------------------

CREATE TRIGGER trail_before_insert BEFORE INSERT ON trail
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM trail WHERE bank_id = NEW.bank_id AND id = NEW.id);
    SELECT RAISE(IGNORE) WHERE EXISTS (
        SELECT 1 FROM trail WHERE bank_id = NEW.bank_id AND done_by = NEW.done_by AND form_key = NEW.form_key);
END;

CREATE TRIGGER trail_no_update BEFORE UPDATE ON trail
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER trail_no_delete BEFORE DELETE ON trail
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

-- security_event -----------------------------------------------------------------------------------------------------

CREATE TRIGGER security_event_before_insert BEFORE INSERT ON security_event
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM security_event WHERE bank_id = NEW.bank_id AND id = NEW.id);
END;

CREATE TRIGGER security_event_no_update BEFORE UPDATE ON security_event
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER security_event_kept_a_year BEFORE DELETE ON security_event
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE OLD.happened_at > (
        SELECT datetime(done_at, '-365 days') FROM trail WHERE bank_id = OLD.bank_id ORDER BY id DESC LIMIT 1);
END;

-- membership ---------------------------------------------------------------------------------------------------------

-- Entries name members without a foreign key, so a member keeps their id and is never deleted. Whose hours they are
-- was settled at the beginning: person, account, number and code stay too.
CREATE TRIGGER membership_keeps_its_id BEFORE UPDATE OF bank_id, id, person_id, account_id, number, code ON membership
BEGIN
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.person_id IS NOT OLD.person_id
           OR NEW.account_id IS NOT OLD.account_id OR NEW.number IS NOT OLD.number OR NEW.code IS NOT OLD.code;
END;

CREATE TRIGGER membership_no_delete BEFORE DELETE ON membership
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;
