# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small host of the kernel's own: a network namespace with two interfaces and rules of nft, which ends with the test.

What is called inside runs in another process: it asserts by what it returns, which is plain data.
"""

import os
import shutil
import subprocess
import sys
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sandbox
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
NETWORK = """\
link set lo up
link add eth0 address 02:00:00:00:00:10 type veth peer name beyond0
link add eth1 type veth peer name beyond1
link set beyond0 up
link set eth0 up
link set beyond1 up
link set eth1 up
address add 192.0.2.10/24 brd + dev eth0
address add 10.0.0.1/8 dev eth1
address add 2001:db8::10/64 dev eth0 nodad
route add default via 192.0.2.1
route add 203.0.113.0/24 via 10.0.0.254
route add default via 2001:db8::1
"""


def find(name):
    return shutil.which(name, path=PATH)


def run(arguments, data=None, cwd="/", environ_update=None, **_options):
    """Run a command as a module of Ansible does."""
    done = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=dict(os.environ, **(environ_update or {})),
    )
    output, errors = done.communicate(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data)
    return done.returncode, output.decode("utf-8", "surrogateescape"), errors.decode("utf-8", "surrogateescape")


def require(*programs):
    """Skip the test where such a host cannot be had, or one of these programs is missing."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("needs root on Linux")
    for program in ("ip",) + programs:
        if find(program) is None:
            pytest.skip("needs the program " + program)
    try:
        sandbox.inside(lambda: _made(""))
    except NotRehearsed as error:
        pytest.skip("no network can be made here: %s" % error)


def inside(function, rules="", commands=()):
    """Return what the function returns on such a host with these rules of nft, after these commands."""

    def here():
        _made(rules)
        for command in commands:
            subprocess.check_call(command, shell=True, env=dict(os.environ, PATH=PATH), stdout=subprocess.DEVNULL)
        return function()

    return sandbox.inside(here)


def _made(rules):
    for command, script in (([find("ip"), "-batch", "-"], NETWORK), ([find("nft"), "-f", "-"], rules)):
        code, _output, errors = run(command, script) if script else (0, "", "")
        if code != 0:
            raise NotRehearsed(errors)
    # The kernel sees some time later that the cables are there.
    while any(" state UP " not in line for line in run([find("ip"), "-o", "link"])[1].splitlines() if "LOOPBACK" not in line):
        time.sleep(0.002)
