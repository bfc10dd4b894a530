"""What becomes of each of the farm's hostile feeds: taken in, or a failure with its name."""

from __future__ import annotations

from monitor.core.feeds.polls import FetchFault

TAKEN_IN = {
    "bad-chars", "bad-dates", "future-date", "header-injection", "latin1-said-utf8", "long-title", "moved-then-back",
    "no-guid-no-link", "redirect-permanent", "same-guid", "script", "truncated", "utf16",
}  # fmt: skip
NAMED = {
    FetchFault.EMPTY: {"empty"},
    FetchFault.BAD_ENCODING: {"not-gzip", "double-gzip"},
    FetchFault.TOO_LARGE: {"gzip-bomb", "many-entries", "endless"},
    FetchFault.NOT_FOUND: {"404"},
    FetchFault.GONE: {"410"},
    FetchFault.FORBIDDEN: {"403"},
    FetchFault.BUSY: {"429", "503-date"},
    FetchFault.STATUS: {"500"},
    FetchFault.REDIRECTS: {"redirect-loop"},
    FetchFault.ADDRESS_REFUSED: {"redirect-file", "redirect-metadata", "redirect-userinfo"},
    FetchFault.TIMEOUT: {"slow-drip", "slow-headers"},
    FetchFault.RESET: {"reset"},
    FetchFault.NOT_A_FEED: {"html"},
    FetchFault.HOSTILE: {"billion-laughs", "external-entity", "deep", "many-attributes"},
}
EXPLAINED = {
    "empty": "the document is empty",
    "html": 'a page titled "Just a moment..." that checks for robots',
    "double-gzip": "compressed twice",
    "gzip-bomb": "a bomb",
    "endless": "more than 15 MB",
    "slow-drip": "bytes) within 5 s",
    "slow-headers": "no answer within 5 s",
    "redirect-file": "only http and https are followed",
    "redirect-metadata": "169.254.169.254 is a cloud's metadata address",
    "redirect-loop": "more than 5 redirects",
    "external-entity": "declares entities",
    "deep": "made to hold a parser",
    "many-attributes": "attributes",
    "500": "the server answered 500",
}
