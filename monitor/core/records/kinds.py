"""Labels, weapons, sides, and what was stopped: the closed vocabularies that classifier, store and alerts share."""

from __future__ import annotations

from enum import StrEnum


class Label(StrEnum):
    """What an item as a whole is, for a person who wants to know of a fresh attack at once and only once."""

    REPORT = "report"
    UPDATE = "update"
    BACKGROUND = "background"
    THREAT = "threat"
    OTHER = "other"

    @property
    def flagged(self) -> bool:
        """Whether an item of this label belongs to an incident."""
        return self in (Label.REPORT, Label.UPDATE)


class Weapon(StrEnum):
    """What the attack was made with."""

    ROCKET = "rocket"
    MISSILE = "missile"
    DRONE = "drone"
    MORTAR = "mortar"
    ARTILLERY = "artillery"
    CAR_BOMB = "car_bomb"
    SUICIDE = "suicide"
    IED = "ied"
    GUNFIRE = "gunfire"
    INSIDER = "insider"
    AIRSTRIKE = "airstrike"
    OTHER = "other"


class Side(StrEnum):
    """Whose people were killed or wounded."""

    US = "us"
    PARTNER = "partner"
    CONTRACTOR = "contractor"
    CIVILIAN = "civilian"
    ATTACKER = "attacker"
    UNKNOWN = "unknown"


class Intercepted(StrEnum):
    """How much of what was fired was stopped on its way."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
