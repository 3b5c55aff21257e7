"""References to rows of other rooms, and the names of all deeds on the trail.

A reference is a word and a code, such as `exchange:K7M3Q2XZ`. Entries, holds, tasks and the trail keep them as text, so
that low rooms know nothing of the tables above them.
"""

from enum import StrEnum
from typing import NamedTuple


class Subject(StrEnum):
    """The kind of row that a reference points to. Includes every kind of holder of an account, and the pot."""

    ACTIVITY = "activity"
    ANNOUNCEMENT = "announcement"
    APPLICATION = "application"
    AREA = "area"
    BANK = "bank"
    BOOKS = "books"
    CATEGORY = "category"
    CONVERSATION = "conversation"
    CORRECTION = "correction"
    EXCHANGE = "exchange"
    FUND = "fund"
    GROUP = "group"
    INVITATION = "invitation"
    JOB = "job"
    LEAVING = "leaving"
    LETTERS = "letters"
    LISTING = "listing"
    LOG = "log"
    MEMBER = "member"
    MONTH = "month"
    POT = "pot"
    REVERSAL = "reversal"
    ROLE = "role"
    TASK = "task"


class Ref(NamedTuple):
    """A reference. A subject that a bank has once, such as the pot, has no code."""

    subject: Subject
    code: str = ""

    def __str__(self) -> str:
        return f"{self.subject}:{self.code}" if self.code else str(self.subject)


def parse(reference: str) -> Ref | None:
    """Return the reference that a text holds; None where its word is none of `Subject`."""
    word, _colon, code = reference.partition(":")
    return Ref(Subject(word), code) if word in set(Subject) else None


def code_of(subject: Subject, reference: str) -> str | None:
    """Return the code in a reference to a subject of this kind; None for a reference to anything else."""
    ref = parse(reference)
    return ref.code if ref is not None and ref.subject is subject else None


class DeedName(StrEnum):
    """The name of every deed that the trail records: a topic and what was done; the subject has its own column."""

    ANNOUNCEMENT_MADE = "announcement.made"
    ANNOUNCEMENT_TAKEN_DOWN = "announcement.taken_down"
    APPLICATION_APPLY = "application.apply"
    APPLICATION_INTERVIEW = "application.interview"
    APPLICATION_REFERENCE = "application.reference"
    APPLICATION_INDUCT = "application.induct"
    APPLICATION_ADMIT = "application.admit"
    APPLICATION_DECLINE = "application.decline"
    APPLICATION_WITHDRAW = "application.withdraw"
    AREA_ADDED = "area.added"
    AREA_RENAMED = "area.renamed"
    AREA_CLOSED = "area.closed"
    AREA_OPENED = "area.opened"
    AREA_TRAVEL = "area.travel"
    BANK_OPENED = "bank.opened"
    BOOKS_CHECKED = "books.checked"
    CALL_REACHED = "call.reached"
    CALL_LEFT_WORD = "call.left_word"
    CALL_WRONG_NUMBER = "call.wrong_number"
    CALL_GIVEN_UP = "call.given_up"
    CATEGORIES_OPENED = "categories.opened"
    CATEGORY_ADDED = "category.added"
    CATEGORY_CHANGED = "category.changed"
    CATEGORY_MOVED = "category.moved"
    CATEGORY_RETIRED = "category.retired"
    CATEGORY_BROUGHT_BACK = "category.brought_back"
    CONVERSATION_READ = "conversation.read"
    CONVERSATION_REPORTED = "conversation.reported"
    CONTACT_PROVED = "contact.proved"
    CORRECTION_PROPOSED = "correction.proposed"
    CORRECTION_APPROVED = "correction.approved"
    CORRECTION_REFUSED = "correction.refused"
    CORRECTION_WITHDRAWN = "correction.withdrawn"
    EXCHANGE_PROPOSE = "exchange.propose"
    EXCHANGE_ACCEPT = "exchange.accept"
    EXCHANGE_DECLINE = "exchange.decline"
    EXCHANGE_CANCEL = "exchange.cancel"
    EXCHANGE_RECORD = "exchange.record"
    EXCHANGE_CONFIRM = "exchange.confirm"
    EXCHANGE_CONFIRM_BY_TIME = "exchange.confirm_by_time"
    EXCHANGE_CONFIRM_BY_TEXT = "exchange.confirm_by_text"
    EXCHANGE_DISPUTE = "exchange.dispute"
    EXCHANGE_DISPUTE_BY_TEXT = "exchange.dispute_by_text"
    EXCHANGE_AGREE = "exchange.agree"
    EXCHANGE_DECIDE = "exchange.decide"
    EXCHANGE_EXPIRE = "exchange.expire"
    EXCHANGE_FILED = "exchange.filed"
    EXCHANGE_THANKED = "exchange.thanked"
    HELPING_CHANGED = "helping.changed"
    HELP_LOOKED_FOR = "help.looked_for"
    HISTORY_IMPORTED = "history.imported"
    HOLDER_MADE = "holder.made"
    INVITATION_SENT = "invitation.sent"
    INVITATION_YES = "invitation.yes"
    INVITATION_NO = "invitation.no"
    INVITATION_LESS = "invitation.less"
    INVITATION_TAKEN_BACK = "invitation.taken_back"
    JOB_ASKED_FOR = "job.asked_for"
    JOB_CANCELLED = "job.cancelled"
    JOB_FILE_FETCHED = "job.file_fetched"
    KINDS_LEARNED = "kinds.learned"
    LEAVERS_OPENED = "leavers.opened"
    LETTERS_POSTED = "letters.posted"
    LETTERS_PRINTED = "letters.printed"
    LETTERS_PRINTED_AGAIN = "letters.printed_again"
    LIMIT_LOWERED = "limit.lowered"
    LIMIT_ENDED = "limit.ended"
    LIMIT_POT = "limit.pot"
    LIMIT_SWEPT = "limit.swept"
    LISTING_OFFER = "listing.offer"
    LISTING_REQUEST = "listing.request"
    LISTING_CHANGE = "listing.change"
    LISTING_PAUSE = "listing.pause"
    LISTING_CLOSE = "listing.close"
    LISTING_REOPEN = "listing.reopen"
    LISTING_RECONFIRM = "listing.reconfirm"
    LISTING_HANDED_OVER = "listing.handed_over"
    LISTINGS_IMPORTED = "listings.imported"
    MATCHING_RULES_CHANGED = "matching_rules.changed"
    MEMBER_ADMITTED = "member.admitted"
    MEMBER_LEFT = "member.left"
    MEMBER_SETTLED = "member.settled"
    MEMBER_WELCOMED = "member.welcomed"
    MESSAGE_WRITTEN = "message.written"
    MESSAGES_SEEN = "messages.seen"
    MISSING_PUT_ON_LIST = "missing.put_on_list"
    MONTH_SIGNED = "month.signed"
    MONTH_CONFIRMED = "month.confirmed"
    MONTH_REFUSED = "month.refused"
    MONTH_WITHDRAWN = "month.withdrawn"
    NOTICES_CHOSEN = "notices.chosen"
    NOTICES_STOPPED = "notices.stopped"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 (the name of a deed)
    PLAN_SENT = "plan.sent"
    PROFILE_CHANGED = "profile.changed"
    REVERSAL_PROPOSED = "reversal.proposed"
    REVERSAL_AGREED = "reversal.agreed"
    REVERSAL_APPROVED = "reversal.approved"
    REVERSAL_REFUSED = "reversal.refused"
    REVERSAL_CARRIED_OUT = "reversal.carried_out"
    ROLE_GIVEN_BROKER = "role.given.broker"
    ROLE_GIVEN_COORDINATOR = "role.given.coordinator"
    ROLE_GIVEN_TRUSTEE = "role.given.trustee"
    ROLE_GIVEN_AUDITOR = "role.given.auditor"
    ROLE_TAKEN_BROKER = "role.taken.broker"
    ROLE_TAKEN_COORDINATOR = "role.taken.coordinator"
    ROLE_TAKEN_TRUSTEE = "role.taken.trustee"
    ROLE_TAKEN_AUDITOR = "role.taken.auditor"
    RULES_CHANGED = "rules.changed"
    ROLE_PROPOSED = "role.proposed"
    ROLES_SET = "roles.set"
    ROLE_APPROVED = "role.approved"
    ROLE_REFUSED = "role.refused"
    ROLE_REFUSAL_READ = "role.refusal_read"
    ROLE_WITHDRAWN = "role.withdrawn"
    SEALS_LOG_BEGUN = "seals.log_begun"
    SECURITY_EVENTS_REMOVED = "security_events.removed"
    SIGN_IN_CODE_ASKED_FOR = "sign_in_code.asked_for"
    SIGN_IN_CODE_MAILED = "sign_in_code.mailed"
    SIGN_IN_CODE_TEXTED = "sign_in_code.texted"
    EMAIL_CODE_MAILED = "email_code.mailed"
    PHONE_CODE_TEXTED = "phone_code.texted"
    TEXTS_WANTED_AGAIN = "texts.wanted_again"
    SIGN_IN_CODE_MADE = "sign_in_code.made"
    STANDING_ACTIVE = "standing.active"
    STANDING_SUSPENDED = "standing.suspended"
    STANDING_LEFT = "standing.left"
    SUGGESTION_DISMISSED = "suggestion.dismissed"
    TASK_TAKEN = "task.taken"
    TASK_RETURNED = "task.returned"
    TASK_FINISHED = "task.finished"
    TIME_RULE_BEGUN = "time_rule.begun"
    TIME_RULE_ENDED = "time_rule.ended"


#: Deeds that change nothing: somebody read, printed or saved what is another's.
READINGS = frozenset(
    {
        DeedName.CONVERSATION_READ,
        DeedName.JOB_FILE_FETCHED,
        DeedName.LETTERS_PRINTED,
        DeedName.LETTERS_PRINTED_AGAIN,
    }
)
