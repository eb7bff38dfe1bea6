# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a port is free, asked of the system by trying."""

import errno
import socket

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import port_check


@pytest.mark.parametrize("address", ["127.0.0.1", ""])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_who_listens_has_the_port_until_he_leaves(protocol, address):
    with socket.socket(socket.AF_INET, port_check.KINDS[protocol]) as owner:
        owner.bind((address, 0))
        if protocol == "tcp":
            owner.listen(1)
        port = owner.getsockname()[1]
        assert port_check.is_taken(port, protocol)
    assert not port_check.is_taken(port, protocol)


def test_a_closed_connection_is_in_nobody_s_way():
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        port = listener.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        served, _address = listener.accept()
        served.close()  # who closes first has to remember
        client.close()
    assert not port_check.is_taken(port, "tcp")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EAFNOSUPPORT])
def test_what_says_nothing_of_an_owner(monkeypatch, number):
    def refuse(*_arguments):
        raise OSError(number, "no")

    monkeypatch.setattr(port_check.socket, "socket", refuse)
    assert not port_check.is_taken(623, "udp")
