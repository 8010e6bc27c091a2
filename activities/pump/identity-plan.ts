import type { DbOrTx } from '../../prisma/client';
import type { KeyedEvent } from '../../prisma/stores/pump/events';
import { readOwners, type Owner } from '../../prisma/stores/pump/identities';
import { readCrowds, readRecognised } from '../../prisma/stores/pump/visitors';
import { keysOf } from './keys';
import { planIdentities, type IdentityPlan } from './plan-identities';

export interface PlanNow {
  owners: ReadonlyMap<string, Owner>;
  plan: IdentityPlan;
}

/** Whose keys these are to be, as things stand. What hardly any event asks is read only where one does. */
export async function planNow(db: DbOrTx, events: readonly KeyedEvent[], newId: () => string): Promise<PlanNow> {
  const owners = await readOwners(db, [...new Set(events.flatMap(keysOf))].sort());
  const recognised = await readRecognised(db, browsersOf(events, owners));
  const plan = planIdentities(events, owners, { newId, recognised });
  const crowds = await readCrowds(db, becomingKnown(plan, owners));
  return { owners, plan: crowds.size === 0 ? plan : planIdentities(events, owners, { newId, recognised, crowds }) };
}

/** Browsers of known contacts that tell a user id which is nobody's. */
function browsersOf(events: readonly KeyedEvent[], owners: ReadonlyMap<string, Owner>): Owner[] {
  const telling = events
    .filter(({ fromBrowser }) => fromBrowser)
    .map(keysOf)
    .filter((keys) => keys.some((key) => key.startsWith('user:') && !owners.has(key)));
  const found = telling.flat().flatMap((key) => (key.startsWith('anonymous:') ? (owners.get(key) ?? []) : []));
  return found.filter(({ known }) => known);
}

/** Visitors who would be somebody from now on. */
function becomingKnown({ joins, identities }: IdentityPlan, owners: ReadonlyMap<string, Owner>): string[] {
  const visitors = new Set([...owners.values()].filter(({ known }) => !known).map(({ contactId }) => contactId));
  const told = identities.filter(({ key }) => !key.startsWith('anonymous:')).map(({ contactId }) => contactId);
  return [...new Set([...joins.map(({ from }) => from), ...told])].filter((id) => visitors.has(id));
}
