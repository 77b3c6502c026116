"""A mail server for the tests, on aiosmtpd.

Usage: server.py FOLDER CERT KEY. It listens on three ports of 127.0.0.1
(in the clear; STARTTLS and password demanded; TLS from the start and password
demanded), prints them on one line, and serves until its input ends. Mail is put
into FOLDER as N.eml below a line with the envelope. What happens to a mail is
in the recipient's name.
"""
import asyncio
import logging
import os
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

folder, cert, key = sys.argv[1:4]
seen = {}
taken = 0


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses[:-1] + ["250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        seen[address] = seen.get(address, 0) + 1
        if name == "grey" and seen[address] < 3:
            return "451 4.7.1 Greylisted, try again " + address
        if name == "gone":
            return "550 5.1.1 <%s> unknown" % address
        if name == "full":
            return "552 5.2.2 Mailbox of %s is full" % address
        if name == "policy":
            return "550 5.7.1 We do not like %s" % address
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        global taken
        to = envelope.rcpt_tos[0]
        name = to.split("@")[0]
        seen["data " + to] = seen.get("data " + to, 0) + 1
        if name == "drop" and seen["data " + to] < 3:
            server.transport.abort()
            return "250 never read"
        if name == "blunt":
            return "550 Mail to %s refused" % to
        if name == "spam":
            return "554 5.7.1 Content of the mail to %s refused" % to
        taken += 1
        with open(os.path.join(folder, ".tmp"), "wb") as f:
            f.write(("X-Envelope: %s %s\r\n" % (envelope.mail_from, to)).encode())
            f.write(envelope.content)
        os.rename(os.path.join(folder, ".tmp"), os.path.join(folder, "%04d.eml" % taken))
        session.drop = name == "droplate"
        return "250 2.0.0 Taken"

    async def handle_RSET(self, server, session, envelope):
        if getattr(session, "drop", False):
            server.transport.abort()
        return "250 2.0.0 OK"


def login(server, session, envelope, mechanism, data):
    ok = getattr(data, "login", b"") == b"barometer" and data.password == "pass wörd".encode()
    return AuthResult(success=ok, handled=ok)


def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


async def main():
    loop = asyncio.get_running_loop()
    common = dict(hostname="mail.test", enable_SMTPUTF8=True, authenticator=login)
    ports = []
    for make, context in [
        (lambda: SMTP(Handler(), **common), None),
        (lambda: SMTP(Handler(), tls_context=tls(), require_starttls=True, auth_required=True, **common), None),
        (lambda: SMTP(Handler(), auth_required=True, auth_require_tls=False, **common), tls()),
    ]:
        server = await loop.create_server(make, "127.0.0.1", 0, ssl=context)
        ports.append(server.sockets[0].getsockname()[1])
    print(*ports, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")  # of what is unsafe here, on purpose
asyncio.run(main())
