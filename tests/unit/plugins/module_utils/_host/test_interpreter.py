# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interpreter of programs that stay on the host: one of the system's packages, and checked once."""

import os
import sys

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import commands, interpreter
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

IMPORTS = ("array", "syslog")


class PythonHost:
    """A host with interpreters, some of which belong to a package or fail, and with a package manager."""

    def __init__(self, folder, monkeypatch):
        self.folder = str(folder)
        self.packaged = set()
        self.failing = set()
        self.broken_database = False
        self.asked = []
        monkeypatch.setattr(interpreter.platform, "system", lambda: "Linux")
        monkeypatch.setattr(interpreter, "CANDIDATES", (self.path("platform-python"), self.path("python3")))
        self.rpm = ((self.put("rpm"), "--query", "--file"), "is not owned by any package")
        monkeypatch.setattr(interpreter, "PACKAGE_MANAGERS", (self.rpm,))

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, packaged=False):
        with open(self.path(name), "w") as file:
            file.write("#!/bin/sh\n")
        os.chmod(self.path(name), 0o755)
        if packaged:
            self.packaged.add(self.path(name))
        return self.path(name)

    def run(self, command):
        self.asked.append(command)
        if command[0] != self.path("rpm"):
            return (1 if command[0] in self.failing else 0), "", ""
        if self.broken_database:
            return 1, "", "error: cannot open Packages database in /var/lib/rpm\n"
        if command[-1] in self.packaged:
            return 0, "python3-3.9.18-1.el9.x86_64\n", ""
        return 1, f"file {command[-1]} is not owned by any package\n", ""

    def choose(self, approved=None):
        return interpreter.choose(self.run, IMPORTS, approved)


@pytest.fixture
def host(tmp_path, monkeypatch):
    return PythonHost(tmp_path, monkeypatch)


def test_the_interpreter_of_the_platform_is_preferred(host):
    host.put("python3", packaged=True)
    path = host.put("platform-python", packaged=True)
    assert host.choose() == path


def test_an_interpreter_of_no_package_is_skipped(host):
    host.put("platform-python")
    path = host.put("python3", packaged=True)
    assert host.choose() == path


def test_an_interpreter_that_another_package_manager_owns_is_accepted(host, monkeypatch):
    dpkg = ((host.put("dpkg-query"), "--search"), "no path found matching pattern")
    monkeypatch.setattr(interpreter, "PACKAGE_MANAGERS", (host.rpm, dpkg))
    path = host.put("python3")
    assert host.choose() == path


def test_an_approved_interpreter_is_not_checked_again(host):
    path = host.put("python3", packaged=True)
    assert host.choose(path) == path
    assert host.asked == []


def test_an_approved_interpreter_that_was_removed_is_replaced(host):
    path = host.put("python3", packaged=True)
    assert host.choose(host.path("platform-python")) == path


@pytest.mark.parametrize("name", ["nothing", "unpackaged", "failing"])
def test_a_host_without_a_suitable_interpreter_is_refused(host, name):
    if name != "nothing":
        host.put("python3", packaged=name == "failing")
        host.failing.add(host.path("python3"))
    with pytest.raises(HostError) as error:
        host.choose()
    assert str(error.value) == (
        f"This host has no suitable Python from its system packages ({host.path('platform-python')} or "
        f"{host.path('python3')}, 3.6 or later). The Python of a virtual environment is not used, "
        "because it may be removed. Install the package python3."
    )


def test_the_interpreter_has_to_have_the_modules_of_the_program(host):
    path = host.put("python3", packaged=True)
    host.choose()
    assert host.asked[-1][:5] == [path, "-I", "-S", "-B", "-c"]
    assert host.asked[-1][5].startswith("import array, syslog, sys;")


@pytest.mark.parametrize("module, works", [("socket", True), ("no_such_module_at_all", False)])
def test_a_real_interpreter_is_asked_for_its_modules(module, works):
    assert interpreter._works(commands.run, sys.executable, ["array", module]) is works


@pytest.mark.parametrize("name", ["no package manager", "broken database"])
def test_the_path_decides_where_no_package_manager_answers(host, monkeypatch, name):
    if name == "broken database":
        host.broken_database = True
    else:
        monkeypatch.setattr(interpreter, "PACKAGE_MANAGERS", ())
    host.put("python3", packaged=True)
    with pytest.raises(HostError):
        host.choose()
    monkeypatch.setattr(interpreter, "CANDIDATES", ("/usr/bin/env",))
    assert host.choose() == "/usr/bin/env"


def test_on_aix_the_path_decides(host, monkeypatch):
    monkeypatch.setattr(interpreter.platform, "system", lambda: "AIX")
    monkeypatch.setattr(interpreter, "CANDIDATES_ON_AIX", (host.put("python3", packaged=True), "/usr/bin/env"))
    assert host.choose() == "/usr/bin/env"
    assert [command[0] for command in host.asked] == ["/usr/bin/env"]
