# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process with a network, files and processes of its own: nothing that runs in it reaches the machine.

It has a copy of the machine's /etc that ends with it, and an empty /run and /var/lib. All it starts ends with it.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import select
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CLONE_NEWNS, _CLONE_NEWPID, _CLONE_NEWNET = 0x00020000, 0x20000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)

SCRATCH = Path("/run/world")
# What was written to /etc, and only that.
ETC_CHANGES = SCRATCH / "etc" / "upper"
# What a packet filter of the machine itself may have there.
_OTHERS_FILES = ("nftables.conf", "nftables", "nftables.nft", "nftables.d", "sysconfig", "firewalld", "iptables",
                 "fleet.ports.nft", "systemd/system/nftables.service.d")
# Says that systemd runs the host.
_BOOTED = Path("/run/systemd/system")


class IsolationError(Exception):
    """The process failed, or hung, or could not be set apart."""


def isolated(function: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
    """Return what the function returns in such a process; it is killed after this time."""
    reading, writing = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        os.close(reading)
        _keep(writing, function, arguments)
    os.close(writing)
    try:
        data = _read(reading, time.monotonic() + seconds)
    except TimeoutError:
        raise IsolationError(f"{function.__name__} did not end within {seconds:g} s") from None
    finally:
        os.close(reading)
        os.kill(keeper, signal.SIGKILL)  # and with it all that it keeps
        os.waitpid(keeper, 0)
    if not data:
        raise IsolationError(f"{function.__name__} ended without an answer")
    answer, failure = pickle.loads(data)
    if failure:
        raise IsolationError(failure)
    return answer


def enter_new_network() -> int:
    """Move this thread to a new network namespace; return a descriptor that keeps the namespace."""
    _unshare(_CLONE_NEWNET)
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY)


def lay_over(below: Path, folder: Path, changes: Path) -> None:
    """Have a folder show another one, or itself, with whatever is written to it kept in ``changes``."""
    upper, work = changes / "upper", changes / "work"
    for each in (upper, work, folder):
        each.mkdir(parents=True, exist_ok=True)
    _mount("overlay", str(folder), "overlay", options=f"lowerdir={below},upperdir={upper},workdir={work}")


def share(folder: Path, place: Path) -> None:
    """Have a folder at another place as well."""
    _mount(str(folder), str(place), None, _MS_BIND | _MS_REC)


def _keep(writing: int, function: Callable[..., Any], arguments: tuple) -> None:
    """Be the parent of the first process in the namespaces, until it ends."""
    try:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _unshare(_CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWNET)
        first = os.fork()
        if first == 0:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            _be_first(writing, function, arguments)
        os.close(writing)
        os.waitpid(first, 0)
        # Killed by the reader, which has the whole answer by then.
        signal.pause()
    except BaseException:  # pylint: disable=broad-except
        _answer(writing, (None, traceback.format_exc()))
    finally:
        os._exit(1)


def _be_first(writing: int, function: Callable[..., Any], arguments: tuple) -> None:
    try:
        # All of a world on one processor: what is sent first is then seen first.
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        _set_files_apart()
        answer = (function(*arguments), None)
        pickle.dumps(answer)
    except BaseException:  # pylint: disable=broad-except
        answer = (None, traceback.format_exc())
    _answer(writing, answer)
    sys.stdout.flush()
    os._exit(0)


def _answer(writing: int, answer: tuple) -> None:
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(answer, pipe)


def _set_files_apart() -> None:
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    _mount("proc", "/proc", "proc")
    _mount("sysfs", "/sys", "sysfs")
    for folder in ("/run", "/var/lib"):
        _mount("tmpfs", folder, "tmpfs", options="mode=755")
    _BOOTED.mkdir(parents=True)
    lay_over(Path("/etc"), Path("/etc"), SCRATCH / "etc")
    for name in _OTHERS_FILES:
        path = Path("/etc", name)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _read(reading: int, deadline: float) -> bytes:
    data = bytearray()
    while True:
        ready, _writable, _failed = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(reading, 1 << 16)
        if not part:
            return bytes(data)
        data += part


def _mount(source: str, target: str, kind: str | None, flags: int = 0, options: str = "") -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    if _LIBC.mount(*texts, flags, options.encode()):
        raise OSError(ctypes.get_errno(), f"mount {target}: {os.strerror(ctypes.get_errno())}")


def _unshare(flags: int) -> None:
    if _LIBC.unshare(flags):
        raise OSError(ctypes.get_errno(), f"unshare: {os.strerror(ctypes.get_errno())}")
