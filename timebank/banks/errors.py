"""What can be wrong about a bank."""

from timebank.errors import TimebankError


class SlugTakenError(TimebankError):
    """Another bank of this installation has the slug; values: `slug`."""

    message_id = "slug_taken"


class NotASlugError(TimebankError):
    """A slug is 2 to 40 small letters, digits and single dashes, since it stands in every address; values: `slug`."""

    message_id = "not_a_slug"
