# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a listener has heard so far, and how it tells its own probes from strangers."""

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages

# So many displaced packets are told apart; a flood of them must not fill the memory.
MOST_DISPLACED = 1000


class Findings:
    """The probes that are expected here, and what became of them."""

    def __init__(self, nonce, probes):
        self._ids = probes
        self._ends = {messages.token(nonce, ends): ends for ends in probes}
        self._heard = set()
        self._displaced = {}
        self.strangers = 0

    def expects(self, ends):
        return ends in self._ids

    def question(self, data, place, source, source_port):
        """Return the ends of the probe whose question arrived where and from where it should; None for anything else."""
        ends = self._ends.get(messages.asked(data))
        if ends is None:
            self.strangers += 1
        elif (ends.here, ends.source, ends.source_port) == (place, source, source_port):
            self._heard.add(ends)
            return ends
        elif len(self._displaced) < MOST_DISPLACED:
            self._displaced[ends] = f"{source} port {source_port}"
        return None

    def request(self, ends):
        """Remember the request for a connection to a port that a service has."""
        if self.expects(ends):
            self._heard.add(ends)

    def result(self):
        return dict(
            heard=sorted(number for ends in self._heard for number in self._ids[ends]),
            displaced={str(number): where for ends, where in self._displaced.items() for number in self._ids[ends]},
            strangers=self.strangers,
        )
