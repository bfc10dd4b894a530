"""Mutated documents through everything, from the wire to the database: each is taken in or failed, and nothing breaks."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from monitor.core.feeds.polls import FetchFault
from monitor.core.feeds.timing import health
from monitor.core.records import Feed
from monitor.fetch import Limits
from tests.build import NOW
from tests.edges.test_parse_hostile import changed
from tests.edges.test_polling import MINUTE, desk
from tests.edges.web import answering, run, site

OF_OURS = {FetchFault.NOT_TAKEN, FetchFault.PARSER_KILLED, FetchFault.TIMEOUT, FetchFault.RESET}
HEADERS = [{}, {"Content_Type": "text/xml; charset=windows-1251"}, {"ETag": '"1"', "Content_Type": "text/html"}]


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(st.tuples(changed(), st.sampled_from(HEADERS)), min_size=60, max_size=60))
def test_no_document_breaks_a_pass(documents: list[tuple[bytes, dict[str, str]]]) -> None:
    async def work(folder: Path) -> None:
        handlers = {f"/{n}": answering(body, 200, **headers) for n, (body, headers) in enumerate(documents)}
        async with site(handlers) as base:
            feeds = [Feed(f"feed {n}", f"{base}/{n}", country="IL", private=True) for n in range(len(documents))]
            async with desk(folder, feeds, Limits(per_host=20)) as it:
                for _ in range(2):
                    result = await it.later(100, everything=True)
                    assert not [failed for failed in result.failed if failed[1] in OF_OURS]
                    assert it.store.failures() == []
                for state in it.store.feed_states():
                    assert state.next_poll is not None
                    assert MINUTE <= state.next_poll - it.clock.time <= 60 * MINUTE
                    assert health(state, it.clock.time).isprintable()
                for article in it.store.articles_by_time(NOW.replace(year=1990), NOW.replace(year=2200)):
                    assert article.text.isprintable() or "\n" in article.text
                    assert article.published <= it.clock.time

    with tempfile.TemporaryDirectory() as folder:
        run(work(Path(folder)))
