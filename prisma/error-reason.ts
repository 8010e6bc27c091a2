/**
 * What an error says. A host name with two addresses makes one error of two, whose own message is empty; and what Node
 * throws is no `instanceof Error` inside Jest.
 */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(reasonOf).join(', ');
  return 'message' in error && typeof error.message === 'string' ? error.message : JSON.stringify(error);
}
