"""The command line: `timebank --help`."""

import click

from timebank.cli.lazy_group import LazyGroup

_TARGETS = {
    "add-coordinator": "timebank.cli.administering:add_coordinator",
    "backup": "timebank.cli.backing_up:backup",
    "check-books": "timebank.cli.checking:check_books",
    "demo": "timebank.cli.trying_out:demo",
    "doctor": "timebank.cli.doctoring:doctor",
    "export": "timebank.cli.exporting:export",
    "import": "timebank.cli.imports:import_",
    "init": "timebank.cli.administering:init",
    "learn-kinds": "timebank.cli.learning:learn_kinds_command",
    "make-dkim-key": "timebank.cli.dkim_key:make_dkim_key",
    "migrate": "timebank.cli.administering:migrate",
    "restore": "timebank.cli.backing_up:restore",
    "role": "timebank.cli.administering:role",
    "run": "timebank.cli.running:run",
    "seal": "timebank.cli.sealing:seal",
    "sign-in-link": "timebank.cli.administering:sign_in_link",
    "simulate": "timebank.cli.simulating:simulate_command",
    "sweep": "timebank.cli.sweeping:sweep",
    "take-mail": "timebank.cli.taking_mail:take_mail",
    "verify-checkpoints": "timebank.cli.verifying:verify_checkpoints",
    "verify-receipt": "timebank.cli.verifying:verify_receipt",
    "worker": "timebank.cli.working:worker",
}


@click.group(cls=LazyGroup, targets=_TARGETS)
@click.version_option(package_name="timebank")
def main() -> None:
    """Run a time bank: hours between neighbours, in books that anyone can check."""
