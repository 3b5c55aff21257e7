"""The sentence for each refusal, by message id. A test holds that none is missing."""

from collections.abc import Mapping

from flask import g, has_request_context
from flask_babel import gettext, lazy_gettext as _

from timebank.actors import may_broker
from timebank.errors import TimebankError
from timebank.ledger.errors import FloorReachedError
from timebank.spelling import isolated

SENTENCES = {
    # Time
    "hours_not_understood": _("Type how long it took, such as 45 minutes, 1 h 30 or 2 hours."),
    "hours_unclear": _("Is %(number)s hours or minutes? Type it with a word, such as %(number)s minutes."),
    "hours_without_unit": _("Type it with a word, such as %(number)s hours."),
    "hours_zero": _("The time has to be more than nothing. Type how long it took."),
    "hours_too_long": _("That is more than 24 hours. Record each day on its own."),
    # Days
    "day_in_future": _("That day is still to come. Help is recorded after it happened."),
    "day_in_past": _("That day has passed. Choose today or a day to come."),
    "day_too_long_ago": _("That is more than %(days)s days ago. Ring us and we record it together."),
    "day_not_understood": _("Type the day, such as 17 November or 17/11/2026."),
    "request_helpers_wanted": _("Ask for 1 to %(most)s helpers at a time."),
    "time_not_understood": _("Type the time of day, such as 10:30 or 2 pm."),
    "time_unclear": _("Is %(hour)s in the morning or in the afternoon? Type %(hour)s am or %(later)s:00."),
    # Exchanges
    "exchange_moved_on": _("This was dealt with a moment ago, so nothing more happened. Here is how it stands now."),
    "not_allowed": _("You cannot do this. If you think you should, ring us."),
    "same_person": _("You chose yourself. Choose the other person."),
    "what_missing": _("Say in a few words what the help was."),
    "reason_missing": _("Say why. The people it is about will read it."),
    "reversal_stands": _("Somebody has asked for this already. It waits for an answer."),
    "side_not_active": _("%(name)s cannot give or receive hours at the moment. Ring us and we sort it out."),
    "own_exchange": _("You are part of this exchange yourself, so another broker has to act here."),
    "code_maker_part": _(
        "%(name)s made the code with which you came in, and is part of this. "
        "So for two weeks another broker does it with you: ring us."
    ),
    "evidence_missing": _(
        "You speak for both of them, so write down what there is to show for each. Or let another broker do this one."
    ),
    "extras_not_agreed": _("Travel and getting ready count only where they were agreed before."),
    "extras_too_long": _("Travel and getting ready can be 10 hours each at most."),
    "thanked_already": _("You have said thank you for this already."),
    "asked_one_too_often": _(
        "%(name)s has %(number)s questions of yours to answer already. Wait for an answer, or call one of them off."
    ),
    "asked_too_often": _(
        "%(number)s of your questions wait for an answer already. Wait for some of them, or call some off."
    ),
    "form_sent_before": _("You sent this already, with other words. Start a new one to record something else."),
    # Corrections and months
    "correction_same_account": _("Choose two different accounts."),
    "correction_without_lines": _("Tick at least one line."),
    "correction_of_exchange": _("An exchange is taken back on its own page. Open it and choose 'Take this back'."),
    "correction_stands": _("One of these lines waits to be taken back already. Answer that first."),
    "correction_answered": _("Somebody answered this a moment ago. Here is how it stands now."),
    "month_not_over": _("This month is not over yet. Sign it when it is."),
    "month_signed": _("This month is signed already. Here is how it stands now."),
    "month_figures_differ": _(
        "The figures are not what was signed, so they cannot be confirmed. Turn it down and say why."
    ),
    "cannot_file": _("That kind of help is not on the list any more. Choose another."),
    # The books
    "floor_kept": _("These hours cannot move yet: they would go below the lowest balance that is agreed."),
    "entry_has_lines": _("There is nothing to write down."),
    "minutes_whole_and_positive": _("The time has to be in whole minutes, and more than nothing."),
    "two_different_accounts": _("You chose yourself. Choose the other person."),
    "account_exists": _("That account is not part of this time bank."),
    "member_exists": _("Whoever wrote this down, asked for it or approved it is not part of this time bank."),
    "entry_whole": _("This cannot be written down, since its day is not one. Ring us."),
    "reversal_mirrors": _("This cannot be taken back, since it was a correction itself."),
    "hold_resolved_once": _("These waiting hours were answered already."),
    "account_open": _("This account is closed, or has hours on it still, so this cannot be done."),
    "second_approver": _("Another person has to approve this. Nobody approves their own."),
    "reversed_once": _("This was taken back already."),
    "same_key_same_deed": _("This was written down already, with other content."),
    "books_append_only": _("What is written stays as it is. Ring us and we put it right with a new line."),
    "seals_go_on": _("The books do not go on from the newest seal that was signed for them. Nothing was signed."),
    "seal_remembered": _("The file that remembers the newest seal cannot be written. Nothing was signed."),
    "sealed_in_order": _("The books are being sealed at this moment. Try again in a minute."),
    "not_a_checkpoint": _("That is no seal of the books, or somebody changed it."),
    "ledger_refused": _("This cannot be written down. Ring us and we look at it together."),
    "job_stands": _(
        "This is being done already, so nothing new was begun. Long work, on the desk, says how far it is."
    ),
    "job_ended": _("This has ended already. Here is how it stands now."),
    "job_file_gone": _("The file is not there any more. Ask for it once more."),
    "books_being_exported": _(
        "A spreadsheet of the books is being made already, since %(since)s. Try again when that one is saved."
    ),
    # The to-do list
    "task_taken": _("Somebody else has this one already."),
    "notes_full": _(
        "A broker has %(number)s wishes of yours to look at already, and will get in touch. Or ring us: it is quicker."
    ),
    "task_done": _("This was finished already. Below is what came of it."),
    # Signing in
    "sign_in_does_not_fit": _(
        "That does not fit together. Look at both again. "
        "If you typed an e-mail or a phone number, try your member number: it always works."
    ),
    "present_password": _("That is not the password with which you sign in now."),
    "code_shown": _("The code was shown already. Make another one if nobody wrote it down."),
    "code_not_waiting": _("There is no first half of a code that waits for you. Start a new one."),
    "code_does_not_fit": _(
        "This code does not work. Look at each letter once more: there are 12. "
        "If it is old, or was used before, you need a new one."
    ),
    "too_many_codes": _("We have sent you several codes by now. Use the newest, or wait an hour."),
    "too_many_texts": _("We have sent you several codes today. Use the newest, or try again tomorrow."),
    "no_texts_left": _("We have sent as many text messages this month as we may. Ask a broker: they ring you."),
    "texts_stopped": _("STOP was sent from this number, so we send no codes there."),
    "too_many_tries": _("There were too many tries. Wait %(minutes)s minutes, or ring us."),
    "weak_password": _(
        "That is easy to guess. Take at least 8 signs: three words that do not belong together are good."
    ),
    # Limits
    "limit_above_balance": _(
        "Today they are %(hours)s h %(minutes)s min below zero. The limit has to be at least that far below."
    ),
    "limit_day": _("Choose a day from today on, and at most a year ahead."),
    "limit_reason_missing": _("Say why. It stays on record with the limit."),
    # Offers, requests and categories
    "listing_without_title": _("Say in a few words what it is about."),
    "listing_categories": _("Choose one to three kinds of help."),
    "too_many_listings": _(
        "There are %(number)s offers and requests of yours already. Close one that is not right any more, then list it."
    ),
    "listing_moved_on": _("This was changed a moment ago, so nothing more happened. Here is how it stands now."),
    "category_without_name": _("Type the name."),
    "category_name_taken": _("There is one called %(name)s beside it already."),
    # Invitations
    "matching_setting": _("Type a whole number from %(least)s to %(most)s."),
    "nobody_chosen": _("Tick at least one person, and ten at most."),
    "request_moved_on": _(
        "Nobody is looked for any more: somebody else was quicker, or it was called off. Thank you all the same."
    ),
    "may_not_be_asked": _(
        "%(name)s may not be asked about this just now: away, not free, resting, or asked often enough this week."
    ),
    "asked_already": _("%(name)s was asked about this already."),
    "invitation_over": _("This needs no answer any more. Thank you all the same."),
    "invitation_other_day": _("The request was changed since. Look at it, and ask anew or ring us."),
    "invitation_day_missing": _("Choose the day that suits you."),
    # Members and banks
    "no_way_to_reach": _("Give a phone number or an e-mail. One of them is enough."),
    "contact_moved": _("They changed it a moment ago. Look at it again, and prove the new one."),
    "own_to_change": _(
        "%(name)s is a member of another time bank too. "
        "So name, phone and e-mail are changed only after signing in with a password that nobody helped to choose."
    ),
    "role_answered": _("Somebody answered this a moment ago. Here is how it stands now."),
    "proposer_gone": _("Whoever asked for this is no coordinator any more. Turn it down; somebody else can ask anew."),
    "roles_moved": _("Somebody changed these roles a moment ago. Here is how they stand now: look again."),
    "welcomed_already": _("They have their welcome hours already."),
    "phone_not_understood": _("Type the phone number with its area code, such as %(example)s."),
    "phone_extension": _(
        "We keep a number without its extension. Type one on which you are reached directly, or an e-mail."
    ),
    "rule_out_of_range": _("One of these rules cannot be so. Look at them once more."),
    "on_list_already": _("It is on the to-do list already."),
    "area_taken": _("There is an area called %(name)s already."),
    "area_name": _("Type a name of 60 letters or fewer, without a stroke."),
    "travel_minutes": _("Type the minutes of the way, from 0 to 600."),
    "already_member": _(
        "%(name)s is here already, as number %(number)s. Open that page, and take them back in if they had left."
    ),
    "not_adult": _("You can join from the age of 18. Ring us if you are younger."),
    "notice_not_agreed": _("Read what we keep about you, and say that you agree."),
    "too_many_applications": _("So many people want to join that we cannot keep up. Ring us and we write it down."),
    "many_from_here": _(
        "Many people have joined from here just now. Wait %(minutes)s minutes, or let a broker sign in here first."
    ),
    "step_not_now": _("Another step comes first. Here is how the application stands now."),
    "own_application": _("This has your own name, phone or e-mail on it. Another broker takes it from here."),
    "referee_missing": _("Type the name of the person who gave the reference."),
    "referee_spoke": _("%(name)s has given a reference already. Ask another person."),
    "own_referee": _("Nobody speaks for themselves. Ask somebody else who knows them."),
    "language_missing": _("Tick the languages that you speak, one at least."),
    "helping_choice": _("Choose from what the page offers."),
    "away_day_missing": _("Type both days, or leave both empty."),
    "away_ends_before": _("The last day comes before the first. Look at both again, and type the year too."),
    "away_over": _("The last day has passed. If it is one of next year, type the year too. Or leave both days empty."),
    "away_too_long": _("That is more than two years from now. Type an earlier day, and another one later."),
    "words_missing": _("Write a few words, so that others understand it later."),
    "standing_moved": _("Somebody changed this a moment ago. Here is how it stands now."),
    "exchanges_unfinished": _("Settle or call off what is unfinished first. Then they can leave."),
    "hours_moved_meanwhile": _("Hours moved on this account a moment ago. Here is how it stands now: look again."),
    "hours_to_own_hand": _("These hours cannot go to you, since you write it down. Ask another broker to do it."),
    "slug_taken": _("Another time bank here has the short name %(slug)s."),
    "too_many_announcements": _("%(most)s announcements stand already, and nobody reads more. Take one down first."),
    "announcement_days": _("An announcement stands for 1 to %(most)s days."),
    "nothing_to_tell": _("Somebody was quicker: this call is dealt with already."),
    "nothing_to_post": _("Somebody was quicker: these letters are dealt with already."),
    "address_too_long": _(
        "The window of an envelope shows %(lines)s lines with %(letters)s letters each. Leave out the country, or "
        "write two short lines as one."
    ),
    "cannot_write": _("They cannot be written to at the moment. Ring us, and we find a way."),
    "too_many_messages": _("That is a lot of messages for now. Try again later, or ring us."),
    "nobody_else_looks": _(
        "Nobody else looks after this time bank at the moment who could look at it. Please speak to a trustee."
    ),
    "nothing_to_report": _("The two of you have not written to each other."),
    "no_such_choice": _("Choose one of the ways on this page."),
    "not_a_slug": _("A short name has small letters and digits, such as angus."),
}


def say(error: TimebankError) -> str:
    """Return the sentence for an error, in the reader's language."""
    sentence = sentence_of(error.message_id, error.values)
    return f"{sentence} {way_out()}" if isinstance(error, FloorReachedError) and has_request_context() else sentence


def sentence_of(message_id: str, values: Mapping[str, object]) -> str:
    """Return the sentence of a message id with these values, in the reader's language."""
    filled = {name: isolated(value) if isinstance(value, str) else value for name, value in values.items()}
    return gettext(str(SENTENCES[message_id]), **filled) if filled else str(SENTENCES[message_id])


def way_out() -> str:
    """Return whom to ring where a floor was reached, or, for a broker, where limits are changed."""
    bank, actor = g.get("bank"), g.get("actor")
    if actor is not None and may_broker(actor):
        return str(
            _(
                "You can change a limit for a time: open the member's page, then 'How far below zero'. "
                "A coordinator changes the pot's on the page of the rules."
            )
        )
    if bank is None or not bank.phone:
        return str(_("Ring us, there is always a way."))
    name = bank.coordinator_name or gettext("us")
    return str(gettext("Ring %(name)s on %(phone)s, there is always a way.", name=isolated(name), phone=bank.phone))
