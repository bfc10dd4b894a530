"""What a site wants to be told of: regions, keywords, forces, bases of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from monitor.core.records.findings import Target
from monitor.core.records.kinds import Label
from monitor.core.records.knowledge import Base

_EARTH_KM = 6371.0  # mean radius


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two (lat, lon) in kilometres, by the haversine formula."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def _in_polygon(point: tuple[float, float], corners: tuple[tuple[float, float], ...]) -> bool:
    """Whether a (lat, lon) lies in a polygon, by counting crossings; no polygon may cross the 180th meridian."""
    lat, lon = point
    inside = False
    for (lat1, lon1), (lat2, lon2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (lat1 > lat) != (lat2 > lat) and lon < lon1 + (lon2 - lon1) * (lat - lat1) / (lat2 - lat1):
            inside = not inside
    return inside


@dataclass(frozen=True, slots=True)
class Region:
    """A watched region: countries, polygons of (lat, lon) corners, circles of (lat, lon, radius in km), or several."""

    name: str
    countries: frozenset[str] = frozenset()
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()

    def holds(self, target: Target) -> bool:
        """Whether the target's country is one of ours, or its point lies in one of our shapes."""
        if self.countries.intersection(target.countries):
            return True
        if target.lat is None or target.lon is None:
            return False
        point = (target.lat, target.lon)
        return any(_in_polygon(point, polygon) for polygon in self.polygons) or any(
            _km(point, (lat, lon)) <= radius for lat, lon, radius in self.circles
        )


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or pattern a site adds, with the text it was written as, so that a reason can quote it."""

    written: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Watch:
    """What a site wants to be told of. No region: the whole world."""

    forces: tuple[str, ...] = ("US",)
    regions: tuple[Region, ...] = ()
    require: tuple[Keyword, ...] = ()
    add: tuple[Keyword, ...] = ()
    exclude: tuple[Keyword, ...] = ()
    own_bases: tuple[Base, ...] = ()
    ignored_bases: frozenset[str] = frozenset()
    labels: frozenset[Label] = frozenset({Label.REPORT, Label.UPDATE})
    max_age: timedelta = timedelta(hours=72)
