# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands that tell a service manager what to do; what one refuses is one sentence."""

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


def do(run, *command):
    """Run it and return what it prints."""
    return output_of(command, run(list(command)))


def output_of(command, answer):
    """Return what a command printed; ``answer`` is what ``run`` returned."""
    code, output, errors = answer
    if code != 0:
        lines = [line.strip().rstrip(".") for line in (errors or output).splitlines()]
        raise HostError(f"'{' '.join(command)}' failed: {'; '.join(filter(None, lines)) or f'exit status {code}'}.")
    return output
