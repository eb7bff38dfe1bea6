// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Hosts and roles: a table of both, with the numbers of ports that each host names, holds, pins and opens.

const SLICE_OF_HOSTS = 25;

const figure = (host, verb) => {
  const number = host.profile.claims.filter((claim) => claim.verb === verb).length;
  return [{ class: "figure", "data-label": verb }, number ? String(number) : ""];
};

const hostTable = {
  table: byId("hosts"),

  row(host) {
    const { roles, domain, rows } = host.profile;
    return tableRow(
      [{}, hostLink(host.name)],
      ...(fleet.domains.size > 1 ? [[{ "data-label": "Domain" }, domain]] : []),
      [{ class: "whole" }, addressesOf(host.own)],
      ...fleet.roles.map((role) => (roles.includes(role)
        ? [{ class: "mark" },
          make("span", { "aria-hidden": "true" }, "●"), make("span", { class: "role-name" }, role)]
        : [{ class: "mark" }])),
      ...["named", "held", "pinned"].map((verb) => figure(host, verb)),
      [{ class: "figure", "data-label": "opened" }, rows.length ? String(rows.length) : ""],
    );
  },

  show(text) {
    const hosts = chosenHosts(text);
    const all = counted(fleet.hosts.length, "host");
    byId("hosts-count").textContent = text ? `${hosts.length.toLocaleString("en")} of ${all}` : all;
    this.slices.show(hosts);
  },

  start() {
    if (!this.table) return;
    tableHead(this.table, [
      ["Host"], ...(fleet.domains.size > 1 ? [["Domain"]] : []), ["Addresses"],
      ...fleet.roles.map((role) => [role, "mark"]),
      ...["Named", "Held", "Pinned", "Opened"].map((title) => [title, "figure"]),
    ]);
    this.slices = slices(this.table, byId("hosts-more"), SLICE_OF_HOSTS, this.row);
    this.show("");
    byId("find").addEventListener("input", (event) => this.show(event.target.value.trim()));
  },
};
