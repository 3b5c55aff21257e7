def test_the_desk_lists_disputes_and_reversals_by_name(as_, village, books):
    disputed = books.disputed(village.ada, village.grace, what="Hedge cutting")
    taken_back = books.confirmed(village.linus, village.grace, what="A lift to the clinic")
    reversal = books.reversal(taken_back, by=village.mary, reason="It was another day")
    page = as_(village.rosa).get("desk")
    assert page.status == 200
    assert page.links["Hedge cutting"].endswith(f"/exchanges/{disputed}")
    assert "Ada Lamont gave 1 hour to Grace Okafor" in page
    assert page.links["A lift to the clinic"].endswith(f"/reversals/{reversal}")
    assert "It was another day" in page
