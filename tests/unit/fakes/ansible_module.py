# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module sees of Ansible."""


class ModuleExit(Exception):
    """The end of a module, with its ``result``; that of a failed one has ``failed``."""

    def __init__(self, result):
        super().__init__(str(result))
        self.result = result


class FakeModule:
    """An ``AnsibleModule`` whose options are parsed: their values are the keyword arguments."""

    _name = "module"
    _diff = True
    _verbosity = 0

    def __init__(self, check_mode=False, **params):
        self.params = params
        self.check_mode = check_mode
        self.warnings = []

    def warn(self, text):
        self.warnings.append(text)

    def exit_json(self, **result):
        raise ModuleExit(result)

    def fail_json(self, **result):
        raise ModuleExit(dict(result, failed=True))
