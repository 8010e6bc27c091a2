import { addressHash } from '../../../prisma/address';
import { personKey } from '../../../workflows/domain/sending/opt-out';
import { act } from '../../../workflows/interpreter/virtual/act';
import { arrive, needAttention } from '../../../workflows/interpreter/virtual/arrive';
import { decide } from '../../../workflows/interpreter/virtual/decide';
import { finish } from '../../../workflows/interpreter/virtual/finish';
import { merge } from '../../../workflows/interpreter/virtual/merge';
import { move } from '../../../workflows/interpreter/virtual/move';
import * as people from '../../../workflows/interpreter/virtual/people';
import { pump } from '../../../workflows/interpreter/virtual/pump';
import { accept } from '../../../workflows/interpreter/virtual/record';
import { begin } from '../../../workflows/interpreter/virtual/send/begin';
import { claim } from '../../../workflows/interpreter/virtual/send/claim';
import { raise, settle } from '../../../workflows/interpreter/virtual/send/settle';
import { sweepHeld } from '../../../workflows/interpreter/virtual/sweep';
import { emptyWorld, type SendRow, type World } from '../../../workflows/interpreter/virtual/world';
import type { Requested } from '../../../workflows/interpreter/host';
import { versionsOf } from './journeys';
import type { HoldScope, Message, Person, PlainEffect, Setup, Snapshot, Store, TestEvent, Told } from './store';

/** The store of workflows/interpreter/virtual, as the other side of each comparison. */
export class MemoryStore implements Store {
  world: World = emptyWorld(0);

  async begin({ now, settings, people: all, enrollments }: Setup): Promise<void> {
    this.world = emptyWorld(now, settings);
    for (const [id, { graph }] of versionsOf()) this.world.graphs.set(id, graph);
    for (const enrolled of enrollments) {
      this.world.enrollments.push({
        ...enrolled,
        ...{ status: 'active', attention: null, visit: 0, stepId: null },
        ...{ leaving: null, leavingCause: null, diverted: null },
        ...{ outcome: null, cause: null, mark: 0n, entry: {}, endedAt: null },
      });
    }
    for (const { id, email, phone, userId, anonymousId, ownsAddress } of all) {
      this.world.contacts.push({
        id,
        fields: { email, phone, timezone: null, country: null, traits: {} },
        lastTurn: 0n,
      });
      if (userId !== null) this.world.identities.set(`user:${userId}`, id);
      if (anonymousId !== null) this.world.identities.set(`anonymous:${anonymousId}`, id);
      if (email !== null && ownsAddress) this.world.identities.set(`email:${email}`, id);
    }
  }

  async setClock(now: number): Promise<void> {
    this.world.now = now;
  }

  async accept({ of, ...event }: TestEvent): Promise<void> {
    accept(this.world, { ...event, origin: 'test', sendId: of && `${of.enrollmentId}/${of.visit}` });
  }

  async pump(): Promise<void> {
    pump(this.world);
  }

  async perform<N extends PlainEffect>(name: N, request: Requested<N>): Promise<Told> {
    const { world } = this;
    const effects: { [E in PlainEffect]: (asked: Requested<E>) => Told } = {
      arrive: (asked) => ({ ...arrive(world, asked) }),
      act: (asked) => ({ ...act(world, asked) }),
      decide: (asked) => ({ ...decide(world, asked) }),
      finish: (asked) => ({ ...finish(world, asked) }),
      needAttention: (asked) => ({ ...needAttention(world, asked) }),
      move: (asked) => ({ ...move(world, asked) }),
    };
    return effects[name](request);
  }

  async claim(...[request, attempt]: Parameters<Store['claim']>): Promise<Told> {
    const answer = claim(this.world, request, attempt);
    return answer.kind === 'go' ? { kind: 'go' } : { ...answer };
  }

  async beginCall(...[request, attempt]: Parameters<Store['beginCall']>): Promise<Told> {
    const answer = begin(this.world, request, attempt);
    return answer.kind === 'go' ? { kind: 'go' } : { ...answer };
  }

  async settle(...[request, attempt, answer]: Parameters<Store['settle']>): Promise<Told> {
    return { ...settle(this.world, request, { attempt, answer }) };
  }

  async providerEvent(...[of, state]: Parameters<Store['providerEvent']>): Promise<void> {
    const row = this.send(of);
    if (row) raise(this.world, row, { state, at: this.world.now });
  }

  async optOut(...[person, ofTopic]: Parameters<Store['optOut']>): Promise<void> {
    if (person.email === null) return;
    const topic = ofTopic ? 'education' : null;
    people.optOut(this.world, { address: person.email, contactId: person.id, topic, link: person.unsubscribeToken });
  }

  async withdraw({ id }: Person, ofTopic: boolean, fact: string): Promise<void> {
    people.withdraw(this.world, { contactId: id, topic: ofTopic ? 'education' : null, fact });
  }

  async complain({ email }: Person, fact: string): Promise<void> {
    if (email !== null) people.complain(this.world, { address: email, fact });
  }

  async stop({ id, phone }: Person): Promise<void> {
    if (phone !== null) people.stop(this.world, { phone, contactId: id });
  }

  async pause(given: HoldScope): Promise<void> {
    const target = this.present(given);
    if (this.held(target).length > 0) return;
    people.setHold(this.world, { ...target, id: `hold:${this.world.holds.length}` });
  }

  async resume(given: HoldScope, spreadSeconds: number): Promise<void> {
    const target = this.present(given);
    for (const hold of this.held(target))
      Object.assign(hold, { liftedAt: this.world.now, spreadMs: spreadSeconds * 1000 });
    for (const enrollment of this.world.enrollments) {
      if (enrollment.status !== 'held' || !concerns(target, enrollment)) continue;
      enrollment.status = 'active';
      this.world.dispatches.push({ enrollmentId: enrollment.id, kind: 'released', visit: null });
    }
  }

  /** Who was joined into another is the other. */
  private present(target: HoldScope): HoldScope {
    if (target.scope !== 'contact') return target;
    const { mergedInto } = this.world.contacts.find(({ id }) => id === target.contactId) ?? {};
    return mergedInto === undefined ? target : { scope: 'contact', contactId: mergedInto };
  }

  private held(target: HoldScope) {
    const same = JSON.stringify(Object.entries(target).sort());
    return this.world.holds.filter(({ id: _i, liftedAt, spreadMs: _s, ...scope }) => {
      return liftedAt === null && JSON.stringify(Object.entries(scope).sort()) === same;
    });
  }

  async exit(enrollmentId: string): Promise<void> {
    people.setLeaving(this.world, enrollmentId, { outcome: 'exited', cause: { kind: 'operator' } });
  }

  async patchAddress(contactId: string, email: string | null): Promise<void> {
    people.patchAddress(this.world, contactId, email);
  }

  async allowResend(enrollmentId: string): Promise<void> {
    people.allowResend(this.world, enrollmentId);
  }

  async sweepHeld(): Promise<void> {
    sweepHeld(this.world);
  }

  async merge(stays: string, goes: string): Promise<void> {
    merge(this.world, { stays, goes, by: 'hand', cause: `merge:${this.world.lastSeq}` });
  }

  async orphans(): Promise<string[]> {
    const gone = new Set(this.world.contacts.flatMap(({ id, mergedInto }) => (mergedInto === undefined ? [] : [id])));
    const rows = Object.entries(this.world).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((row: object) => ({ name, row })) : [],
    );
    const named = rows.filter(({ row }) => 'contactId' in row && gone.has(String(row.contactId)));
    const barred = this.world.suppressions.filter(({ address }) => [...gone].map(personKey).includes(address));
    return [
      ...named.map(({ name }) => name),
      ...[...this.world.identities.values()].filter((id) => gone.has(id)),
      ...barred.map(() => 'suppressions'),
    ];
  }

  async owed(enrollmentId: string) {
    return this.world.dispatches.find((row) => row.enrollmentId === enrollmentId) ?? null;
  }

  async delivered(enrollmentId: string): Promise<void> {
    const row = await this.owed(enrollmentId);
    this.world.dispatches = this.world.dispatches.filter((one) => one !== row);
  }

  send(of: Message): SendRow | undefined {
    return this.world.sends.find(
      (row) => row.enrollmentId === of.enrollmentId && row.visit === of.visit && row.channel === of.channel,
    );
  }

  async snapshot(): Promise<Snapshot> {
    const { world } = this;
    return {
      enrollments: [...world.enrollments].sort(byId).map((row) => {
        const { id, status, attention, visit, stepId, leaving, diverted, outcome, contactId } = row;
        const meaning = (mark: bigint) =>
          world.events.filter((e) => e.contactId === contactId && e.turn !== null && e.turn <= mark).length;
        return {
          ...{ id, status, visit, stepId, leaving, outcome, attention: attention?.code ?? null },
          diverted: diverted && { exit: diverted.exit, at: diverted.at, taken: diverted.taken },
          ...{ versionId: row.versionId, ahead: row.ahead ?? null },
          visits: visitsOf(world, id, meaning),
          sends: sendsOf(world, id),
          subscriptions: world.subscriptions
            .filter(({ enrollmentId }) => enrollmentId === id)
            .sort((a, b) => a.visit - b.visit || a.slot - b.slot)
            .map((one) => `${one.visit}/${one.slot} ${one.deadline}`),
          dispatches: world.dispatches
            .filter(({ enrollmentId }) => enrollmentId === id)
            .map((one) => `${one.kind} ${one.visit} ${one.outcome ?? null}`),
          decisions: decisionsOf(world, id),
        };
      }),
      contacts: [...world.contacts].sort(byId).map(({ id, fields }) => ({
        ...{ id, email: fields['email'] ?? null, country: fields['country'] ?? null, traits: fields['traits'] ?? {} },
        written: writtenOf(world, id),
        events: world.events
          .filter(({ contactId, turn }) => contactId === id && turn !== null)
          .sort((a, b) => ((a.turn ?? 0n) < (b.turn ?? 0n) ? -1 : 1))
          .map(({ type }) => type),
      })),
      waiting: world.events.filter(({ turn }) => turn === null).length,
      suppressed: world.suppressions
        .map(({ channel = 'email', address, scope, reason, at = 0 }) =>
          [channel, scope, reason, address.startsWith('person:') ? address : addressHash(address), at].join(' '),
        )
        .sort(),
    };
  }
}

/** What steps wrote for a contact. */
function writtenOf({ scores, tasks, exposures }: World, contactId: string): string[] {
  const isOwn = (row: { contactId: string }): boolean => row.contactId === contactId;
  return [
    ...scores.filter(isOwn).map((row) => `points ${row.enrollmentId} ${row.visit} ${row.axis} ${row.points}`),
    ...tasks.filter(isOwn).map((row) => `task ${row.enrollmentId} ${row.visit} ${row.type} ${row.title}`),
    ...exposures.filter(isOwn).map((row) => `arm ${row.journeyKey} ${row.stepId} ${row.arm}`),
  ].sort();
}

function visitsOf(world: World, id: string, meaning: (mark: bigint) => number): unknown[] {
  const own = world.visits.filter(({ enrollmentId }) => enrollmentId === id);
  return own.map(({ visit, stepId, outcome, deadline, arrivedAt, leftAt, mark, look, winnerSeq }) => {
    const winner = world.events.find(({ seq }) => seq === winnerSeq);
    return {
      ...{ visit, stepId, outcome, deadline, arrivedAt, leftAt, mark: meaning(mark), look: meaning(look) },
      winner: winner ? winner.type : null,
    };
  });
}

function sendsOf(world: World, id: string): unknown[] {
  const own = world.sends.filter(({ enrollmentId }) => enrollmentId === id).sort(byPlace);
  return own.map(
    ({ visit, channel, state, reason, begun, attemptId, deferredUntil, claimedAt, address, mayResend }) => {
      return { visit, channel, state, reason, begun, attemptId, deferredUntil, claimedAt, address, mayResend };
    },
  );
}

function byPlace(a: SendRow, b: SendRow): number {
  return a.visit - b.visit || (a.channel < b.channel ? -1 : 1);
}

function decisionsOf(world: World, id: string): string[] {
  return world.decisions
    .filter(({ enrollmentId, kind }) => enrollmentId === id && kind !== 'exit')
    .map(({ visit, kind, ordinal, outcome }) => `${visit} ${kind} ${ordinal} ${outcome}`)
    .sort();
}

function concerns(target: HoldScope, { id, contactId, journeyKey }: World['enrollments'][number]): boolean {
  switch (target.scope) {
    case 'system':
      return true;
    case 'enrollment':
      return target.enrollmentId === id;
    case 'contact':
      return target.contactId === contactId;
    case 'journey':
    case 'step':
      return target.journeyKey === journeyKey;
  }
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
