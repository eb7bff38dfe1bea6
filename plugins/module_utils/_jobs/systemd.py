# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host job with systemd: a service that starts the program, and a timer that starts the service.

The service is also started at each boot, because a timer elapses once it has requested the start of the service, even
if that fails. While the service runs, systemd does not start it again; the program itself does what becomes due.
"""

import contextlib
import math
import os
import re
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError, reason
from ansible_collections.fleet.ports.plugins.module_utils._host.systemctl import Systemctl

UNITS = "/etc/systemd/system"
STAMPS = "/var/lib/systemd/timers"  # the times at which persistent timers elapsed last

_SERVICE = """\
# Written by fleet.ports; removed when its work is done.
[Unit]
Description={about}
After=firewalld.service nftables.service
{order}
[Service]
ExecStart={command}
{manner}"""

# The program waits, and is started again if it is killed.
_RESIDENT = {"order": "", "manner": "Restart=on-abnormal\nRestartSec=1\n"}

# Network interfaces wait for this service, as for the packet filter. Therefore it must not wait for the basic system,
# parts of which wait for the network on some hosts, nor for anything later.
_BEFORE_PACKETS = {
    "order": """\
DefaultDependencies=no
After=local-fs.target time-set.target
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target
""",
    "manner": "Type=oneshot\n",
}

_TIMER = """\
# Written by fleet.ports; removed when its work is done.
[Unit]
Description={about}

[Timer]
{when}
AccuracySec=1s
"""

_BOOT = "multi-user.target"

_CONTROL = re.compile("[\x01-\x1f\x7f]")


class Systemd:
    """The units of a job.

    :param name: the name of the job, which is a part of the names of its units.
    :param about: their description.
    :param run: starts a program, as :func:`commands.run` does.
    """

    def __init__(self, name, about, run):
        self._about = about
        self._systemctl = Systemctl(run)
        self._service = f"fleet-ports-{name}.service"
        self._timer = f"fleet-ports-{name}.timer"

    def start_in(self, seconds, command):
        """Start the command in so many seconds, or at the next boot."""
        self._arm(command, _RESIDENT, f"OnActiveSec={seconds}s")
        self._systemctl("restart", self._timer)

    def start_at(self, moment, command):
        """Start the command at the moment or at the next boot, there between the packet filter and the first packet."""
        calendar = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(math.ceil(moment)))
        when = f"OnCalendar={calendar}\nPersistent=true"
        self._arm(command, _BEFORE_PACKETS, when)
        _enable(self._timer, "timers.target")
        # At boot such a timer waits for the clock, maybe for the network, which waits for the job that calls this.
        self._systemctl("restart", "--no-block", self._timer)

    def is_set(self):
        """Return whether the timer will start the service, or has started it and it still runs."""
        return self._systemctl.show([self._timer], "SubState")[0]["SubState"] in ("waiting", "running")

    def forget(self):
        """Remove the units; the service is not stopped, because it may be the caller."""
        if not os.path.exists(os.path.join(UNITS, self._timer)):
            return
        self._systemctl("stop", self._timer)
        for link in _link(self._service, _BOOT), _link(self._timer, "timers.target"):
            with contextlib.suppress(OSError):
                os.unlink(link)
                os.rmdir(os.path.dirname(link))  # it contains links to other units
        for folder, name in (STAMPS, "stamp-" + self._timer), (UNITS, self._service), (UNITS, self._timer):
            atomic_file.remove(os.path.join(folder, name))
        self._systemctl("daemon-reload")
        if self._systemctl.show([self._service], "ActiveState")[0]["ActiveState"] == "failed":
            self._systemctl("reset-failed", self._service)

    def _arm(self, command, kind, when):
        """Write the units, and enable the service for each boot."""
        service = _SERVICE.format(about=self._about, command=" ".join(map(_quoted, command)), **kind)
        atomic_file.write(os.path.join(UNITS, self._timer), _TIMER.format(about=self._about, when=when).encode())
        atomic_file.write(os.path.join(UNITS, self._service), service.encode())
        _enable(self._service, _BOOT)
        self._systemctl("daemon-reload")


def _quoted(word):
    """Return a word as systemd reads it back; it would expand percent and dollar signs."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return '"' + _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text) + '"'


def _link(unit, target):
    return os.path.join(UNITS, target + ".wants", unit)


def _enable(unit, target):
    """Enable the unit: the target starts it at boot."""
    link = _link(unit, target)
    try:
        os.makedirs(os.path.dirname(link), mode=0o755, exist_ok=True)
        if not os.path.islink(link):
            os.symlink(os.path.join(UNITS, unit), link)
    except OSError as error:
        raise HostError(f"Cannot write {link}: {reason(error)}.")
