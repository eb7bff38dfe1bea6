# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of ``rpcinfo -p``, and what stands in the wrong place in it."""

from ansible_collections.fleet.ports.plugins.module_utils._pins import rpc_registry

TABLE = """\
   program vers proto   port  service
    100000    4   tcp    111  portmapper
    100005    1   udp  20048  mountd
    100005    3   udp  37231  mountd
    100005    3   tcp  20048  mountd
    100003    3   tcp   2049  nfs
    100021    1   udp   4045  nlockmgr
    100021    4   udp   4045  nlockmgr
    100024    1   tcp  58547  status
    100024    1  tcp6  58547  status
1073741824    1   tcp  40000
"""

OBSERVED = {
    "mountd": {"udp": [20048, 37231], "tcp": [20048]},
    "lockd": {"udp": [4045]},
    "statd": {"tcp": [58547]},
}


def test_the_table():
    assert rpc_registry.parse(TABLE) == OBSERVED


def test_who_is_misplaced():
    pins = {"mountd": 20048, "lockd": 4045, "statd": 4046}
    assert rpc_registry.misplaced(OBSERVED, pins) == [("mountd", "udp", 37231), ("statd", "tcp", 58547)]
    assert rpc_registry.misplaced(OBSERVED, {"lockd": 4045}) == []
    assert rpc_registry.misplaced({}, pins) == []


def test_asking():
    asked = []

    def run(command):
        asked.append(command)
        return 0, TABLE, ""

    assert rpc_registry.ask(run, "/usr/sbin/rpcinfo") == OBSERVED
    assert asked == [["/usr/sbin/rpcinfo", "-p"]]


def test_without_rpcbind_nothing_is_registered():
    assert rpc_registry.ask(lambda command: (1, "", "can't contact portmapper"), "rpcinfo") == {}
    assert rpc_registry.ask(None, None) == {}


def test_an_empty_table():
    assert rpc_registry.parse("No remote programs registered.\n") == {}


def test_lines_of_another_form_say_nothing():
    text = "rpcinfo: can't contact\n\n 100005 1 udp\n 100005 1 udp x mountd\n 100005 1 sctp 1 mountd\n" + TABLE
    assert rpc_registry.parse(text) == OBSERVED
