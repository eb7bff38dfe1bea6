# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host job under systemd: a service that starts the program, and a timer that starts the service."""

import contextlib
import os
import re
import time

from ansible_collections.fleet.ports.plugins.module_utils import _atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._errors import HostError, reason
from ansible_collections.fleet.ports.plugins.module_utils._systemctl import Systemctl

UNITS = "/etc/systemd/system"
BOOTED = "/run/systemd/system"
STAMPS = "/var/lib/systemd/timers"  # when a persistent timer began to run, and when it went off the last time

_SERVICE = """\
# Written by fleet.ports; gone when its work is done.
[Unit]
Description={about}
After=firewalld.service nftables.service
{order}
[Service]
ExecStart={command}
{manner}"""

# It waits, and is started again if somebody ends it.
_RESIDENT = {"order": "", "manner": "Restart=on-abnormal\nRestartSec=1\n"}

# Timers start once the basic system is up, so that nothing which network interfaces wait for can wait for this.
_BEFORE_PACKETS = {"order": "Before=network-pre.target\n", "manner": "Type=oneshot\n"}

_TIMER = """\
# Written by fleet.ports; gone when its work is done.
[Unit]
Description={about}

[Timer]
{when}
AccuracySec=1s
"""


_CONTROL = re.compile("[\x01-\x1f\x7f]")


class Systemd:
    """The units of the job of a name."""

    def __init__(self, name, about, run):
        self._about = about
        self._systemctl = Systemctl(run)
        self._service = f"fleet-ports-{name}.service"
        self._timer = f"fleet-ports-{name}.timer"

    def start_in(self, seconds, command):
        """Start it in so many seconds, or at the next boot, since by then they are over."""
        self._arm(command, _RESIDENT, f"OnActiveSec={seconds}s", _link("multi-user.target", self._service))

    def start_at(self, moment, command):
        """Start it at the moment, or at the boot that follows it: after the packet filter, before any packet."""
        calendar = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(moment))
        when = f"OnCalendar={calendar}\nPersistent=true"
        self._arm(command, _BEFORE_PACKETS, when, _link("timers.target", self._timer))

    def is_set(self):
        """Tell whether the timer runs."""
        return self._systemctl.show([self._timer], "ActiveState")[0]["ActiveState"] == "active"

    def forget(self):
        """Take the units away; the service may be who asks for it, so it is not stopped."""
        if not os.path.exists(os.path.join(UNITS, self._timer)):
            return
        self._systemctl("stop", self._timer)
        for link in _link("multi-user.target", self._service), _link("timers.target", self._timer):
            with contextlib.suppress(OSError):
                os.unlink(link)
                os.rmdir(os.path.dirname(link))  # others are wanted, too
        for folder, name in (STAMPS, "stamp-" + self._timer), (UNITS, self._service), (UNITS, self._timer):
            _atomic_file.remove(os.path.join(folder, name))
        self._systemctl("daemon-reload")
        with contextlib.suppress(HostError):  # it is known no more, unless it failed
            self._systemctl("reset-failed", self._service)

    def _arm(self, command, kind, when, link):
        unit = os.path.join(UNITS, os.path.basename(link))
        service = _SERVICE.format(about=self._about, command=" ".join(map(_quoted, command)), **kind)
        _atomic_file.write(os.path.join(UNITS, self._timer), _TIMER.format(about=self._about, when=when).encode())
        _atomic_file.write(os.path.join(UNITS, self._service), service.encode())
        _enable(unit, link)
        self._systemctl("daemon-reload")
        self._systemctl("restart", self._timer)


def _quoted(word):
    """Return a word as systemd reads it back, which takes percent signs for specifiers."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return '"' + _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text) + '"'


def _link(target, unit):
    return os.path.join(UNITS, target + ".wants", unit)


def _enable(unit, link):
    """Let the target want the unit at boot."""
    try:
        os.makedirs(os.path.dirname(link), mode=0o755, exist_ok=True)
        if not os.path.islink(link):
            os.symlink(unit, link)
    except OSError as error:
        raise HostError(f"Cannot write {link}: {reason(error)}.")
