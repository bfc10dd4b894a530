"""What a site's own settings do to a verdict: keywords, regions and ignored bases, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.records import Article, Attack, Because, Keyword, Label, Region, Target, Watch

_REFUSED = -10.0  # the weight shown for a setting that decides alone


def refusal(watch: Watch, article: Article, label: Label, attacks: Sequence[Attack]) -> Because | None:
    """Why a site does not want this article, or None when it does; `attacks` are all that the article tells."""
    if label is Label.OTHER:
        return None
    for keyword in watch.exclude:
        if found := keyword.pattern.search(article.text):
            return Because("excluded by a keyword", found.group(), found.start(), found.end(), _REFUSED)
    if watch.require and not any(keyword.pattern.search(article.text) for keyword in watch.require):
        return Because("holds no required keyword", _written(watch.require), 0, 0, _REFUSED)
    if attacks and all(attack.target.base in watch.ignored_bases for attack in attacks):
        return Because("ignored base", attacks[0].target.name, 0, 0, _REFUSED)
    if attacks and watch.regions and not any(in_regions(attack.target, watch.regions) for attack in attacks):
        return Because("outside the watched regions", attacks[0].target.name, 0, 0, _REFUSED)
    return None


def wanted(watch: Watch, attacks: Sequence[Attack]) -> tuple[Attack, ...]:
    """The attacks on targets that a site watches."""
    return tuple(
        attack
        for attack in attacks
        if attack.target.base not in watch.ignored_bases
        and (not watch.regions or in_regions(attack.target, watch.regions))
    )


def in_regions(target: Target, regions: Sequence[Region]) -> bool:
    """Whether a target may lie in one of the regions; a target nobody placed may."""
    if not target.countries and target.lat is None:
        return True
    return any(region.holds(target) for region in regions)


def _written(keywords: Sequence[Keyword]) -> str:
    return ", ".join(keyword.written for keyword in keywords)
