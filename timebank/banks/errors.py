"""What can be wrong about a bank."""

from timebank.errors import TimebankError


class SlugTakenError(TimebankError):
    """Another bank of this installation has the slug; values: `slug`."""

    message_id = "slug_taken"


class NotASlugError(TimebankError):
    """A slug is 2 to 40 small letters, digits and single dashes, since it stands in every address; values: `slug`."""

    message_id = "not_a_slug"


class RuleOutOfRangeError(TimebankError):
    """A rule that no bank can have, such as a limit above zero for members; values: `rule`, its name."""

    message_id = "rule_out_of_range"


class AreaTakenError(TimebankError):
    """Another area of the bank has this name, however it is written; values: `name`."""

    message_id = "area_taken"


class AreaNameError(TimebankError):
    """An area's name has 1 to 60 letters, one of them at least a letter or digit, and no stroke: it is an address."""

    message_id = "area_name"


class TravelMinutesError(TimebankError):
    """The way between two areas takes 0 to 600 minutes."""

    message_id = "travel_minutes"
