"""The sender's domain and the site's own name, as the DNS has them."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from timebank.config import Settings
from timebank.doctor.mail_rules import judge_dkim, judge_dmarc, judge_spf
from timebank.doctor.names import Names, NoAnswerError
from timebank.doctor.records import is_dmarc
from timebank.doctor.rules import Diagnosis, not_checked, quote, warning, well, wrong
from timebank.emails import is_public_host, public_domain
from timebank.variables import OWN_HOSTS
from timebank.worker.dkim_signing import BadDkimKeyError, read_signer

_MOST_HOSTS = 5


def examine_sender(settings: Settings, names: Names) -> Iterator[Diagnosis]:
    """Yield what the DNS says about the address that e-mails come from."""
    domain = public_domain(settings.sender)
    if not domain:
        yield wrong(
            "sender",
            f"e-mails come from {quote(settings.sender)}, and nobody else reaches that: set TIMEBANK_MAIL_FROM or"
            " TIMEBANK_ADDRESS to a domain of yours.",
        )
        return
    yield _answered(f"SPF of {domain}", lambda: judge_spf(domain, names.list_texts(domain), names.list_texts))
    yield _answered(f"DMARC of {domain}", lambda: _examine_dmarc(domain, names))
    yield _examine_dkim(settings, domain, names)
    signs = " Our signature is of its domain too." if settings.dkim_key is not None else ""
    yield well(
        "alignment",
        f"e-mails come from {quote(settings.sender)}, and bounces go there: where SPF holds, DMARC does too, unless the"
        f" mail server puts another address for bounces in.{signs}",
    )
    yield _answered(f"MX of {domain}", lambda: _examine_mail_hosts(domain, names))


def _answered(subject: str, examine: Callable[[], Diagnosis]) -> Diagnosis:
    """Return the diagnosis, or that the DNS gave none."""
    try:
        return examine()
    except NoAnswerError as error:
        return not_checked(subject, f"{error}. Try again later, or ask another server with --dns.")


def _examine_dmarc(domain: str, names: Names) -> Diagnosis:
    """Look at the domain, then at those above it, as receivers do; a top-level domain has none of ours."""
    at = domain
    while at.count(".") >= 1:
        texts = names.list_texts(f"_dmarc.{at}")
        if any(map(is_dmarc, texts)):
            return judge_dmarc(domain, at, texts)
        at = at.partition(".")[2]
    return judge_dmarc(domain, domain, ())


def _examine_dkim(settings: Settings, domain: str, names: Names) -> Diagnosis:
    try:
        signer = read_signer(settings)
    except BadDkimKeyError as error:
        return wrong(f"DKIM of {domain}", f"{error}.")
    if signer is None:
        return not_checked(
            f"DKIM of {domain}",
            "we do not sign, so the mail server has to: look into an e-mail that you got for"
            f" 'dkim=pass' and 'header.d={domain}'. If it is not there, run 'timebank make-dkim-key'.",
        )
    subject = f"DKIM at {signer.record_name}"
    return _answered(
        subject, lambda: judge_dkim(signer.record_name, names.list_texts(signer.record_name), signer.public_key)
    )


def _examine_mail_hosts(domain: str, names: Names) -> Diagnosis:
    """Return whether answers and bounces to the sender's domain arrive somewhere."""
    subject, hosts = f"MX of {domain}", [row.host for row in names.list_mail_hosts(domain)]
    if hosts == [""]:
        return wrong(
            subject, "it says that the domain takes no e-mails, and receivers refuse what such a domain sends."
        )
    if not hosts:
        if names.list_addresses(domain):
            return warning(subject, "there is none, so answers and bounces go to the machine of that name: add one.")
        return wrong(subject, "there is none, so answers and bounces reach nobody, and some receivers refuse: add one.")
    without = [host for host in hosts[:_MOST_HOSTS] if not host or not names.list_addresses(host)]
    if len(without) == len(hosts[:_MOST_HOSTS]):
        return wrong(subject, f"{quote(without[0])} has no address, so answers and bounces reach nobody: mend it.")
    if without:
        return warning(subject, f"{quote(without[0])} has no address: take it out.")
    return well(subject, f"answers and bounces go to {quote(hosts[0])}.")


def examine_site(settings: Settings, names: Names) -> Iterator[Diagnosis]:
    """Yield whether the links in e-mails lead to the site: its name, https, and the names that it answers to."""
    parts = urlsplit(settings.address)
    host = parts.hostname or ""
    if not is_public_host(host):
        yield _of_no_domain(settings, host)
    else:
        yield _answered(f"address of {host}", lambda: _examine_address(host, names))
    if parts.scheme != "https" and host not in OWN_HOSTS:
        yield wrong(
            "https", "TIMEBANK_ADDRESS begins with http://, so what links open can be read on its way: use https."
        )
    elif parts.scheme == "https" and not settings.https:
        yield warning(
            "https", "TIMEBANK_ADDRESS is https and TIMEBANK_HTTPS is not 1: set it, or cookies go in the clear."
        )
    elif parts.scheme == "https":
        yield well("https", "links in e-mails are https, and cookies go over https only.")
    if settings.hosts and not _is_answered(settings, host):
        yield wrong("TIMEBANK_HOSTS", f"{quote(host)} is not in it, so links in e-mails are refused: add it.")


def _of_no_domain(settings: Settings, host: str) -> Diagnosis:
    words = f"TIMEBANK_ADDRESS has {quote(host)}, so links in e-mails lead others nowhere: set it to the site's name."
    return wrong("address of the site", words) if settings.is_public else warning("address of the site", words)


def _examine_address(host: str, names: Names) -> Diagnosis:
    addresses = names.list_addresses(host)
    if not addresses:
        return wrong(
            f"address of {host}", "the DNS has none, so links in e-mails lead nowhere: add an A or AAAA record."
        )
    return well(f"address of {host}", f"the DNS has {', '.join(addresses[:_MOST_HOSTS])}.")


def _is_answered(settings: Settings, host: str) -> bool:
    """Return whether the site answers to this name; one that begins with a dot is every name that ends so."""
    return any(
        host == name.lstrip(".") if not name.startswith(".") else host.endswith(name) or host == name[1:]
        for name in (*settings.hosts, *OWN_HOSTS)
    )
