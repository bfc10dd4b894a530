"""A few processes for documents that may do their worst: started when needed, killed when they take too long."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO, cast

from monitor.parse.raw import Origin
from monitor.parse.wire import pack_request, read_frame, unpack_answer, write_frame
from monitor.ports import FetchFault, Parsed, ParseFailed

_ROOT = Path(__file__).resolve().parents[2]
# After a document this large a process keeps what it took from the system; a new one costs 0.2 s.
_RETIRING_BYTES = 2_000_000


class Workers:
    """Processes that parse, one document each at a time. `ask` blocks and may be called from several threads."""

    def __init__(self, timeout: float, memory: int) -> None:
        """`timeout` in seconds for one document, `memory` in bytes for one process."""
        self._timeout = timeout
        self._memory = memory
        self._idle: queue.LifoQueue[subprocess.Popen[bytes]] = queue.LifoQueue()
        self._all: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def ask(self, body: bytes, content_type: str, origin: Origin, max_entries: int) -> Parsed | ParseFailed:
        """Parse one body in a process of its own; PARSER_KILLED when it takes too long or breaks the process."""
        worker = self._take()
        if worker is None:
            return ParseFailed(FetchFault.PARSER_KILLED, "the parser was stopped")
        late = threading.Event()

        def kill() -> None:
            late.set()
            worker.kill()

        timer = threading.Timer(self._timeout, kill)
        timer.daemon = True
        timer.start()
        payload = _exchange(worker, pack_request(content_type, origin, max_entries), body)
        timer.cancel()
        self._settle(worker, again=payload is not None and not late.is_set() and len(body) <= _RETIRING_BYTES)
        if payload is None:
            why = (
                f"took longer than {self._timeout:g} s" if late.is_set() else "took too much memory or broke the parser"
            )
            return ParseFailed(FetchFault.PARSER_KILLED, f"this document {why}")
        return unpack_answer(payload)

    def close(self) -> None:
        """End every process; documents under way fail."""
        with self._lock:
            self._closed = True
            for worker in self._all:
                worker.kill()
        while not self._idle.empty():
            self._settle(self._idle.get(), again=False)

    def _take(self) -> subprocess.Popen[bytes] | None:
        """A process that waits, or a new one; None when closed."""
        while not self._idle.empty():
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                break
            if worker.poll() is None:
                return worker
            self._settle(worker, again=False)
        with self._lock:
            if self._closed:
                return None
            worker = _started(self._memory)
            self._all.add(worker)
            return worker

    def _settle(self, worker: subprocess.Popen[bytes], *, again: bool) -> None:
        """Keep a process for the next document, or end it."""
        with self._lock:
            if again and not self._closed:
                self._idle.put(worker)
                return
            self._all.discard(worker)
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not sent any more
                    pipe.close()


def _started(memory: int) -> subprocess.Popen[bytes]:
    """A new process, without this one's environment, which holds secrets."""
    return subprocess.Popen(  # noqa: S603  # every argument is our own
        [sys.executable, "-P", "-m", "monitor.parse.worker", str(memory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        # A Ctrl-C is for the parent. Not a session of its own: Linux shares the processor out between sessions first
        # (autogroup), so that being nice would count for nothing beside the parent's.
        process_group=0,
    )


def _exchange(worker: subprocess.Popen[bytes], request: bytes, body: bytes) -> bytes | None:
    """Send one document and wait for the answer; None when the process ended instead."""
    outgoing, incoming = cast(BinaryIO, worker.stdin), cast(BinaryIO, worker.stdout)
    try:
        write_frame(outgoing, request)
        write_frame(outgoing, body)
        outgoing.flush()
        return read_frame(incoming)
    except (OSError, ValueError):
        return None
