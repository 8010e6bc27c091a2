import type { Json, JsonObject } from '../json';

/**
 * Whether an event makes its contact a customer: it told so (`learned` has what it changed), or a person or a step wrote
 * it into the contact and the event tells of that.
 */
export function becameCustomer(
  { type, properties }: { type: string; properties: JsonObject },
  learned: Record<string, Json>,
): boolean {
  if (learned['lifecycleStage'] === 'customer') return true;
  if (type !== 'contact.updated' || properties['learned'] === true) return false;
  const { values } = properties;
  return (
    typeof values === 'object' && values !== null && !Array.isArray(values) && values['lifecycleStage'] === 'customer'
  );
}
