-- The guards of the logs on SQLite: a log begins after all that is sealed, under a higher number, and stays as it is.

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
