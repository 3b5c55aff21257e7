"""`timebank learn-kinds`, for one bank or all of them."""


def test_a_young_bank_has_too_little_to_learn_from(opened):
    result = opened.timebank("learn-kinds")
    assert (result.exit_code, result.output) == (
        0,
        "angus: 0 listings with a kind are too few to learn from, it takes 300\n",
    )


def test_a_bank_that_is_not_there_is_named(opened):
    result = opened.timebank("learn-kinds", "--bank", "dundee")
    assert result.exit_code == 1
    assert "no bank is called dundee" in result.output


def test_banks_learn_together_where_they_are_told_to(opened, tmp_path):
    file = tmp_path / "listings.csv"
    kinds = (("weeding", 71), ("smirring", 62))
    lines = [
        f"{bank},{number},offer,{kinds[number % 2][0]} place {number},{kinds[number % 2][1]}"
        for bank in ("angus", "perth")
        for number in range(200)
    ]
    file.write_text("\n".join(["timebank,listing_id,type,description,category_ids", *lines]))
    result = opened.timebank("import", "listings", str(file), "--all-banks")
    assert result.exit_code == 0, result.output
    assert "too few" in opened.timebank("learn-kinds").output
    output = opened.timebank("learn-kinds", "--pooled").output
    assert output.count("learned from 400 listings; 200 were understood anew") == 2
    assert "understood anew" not in opened.timebank("sweep").output
