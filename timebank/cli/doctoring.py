"""`timebank doctor`: what is wrong with an installation, and what to do about it."""

import sys
from ipaddress import ip_address

import click

from timebank import clock
from timebank.cli.installation import any_settings
from timebank.doctor.examining import Examination
from timebank.doctor.names import Names, NameServer
from timebank.doctor.rules import Diagnosis, is_well, summary

_WIDTH = 12
_LAST_PORT = 65_535


class NameServerParameter(click.ParamType[NameServer]):
    """The address of a server of the DNS, such as 9.9.9.9, 127.0.0.1:5353 or [::1]:53."""

    name = "address"

    def convert(self, value: str | NameServer, param: click.Parameter | None, ctx: click.Context | None) -> NameServer:
        """Return the address and the port. Raises BadParameter."""
        if isinstance(value, NameServer):
            return value
        host, _colon, port = value.rpartition(":") if value.count(":") == 1 or "]:" in value else (value, "", "53")
        try:
            address = str(ip_address(host.strip("[]")))
        except ValueError:
            self.fail("it takes an address such as 9.9.9.9, or 127.0.0.1:5353 with a port.", param, ctx)
        if not (port.isascii() and port.isdigit() and 0 < int(port) <= _LAST_PORT):
            self.fail("the port has to be a number up to 65535.", param, ctx)
        return NameServer(address, int(port))


@click.command()
@click.option("--mail", "only_mail", is_flag=True, help="Examine only whether e-mails arrive.")
@click.option(
    "--dns", type=NameServerParameter(), default=None, help="Ask this server of the DNS, and not the usual ones."
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 120),
    default=10.0,
    show_default=True,
    help="Seconds that a mail server may take for each answer; a question to the DNS gets half of it.",
)
def doctor(*, only_mail: bool, dns: NameServer | None, timeout: float) -> None:
    """Say what is wrong with this installation, and what to do; exit 1 where something is.

    Nothing is changed, and no e-mail is sent. Warnings alone exit 0.
    """
    names = Names(dns, seconds=timeout / 2)
    examination = Examination(any_settings(), names, clock.now, seconds=timeout)
    diagnoses = list[Diagnosis]()
    for diagnosis in examination.of_mail() if only_mail else examination.of_all():
        diagnoses.append(diagnosis)
        click.echo(f"{diagnosis.condition:<{_WIDTH}} {diagnosis.subject}: {diagnosis.words}")
    click.echo(f"\n{summary(diagnoses)}.")
    if not is_well(diagnoses):
        sys.exit(1)
