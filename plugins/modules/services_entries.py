#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Name ports: bring the services database to a list of entries, and give it back."""

DOCUMENTATION = r"""
module: services_entries
short_description: Name ports in the services database
version_added: 1.0.0
description:
  - Brings the entries of a list into the services database, C(/etc/services), in one atomic edit.
  - An entry that is there already, in any spacing and any case of the protocol, is left as it is; so is a line that has
    the wanted name as an alias of the wanted port. Commented lines are no entries.
  - Every byte that others wrote stays, in its place and in its encoding; so do owner, mode, access list and SELinux
    label of the file, and the line ends it uses.
  - What this module wrote is remembered in C(/var/lib/fleet.ports/services.json). What is no longer listed is taken
    away again, and O(state=absent) gives the file back byte for byte, but for what others have changed since.
options:
  entries:
    description:
      - All entries that this host is to have. An entry that an earlier run wrote and that is not listed any more is
        taken away.
      - Two entries may share a port, but not give one name two ports of the same protocol.
      - Not used with O(state=absent).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the service, in ASCII, without blanks, V(#) and V(/).
        type: str
        required: true
      port:
        description: Port, V(1) to V(65535).
        type: int
        required: true
      protocol:
        description: Protocol, usually V(udp) or V(tcp), in any case; it is written in lower case.
        type: str
        required: true
      aliases:
        description:
          - Other names for the port.
          - They go into a line that is added. A line of the same name and port that somebody else wrote is left alone,
            also if it lacks them.
        type: list
        elements: str
        default: []
      comment:
        description: One line of text that explains the entry.
        type: str
        default: ""
  on_conflict:
    description:
      - What to do where the database gives a wanted name another port of the same protocol. The first line with a name
        is the one that counts, as it is for the C library.
      - With V(fail), fail with a sentence that names the line, and change nothing.
      - With V(replace), give that line the wanted port or, if it has other names too, take this one out of it, so that
        no other name moves. O(state=absent) restores the line.
    type: str
    choices: [fail, replace]
    default: fail
  path:
    description:
      - The services database.
      - A host has one. To use another file than an earlier run, give that one back first with O(state=absent).
      - Not used with O(state=absent), which gives back the file that was written.
    type: path
    default: /etc/services
  state:
    description: Whether the host has the entries, or is given back as it was before.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.host
attributes:
  platform:
    platforms: linux, aix
notes:
  - Needs root (C(become=true)) to change anything.
  - A missing database is created with mode V(0644), and removed by O(state=absent) if nobody else has written to it.
  - Where C(/etc/services) is missing because the vendor's stands in C(/usr/etc/services), the new file starts as a copy
    of that. The C library of SUSE (C(usrfiles) in C(nsswitch.conf)) would search both, but C(libnss_econf) and many
    programs read the first of the two that exists, and a file with our lines only would hide all others from them.
    The vendor's file itself is never written.
  - On AIX, owner and mode of the file are kept. What an access list of AIX (C(aclget)) says beyond its mode is not.
  - The GNU C library compares protocols case by case, so it doesn't find an entry for V(UDP) that is left alone.
  - "Another name for a wanted port is no conflict: Debian lists V(623/udp) as C(asf-rmcp), and C(rmcp) is added."
seealso:
  - name: FreeIPMI documentation
    description: Its chapter on fencing IPMI ports proposes the entries C(rmcp) and C(rmcps).
    link: https://www.gnu.org/software/freeipmi/
  - name: services(5)
    description: The format of the database.
    link: https://man7.org/linux/man-pages/man5/services.5.html
author:
  - fleet.ports contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Name the ports of the baseboard management controller
  fleet.ports.services_entries:
    entries:
      - name: rmcp
        port: 623
        protocol: udp
        comment: Aux Bus Shunt (Primary RMCP Port)
      - name: rmcps
        port: 664
        protocol: udp
        comment: Secure Aux Bus (Secondary RMCP Port)

- name: Name the registration port of NIM, wherever the name was before
  fleet.ports.services_entries:
    entries:
      - name: nimreg
        port: 1059
        protocol: tcp
    on_conflict: replace

- name: Give the services database back
  fleet.ports.services_entries:
    state: absent
"""

RETURN = r"""
left:
  description:
    - Lines that this module wrote or changed and that others have edited since. They are theirs from now on and stay.
    - There is a warning for each.
  returned: success
  type: list
  elements: str
  sample: ["rmcp 623/udp # edited by hand"]
differences:
  description:
    - What of the host was not as asked for, also without diff mode, short enough for a report on many hosts.
    - In check mode it is what a run would change.
  returned: success
  type: list
  elements: dict
  contains:
    where:
      description: The file, or the part of the running system.
      type: str
    unwanted:
      description: Lines that are there and should not be.
      type: dict
      contains:
        count:
          description: How many there are.
          type: int
        lines:
          description: The first ten.
          type: list
          elements: str
    missing:
      description: Lines that should be there and are not; it has the keys of RV(differences[].unwanted).
      type: dict
  sample:
    - where: /etc/services
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["rmcp 623/udp"]}
owned:
  description:
    - The concerns of which this host has a record, V(services) among them if this module has lines in the database.
    - In check mode it is what the host has, not what it would have.
  returned: success, and if the host is in the way of what is asked for
  type: list
  elements: str
  sample: ["services", "holds"]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module
from ansible_collections.fleet.ports.plugins.module_utils._services import concern


def main():
    module = AnsibleModule(argument_spec=concern_module.argument_spec(concern), supports_check_mode=True)
    concern_module.run(module, concern)


if __name__ == "__main__":
    main()
