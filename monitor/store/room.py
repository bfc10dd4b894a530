"""What the parts of the store have in common: the one database file they stand in."""

from __future__ import annotations

from monitor.store.connect import Disk


class Room:
    """A part of the store; every part of one store shares one `Disk`."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
