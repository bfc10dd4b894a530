"""The dates of feeds: RFC 822 and ISO 8601, also miswritten, with zones by name as the feed's country means them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_OLDEST_YEAR, _NEWEST_YEAR = 1970, 2200
_LONGEST = 80  # characters; no date is longer
_FARTHEST = timedelta(hours=15)  # no clock on Earth is farther from UTC

# ---- zones -----------------------------------------------------------------------------------------------------------

# Hours east of UTC. Names that mean several zones stand for the one met most often in English and American feeds;
# a feed's country says better below.
_ZONES: dict[str, float] = {
    **dict.fromkeys(("UT", "UTC", "GMT", "Z", "WET", "UCT", "ZULU"), 0),
    **{"EST": -5, "EDT": -4, "ET": -5, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"AKST": -9, "AKDT": -8, "HST": -10, "HAST": -10, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5},
    **{"BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "MET": 1, "CEST": 2, "MESZ": 2, "MEST": 2, "EET": 2, "EEST": 3},
    **{"IST": 5.5, "IDT": 3, "MSK": 3, "MSD": 4, "TRT": 3, "IRST": 3.5, "IRDT": 4.5, "GST": 4, "AZT": 4, "AMT": 4},
    **{"GET": 4, "AFT": 4.5, "PKT": 5, "PKST": 6, "UZT": 5, "TJT": 5, "TMT": 5, "NPT": 5.75, "BDT": 6, "MMT": 6.5},
    **{"ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9, "SGT": 8, "MYT": 8, "HKT": 8, "PHT": 8, "PHST": 8, "AWST": 8},
    **{"JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "CHST": 10, "NZST": 12, "NZDT": 13},
    **{"SAST": 2, "CAT": 2, "EAT": 3, "WAT": 1, "ART": -3, "BRT": -3, "CLT": -4, "CLST": -3, "COT": -5, "PET": -5},
    **{"VET": -4, "ECT": -5, "BOT": -4, "PYT": -4, "UYT": -3},
}  # fmt: skip

# The same name where it is at home (ISO 3166-1 alpha-2).
_AT_HOME: dict[str, dict[str, float]] = {
    "IST": {"IN": 5.5, "LK": 5.5, "IL": 2, "PS": 2, "IE": 1},
    "CST": {"CN": 8, "TW": 8, "CU": -5, "AU": 9.5},
    "CDT": {"CU": -4, "AU": 10.5},
    "BST": {"BD": 6, "PG": 11},
    "AST": {**dict.fromkeys(("SA", "IQ", "KW", "QA", "BH", "YE", "JO", "SY", "LB"), 3.0), "AE": 4, "OM": 4},
    "ADT": {"IQ": 4, "SA": 4},
    "EST": {"AU": 10},
    "EDT": {"AU": 11},
    "WST": {"AU": 8, "WS": 13},
    "MST": {"MY": 8, "MM": 6.5, "RU": 3},
    "PST": {"PH": 8},
    "GST": {"GU": 10, "GS": -2},
    "AMT": {"BR": -4},
    "ECT": {"FR": 1},
    "SST": {"SG": 8, "US": -11, "AS": -11, "WS": -11},
    "KST": {"KZ": 5},
    "PKT": {"PK": 5},
}

# ---- months ----------------------------------------------------------------------------------------------------------

# Beginnings of the months' names, January first, in the languages that servers put into dates against the standard.
_MONTH_NAMES = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "janv févr|fevr mars avr mai juin juil août|aout sept oct nov déc",
    "jän feb mär|mrz|maerz apr mai jun jul aug sep okt nov dez",
    "ene feb mar abr may jun jul ago sep|set oct nov dic",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "oca şub|sub mar nis may haz tem ağu|agu eyl eki kas ara",
    "янв фев мар апр мая|май июн июл авг сен окт ноя дек",
    "січ лют бер кві тра чер лип сер вер жов лис гру",
    "sty lut mar kwi maj cze lip sie wrz paź|paz lis gru",
    "يناير فبراير مارس أبريل|ابريل|إبريل مايو يونيو|يونيه يوليو|يوليه أغسطس|اغسطس سبتمبر أكتوبر|اكتوبر نوفمبر ديسمبر",
    "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
    "ژانویه فوریه مارس آوریل مه|می ژوئن ژوئیه|جولای اوت سپتامبر اکتبر نوامبر دسامبر",
    "ינו פבר מרץ|מרס אפר מאי יונ יול אוג ספט אוק נוב דצמ",
)


def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for names in _MONTH_NAMES:
        for number, spellings in enumerate(names.split(), 1):
            for spelling in spellings.split("|"):
                found.setdefault(spelling.replace("_", " "), number)
    return found


_MONTHS = _months()
_LONGEST_MONTH = max(map(len, _MONTHS))
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")

# ---- shapes ----------------------------------------------------------------------------------------------------------

_TIME = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = r"(?P<zone>[^\W\d_]+(?:\s*[+-]\d.*)?|[+-]\s*\d.*)"
# Thu, 13 Feb 2020 14:05:09 +0300, with most of it optional and other separators.
_RFC822 = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+|[^\W\d_]+,)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s\-/]+(?:de\s+)?"
    r"(?P<month>[^\W\d_]+(?: [^\W\d_]+)?)\.?,?"
    rf"[\s\-/]+(?:de\s+)?(?P<year>\d{{4}}|\d{{2}}(?!\d))(?:,?\s+(?:[^\W\d_]+\s+)?|T|\s*[-–|]\s*)?(?:{_TIME})?\s*(?:{_ZONE})?"
)
_ISO8601 = re.compile(
    rf"(?P<year>\d{{4}})[\-/.]?(?P<month>\d{{2}})[\-/.]?(?P<day>\d{{2}})(?:(?:[Tt,]|\s)+(?:{_TIME}|(?P<hour2>\d{{2}})"
    rf"(?P<minute2>\d{{2}})(?P<second2>\d{{2}})?))?\s*(?:{_ZONE})?"
)
# Thu Feb 13 14:05:09 IST 2020; February 13, 2020 2:05 PM
_ASCTIME = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+)?(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_TIME}"
    r"(?:\s+(?P<zone>[A-Za-z]+|[+-]\d+:?\d*))?\s+(?P<year>\d{4})"
)
_MONTH_FIRST = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+)?(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
    rf"(?:,?\s+(?:[^\W\d_]+\s+)?(?:{_TIME}))?\s*(?:{_ZONE})?"
)
# 13/02/2020 or 13.02.2020: only where the numbers or a sign say which is the day.
_NUMBERS = re.compile(
    rf"(?P<one>\d{{1,2}})(?P<sign>[/.\-])(?P<two>\d{{1,2}})(?P=sign)(?P<year>\d{{4}})(?:,?\s+(?:[-–]\s+)?{_TIME})?\s*(?:{_ZONE})?"
)
# What nine of ten feeds write; read without the many forms above, which costs a fifth of the time.
_ORDINARY = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) (?:GMT|UTC|Z|([+-]\d\d)(\d\d))", re.ASCII
)
_OFFSET = re.compile(r"([+-])\s*(\d{1,2})(?::?(\d{2}))?")


def parse_date(text: str, country: str = "") -> datetime | None:
    """The moment that `text` names, in UTC, or None when it is missing, wrong or names no known zone.

    Without a zone it is read as UTC (as feedparser does: where the standard is broken so, either may be true). A zone's
    name means what it does in `country` (ISO 3166-1 alpha-2) where several zones share it. Days without a time
    are midnight. A year before 1970 or after 2200 is no date of an article.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if ordinary := _ordinary(text):
        return ordinary
    if not text.isascii():
        text = " ".join(text.translate(_DIGITS).replace("\u200f", "").replace("\u200e", "").split())
    for shape in (_RFC822, _ISO8601, _ASCTIME, _MONTH_FIRST, _NUMBERS):
        if found := shape.fullmatch(text):
            return _moment({name: value for name, value in found.groupdict().items() if value}, country)
    return None


def _ordinary(text: str) -> datetime | None:
    """The date in the two forms that nearly all feeds use, or None for any other."""
    if found := _ORDINARY.fullmatch(text):
        day, month, year, time, hours, minutes = found.groups()
        zone = f"{hours}:{minutes}" if hours else "Z"
        text = f"{year}-{_MONTHS.get(month.lower(), 0):02}-{day:0>2}T{time}{zone}"
    elif text[4:5] != "-" or text[10:11] != "T" or (text[-1] != "Z" and text[-3:-2] != ":"):
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not UTC:
            if moment.tzinfo is None or abs(moment.utcoffset() or timedelta(0)) > _FARTHEST:
                return None
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if moment.microsecond:
        moment = moment.replace(microsecond=0)
    return moment if _OLDEST_YEAR <= moment.year <= _NEWEST_YEAR else None


def _moment(said: dict[str, str], country: str) -> datetime | None:
    """A date of its parts."""
    zone = said.get("zone", "")
    offset = _offset(zone, country) if zone else timedelta(0)
    day_month = _day_and_month(said, country)
    if offset is None or day_month is None:
        return None
    year = int(said["year"])
    if len(said["year"]) == 2:
        year += 2000 if year < 70 else 1900
    hour, minute, second = (int(said.get(part) or said.get(f"{part}2") or "0") for part in ("hour", "minute", "second"))
    if half := said.get("half", "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    late = hour == 24  # ISO 8601's end of the day
    if not _OLDEST_YEAR <= year <= _NEWEST_YEAR:
        return None
    try:
        day, month = day_month
        local = datetime(year, month, day, 0 if late else hour, minute, min(second, 59), tzinfo=UTC)  # leap seconds
    except ValueError:
        return None
    return local + timedelta(days=late) - offset


def _day_and_month(said: dict[str, str], country: str) -> tuple[int, int] | None:
    if "one" in said:
        one, two = int(said["one"]), int(said["two"])
        if said["sign"] == "." or one > 12 or one == two:
            return one, two
        if two > 12:
            return two, one
        # 03/04/2020 is the third of April everywhere but in the United States.
        return (two, one) if country == "US" else (one, two) if country else None
    month = said["month"]
    if month.isdigit():
        return int(said["day"]), int(month)
    number = _month(month.lower())
    return (int(said["day"]), number) if number else None


def _month(name: str) -> int | None:
    """A month by the longest beginning of its name that is known."""
    for length in range(min(len(name), _LONGEST_MONTH), 1, -1):
        if number := _MONTHS.get(name[:length]):
            return number
    return None


def _offset(zone: str, country: str) -> timedelta | None:
    """What a zone adds to UTC; None for a name that is none. A number after a name (GMT+3) is what counts."""
    name = re.match(r"[^\W\d_]*", zone)
    word = name.group().upper() if name else ""
    rest = zone[len(word) :].strip()
    if rest:
        number = _OFFSET.match(rest)
        if number is None or (word and word not in _ZONES):
            return None
        sign, hours, minutes = number.groups()
        total = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if total > _FARTHEST:
            return None
        return -total if sign == "-" else total
    hours_east = _AT_HOME.get(word, {}).get(country, _ZONES.get(word))
    return None if hours_east is None else timedelta(hours=hours_east)
