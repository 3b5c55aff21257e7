from tests.people import balance_of, make_confirmed


def test_hours_move_from_the_receiver_to_the_giver(session, village):
    make_confirmed(session, village, village.ada, village.grace, minutes=90)
    assert balance_of(session, village.ada) == 90
    assert balance_of(session, village.grace) == -90
