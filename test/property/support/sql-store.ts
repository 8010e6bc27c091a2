import { sendKeyOf } from '../../../workflows/domain/sending/channel';
import { suppressPhone } from '../../../prisma/stores/phone-opt-outs';
import pino from 'pino';
import { Pump } from '../../../activities/pump/pump';
import { sweepHeld } from '../../../activities/pump/sweeps';
import { addressHash } from '../../../prisma/address';
import { inTransaction, type Db } from '../../../prisma/client';
import { act } from '../../../prisma/stores/effects/act';
import { arrive } from '../../../prisma/stores/effects/arrive';
import { needAttention } from '../../../prisma/stores/effects/attention';
import { underLock, type EffectDeps } from '../../../prisma/stores/effects/context';
import { decide } from '../../../prisma/stores/effects/decide';
import { askedBy, finish } from '../../../prisma/stores/effects/finish';
import { move } from '../../../prisma/stores/effects/move';
import { begin } from '../../../prisma/stores/effects/send/begin';
import { saveBody } from '../../../prisma/stores/effects/send/body';
import { claim } from '../../../prisma/stores/effects/send/claim';
import { settle } from '../../../prisma/stores/effects/send/settle';
import { providerEvent } from '../../../prisma/stores/effects/send-states';
import { exitEnrollment } from '../../../prisma/stores/enrollment-actions';
import { patchContact } from '../../../prisma/stores/contacts';
import { bucketOf } from '../../../prisma/bucket';
import { pause, resume } from '../../../prisma/stores/holds';
import { defaultSettings, type Settings } from '../../../prisma/stores/settings';
import { applyMailFact } from '../../../prisma/stores/mail-facts';
import { withdrawConsent } from '../../../prisma/stores/say-consent';
import { unsubscribe } from '../../../prisma/stores/unsubscribe';
import type { Requested } from '../../../workflows/interpreter/host';
import type { DispatchRow } from '../../../workflows/interpreter/virtual/world';
import type { VisitOutcome } from '../../../workflows/contract/visits';
import { Prisma } from '../../../prisma/generated/client';
import { mergeContacts } from '../../../prisma/stores/merging/merge';
import { uuidColumns } from '../../support/contact-columns';
import type { Lane } from './lane';
import { versionsOf } from './journeys';
import type { HoldScope, Person, PlainEffect, Setup, Snapshot, Store, TestEvent, Told } from './store';

/** The real store functions, on PostgreSQL. */
export class SqlStore implements Store {
  private settings: Settings = defaultSettings;
  private enrollmentIds: string[] = [];
  private contactIds: string[] = [];
  private clock = 0;
  private readonly pumping: Pump;
  private readonly deps: EffectDeps;

  private constructor(private readonly lane: Lane) {
    this.deps = { db: lane.db, settings: async () => this.settings };
    this.pumping = new Pump({ db: lane.db, log: pino({ level: 'silent' }) });
  }

  static async open(lane: Lane): Promise<SqlStore> {
    await lane.db.journeyVersion.createMany({
      data: [...versionsOf()].map(([id, { key, number, graph }]) => ({
        ...{ id, journeyKey: key, number, source: '', document: {}, sha256: '' },
        graph: JSON.parse(JSON.stringify(graph)),
      })),
    });
    return new SqlStore(lane);
  }

  private get db(): Db {
    return this.lane.db;
  }

  async begin({ now, settings, people, enrollments }: Setup): Promise<void> {
    await this.setClock(now);
    this.settings = { ...defaultSettings, ...settings };
    this.enrollmentIds = enrollments.map(({ id }) => id).sort();
    this.contactIds = people.map(({ id }) => id).sort();
    const given = JSON.stringify({
      people: people.map((one) => ({ ...one, hash: one.email && addressHash(one.email) })),
      enrollments,
    });
    await this.db.$executeRaw`
      with given as (select ${given}::jsonb as d),
        p as (select x.* from given, jsonb_to_recordset(d->'people')
          as x(id uuid, email text, phone text, "userId" text, "anonymousId" text, "ownsAddress" boolean, "unsubscribeToken" text, hash text)),
        settled as (update event set processed = true where not processed),
        quiet as (delete from hold), open as (delete from circuit), free as (delete from suppression),
        c as (insert into contact (id, email, phone) select id, email, phone from p),
        i as (insert into contact_identity (kind, value, contact_id)
          select 'user', "userId", id from p where "userId" is not null
          union all select 'anonymous', "anonymousId", id from p where "anonymousId" is not null
          union all select 'email', email, id from p where email is not null and "ownsAddress"),
        u as (insert into unsubscribe_link (token, address_hash, contact_id, send_id, topic)
          select "unsubscribeToken", hash, id, id, 'education' from p where hash is not null)
      insert into enrollment (id, journey_key, version_id, contact_id, n, entry_turn, entered_at, fast_forwarded, started)
      select x.id, x."journeyKey", x."versionId", x."contactId", 1, 0, to_timestamp(x."enteredAt" / 1000.0), x."fastForwarded", true
      from given, jsonb_to_recordset(d->'enrollments') as x(id uuid, "journeyKey" text, "versionId" uuid, "contactId" uuid,
        "enteredAt" float8, "fastForwarded" boolean)`;
  }

  async setClock(now: number): Promise<void> {
    this.clock = now;
    await this.lane.setClock(now);
  }

  async accept({ messageId, type, keys, properties, traits, receivedAt, of }: TestEvent): Promise<void> {
    const at = new Date(receivedAt);
    await this.db.$executeRaw`
      insert into event (origin, message_id, type, keys, bucket, properties, traits, occurred_at, received_at, send_id)
      values ('test', ${messageId}, ${type}, ${keys}, ${bucketOf(keys[0] ?? '')}, ${JSON.stringify(properties)}::jsonb,
        ${JSON.stringify(traits)}::jsonb, ${at}, ${at}, (select id from send where key = ${of && `${of.enrollmentId}/${of.visit}/email`}))
      on conflict do nothing`;
  }

  async pump(): Promise<void> {
    await this.pumping.once();
  }

  async perform<N extends PlainEffect>(name: N, request: Requested<N>): Promise<Told> {
    const { deps } = this;
    const effects: { [E in PlainEffect]: (asked: Requested<E>) => Promise<Told> } = {
      arrive: async (asked) => ({ ...(await underLock(deps, asked, (tx, context) => arrive(tx, context, asked))) }),
      act: async (asked) => ({
        ...(await underLock(deps, asked, (tx, context) => act(tx, { ...context, renderText: (text) => text }, asked))),
      }),
      decide: async (asked) => ({ ...(await underLock(deps, asked, (tx, context) => decide(tx, context, asked))) }),
      finish: async (asked) => ({
        ...(await underLock(deps, askedBy(asked), (tx, context) => finish(tx, context, asked))),
      }),
      needAttention: async (asked) => ({
        ...(await underLock(deps, asked, (tx, context) => needAttention(tx, context, asked))),
      }),
      move: async (asked) => ({ ...(await underLock(deps, asked, (tx, context) => move(tx, context, asked))) }),
    };
    return effects[name](request);
  }

  async claim(...[asked, attempt]: Parameters<Store['claim']>): Promise<Told> {
    const answer = await underLock(this.deps, asked, (tx, context) => claim(tx, context, { asked, attempt }));
    if (answer.kind !== 'go') return { ...answer };
    await saveBody(this.db, { sendId: answer.sendId, from: { email: '', name: '' }, ...emptyBody });
    return { kind: 'go' };
  }

  async beginCall(...[asked, attempt]: Parameters<Store['beginCall']>): Promise<Told> {
    const answer = await underLock(this.deps, asked, (tx, context) => begin(tx, context, { asked, attempt }));
    return answer.kind === 'go' ? { kind: 'go' } : { ...answer };
  }

  async settle(...[asked, attempt, answer]: Parameters<Store['settle']>): Promise<Told> {
    return { ...(await underLock(this.deps, asked, (tx, context) => settle(tx, context, { asked, attempt, answer }))) };
  }

  async providerEvent(...[of, state]: Parameters<Store['providerEvent']>): Promise<void> {
    const key = sendKeyOf(of.enrollmentId, of.visit, of.channel);
    const send = await this.db.send.findUnique({ where: { key } });
    if (!send) return;
    const event = { sendId: send.id, state, providerMessageId: null, at: this.clock };
    await inTransaction(this.db, (tx) => providerEvent(tx, event));
  }

  async optOut(...[person, topic]: Parameters<Store['optOut']>): Promise<void> {
    const request = { from: topic ? ('topic' as const) : ('all' as const), oneClick: true, at: new Date(this.clock) };
    await unsubscribe(this.db, person.unsubscribeToken, request);
  }

  async withdraw({ id }: Person, ofTopic: boolean): Promise<void> {
    const said = { channel: 'email', topic: ofTopic ? 'education' : '*', text: null, source: null } as const;
    await withdrawConsent(this.db, id, { ...said, at: new Date(this.clock) });
  }

  async complain({ email }: Person, fact: string): Promise<void> {
    if (email === null) return;
    await applyMailFact(this.db, {
      ...{ provider: 'test', dedupKey: fact, type: 'spamreport', payload: {}, sendId: null, providerMessageId: null },
      ...{ address: email, at: new Date(this.clock), state: null },
      event: { type: 'email.complained', properties: {} },
      optOut: { scope: 'global', reason: 'complained' },
    });
  }

  async stop({ id, phone }: Person): Promise<void> {
    if (phone === null) return;
    const { mergedInto } = await this.db.contact.findUniqueOrThrow({ where: { id } });
    const whom = { phone, contactIds: [mergedInto ?? id] };
    await inTransaction(this.db, (tx) =>
      suppressPhone(tx, { ...whom, reason: 'unsubscribed', at: new Date(this.clock), source: {} }),
    );
  }

  async pause(target: HoldScope): Promise<void> {
    await pause(this.db, target, { reason: '', by: null });
  }

  async resume(target: HoldScope, spreadSeconds: number): Promise<void> {
    await resume(this.db, target, { spreadSeconds, by: null });
  }

  async exit(enrollmentId: string): Promise<void> {
    await exitEnrollment(this.db, enrollmentId, { reason: '', at: new Date(this.clock) });
  }

  async patchAddress(contactId: string, email: string | null): Promise<void> {
    await patchContact(this.db, contactId, { fields: { email }, traits: {}, at: new Date(this.clock) });
  }

  async allowResend(enrollmentId: string): Promise<void> {
    await this.db.$executeRaw`
      update send set may_resend = true where id = (
        select id from send where enrollment_id = ${enrollmentId}::uuid and state = 'unknown'
        order by visit desc, channel collate "C" desc limit 1)`;
  }

  async sweepHeld(): Promise<void> {
    const temporal = { brokenSince: async () => [], isOpen: async () => true } as never;
    await sweepHeld({ db: this.db, log: pino({ level: 'silent' }), temporal });
  }

  async merge(stays: string, goes: string): Promise<void> {
    const of = { by: 'hand' as const, reason: '', requestedBy: null, at: new Date(this.clock) };
    await mergeContacts(this.db, { stays, goes, ...of });
  }

  async orphans(): Promise<string[]> {
    const columns = await uuidColumns(this.db);
    const looks = columns.map(({ table, column }) => {
      const [name, of, by] = [Prisma.raw(`"${table}"`), Prisma.raw(`"${column}"`), `${table}.${column}`];
      return Prisma.sql`select ${by}::text as name from ${name} where ${of} in (select id from gone)`;
    });
    const rows = await this.db.$queryRaw<{ name: string }[]>`
      with gone as (select id from contact where id = any(${this.contactIds}::uuid[]) and merged_into is not null)
      ${Prisma.join(looks, ' union all ')}
      union all select 'suppression' from suppression where address_hash in (select 'person:' || id from gone)`;
    return rows.map(({ name }) => name);
  }

  async owed(enrollmentId: string): Promise<DispatchRow | null> {
    const row = await this.db.dispatch.findFirst({ where: { enrollmentId }, orderBy: { id: 'asc' } });
    if (!row) return null;
    const { kind, visit, outcome } = row;
    return {
      ...{ enrollmentId, kind: kind === 'released' ? 'released' : 'wake', visit },
      ...(outcome !== null && { outcome: outcome as VisitOutcome | 'leave' }),
    };
  }

  async delivered(enrollmentId: string): Promise<void> {
    await this.db.$executeRaw`
      delete from dispatch where id = (select min(id) from dispatch where enrollment_id = ${enrollmentId}::uuid)`;
  }

  async snapshot(): Promise<Snapshot> {
    const [row] = await this.db.$queryRaw<{ snapshot: Snapshot }[]>`
      select jsonb_build_object(
        'enrollments', (select jsonb_agg(jsonb_build_object(
            'id', e.id, 'status', e.status, 'visit', e.visit, 'stepId', e.step_id, 'leaving', e.leaving,
            'outcome', e.outcome, 'attention', e.attention->'code', 'diverted', e.diverted - 'seq' - 'turn', 'versionId', e.version_id, 'ahead', e.ahead,
            'visits', coalesce((select jsonb_agg(jsonb_build_object(
                'visit', v.visit, 'stepId', v.step_id, 'outcome', v.outcome,
                'deadline', extract(epoch from v.deadline) * 1000, 'arrivedAt', extract(epoch from v.arrived_at) * 1000,
                'leftAt', extract(epoch from v.left_at) * 1000, 'winner', w.type,
                'mark', (select count(*) from event x where x.contact_id = e.contact_id and x.turn <= v.mark),
                'look', (select count(*) from event x where x.contact_id = e.contact_id and x.turn <= v.look_turn)) order by v.visit)
              from step_visit v left join event w on w.seq = v.winner_seq where v.enrollment_id = e.id), '[]'),
            'sends', coalesce((select jsonb_agg(jsonb_build_object(
                'visit', s.visit, 'channel', s.channel, 'state', s.state, 'reason', s.reason, 'begun', s.begun, 'attemptId', s.attempt_id,
                'deferredUntil', extract(epoch from s.deferred_until) * 1000,
                'claimedAt', extract(epoch from s.claimed_at) * 1000, 'address', s.address, 'mayResend', s.may_resend) order by s.visit, s.channel collate "C")
              from send s where s.enrollment_id = e.id), '[]'),
            'subscriptions', coalesce((select jsonb_agg(concat(w.visit, '/', w.slot, ' ',
                coalesce((extract(epoch from w.deadline) * 1000)::bigint::text, 'null')) order by w.visit, w.slot)
              from wait_subscription w where w.enrollment_id = e.id), '[]'),
            'dispatches', coalesce((select jsonb_agg(concat(d.kind, ' ', coalesce(d.visit::text, 'null'), ' ', coalesce(d.outcome, 'null')) order by d.id)
              from dispatch d where d.enrollment_id = e.id), '[]'),
            'decisions', coalesce((select jsonb_agg(concat(d.visit, ' ', d.kind, ' ', d.ordinal, ' ', d.outcome)
                order by concat(d.visit, ' ', d.kind, ' ', d.ordinal, ' ', d.outcome) collate "C")
              from decision d where d.enrollment_id = e.id and d.kind <> 'exit'), '[]')) order by e.id)
          from enrollment e where e.id = any(${this.enrollmentIds}::uuid[])),
        'contacts', (select jsonb_agg(jsonb_build_object('id', c.id, 'email', c.email, 'country', c.country, 'traits', c.traits,
            'written', coalesce((select jsonb_agg(w.line order by w.line collate "C") from (
                select concat('points ', s.enrollment_id, ' ', s.visit, ' ', s.axis, ' ', s.points) as line from score_entry s where s.contact_id = c.id
                union all select concat('task ', t.enrollment_id, ' ', t.visit, ' ', t.type, ' ', t.title) from task t where t.contact_id = c.id
                union all select concat('arm ', x.journey_key, ' ', x.step_id, ' ', x.arm) from exposure x where x.contact_id = c.id) w), '[]'),
            'events', coalesce((select jsonb_agg(x.type order by x.turn) from event x where x.contact_id = c.id and x.turn is not null), '[]')) order by c.id)
          from contact c where c.id = any(${this.contactIds}::uuid[])),
        'waiting', (select count(*) from event where not processed),
        'suppressed', coalesce((select jsonb_agg(line order by line collate "C") from (
            select concat(channel, ' ', scope, ' ', reason, ' ', address_hash, ' ', (extract(epoch from at) * 1000)::bigint) as line
            from suppression) s), '[]')) as snapshot`;
    return row?.snapshot ?? {};
  }
}

const emptyBody = { subject: '', html: '', text: '', headers: {}, payload: null, sha256: '' };
