"""Sentences for what is missing: what it is, the figures, and what to do about it."""

from flask_babel import gettext as _, ngettext

from timebank.listings.missing import AreaLine, KindLine, Lack
from timebank.spelling import isolated


def lack_words(line: KindLine | AreaLine) -> str:
    """Return what is missing, in a sentence or two."""
    if isinstance(line, KindLine) and line.lack is Lack.ONE_HELPER:
        return _helper_words(line)
    return str(
        {
            Lack.NOT_OFFERED: _("People ask for it, and nobody offers it."),
            Lack.NOT_ASKED: _("It is offered. Nobody asks for it now, and it was not given in the last 12 months."),
            Lack.NOBODY_THERE: _("Nobody there offers help in person."),
        }[line.lack]
    )


def _helper_words(line: KindLine) -> str:
    if line.helper is None:
        return str(_("It was brought in from elsewhere, and nobody has noted whose offer it is."))
    alone = str(_("If %(name)s is away, nobody does it.", name=isolated(line.helper)))
    if not line.imported:
        return alone
    not_owned = _("There is an offer from elsewhere too, and nobody has noted whose it is.")
    return f"{alone} {not_owned}"


def figure_words(line: KindLine | AreaLine) -> str:
    """Return the figures of a line in sentences, without those that are zero; of an area, always who lives there."""
    requests = ngettext("One request is open.", "%(num)s requests are open.", line.requests)
    counted = [requests] if line.requests else []
    if isinstance(line, AreaLine):
        members = ngettext("One member lives there.", "%(num)s members live there.", line.members)
        return " ".join([members if line.members else _("No member lives there yet."), *counted])
    if line.offers:
        counted.insert(0, ngettext("One offer is open.", "%(num)s offers are open.", line.offers))
    if line.times:
        times = ngettext(
            "Agreed or given once in the last 12 months.",
            "Agreed or given %(num)s times in the last 12 months.",
            line.times,
        )
        counted.append(times)
    return " ".join(counted)


def missing_advice(line: KindLine | AreaLine) -> str:
    """Return what a broker can do about it."""
    if isinstance(line, KindLine) and line.lack is Lack.ONE_HELPER and line.helper is None:
        return str(_("Find out whose it is, and give the offer to them."))
    return str(
        {
            Lack.NOT_OFFERED: _("Think of whom you know who could do it, and ask them."),
            Lack.NOT_ASKED: _("Tell people that there is such help. Perhaps nobody knows, or nobody dares to ask."),
            Lack.ONE_HELPER: _("Look for a second person who could do it, and ask them."),
            Lack.NOBODY_THERE: _("Ask those who live there what they like to do, or who nearby would come."),
        }[line.lack]
    )
