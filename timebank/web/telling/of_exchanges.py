"""The words of notices about exchanges."""

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank import codes
from timebank.actors import How
from timebank.exchanges.by_time import silence_counts_on
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.rules import Deed, State
from timebank.holders.queries import list_names
from timebank.members.queries import list_membership_names
from timebank.notices.kinds import ANSWERED_BY_CODE, NoticeKind
from timebank.notices.queries import Told
from timebank.spelling import isolated
from timebank.telling.recipients import Recipient
from timebank.web.filters import day_in_full, hours_in_words, time_of_day, written_at
from timebank.web.telling.of_hours_by_text import ask_by_text
from timebank.web.telling.words import Link, Words, names, says

_OF_AGREEING = frozenset(
    {NoticeKind.ASKED, NoticeKind.ACCEPTED, NoticeKind.DECLINED, NoticeKind.CALLED_OFF, NoticeKind.TOMORROW}
)


@says(
    NoticeKind.ASKED,
    NoticeKind.ACCEPTED,
    NoticeKind.DECLINED,
    NoticeKind.CALLED_OFF,
    NoticeKind.TOMORROW,
    NoticeKind.TO_CONFIRM,
    NoticeKind.STILL_TO_CONFIRM,
    NoticeKind.NOT_RIGHT,
    NoticeKind.SETTLED,
    NoticeKind.NOBODY_CONFIRMED,
    NoticeKind.TAKEN_BACK,
)
def of_exchange(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words of what became of an exchange."""
    exchange = find_exchange(session, notice.bank_id, notice.subject.code)
    if exchange is None:
        return None
    return _Writer(session, exchange, reader).write(notice.kind)


@says(NoticeKind.TO_TAKE_BACK)
def of_reversal(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words that ask whether an exchange may be taken back."""
    exchange = find_exchange(session, notice.bank_id, str(notice.facts.get("exchange")))
    if exchange is None:
        return None
    writer = _Writer(session, exchange, reader)
    return Words(
        _("Hours that may have to be put right"),
        (
            _("Your coordinator asks whether these hours should be taken back. Nothing has moved yet."),
            _("Please read why, and say whether you agree."),
        ),
        writer.facts(),
        Link(_("Read and answer"), url_for("reversals.reversal", code=notice.subject.code, _external=True)),
    )


@says(NoticeKind.DONE_FOR_YOU)
def of_deed_done_for_them(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words for what a broker did in the reader's name."""
    exchange = find_exchange(session, notice.bank_id, notice.subject.code)
    if exchange is None:
        return None
    by = notice.facts.get("by")
    name = list_membership_names(session, notice.bank_id, [by]).get(by, "") if isinstance(by, int) else ""
    if notice.facts.get("how") == How.TIME:
        return _by_time(_Writer(session, exchange, reader), name)
    done = {
        Deed.PROPOSE: _("asked or offered help for you"),
        Deed.ACCEPT: _("said yes for you"),
        Deed.DECLINE: _("said no for you"),
        Deed.CANCEL: _("called this off for you"),
        Deed.RECORD: _("wrote down help for you"),
        Deed.CONFIRM: _("said for you that these hours are right"),
        Deed.DISPUTE: _("said for you that these hours are not right"),
        Deed.AGREE: _("agreed for you to what the other side says"),
    }
    deed = str(notice.facts.get("deed"))
    what = str(done[Deed(deed)]) if deed in set(Deed) and Deed(deed) in done else str(_("did something for you"))
    writer = _Writer(session, exchange, reader)
    return Words(
        _("Done for you by your time bank"),
        (
            _("%(name)s %(did_it)s.", name=isolated(name or g.bank.name), did_it=what),
            _("If you have not told them so, please ring us."),
        ),
        writer.facts(),
        Link(_("See the page"), url_for("exchanges.exchange", code=exchange.code, _external=True)),
    )


def _by_time(writer: "_Writer", name: str) -> Words:
    """Return the words for hours that time confirmed in the reader's name; `name` answers for the bank's rule."""
    return Words(
        _("Hours that count as right now"),
        (
            _("We asked you twice and heard nothing, so these hours have moved, as the rules of your time bank say."),
            _("If they are not right, please ring us: they can be taken back."),
            _("%(name)s answers for this rule.", name=isolated(name or g.bank.name)),
        ),
        writer.facts(),
        Link(_("See the page"), url_for("exchanges.exchange", code=writer.exchange.code, _external=True)),
    )


class _Writer:
    """Writes about one exchange to one of its two sides."""

    def __init__(self, session: Session, exchange: Exchange, reader: Recipient) -> None:
        """Take the exchange and the reader, who is one of its sides."""
        self.session, self.exchange, self.reader = session, exchange, reader
        self.gives = exchange.giver_account_id == reader.account_id
        other = exchange.receiver_account_id if self.gives else exchange.giver_account_id
        holder = list_names(session, exchange.bank_id, [other]).get(other)
        self.name = holder.name if holder else g.bank.name

    def write(self, kind: NoticeKind) -> Words:
        """Return the words."""
        subject, *sentences = self._says(kind)
        page = url_for(self._endpoint(kind), code=self.exchange.code, _external=True)
        text = ask_by_text(self.session, self.exchange, self.reader) if kind in ANSWERED_BY_CODE else None
        link = Link(self._label(kind), page)
        return Words(subject, tuple(sentences), self.facts(), link, text=(text,) if text else ())

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return what it is about, when, how long and where."""
        exchange = self.exchange
        day, minutes = exchange.occurred_on or exchange.agreed_on, exchange.minutes or exchange.agreed_minutes
        at = exchange.agreed_time if exchange.occurred_on is None else None
        when = None
        if day is not None:
            when = _("%(day)s, %(time)s", day=day_in_full(day), time=time_of_day(at)) if at else day_in_full(day)
        giver = _("you") if self.gives else self.name
        receiver = self.name if self.gives else _("you")
        return names(
            (
                (_("Who helps"), giver),
                (_("Who is helped"), receiver),
                (_("What"), exchange.what),
                (_("When"), when),
                (_("How long"), hours_in_words(minutes) if minutes else None),
                (_("Where"), exchange.agreed_place if exchange.occurred_on is None else None),
                (_("Reference"), codes.spoken(exchange.code)),
            )
        )

    def _says(self, kind: NoticeKind) -> tuple[str, ...]:
        """Return the subject and the sentences."""
        if kind in _OF_AGREEING:
            return self._says_of_agreeing(kind)
        name = self.name
        words: dict[NoticeKind, tuple[str, ...]] = {
            NoticeKind.TO_CONFIRM: (
                _("Are these hours right?"),
                _("%(name)s has written down help between the two of you.", name=isolated(name)),
                _("The hours move once you have said that it is right."),
                *self._what_silence_means(),
            ),
            NoticeKind.STILL_TO_CONFIRM: (
                _("Are these hours right? They still wait"),
                _("%(name)s has written down help between you two. It waits for your yes.", name=isolated(name)),
                _("If something is not right, say so on the same page: nothing moves until it is."),
                *self._what_silence_means(),
            ),
            NoticeKind.NOT_RIGHT: (
                _("Somebody says that hours are not right"),
                _("%(name)s remembers this otherwise. Nothing has moved.", name=isolated(name)),
                _("On the page you can read what they say, and agree. If you cannot, a broker looks at it with you."),
            ),
            NoticeKind.SETTLED: self._settled(),
            NoticeKind.NOBODY_CONFIRMED: (
                _("Hours that nobody confirmed"),
                _("What was written down has waited for a long time, so it is set aside. No hours have moved."),
                _("If the help did happen, ring us and we sort it out."),
            ),
            NoticeKind.TAKEN_BACK: (
                _("Hours are taken back"),
                _("The hours of this help are taken back. The page says why."),
            ),
        }
        return words[kind]

    def _what_silence_means(self) -> tuple[str, ...]:
        """Return the sentence with the day from which silence counts as a yes, where the bank's rule says so."""
        day = silence_counts_on(self.session, g.bank, self.exchange, written_at())
        return (
            (_("If we hear nothing before %(day)s, it counts as right, and the hours move.", day=day_in_full(day)),)
            if day
            else ()
        )

    def _says_of_agreeing(self, kind: NoticeKind) -> tuple[str, ...]:
        name, gives = isolated(self.name), self.gives
        asked = (
            _("Somebody asks for your help"),
            _("%(other)s asks whether you could help.", other=name),
            _("Whatever you say is fine."),
        )
        offered = (
            _("Somebody offers to help you"),
            _("%(other)s would like to help you.", other=name),
            _("Please say whether that suits you."),
        )
        remember = (
            _("Just so that you both remember: you help %(other)s.", other=name)
            if gives
            else _("Just so that you both remember: %(other)s helps you.", other=name)
        )
        words: dict[NoticeKind, tuple[str, ...]] = {
            NoticeKind.ASKED: asked if gives else offered,
            NoticeKind.ACCEPTED: (_("It is agreed"), _("%(other)s has said yes.", other=name)),
            NoticeKind.DECLINED: (
                _("Not this time"),
                _("%(other)s cannot this time.", other=name),
                _("Do ask somebody else, or ring us and we look for someone."),
            ),
            NoticeKind.CALLED_OFF: (
                _("It is called off"),
                _("%(other)s has called this off. No hours have moved.", other=name),
            ),
            NoticeKind.TOMORROW: (
                _("Agreed for tomorrow"),
                remember,
                _("If it does not suit any more, please call it off in good time or ring us."),
            ),
        }
        return words[kind]

    def _settled(self) -> tuple[str, ...]:
        if self.exchange.state == State.CANCELLED or not self.exchange.minutes:
            return (_("It is settled"), _("What the two of you remembered otherwise is settled. No hours have moved."))
        return (
            _("It is settled"),
            _(
                "What the two of you remembered otherwise is settled: %(hours)s.",
                hours=hours_in_words(self.exchange.minutes),
            ),
        )

    @staticmethod
    def _endpoint(kind: NoticeKind) -> str:
        asks = kind in {NoticeKind.TO_CONFIRM, NoticeKind.STILL_TO_CONFIRM}
        return "exchanges.confirm" if asks else "exchanges.exchange"

    @staticmethod
    def _label(kind: NoticeKind) -> str:
        if kind in {NoticeKind.TO_CONFIRM, NoticeKind.STILL_TO_CONFIRM}:
            return str(_("Look, and say yes or no"))
        return str(_("Answer") if kind is NoticeKind.ASKED else _("See the page"))
