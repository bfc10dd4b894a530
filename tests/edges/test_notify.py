"""Messages through apprise to real servers: a webhook and a mail server on loopback."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from monitor.core.records import Destination, Message
from monitor.notify import AppriseNotifier, verdict
from monitor.ports import Refused, Retry, Sent, Uncertain


class Hook(ThreadingHTTPServer):
    """A webhook that answers with `status` and keeps what it is sent; with `hold` set it does not answer at all."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.hold = threading.Event()
        self.hold.set()
        self.got: list[dict[str, Any]] = []

    def url(self, scheme: str = "json") -> str:
        return f"{scheme}://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))
        self.server.hold.wait(30)
        with contextlib.suppress(BrokenPipeError):  # who asked may have given up waiting
            self.send_response(self.server.status)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.hold.set()
    server.shutdown()
    server.server_close()


class Mailbox:
    """Keeps every message an SMTP server is given; `refuse` is what it answers instead."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuse = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        if self.refuse:
            return self.refuse
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 kept"


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, f"mailto://127.0.0.1:{port}/?from=watch@base.example&to=family@home.example&mode=insecure"
    server.stop()


def notifier(url: str, timeout: float = 20) -> AppriseNotifier:
    return AppriseNotifier([Destination("there", url, timedelta(seconds=timeout))])


HELLO = Message("Attack on a base", "Rockets hit it.\nNobody was hurt.")


def test_a_webhook_gets_title_and_body_as_plain_text(hook: Hook) -> None:
    assert notifier(hook.url()).send("there", HELLO) == Sent()
    assert hook.got[0]["title"] == HELLO.title
    assert hook.got[0]["message"] == HELLO.body


def test_mail_arrives_with_one_recipient_and_no_smuggled_header(mail: tuple[Mailbox, str]) -> None:
    box, url = mail
    hostile = Message("Rockets hit base\r\nBcc: all@example.org", "<b>bold</b> & <script>alert(1)</script>")
    assert notifier(url).send("there", hostile) == Sent()
    recipients, message = box.mails[0]
    assert recipients == ["family@home.example"]
    assert message["Bcc"] is None
    for part in message.walk():
        if part.get_content_type() == "text/html":
            assert "<script>" not in part.get_content()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, Retry), (502, Retry), (503, Retry), (429, Retry), (408, Retry),
     (400, Refused), (401, Refused), (403, Refused), (404, Refused), (410, Refused)],
)  # fmt: skip
def test_a_status_says_whether_trying_again_can_help(hook: Hook, status: int, kind: type) -> None:
    hook.status = status
    assert isinstance(notifier(hook.url()).send("there", HELLO), kind)


def test_the_words_of_the_message_never_decide(hook: Hook) -> None:
    hook.status = 503
    told = Message("error=404 HTTP error 410", "(550, b'no such user') read timed out")
    assert isinstance(notifier(hook.url()).send("there", told), Retry)


def test_nobody_listening_is_worth_another_try() -> None:
    assert isinstance(notifier("json://127.0.0.1:9/hook").send("there", HELLO), Retry)


def test_silence_after_the_request_is_uncertain(hook: Hook) -> None:
    hook.hold.clear()
    assert isinstance(notifier(hook.url() + "?rto=0.3").send("there", HELLO), Uncertain)


def test_a_destination_that_hangs_is_uncertain_then_busy_and_holds_up_nobody(hook: Hook) -> None:
    quick = Hook()
    threading.Thread(target=quick.serve_forever, args=(0.02,), daemon=True).start()
    sender = AppriseNotifier(
        [
            Destination("slow", hook.url() + "?rto=25", timedelta(seconds=0.3)),
            *(Destination(f"slow{n}", hook.url() + "?rto=25", timedelta(seconds=0.3)) for n in range(8)),
            Destination("quick", quick.url(), timedelta(seconds=20)),
        ]
    )
    hook.hold.clear()
    assert isinstance(sender.send("slow", HELLO), Uncertain)
    for n in range(8):
        assert isinstance(sender.send(f"slow{n}", HELLO), Uncertain)
    assert isinstance(sender.send("slow", HELLO), Retry)
    assert sender.send("quick", HELLO) == Sent()
    assert len(quick.got) == 1
    quick.shutdown()
    quick.server_close()


def test_a_mail_server_that_refuses_for_good(mail: tuple[Mailbox, str]) -> None:
    box, url = mail
    box.refuse = "550 not here"
    assert isinstance(notifier(url).send("there", HELLO), Refused)


def test_a_mail_server_that_asks_to_come_again(mail: tuple[Mailbox, str]) -> None:
    box, url = mail
    box.refuse = "451 later"
    assert isinstance(notifier(url).send("there", HELLO), Retry)


@pytest.mark.parametrize("url", ["nothing://x", "json://", "json://127.0.0.1/a, json://127.0.0.1/b"])
def test_an_address_apprise_cannot_use_is_refused_and_never_shown(url: str) -> None:
    result = notifier(url).send("there", HELLO)
    assert isinstance(result, Refused)
    assert "127.0.0.1" not in result.error


def test_an_address_that_cannot_be_read_today_is_tried_again() -> None:
    result = notifier("").send("there", HELLO)
    assert isinstance(result, Retry)
    assert "basewatch check" in result.error


def test_a_wrong_password_is_named_as_such() -> None:
    def refuse(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(
        Mailbox(), hostname="127.0.0.1", port=port, authenticator=refuse, auth_require_tls=False, auth_required=True
    )
    server.start()
    try:
        url = f"mailto://me:s3cret-word@127.0.0.1:{port}/?from=watch@base.example&to=family@home.example&mode=insecure"
        result = notifier(url).send("there", HELLO)
    finally:
        server.stop()
    assert isinstance(result, Refused)
    assert "535" in result.error
    assert "check user name and password" in result.error
    assert "s3cret" not in result.error


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("json://127.0.0.1:9/T0KEN", "Connection refused"),
        ("mailto://127.0.0.1:9/?from=a@b.example&to=c@d.example&mode=insecure", "Connection refused"),
    ],
)
def test_why_nobody_answers_is_said_without_the_address(url: str, says: str) -> None:
    result = notifier(url).send("there", HELLO)
    assert isinstance(result, Retry)
    assert re.search(says, result.error)
    assert "T0KEN" not in result.error


def test_a_server_that_speaks_no_tls_is_named_as_such(hook: Hook) -> None:
    result = notifier(hook.url("jsons")).send("there", HELLO)
    assert isinstance(result, Retry)
    assert re.search("wrong version number|record layer failure", result.error, re.IGNORECASE)


def test_an_unknown_destination_is_refused() -> None:
    assert isinstance(notifier("json://127.0.0.1").send("elsewhere", HELLO), Refused)


def test_an_error_keeps_secrets_to_itself() -> None:
    line = "Failed at https://user:secret@chat.example/T0KEN to xoxb-1234567890-abcdefghijklmnop, error=500."
    result = verdict([line])
    assert isinstance(result, Retry)
    assert "secret" not in result.error
    assert "abcdefghijklmnop" not in result.error


def test_what_a_channel_asks_for_is_passed_on() -> None:
    details = ['Response Details: b\'{"message": "rate limited", "retry_after": 7}\'']
    assert verdict(["Failed to send, error=429."], details) == Retry("Failed to send, error=429.", timedelta(seconds=7))
