"""What the ledger refuses, by name. The database refuses the same things under the same names."""

from timebank.errors import TimebankError


class LedgerError(TimebankError):
    """Something the books do not take."""

    message_id = "ledger_refused"


class NoLinesError(LedgerError):
    """An entry without a line moves nothing and is not written."""

    message_id = "entry_has_lines"


class NotMinutesError(LedgerError):
    """Minutes are whole and more than zero."""

    message_id = "minutes_whole_and_positive"


class SameAccountError(LedgerError):
    """Hours move between two different accounts."""

    message_id = "two_different_accounts"


class NoSuchAccountError(LedgerError):
    """A line names an account that this bank does not have."""

    message_id = "account_exists"


class NoSuchMemberError(LedgerError):
    """Who recorded an entry, for whom, or who approved it is no member of the bank."""

    message_id = "member_exists"


class FloorReachedError(LedgerError):
    """A balance would fall below its account's floor."""

    message_id = "floor_kept"


class NotAMirrorError(LedgerError):
    """A reversal's line does not mirror a line of the entry it reverses, or they do not come last line first."""

    message_id = "reversal_mirrors"


class AlreadyReversedError(LedgerError):
    """A line was reversed before: each can be taken back once."""

    message_id = "reversed_once"


class KeyTakenError(LedgerError):
    """The key of an entry was used before, for another deed."""

    message_id = "same_key_same_deed"


class HoldResolvedError(LedgerError):
    """A hold was resolved before, or is not of this deed: each is resolved once, by its own deed."""

    message_id = "hold_resolved_once"


class AccountClosedError(LedgerError):
    """An account is closed: nothing moves on it. Or it is not, or has something on it still, and cannot be closed."""

    message_id = "account_open"


class SecondApproverError(LedgerError):
    """Somebody else has to approve: nobody approves their own, and an adjustment never goes without."""

    message_id = "second_approver"


class EntryNotWholeError(LedgerError):
    """An entry's day, moment or digest is not one."""

    message_id = "entry_whole"


class BooksClosedError(LedgerError):
    """Somebody tried to change or remove what is written, or to write past the one door."""

    message_id = "books_append_only"


class NotACheckpointError(LedgerError):
    """A text is no checkpoint or no public key, or the signature is of nobody we know."""

    message_id = "not_a_checkpoint"


class NotSealedInOrderError(LedgerError):
    """A leaf or a seal does not follow from the one before: somebody else sealed meanwhile, or got at the tables."""

    message_id = "sealed_in_order"
