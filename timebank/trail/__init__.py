"""Who did what, for whom and when. Rows are added and never changed; each deed of a form is done once."""
