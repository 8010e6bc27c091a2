import type { ScoreModel } from './model';

/** A model with the event types that it asks about. */
export interface Scoring {
  model: ScoreModel;
  types: ReadonlySet<string>;
}

interface Happening {
  type: string;
  properties: { learned?: unknown };
  traits: object;
  context: { campaign?: unknown };
}

/** Whether an event may change a score: a rule asks about it, or it tells who somebody is. */
export function mayScore(scoring: Scoring, event: Happening): boolean {
  return scoring.types.has(event.type) || event.type === 'contact.merged' || mayChangeFit(scoring, event);
}

/** What their company teaches them is learned where these are folded, without a trait that says so. */
const teaching: readonly string[] = ['company.updated', 'contact.merged'];

/** What an event before it told counted there already. */
export function mayChangeFit({ model }: Scoring, { type, properties, traits, context }: Happening): boolean {
  if (model.fit.length === 0) return false;
  if (type === 'contact.updated') return properties.learned !== true;
  if (teaching.includes(type)) return true;
  return Object.keys(traits).length > 0 || context.campaign != null;
}
