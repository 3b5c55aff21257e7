-- Written by `make schema` from a migrated database. Change the models or the guards instead.

CREATE TABLE account (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    floor BIGINT DEFAULT '0',
    balance BIGINT DEFAULT '0' NOT NULL,
    held BIGINT DEFAULT '0' NOT NULL,
    number BIGINT DEFAULT '0' NOT NULL,
    given BIGINT DEFAULT '0' NOT NULL,
    received BIGINT DEFAULT '0' NOT NULL,
    opened_at DATETIME NOT NULL,
    closed_at DATETIME,
    CONSTRAINT pk_account PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_account_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT ck_account_floor_kept CHECK (floor IS NULL OR balance - held >= floor),
    CONSTRAINT ck_account_kind CHECK (kind IN ('member', 'group', 'pot', 'fund', 'activity', 'opening', 'leavers', 'clearing'))
)
 WITHOUT ROWID;

CREATE UNIQUE INDEX uq_account_one_per_bank ON account (bank_id, kind) WHERE kind IN ('pot', 'opening', 'leavers');

CREATE TRIGGER account_before_insert BEFORE INSERT ON account
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND id = NEW.id);
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (
        SELECT 1 FROM account WHERE bank_id = NEW.bank_id AND kind = NEW.kind AND NEW.kind IN ('pot', 'opening', 'leavers'));
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.balance IS NOT 0 OR NEW.number IS NOT 0 OR NEW.given IS NOT 0 OR NEW.received IS NOT 0 OR NEW.floor IS NOT 0
           OR NEW.held IS NOT 0 OR NEW.closed_at IS NOT NULL;
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

CREATE TRIGGER account_moved BEFORE UPDATE OF balance, number, given, received ON account
BEGIN
    SELECT RAISE(ABORT, 'account_open') WHERE NEW.closed_at IS NOT NULL;
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE NEW.number IS NOT OLD.number + 1 OR NOT EXISTS (
            SELECT 1 FROM posting
            WHERE bank_id = NEW.bank_id AND account_id = NEW.id AND number = NEW.number AND balance_after = NEW.balance
              AND given_after = NEW.given AND received_after = NEW.received);
END;

CREATE TRIGGER account_no_delete BEFORE DELETE ON account
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE account_holder (
    bank_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    holder_id BIGINT NOT NULL,
    recorded_by BIGINT,
    recorded_at DATETIME NOT NULL,
    digest BLOB NOT NULL,
    CONSTRAINT pk_account_holder PRIMARY KEY (bank_id, account_id, number),
    CONSTRAINT fk_account_holder_bank_id_account_id FOREIGN KEY(bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT fk_account_holder_bank_id_recorded_by FOREIGN KEY(bank_id, recorded_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_account_holder_number CHECK (number > 0),
    CONSTRAINT ck_account_holder_kind CHECK (kind IN ('member', 'group', 'fund', 'activity', 'bank'))
)
 WITHOUT ROWID;

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

CREATE TRIGGER account_holder_no_delete BEFORE DELETE ON account_holder
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER account_holder_no_update BEFORE UPDATE ON account_holder
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE announcement (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    words VARCHAR(400) NOT NULL,
    announced_by BIGINT NOT NULL,
    announced_at DATETIME NOT NULL,
    last_day DATE NOT NULL,
    taken_down_by BIGINT,
    taken_down_at DATETIME,
    CONSTRAINT pk_announcement PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_announcement_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_announcement_bank_id_announced_by FOREIGN KEY(bank_id, announced_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_announcement_bank_id_taken_down_by FOREIGN KEY(bank_id, taken_down_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_announcement_taken_down CHECK ((taken_down_at IS NULL) = (taken_down_by IS NULL))
);

CREATE INDEX ix_announcement_last_day ON announcement (bank_id, last_day);

CREATE TABLE application (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    stage VARCHAR(20) NOT NULL,
    name VARCHAR(80) NOT NULL,
    email VARCHAR(254),
    phone VARCHAR(40),
    area_id BIGINT,
    about TEXT NOT NULL,
    notice_agreed VARCHAR(20) NOT NULL,
    applied_at DATETIME NOT NULL,
    recorded_by BIGINT,
    membership_id BIGINT,
    changed_at DATETIME NOT NULL,
    CONSTRAINT pk_application PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_application_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_application_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_application_bank_id_area_id FOREIGN KEY(bank_id, area_id) REFERENCES area (bank_id, id),
    CONSTRAINT fk_application_bank_id_recorded_by FOREIGN KEY(bank_id, recorded_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_application_bank_id_membership_id FOREIGN KEY(bank_id, membership_id) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_application_stage CHECK (stage IN ('applied', 'interviewed', 'referenced', 'inducted', 'admitted', 'declined', 'withdrawn'))
);

CREATE INDEX ix_application_stage ON application (bank_id, stage, id);

CREATE TABLE application_step (
    bank_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    step VARCHAR(20) NOT NULL,
    referee VARCHAR(80),
    words TEXT NOT NULL,
    done_by BIGINT,
    done_at DATETIME NOT NULL,
    CONSTRAINT pk_application_step PRIMARY KEY (bank_id, application_id, number),
    CONSTRAINT fk_application_step_bank_id_application_id FOREIGN KEY(bank_id, application_id) REFERENCES application (bank_id, id),
    CONSTRAINT fk_application_step_done_by FOREIGN KEY(bank_id, done_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_application_step_step CHECK (step IN ('apply', 'interview', 'reference', 'induct', 'admit', 'decline', 'withdraw'))
);

CREATE TABLE area (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name VARCHAR(60) NOT NULL,
    closed_at DATETIME,
    CONSTRAINT pk_area PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_area_bank_id_name UNIQUE (bank_id, name),
    CONSTRAINT fk_area_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id)
);

CREATE TABLE area_travel (
    bank_id BIGINT NOT NULL,
    first_area_id BIGINT NOT NULL,
    second_area_id BIGINT NOT NULL,
    minutes INTEGER NOT NULL,
    CONSTRAINT pk_area_travel PRIMARY KEY (bank_id, first_area_id, second_area_id),
    CONSTRAINT fk_area_travel_bank_id_first_area_id FOREIGN KEY(bank_id, first_area_id) REFERENCES area (bank_id, id),
    CONSTRAINT fk_area_travel_bank_id_second_area_id FOREIGN KEY(bank_id, second_area_id) REFERENCES area (bank_id, id),
    CONSTRAINT ck_area_travel_kept_once CHECK (first_area_id < second_area_id),
    CONSTRAINT ck_area_travel_minutes CHECK (minutes BETWEEN 0 AND 600)
);

CREATE TABLE bank (
    id BIGINT NOT NULL,
    slug VARCHAR(40) NOT NULL,
    name VARCHAR(80) NOT NULL,
    time_zone VARCHAR(60) DEFAULT 'Europe/London' NOT NULL,
    phone VARCHAR(40) DEFAULT '' NOT NULL,
    coordinator_name VARCHAR(80) DEFAULT '' NOT NULL,
    opening_hours VARCHAR(120) DEFAULT '' NOT NULL,
    email VARCHAR(254) DEFAULT '' NOT NULL,
    welcome_minutes INTEGER DEFAULT 120 NOT NULL,
    member_floor BIGINT DEFAULT (-1200) NOT NULL,
    pot_floor BIGINT DEFAULT (-30000) NOT NULL,
    back_dating_days INTEGER DEFAULT 90 NOT NULL,
    opened_at DATETIME NOT NULL,
    mark BLOB NOT NULL,
    soft_low BIGINT DEFAULT (-600) NOT NULL,
    soft_high BIGINT DEFAULT 1200 NOT NULL,
    references_needed INTEGER DEFAULT 2 NOT NULL,
    review_months INTEGER DEFAULT 6 NOT NULL,
    privacy_notice TEXT DEFAULT '' NOT NULL,
    phone_country VARCHAR(2) DEFAULT 'GB' NOT NULL,
    unagreed_hold_minutes INTEGER DEFAULT 240 NOT NULL,
    waiting_days INTEGER DEFAULT 90 NOT NULL,
    sends_letters BOOLEAN DEFAULT 0 NOT NULL,
    texts_a_month INTEGER DEFAULT 0 NOT NULL,
    answers_by_text BOOLEAN DEFAULT 0 NOT NULL,
    CONSTRAINT pk_bank PRIMARY KEY (id),
    CONSTRAINT ck_bank_welcome_minutes CHECK (welcome_minutes >= 0),
    CONSTRAINT ck_bank_member_floor CHECK (member_floor <= 0),
    CONSTRAINT ck_bank_back_dating_days CHECK (back_dating_days >= 0),
    CONSTRAINT ck_bank_soft_limits CHECK (soft_low <= 0 AND soft_high >= 0),
    CONSTRAINT ck_bank_references_needed CHECK (references_needed BETWEEN 0 AND 5),
    CONSTRAINT ck_bank_review_months CHECK (review_months BETWEEN 1 AND 60),
    CONSTRAINT ck_bank_unagreed_hold_minutes CHECK (unagreed_hold_minutes >= 0),
    CONSTRAINT ck_bank_texts_a_month CHECK (texts_a_month BETWEEN 0 AND 100000),
    CONSTRAINT ck_bank_waiting_days CHECK (waiting_days BETWEEN 1 AND 730),
    CONSTRAINT uq_bank_slug UNIQUE (slug)
);

CREATE TABLE books_check (
    id BIGINT NOT NULL,
    checked_at DATETIME NOT NULL,
    is_right BOOLEAN NOT NULL,
    results TEXT NOT NULL,
    CONSTRAINT pk_books_check PRIMARY KEY (id)
);

CREATE TABLE bounce (
    bank_id BIGINT NOT NULL,
    delivery_id BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    mark VARCHAR(8) NOT NULL,
    came_at DATETIME NOT NULL,
    CONSTRAINT pk_bounce PRIMARY KEY (bank_id, delivery_id, kind),
    CONSTRAINT fk_bounce_bank_id_delivery_id FOREIGN KEY(bank_id, delivery_id) REFERENCES delivery (bank_id, id),
    CONSTRAINT ck_bounce_kind CHECK (kind IN ('delayed', 'given_up', 'refused', 'no_such_mailbox', 'complaint', 'reply'))
)
 WITHOUT ROWID;

CREATE INDEX ix_bounce_mark ON bounce (mark, came_at);

CREATE TABLE category (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    parent_id BIGINT,
    "key" VARCHAR(60),
    name VARCHAR(60) NOT NULL,
    risks VARCHAR(120) DEFAULT '' NOT NULL,
    position INTEGER NOT NULL,
    retired_at DATETIME,
    CONSTRAINT pk_category PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_category_bank_id_parent_id_name UNIQUE (bank_id, parent_id, name),
    CONSTRAINT uq_category_bank_id_key UNIQUE (bank_id, "key"),
    CONSTRAINT fk_category_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_category_bank_id_parent_id FOREIGN KEY(bank_id, parent_id) REFERENCES category (bank_id, id)
);

CREATE TABLE closing (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    account_id BIGINT,
    month DATE,
    figures TEXT,
    reason TEXT NOT NULL,
    recorded_by BIGINT NOT NULL,
    approved_by BIGINT,
    recorded_at DATETIME NOT NULL,
    CONSTRAINT pk_closing PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_closing_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_closing_bank_id_account_id FOREIGN KEY(bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT fk_closing_bank_id_recorded_by FOREIGN KEY(bank_id, recorded_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_closing_bank_id_approved_by FOREIGN KEY(bank_id, approved_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_closing_kind CHECK (kind IN ('account_closed', 'account_reopened', 'month_signed_off')),
    CONSTRAINT ck_closing_what CHECK ((account_id IS NULL) = (kind = 'month_signed_off') AND (month IS NULL) = (account_id IS NOT NULL) AND (figures IS NULL) = (month IS NULL)),
    CONSTRAINT ck_closing_second_approver CHECK (approved_by <> recorded_by AND (month IS NULL OR approved_by IS NOT NULL))
)
 WITHOUT ROWID;

CREATE INDEX ix_closing_account ON closing (bank_id, account_id, id);

CREATE UNIQUE INDEX uq_closing_month ON closing (bank_id, month) WHERE month IS NOT NULL;

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

CREATE TRIGGER closing_no_delete BEFORE DELETE ON closing
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER closing_no_update BEFORE UPDATE ON closing
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE code_request (
    id BIGINT NOT NULL,
    bank_id BIGINT NOT NULL,
    typed VARCHAR(254) NOT NULL,
    asked_at DATETIME NOT NULL,
    CONSTRAINT pk_code_request PRIMARY KEY (id),
    CONSTRAINT fk_code_request_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id)
);

CREATE TABLE conversation (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    first_id BIGINT NOT NULL,
    second_id BIGINT NOT NULL,
    started_by BIGINT NOT NULL,
    started_at DATETIME NOT NULL,
    newest_id BIGINT NOT NULL,
    newest_by BIGINT NOT NULL,
    newest_at DATETIME NOT NULL,
    first_seen_id BIGINT,
    second_seen_id BIGINT,
    CONSTRAINT pk_conversation PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_conversation_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT uq_conversation_bank_id_first_id_second_id UNIQUE (bank_id, first_id, second_id),
    CONSTRAINT fk_conversation_bank_id_first_id FOREIGN KEY(bank_id, first_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_conversation_bank_id_second_id FOREIGN KEY(bank_id, second_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_conversation_bank_id_started_by FOREIGN KEY(bank_id, started_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_conversation_bank_id_newest_by FOREIGN KEY(bank_id, newest_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_conversation_kept_once CHECK (first_id < second_id)
);

CREATE INDEX ix_conversation_first ON conversation (bank_id, first_id, newest_id);

CREATE INDEX ix_conversation_second ON conversation (bank_id, second_id, newest_id);

CREATE TABLE correction (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    entry_id BIGINT,
    lines TEXT NOT NULL,
    occurred_on DATE NOT NULL,
    reason TEXT NOT NULL,
    proposed_by BIGINT NOT NULL,
    proposed_at DATETIME NOT NULL,
    approved_by BIGINT,
    refused_by BIGINT,
    refused_because TEXT,
    closed_at DATETIME,
    CONSTRAINT pk_correction PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_correction_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_correction_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_correction_bank_id_entry_id FOREIGN KEY(bank_id, entry_id) REFERENCES entry (bank_id, id),
    CONSTRAINT fk_correction_bank_id_proposed_by FOREIGN KEY(bank_id, proposed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_correction_bank_id_approved_by FOREIGN KEY(bank_id, approved_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_correction_bank_id_refused_by FOREIGN KEY(bank_id, refused_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_correction_kind CHECK (kind IN ('adjustment', 'reversal')),
    CONSTRAINT ck_correction_what CHECK ((entry_id IS NULL) = (kind = 'adjustment')),
    CONSTRAINT ck_correction_second_approver CHECK (approved_by <> proposed_by),
    CONSTRAINT ck_correction_closed CHECK ((closed_at IS NULL) = (approved_by IS NULL AND refused_by IS NULL))
);

CREATE TABLE delivery (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    topic VARCHAR(20) NOT NULL,
    way VARCHAR(10) NOT NULL,
    state VARCHAR(10) NOT NULL,
    made_at DATETIME NOT NULL,
    due_at DATETIME NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    claimed_until DATETIME,
    ended_at DATETIME,
    failure VARCHAR(30),
    failing_since DATETIME,
    email VARCHAR(254),
    stop_token VARCHAR(40) NOT NULL,
    at_any_hour BOOLEAN DEFAULT 0 NOT NULL,
    bundle_id BIGINT,
    CONSTRAINT pk_delivery PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_delivery_stop_token UNIQUE (stop_token),
    CONSTRAINT fk_delivery_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_delivery_bank_id_bundle_id FOREIGN KEY(bank_id, bundle_id) REFERENCES letter_bundle (bank_id, id),
    CONSTRAINT ck_delivery_topic CHECK (topic IN ('about_you', 'round_the_bank')),
    CONSTRAINT ck_delivery_way CHECK (way IN ('email', 'text', 'phone', 'letter', 'none')),
    CONSTRAINT ck_delivery_state CHECK (state IN ('ready', 'sending', 'sent', 'failed', 'dropped')),
    CONSTRAINT ck_delivery_claimed CHECK ((state = 'sending') = (claimed_until IS NOT NULL)),
    CONSTRAINT ck_delivery_ended CHECK ((state IN ('ready', 'sending')) = (ended_at IS NULL))
);

CREATE INDEX ix_delivery_bundle ON delivery (bank_id, bundle_id);

CREATE INDEX ix_delivery_failed ON delivery (ended_at) WHERE state = 'failed';

CREATE INDEX ix_delivery_member ON delivery (bank_id, member_id, id);

CREATE INDEX ix_delivery_open ON delivery (way, topic, at_any_hour, due_at, id) WHERE state IN ('ready', 'sending');

CREATE INDEX ix_delivery_texts ON delivery (bank_id, made_at) WHERE way = 'text';

CREATE TABLE digest_item (
    bank_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    shown_at DATETIME NOT NULL,
    CONSTRAINT pk_digest_item PRIMARY KEY (bank_id, member_id, code),
    CONSTRAINT fk_digest_item_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id)
)
 WITHOUT ROWID;

CREATE INDEX ix_digest_item_shown_at ON digest_item (bank_id, shown_at);

CREATE TABLE digest_turn (
    bank_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    looked_on DATE NOT NULL,
    made_on DATE,
    CONSTRAINT pk_digest_turn PRIMARY KEY (bank_id, member_id),
    CONSTRAINT fk_digest_turn_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id)
)
 WITHOUT ROWID;

CREATE TABLE dismissed_suggestion (
    bank_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    kind VARCHAR(10) NOT NULL,
    about VARCHAR(60) NOT NULL,
    dismissed_at DATETIME NOT NULL,
    CONSTRAINT pk_dismissed_suggestion PRIMARY KEY (bank_id, member_id, kind, about),
    CONSTRAINT fk_dismissed_suggestion_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_dismissed_suggestion_kind CHECK (kind IN ('help', 'ask', 'nudge'))
)
 WITHOUT ROWID;

CREATE TABLE draft (
    bank_id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    member_id BIGINT NOT NULL,
    purpose VARCHAR(10) NOT NULL,
    side VARCHAR(10) NOT NULL,
    other_account_id BIGINT,
    what VARCHAR(200),
    day DATE,
    minutes INTEGER,
    exchange_id BIGINT,
    started_at DATETIME NOT NULL,
    listing_id BIGINT,
    travel_minutes INTEGER,
    preparation_minutes INTEGER,
    category_id BIGINT,
    sent_code VARCHAR(12),
    sent_by BIGINT,
    CONSTRAINT pk_draft PRIMARY KEY (bank_id, code),
    CONSTRAINT fk_draft_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_draft_bank_id_other_account_id FOREIGN KEY(bank_id, other_account_id) REFERENCES account (bank_id, id),
    CONSTRAINT fk_draft_bank_id_exchange_id FOREIGN KEY(bank_id, exchange_id) REFERENCES exchange (bank_id, id),
    CONSTRAINT fk_draft_bank_id_listing_id FOREIGN KEY(bank_id, listing_id) REFERENCES listing (bank_id, id),
    CONSTRAINT fk_draft_bank_id_category_id FOREIGN KEY(bank_id, category_id) REFERENCES category (bank_id, id),
    CONSTRAINT ck_draft_side CHECK (side IN ('giver', 'receiver')),
    CONSTRAINT ck_draft_purpose CHECK (purpose IN ('record', 'propose'))
);

CREATE TABLE entry (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    "key" VARCHAR(120) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    occurred_on DATE NOT NULL,
    recorded_at DATETIME NOT NULL,
    recorded_by BIGINT NOT NULL,
    recorder_bank_id BIGINT,
    on_behalf_of BIGINT,
    approved_by BIGINT,
    deed VARCHAR(80) NOT NULL,
    reverses BIGINT,
    resolves BIGINT,
    lines TEXT NOT NULL,
    words_digest BLOB,
    digest BLOB NOT NULL,
    CONSTRAINT pk_entry PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_entry_bank_id_key UNIQUE (bank_id, "key"),
    CONSTRAINT ck_entry_kind CHECK (kind IN ('exchange', 'activity', 'welcome', 'gift', 'grant', 'opening', 'adjustment', 'leaving', 'clearing'))
)
 WITHOUT ROWID;

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

CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
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

CREATE TABLE exchange (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    giver_account_id BIGINT NOT NULL,
    receiver_account_id BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    what VARCHAR(200) NOT NULL,
    what_folded TEXT NOT NULL,
    proposed_side VARCHAR(10),
    agreed_on DATE,
    agreed_minutes INTEGER,
    agreed_time TIME,
    agreed_place VARCHAR(120) DEFAULT '' NOT NULL,
    recorded_side VARCHAR(10),
    occurred_on DATE,
    minutes INTEGER,
    disputed_minutes INTEGER,
    changed_at DATETIME NOT NULL,
    listing_id BIGINT,
    category_id BIGINT,
    travel_minutes INTEGER DEFAULT 0 NOT NULL,
    preparation_minutes INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_exchange PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_exchange_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_exchange_bank_id_giver_account_id FOREIGN KEY(bank_id, giver_account_id) REFERENCES account (bank_id, id),
    CONSTRAINT fk_exchange_bank_id_receiver_account_id FOREIGN KEY(bank_id, receiver_account_id) REFERENCES account (bank_id, id),
    CONSTRAINT ck_exchange_two_sides CHECK (giver_account_id <> receiver_account_id),
    CONSTRAINT ck_exchange_state CHECK (state IN ('proposed', 'accepted', 'recorded', 'confirmed', 'declined', 'cancelled', 'disputed', 'decided', 'reversed')),
    CONSTRAINT ck_exchange_minutes CHECK (minutes BETWEEN 0 AND 1440),
    CONSTRAINT fk_exchange_bank_id_listing_id FOREIGN KEY(bank_id, listing_id) REFERENCES listing (bank_id, id),
    CONSTRAINT fk_exchange_bank_id_category_id FOREIGN KEY(bank_id, category_id) REFERENCES category (bank_id, id),
    CONSTRAINT ck_exchange_disputed_minutes CHECK (disputed_minutes BETWEEN 0 AND 1440),
    CONSTRAINT ck_exchange_travel_minutes CHECK (travel_minutes BETWEEN 0 AND 600),
    CONSTRAINT ck_exchange_preparation_minutes CHECK (preparation_minutes BETWEEN 0 AND 600),
    CONSTRAINT ck_exchange_recorded_whole CHECK (state IN ('proposed', 'accepted', 'declined', 'cancelled') OR (minutes IS NOT NULL AND occurred_on IS NOT NULL AND recorded_side IS NOT NULL))
);

CREATE INDEX ix_exchange_category ON exchange (bank_id, category_id, id);

CREATE INDEX ix_exchange_giver ON exchange (bank_id, giver_account_id, state, id);

CREATE INDEX ix_exchange_listing ON exchange (bank_id, listing_id) WHERE listing_id IS NOT NULL;

CREATE INDEX ix_exchange_receiver ON exchange (bank_id, receiver_account_id, state, id);

CREATE INDEX ix_exchange_state ON exchange (bank_id, state, id);

CREATE TABLE exchange_step (
    bank_id BIGINT NOT NULL,
    exchange_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    deed VARCHAR(20) NOT NULL,
    done_by BIGINT,
    done_at DATETIME NOT NULL,
    minutes INTEGER,
    words TEXT,
    on_behalf_of BIGINT,
    how VARCHAR(20),
    evidence VARCHAR(200),
    code_made_by BIGINT,
    CONSTRAINT pk_exchange_step PRIMARY KEY (bank_id, exchange_id, number),
    CONSTRAINT fk_exchange_step_bank_id_exchange_id FOREIGN KEY(bank_id, exchange_id) REFERENCES exchange (bank_id, id),
    CONSTRAINT fk_exchange_step_bank_id_done_by FOREIGN KEY(bank_id, done_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_exchange_step_on_behalf_of FOREIGN KEY(bank_id, on_behalf_of) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_exchange_step_deed CHECK (deed IN ('propose', 'accept', 'decline', 'cancel', 'record', 'confirm', 'dispute', 'agree', 'decide', 'reverse', 'expire')),
    CONSTRAINT ck_exchange_step_how CHECK (how IN ('phone', 'paper', 'in_person', 'slip', 'request', 'time', 'text')),
    CONSTRAINT ck_exchange_step_how_they_agreed CHECK ((on_behalf_of IS NOT NULL) = (how IS NOT NULL AND how <> 'text')),
    CONSTRAINT ck_exchange_step_done_by CHECK ((done_by IS NULL) = (deed = 'expire')),
    CONSTRAINT fk_exchange_step_code_made_by FOREIGN KEY(bank_id, code_made_by) REFERENCES membership (bank_id, id)
);

CREATE INDEX ix_exchange_step_not_signed_in ON exchange_step (bank_id, exchange_id) WHERE how IN ('time', 'text');

CREATE INDEX ix_exchange_step_on_behalf ON exchange_step (bank_id, exchange_id) WHERE on_behalf_of IS NOT NULL OR code_made_by IS NOT NULL;

CREATE TABLE helping (
    bank_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    free_parts INTEGER DEFAULT 0 NOT NULL,
    away_from DATE,
    away_until DATE,
    farthest_minutes INTEGER,
    most_invitations INTEGER DEFAULT 2 NOT NULL,
    changed_at DATETIME NOT NULL,
    CONSTRAINT pk_helping PRIMARY KEY (bank_id, member_id),
    CONSTRAINT fk_helping_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_helping_free_parts CHECK (free_parts BETWEEN 0 AND 2097151),
    CONSTRAINT ck_helping_away_both_days CHECK ((away_from IS NULL) = (away_until IS NULL)),
    CONSTRAINT ck_helping_away_in_order CHECK (away_until >= away_from),
    CONSTRAINT ck_helping_farthest_minutes CHECK (farthest_minutes BETWEEN 0 AND 600),
    CONSTRAINT ck_helping_most_invitations CHECK (most_invitations BETWEEN 0 AND 20)
);

CREATE TABLE hold (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    unagreed_minutes BIGINT NOT NULL,
    deed VARCHAR(80) NOT NULL,
    placed_at DATETIME NOT NULL,
    resolved_at DATETIME,
    CONSTRAINT pk_hold PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_hold_bank_id_deed UNIQUE (bank_id, deed),
    CONSTRAINT fk_hold_bank_id_account_id FOREIGN KEY(bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT ck_hold_minutes_whole_and_positive CHECK (minutes >= 0 AND unagreed_minutes BETWEEN 0 AND minutes)
)
 WITHOUT ROWID;

CREATE INDEX ix_hold_open ON hold (bank_id, account_id) WHERE resolved_at IS NULL;

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

CREATE TRIGGER hold_before_update BEFORE UPDATE ON hold
BEGIN
    SELECT RAISE(ABORT, 'books_append_only')
        WHERE OLD.resolved_at IS NOT NULL OR datetime(NEW.resolved_at) IS NULL
           OR NEW.resolved_at NOT LIKE '____-__-__ __:__:__.______'
           OR NEW.bank_id IS NOT OLD.bank_id OR NEW.id IS NOT OLD.id OR NEW.account_id IS NOT OLD.account_id
           OR NEW.minutes IS NOT OLD.minutes OR NEW.unagreed_minutes IS NOT OLD.unagreed_minutes
           OR NEW.deed IS NOT OLD.deed OR NEW.placed_at IS NOT OLD.placed_at;
END;

CREATE TRIGGER hold_no_delete BEFORE DELETE ON hold
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER hold_placed AFTER INSERT ON hold
BEGIN
    UPDATE account SET held = held + NEW.minutes WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
END;

CREATE TRIGGER hold_released AFTER UPDATE ON hold
BEGIN
    UPDATE account SET held = held - NEW.minutes WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
END;

CREATE TABLE invitation (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    listing_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    state VARCHAR(10) NOT NULL,
    turn INTEGER NOT NULL,
    title VARCHAR(120) NOT NULL,
    asked_by BIGINT NOT NULL,
    chosen_at DATETIME NOT NULL,
    asked_at DATETIME,
    answer_by DATE,
    day DATE,
    at TIME,
    minutes INTEGER NOT NULL,
    meeting_place VARCHAR(120) DEFAULT '' NOT NULL,
    words VARCHAR(300) DEFAULT '' NOT NULL,
    answered_by BIGINT,
    how VARCHAR(20),
    evidence VARCHAR(200),
    wants_less BOOLEAN DEFAULT 0 NOT NULL,
    closed_at DATETIME,
    exchange_id BIGINT,
    CONSTRAINT pk_invitation PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_invitation_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_invitation_bank_id_listing_id FOREIGN KEY(bank_id, listing_id) REFERENCES listing (bank_id, id),
    CONSTRAINT fk_invitation_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_invitation_bank_id_asked_by FOREIGN KEY(bank_id, asked_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_invitation_bank_id_answered_by FOREIGN KEY(bank_id, answered_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_invitation_bank_id_exchange_id FOREIGN KEY(bank_id, exchange_id) REFERENCES exchange (bank_id, id),
    CONSTRAINT ck_invitation_state CHECK (state IN ('next', 'sent', 'yes', 'no', 'silent', 'taken_back', 'not_needed')),
    CONSTRAINT ck_invitation_how CHECK (how IN ('phone', 'paper', 'in_person', 'slip', 'request', 'time', 'text')),
    CONSTRAINT ck_invitation_minutes CHECK (minutes BETWEEN 1 AND 1440),
    CONSTRAINT ck_invitation_asked CHECK (asked_at IS NOT NULL OR state IN ('next', 'taken_back', 'not_needed')),
    CONSTRAINT ck_invitation_answer_by CHECK ((asked_at IS NULL) = (answer_by IS NULL)),
    CONSTRAINT ck_invitation_closed CHECK ((state IN ('next', 'sent')) = (closed_at IS NULL)),
    CONSTRAINT ck_invitation_answered CHECK ((state IN ('yes', 'no')) = (answered_by IS NOT NULL)),
    CONSTRAINT ck_invitation_exchange CHECK ((state = 'yes') = (exchange_id IS NOT NULL))
);

CREATE INDEX ix_invitation_listing ON invitation (bank_id, listing_id, id);

CREATE INDEX ix_invitation_member ON invitation (bank_id, member_id, id);

CREATE INDEX ix_invitation_standing ON invitation (bank_id, id) WHERE state IN ('next', 'sent');

CREATE UNIQUE INDEX uq_invitation_one_standing ON invitation (bank_id, listing_id, member_id) WHERE state IN ('next', 'sent');

CREATE TABLE job (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    state VARCHAR(10) NOT NULL,
    asked_by BIGINT NOT NULL,
    asked_at DATETIME NOT NULL,
    started_at DATETIME,
    ended_at DATETIME,
    step VARCHAR(20),
    done_steps INTEGER DEFAULT 0 NOT NULL,
    total_steps INTEGER,
    parameters TEXT DEFAULT '{}' NOT NULL,
    outcome TEXT DEFAULT '{}' NOT NULL,
    failure VARCHAR(20),
    claimed_until DATETIME,
    tries INTEGER DEFAULT 0 NOT NULL,
    fence INTEGER DEFAULT 0 NOT NULL,
    file_token VARCHAR(64),
    CONSTRAINT pk_job PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_job_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT uq_job_file_token UNIQUE (file_token),
    CONSTRAINT fk_job_bank_id_asked_by FOREIGN KEY(bank_id, asked_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_job_kind CHECK (kind IN ('check_books', 'export_books', 'send_plan', 'import_listings')),
    CONSTRAINT ck_job_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT ck_job_step CHECK (step IN ('checks', 'storing', 'entries', 'requests', 'listings')),
    CONSTRAINT ck_job_failure CHECK (failure IN ('books_not_in_order', 'not_allowed', 'no_space', 'file_gone', 'program', 'worker_died')),
    CONSTRAINT ck_job_claimed CHECK ((state = 'running') = (claimed_until IS NOT NULL)),
    CONSTRAINT ck_job_ended CHECK ((state IN ('queued', 'running')) = (ended_at IS NULL)),
    CONSTRAINT ck_job_failed CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CONSTRAINT ck_job_steps CHECK (done_steps >= 0 AND (total_steps IS NULL OR done_steps <= total_steps))
);

CREATE INDEX ix_job_ended ON job (ended_at);

CREATE UNIQUE INDEX ix_job_open ON job (bank_id, kind) WHERE state IN ('queued', 'running');

CREATE TABLE leaf (
    bank_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    subject_id BIGINT NOT NULL,
    subject_number BIGINT NOT NULL,
    hash BLOB NOT NULL,
    block BLOB,
    CONSTRAINT pk_leaf PRIMARY KEY (bank_id, number),
    CONSTRAINT uq_leaf_bank_id_kind_subject_id_subject_number UNIQUE (bank_id, kind, subject_id, subject_number),
    CONSTRAINT fk_leaf_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT ck_leaf_number CHECK (number >= 0),
    CONSTRAINT ck_leaf_kind CHECK (kind IN ('log', 'account', 'holder', 'limit_change', 'hold', 'entry', 'hold_resolved', 'closing')),
    CONSTRAINT ck_leaf_hash CHECK (length(hash) = 32 AND length(block) = 32),
    CONSTRAINT ck_leaf_block CHECK ((block IS NULL) = ((number & 255) <> 255))
)
 WITHOUT ROWID;

CREATE INDEX ix_leaf_block ON leaf (bank_id, number) WHERE block IS NOT NULL;

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

CREATE TRIGGER leaf_no_delete BEFORE DELETE ON leaf
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER leaf_no_update BEFORE UPDATE ON leaf
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE learned_kinds (
    bank_id BIGINT NOT NULL,
    version VARCHAR(20) NOT NULL,
    vocabulary_version VARCHAR(20) NOT NULL,
    learned_at DATETIME NOT NULL,
    listings INTEGER NOT NULL,
    model BLOB NOT NULL,
    CONSTRAINT pk_learned_kinds PRIMARY KEY (bank_id, version),
    CONSTRAINT fk_learned_kinds_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id)
);

CREATE TABLE letter_bundle (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    printed_by BIGINT NOT NULL,
    printed_at DATETIME NOT NULL,
    posted_at DATETIME,
    posted_by BIGINT,
    CONSTRAINT pk_letter_bundle PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_letter_bundle_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_letter_bundle_bank_id_printed_by FOREIGN KEY(bank_id, printed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_letter_bundle_bank_id_posted_by FOREIGN KEY(bank_id, posted_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_letter_bundle_posted CHECK (posted_by IS NULL OR posted_at IS NOT NULL)
);

CREATE TABLE limit_change (
    bank_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    floor BIGINT,
    reason TEXT NOT NULL,
    until DATE,
    recorded_by BIGINT,
    recorded_at DATETIME NOT NULL,
    CONSTRAINT pk_limit_change PRIMARY KEY (bank_id, account_id, number),
    CONSTRAINT fk_limit_change_bank_id_account_id FOREIGN KEY(bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT fk_limit_change_bank_id_recorded_by FOREIGN KEY(bank_id, recorded_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_limit_change_number CHECK (number > 0)
)
 WITHOUT ROWID;

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

CREATE TRIGGER limit_change_no_delete BEFORE DELETE ON limit_change
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER limit_change_no_update BEFORE UPDATE ON limit_change
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER limit_change_sets_floor AFTER INSERT ON limit_change
BEGIN
    UPDATE account SET floor = NEW.floor WHERE bank_id = NEW.bank_id AND id = NEW.account_id;
END;

CREATE TABLE listing (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    member_id BIGINT NOT NULL,
    kind VARCHAR(10) NOT NULL,
    life VARCHAR(10) NOT NULL,
    title VARCHAR(120) NOT NULL,
    words TEXT NOT NULL,
    area_id BIGINT,
    in_person BOOLEAN DEFAULT 0 NOT NULL,
    by_phone BOOLEAN DEFAULT 0 NOT NULL,
    online BOOLEAN DEFAULT 0 NOT NULL,
    suits INTEGER DEFAULT 0 NOT NULL,
    when_words VARCHAR(120) DEFAULT '' NOT NULL,
    wanted_on DATE,
    wanted_time TIME,
    helpers_wanted INTEGER DEFAULT 1 NOT NULL,
    every_week BOOLEAN DEFAULT 0 NOT NULL,
    review_on DATE NOT NULL,
    listed_at DATETIME NOT NULL,
    changed_at DATETIME NOT NULL,
    written_by BIGINT,
    how VARCHAR(20),
    evidence VARCHAR(200),
    source VARCHAR(60),
    source_key VARCHAR(60),
    CONSTRAINT pk_listing PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_listing_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT uq_listing_bank_id_source_source_key UNIQUE (bank_id, source, source_key),
    CONSTRAINT fk_listing_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_listing_bank_id_area_id FOREIGN KEY(bank_id, area_id) REFERENCES area (bank_id, id),
    CONSTRAINT fk_listing_bank_id_written_by FOREIGN KEY(bank_id, written_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_listing_kind CHECK (kind IN ('offer', 'request')),
    CONSTRAINT ck_listing_life CHECK (life IN ('open', 'paused', 'closed')),
    CONSTRAINT ck_listing_how CHECK (how IN ('phone', 'paper', 'in_person', 'slip', 'request', 'time', 'text')),
    CONSTRAINT ck_listing_how_they_told CHECK ((written_by IS NULL) = (how IS NULL)),
    CONSTRAINT ck_listing_suits CHECK (suits BETWEEN 0 AND 2097151),
    CONSTRAINT ck_listing_helpers_wanted CHECK (helpers_wanted BETWEEN 1 AND 10),
    CONSTRAINT ck_listing_wanted_time CHECK (wanted_time IS NULL OR wanted_on IS NOT NULL),
    CONSTRAINT ck_listing_only_requests CHECK (kind = 'request' OR (wanted_on IS NULL AND helpers_wanted = 1 AND NOT every_week))
);

CREATE INDEX ix_listing_found ON listing (bank_id, life, kind, listed_at);

CREATE INDEX ix_listing_member ON listing (bank_id, member_id, life);

CREATE TABLE listing_category (
    bank_id BIGINT NOT NULL,
    listing_id BIGINT NOT NULL,
    category_id BIGINT NOT NULL,
    CONSTRAINT pk_listing_category PRIMARY KEY (bank_id, listing_id, category_id),
    CONSTRAINT fk_listing_category_bank_id_listing_id FOREIGN KEY(bank_id, listing_id) REFERENCES listing (bank_id, id),
    CONSTRAINT fk_listing_category_bank_id_category_id FOREIGN KEY(bank_id, category_id) REFERENCES category (bank_id, id)
)
 WITHOUT ROWID;

CREATE INDEX ix_listing_category_category ON listing_category (bank_id, category_id, listing_id);

CREATE TABLE listing_meaning (
    bank_id BIGINT NOT NULL,
    listing_id BIGINT NOT NULL,
    kind VARCHAR(10) NOT NULL,
    cell INTEGER NOT NULL,
    version VARCHAR(40) NOT NULL,
    vector BLOB NOT NULL,
    CONSTRAINT pk_listing_meaning PRIMARY KEY (bank_id, listing_id),
    CONSTRAINT fk_listing_meaning_bank_id_listing_id FOREIGN KEY(bank_id, listing_id) REFERENCES listing (bank_id, id),
    CONSTRAINT ck_listing_meaning_kind CHECK (kind IN ('offer', 'request'))
);

CREATE INDEX ix_listing_meaning_cell ON listing_meaning (bank_id, kind, cell);

CREATE TABLE listing_word (
    bank_id BIGINT NOT NULL,
    word VARCHAR(60) NOT NULL,
    listing_id BIGINT NOT NULL,
    CONSTRAINT pk_listing_word PRIMARY KEY (bank_id, word, listing_id),
    CONSTRAINT fk_listing_word_bank_id_listing_id FOREIGN KEY(bank_id, listing_id) REFERENCES listing (bank_id, id)
)
 WITHOUT ROWID;

CREATE INDEX ix_listing_word_listing ON listing_word (bank_id, listing_id);

CREATE TABLE login_session (
    token_digest BLOB NOT NULL,
    person_id BIGINT NOT NULL,
    device VARCHAR(120) NOT NULL,
    opened_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    revoked_at DATETIME,
    ended_because VARCHAR(20),
    address_digest BLOB,
    code_id BIGINT,
    CONSTRAINT pk_login_session PRIMARY KEY (token_digest),
    CONSTRAINT fk_login_session_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_login_session_code_id FOREIGN KEY(code_id) REFERENCES sign_in_code (id),
    CONSTRAINT ck_login_session_ended_because CHECK (ended_because IN ('signed_out', 'signed_out_elsewhere', 'password', 'roles', 'standing')),
    CONSTRAINT ck_login_session_ended CHECK ((revoked_at IS NULL) = (ended_because IS NULL))
);

CREATE INDEX ix_login_session_person_id ON login_session (person_id);

CREATE TABLE matching_rules (
    bank_id BIGINT NOT NULL,
    kind INTEGER NOT NULL,
    main_kind INTEGER NOT NULL,
    near INTEGER NOT NULL,
    free INTEGER NOT NULL,
    below_zero INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    asked_weeks INTEGER NOT NULL,
    rest_days INTEGER NOT NULL,
    answer_days INTEGER NOT NULL,
    in_turn BOOLEAN DEFAULT 1 NOT NULL,
    CONSTRAINT pk_matching_rules PRIMARY KEY (bank_id),
    CONSTRAINT fk_matching_rules_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT ck_matching_rules_at_least_one CHECK (asked_weeks >= 1 AND answer_days >= 1)
);

CREATE TABLE membership (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    code VARCHAR(12) NOT NULL,
    standing VARCHAR(20) NOT NULL,
    about TEXT NOT NULL,
    joined_on DATE NOT NULL,
    area_id BIGINT,
    shows_phone BOOLEAN DEFAULT 0 NOT NULL,
    shows_email BOOLEAN DEFAULT 0 NOT NULL,
    is_holder BOOLEAN DEFAULT 0 NOT NULL,
    admitted_by BIGINT,
    welcome_waits BOOLEAN DEFAULT 0 NOT NULL,
    mark BLOB NOT NULL,
    CONSTRAINT pk_membership PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_membership_bank_id_person_id UNIQUE (bank_id, person_id),
    CONSTRAINT uq_membership_bank_id_number UNIQUE (bank_id, number),
    CONSTRAINT uq_membership_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT uq_membership_bank_id_account_id UNIQUE (bank_id, account_id),
    CONSTRAINT fk_membership_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_membership_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_membership_bank_id_account_id FOREIGN KEY(bank_id, account_id) REFERENCES account (bank_id, id),
    CONSTRAINT ck_membership_standing CHECK (standing IN ('active', 'suspended', 'left')),
    CONSTRAINT fk_membership_bank_id_area_id FOREIGN KEY(bank_id, area_id) REFERENCES area (bank_id, id),
    CONSTRAINT fk_membership_admitted_by FOREIGN KEY(bank_id, admitted_by) REFERENCES membership (bank_id, id)
);

CREATE INDEX ix_membership_person_id ON membership (person_id);

CREATE UNIQUE INDEX uq_membership_one_holder ON membership (bank_id) WHERE is_holder;

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

CREATE TABLE membership_role (
    bank_id BIGINT NOT NULL,
    membership_id BIGINT NOT NULL,
    role VARCHAR(20) NOT NULL,
    granted_by BIGINT,
    granted_at DATETIME NOT NULL,
    CONSTRAINT pk_membership_role PRIMARY KEY (bank_id, membership_id, role),
    CONSTRAINT fk_membership_role_bank_id_membership_id FOREIGN KEY(bank_id, membership_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_membership_role_granted_by FOREIGN KEY(bank_id, granted_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_membership_role_role CHECK (role IN ('member', 'broker', 'coordinator', 'trustee', 'auditor'))
);

CREATE TABLE memo (
    bank_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    words TEXT,
    salt BLOB,
    CONSTRAINT pk_memo PRIMARY KEY (bank_id, entry_id),
    CONSTRAINT ck_memo_blanked_whole CHECK ((words IS NULL) = (salt IS NULL))
)
 WITHOUT ROWID;

CREATE TRIGGER memo_before_insert BEFORE INSERT ON memo
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (
        SELECT 1 FROM memo WHERE bank_id = NEW.bank_id AND entry_id = NEW.entry_id);
    SELECT RAISE(ABORT, 'books_append_only') WHERE typeof(NEW.words) <> 'text' OR typeof(NEW.salt) <> 'blob' OR NOT EXISTS (
        SELECT 1 FROM entry WHERE bank_id = NEW.bank_id AND id = NEW.entry_id AND words_digest IS NOT NULL);
END;

CREATE TRIGGER memo_no_delete BEFORE DELETE ON memo
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER memo_no_update BEFORE UPDATE ON memo
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE message (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    written_by BIGINT NOT NULL,
    written_at DATETIME NOT NULL,
    words VARCHAR(2000) NOT NULL,
    about VARCHAR(80) DEFAULT '' NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_message_bank_id_conversation_id FOREIGN KEY(bank_id, conversation_id) REFERENCES conversation (bank_id, id),
    CONSTRAINT fk_message_bank_id_written_by FOREIGN KEY(bank_id, written_by) REFERENCES membership (bank_id, id)
);

CREATE INDEX ix_message_conversation ON message (bank_id, conversation_id, id);

CREATE INDEX ix_message_written_by ON message (bank_id, written_by, written_at);

CREATE TABLE notice (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    kind VARCHAR(30) NOT NULL,
    subject VARCHAR(80) NOT NULL,
    occasion VARCHAR(40) DEFAULT '' NOT NULL,
    facts TEXT DEFAULT '{}' NOT NULL,
    told_at DATETIME NOT NULL,
    due_at DATETIME NOT NULL,
    state VARCHAR(12) NOT NULL,
    dropped_because VARCHAR(20),
    delivery_id BIGINT,
    CONSTRAINT pk_notice PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_notice_bank_id_member_id_kind_subject_occasion UNIQUE (bank_id, member_id, kind, subject, occasion),
    CONSTRAINT fk_notice_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_notice_bank_id_delivery_id FOREIGN KEY(bank_id, delivery_id) REFERENCES delivery (bank_id, id),
    CONSTRAINT ck_notice_kind CHECK (kind IN ('asked', 'accepted', 'declined', 'called_off', 'tomorrow', 'to_confirm', 'still_to_confirm', 'not_right', 'settled', 'nobody_confirmed', 'to_take_back', 'taken_back', 'answered_by_text', 'invited', 'message', 'standing_changed', 'roles_changed', 'code_made', 'sign_in_code', 'email_code', 'texted_sign_in_code', 'phone_code', 'contact_changed', 'done_for_you', 'password_changed', 'digest', 'reply_unread')),
    CONSTRAINT ck_notice_state CHECK (state IN ('waiting', 'in_delivery', 'dropped')),
    CONSTRAINT ck_notice_dropped_because CHECK (dropped_because IN ('no_longer_true', 'not_active', 'chose_none', 'no_way', 'too_old')),
    CONSTRAINT ck_notice_delivery CHECK ((state = 'in_delivery') = (delivery_id IS NOT NULL)),
    CONSTRAINT ck_notice_dropped CHECK ((state = 'dropped') = (dropped_because IS NOT NULL))
);

CREATE INDEX ix_notice_delivery ON notice (bank_id, delivery_id);

CREATE INDEX ix_notice_waiting ON notice (due_at, id) WHERE state = 'waiting';

CREATE TABLE notice_choice (
    bank_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    topic VARCHAR(20) NOT NULL,
    way VARCHAR(10) NOT NULL,
    often VARCHAR(20) NOT NULL,
    chosen_at DATETIME NOT NULL,
    CONSTRAINT pk_notice_choice PRIMARY KEY (bank_id, member_id, topic),
    CONSTRAINT fk_notice_choice_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_notice_choice_topic CHECK (topic IN ('about_you', 'round_the_bank')),
    CONSTRAINT ck_notice_choice_way CHECK (way IN ('email', 'text', 'phone', 'letter', 'none')),
    CONSTRAINT ck_notice_choice_often CHECK (often IN ('at_once', 'daily', 'weekly', 'monthly', 'as_things_come'))
)
 WITHOUT ROWID;

CREATE TABLE person (
    id BIGINT NOT NULL,
    name VARCHAR(80) NOT NULL,
    name_folded TEXT NOT NULL,
    email VARCHAR(254),
    phone VARCHAR(40),
    postal_address TEXT DEFAULT '' NOT NULL,
    email_is_proved BOOLEAN DEFAULT 0 NOT NULL,
    phone_is_proved BOOLEAN DEFAULT 0 NOT NULL,
    password_hash VARCHAR(200),
    password_code_id BIGINT,
    email_failed_at DATETIME,
    email_set_by_self BOOLEAN DEFAULT 0 NOT NULL,
    email_trusted_from DATETIME,
    phone_set_by_self BOOLEAN DEFAULT 0 NOT NULL,
    phone_trusted_from DATETIME,
    created_at DATETIME NOT NULL,
    mark BLOB NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (id)
);

CREATE INDEX ix_person_email ON person (email);

CREATE INDEX ix_person_phone ON person (phone);

CREATE TABLE posting (
    bank_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    given_after BIGINT NOT NULL,
    received_after BIGINT NOT NULL,
    CONSTRAINT pk_posting PRIMARY KEY (bank_id, account_id, number)
)
 WITHOUT ROWID;

CREATE UNIQUE INDEX uq_posting_side ON posting (bank_id, entry_id, line, minutes);

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

CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE reversal (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    exchange_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by BIGINT NOT NULL,
    proposed_at DATETIME NOT NULL,
    giver_agreed_by BIGINT,
    receiver_agreed_by BIGINT,
    approved_by BIGINT,
    refused_by BIGINT,
    closed_at DATETIME,
    CONSTRAINT pk_reversal PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_reversal_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_reversal_bank_id_exchange_id FOREIGN KEY(bank_id, exchange_id) REFERENCES exchange (bank_id, id),
    CONSTRAINT fk_reversal_bank_id_proposed_by FOREIGN KEY(bank_id, proposed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_reversal_bank_id_giver_agreed_by FOREIGN KEY(bank_id, giver_agreed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_reversal_bank_id_receiver_agreed_by FOREIGN KEY(bank_id, receiver_agreed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_reversal_bank_id_approved_by FOREIGN KEY(bank_id, approved_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_reversal_bank_id_refused_by FOREIGN KEY(bank_id, refused_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_reversal_second_approver CHECK (approved_by IS NULL OR approved_by <> proposed_by)
);

CREATE UNIQUE INDEX uq_reversal_one_waiting ON reversal (bank_id, exchange_id) WHERE closed_at IS NULL;

CREATE TABLE role_change (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    membership_id BIGINT NOT NULL,
    role VARCHAR(20) NOT NULL,
    gives BOOLEAN NOT NULL,
    proposed_by BIGINT NOT NULL,
    proposed_at DATETIME NOT NULL,
    approved_by BIGINT,
    refused_by BIGINT,
    refused_because TEXT,
    closed_at DATETIME,
    acknowledged_at DATETIME,
    CONSTRAINT pk_role_change PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_role_change_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_role_change_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_role_change_bank_id_membership_id FOREIGN KEY(bank_id, membership_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_role_change_bank_id_proposed_by FOREIGN KEY(bank_id, proposed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_role_change_bank_id_approved_by FOREIGN KEY(bank_id, approved_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_role_change_bank_id_refused_by FOREIGN KEY(bank_id, refused_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_role_change_role CHECK (role IN ('member', 'broker', 'coordinator', 'trustee', 'auditor')),
    CONSTRAINT ck_role_change_second_approver CHECK (approved_by <> proposed_by),
    CONSTRAINT ck_role_change_closed CHECK ((closed_at IS NULL) = (approved_by IS NULL AND refused_by IS NULL)),
    CONSTRAINT ck_role_change_reason CHECK (refused_because IS NULL OR refused_by <> proposed_by),
    CONSTRAINT ck_role_change_acknowledged CHECK (acknowledged_at IS NULL OR refused_because IS NOT NULL)
);

CREATE UNIQUE INDEX uq_role_change_one_waiting ON role_change (bank_id, membership_id, role) WHERE closed_at IS NULL;

CREATE TABLE seal (
    bank_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BLOB NOT NULL,
    peaks BLOB NOT NULL,
    signed_at DATETIME NOT NULL,
    checkpoint TEXT NOT NULL,
    CONSTRAINT pk_seal PRIMARY KEY (bank_id, number),
    CONSTRAINT uq_seal_bank_id_size UNIQUE (bank_id, size),
    CONSTRAINT fk_seal_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT ck_seal_number CHECK (number > 0),
    CONSTRAINT ck_seal_root CHECK (length(root) = 32)
)
 WITHOUT ROWID;

CREATE TRIGGER seal_before_insert BEFORE INSERT ON seal
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM seal WHERE bank_id = NEW.bank_id AND number = NEW.number);
    SELECT RAISE(ABORT, 'sealed_in_order') WHERE typeof(NEW.number) <> 'integer' OR typeof(NEW.size) <> 'integer'
        OR typeof(NEW.root) <> 'blob' OR length(NEW.root) <> 32 OR typeof(NEW.peaks) <> 'blob'
        OR NEW.number <> 1 + coalesce((SELECT max(number) FROM seal WHERE bank_id = NEW.bank_id), 0)
        OR NEW.size <= coalesce((SELECT max(size) FROM seal WHERE bank_id = NEW.bank_id), 0)
        OR NEW.size IS NOT (SELECT max(number) + 1 FROM leaf WHERE bank_id = NEW.bank_id);
END;

CREATE TRIGGER seal_no_delete BEFORE DELETE ON seal
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER seal_no_update BEFORE UPDATE ON seal
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE seal_log (
    bank_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    after_seal BIGINT NOT NULL,
    size BIGINT NOT NULL,
    checkpoint TEXT,
    begun_at DATETIME NOT NULL,
    CONSTRAINT pk_seal_log PRIMARY KEY (bank_id, number),
    CONSTRAINT fk_seal_log_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT ck_seal_log_number CHECK (number > 1)
)
 WITHOUT ROWID;

CREATE TRIGGER seal_log_before_insert BEFORE INSERT ON seal_log
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM seal_log WHERE bank_id = NEW.bank_id AND number = NEW.number);
    SELECT RAISE(ABORT, 'sealed_in_order') WHERE typeof(NEW.number) <> 'integer' OR datetime(NEW.begun_at) IS NULL
        OR NEW.number <= coalesce((SELECT max(number) FROM seal_log WHERE bank_id = NEW.bank_id), 1)
        OR NEW.after_seal IS NOT coalesce((SELECT max(number) FROM seal WHERE bank_id = NEW.bank_id), 0)
        OR NEW.size IS NOT coalesce((SELECT max(number) + 1 FROM leaf WHERE bank_id = NEW.bank_id), 0);
END;

CREATE TRIGGER seal_log_no_delete BEFORE DELETE ON seal_log
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER seal_log_no_update BEFORE UPDATE ON seal_log
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE security_event (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    happened_at DATETIME NOT NULL,
    kind VARCHAR(40) NOT NULL,
    person_id BIGINT,
    done_by BIGINT,
    origin_digest BLOB,
    device VARCHAR(120) NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    evidence TEXT NOT NULL,
    CONSTRAINT pk_security_event PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_security_event_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_security_event_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_security_event_bank_id_done_by FOREIGN KEY(bank_id, done_by) REFERENCES membership (bank_id, id)
);

CREATE INDEX ix_security_event_kind ON security_event (bank_id, kind, id);

CREATE INDEX ix_security_event_origin ON security_event (bank_id, kind, origin_digest, happened_at);

CREATE TRIGGER security_event_before_insert BEFORE INSERT ON security_event
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM security_event WHERE bank_id = NEW.bank_id AND id = NEW.id);
END;

CREATE TRIGGER security_event_kept_a_year BEFORE DELETE ON security_event
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE OLD.happened_at > (
        SELECT datetime(done_at, '-365 days') FROM trail WHERE bank_id = OLD.bank_id ORDER BY id DESC LIMIT 1);
END;

CREATE TRIGGER security_event_no_update BEFORE UPDATE ON security_event
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE sign_in_attempt (
    id BIGINT NOT NULL,
    typed_digest BLOB NOT NULL,
    account_digest BLOB,
    address_digest BLOB NOT NULL,
    tried_at DATETIME NOT NULL,
    succeeded BOOLEAN NOT NULL,
    CONSTRAINT pk_sign_in_attempt PRIMARY KEY (id)
);

CREATE INDEX ix_sign_in_attempt_account ON sign_in_attempt (account_digest, tried_at);

CREATE INDEX ix_sign_in_attempt_address ON sign_in_attempt (address_digest, tried_at);

CREATE INDEX ix_sign_in_attempt_typed ON sign_in_attempt (typed_digest, tried_at);

CREATE TABLE sign_in_code (
    id BIGINT NOT NULL,
    code_digest BLOB,
    first_digest BLOB,
    second_digest BLOB,
    bank_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    purpose VARCHAR(12) DEFAULT 'sign_in' NOT NULL,
    made_by BIGINT,
    completed_by BIGINT,
    made_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    used_at DATETIME,
    voided_at DATETIME,
    CONSTRAINT pk_sign_in_code PRIMARY KEY (id),
    CONSTRAINT uq_sign_in_code_code_digest UNIQUE (code_digest),
    CONSTRAINT fk_sign_in_code_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_sign_in_code_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_sign_in_code_bank_id_made_by FOREIGN KEY(bank_id, made_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_sign_in_code_bank_id_completed_by FOREIGN KEY(bank_id, completed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_sign_in_code_whole_or_halves CHECK ((code_digest IS NULL) = (first_digest IS NOT NULL)),
    CONSTRAINT ck_sign_in_code_completed CHECK ((second_digest IS NULL) = (completed_by IS NULL)),
    CONSTRAINT ck_sign_in_code_two_people CHECK (completed_by <> made_by),
    CONSTRAINT ck_sign_in_code_purpose CHECK (purpose IN ('sign_in', 'mailed', 'texted', 'prove_email', 'prove_phone')),
    CONSTRAINT ck_sign_in_code_mailed_by_nobody CHECK (purpose = 'sign_in' OR made_by IS NULL)
);

CREATE INDEX ix_sign_in_code_first_digest ON sign_in_code (first_digest);

CREATE INDEX ix_sign_in_code_person_id ON sign_in_code (person_id);

CREATE TABLE sign_off (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    month DATE NOT NULL,
    figures TEXT NOT NULL,
    words TEXT NOT NULL,
    signed_by BIGINT NOT NULL,
    signed_at DATETIME NOT NULL,
    confirmed_by BIGINT,
    refused_by BIGINT,
    refused_because TEXT,
    closed_at DATETIME,
    CONSTRAINT pk_sign_off PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_sign_off_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_sign_off_bank_id_signed_by FOREIGN KEY(bank_id, signed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_sign_off_bank_id_confirmed_by FOREIGN KEY(bank_id, confirmed_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_sign_off_bank_id_refused_by FOREIGN KEY(bank_id, refused_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_sign_off_second_approver CHECK (confirmed_by <> signed_by),
    CONSTRAINT ck_sign_off_closed CHECK ((closed_at IS NULL) = (confirmed_by IS NULL AND refused_by IS NULL))
);

CREATE UNIQUE INDEX uq_sign_off_one_waiting ON sign_off (bank_id, month) WHERE closed_at IS NULL;

CREATE TABLE spoken_language (
    bank_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    language VARCHAR(3) NOT NULL,
    CONSTRAINT pk_spoken_language PRIMARY KEY (bank_id, member_id, language),
    CONSTRAINT fk_spoken_language_bank_id_member_id FOREIGN KEY(bank_id, member_id) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_spoken_language_language CHECK (length(language) >= 2 AND length(language) <= 3 AND language = lower(language))
)
 WITHOUT ROWID;

CREATE INDEX ix_spoken_language_language ON spoken_language (bank_id, language, member_id);

CREATE TABLE standing_change (
    bank_id BIGINT NOT NULL,
    membership_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    standing VARCHAR(20) NOT NULL,
    reason TEXT NOT NULL,
    done_by BIGINT NOT NULL,
    done_at DATETIME NOT NULL,
    CONSTRAINT pk_standing_change PRIMARY KEY (bank_id, membership_id, number),
    CONSTRAINT fk_standing_change_bank_id_membership_id FOREIGN KEY(bank_id, membership_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_standing_change_done_by FOREIGN KEY(bank_id, done_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_standing_change_standing CHECK (standing IN ('active', 'suspended', 'left'))
);

CREATE TABLE stopped_phone (
    phone_digest BLOB NOT NULL,
    stopped_at DATETIME NOT NULL,
    CONSTRAINT pk_stopped_phone PRIMARY KEY (phone_digest)
);

CREATE TABLE taken_back (
    bank_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    by_entry_id BIGINT NOT NULL,
    CONSTRAINT pk_taken_back PRIMARY KEY (bank_id, entry_id, line)
)
 WITHOUT ROWID;

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

CREATE TRIGGER taken_back_no_delete BEFORE DELETE ON taken_back
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER taken_back_no_update BEFORE UPDATE ON taken_back
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TABLE task (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    code VARCHAR(12) NOT NULL,
    kind VARCHAR(40) NOT NULL,
    subject VARCHAR(80) NOT NULL,
    status VARCHAR(10) NOT NULL,
    owner_id BIGINT,
    kept_from_id BIGINT,
    also_kept_from_id BIGINT,
    opened_at DATETIME NOT NULL,
    done_by BIGINT,
    done_at DATETIME,
    note TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_task PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_task_bank_id_code UNIQUE (bank_id, code),
    CONSTRAINT fk_task_bank_id FOREIGN KEY(bank_id) REFERENCES bank (id),
    CONSTRAINT fk_task_bank_id_owner_id FOREIGN KEY(bank_id, owner_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_task_bank_id_kept_from_id FOREIGN KEY(bank_id, kept_from_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_task_bank_id_also_kept_from_id FOREIGN KEY(bank_id, also_kept_from_id) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_task_bank_id_done_by FOREIGN KEY(bank_id, done_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_task_status CHECK (status IN ('open', 'taken', 'done')),
    CONSTRAINT ck_task_done CHECK ((status = 'done') = (done_at IS NOT NULL)),
    CONSTRAINT ck_task_taken_by_somebody CHECK (status <> 'taken' OR owner_id IS NOT NULL)
);

CREATE INDEX ix_task_status ON task (bank_id, status, id);

CREATE UNIQUE INDEX uq_task_one_open ON task (bank_id, kind, subject) WHERE status <> 'done';

CREATE TABLE thank_you (
    bank_id BIGINT NOT NULL,
    exchange_id BIGINT NOT NULL,
    side VARCHAR(10) NOT NULL,
    words VARCHAR(200) NOT NULL,
    said_by BIGINT NOT NULL,
    said_at DATETIME NOT NULL,
    CONSTRAINT pk_thank_you PRIMARY KEY (bank_id, exchange_id, side),
    CONSTRAINT fk_thank_you_bank_id_exchange_id FOREIGN KEY(bank_id, exchange_id) REFERENCES exchange (bank_id, id),
    CONSTRAINT fk_thank_you_bank_id_said_by FOREIGN KEY(bank_id, said_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_thank_you_side CHECK (side IN ('giver', 'receiver'))
);

CREATE TABLE time_rule (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    begun_by BIGINT NOT NULL,
    begun_at DATETIME NOT NULL,
    ended_by BIGINT,
    ended_at DATETIME,
    CONSTRAINT pk_time_rule PRIMARY KEY (bank_id, id),
    CONSTRAINT fk_time_rule_bank_id_begun_by FOREIGN KEY(bank_id, begun_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_time_rule_bank_id_ended_by FOREIGN KEY(bank_id, ended_by) REFERENCES membership (bank_id, id),
    CONSTRAINT ck_time_rule_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);

CREATE UNIQUE INDEX uq_time_rule_one_holds ON time_rule (bank_id) WHERE ended_at IS NULL;

CREATE TABLE trail (
    bank_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    done_at DATETIME NOT NULL,
    done_by BIGINT,
    on_behalf_of BIGINT,
    code_made_by BIGINT,
    deed VARCHAR(60) NOT NULL,
    subject VARCHAR(80) NOT NULL,
    form_key VARCHAR(64),
    form_digest BLOB,
    CONSTRAINT pk_trail PRIMARY KEY (bank_id, id),
    CONSTRAINT uq_trail_bank_id_done_by_form_key UNIQUE (bank_id, done_by, form_key),
    CONSTRAINT fk_trail_bank_id_done_by FOREIGN KEY(bank_id, done_by) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_trail_on_behalf_of FOREIGN KEY(bank_id, on_behalf_of) REFERENCES membership (bank_id, id),
    CONSTRAINT fk_trail_code_made_by FOREIGN KEY(bank_id, code_made_by) REFERENCES membership (bank_id, id)
);

CREATE INDEX ix_trail_code_made_by ON trail (bank_id, id) WHERE code_made_by IS NOT NULL;

CREATE INDEX ix_trail_reading ON trail (bank_id, id) WHERE deed IN ('conversation.read', 'job.file_fetched', 'letters.printed', 'letters.printed_again');

CREATE INDEX ix_trail_subject ON trail (bank_id, subject);

CREATE TRIGGER trail_before_insert BEFORE INSERT ON trail
BEGIN
    SELECT RAISE(ABORT, 'books_append_only') WHERE EXISTS (SELECT 1 FROM trail WHERE bank_id = NEW.bank_id AND id = NEW.id);
    SELECT RAISE(IGNORE) WHERE EXISTS (
        SELECT 1 FROM trail WHERE bank_id = NEW.bank_id AND done_by = NEW.done_by AND form_key = NEW.form_key);
END;

CREATE TRIGGER trail_no_delete BEFORE DELETE ON trail
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;

CREATE TRIGGER trail_no_update BEFORE UPDATE ON trail
BEGIN
    SELECT RAISE(ABORT, 'books_append_only');
END;
