"""Stopping notices by the link in an e-mail, without signing in. Opening it changes nothing."""

from collections.abc import Sequence

from flask import abort, g, render_template, request

from timebank import clock
from timebank.notices.actions import stop as stop_topic
from timebank.notices.kinds import Topic
from timebank.notices.queries import DeliveryRow, find_by_stop_token, find_choice
from timebank.notices.rules import CHOICES, Choice, Often, Way
from timebank.telling.recipients import Recipient, list_recipients
from timebank.web.access import allows, anybody
from timebank.web.committing import committing
from timebank.web.extensions import csrf, db
from timebank.web.notice_words import choice_words, topic_hint, topic_words
from timebank.web.pages.notices import blueprint
from timebank.web.pages.notices.forms import choice_of, value_of

NOT_AT_ALL = Choice(Way.NONE, Often.AT_ONCE)


@blueprint.route("/stop/<token:token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # a mail program posts here, without a page of ours (RFC 8058)
@allows(anybody)
def stop(token: str) -> str:
    """Say what the e-mails are about, and on POST stop them, or send them more rarely.

    A mail program's one click posts List-Unsubscribe=One-Click, and stops them. The token is all that is asked for.
    """
    session = db.session()
    delivery = find_by_stop_token(session, g.bank.id, token)
    if delivery is None:
        abort(404)
    reader = list_recipients(session, g.bank.id, [delivery.member_id])[delivery.member_id]
    is_done = request.method == "POST"
    if is_done:
        with committing():
            stop_topic(session, delivery, reader.code, _chosen(delivery), now=clock.now())
    return _show(delivery, reader, is_done=is_done)


def _chosen(delivery: DeliveryRow) -> Choice:
    """Return what a button said; not at all for a mail program, or for what nobody offered."""
    try:
        choice = choice_of(request.form.get("choice", ""))
    except ValueError:
        return NOT_AT_ALL
    return choice if choice in CHOICES[Topic(delivery.topic)] else NOT_AT_ALL


def _show(delivery: DeliveryRow, reader: Recipient, *, is_done: bool) -> str:
    topic = Topic(delivery.topic)
    now = find_choice(db.session(), g.bank.id, delivery.member_id, topic)
    return render_template(
        "notices/stop.html",
        token=delivery.stop_token,
        reader=reader,
        topic=topic_words(topic),
        is_about_you=topic is Topic.ABOUT_YOU,
        hint=topic_hint(topic),
        now=choice_words(now),
        is_done=is_done,
        others=_list_others(topic, now),
    )


def _list_others(topic: Topic, now: Choice) -> Sequence[tuple[str, str]]:
    """Return (value, words) of what can be chosen instead, the quietest last. Letters and texts take signing in."""
    return [
        (value_of(choice), choice_words(choice))
        for choice in CHOICES[topic]
        if choice != now and choice.way not in {Way.LETTER, Way.TEXT}
    ]
