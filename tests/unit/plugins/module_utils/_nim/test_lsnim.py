# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lsnim prints: stanzas, whatever stands between them."""

import random
from collections import OrderedDict

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._nim import lsnim

TEXT = """\
0042-000 lsnim: a remark that nobody documents
   astray = of nobody
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
    assert lsnim.objects(TEXT) == {
        "master": {
            "class": ["machines"], "if1": ["servers nim01 0"], "serves": ["boot", "spot_72 = of old"], "comments": [""],
        },
        "client01": {"class": ["machines"]},
    }


def test_nothing_is_no_object():
    assert not lsnim.objects("")


NOISE = ["", "0042-001 warning", "---", "\tx", "   no sign of equality", "\u2028"]


@pytest.mark.parametrize("seed", range(200))
def test_any_objects_are_read_as_they_were_written_whatever_stands_between(seed):
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
    assert lsnim.objects("\n".join(lines)) == objects
