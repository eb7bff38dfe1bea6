# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On a simulated host: every program of AIX is a link to this one, which asks for the name it was started by.

Under its own name (``aix-simulator``) it takes a method of :class:`host.Host` and its arguments as JSON, and prints
what it returns:
``aix-simulator passes '["inbound", "192.0.2.1", "192.0.2.10", "tcp", 1023, 1058]' '{"interface": "en0"}'``.
"""

import json
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

from aix.host import PROGRAMS, Host, Killed  # noqa: E402


def main():
    """Be the program whose name we bear."""
    name = os.path.basename(sys.argv[0])
    if name not in PROGRAMS:
        words = [json.loads(word) for word in sys.argv[2:]]
        answer = getattr(Host(), sys.argv[1])(*(words[0] if words else ()), **(words[1] if words[1:] else {}))
        print(json.dumps(answer))
        return 0
    try:
        done = Host().run([name] + sys.argv[1:])
    except Killed:
        os.kill(os.getppid(), signal.SIGKILL)
        return 1
    sys.stdout.write(done.output)
    sys.stderr.write(done.errors)
    return done.code


if __name__ == "__main__":
    sys.exit(main())
