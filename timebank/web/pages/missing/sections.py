"""The four lists of the page: what each is called, what it means, and what stands where it is empty."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from timebank.listings.missing import Lack
from timebank.web.missing import Missing, MissingLine

#: So many lines stand open; the others unfold.
LINES_OPEN = 4


@dataclass(frozen=True, slots=True)
class Section:
    """A list with its words; `says_more` where each line says in a sentence of its own what is missing."""

    lack: Lack
    title: str
    intro: str
    empty: str
    lines: Sequence[MissingLine]
    says_more: bool = False

    @property
    def open_lines(self) -> Sequence[MissingLine]:
        """Return the first lines."""
        return self.lines[:LINES_OPEN]

    @property
    def further_lines(self) -> Sequence[MissingLine]:
        """Return the lines that unfold."""
        return self.lines[LINES_OPEN:]


def list_sections(missing: Missing) -> Sequence[Section]:
    """Return the four lists."""
    kinds = {lack: [line for line in missing.kinds if line.lack is lack] for lack in Lack}
    return [
        Section(
            Lack.NOT_OFFERED,
            _("Asked for, and not offered"),
            _("People ask for these kinds of help, and nobody offers them. Think of whom you know."),
            _("Whatever people ask for, somebody offers."),
            kinds[Lack.NOT_OFFERED],
        ),
        Section(
            Lack.NOBODY_THERE,
            _("Areas without helpers"),
            _("Nobody there offers help in person."),
            _("In every area somebody offers help in person."),
            missing.areas,
        ),
        Section(
            Lack.ONE_HELPER,
            _("One helper only"),
            _("One person carries each of these alone. A second one would be a relief."),
            _("Whatever is offered, two people or more can do it."),
            kinds[Lack.ONE_HELPER],
            says_more=True,
        ),
        Section(
            Lack.NOT_ASKED,
            _("Offered, and never asked for"),
            _("Nobody asks for these now, and none was given in the last 12 months. Tell people of them."),
            _("Whatever is offered, somebody has asked for."),
            kinds[Lack.NOT_ASKED],
        ),
    ]
