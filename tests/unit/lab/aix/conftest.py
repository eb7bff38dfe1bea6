# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated AIX host, and a way to type a command on it."""

import shlex

import pytest

from ansible_collections.fleet.ports.tests.lab.aix.host import Host


class Console:
    """Where a test types."""

    def __init__(self, folder):
        self.services = folder / "services"
        self.inetd = folder / "inetd.conf"
        self.host = Host.install(folder / "host", services=self.services, inetd=self.inetd, nim=NIM)

    def type(self, line):
        """Start a program."""
        return self.host.run(shlex.split(line))

    def prints(self, line):
        """What a program prints that has to succeed."""
        done = self.type(line)
        assert done.code == 0, done
        return done.output

    def fails(self, line):
        """What a program complains about that has to fail."""
        done = self.type(line)
        assert done.code != 0, done
        return done.errors


NIM = {
    "master": {"class": "machines", "type": "master", "platform": "chrp", "if1": "servers master01 0"},
    "servers": {"class": "networks", "type": "ent", "net_addr": "192.0.2.0", "snm": "255.255.255.0"},
    "client01": {"class": "machines", "type": "standalone", "connect": "nimsh", "if1": "servers client01 0"},
}


@pytest.fixture
def console(tmp_path):
    """A host."""
    return Console(tmp_path)
