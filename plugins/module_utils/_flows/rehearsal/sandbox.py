# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A child process with a network of its own, in which nothing can be changed for the host.

The child has private network and process namespaces. They end with the child, and the child ends with its parent, however
that ends: so nothing is left behind.
"""

import ctypes
import json
import os
import select
import signal
import time

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason

SECONDS = 60.0  # for everything that is done inside

_NEW_NETWORK, _NEW_PROCESSES = 0x40000000, 0x20000000  # CLONE_NEWNET, CLONE_NEWPID
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_MOST_BYTES = 16 << 20


class NotRehearsed(Exception):
    """A rehearsal is not possible here; the text completes "because"."""


def inside(function, seconds=SECONDS):
    """Call the function in such a child, and return what it returns, which is plain data.

    :raises NotRehearsed: if the host does not allow such a child, or the function fails or does not end.
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    try:
        child = os.fork()
    except OSError as error:
        os.close(reader)
        os.close(writer)
        raise NotRehearsed(f"this host has no room for another process ({reason(error)})")
    if child == 0:
        os.close(reader)
        _be_child(parent, function, writer)
    os.close(writer)
    try:
        answer = _read(reader, time.monotonic() + seconds)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if "error" in answer:
        raise NotRehearsed(answer["error"])
    return answer["result"]


def _be_child(parent, function, writer):
    """Do what the child is for, and exit."""
    try:
        _die_with_parent(lambda: os.getppid() == parent)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_NEW_NETWORK | _NEW_PROCESSES) != 0:
            number = ctypes.get_errno()
            _answer(writer, {"error": f"this host does not allow network namespaces ({os.strerror(number)})"})
            os._exit(0)
        # Only a child is in the new process namespace, as its first process: all others end with that one.
        watched, held = os.pipe()
        first = os.fork()
        if first == 0:
            os.close(held)
            _die_with_parent(lambda: not select.select([watched], [], [], 0)[0])
            _answer(writer, _outcome(function))
            os._exit(0)
        os.waitpid(first, 0)
    finally:
        os._exit(0)


def _die_with_parent(parent_lives):
    """Have this process killed when its parent ends, even if that has happened already."""
    ctypes.CDLL(None, use_errno=True).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if not parent_lives():
        os._exit(0)


def _outcome(function):
    try:
        return {"result": function()}
    except NotRehearsed as error:
        return {"error": str(error)}
    except HostError as error:
        return {"error": str(error).rstrip(".")}
    except OSError as error:
        return {"error": reason(error)}
    except Exception as error:  # pylint: disable=broad-except
        # What is not foreseen, in the rules of others, must not end the run: it is known then that nothing was judged.
        return {"error": f"of an error in the rehearsal, {error!r}"}


def _answer(writer, answer):
    data = json.dumps(answer).encode()
    while data:
        data = data[os.write(writer, data) :]


def _read(reader, deadline):
    """Return the child's answer."""
    data = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            raise NotRehearsed("the rehearsal did not end in time")
        part = os.read(reader, 65536)
        data += part
        if not part:
            break
        if len(data) > _MOST_BYTES:
            raise NotRehearsed("the rehearsal says too much")
    try:
        return json.loads(data.decode())
    except ValueError:
        raise NotRehearsed("the rehearsal was ended")
