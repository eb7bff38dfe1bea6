# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a proof, as surveys give them."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import settings


def test_defaults():
    options = settings.read({"hosts": "all", "sample": "", "clients": None, "phases": [], "rate": []})
    assert (options.touching, options.phases) == ((), PHASES)
    assert (options.sample, options.clients, options.batch, options.rate) == (1, 50, 50, 500)
    assert options.seed != settings.read({"hosts": "all"}).seed


def test_texts():
    options = settings.read(
        {"hosts": "all", "touching": "c1, lpars", "phases": "operate,register", "sample": "3", "seed": 7}
    )
    assert options.touching == ("c1", "lpars")
    assert options.phases == ("register", "operate")
    assert (options.sample, options.seed) == (3, "7")


@pytest.mark.parametrize(
    "option, value, sentence",
    [
        ("sample", "many", "probe_schedule: sample is 'many'; set it to a whole number from 1 on."),
        ("sample", 21, "probe_schedule: sample is 21; set it to 20 at most."),
        ("rate", 0, "probe_schedule: rate is 0; set it to a whole number from 1 on."),
        ("rate", "5000", "probe_schedule: rate is 5000; set it to 2000 at most."),
        ("phases", "install", "probe_schedule: phases is 'install'; set it to one or more of register, boot, "),
    ],
)
def test_sentences(option, value, sentence):
    with pytest.raises(MatrixError) as error:
        settings.read({"hosts": "all", option: value})
    assert str(error.value).startswith(sentence)
