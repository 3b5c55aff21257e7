"""Words for the deeds of the trail. They follow the name of who did it: 'Ada confirmed it'."""

from flask_babel import lazy_gettext as _

from timebank.exchanges.rules import Deed
from timebank.references import DeedName

WORDS = {
    DeedName.APPLICATION_APPLY: _("wrote down that somebody wants to join"),
    DeedName.APPLICATION_INTERVIEW: _("talked with the applicant"),
    DeedName.APPLICATION_REFERENCE: _("wrote down what somebody says who knows the applicant"),
    DeedName.APPLICATION_INDUCT: _("showed the applicant how things work"),
    DeedName.APPLICATION_ADMIT: _("took the applicant in"),
    DeedName.APPLICATION_DECLINE: _("could not take the applicant in"),
    DeedName.APPLICATION_WITHDRAW: _("wrote down that the applicant does not want to join any more"),
    DeedName.AREA_ADDED: _("added an area"),
    DeedName.AREA_RENAMED: _("gave an area another name"),
    DeedName.AREA_CLOSED: _("closed an area"),
    DeedName.AREA_OPENED: _("opened an area again"),
    DeedName.AREA_TRAVEL: _("wrote down how long the ways from an area take"),
    DeedName.BANK_OPENED: _("opened the time bank"),
    DeedName.BOOKS_CHECKED: _("checked the books"),
    DeedName.CATEGORIES_OPENED: _("began the list of kinds of help"),
    DeedName.CATEGORY_ADDED: _("added a kind of help"),
    DeedName.CATEGORY_CHANGED: _("changed a kind of help"),
    DeedName.CATEGORY_MOVED: _("moved a kind of help in the list"),
    DeedName.CATEGORY_RETIRED: _("retired a kind of help"),
    DeedName.CATEGORY_BROUGHT_BACK: _("brought a kind of help back"),
    DeedName.CONTACT_PROVED: _("wrote down how they know that a contact is the member's"),
    DeedName.CORRECTION_PROPOSED: _("asked for a correction"),
    DeedName.CORRECTION_APPROVED: _("approved the correction"),
    DeedName.CORRECTION_REFUSED: _("turned the correction down"),
    DeedName.CORRECTION_WITHDRAWN: _("withdrew the correction"),
    DeedName.EXCHANGE_PROPOSE: _("asked"),
    DeedName.EXCHANGE_ACCEPT: _("said yes"),
    DeedName.EXCHANGE_DECLINE: _("said not this time"),
    DeedName.EXCHANGE_CANCEL: _("called it off"),
    DeedName.EXCHANGE_RECORD: _("recorded it"),
    DeedName.EXCHANGE_CONFIRM: _("confirmed it"),
    DeedName.EXCHANGE_DISPUTE: _("said that it is not right"),
    DeedName.EXCHANGE_AGREE: _("agreed"),
    DeedName.EXCHANGE_DECIDE: _("decided"),
    DeedName.EXCHANGE_EXPIRE: _("nobody answered, and it was set aside"),
    DeedName.EXCHANGE_FILED: _("filed it under a kind of help"),
    DeedName.EXCHANGE_THANKED: _("said thank you"),
    DeedName.HELP_LOOKED_FOR: _("asked a broker to find somebody"),
    DeedName.HISTORY_IMPORTED: _("brought in older books"),
    DeedName.HOLDER_MADE: _("made the account that holds what was brought in"),
    DeedName.LEAVERS_OPENED: _("opened the leavers' account"),
    DeedName.LIMIT_LOWERED: _("lowered their limit for a time"),
    DeedName.LIMIT_ENDED: _("ended the lower limit"),
    DeedName.LIMIT_POT: _("changed the limit of the pot"),
    DeedName.LIMIT_SWEPT: _("let the lower limit end"),
    DeedName.LISTING_OFFER: _("listed an offer"),
    DeedName.LISTING_REQUEST: _("listed a request"),
    DeedName.LISTING_CHANGE: _("changed the listing"),
    DeedName.LISTING_PAUSE: _("paused the listing"),
    DeedName.LISTING_CLOSE: _("closed the listing"),
    DeedName.LISTING_REOPEN: _("opened the listing again"),
    DeedName.LISTING_RECONFIRM: _("said that the listing is still right"),
    DeedName.LISTING_HANDED_OVER: _("gave the listing to whom it belongs to"),
    DeedName.LISTINGS_IMPORTED: _("brought in listings"),
    DeedName.MEMBER_ADMITTED: _("took the member in"),
    DeedName.MEMBER_LEFT: _("wrote down that they leave, and where their hours go"),
    DeedName.MEMBER_SETTLED: _("settled the hours of who had left"),
    DeedName.MEMBER_WELCOMED: _("gave the welcome hours, as a second person"),
    DeedName.MONTH_SIGNED: _("signed the month"),
    DeedName.MONTH_CONFIRMED: _("confirmed the month"),
    DeedName.MONTH_REFUSED: _("turned the month down"),
    DeedName.MONTH_WITHDRAWN: _("took their signature back"),
    DeedName.PASSWORD_CHANGED: _("chose a new password"),
    DeedName.PROFILE_CHANGED: _("changed what the member says about themselves"),
    DeedName.REVERSAL_PROPOSED: _("asked to take it back"),
    DeedName.REVERSAL_AGREED: _("agreed to take it back"),
    DeedName.REVERSAL_APPROVED: _("approved taking it back"),
    DeedName.REVERSAL_REFUSED: _("turned taking it back down"),
    DeedName.REVERSAL_CARRIED_OUT: _("had it taken back"),
    DeedName.ROLE_GIVEN_BROKER: _("made them a broker"),
    DeedName.ROLE_GIVEN_COORDINATOR: _("made them a coordinator"),
    DeedName.ROLE_GIVEN_TRUSTEE: _("made them a trustee"),
    DeedName.ROLE_GIVEN_AUDITOR: _("made them an auditor"),
    DeedName.ROLE_TAKEN_BROKER: _("ended their time as a broker"),
    DeedName.ROLE_TAKEN_COORDINATOR: _("ended their time as a coordinator"),
    DeedName.ROLE_TAKEN_TRUSTEE: _("ended their time as a trustee"),
    DeedName.ROLE_TAKEN_AUDITOR: _("ended their time as an auditor"),
    DeedName.ROLES_SET: _("sent the form of their roles"),
    DeedName.ROLE_PROPOSED: _("asked to give or take a role"),
    DeedName.ROLE_APPROVED: _("said yes to a role"),
    DeedName.ROLE_REFUSED: _("turned a role down, or withdrew it"),
    DeedName.RULES_CHANGED: _("changed the rules"),
    DeedName.SEALS_LOG_BEGUN: _("began a new row of seals after a restore"),
    DeedName.SECURITY_EVENTS_REMOVED: _("removed what happened at the doors more than a year ago"),
    DeedName.SIGN_IN_CODE_ASKED_FOR: _("made the first half of a sign-in code"),
    DeedName.SIGN_IN_CODE_MADE: _("made a sign-in code"),
    DeedName.STANDING_ACTIVE: _("took them back in"),
    DeedName.STANDING_SUSPENDED: _("suspended them"),
    DeedName.STANDING_LEFT: _("marked them as left"),
    DeedName.TASK_TAKEN: _("took the task"),
    DeedName.TASK_RETURNED: _("gave the task back"),
    DeedName.TASK_FINISHED: _("finished the task"),
}


def deed_words(deed: str) -> str:
    """Return what somebody did, for the name of a deed: 'confirmed it' for 'exchange.confirm'.

    A deed of a newer version, which this one does not know, keeps its name.
    """
    return str(WORDS.get(deed, deed.replace(".", " ").replace("_", " ")))  # type: ignore[call-overload]


def step_words(deed: str) -> str:
    """Return the same for a step of an exchange, such as 'confirm'."""
    return str(_("took it back")) if deed == Deed.REVERSE else deed_words(f"exchange.{deed}")
