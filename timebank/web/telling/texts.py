"""Text messages: to whom, from whom, that there is something, and where it can be read. Nothing of what it is.

Only a code, or hours that can be answered by text, are sent themselves.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import g
from flask_babel import gettext as _, ngettext

from timebank.notices.texts import fit
from timebank.spelling import first_name
from timebank.telling.recipients import Recipient
from timebank.web.telling.words import Words


def compose_text(words: Sequence[Words], reader: Recipient, site: str) -> str:
    """Return the text message of these notices, at least one; `site` is the site's own address. `g.bank` is their bank.

    A phone lies where others read it, and belongs to several people in some houses: so it names its reader, and of the
    notices only the subjects, which name nobody. One by which hours can be answered says more.
    """
    if len(words) == 1 and words[0].text:
        return fit(words[0].text)
    subject = words[0].subject
    if len(words) > 1:
        subject = ngettext("%(num)s thing for you to read", "%(num)s things for you to read", len(words))
    for_whom = _("%(bank)s for %(name)s:", bank=g.bank.name, name=first_name(reader.name))
    stop = subject[-1:] if subject[-1:] in {".", "?", "!"} else "."
    parts = [f"{for_whom} {subject.rstrip('.?!')}{stop}"]
    if g.bank.phone:
        parts.append(_("Ring %(phone)s", phone=g.bank.phone))
    address = urlsplit(site)
    where = f"{address.netloc}{address.path}/{g.bank.slug}"
    parts.append(_("or see %(address)s", address=where) if g.bank.phone else _("See %(address)s", address=where))
    return fit(parts)
