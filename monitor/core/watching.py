"""What a site's own settings do to a verdict: keywords, regions and ignored bases, each with its reason."""

from __future__ import annotations

import math
from collections.abc import Sequence

from monitor.core.records import Article, Attack, Because, Keyword, Label, Region, Target, Watch

_EARTH_KM = 6371.0
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
        if attack.target.base not in watch.ignored_bases and (not watch.regions or in_regions(attack.target, watch.regions))
    )


def in_regions(target: Target, regions: Sequence[Region]) -> bool:
    """Whether a target may lie in one of the regions; a target nobody placed may."""
    if not target.countries and target.lat is None:
        return True
    return any(_in_region(target, region) for region in regions)


def _in_region(target: Target, region: Region) -> bool:
    if not region.countries.isdisjoint(target.countries):
        return True
    if target.lat is None or target.lon is None:
        return False
    return any(_inside(target.lat, target.lon, polygon) for polygon in region.polygons) or any(
        _distance(target.lat, target.lon, lat, lon) <= radius for lat, lon, radius in region.circles
    )


def _inside(lat: float, lon: float, polygon: Sequence[tuple[float, float]]) -> bool:
    """Whether a point lies in a polygon that does not cross the date line: a ray to the east crosses its edge oddly often."""
    inside = False
    for (lat1, lon1), (lat2, lon2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            inside = not inside
    return inside


def _distance(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Kilometres along a great circle."""
    a, b = math.radians(lat1), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _written(keywords: Sequence[Keyword]) -> str:
    return ", ".join(keyword.written for keyword in keywords)
