# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The C library's list of ports that it must not assign."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import bindresvport
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._host import file_changes

HOLDS = [Hold("udp", "0.0.0.0", 623), Hold("tcp", "::", 623), Hold("udp", "0.0.0.0", 664)]
DEBIANS = b"# a comment\n631\t# cups\n636\n"


class File:
    def __init__(self, path, monkeypatch):
        self.path = path
        self.memory = {}
        monkeypatch.setattr(bindresvport, "PATH", str(path))

    def apply(self, holds):
        edits = bindresvport.edits(holds, self.memory)
        file_changes.apply(edits.changes)
        self.memory = edits.memory
        return bool(edits.changes)

    def ports(self):
        lines = self.path.read_text().splitlines()
        return [int(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]


@pytest.fixture
def file(tmp_path, monkeypatch):
    return File(tmp_path / "bindresvport.blacklist", monkeypatch)


@pytest.fixture
def reader(tmp_path, monkeypatch):
    (tmp_path / "libtirpc.so.3").write_bytes(b"")
    monkeypatch.setattr(bindresvport, "LIBRARIES", (str(tmp_path / "libtirpc.so.*"),))


@pytest.fixture
def no_reader(monkeypatch):
    monkeypatch.setattr(bindresvport, "LIBRARIES", ())


@pytest.mark.parametrize("data", [DEBIANS, b"", b"# caf\xe9\n631", b"\n\n623x\n"])
def test_each_held_port_is_listed_and_every_byte_is_restored(file, no_reader, data):
    file.path.write_bytes(data)
    assert file.apply(HOLDS)
    assert data in file.path.read_bytes()
    assert file.path.read_bytes().splitlines().count(b"623") == 1
    assert not file.apply(HOLDS)
    assert file.apply([])
    assert file.path.read_bytes() == data


def test_a_port_that_is_listed_already_is_not_repeated(file, no_reader):
    file.path.write_bytes(b"623 # the BMC\n")
    file.apply(HOLDS)
    assert file.ports() == [623, 664]
    assert not file.apply(HOLDS)


def test_nothing_is_written_if_all_ports_are_listed_already(file, no_reader):
    file.path.write_bytes(b"623\n664\n")
    assert not file.apply(HOLDS)


def test_only_reserved_ports_are_listed(file, no_reader):
    file.path.write_bytes(b"")
    assert not file.apply([Hold("udp", "0.0.0.0", 1024)])
    assert file.apply([Hold("udp", "0.0.0.0", 1023)])
    assert file.ports() == [1023]


def test_the_file_is_created_where_a_library_reads_it(file, reader):
    assert file.apply(HOLDS)
    assert file.ports() == [623, 664]
    assert file.apply([])
    assert not file.path.exists()


def test_the_file_is_not_created_without_such_a_library(file, no_reader):
    assert not file.apply(HOLDS)
    assert not file.path.exists()
