# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX refuses, by the rules for surveys in this folder."""

from __future__ import annotations

import pytest
from tests.awx import surveys
from tests.awx.objects import named


@pytest.mark.parametrize(
    "template, answers, sentence",
    [
        ("Fleet ports: site", {"fleet_ports_max_shrink": "some"},
         "Value some for 'fleet_ports_max_shrink' expected to be an integer."),
        ("Fleet ports: site", {"fleet_ports_max_shrink": 101},
         "'fleet_ports_max_shrink' value 101 is too large (must be no more than 100)."),
        ("Fleet ports: site", {"fleet_ports_become": "false"},
         "Variables fleet_ports_become are not allowed on launch."),
        ("Fleet ports: verify", {"fleet_ports_verify_phases": ["lunch"]},
         "Value lunch for 'fleet_ports_verify_phases' expected to be one of "
         "['register', 'boot', 'transfer', 'mount', 'operate', 'shell']."),
        ("Fleet ports: verify", {"fleet_ports_verify_phases": "boot"},
         "'fleet_ports_verify_phases' value is expected to be a list."),
        ("Fleet ports: audit", {"fleet_ports_audit_fail": "perhaps"},
         "Value perhaps for 'fleet_ports_audit_fail' expected to be one of ['false', 'true']."),
        ("Fleet ports: remove", {}, "'fleet_ports_hosts' value missing"),
        ("Fleet ports: remove", {"fleet_ports_hosts": ""},
         "The length of 'fleet_ports_hosts' value  is too small (must be at least 1)."),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused(found, template, answers, sentence):
    with pytest.raises(surveys.Refused) as refused:
        surveys.accept(named(found["controller_templates"], template), answers)
    assert str(refused.value) == sentence


def test_what_nobody_answers_is_the_default_or_an_empty_text(found):
    template = named(found["controller_templates"], "Fleet ports: verify")
    assert surveys.accept(template, {}) == {
        **template["extra_vars"], "fleet_ports_verify_hosts": "", "fleet_ports_verify_sample": 1
    }  # fmt: skip
