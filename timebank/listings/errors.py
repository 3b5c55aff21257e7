"""What can be wrong about a listing or a category."""

from timebank.errors import TimebankError


class NoTitleError(TimebankError):
    """A listing says nothing in its title."""

    message_id = "listing_without_title"


class CategoriesError(TimebankError):
    """A listing stands in one to three categories that the bank uses."""

    message_id = "listing_categories"


class HelpersWantedError(TimebankError):
    """A request wants more or fewer helpers than one can ask for; values: `most`."""

    message_id = "request_helpers_wanted"


class TooManyListingsError(TimebankError):
    """The member has as many offers and requests as others can look through; values: `number`."""

    message_id = "too_many_listings"


class ListingMovedOnError(TimebankError):
    """A listing was closed, paused or opened meanwhile, so this cannot be done with it any more."""

    message_id = "listing_moved_on"


class OnListAlreadyError(TimebankError):
    """A task about this kind of help or area is on the to-do list and not done."""

    message_id = "on_list_already"


class NoNameError(TimebankError):
    """A category needs a name."""

    message_id = "category_without_name"


class NameTakenError(TimebankError):
    """Another category beside it has the name; values: `name`."""

    message_id = "category_name_taken"
