"""What can be in the way of an answer."""

from timebank.errors import TimebankError


class RoleAnsweredError(TimebankError):
    """The proposal was answered or withdrawn already, or the role is given or taken by now."""

    message_id = "role_answered"


class WelcomedAlreadyError(TimebankError):
    """The welcome hours were given already."""

    message_id = "welcomed_already"


class RolesMovedError(TimebankError):
    """The roles are not those that the page showed: somebody changed them since."""

    message_id = "roles_moved"


class ProposerGoneError(TimebankError):
    """Who proposed it is no coordinator any more, so it can be turned down only."""

    message_id = "proposer_gone"
