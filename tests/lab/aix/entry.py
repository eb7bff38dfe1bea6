# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On a simulated host, each program of AIX is a link to a script that comes here and does what its own name says.

Under its own name (``aix-simulator``) it takes a method of :class:`host.Host` and its arguments as JSON, and prints
what it returns:
``aix-simulator passes '["inbound", "192.0.2.1", "192.0.2.10", "tcp", 1023, 1058]' '{"interface": "en0"}'``.
"""

import json
import os
import signal
import sys

from .host import PROGRAMS, Host, Killed


def main():
    """Be the program whose name we bear."""
    name = os.path.basename(sys.argv[0])
    return _program(name) if name in PROGRAMS else _question(*sys.argv[1:])


def _program(name):
    try:
        done = Host().run([name] + sys.argv[1:])
    except Killed:
        os.kill(os.getppid(), signal.SIGKILL)
        return 1
    sys.stdout.write(done.output)
    sys.stderr.write(done.errors)
    return done.code


def _question(method, words="[]", options="{}"):
    answer = getattr(Host(), method)(*json.loads(words), **json.loads(options))
    print(json.dumps(answer))
    return 0
