"""The expected findings of the checks under tampering: their unit, and each sentence literally.

`N` stands for a number, `KIND` for what a leaf is about. The sentences are for people, who locate the row by them.
"""

import re

from timebank.ledger.checks import CheckResult

#: {check: (unit, {(table, sentence, name of the row)})}
SENTENCES = {
    "accounts_on_record": (
        "accounts",
        {
            ("account", "it was not opened when its first limit was set", "N/N"),
            ("closing", "its account is missing", "N/N"),
            ("hold", "its account is missing", "N/N"),
            ("limit_change", "its account is missing", "N/N/N"),
        },
    ),
    "balances_equal_postings": (
        "accounts",
        {
            ("account", "says N minutes, its postings come to N", "N/N"),
        },
    ),
    "clearing_nets_to_zero": (
        "accounts",
        {
            ("account", "the banks' accounts with each other sum to N minutes", "clearing"),
            ("entry", "its banks differ by N minutes", "first:clearing"),
            ("entry", "its banks differ by N minutes", "other"),
            ("entry", "its banks differ by N minutes", "second:clearing"),
        },
    ),
    "closings_are_whole": (
        "closings",
        {
            ("closing", "it does not say what was closed, or who said so", "N/N"),
            ("closing", "the month was signed off more than once", "N/NNN"),
        },
    ),
    "closings_on_record": (
        "closings",
        {
            ("account", "it is not as its closings say", "N/N"),
            ("closing", "it does not follow from the one before", "N/N"),
        },
    ),
    "entries_as_written": (
        "entries",
        {
            ("entry", "it was changed after it was written", "N/N"),
        },
    ),
    "floors_on_record": (
        "limit changes",
        {
            ("account", "its floor is not on record, or not kept", "N/N"),
        },
    ),
    "holders_as_written": (
        "holders",
        {
            ("account", "nobody holds it", "N/N"),
            ("account_holder", "it does not fit its account or the one before", "N/N/N"),
            ("account_holder", "it was changed after it was written", "N/N/N"),
        },
    ),
    "holds_match": (
        "holds",
        {
            ("account", "holds N minutes, its open holds come to N", "N/N"),
            ("entry", "the hold that it resolves does not fit", "N/N"),
            ("hold", "its minutes are below zero or do not fit", "N/N"),
        },
    ),
    "postings_equal_lines": (
        "postings",
        {
            ("entry", "its postings are not its lines", "N/N"),
            ("posting", "its account is missing", "N/N/N"),
            ("posting", "its entry is missing", "N/N/N"),
        },
    ),
    "reversals_mirror": (
        "reversals",
        {
            ("entry", "a line of it was taken back more than once", "N/N"),
            ("entry", "it does not mirror what it takes back", "N/N"),
            ("taken_back", "it is not what a reversal took back", "N/N/N"),
        },
    ),
    "running_balances": (
        "postings",
        {
            ("posting", "it does not follow from the one before", "N/N/N"),
        },
    ),
    "sealed_in_order": (
        "seals",
        {
            ("entry", "entries that came after it were sealed without it", "N/N"),
        },
    ),
    "seals_go_on": (
        "banks",
        {
            ("seal", "fork: the books do not go on from this seal, of N rows, signed at NNNTN:N:N.NZ", "N/N"),
        },
    ),
    "seals_match": (
        "rows sealed",
        {
            ("leaf", "KIND: it was changed after it was sealed", "N/N"),
            ("leaf", "KIND: its number does not follow from the one before", "N/N"),
            ("leaf", "KIND: the hash of its block is not that of its leaves", "N/N"),
            ("leaf", "KIND: what was sealed is missing", "N/N"),
            ("leaf", "there is no seal on it", "N/N"),
            ("seal", "its checkpoint says something else", "N/N"),
            ("seal", "its number does not follow from the one before", "N/N"),
            ("seal", "its peaks are not those of its leaves", "N/N"),
            ("seal", "its root is not that of its leaves", "N/N"),
            ("seal", "no key that we know signed it", "N/N"),
            ("seal", "there are fewer leaves than it says", "N/N"),
        },
    ),
    "sum_is_zero": (
        "accounts",
        {
            ("account", "the balances sum to N minutes", "bank N"),
        },
    ),
    "words_as_written": (
        "memos",
        {
            ("memo", "the words or their entry are missing", "N/N"),
            ("memo", "the words were blanked, and nobody may do that", "N/N"),
            ("memo", "the words were changed", "N/N"),
        },
    ),
}
_NUMBER = re.compile(r"-?\d+")
_KIND = re.compile(r"^[a-z_]+ N/N(/N)?(?=: )")


def unexpected(result: CheckResult) -> set[tuple[str, str, str]]:
    """Return the findings of a check that are not expected; empty for a check of another room."""
    if result.name not in SENTENCES:
        return set()
    unit, sentences = SENTENCES[result.name]
    assert result.unit == unit
    findings = {(finding.table, _plain(finding.problem), _plain(finding.row)) for finding in result.findings}
    return findings - sentences


def _plain(words: str) -> str:
    return _KIND.sub("KIND", _NUMBER.sub("N", words.replace("None", "1")))
