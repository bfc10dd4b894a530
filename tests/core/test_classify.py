"""Many articles judged at once get the verdicts that each gets alone."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.clean import clean
from monitor.core.records import Article, Entry, Label, Watch
from tests.core.judged import AUTUMN_2023, shipped

LIVE_PAGE = "https://news.example/world/live"


def article(title: str, link: str = LIVE_PAGE) -> Article:
    entry = Entry("feed", "", link, title, "", published=AUTUMN_2023)
    return clean(entry, None, AUTUMN_2023 + timedelta(minutes=5))


def test_two_states_of_one_page_are_judged_each_by_its_own_words() -> None:
    attack = article("Rockets hit Ain al-Asad air base, US troops wounded")
    quiet = article("Farmers celebrate record date harvest")
    assert attack.id == quiet.id
    findings = shipped(Watch()).judge_many([attack, quiet])
    assert [finding.label for finding in findings] == [Label.REPORT, Label.OTHER]
    assert [attack.target.base for attack in findings[0].attacks] == ["ain-al-asad-air-base"]
