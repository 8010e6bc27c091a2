import { v7 } from 'uuid';
import type { Axis } from '../../../workflows/domain/scoring/model';
import { bucketOf } from '../../bucket';
import { inTransaction, type Db } from '../../client';
import { getContact } from '../contacts';
import { lockContacts } from '../pump/contacts';
import { insertInside } from '../pump/events';
import { givePoints } from './points';

/** Points that a person gives, and why. */
export interface PointsByHand {
  axis: Axis;
  points: number;
  reason: string;
  at: Date;
}

/** Gives them, and tells what they cross as those of a step. False where the contact is gone. */
export function givePointsByHand(db: Db, contactId: string, { reason, at, ...points }: PointsByHand): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await lockContacts(tx, [contactId]);
    const contact = await getContact(tx, contactId);
    if (contact?.id !== contactId) return false;
    const ofNoJourney = { enrollmentId: null, visit: null, journeyKey: null };
    const given = { id: v7(), contactId, ...points, rule: reason, at: at.getTime(), ...ofNoJourney };
    const told = await givePoints(tx, [given]);
    const bucket = bucketOf(`contact:${contactId}`);
    await insertInside(
      tx,
      told.map((crossing) => ({ ...crossing, bucket, hops: 1 })),
    );
    return true;
  });
}
