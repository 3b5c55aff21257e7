-- Closings on SQLite: accounts that are closed at zero and opened again, and months that were signed off.
-- A trigger that stands already is replaced by the one here.

-- closing -----------------------------------------------------------------------------------------------------------

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

-- account, entry ----------------------------------------------------------------------------------------------------

CREATE TRIGGER account_before_insert BEFORE INSERT ON account
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.id);
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (
        SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND kind = NEW.kind AND NEW.kind IN ('pot', 'opening', 'leavers'));
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.balance IS NOT 0 OR NEW.number IS NOT 0 OR NEW.given IS NOT 0 OR NEW.received IS NOT 0 OR NEW.floor IS NOT 0
           OR NEW.held IS NOT 0 OR NEW.closed_at IS NOT NULL;
END;

CREATE TRIGGER account_before_update BEFORE UPDATE ON account
BEGIN
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind
           OR NEW.opened_at IS NOT OLD.opened_at;
    -- IS NOT, not <>: UPDATE OR REPLACE turns a NULL into the column's default after this trigger has let it pass.
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE (NEW.balance IS NOT OLD.balance OR NEW.number IS NOT OLD.number
               OR NEW.given IS NOT OLD.given OR NEW.received IS NOT OLD.received)
          AND (NEW.number IS NOT OLD.number + 1 OR NOT EXISTS (
            SELECT 1 FROM posting
            WHERE bank_id = NEW.bank_id AND account_id = NEW.id AND number = NEW.number AND balance_after = NEW.balance
              AND given_after = NEW.given AND received_after = NEW.received));
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
    -- Closed and opened again as the newest closing says, closed only at zero, and not moved while it is closed.
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.closed_at IS NOT OLD.closed_at AND NOT EXISTS (
            SELECT 1 FROM closing AS newest
            WHERE bank_id = NEW.bank_id AND account_id = NEW.id
              AND NEW.closed_at IS CASE WHEN kind = 'account_closed' THEN recorded_at END
              AND id = (SELECT max(id) FROM closing WHERE bank_id = NEW.bank_id AND account_id = NEW.id));
    SELECT RAISE(ABORT, 'account_open')
        WHERE NEW.closed_at IS NOT NULL AND (NEW.balance IS NOT 0 OR NEW.held IS NOT 0 OR NEW.number IS NOT OLD.number);
END;

CREATE TRIGGER entry_before_insert BEFORE INSERT ON entry
BEGIN
    -- A replay is left aside in silence: ABORT would refuse it, since this fires ahead of ON CONFLICT.
    SELECT RAISE(IGNORE) WHERE EXISTS (SELECT 1 FROM entry WHERE bank_id = NEW.bank_id AND key = NEW.key);
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM entry WHERE bank_id = NEW.bank_id AND id = NEW.id);
    SELECT RAISE(ABORT, 'entry_has_lines')
        WHERE typeof(NEW.lines) <> 'text' OR NOT json_valid(NEW.lines) OR json_type(NEW.lines) <> 'array'
           OR json_array_length(NEW.lines) = 0;
    SELECT RAISE(ABORT, 'entry_whole')
        WHERE NEW.occurred_on IS NOT date(NEW.occurred_on, '+0 days') OR datetime(NEW.recorded_at) IS NULL
           OR typeof(NEW.digest) <> 'blob' OR length(NEW.digest) <> 32
           OR typeof(NEW.words_digest) NOT IN ('blob', 'null') OR length(NEW.words_digest) <> 32;
    SELECT RAISE(ABORT, 'minutes_whole_and_positive') WHERE EXISTS (
        SELECT 1 FROM json_each(NEW.lines) AS line
        WHERE line.type <> 'array'
           OR json_array_length(line.value) <> 3 + (NEW.reverses IS NOT NULL)
           OR EXISTS (SELECT 1 FROM json_each(line.value) AS part WHERE part.type <> 'integer'));
    SELECT RAISE(ABORT, 'reversal_mirrors') WHERE NEW.reverses IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM entry AS first
        WHERE first.bank_id = NEW.bank_id AND first.id = NEW.reverses AND first.reverses IS NULL AND first.kind = NEW.kind);
    SELECT RAISE(ABORT, 'reversal_mirrors') WHERE NEW.reverses IS NOT NULL AND EXISTS (
        SELECT 1 FROM json_each(NEW.lines) AS line
        JOIN json_each(NEW.lines) AS later ON later.key = line.key + 1
        WHERE later.value ->> 3 >= line.value ->> 3);
    -- The hold that it resolves is open, of its own deed, and on an account that it takes from.
    SELECT RAISE(ABORT, 'hold_resolved_once') WHERE NEW.resolves IS NOT NULL AND (NEW.reverses IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM hold
        WHERE bank_id = NEW.bank_id AND id = NEW.resolves AND resolved_at IS NULL AND deed = NEW.deed
          AND account_id IN (SELECT value ->> 0 FROM json_each(NEW.lines))));
    SELECT RAISE(ABORT, 'second_approver')
        WHERE NEW.approved_by = NEW.recorded_by OR (NEW.kind = 'adjustment' AND NEW.approved_by IS NULL);
END;
