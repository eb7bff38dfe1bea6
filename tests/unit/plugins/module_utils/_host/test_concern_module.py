# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell of the modules: what it does with a concern, in check mode and without, and when the concern fails."""

import contextlib

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule, ModuleExit

DIFF = {"before": "a\n", "after": "b\n", "before_header": "/etc/x", "after_header": "/etc/x"}
DIFFERENCE = {
    "where": "/etc/x", "unwanted": {"count": 1, "lines": ["a"]}, "missing": {"count": 1, "lines": ["b"]},
}  # fmt: skip


class Change:
    """A change that notes what is asked of it."""

    warnings = ["A line was modified externally."]
    needed = True

    def __init__(self, fails):
        self.steps = []
        self._fails = fails

    def diffs(self):
        return [DIFF]

    def apply(self):
        self.steps.append("apply")
        if self._fails:
            raise HostError("The disk is full.")

    def result(self):
        self.steps.append("result")
        return {"left": list(self.steps)}


class Concern:
    """A concern whose change it is."""

    OPTIONS = dict(port=dict(type="int"))

    def __init__(self, fails=False):
        self.change = Change(fails)
        self.asked = []

    def compute(self, host, options):
        self.asked.append(("compute", host, options["port"]))
        return self.change

    def give_back(self, host):
        self.asked.append(("give_back", host))
        return self.change


def test_the_module_has_the_options_of_the_concern_and_a_state():
    spec = concern_module.argument_spec(Concern())
    assert spec["port"] == dict(type="int")
    assert spec["state"] == dict(type="str", choices=["present", "absent"], default="present")


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_change_is_applied_unless_in_check_mode(record_folder, check_mode):
    concern, module = Concern(), FakeModule(check_mode, state="present", port=623)
    result = concern_module.outcome(module, concern, "a host")
    assert concern.asked == [("compute", "a host", 623)]
    steps = ["result"] if check_mode else ["apply", "result"]
    assert result == dict(left=steps, changed=True, diff=[DIFF], differences=[DIFFERENCE], owned=[])
    assert module.warnings == Change.warnings


def test_absent_gives_the_host_back(record_folder):
    concern = Concern()
    concern_module.outcome(FakeModule(state="absent", port=623), concern, "a host")
    assert concern.asked == [("give_back", "a host")] and concern.change.steps == ["apply", "result"]


def test_differences_are_returned_without_diff_mode(record_folder):
    module = FakeModule(state="present", port=1)
    module._diff = False
    result = concern_module.outcome(module, Concern(), None)
    assert (result["diff"], result["differences"]) == ([], [DIFFERENCE])


@pytest.mark.parametrize("fails", [True, False])
def test_the_module_ends_inside_one_result_or_one_sentence(record_folder, fails):
    locked = []

    @contextlib.contextmanager
    def lock(module):
        locked.append("locked")
        yield
        locked.append("free")

    concern = Concern(fails)
    with pytest.raises(ModuleExit) as caught:
        concern_module.run(FakeModule(state="present", port=1), concern, lock)
    result = caught.value.result
    if fails:
        assert result == dict(failed=True, msg="The disk is full.", owned=[])
    else:
        assert result["changed"] and locked == ["locked", "free"]
    assert isinstance(concern.asked[0][1], concern_module.Host)
