"""The rules of the ledger as errors. The database enforces the same rules under the same names (`message_id`)."""

from timebank.errors import TimebankError


class LedgerError(TimebankError):
    """A rule of the books was broken."""

    message_id = "ledger_refused"


class NoLinesError(LedgerError):
    """An entry has no lines."""

    message_id = "entry_has_lines"


class NotMinutesError(LedgerError):
    """Minutes are not a whole number above zero."""

    message_id = "minutes_whole_and_positive"


class SameAccountError(LedgerError):
    """A line takes from and gives to the same account."""

    message_id = "two_different_accounts"


class NoSuchAccountError(LedgerError):
    """A line names an account that this bank does not have."""

    message_id = "account_exists"


class NoSuchMemberError(LedgerError):
    """`recorded_by`, `on_behalf_of` or `approved_by` is no member of the bank."""

    message_id = "member_exists"


class FloorReachedError(LedgerError):
    """A balance would fall below its account's floor."""

    message_id = "floor_kept"


class NotAMirrorError(LedgerError):
    """A line of a reversal does not mirror a line of the reversed entry, or they are not in descending order."""

    message_id = "reversal_mirrors"


class AlreadyReversedError(LedgerError):
    """A line was reversed before; each line can be reversed once."""

    message_id = "reversed_once"


class KeyTakenError(LedgerError):
    """The key was used before, for a different entry."""

    message_id = "same_key_same_deed"


class HoldResolvedError(LedgerError):
    """The hold is resolved already, or belongs to another deed."""

    message_id = "hold_resolved_once"


class AccountClosedError(LedgerError):
    """The account is closed; or it cannot be closed or reopened, as it is so already or has a balance or holds."""

    message_id = "account_open"


class SecondApproverError(LedgerError):
    """An adjustment has no second approver, or somebody approved what they recorded themselves."""

    message_id = "second_approver"


class EntryNotWholeError(LedgerError):
    """An entry's day, moment, text or digest is malformed."""

    message_id = "entry_whole"


class BooksClosedError(LedgerError):
    """A row of the books would be changed or deleted, or written other than by inserting an entry."""

    message_id = "books_append_only"


class NotACheckpointError(LedgerError):
    """A text is no checkpoint, receipt or public key, or no known key signed it."""

    message_id = "not_a_checkpoint"


class NotSealedInOrderError(LedgerError):
    """A leaf or a seal does not continue the sequence: sealing ran concurrently, or the tables were tampered with."""

    message_id = "sealed_in_order"


class SealsForkedError(LedgerError):
    """The books do not go on from the newest seal that was signed for them: seals or rows were taken away."""

    message_id = "seals_go_on"


class SealNotRememberedError(LedgerError):
    """The file that remembers the newest seal cannot be written, so nothing was signed."""

    message_id = "seal_remembered"
