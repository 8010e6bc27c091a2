/** Whether a repeat goes back once more, and what the decision says. `gone` is how often it has gone back before. */
export function repetition(
  { from, times }: { from: string; times: number },
  gone: number,
): { outcome: 'case:0' | 'else'; reason: string; inputs: { round: number; times: number } } {
  const round = Math.min(gone + 1, times);
  const inputs = { round, times };
  if (gone >= times) return { outcome: 'else', reason: `all ${times} rounds are done`, inputs };
  return { outcome: 'case:0', reason: `back to ${from}: round ${round} of ${times}`, inputs };
}
