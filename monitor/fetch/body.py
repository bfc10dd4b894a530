"""Takes the bytes of a body off the wire piece by piece, decompressed, and stops at the limits."""

from __future__ import annotations

import zlib

from monitor.ports import FetchFault

# What is decoded here, and so all that is asked for. Brotli is left out: every server that knows it knows gzip, so it
# would save a sixth of the bytes of some, and give hostile servers one more decoder outside the standard library.
ACCEPTED = "gzip, deflate"

_PLAIN = ("", "identity")
_GZIP = b"\x1f\x8b"
_STEP = 1 << 18  # bytes decompressed at a time, so that a bomb is seen before it has gone off

# Deflate reaches 1,032 to 1, on bytes that are all the same. Feeds, with the most repetitive tables of them, stay
# under 60 to 1. The first megabyte is free: small documents of blanks harm nobody.
_MAX_RATIO = 200
_FREE = 1_000_000


class BodyError(Exception):
    """A body that cannot or must not be read on."""

    def __init__(self, fault: FetchFault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


class Body:
    """Collects one body. `encoding` is the Content-Encoding, `limit` the cap in bytes, on the wire and decompressed."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in (*_PLAIN, "gzip", "x-gzip", "deflate"):
            raise BodyError(FetchFault.BAD_ENCODING, f"sent as {self._encoding[:40]!r}; only {ACCEPTED} are asked for")
        self._limit = limit
        self._parts: list[bytes] = []
        self._wire = 0
        self._size = 0
        self._inflate: zlib._Decompress | None = None
        self._started = False

    @property
    def received(self) -> int:
        """Bytes taken off the wire."""
        return self._wire

    @property
    def size(self) -> int:
        """Bytes of the body until now, decompressed."""
        return self._size

    @property
    def compressed(self) -> bool:
        """Whether the server said so; what comes without a word may be a .gz file all the same."""
        return self._encoding not in _PLAIN or self._inflate is not None

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises BodyError at a limit or when they are not what the server said."""
        self._wire += len(data)
        if self._wire > self._limit:
            raise self._too_large()
        if not self._started and data:
            self._started = True
            self._start(data)
        if self._inflate is None:
            self._keep(data)
        else:
            self._decompress(data)

    def finish(self) -> bytes:
        """The whole body. Raises BodyError when it is empty or was compressed twice."""
        body = b"".join(self._parts)
        self._parts.clear()
        if self._inflate is not None and body.startswith(_GZIP):
            raise BodyError(FetchFault.BAD_ENCODING, "compressed twice")
        if not body.strip():
            raise BodyError(FetchFault.EMPTY, "the document is empty" if not body else "the document is only blanks")
        return body

    def _start(self, data: bytes) -> None:
        """Choose the decoder by what the server said and by the first bytes."""
        if self._encoding in ("gzip", "x-gzip"):
            self._inflate = zlib.decompressobj(31)
        elif self._encoding == "deflate":
            # The standard means zlib's format, some servers send bare deflate: 0x78 begins the former.
            self._inflate = zlib.decompressobj(15 if data[:1] == b"\x78" else -15)
        elif data.startswith(_GZIP):  # a .xml.gz file, as sitemaps often are
            self._inflate = zlib.decompressobj(31)

    def _decompress(self, data: bytes) -> None:
        inflate = self._inflate
        assert inflate is not None
        try:
            while data:
                part = inflate.decompress(data, _STEP)
                self._keep(part, unread=len(inflate.unconsumed_tail))
                if inflate.eof:
                    data = inflate.unused_data
                    if not data.startswith(_GZIP):
                        return  # what stands behind the end is padding
                    inflate = self._inflate = zlib.decompressobj(31)
                else:
                    data = inflate.unconsumed_tail
        except zlib.error as error:
            said = self._encoding or "gzip"
            raise BodyError(FetchFault.BAD_ENCODING, f"sent as {said}, which it is not ({error})") from error

    def _keep(self, part: bytes, unread: int = 0) -> None:
        """Keep a part of the body; `unread` bytes of the wire were not needed for it."""
        self._size += len(part)
        if self._size > self._limit:
            raise self._too_large()
        if self._size > _FREE and self._size > _MAX_RATIO * (self._wire - unread):
            raise BodyError(FetchFault.TOO_LARGE, f"decompresses to more than {_MAX_RATIO} times its size: a bomb")
        if part:
            self._parts.append(part)

    def _too_large(self) -> BodyError:
        return BodyError(FetchFault.TOO_LARGE, f"more than {self._limit / 1e6:g} MB")
