import { at, walk } from './walk';

describe('demo-request', () => {
  test('no meeting closes the request', async () => {
    expect(await walk('demo-request')).toEqual([
      'Mon 23 Nov 10:00 confirm',
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 call',
      'Tue 24 Nov 10:00 offer-times',
      'Fri 27 Nov 10:00 recording',
      'Fri 04 Dec 10:00 close-it',
      'Thu 10 Dec 10:00 = no-answer into solution-track',
    ]);
  });
  test('a meeting ends it at once', async () => {
    expect(await walk('demo-request', { script: [{ at: at('11-23 10:30'), type: 'meeting.booked' }] })).toEqual([
      'Mon 23 Nov 10:00 confirm',
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 call',
      'Mon 23 Nov 10:30 = meeting-booked',
    ]);
  });
  test('a click in the last mail is a task', async () => {
    expect(
      await walk('demo-request', { script: [{ at: at('12-05 12:00'), type: 'email.clicked', of: 'close-it' }] }),
    ).toEqual([
      'Mon 23 Nov 10:00 confirm',
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 call',
      'Tue 24 Nov 10:00 offer-times',
      'Fri 27 Nov 10:00 recording',
      'Fri 04 Dec 10:00 close-it',
      'Sat 05 Dec 12:00 keep-open',
      'Sat 05 Dec 12:00 = with-sales',
    ]);
  });
  test('at night they get the link, the rest by day', async () => {
    expect(await walk('demo-request', { enters: at('11-21 23:30') })).toEqual([
      'Sat 21 Nov 23:30 confirm',
      'Sat 21 Nov 23:30 tell-owner',
      'Sat 21 Nov 23:30 call',
      'Tue 24 Nov 08:00 offer-times',
      'Fri 27 Nov 08:00 recording',
      'Fri 04 Dec 08:00 close-it',
      'Thu 10 Dec 08:00 = no-answer into solution-track',
    ]);
  });
});

describe('high-intent', () => {
  test('three proofs without a score', async () => {
    expect(await walk('high-intent')).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 answers',
      'Wed 25 Nov 10:00 proof-customer',
      'Sat 28 Nov 10:00 proof-numbers',
      'Tue 01 Dec 10:00 offer-call',
      'Tue 08 Dec 10:00 = no-response into solution-track',
    ]);
  });
  test('a handoff with score and fit', async () => {
    expect(await walk('high-intent', { score: { fit: 20, engagement: 60 } })).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 answers',
      'Mon 23 Nov 10:00 to-sales',
      'Sat 28 Nov 10:00 proof-customer',
      'Tue 01 Dec 10:00 proof-numbers',
      'Fri 04 Dec 10:00 offer-call',
      'Fri 11 Dec 10:00 = no-response into solution-track',
    ]);
  });
  test('a rejected one stays with sales', async () => {
    expect(
      await walk('high-intent', {
        score: { fit: 20, engagement: 60 },
        script: [{ at: at('11-24 12:00'), type: 'handoff.rejected', properties: { reason: 'later' } }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 answers',
      'Mon 23 Nov 10:00 to-sales',
      'Tue 24 Nov 12:00 = with-sales',
    ]);
  });
  test('an accepted one ends it', async () => {
    expect(
      await walk('high-intent', {
        score: { fit: 20, engagement: 60 },
        script: [{ at: at('11-24 12:00'), type: 'handoff.accepted' }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 answers',
      'Mon 23 Nov 10:00 to-sales',
      'Tue 24 Nov 12:00 = handoff-accepted',
    ]);
  });
});

describe('mql-handoff', () => {
  test('nobody takes them over', async () => {
    expect(await walk('mql-handoff')).toEqual([
      'Mon 23 Nov 10:00 introduction',
      'Mon 23 Nov 10:00 to-sales',
      'Thu 26 Nov 10:00 nobody-answered',
      'Thu 26 Nov 10:00 follow-up',
      'Thu 03 Dec 10:00 = no-answer into solution-track',
    ]);
  });
  test('the owner has done the task', async () => {
    expect(
      await walk('mql-handoff', {
        script: [{ at: at('11-24 12:00'), type: 'task.completed', properties: { journey: 'mql-handoff' } }],
      }),
    ).toEqual(['Mon 23 Nov 10:00 introduction', 'Mon 23 Nov 10:00 to-sales', 'Tue 24 Nov 12:00 = with-sales']);
  });
  test("another journey's task is not theirs", async () => {
    expect(
      await walk('mql-handoff', {
        script: [{ at: at('11-24 12:00'), type: 'task.completed', properties: { journey: 'welcome' } }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 introduction',
      'Mon 23 Nov 10:00 to-sales',
      'Thu 26 Nov 10:00 nobody-answered',
      'Thu 26 Nov 10:00 follow-up',
      'Thu 03 Dec 10:00 = no-answer into solution-track',
    ]);
  });
  test('a rejection leads back', async () => {
    expect(await walk('mql-handoff', { script: [{ at: at('11-24 12:00'), type: 'handoff.rejected' }] })).toEqual([
      'Mon 23 Nov 10:00 introduction',
      'Mon 23 Nov 10:00 to-sales',
      'Tue 24 Nov 12:00 = rejected into education-track',
    ]);
  });
});

describe('competitor-evaluation', () => {
  test('they are noted and informed', async () => {
    expect(await walk('competitor-evaluation', { entry: { competitor: 'Acme', path: '/compare/acme' } })).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 into-the-crm',
      'Mon 23 Nov 11:00 fairly',
      'Thu 26 Nov 11:00 checklist',
      'Tue 01 Dec 11:00 reference',
      'Tue 08 Dec 11:00 = informed into solution-track',
    ]);
  });
  test('sales already talks to them', async () => {
    expect(await walk('competitor-evaluation', { fields: { lifecycleStage: 'opportunity' } })).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 into-the-crm',
      'Mon 23 Nov 10:00 = with-sales',
    ]);
  });
  test('they would talk to a customer', async () => {
    expect(
      await walk('competitor-evaluation', {
        script: [{ at: at('12-02 12:00'), type: 'email.clicked', of: 'reference' }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 into-the-crm',
      'Mon 23 Nov 11:00 fairly',
      'Thu 26 Nov 11:00 checklist',
      'Tue 01 Dec 11:00 reference',
      'Wed 02 Dec 12:00 arrange',
      'Wed 02 Dec 12:00 = with-sales',
    ]);
  });
  test('they start a trial', async () => {
    expect(
      await walk('competitor-evaluation', {
        script: [{ at: at('11-24 12:00'), type: 'journey.entered', properties: { journey: 'free-trial' } }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Mon 23 Nov 10:00 into-the-crm',
      'Mon 23 Nov 11:00 fairly',
      'Tue 24 Nov 12:00 = moved-up',
    ]);
  });
});
