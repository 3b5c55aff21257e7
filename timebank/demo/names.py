"""Names of the demo that others need without loading its people."""

SLUG = "glen-isla"
SECOND_SLUG = "strathmore"
SLUGS = frozenset({SLUG, SECOND_SLUG})
