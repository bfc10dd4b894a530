"""What a site writes of a feed in feeds.toml is what its server is asked with: the real command, a real server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from monitor.store import Access, SqliteStore
from tests.edges import shop

EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
TITLE = "صواريخ تستهدف قاعدة"
BODY = (
    f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>t</title><item><guid>1</guid>"
    f"<title>{TITLE}</title></item></channel></rss>"
)
FEEDS = """
[starter]
groups = []
[defaults]
private = true
headers = {{ Accept-Language = "ar" }}
[[feed]]
name = "plain"
url = "{base}/plain"
[[feed]]
name = "own"
url = "{base}/own"
headers = {{ Accept-Language = "fa", X-Desk = "9" }}
user_agent = "Desk 9"
basic_auth = "env:LOGIN"
cookie = "file:{folder}/cookie"
[[feed]]
name = "credential"
url = "{base}/credential"
basic_auth = "credential:login"
http_version = "1.0"
encoding = "windows-1256"
[[feed]]
name = "behind a proxy"
url = "http://news.example/rss"
proxy = "{base}"
private = false
"""


@contextmanager
def noting() -> Iterator[tuple[str, dict[str, tuple[str, dict[str, str]]]]]:
    """A server that answers all with a feed; gives its address, and of each path the version and headers it came with."""
    asked: dict[str, tuple[str, dict[str, str]]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked[self.path] = self.request_version, dict(self.headers)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(BODY.encode("windows-1256" if self.path == "/credential" else "utf-8"))

        def log_message(self, *args: object) -> None:
            """Nobody reads it."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}", asked
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def test_what_bears_no_date_is_said_to(tmp_path: Path) -> None:
    (tmp_path / "basewatch.toml").write_text("")
    with noting() as (base, _):
        (tmp_path / "feeds.toml").write_text(
            f'[starter]\ngroups = []\n[[feed]]\nname = "plain"\nurl = "{base}/"\nprivate = true\n'
        )
        shop.run("once", "-c", tmp_path, home=tmp_path)
    assert "UTC (undated: when it was first seen)" in shop.run("why", TITLE, "-c", tmp_path, home=tmp_path).out
    row = json.loads(shop.run("why", TITLE, "--json", "-c", tmp_path, home=tmp_path).out)
    assert row["article"]["dated"] is False


def test_a_feed_is_asked_for_as_its_site_wrote(tmp_path: Path) -> None:
    (tmp_path / "cookie").write_text("session=crumbs\n")
    (tmp_path / "login").write_text("me:from the credential\n")
    (tmp_path / "basewatch.toml").write_text("")
    with noting() as (base, asked):
        (tmp_path / "feeds.toml").write_text(FEEDS.format(base=base, folder=tmp_path))
        secrets = {"LOGIN": "me:from the environment", "CREDENTIALS_DIRECTORY": str(tmp_path)}
        said = shop.run("once", "-c", tmp_path, home=tmp_path, **secrets)
        listed = shop.run("feeds", "list", "--json", "-c", tmp_path, home=tmp_path, **secrets)
    assert said.code == 0, said.err
    version, plain = asked["/plain"]
    assert version == "HTTP/1.1" and plain["User-Agent"].startswith("Basewatch/") and plain["Accept-Language"] == "ar"
    assert "Authorization" not in plain and "Cookie" not in plain
    _, own = asked["/own"]
    assert own["Accept-Language"] == "fa" and own["X-Desk"] == "9" and own["User-Agent"] == "Desk 9"
    assert own["Authorization"] == "Basic bWU6ZnJvbSB0aGUgZW52aXJvbm1lbnQ=" and own["Cookie"] == "session=crumbs"
    version, credential = asked["/credential"]
    assert (version, credential["Authorization"]) == ("HTTP/1.0", "Basic bWU6ZnJvbSB0aGUgY3JlZGVudGlhbA==")
    assert "http://news.example/rss" in asked, "the proxy was asked for the whole address"
    for told in (said.out, said.err, listed.out, listed.err):
        assert not any(secret in told for secret in ("crumbs", "from the", "bWU6"))
    store = SqliteStore(tmp_path / "basewatch.sqlite3", Access.READ)
    titles = {article.feed: article.title for article in store.articles_by_time(*EVER)}
    store.close()
    assert titles == dict.fromkeys(("plain", "own", "credential", "behind a proxy"), TITLE)
