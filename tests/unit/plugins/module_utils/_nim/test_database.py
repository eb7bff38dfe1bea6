# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The output of lsnim has stanzas, with other lines between them; the resolver has the addresses of host names."""

import random
import socket
from collections import OrderedDict

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._nim import database

TEXT = """\
0042-000 lsnim: an undocumented remark
   stray = of no object
master:
   class               = machines
   if1                 = servers nim01 0
   serves              = boot
   serves              = spot_72 = of old
   comments            =
a line in the middle
client01:
   class               = machines

"""


def test_stanzas():
    assert database.objects(TEXT) == {
        "master": {
            "class": ["machines"], "if1": ["servers nim01 0"], "serves": ["boot", "spot_72 = of old"], "comments": [""],
        },
        "client01": {"class": ["machines"]},
    }


def test_an_empty_output_has_no_objects():
    assert not database.objects("")


NOISE = ["", "0042-001 warning", "---", "\tx", "   no sign of equality", "\u2028"]


@pytest.mark.parametrize("seed", range(200))
def test_objects_are_read_whatever_lines_are_between_them(seed):
    dice = random.Random(seed)
    objects, lines = OrderedDict(), []

    def noise():
        lines.extend(dice.choice(NOISE) for _each in range(dice.randrange(3)))

    for name in dice.sample(["master", "lpar-1", "a_b", "vios.1", "x:y"], dice.randrange(5)):
        noise()
        lines.append("{0}:".format(name) + " " * dice.randrange(3))
        found = objects.setdefault(name, {})
        for _each in range(dice.randrange(6)):
            noise()
            attribute = dice.choice(["class", "if1", "serves", "Cstate", "-x"])
            value = dice.choice(["machines", "", "a b", "a = b", "(secure)", "x:"])
            indent = dice.choice([" ", "   ", "\t"])
            lines.append("{0}{1:<14} ={2}{3}".format(indent, attribute, " " * bool(value), value))
            found.setdefault(attribute, []).append(value)
    noise()
    assert database.objects("\n".join(lines)) == objects


def test_addresses_that_other_hosts_cannot_reach_are_omitted(monkeypatch):
    texts = ["127.0.1.1", "192.0.2.1", "192.0.2.1", "fe80::1%eth0", "2001:db8::1", "0.0.0.0"]
    found = [(0, 0, 0, "", (text, 0)) for text in texts]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **options: found)
    assert database.addresses("x") == ["192.0.2.1", "2001:db8::1"]


@pytest.fixture(name="resolver_fails_with")
def fixture_resolver_fails_with(monkeypatch):
    def fail(error):
        def getaddrinfo(*_words, **_options):
            raise error

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return fail


@pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_NONAME, "unknown"), UnicodeError()])
def test_an_unknown_name_has_no_address(resolver_fails_with, error):
    resolver_fails_with(error)
    assert database.addresses("x") == []


def test_a_resolver_that_fails_is_an_error(resolver_fails_with):
    resolver_fails_with(socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"))
    with pytest.raises(HostError) as caught:
        database.addresses("x")
    assert str(caught.value) == (
        "Cannot resolve the host name x of the NIM database: Temporary failure in name resolution."
        " Check the name service of this host and run the module again."
    )
