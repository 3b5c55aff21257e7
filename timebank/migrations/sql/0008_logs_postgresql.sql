-- The guards of the logs on PostgreSQL: a log begins after all that is sealed, under a higher number, and stays as it is.

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

CREATE TRIGGER seal_log_append_only BEFORE UPDATE OR DELETE ON seal_log FOR EACH ROW EXECUTE FUNCTION books_refuse_change();
--;

CREATE TRIGGER seal_log_never_truncated BEFORE TRUNCATE ON seal_log FOR EACH STATEMENT EXECUTE FUNCTION books_refuse_change();
--;

ALTER TABLE seal_log ADD CONSTRAINT ck_seal_log_moment CHECK (isfinite(begun_at));
--;

REVOKE ALL ON FUNCTION books_begin_log() FROM PUBLIC;
