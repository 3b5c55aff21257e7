"""Messages as they come back to the return path, in the shapes of the mail servers that write them."""


def report(to: str, *parts: tuple[str, str], kind: str = "delivery-status", headers: str = "") -> bytes:
    """Return a multipart/report to the address `to`, with parts as (type, content)."""
    head = f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: {to}\n{headers}"
    head += "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
    head += f'Content-Type: multipart/report; report-type={kind};\n\tboundary="=_edge"\n\nThis is a MIME message.\n'
    body = "".join(f"\n--=_edge\nContent-Type: {type_}\n\n{content}" for type_, content in parts)
    return f"{head}{body}\n--=_edge--\n".encode()


def bounce(to: str, *recipients: str) -> bytes:
    """Return a bounce with these blocks of recipients."""
    status = "Reporting-MTA: dns; mx.example.net\n\n" + "\n".join(recipients)
    words = ("text/plain; charset=us-ascii", "I'm sorry to have to inform you.\n")
    return report(to, words, ("message/delivery-status", status))


def block(email: str, action: str = "failed", status: str = "5.1.1", **fields: str) -> str:
    """Return the block of one recipient."""
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    return f"Final-Recipient: rfc822; {email}\nAction: {action}\nStatus: {status}\n{more}"


def postfix(to: str, email: str, action: str = "failed", status: str = "5.1.1", answer: str = "") -> bytes:
    """Return what Postfix 3 writes; it says that it answers by itself (RFC 3834)."""
    answer = answer or f"550 {status} <{email}>: Recipient address rejected: User unknown"
    fields = (
        "Reporting-MTA: dns; relay.example.net\nX-Postfix-Queue-ID: 4Tq9\nX-Postfix-Sender: rfc822; "
        f"{to}\nArrival-Date: Sat, 21 Nov 2026 10:00:01 +0000 (GMT)\n\nFinal-Recipient: rfc822; {email}\n"
        f"Original-Recipient: rfc822;{email}\nAction: {action}\nStatus: {status}\n"
        f"Remote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; {answer}\n"
    )
    original = f"Return-Path: <{to}>\nFrom: Angus Time Bank <no-reply@hours.example.org>\nTo: {email}\nSubject: x\n"
    return report(
        to,
        ("text/plain; charset=us-ascii", f"This is the mail system at host relay.example.net.\n\n<{email}>: {answer}"),
        ("message/delivery-status", fields),
        ("message/rfc822", f"{original}\nHello.\n"),
        headers="Auto-Submitted: auto-replied\nX-Original-To: someone@example.net\n",
    )


def exim(to: str, email: str, answer: str = "550 5.1.1 User unknown") -> bytes:
    """Return what Exim 4 writes: the code that means something stands in what the other server answered."""
    fields = (
        f"Reporting-MTA: dns; exim.example.net\n\nAction: failed\nFinal-Recipient: rfc822;{email}\nStatus: 5.0.0\n"
        f"Remote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; {answer}\n"
    )
    words = f"A message that you sent could not be delivered.\n\n  {email}\n    host mx.example.org [203.0.113.5]\n"
    headers = f"X-Failed-Recipients: {email}\nAuto-Submitted: auto-replied\n"
    original = f"Return-path: <{to}>\nTo: {email}\n"
    parts = (("text/plain", words), ("message/delivery-status", fields), ("text/rfc822-headers", original))
    return report("nobody@example.net", *parts, headers=headers)


def exchange(to: str, email: str, status: str = "5.1.10") -> bytes:
    """Return what Exchange writes: lines end with CR LF, and the words come as HTML too."""
    fields = (
        "Reporting-MTA: dns;AM0PR01.prod.example.com\nReceived-From-MTA: dns;relay.example.net\n"
        f"Arrival-Date: Sat, 21 Nov 2026 10:00:01 +0000\n\nFinal-Recipient: rfc822;{email}\nAction: failed\n"
        f"Status: {status}\nDiagnostic-Code: smtp;550 {status} RESOLVER.ADR.RecipientNotFound; Recipient not found\n"
    )
    words = 'multipart/alternative; differences=Content-Type;\n\tboundary="=_in"'
    both = "--=_in\nContent-Type: text/plain\n\nNot found.\n--=_in\nContent-Type: text/html\n\n<p>No.</p>\n--=_in--\n"
    parts = ((words, both), ("message/delivery-status", fields))
    return report(to, *parts, headers="X-MS-Exchange-Message-Is-Ndr:\n").replace(b"\n", b"\r\n")


def gmail(to: str, email: str) -> bytes:
    """Return what Gmail writes, with an answer of several lines."""
    fields = (
        "Reporting-MTA: dns; googlemail.com\nArrival-Date: Sat, 21 Nov 2026 02:00:01 -0800 (PST)\n"
        f"X-Original-Message-ID: <1@hours.example.org>\n\nFinal-Recipient: rfc822; {email}\nAction: failed\n"
        "Status: 5.1.1\nRemote-MTA: dns; gmail-smtp-in.l.example.com. (2a00::1a, the server for the domain.)\n"
        "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
        " 550-5.1.1 double-checking the recipient's email address for typos or\n 550 5.1.1 unnecessary spaces.\n"
        "Last-Attempt-Date: Sat, 21 Nov 2026 02:00:02 -0800 (PST)\n"
    )
    related = ('multipart/related; boundary="=_re"', "--=_re\nContent-Type: text/html\n\n<p>No.</p>\n--=_re--\n")
    return report(to, related, ("message/delivery-status", fields), headers=f"X-Failed-Recipients: {email}\n")


def qmail(to: str, email: str, words: str = "Sorry, no mailbox here by that name. (#5.1.1)") -> bytes:
    """Return what qmail writes: words alone, of a fixed form (QSBMF)."""
    return (
        f"Return-Path: <>\nDelivered-To: {to}\nFrom: MAILER-DAEMON@qmail.example.net\nTo: {to}\n"
        "Subject: failure notice\n\nHi. This is the qmail-send program at qmail.example.net.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        f"This is a permanent error; I've given up. Sorry it didn't work out.\n\n<{email}>:\n{words}\n\n"
        f"--- Below this line is a copy of the message.\n\nReturn-Path: <{to}>\nTo: {email}\n\n<other@example.org>:\n"
        "Sorry. (#5.1.1)\n"
    ).encode()


def complaint(to: str, kind: str = "abuse") -> bytes:
    """Return the report of a provider's feedback loop (ARF), which goes to an address of ours that names no e-mail."""
    fields = f"Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nOriginal-Mail-From: <{to}>\n"
    original = (
        "From: Angus Time Bank <no-reply@hours.example.org>\nTo: redacted\nSubject: Round the time bank\n\nHello.\n"
    )
    parts = (("text/plain", "This is an email abuse report.\n"), ("message/feedback-report", fields))
    return report("complaints@hours.example.org", *parts, ("message/rfc822", original), kind="feedback-report")


def reply(to: str, email: str, headers: str = "") -> bytes:
    """Return what a person writes back, as their mail server hands it over."""
    return written(to, f"Return-Path: <{email}>\nIn-Reply-To: <1@hours.example.org>\n{headers}").replace(
        b"grace@example.org", email.encode()
    )


def written(to: str, headers: str = "", body: str = "Thank you!\n") -> bytes:
    """Return a message that no mail server wrote."""
    return f"From: Grace <grace@example.org>\nTo: {to}\nSubject: Re: hours\n{headers}\n{body}".encode()
