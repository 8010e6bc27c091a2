/** Rules that may make one of two records without anybody looking: what they find is one person, or hurts nobody. */
export const mergeRules = ['email'] as const;
export type MergeRule = (typeof mergeRules)[number];

export interface MergeDuplicatesInput {
  rule: MergeRule;
}
