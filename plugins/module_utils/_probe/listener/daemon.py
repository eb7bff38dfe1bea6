# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The listener in the background: started once its sockets are open, ended by its time or by the one who collects.

The sockets are opened by the process that starts it, so that whoever was told "listening" can send at once.
"""

import json
import os
import signal

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener.listener import Listener

# If the loop should hang, an alarm ends the process this much later.
GRACE = 5
SECONDS_TO_COLLECT = 10


def start(nonce, stage, findings, seconds):
    """Listen in a process of its own; return once it does."""
    folder = rendezvous.of_run(nonce)
    folder.create()
    beginning, begun = os.pipe()
    try:
        child = os.fork()
    except OSError as error:
        folder.remove()
        raise HostError(f"Cannot start the listener: {reason(error)}.")
    if child == 0:
        _live(folder, begun, nonce, stage, findings, seconds)
    os.close(begun)
    with os.fdopen(beginning, "rb") as pipe:
        if not pipe.read():
            raise HostError(f"The listener ended before it had begun; look whether {folder.path} can be written to.")


def collect(nonce):
    """End the listener of the run; return what it heard."""
    try:
        connection = rendezvous.of_run(nonce).connect(SECONDS_TO_COLLECT)
        with connection, connection.makefile("rb") as answer:
            return json.loads(answer.read().decode())
    except (OSError, ValueError):
        raise HostError(
            "No listener of this run is here: its time is over, or it was never started."
            " Probe again, with more 'seconds' if it took that long."
        )


def _live(folder, begun, nonce, stage, findings, seconds):
    """Be the listener's process; nothing of the one that started it goes on here."""
    try:
        for end in signal.SIGTERM, signal.SIGALRM:
            signal.signal(end, _end)
        signal.alarm(seconds + GRACE)
        _leave_terminal()
        try:
            _serve(folder, begun, Listener(nonce, stage, findings), stage, findings, seconds)
        finally:
            folder.remove()
    finally:
        os._exit(0)


def _serve(folder, begun, listener, stage, findings, seconds):
    collecting = folder.open()
    folder.note(os.getpid(), sorted(stage.sockets))
    os.write(begun, b"!")
    os.close(begun)
    connection = listener.run(seconds, collecting)
    listener.close()
    stage.close()
    collecting.close()
    folder.remove()
    if connection:
        # The last act, so that nothing is left here once it has been read.
        with connection:
            connection.setblocking(True)
            connection.sendall(json.dumps(findings.result()).encode())


def _end(_signal, _frame):
    raise SystemExit


def _leave_terminal():
    os.setsid()
    os.chdir("/")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
