/** An arm with its share among the weights of all. */
export interface WeightedArm {
  name: string;
  weight: number;
}

/** Whose draw it is: the same for this contact at this step, whenever and wherever it is drawn. */
export interface Drawing {
  contactId: string;
  journeyKey: string;
  stepId: string;
}

/** From 0 to below 1, evenly over contacts; another step's draw of the same contact says nothing about it. */
export function drawOf({ contactId, journeyKey, stepId }: Drawing): number {
  return hashOf(`${journeyKey}/${stepId}/${contactId}`) / 2 ** 32;
}

/** The index of the arm that a draw falls into. Throws where there is none. */
export function armAt(arms: readonly WeightedArm[], draw: number): number {
  if (arms.length === 0) throw new RangeError('a split has arms');
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  const index = arms.findIndex(({ weight }) => (below += weight) > draw * total);
  return index === -1 ? arms.length - 1 : index;
}

/** FNV-1a, then the last mixing of MurmurHash3: FNV alone leaves traces of the text in the high bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
