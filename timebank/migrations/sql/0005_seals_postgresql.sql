-- The guards of the seals on PostgreSQL: leaves and seals are numbered without a gap, and stay as they are.

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

CREATE TRIGGER leaf_append_only BEFORE UPDATE OR DELETE ON leaf FOR EACH ROW EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON seal FOR EACH ROW EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER leaf_never_truncated BEFORE TRUNCATE ON leaf FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER seal_never_truncated BEFORE TRUNCATE ON seal FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_change();
--;

ALTER TABLE seal ADD CONSTRAINT ck_seal_moment CHECK (isfinite(signed_at));
--;

REVOKE ALL ON FUNCTION books_number_leaves(), books_take_seal() FROM PUBLIC;
