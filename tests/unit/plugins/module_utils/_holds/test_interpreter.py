# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interpreter of the holder: the system's own, and asked about once."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import interpreter
from ansible_collections.fleet.ports.plugins.module_utils._holds.interpreter import choose
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


class Host:
    """A host with files and a package manager of which some know their package."""

    def __init__(self, folder, monkeypatch):
        self.folder = str(folder)
        self.packaged = set()
        self.too_old = set()
        self.asked = []
        monkeypatch.setattr(interpreter, "CANDIDATES", (self.path("platform-python"), self.path("python3")))
        monkeypatch.setattr(interpreter, "PACKAGE_MANAGERS", ((self.put("rpm"), "--query", "--file"),))

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
        if command[0] == self.path("rpm"):
            return (0 if command[-1] in self.packaged else 1), "", ""
        return (1 if command[0] in self.too_old else 0), "", ""


@pytest.fixture
def host(tmp_path, monkeypatch):
    return Host(tmp_path, monkeypatch)


def test_the_platforms_own_comes_first(host):
    host.put("python3", packaged=True)
    path = host.put("platform-python", packaged=True)
    assert choose(host.run, None) == path


def test_one_that_no_package_owns_is_passed_over(host):
    host.put("platform-python")
    path = host.put("python3", packaged=True)
    assert choose(host.run, None) == path


def test_one_that_was_approved_is_not_asked_about_again(host):
    path = host.put("python3", packaged=True)
    assert choose(host.run, path) == path
    assert host.asked == []


def test_one_that_was_approved_and_is_gone_is_replaced(host):
    path = host.put("python3", packaged=True)
    assert choose(host.run, host.path("platform-python")) == path


@pytest.mark.parametrize("name", ["nothing", "unpackaged", "too old"])
def test_a_host_without_a_fitting_one(host, name):
    if name != "nothing":
        host.put("python3", packaged=name == "too old")
        host.too_old.add(host.path("python3"))
    with pytest.raises(HostError, match="has no Python of its own packages .* install its package python3") as error:
        choose(host.run, None)
    assert host.path("python3") in str(error.value)


def test_without_a_package_manager_the_path_must_do(host, monkeypatch):
    monkeypatch.setattr(interpreter, "PACKAGE_MANAGERS", ())
    host.put("python3")
    with pytest.raises(HostError):
        choose(host.run, None)
    monkeypatch.setattr(interpreter, "CANDIDATES", ("/usr/bin/env",))
    assert choose(host.run, None) == "/usr/bin/env"
