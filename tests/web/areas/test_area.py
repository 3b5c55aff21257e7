def test_a_name_with_markup_is_shown_as_it_was_typed(as_, village, books):
    """The names of the other areas are labels of the form, which carries the page's token."""
    books.area("Kirkton")
    books.area("<b>Haugh<i>")
    page = as_(village.mary).client.get("/angus/areas/Kirkton")
    assert "<b>Haugh" not in page.text
    assert "&lt;b&gt;Haugh&lt;i&gt;" in page.text
