import { v7 } from 'uuid';
import { Problem } from '../../api/http/problems';
import { testApi, testConfig, type TestApi } from './harness';
import { aContact, aJourney, aWaitingEnrollment, publishedJourney } from './people';

describe('resources', () => {
  let api: TestApi;
  beforeAll(async () => void (api = await testApi()));
  afterAll(() => api.drop());

  describe('contacts', () => {
    test('find ignores the case of an address', async () => {
      const id = await aContact(api.db, { email: 'grace@navy.test', user: 'grace', firstName: 'Grace' });
      const byEmail = await api.post('/v1/contacts/find', { email: ' Grace@NAVY.test' }).expect(200);
      expect(byEmail.body).toMatchObject({
        id,
        email: 'grace@navy.test',
        firstName: 'Grace',
        externalId: 'grace',
        traits: {},
      });
      expect((await api.post('/v1/contacts/find', { externalId: 'grace' }).expect(200)).body.id).toBe(id);
      await api.post('/v1/contacts/find', { externalId: 'Grace' }).expect(404);
      await api.post('/v1/contacts/find', {}).expect(400);
      await api.post('/v1/contacts/find', { email: 'a@b.test', externalId: 'x' }).expect(400);
    });

    test('a search finds part of a name', async () => {
      const id = await aContact(api.db, { email: 'hedy@film.test', company: 'Frequency_Hopping' });
      expect((await api.get('/v1/contacts?q=hOPP').expect(200)).body.data.map((row: { id: string }) => row.id)).toEqual(
        [id],
      );
      expect((await api.get('/v1/contacts?q=y_H').expect(200)).body.data).toHaveLength(1);
      expect((await api.get('/v1/contacts?q=y%25H').expect(200)).body.data).toHaveLength(0);
    });

    test('a patch writes fields and tells the pump', async () => {
      const id = await aContact(api.db, { email: 'rosalind@dna.test', firstName: 'Rosalind' });
      const patch = {
        email: 'Rosalind@KINGS.test',
        firstName: null,
        lifecycleStage: 'customer',
        traits: { plan: 'pro' },
      };
      const { body } = await api.patch(`/v1/contacts/${id}`, patch).expect(200);
      expect(body).toMatchObject({
        email: 'rosalind@kings.test',
        firstName: null,
        lifecycleStage: 'customer',
        traits: { plan: 'pro' },
      });
      const told = await api.db.event.findFirstOrThrow({ where: { origin: 'inside', keys: { has: `contact:${id}` } } });
      expect(told).toMatchObject({ type: 'contact.updated', properties: { values: { lifecycleStage: 'customer' } } });
      expect((await api.post('/v1/contacts/find', { email: 'rosalind@kings.test' }).expect(200)).body.id).toBe(id);
      const cleared = await api.patch(`/v1/contacts/${id}`, { traits: { plan: null } }).expect(200);
      expect(cleared.body.traits).toEqual({});
    });

    test('an address of another contact is refused', async () => {
      await aContact(api.db, { email: 'taken@x.test' });
      const id = await aContact(api.db, { email: 'mine@x.test' });
      const answer = await api.patch(`/v1/contacts/${id}`, { email: 'taken@x.test', firstName: 'X' }).expect(409);
      expect(answer.body.code).toBe('conflict');
      expect((await api.get(`/v1/contacts/${id}`).expect(200)).body).toMatchObject({
        email: 'mine@x.test',
        firstName: null,
      });
      await api.patch(`/v1/contacts/${id}`, { email: 'no address' }).expect(400);
      await api.patch(`/v1/contacts/${id}`, { shoeSize: 38 }).expect(400);
    });

    test('a joined contact answers with the other', async () => {
      const into = await aContact(api.db, { email: 'into@x.test' });
      const from = await aContact(api.db);
      await api.db.contact.update({ where: { id: from }, data: { mergedInto: into } });
      expect((await api.get(`/v1/contacts/${from}`).expect(200)).body.id).toBe(into);
      await api.get(`/v1/contacts/${v7()}`).expect(404);
      await api.get('/v1/contacts/nonsense').expect(404);
    });

    test('the timeline shows the last first', async () => {
      const contactId = await aContact(api.db);
      for (const turn of [1n, 2n, 3n]) {
        await api.db.event.create({
          data: {
            origin: 'http',
            messageId: `${contactId}:${turn}`,
            type: `e.${turn}`,
            keys: [],
            bucket: 0,
            occurredAt: new Date(),
            processed: true,
            turn,
            contactId,
          },
        });
      }
      const first = await api.get(`/v1/contacts/${contactId}/timeline?limit=2`).expect(200);
      expect(first.body.data.map(({ type }: { type: string }) => type)).toEqual(['e.3', 'e.2']);
      const rest = await api.get(`/v1/contacts/${contactId}/timeline?cursor=${first.body.next}`).expect(200);
      expect(rest.body.data.map(({ type }: { type: string }) => type)).toEqual(['e.1']);
      expect(rest.body.next).toBeNull();
    });
  });

  describe('journeys', () => {
    test('a draft is stored, changed and published', async () => {
      const put = await api.put('/v1/journeys/first', { document: aJourney('first') }).expect(201);
      expect(put.headers.etag).toBe('"1"');
      const changed = aJourney('first').replace('2 days', '3 days');
      const stale = await api.put('/v1/journeys/first', { document: changed }).set('If-Match', '"7"').expect(412);
      expect(stale.body.code).toBe('precondition-failed');
      await api
        .put('/v1/journeys/first', { document: changed })
        .set('If-Match', '"1"')
        .expect(200)
        .expect('ETag', '"2"');
      const published = await api.post('/v1/journeys/first/publish', {}).expect(200);
      expect(published.body).toMatchObject({ key: 'first', version: { number: 1 }, created: true });
      expect((await api.post('/v1/journeys/first/publish').expect(200)).body.created).toBe(false);
      const versions = await api.get('/v1/journeys/first/versions').expect(200);
      expect(versions.body).toMatchObject({ data: [{ number: 1 }], next: null });
      const { body } = await api.get('/v1/journeys/first').expect(200);
      expect(body).toMatchObject({ key: 'first', status: 'published', document: changed });
    });

    test('moving people needs a plan', async () => {
      await api.post('/v1/journeys/first/publish', { people: 'move' }).expect(422);
    });

    test('faults of a document name their line', async () => {
      const document = aJourney('broken').replace('next: engaged', 'next: nowhere');
      const answer = await api.put('/v1/journeys/broken', { document }).expect(422);
      expect(answer.body.code).toBe('journey-invalid');
      expect(answer.body.errors[0]).toMatchObject({
        pointer: expect.stringMatching(/^#\/document\/steps\//),
        line: expect.any(Number),
      });
      await api.get('/v1/journeys/broken').expect(404);
      const verdict = await api.post('/v1/journeys/broken/validate', { document }).expect(200);
      expect(verdict.body.valid).toBe(false);
    });

    test('the key of the path is the document’s', async () => {
      await api.put('/v1/journeys/other', { document: aJourney('another') }).expect(422);
    });

    test('a pause stops entries and holds people', async () => {
      const versionId = await publishedJourney(api.db, 'pausable');
      const contactId = await aContact(api.db);
      const id = await aWaitingEnrollment(api.db, { contactId, journeyKey: 'pausable', versionId, status: 'held' });
      const paused = await api.post('/v1/journeys/pausable/pause', { reason: 'typo' }).expect(200);
      expect(paused.body).toMatchObject({ scope: 'journey', journey: 'pausable', paused: true, reason: 'typo' });
      expect((await api.get('/v1/journeys/pausable')).body.status).toBe('paused');
      const resumed = await api.post('/v1/journeys/pausable/resume', { spread: '1 minute' }).expect(200);
      expect(resumed.body.paused).toBe(false);
      expect((await api.get('/v1/journeys/pausable')).body.status).toBe('published');
      expect((await api.get(`/v1/enrollments/${id}`)).body.status).toBe('active');
      const owed = await api.db.dispatch.findMany({ where: { enrollmentId: id } });
      expect(owed).toMatchObject([{ kind: 'released', workflowId: `pausable/${id}`, visit: null }]);
      const hold = await api.db.hold.findFirstOrThrow({ where: { journeyKey: 'pausable' } });
      expect(hold).toMatchObject({ spreadSeconds: 60, liftedAt: expect.any(Date) });
    });

    test('a step, a contact and everything can be held', async () => {
      await publishedJourney(api.db, 'holdable');
      const contactId = await aContact(api.db);
      await api.post('/v1/journeys/holdable/steps/two-days/pause').expect(200);
      await api.post('/v1/journeys/holdable/steps/nowhere/pause').expect(404);
      await api.post(`/v1/contacts/${contactId}/pause`).expect(200);
      await api.post('/v1/system/pause', { reason: 'fire' }).expect(200);
      await api.post('/v1/system/pause', { reason: 'again' }).expect(200);
      const holds = await api.db.hold.findMany({ where: { liftedAt: null }, orderBy: { id: 'asc' } });
      expect(
        holds.map(({ scope, journeyKey, stepId, contactId: of, reason }) => [scope, journeyKey, stepId, of, reason]),
      ).toEqual([
        ['step', 'holdable', 'two-days', null, ''],
        ['contact', null, null, contactId, ''],
        ['system', null, null, null, 'fire'],
      ]);
      await api.post('/v1/journeys/holdable/steps/two-days/resume').expect(200);
      await api.post(`/v1/contacts/${contactId}/resume`).expect(200);
      expect((await api.post('/v1/system/resume').expect(200)).body.paused).toBe(false);
      expect(await api.db.hold.count({ where: { liftedAt: null } })).toBe(0);
    });
  });

  describe('enrollments', () => {
    const enrolled = async (key: string, status = 'active') => {
      const versionId = await publishedJourney(api.db, key);
      const contactId = await aContact(api.db, { email: `${key}@x.test` });
      return { contactId, id: await aWaitingEnrollment(api.db, { contactId, journeyKey: key, versionId, status }) };
    };

    test('one shows where it waits', async () => {
      const { id, contactId } = await enrolled('shown');
      const { body } = await api.get(`/v1/enrollments/${id}`).expect(200);
      expect(body).toMatchObject({
        id,
        journey: 'shown',
        version: 1,
        contactId,
        status: 'active',
        stepId: 'two-days',
        visit: 1,
        waitingSince: '2026-11-02T09:00:00.000Z',
        waitingUntil: '2026-11-04T09:00:00.000Z',
        outcome: null,
        endedAt: null,
        workflowId: `shown/${id}`,
        visits: [{ visit: 1, stepId: 'two-days', arrivedAt: '2026-11-02T09:00:00.000Z', leftAt: null, outcome: null }],
      });
      const list = await api.get(`/v1/enrollments?contactId=${contactId}&status=active&stepId=two-days&journey=shown`);
      expect(list.body.data.map((row: { id: string }) => row.id)).toEqual([id]);
      expect((await api.get(`/v1/enrollments?contactId=${contactId}&status=held`)).body.data).toEqual([]);
    });

    test('one whose step has two channels is listed once', async () => {
      const { id, contactId } = await enrolled('told');
      for (const [channel, at] of [
        ['email', '2026-11-03T10:00:00.000Z'],
        ['chat', '2026-11-03T09:00:00.000Z'],
      ]) {
        const of = { enrollmentId: id, contactId, journeyKey: 'told', stepId: 'two-days', visit: 1, channel };
        const key = `${id}/1/${channel}`;
        const deferred = { state: 'deferred', deferredUntil: at, unsubscribeToken: v7() };
        await api.db.send.create({ data: { id: v7(), key, ...of, ...deferred } });
      }
      const { body } = await api.get(`/v1/enrollments?contactId=${contactId}`).expect(200);
      expect(body.data).toMatchObject([{ id, waitingUntil: '2026-11-03T09:00:00.000Z' }]);
    });

    test('an exit is written once and wakes', async () => {
      const { id } = await enrolled('left');
      const first = await api.post(`/v1/enrollments/${id}/exit`, { reason: 'asked by phone' }).expect(200);
      expect(first.body).toMatchObject({ leaving: 'exited', status: 'active' });
      await api.post(`/v1/enrollments/${id}/exit`, { reason: 'again' }).expect(200);
      const owed = await api.db.dispatch.findMany({ where: { enrollmentId: id } });
      expect(owed).toMatchObject([{ kind: 'wake', visit: null, outcome: 'leave', workflowId: `left/${id}` }]);
      const why = await api.get(`/v1/decisions?enrollmentId=${id}`).expect(200);
      expect(why.body.data).toMatchObject([
        { kind: 'exit', outcome: 'exited', reason: 'a person ended it: asked by phone' },
      ]);
    });

    test('a finished one takes no orders', async () => {
      const { id } = await enrolled('over', 'finished');
      for (const action of ['pause', 'skip', 'retry', 'exit']) {
        const answer = await api.post(`/v1/enrollments/${id}/${action}`).expect(409);
        expect(answer.body.code).toBe('not-allowed-now');
      }
      await api.post(`/v1/enrollments/${v7()}/exit`).expect(404);
    });

    test('skip and retry go to the workflow', async () => {
      const { id } = await enrolled('driven');
      api.control.calls = [];
      await api.post(`/v1/enrollments/${id}/skip`).expect(200);
      await api.post(`/v1/enrollments/${id}/retry`).expect(200);
      expect(api.control.calls).toEqual([`skip driven/${id}`, `retry driven/${id}`]);
      api.control.onCall = () => Promise.reject(new Problem('not-allowed-now', 'It is acting.'));
      expect((await api.post(`/v1/enrollments/${id}/skip`).expect(409)).body.detail).toBe('It is acting.');
      api.control.onCall = () => Promise.reject(new Problem('temporal-away'));
      const away = await api.post(`/v1/enrollments/${id}/skip`).expect(503);
      expect(away.headers['retry-after']).toBe('5');
      api.control.onCall = () => Promise.resolve();
    });

    test('pause and resume of one', async () => {
      const { id } = await enrolled('one', 'held');
      expect((await api.post(`/v1/enrollments/${id}/pause`).expect(200)).body.paused).toBe(true);
      const resumed = await api.post(`/v1/enrollments/${id}/resume`).expect(200);
      expect(resumed.body).toMatchObject({ paused: false, status: 'active' });
      expect(await api.db.dispatch.count({ where: { enrollmentId: id, kind: 'released' } })).toBe(1);
    });

    test('fast-forward waits for what was accepted', async () => {
      const { id, contactId } = await enrolled('fast');
      await api.db.event.create({
        data: {
          origin: 'http',
          messageId: `fast:${id}`,
          type: 'e',
          keys: ['email:fast@x.test'],
          bucket: 0,
          occurredAt: new Date(),
        },
      });
      api.control.calls = [];
      const order: string[] = [];
      api.control.onCall = () => Promise.resolve(void order.push('skipped'));
      const request = api.post(`/v1/enrollments/${id}/fast-forward`, { by: '2 days' }).then((answer) => answer);
      const pumped = api.db.event
        .updateMany({ where: { messageId: `fast:${id}` }, data: { processed: true, contactId } })
        .then(() => void order.push('processed'));
      const [answer] = await Promise.all([request, pumped]);
      expect(answer.status).toBe(200);
      expect(order).toEqual(['processed', 'skipped']);
      expect(api.control.calls).toEqual([`fast-forward fast/${id} 172800000`]);
      expect((await api.db.enrollment.findUniqueOrThrow({ where: { id } })).fastForwarded).toBe(true);
      await api.post(`/v1/enrollments/${id}/fast-forward`, { by: 'a while' }).expect(400);
      await api.post(`/v1/enrollments/${id}/fast-forward`, { by: '90 weeks' }).expect(400);
    });

    test('fast-forward needs a development server', async () => {
      const production = await testApi({ config: { ...testConfig, development: false } });
      const versionId = await publishedJourney(production.db, 'slow');
      const contactId = await aContact(production.db);
      const id = await aWaitingEnrollment(production.db, { contactId, journeyKey: 'slow', versionId });
      await production.post(`/v1/enrollments/${id}/fast-forward`, { by: '1 day' }).expect(409);
      await production.drop();
    });
  });

  describe('entry by the API', () => {
    test('enters once, by the rules of the journey', async () => {
      await publishedJourney(api.db, 'asked', 'unless: { field: lifecycleStage, is: customer }');
      const contactId = await aContact(api.db, { email: 'asked@x.test' });
      const entered = await api
        .post('/v1/journeys/asked/enrollments', { email: 'Asked@x.test', properties: { form: 'guide' } })
        .expect(201);
      expect(entered.body).toMatchObject({ journey: 'asked', contactId, status: 'active', stepId: null, visit: 0 });
      const row = await api.db.enrollment.findUniqueOrThrow({ where: { id: entered.body.id } });
      expect(row).toMatchObject({ n: 1, entry: { form: 'guide' }, mark: row.entryTurn });
      const owed = await api.db.dispatch.findMany({ where: { enrollmentId: row.id } });
      expect(owed).toMatchObject([{ kind: 'start', workflowId: `asked/${row.id}` }]);
      const again = await api.post('/v1/journeys/asked/enrollments', { contactId }).expect(409);
      expect(again.body.detail).toBe('Refused: already in this journey.');
      const why = await api.get(`/v1/decisions?contactId=${contactId}&kind=entry`);
      expect(why.body.data.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['refused', 'entered']);
    });

    test('whom `unless` names stays out', async () => {
      const contactId = await aContact(api.db, { email: 'customer@x.test' });
      await api.patch(`/v1/contacts/${contactId}`, { lifecycleStage: 'customer' }).expect(200);
      const answer = await api.post('/v1/journeys/asked/enrollments', { contactId }).expect(409);
      expect(answer.body.detail).toContain('kept out');
      expect(await api.db.enrollment.count({ where: { contactId } })).toBe(0);
    });

    test('nobody enters what is not published', async () => {
      await api.put('/v1/journeys/unborn', { document: aJourney('unborn') }).expect(201);
      const contactId = await aContact(api.db);
      await api.post('/v1/journeys/unborn/enrollments', { contactId }).expect(409);
      await api.post('/v1/journeys/nothing/enrollments', { contactId }).expect(404);
      await api.post('/v1/journeys/asked/enrollments', { email: 'nobody@x.test' }).expect(404);
    });

    test('many at once enter once', async () => {
      const contactId = await aContact(api.db);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => api.post('/v1/journeys/asked/enrollments', { contactId })),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
    });
  });

  describe('settings', () => {
    test('change by field, with an ETag', async () => {
      const before = await api.get('/v1/settings').expect(200);
      expect(before.body.topics.map(({ key }: { key: string }) => key)).toEqual(['education', 'product']);
      const patch = { eventNames: { 'Order Completed': 'order.completed' } };
      const after = await api
        .patch('/v1/settings', patch)
        .set('If-Match', before.headers.etag ?? '')
        .expect(200);
      expect(after.body.eventNames).toEqual(patch.eventNames);
      expect(after.body.topics).toEqual(before.body.topics);
      await api
        .patch('/v1/settings', patch)
        .set('If-Match', before.headers.etag ?? '')
        .expect(412);
      await api.post('/v1/track', { messageId: 'mapped', userId: 'a', event: 'Order Completed' }).expect(200);
      const event = await api.db.event.findFirstOrThrow({ where: { messageId: 'mapped' } });
      expect(event.type).toBe('order.completed');
    });

    test('a name is not mapped onto a reserved one', async () => {
      await api.patch('/v1/settings', { eventNames: { Click: 'email.clicked' } }).expect(400);
      await api.patch('/v1/settings', { defaultZone: 'Moon/Base' }).expect(400);
    });
  });
});
