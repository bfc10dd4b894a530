"""The process in which a document may do its worst: `python -m monitor.parse.worker MEMORY`, documents in, records out.

It holds no secret, opens no address, may use so much memory only, writes no file, and ends with its parent's pipe. A
document that breaks it ends this process and nothing else.
"""

from __future__ import annotations

import os
import resource
import sys

from monitor.parse.read import read
from monitor.parse.wire import pack_answer, read_frame, unpack_request, write_frame

_MAX_FILES = 32
_NICE = 10  # what is odd can wait for what is ordinary


def main() -> None:
    """Answer documents until the pipe is closed. The one argument is the most memory in bytes."""
    _limit(int(sys.argv[1]))
    os.nice(_NICE)
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    while (request := read_frame(incoming)) is not None and (body := read_frame(incoming)) is not None:
        content_type, origin, max_entries = unpack_request(request)
        write_frame(outgoing, pack_answer(read(body, content_type, origin, max_entries)))
        outgoing.flush()


def _limit(memory: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _MAX_FILES),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
