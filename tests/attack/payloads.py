"""What is typed into fields and addresses: values that once broke somebody's site, and plausible ones."""

import random

from timebank.demo.village import PASSWORD

#: Every name of an element or attribute here begins with `zq`: none may come back as one.
MARKUP = (
    "<zqa>",
    '"><zqb x="',
    "'><zqc x='",
    '" zqd="1',
    "' zqe='1",
    "</textarea><zqf>",
    "</title></script><zqg>",
    "<!--<zqh>-->",
    "javascript:zqi()",
    "<svg zqj=1 onload=zqk()>",
)
#: What each comes back as where a template or a format string evaluates it.
EVALUATED = {"{{ 7*191 }}zq": "1337zq", "${7*191}zq": "1337zq", "{7*191}zq%(zq)s%d%s": "1337zq"}
FORMULAS = ("=zq+1", ";=zq+1", "\t=zq+1", "x;=zq+1", "x\t=zq+1", "x,=zq+1", "x\n=zq+1", "@zq", "+zq", "-zq", "\uff1dzq")
SQL = ("'", '"', "' OR '1'='1", "'; DROP TABLE person; --", "%", "_", "\\", "%%%_", "') UNION SELECT 1 --", ":x", "?")
NUMBERS = (
    *("-1", "0", "1", "01", "+1", "1.5", "1,5", "1e309", "NaN", "Infinity", "-0", "0x10", " 7 ", "1_000"),
    *("2147483648", "9223372036854775807", "9223372036854775808", "9" * 400, "\uff11\uff12", "٣", "½", "Ⅷ", "²"),
)
DAYS = (
    *("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "29/02/2026", "31/12/9999", "1/1/1", "17 November"),
    *("yesterday", "today", "tomorrow", "2026-13", "2026-00", "2026-11-17T09:00:00Z", "1/2/3/4", "99999/9/9"),
)
HOURS = ("24 hours", "24 h 1", "1 h 99", "0", "0 min", "1:30", "1.99999999999999999999 hours", "1 hour 1 hour", "h")
LETTERS = (
    *("\x00", "a\x00b", "\r\n", "\r\nSet-Cookie: zq=1", "\u202egnol", "\u200b", "\u2060", "\u00ad", "\ufeff", "\u0000"),
    *(
        "\uffff",
        "\U0001f9d1\u200d\U0001f33e",
        "e" + "\u0301" * 300,
        "ŁØÐıÆß",
        "أحمد",
        "שָׁלוֹם",
        "İ",
        "ﬀ",
        "\x1b[31m",
        "\x7f",
    ),
)
LENGTHS = (" " * 5_000, "a" * 1_000, "a" * 70_000, "é" * 5_000, "\n" * 3_000, "word " * 4_000, "9" * 5_000)
#: Not UTF-8: a lone surrogate, a lone continuation byte, an overlong slash, a cut-off letter.
BYTES = (b"\xed\xa0\x80", b"\xff", b"\xc0\xaf", b"\xe2\x82", b"a\x80b")
PATHS = ("../../etc/passwd", "//evil.example/", "\\\\evil.example", "https://evil.example/", "/%2e%2e/", "%0d%0aX: 1")
CODES = ("ZZZZ-ZZZZ", "0000-0000", "AAAAAAAA", "K7M3-Q2X", "ÄÖÜß-ÄÖÜß", "K7M3-Q2XZ-K7M3")
KINDS: tuple[tuple[str | bytes, ...], ...] = (
    *(MARKUP, tuple(EVALUATED), FORMULAS, SQL, NUMBERS, DAYS, HOURS, LETTERS, LENGTHS, BYTES, PATHS, CODES, ("",)),
)
HEADERS = (
    (("Accept-Language", "zz-ZZ;q=9, *;q=-1, de-\xff"),),
    (("Accept-Language", "a" * 5_000),),
    (("X-Request-ID", "<zqa>" * 5),),
    (("X-Forwarded-For", "1.2.3.4, evil"), ("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Host", "evil.example")),
    (("Cookie", "session=zq; session=<zqa>; remember_token=|||"),),
    (("Range", "bytes=0-1,5-3"), ("If-Modified-Since", "never"), ("If-None-Match", "W/\xff")),
    (("Referer", "https://evil.example/"), ("Origin", "https://evil.example")),
    (("Content-Encoding", "gzip"),),
    (("X-HTTP-Method-Override", "DELETE"),),
    (("Host", "evil.example"),),
)


def any_value(dice: random.Random) -> str | bytes:
    """Return a nasty value, of each kind as often as of another."""
    return dice.choice(dice.choice(KINDS))


def plausible(name: str, dice: random.Random) -> str:
    """Return what somebody might type into a field of this name; free words carry markup."""
    for part, values in _PLAUSIBLE.items():
        if part in name:
            return dice.choice(values)
    return f"Words {dice.randrange(10_000)} {dice.choice(MARKUP)} & {dice.choice(FORMULAS)}"


_PLAUSIBLE = {
    "email": ("heron@example.org", "teal@example.org", ""),
    "phone": ("01632 960 701", "+44 1632 960702", ""),
    "code": ("K7M3-Q2XZ", "ABCD EFGH JKLM"),
    "password": (PASSWORD,),
    "present": (PASSWORD,),
    "day": ("yesterday", "today", "17/11/2026", "3 days ago"),
    "until": ("tomorrow", "31/12/2026"),
    "limit": ("20 hours", "0", "1 h 30"),
    "floor": ("20 hours", "0"),
    "hours": ("1 hour", "45 minutes", "1 h 30", "2:15"),
    "long": ("1 hour", "45 minutes", "10 min"),
    "minutes": ("1 hour", "30 minutes", "30"),
    "travel": ("10 minutes", "0", "15"),
    "days": ("7", "30", "90"),
    "months": ("3", "12"),
    "who": ("a", "e", "Wilma", "9104", "zz"),  # nobody signs in by these: strangers have to stay strangers
    "number": ("104", "7"),
}
