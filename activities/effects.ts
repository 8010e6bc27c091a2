import type { Logger } from 'pino';
import type { JourneyEffects } from '../workflows/contract/activities';
import type { Asked } from '../prisma/stores/effects/reading';
import { act } from '../prisma/stores/effects/act';
import { arrive } from '../prisma/stores/effects/arrive';
import { needAttention } from '../prisma/stores/effects/attention';
import { underLock, type EffectContext, type EffectDeps } from '../prisma/stores/effects/context';
import { decide } from '../prisma/stores/effects/decide';
import { askedBy, finish } from '../prisma/stores/effects/finish';
import { graphOf } from '../prisma/stores/effects/graphs';
import { move } from '../prisma/stores/effects/move';
import type { Tx } from '../prisma/client';
import { guarded } from './guard';
import { renderText } from './render-text';

/** The effects that only touch the database, each one transaction under the contact's lock. */
export function createJourneyEffects(deps: EffectDeps & { log: Logger }): JourneyEffects {
  const { log } = deps;
  const step = <A extends Asked, R>(effect: (tx: Tx, context: EffectContext, asked: A) => Promise<R>) =>
    guarded(log, (asked: A) => underLock(deps, asked, (tx, context) => effect(tx, context, asked)));
  return {
    loadGraph: guarded(log, (versionId: string) => graphOf(deps.db, versionId)),
    arrive: step(arrive),
    decide: step(decide),
    act: step((tx, context, asked) => act(tx, { ...context, renderText }, asked)),
    needAttention: step(needAttention),
    move: step(move),
    finish: guarded(log, (request) => underLock(deps, askedBy(request), (tx, context) => finish(tx, context, request))),
  };
}
