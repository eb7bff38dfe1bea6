# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probes that a listener expects, and those that it has heard; anything else is a stranger."""

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages

# A flood of displaced packets must not fill the memory.
MAX_DISPLACED = 1000


class HeardProbes:
    """The probes that are expected on this host, and which of them arrived.

    ``probes`` is ``{ends: [id, …]}``.
    """

    def __init__(self, nonce, probes):
        self._ids = probes
        self._ends = {messages.token(nonce, ends): ends for ends in probes}
        self._heard = set()
        self._displaced = {}
        self.strangers = 0

    def expects(self, ends):
        return ends in self._ids

    def record_question(self, data, endpoint, source, source_port):
        """Record data that arrived at an endpoint from a source.

        Return the ends of its probe if it came from the source and arrived at the endpoint of the probe, else None.
        """
        ends = self._ends.get(messages.asked(data))
        if ends is None:
            self.strangers += 1
        elif (ends.destination_endpoint, ends.source, ends.source_port) == (endpoint, source, source_port):
            self._heard.add(ends)
            return ends
        elif len(self._displaced) < MAX_DISPLACED:
            self._displaced[ends] = f"{source} port {source_port}"
        return None

    def record_connection_request(self, ends):
        """Record a request for a TCP connection to a port that a service has."""
        if self.expects(ends):
            self._heard.add(ends)

    def to_dict(self):
        """Return what mode ``collect`` returns: heard (list of ids), displaced ({id: source}), strangers (count)."""
        return dict(
            heard=sorted(number for ends in self._heard for number in self._ids[ends]),
            displaced={str(number): source for ends, source in self._displaced.items() for number in self._ids[ends]},
            strangers=self.strangers,
        )
