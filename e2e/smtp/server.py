"""A mail server for tests: aiosmtpd's, which puts each mail that it accepts into a folder, as it came, and does what it is told
about those that it should not accept.

One word a line on standard input says how mails are received from then on; `ok` and the word on standard output say that it is
so. The end of standard input ends the program.

    accept      puts a mail into the folder
    hold        takes a mail's content, and answers nothing until it is told something else
    refuse-now  refuses each recipient for now (451)
    refuse      refuses each recipient for good (550)
    drop        puts a mail into the folder, and ends the connection instead of saying so
    down        does not listen, and ends all connections

What happens is written to the file of events, one a line.
"""

import argparse
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Post:
    """Receives mails, as aiosmtpd's handlers do."""

    def __init__(self, folder, events):
        self.folder = folder
        self.events = open(events, "a", buffering=1, encoding="utf-8")
        self.way = "accept"
        self.changed = asyncio.Event()
        self.count = 0

    def tell(self, *words):
        print(*words, file=self.events)

    def receive(self, way):
        self.way = way
        self.changed.set()
        self.changed = asyncio.Event()

    async def handle_RCPT(self, server, session, envelope, address, options):
        tls = "tls" if server.transport.get_extra_info("ssl_object") else "plain"
        user = session.auth_data if session.authenticated else "nobody"
        self.tell("recipient", address, tls, user, f"{asyncio.get_running_loop().time():.3f}")
        refusal = {"refuse-now": "451 4.7.1 Come back later", "refuse": "550 5.1.1 No such mailbox"}.get(self.way)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        while self.way == "hold":
            self.tell("holding", *envelope.rcpt_tos)
            await self.changed.wait()
        if self.way == "down":
            return "421 4.3.2 Closing"
        self.count += 1
        unfinished = os.path.join(self.folder, f".{self.count}")
        with open(unfinished, "wb") as file:
            file.write(envelope.content)
        os.rename(unfinished, os.path.join(self.folder, f"{self.count:04}.eml"))
        self.tell("accepted", *envelope.rcpt_tos)
        if self.way == "drop":
            server.transport.abort()
        return "250 OK"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--events", required=True)
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    return parser.parse_args()


async def main():
    given = arguments()
    post = Post(given.folder, given.events)
    tls = None
    if given.tls != "none":
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(given.certificate, given.key)

    def authenticate(server, session, envelope, mechanism, data):
        known = (data.login, data.password) == (given.user.encode(), given.password.encode())
        post.tell("sign-in", "accepted" if known else "refused")
        if not known:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=given.user)

    connections = []

    def connection():
        smtp = SMTP(
            post,
            hostname="mail.test",
            tls_context=tls if given.tls == "starttls" else None,
            require_starttls=given.tls == "starttls",
            authenticator=authenticate if given.user else None,
            auth_required=given.user is not None,
            # aiosmtpd does not see a TLS that was there before it.
            auth_require_tls=given.tls == "starttls",
        )
        connections.append(smtp)
        post.tell("connection")
        return smtp

    loop = asyncio.get_running_loop()

    async def listen(port):
        wrapped = tls if given.tls == "implicit" else None
        return await loop.create_server(connection, "127.0.0.1", port, ssl=wrapped)

    listening = await listen(0)
    port = listening.sockets[0].getsockname()[1]
    print("port", port, flush=True)

    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async for line in reader:
        way = line.decode().strip()
        post.receive(way)
        if way == "down" and listening is not None:
            listening.close()
            listening = None
            for smtp in connections:
                if smtp.transport is not None:
                    smtp.transport.abort()
        elif way != "down" and listening is None:
            listening = await listen(port)
        print("ok", way, flush=True)


asyncio.run(main())
