"""`timebank verify-receipt` and `verify-checkpoints`: checks that need nothing but the files in hand."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from timebank.bookkeeping.sealing.signing import find_signer
from timebank.ledger.errors import NotACheckpointError
from timebank.ledger.notes import Key, read_key
from timebank.ledger.papers import goes_on, read_paper, read_receipt

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Paperwork = TypeVar("Paperwork")
#: A receipt with the longest words and proof has some kilobytes.
_MOST_BYTES = 1 << 20


@click.command("verify-receipt")
@click.argument("file", type=_FILE)
@click.option("--key", "key_file", type=_FILE, help="File with the bank's public keys, one a line.")
def verify_receipt(file: Path, key_file: Path | None) -> None:
    """Check a receipt with nothing but the file: no database, no network. Exit 1 where it is not right."""
    receipt = _read(file, read_receipt)
    signer = find_signer(receipt.note, _keys(key_file, receipt.keys))
    if signer is None:
        _refuse("This receipt is not right: no key that we were given signed its checkpoint.")
    if not receipt.stands:
        _refuse("This receipt is not right: the entry does not stand in the books that the checkpoint signs.")
    if not receipt.words_fit:
        _refuse("This receipt is not right: its words are not those that were sealed.")
    entry, seal = receipt.fields, receipt.note.checkpoint
    say(f"This receipt is right: it is row {receipt.number + 1:,} of {seal.size:,} sealed at {seal.signed_at}.")
    for line in entry["lines"]:
        say(f"{line[2]} minutes went from account {line[0]} to account {line[1]}, for {entry['occurred_on']}.")
    if receipt.words is not None:
        say(f"What was written with it: {receipt.words}")
    _say_key(signer, is_given=key_file is not None)


@click.command("verify-checkpoints")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--key", "key_file", type=_FILE, help="File with the bank's public keys, one a line.")
def verify_checkpoints(old: Path, new: Path, key_file: Path | None) -> None:
    """Check that the books of the checkpoint NEW go on from those of OLD, with nothing but the files.

    NEW is the file with a proof that the bank's page of seals gives, or a plain checkpoint of the same size.
    """
    first, second = _read(old, read_paper).note, _read(new, read_paper)
    keys = _keys(key_file, second.keys)
    signers = [find_signer(note, keys) for note in (first, second.note)]
    if signers[1] is None or signers[0] is None:
        _refuse("These checkpoints are not right: no key that we were given signed both of them.")
    before, after = first.checkpoint, second.note.checkpoint
    is_right = goes_on(first, second)
    if is_right is None:
        _refuse(f"The proof is missing: get the file from {before.size} to {after.size} on the bank's page of seals.")
    if not is_right:
        if before.origin != after.origin:
            say(f"The newer checkpoint is of a new log, {after.origin}: a backup was restored since.")
        _refuse("History was rewritten: the newer books do not begin with the older ones. Keep both files.")
    say(f"These checkpoints are right: the {after.size:,} rows of {after.signed_at} begin with the")
    say(f"{before.size:,} rows of {before.signed_at}, none of them changed.")
    if before.origin != after.origin:
        say(f"The newer one is of a new log, {after.origin}: a backup was restored since.")
    _say_key(signers[1], is_given=key_file is not None)


def say(sentence: str) -> None:
    """Print a sentence, with what is not printable escaped: a file could move the cursor and write over other lines."""
    click.echo("".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in sentence))


def _read(file: Path, reader: Callable[[str], Paperwork]) -> Paperwork:
    if file.stat().st_size > _MOST_BYTES:
        _refuse(f"{file} is not right: it is too large for such a file of a time bank.")
    try:
        return reader(file.read_bytes().decode())
    except (UnicodeDecodeError, NotACheckpointError):
        _refuse(f"{file} is not right: it is no such file of a time bank, or somebody changed it.")


def _keys(file: Path | None, own: Sequence[Key]) -> Sequence[Key]:
    """Parse the keys in the file; without a file, return those that the paper itself names."""
    if file is None:
        return own
    return _read(file, lambda text: [read_key(line) for line in text.splitlines() if line.strip()])


def _say_key(signer: Key, *, is_given: bool) -> None:
    if is_given:
        say(f"Signed by {signer}, which is in your file of keys.")
    else:
        say(f"Signed by {signer}. Compare this key with the one that the bank made public.")


def _refuse(sentence: str) -> NoReturn:
    say(sentence)
    sys.exit(1)
