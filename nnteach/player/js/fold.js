// @ts-check
/** Layers that open into their nodes and close again: each state is a picture of its own, at the same step. */
/** @import { Player } from "./player.js" */

import { carriedNode, nodesInUse } from "./lookup.js";

/** Whether a node is a box that opens or closes. @param {Player} player @param {Element | null} place */
export const folds = (player, place) => !!player.nodeOf(place)?.fold && !!place?.closest("[aria-expanded]");

/** Open or close a layer: the one that has the focus, or is current, or the first. @param {Player} player @param {Element | null} place */
export function fold(player, place) {
  const { data, step, stage } = player;
  const now = data.steps[step - 1]?.node ?? "";
  const node = [player.nodeOf(place), data.nodes.find((one) => one.fold && one.at?.includes(now)), ...data.nodes].find((one) => one?.fold);
  if (!node?.fold) return;
  const corner = (/** @type {string} */ name) => player.picture.node(name)?.group.getBoundingClientRect() ?? { left: 0, top: 0 };
  const before = corner(node.name);
  player.setLevel(node.fold);
  // The box that was opened stays under the pointer, as far as the window allows and what is in use can be seen.
  const keep = () => {
    const after = corner(carriedNode(data, player.data, node.name) ?? "");
    stage.element.scrollBy(after.left - before.left, after.top - before.top);
  };
  keep();
  if (!nodesInUse(player.data, player.step).length) requestAnimationFrame(keep);
}
