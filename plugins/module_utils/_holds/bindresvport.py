# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The C library's list of reserved ports that ``bindresvport()`` must not assign.

libtirpc reads it, and so does glibc with the patches of some distributions. It has one port a line; ``#`` starts a
comment.
"""

import glob
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, marked_blocks

PATH = "/etc/bindresvport.blacklist"
LIBRARIES = ("/lib*/libtirpc.so.*", "/lib/*/libtirpc.so.*", "/usr/lib*/libtirpc.so.*", "/usr/lib/*/libtirpc.so.*")
FIRST_UNRESERVED_PORT = 1024


def edits(holds, memory):
    """Return the marked_blocks.Edits after which the file lists all held ports that are reserved.

    The file is created only where a library reads it.

    :param memory: the memory of an earlier run (see :mod:`marked_blocks`).
    """
    data = atomic_file.read(PATH)
    ports = {hold.port for hold in holds if hold.port < FIRST_UNRESERVED_PORT}
    missing = sorted(ports - _listed(marked_blocks.take_out(data or b"")))
    needed = missing and (data is not None or _has_reader())
    text = "".join(f"{port}\n" for port in missing)
    return marked_blocks.compute([marked_blocks.Block(PATH, marked_blocks.put_last, text)] if needed else [], memory)


def _listed(data):
    words = (line.partition(b"#")[0].strip() for line in data.splitlines())
    return {int(word) for word in words if word.isdigit() and len(word) <= 5}


def _has_reader():
    return any(os.path.exists(path) for pattern in LIBRARIES for path in glob.glob(pattern))
