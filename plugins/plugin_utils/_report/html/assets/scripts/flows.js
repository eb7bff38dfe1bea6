// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The rows of the matrix, as a table.

const MOST_ADDRESSES = 2;
const SLICE_OF_ROWS = 50;

// The address of a single host is shown without its prefix length.
const shortened = (address) => address.replace(/^([^:]*)\/32$|^(.*:.*)\/128$/, "$1$2");

const addressesOf = ({ addresses }) => {
  const lines = (some) => some.map((address) => make("span", {}, `${shortened(address)} `));
  const cell = make("div", { class: "addresses" }, ...lines(addresses.slice(0, MOST_ADDRESSES)));
  const left = addresses.length - MOST_ADDRESSES;
  if (left > 0) {
    const button = make("button", { type: "button", class: "inline" }, `and ${left.toLocaleString("en")} more`);
    button.addEventListener("click", () => cell.replaceChildren(...lines(addresses)));
    cell.append(button);
  }
  return cell;
};

const portsOf = (ports) => ports.split(" ").map((port) => make("span", {}, `${port} `));

const why = (kind) => {
  const reference = make("span", {}, kind.documented ? kind.reference : "Not in the source: ");
  return kind.documented ? [reference] : [reference, make("span", { class: "reason" }, kind.reason)];
};

const flowTable = {
  table: byId("rows"),

  row({ kind, direction, source, destination }) {
    return tableRow(
      [{}, make("span", { class: `phase ${kind.phase}` }, kind.phase)],
      [{}, kind.service],
      [{}, kind.protocol],
      ...(direction ? [[{ "data-label": "Direction" }, direction]] : []),
      [{ class: "end", "data-label": "From" }, kind.source_role, addressesOf(source)],
      [{ class: "ports" }, ...portsOf(kind.source_ports)],
      [{ class: "end", "data-label": "To" }, kind.destination_role, addressesOf(destination)],
      [{ class: "ports" }, ...portsOf(kind.destination_ports)],
      [{ "data-label": "Initiates", class: kind.initiates ? "" : "reply" }, kind.initiates ? "yes" : "reply"],
      ...(fleet.domains.size > 1 ? [[{ "data-label": "Domain" }, kind.domain]] : []),
      [{ class: "whole", "data-label": "Why" }, ...why(kind)],
    );
  },

  show(rows, ofHost) {
    tableHead(this.table, [
      ["Phase"], ["Service"], ["Protocol"], ...(ofHost ? [["Direction"]] : []), ["From"], ["Ports"], ["To"], ["Ports"],
      ["Initiates"], ...(fleet.domains.size > 1 ? [["Domain"]] : []), ["Why"],
    ]);
    this.slices.show(rows);
  },
};
flowTable.slices = slices(flowTable.table, byId("rows-more"), SLICE_OF_ROWS, flowTable.row);
