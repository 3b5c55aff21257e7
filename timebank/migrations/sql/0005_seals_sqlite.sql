-- The guards of the seals on SQLite: leaves and seals are numbered without a gap, and stay as they are.

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
