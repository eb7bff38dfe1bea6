# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the step schedule, as surveys return them."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.options import read


def test_unanswered_questions_have_the_defaults():
    options = read({"hosts": "all", "sample": "", "clients": None, "phases": [], "rate": []})
    assert (options.involving, options.phases) == ((), PHASES)
    assert (options.sample, options.clients, options.batch_size, options.rate) == (1, 50, 50, 500)
    assert options.seed != read({"hosts": "all"}).seed


def test_strings_are_read():
    options = read({"hosts": "all", "involving": "c1, lpars", "phases": "operate,register", "sample": "3", "seed": 7})
    assert options.involving == ("c1", "lpars")
    assert options.phases == ("register", "operate")
    assert (options.sample, options.seed) == (3, "7")


@pytest.mark.parametrize(
    "option, value, sentence",
    [
        ("sample", "many", "verify_step: sample is 'many'; set it to a whole number of at least 1."),
        ("sample", 21, "verify_step: sample is 21; set it to at most 20."),
        ("rate", 0, "verify_step: rate is 0; set it to a whole number of at least 1."),
        ("rate", "5000", "verify_step: rate is 5000; set it to at most 2000."),
        ("phases", "install", "verify_step: phases is 'install'; set it to one or more of register, boot, "),
    ],
)
def test_invalid_values_are_refused(option, value, sentence):
    with pytest.raises(MatrixError) as error:
        read({"hosts": "all", option: value})
    assert str(error.value).startswith(sentence)
