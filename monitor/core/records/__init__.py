"""The nouns of Basewatch: what travels between the rooms, frozen, and the enums of reasons.

Every time is an aware `datetime` in UTC. Every country is an ISO 3166-1 alpha-2 code. Every latitude and longitude is
in degrees, WGS 84. A tuple keeps the order in which things were told unless its comment says otherwise.
"""

from __future__ import annotations

from monitor.core.records.alerts import (
    Alert,
    AlertReason,
    Change,
    Delivery,
    DeliveryState,
    Destination,
    Message,
    Route,
    Said,
    Silence,
    SilenceReason,
    Verdict,
)
from monitor.core.records.findings import Attack, Because, Count, Facts, Finding, Target, TimeSpan, Toll
from monitor.core.records.incidents import (
    Confidence,
    Correction,
    Decision,
    Incident,
    Mending,
    Merge,
    MergeReason,
    Outcome,
    Severity,
    Statement,
    Status,
)
from monitor.core.records.kinds import Intercepted, Label, Side, Weapon
from monitor.core.records.knowledge import Base, Force, Group, Knowledge, PastAttack, Place, Presence, Publisher, Words
from monitor.core.records.news import Article, Entry, Feed
from monitor.core.records.watch import Keyword, Region, Watch

__all__ = [
    "Alert",
    "AlertReason",
    "Article",
    "Attack",
    "Base",
    "Because",
    "Change",
    "Confidence",
    "Correction",
    "Count",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Destination",
    "Entry",
    "Facts",
    "Feed",
    "Finding",
    "Force",
    "Group",
    "Incident",
    "Intercepted",
    "Keyword",
    "Knowledge",
    "Label",
    "Mending",
    "Merge",
    "MergeReason",
    "Message",
    "Outcome",
    "PastAttack",
    "Place",
    "Presence",
    "Publisher",
    "Region",
    "Route",
    "Said",
    "Severity",
    "Side",
    "Silence",
    "SilenceReason",
    "Statement",
    "Status",
    "Target",
    "TimeSpan",
    "Toll",
    "Verdict",
    "Watch",
    "Weapon",
    "Words",
]
