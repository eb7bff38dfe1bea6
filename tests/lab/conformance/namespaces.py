# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sockets in the lab's network namespaces: a socket stays where it was made, wherever its process goes on to."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


@contextmanager
def inside(namespace: Path) -> Iterator[None]:
    """Be in a network namespace for a while, this thread alone."""
    with Path("/proc/thread-self/ns/net").open("rb") as home, namespace.open("rb") as there:
        _enter(there)
        try:
            yield
        finally:
            _enter(home)


def _enter(namespace: BinaryIO) -> None:
    if _LIBC.setns(namespace.fileno(), _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), f"{namespace.name}: {os.strerror(ctypes.get_errno())}")
