"""Two answers at the same moment: nobody is asked more often a week than they want, and a place is taken once."""

import pytest
from sqlalchemy import select

from tests.people import NOW
from tests.races import one_inside_the_other
from timebank.actors import Doing, Unattended
from timebank.listings import actions as listings
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, ListingText
from timebank.matching.answering import say_no, say_yes
from timebank.matching.errors import InvitationOverError
from timebank.matching.inviting import InvitationText, invite
from timebank.matching.models import Invitation
from timebank.members.helping import change_helping
from timebank.members.rules import Helping


@pytest.fixture
def asked(backend, village):
    """`asked(("Tea", ["ada", "linus"]), in_turn=True)` lists requests of Grace's and asks these members about each."""

    def ask(*requests, in_turn=True):
        with backend.session() as session:
            listings.open_categories(session, village.angus, Unattended(village.angus.id, NOW))
            kind = get_tree(session, village.angus.id).by_key["outdoors/gardening"].id
            for title, names in requests:
                text = ListingText(title, "", (kind,))
                doing = Doing(village.grace, NOW, f"list {title}")
                code = listings.add(session, village.angus, ListingKind.REQUEST, text, doing)
                ids = [getattr(village, name).membership_id for name in names]
                content = InvitationText(None, None, 60, in_turn=in_turn)
                invite(session, village.angus, code, ids, content, Doing(village.rosa, NOW, f"ask {title}"))
            session.commit()

    return ask


def code_of(session, village, name, title):
    own = (Invitation.member_id == getattr(village, name).membership_id, Invitation.title == title)
    return session.scalars(select(Invitation.code).where(*own)).one()


def declining(name, title):
    def decline(session, village):
        doing = Doing(getattr(village, name), NOW, f"no {title}")
        say_no(session, village.angus, code_of(session, village, name, title), doing)

    return decline


def agreeing(name, title):
    def agree(session, village):
        doing = Doing(getattr(village, name), NOW, f"yes {title}")
        say_yes(session, village.angus, code_of(session, village, name, title), doing, day=NOW.date())

    return agree


def states(backend, village, name):
    with backend.session() as session:
        own = Invitation.member_id == getattr(village, name).membership_id
        return sorted(session.scalars(select(Invitation.state).where(own)))


def test_two_refusals_at_once_ask_the_next_once(backend, village, asked):
    with backend.session() as session:
        change_helping(session, village.angus, Helping(most_invitations=1), Doing(village.linus, NOW, "once"))
        session.commit()
    asked(("Tea", ["ada", "linus"]), ("Cake", ["mary", "linus"]))
    assert one_inside_the_other(backend, village, declining("ada", "Tea"), declining("mary", "Cake")) is None
    assert states(backend, village, "linus") == ["not_needed", "sent"]


def test_two_yeses_at_once_to_one_place_are_one(backend, village, asked):
    asked(("Tea", ["ada", "linus"]), in_turn=False)
    outcome = one_inside_the_other(backend, village, agreeing("ada", "Tea"), agreeing("linus", "Tea"))
    assert outcome is InvitationOverError
    assert states(backend, village, "ada") == ["yes"]
    assert states(backend, village, "linus") == ["not_needed"]
