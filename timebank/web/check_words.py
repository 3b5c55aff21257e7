"""Words for the checks of the books and their units."""

from flask_babel import gettext as _


def check_words(name: str) -> str:
    """Return what a check asks; a check without words is called by its name."""
    words = {
        "rows_can_be_read": _("Every row can be read"),
        "keys_have_their_rows": _("What a row names exists"),
        "guards_as_made": _("What guards the books is as it was made"),
        "rights_as_granted": _("Nobody may write more than they should"),
        "sum_is_zero": _("All accounts together come to nothing"),
        "balances_equal_postings": _("Balances equal their lines"),
        "postings_equal_lines": _("Each line is on both accounts"),
        "running_balances": _("Running balances follow"),
        "reversals_mirror": _("What was taken back fits"),
        "floors_on_record": _("Limits are kept and on record"),
        "holds_match": _("Waiting hours are held, and answered once"),
        "closings_on_record": _("Accounts are closed as was decided"),
        "closings_are_whole": _("Months are signed off once, by two people"),
        "accounts_on_record": _("Accounts were opened on record"),
        "holders_as_written": _("Each account belongs to whom it was given"),
        "clearing_nets_to_zero": _("What time banks owe each other comes to nothing"),
        "sealed_in_order": _("Nothing was slipped in among what is sealed"),
        "waiting_hours_are_held": _("Every waiting exchange has its hours held"),
        "entries_as_written": _("No entry was changed"),
        "words_as_written": _("No words were changed"),
        "web_role_owns_nothing": _("The site cannot rewrite the books"),
        "accounts_have_members": _("Every account has its member"),
        "exchanges_have_entries": _("Every exchange has its entry"),
        "admitted_have_memberships": _("Who was taken in is a member"),
        "members_as_written": _("Members, their names and numbers are as they were written"),
        "steps_by_their_sides": _("Each exchange was agreed by whose it is"),
        "standings_as_changed": _("Members stand as was decided"),
        "listings_have_categories": _("Every listing has its kind of help"),
        "listings_can_be_found": _("Every listing can be found"),
        "categories_have_two_levels": _("Kinds of help have two levels"),
        "seals_match": _("All that is sealed is as it was"),
        "seals_go_on": _("The books go on from the newest seal"),
        "not_sealed_yet": _("Waits for the next seal"),
        "leavers_are_settled": _("Who left has nothing on their account"),
        "leavings_on_record": _("Every leaving is on record"),
        "corrections_have_entries": _("Every correction has its entry"),
        "months_as_signed_off": _("Months are as they were signed off"),
        "history_as_brought_in": _("What older books brought in is on record"),
        "trail_tells": _("Who did it is on record"),
    }
    return str(words.get(name, name.replace("_", " ")))


def unit_words(unit: str) -> str:
    """Return what a check counted."""
    words = {
        "accounts": _("accounts"),
        "postings": _("lines on accounts"),
        "holders": _("holders of accounts"),
        "reversals": _("taken back"),
        "limit changes": _("changes of limits"),
        "holds": _("hours held"),
        "closings": _("closings"),
        "closed accounts": _("closed accounts"),
        "leavings": _("leavings"),
        "waiting exchanges": _("waiting exchanges"),
        "entries": _("entries"),
        "memos": _("descriptions"),
        "tables owned": _("tables"),
        "memberships": _("members"),
        "exchanges": _("exchanges"),
        "applications": _("applications"),
        "changes of standing": _("changes of standing"),
        "listings": _("listings"),
        "categories": _("kinds of help"),
        "corrections": _("corrections"),
        "months": _("months"),
        "rows told of": _("deeds"),
        "rows sealed": _("rows sealed"),
        "seals": _("seals"),
        "banks": _("time banks"),
        "steps": _("steps of exchanges"),
        "rows": _("rows"),
        "keys": _("links between rows"),
        "columns": _("columns"),
        "objects": _("guards"),
        "rights": _("rights"),
    }
    return str(words.get(unit, unit))
