# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laws of the services edit, over many random databases and lists of entries."""

import random

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._services.edit import compute, covering
from ansible_collections.fleet.ports.plugins.module_utils._services.entry import wanted

NAMES = ["rmcp", "rmcps", "nimsh", "nimaux", "nfs", "shell"]
PORTS = [111, 514, 623, 664, 2049]
SEEDS = range(8)
HOSTS = 50


def some_line(chance):
    """A line as others write them: an entry, nearly one, a comment or rubbish."""
    blank = chance.choice([" ", "\t", "  \t "])
    names = chance.sample(NAMES, chance.randint(1, 3))
    protocol = chance.choice(["udp", "tcp", "UDP"])
    text = names[0] + blank + f"{chance.choice(PORTS)}/{protocol}" + "".join(blank + name for name in names[1:])
    return chance.choice(["", "", "", " ", "#"]) + text + chance.choice(["", "", " ", "# caf\xe9", "\xa0x", "\x85"])


def some_database(chance):
    if chance.random() < 0.1:
        return None
    ends = chance.choice([["\n"], ["\r\n"], ["\n", "\r\n"]])
    text = "".join(some_line(chance) + chance.choice(ends) for _line in range(chance.randint(0, 8)))
    return text.rstrip("\r\n") if chance.random() < 0.3 else text


def some_entries(chance):
    """Entries that don't contradict each other."""
    ports = {}
    options = []
    for _entry in range(chance.randint(0, 5)):
        names = chance.sample(NAMES, chance.randint(1, 2))
        port, protocol = chance.choice(PORTS), chance.choice(["udp", "tcp"])
        if all(ports.setdefault((name, protocol), port) == port for name in names):
            comment = chance.choice(["", "of ours"])
            options.append(dict(name=names[0], port=port, protocol=protocol, aliases=names[1:], comment=comment))
    return wanted(options)


def lookup(text, name, protocol):
    """Look a name up as getservbyname() does, in another way than the code under test."""
    for line in (text or "").split("\n"):
        words = line.split("#")[0].replace("\xa0", "?").replace("\x85", "?").split()
        if len(words) > 1 and words[1].lower().endswith("/" + protocol) and name in [words[0]] + words[2:]:
            return int(words[1].split("/")[0])
    return None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_host_passes_through_its_plans_and_comes_back_byte_for_byte(seed):
    chance = random.Random(seed)
    for _host in range(HOSTS):
        before = text = some_database(chance)
        record = None
        for _plan in range(3):
            plan = some_entries(chance)
            after = compute(text, record, plan, replace=True)
            assert all(lookup(after.text, entry.name, entry.protocol) == entry.port for entry in plan)
            assert after.left == []
            assert compute(after.text, after.record, plan) == after
            crashed = covering(record, after.record)
            assert compute(text, crashed, []).text == before
            assert compute(after.text, crashed, []).text == before
            text, record = after.text, after.record
        assert compute(text, record, []) == (before, None, [])


@pytest.mark.parametrize("seed", SEEDS)
def test_external_lines_stay_and_nothing_else_does(seed):
    chance = random.Random(seed)
    theirs = "theirs 1/tcp\r\n# and more"
    for _host in range(HOSTS):
        before = some_database(chance)
        first = compute(before, None, some_entries(chance), replace=True)
        if first.text and not first.text.endswith("\n"):
            continue  # who appends to half a line changes that line
        second = compute((first.text or "") + theirs, first.record, some_entries(chance), replace=True)
        back = compute(second.text, second.record, []).text
        if before and not before.endswith("\n"):
            assert back in (before + "\n" + theirs, before + "\r\n" + theirs)
        else:
            assert back == (before or "") + theirs
