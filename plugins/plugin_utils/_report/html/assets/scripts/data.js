// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The data of the page as linked objects: groups of addresses, kinds of flows, profiles, hosts and rows.

const fleet = (() => {
  const data = JSON.parse(byId("data").textContent);
  const group = (addresses) => ({ addresses, text: addresses.join(" ").toLowerCase() });
  const groups = data.groups.map(group);
  const kinds = data.kinds.map((values) => {
    const kind = Object.fromEntries(data.kindFields.map((field, number) => [field, values[number]]));
    return { ...kind, text: values.filter((value) => typeof value === "string").join(" ").toLowerCase() };
  });
  const row = (kind, direction, source, destination) => ({ kind: kinds[kind], direction, source, destination });
  const hosts = data.hosts.map(([name, addresses, profile]) =>
    ({ name, own: group(addresses), profile: data.profiles[profile] }));
  return {
    csv: data.csv,
    hosts,
    hostOf: new Map(hosts.map((host) => [host.name, host])),
    domains: new Set(data.profiles.map((profile) => profile.domain)),
    roles: [...new Set(data.profiles.flatMap((profile) => profile.roles))],
    // The hosts of each conflict; a host without a role is only a name.
    conflicts: data.conflicts.map((members) =>
      members.map((member) => (typeof member === "number" ? hosts[member].name : member))),
    rows: data.fleet.map(([source, destination], kind) => row(kind, "", groups[source], groups[destination])),
    rowsOf: (host) => host.profile.rows.map(([kind, direction, source, destination]) =>
      row(kind, direction, source === null ? host.own : groups[source],
        destination === null ? host.own : groups[destination])),
  };
})();
