"""`timebank take-mail`: one message that came back, from a pipe of the mail server."""

import click

from timebank import clock
from timebank.cli.installation import Words, settings_there, writing
from timebank.notices.returned_mail import MOST_BYTES
from timebank.worker.returned import return_path_of, take
from timebank.worker.trouble import place_of

#: The mail server keeps the message and tries again (EX_TEMPFAIL of sysexits.h).
TRY_AGAIN = 75
#: Letters of an address that are read; mail servers take 256 (RFC 5321, 4.5.3.1.3). A longer one is not refused, since
#: the mail server would then send the message back to whoever stands in its envelope.
_LONGEST_RECIPIENT = 1000


@click.command()
@click.option(
    "--recipient",
    type=Words(_LONGEST_RECIPIENT, is_cut=True),
    default="",
    envvar=["ORIGINAL_RECIPIENT", "RECIPIENT"],
    help="The address that it came to. Postfix and Exim tell it in the environment.",
)
@click.pass_context
def take_mail(context: click.Context, recipient: str) -> None:
    """Take one e-mail that came back, from standard input: an alias of the mail server pipes it here.

    Ends with 0 for whatever was read, also where it meant nothing, and with 75 where it has to come again later.
    """
    try:
        content = _read_all()
        settings = settings_there()
        path = return_path_of(settings)
        if path is not None:
            take(content, path, lambda: writing(settings), clock.now(), recipient=recipient)
            return
        reason = "TIMEBANK_BOUNCES_TO is not set"
    except click.ClickException as error:
        reason = error.message
    except Exception as error:  # noqa: BLE001 (the mail server keeps what could not be taken, whatever the reason)
        reason = place_of(error)
    click.echo(f"Not taken: {reason}", err=True)
    context.exit(TRY_AGAIN)


def _read_all() -> bytes:
    """Return the beginning of standard input, and read the rest, so that the mail server can write all of it."""
    with click.open_file("-", "rb") as stream:
        content: bytes = stream.read(MOST_BYTES)
        while stream.read(MOST_BYTES):
            pass
    return content
