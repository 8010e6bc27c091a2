import { at, walk } from './walk';

describe('welcome', () => {
  test('without a click they go the slow way', async () => {
    expect(await walk('welcome')).toEqual([
      'Mon 23 Nov 10:00 deliver-ebook',
      'Fri 27 Nov 09:30 case-study',
      'Mon 30 Nov 09:30 = quiet into education-track',
    ]);
  });
  test('a click on day 2 leads to the solution track', async () => {
    expect(
      await walk('welcome', { script: [{ at: at('11-24 12:00'), type: 'email.clicked', of: 'deliver-ebook' }] }),
    ).toEqual([
      'Mon 23 Nov 10:00 deliver-ebook',
      'Fri 27 Nov 09:30 case-study',
      'Mon 30 Nov 09:30 = engaged into solution-track',
    ]);
  });
  test("a scanner's click does not", async () => {
    expect(
      await walk('welcome', {
        script: [{ at: at('11-24 12:00'), type: 'email.clicked', of: 'deliver-ebook', properties: { machine: true } }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 deliver-ebook',
      'Fri 27 Nov 09:30 case-study',
      'Mon 30 Nov 09:30 = quiet into education-track',
    ]);
  });
  test('sales invites target accounts on day 3', async () => {
    expect(await walk('welcome', { zone: 'America/New_York', fields: { targetAccount: true } })).toEqual([
      'Mon 23 Nov 04:00 deliver-ebook',
      'Wed 25 Nov 09:30 linkedin-request',
      'Fri 27 Nov 09:30 case-study',
      'Mon 30 Nov 09:30 = quiet into education-track',
    ]);
  });
  test('a hotter journey ends it', async () => {
    expect(
      await walk('welcome', {
        script: [{ at: at('11-24 12:00'), type: 'journey.entered', properties: { journey: 'high-intent' } }],
      }),
    ).toEqual(['Mon 23 Nov 10:00 deliver-ebook', 'Tue 24 Nov 12:00 = moved-up']);
  });
});

describe('ebook-follow-up', () => {
  test('without a click they get the video', async () => {
    expect(await walk('ebook-follow-up')).toEqual([
      'Mon 23 Nov 10:00 deliver-guide',
      'Wed 25 Nov 10:00 case-study',
      'Mon 30 Nov 10:00 video',
      'Mon 30 Nov 10:00 = completed',
    ]);
  });
  test('a click on the case study brings the benefits', async () => {
    expect(
      await walk('ebook-follow-up', { script: [{ at: at('11-26 12:00'), type: 'email.clicked', of: 'case-study' }] }),
    ).toEqual([
      'Mon 23 Nov 10:00 deliver-guide',
      'Wed 25 Nov 10:00 case-study',
      'Thu 26 Nov 12:00 benefits',
      'Thu 26 Nov 12:00 = completed',
    ]);
  });
});

describe('education-track', () => {
  test('unread, they get one mail a quarter', async () => {
    expect(await walk('education-track')).toEqual([
      'Tue 01 Dec 09:00 name-it',
      'Tue 15 Dec 09:00 count-it',
      'Tue 29 Dec 09:00 try-small',
      'Tue 12 Jan 09:00 make-the-case',
      'Tue 26 Jan 09:00 what-to-ask',
      'Tue 02 Feb 09:00 = unread into slow-track',
    ]);
  });
  test('two clicks lead on', async () => {
    expect(
      await walk('education-track', {
        script: [
          { at: at('12-02 12:00'), type: 'email.clicked', of: 'name-it' },
          { at: at('12-16 12:00'), type: 'email.clicked', of: 'count-it' },
          { at: at('2027-01-26 12:00'), type: 'email.opened', of: 'what-to-ask' },
        ],
      }),
    ).toEqual([
      'Tue 01 Dec 09:00 name-it',
      'Tue 15 Dec 09:00 count-it',
      'Tue 29 Dec 09:00 try-small',
      'Tue 12 Jan 09:00 make-the-case',
      'Tue 26 Jan 09:00 what-to-ask',
      'Tue 02 Feb 09:00 = warm into solution-track',
    ]);
  });
  test('a medium score leads on', async () => {
    expect(await walk('education-track', { score: { engagement: 40 } })).toEqual([
      'Tue 01 Dec 09:00 name-it',
      'Tue 15 Dec 09:00 count-it',
      'Tue 29 Dec 09:00 try-small',
      'Tue 12 Jan 09:00 make-the-case',
      'Tue 26 Jan 09:00 what-to-ask',
      'Tue 02 Feb 09:00 = warm into solution-track',
    ]);
  });
  test('read, but never followed, is quiet', async () => {
    expect(
      await walk('education-track', { script: [{ at: at('12-02 12:00'), type: 'email.opened', of: 'name-it' }] }),
    ).toEqual([
      'Tue 01 Dec 09:00 name-it',
      'Tue 15 Dec 09:00 count-it',
      'Tue 29 Dec 09:00 try-small',
      'Tue 12 Jan 09:00 make-the-case',
      'Tue 26 Jan 09:00 what-to-ask',
      'Tue 02 Feb 09:00 = quiet into slow-track',
    ]);
  });
  test('a look at the solutions leads on at once', async () => {
    expect(
      await walk('education-track', {
        script: [{ at: at('12-05 12:00'), type: 'page.viewed', properties: { path: '/solutions/by-role' } }],
      }),
    ).toEqual(['Tue 01 Dec 09:00 name-it', 'Sat 05 Dec 12:00 = looks-around into solution-track']);
  });
  test('asking for a demo ends it', async () => {
    expect(
      await walk('education-track', {
        script: [{ at: at('12-05 12:00'), type: 'journey.entered', properties: { journey: 'demo-request' } }],
      }),
    ).toEqual(['Tue 01 Dec 09:00 name-it', 'Sat 05 Dec 12:00 = moved-up']);
  });
});

describe('solution-track', () => {
  test('one half is offered a tour', async () => {
    expect(await walk('solution-track')).toEqual([
      'Wed 25 Nov 10:00 how-it-works',
      'Tue 01 Dec 09:00 your-role',
      'Tue 08 Dec 09:00 objections',
      'Tue 15 Dec 09:00 first-month',
      'Tue 22 Dec 09:00 offer-tour',
      'Fri 01 Jan 09:00 = quiet into slow-track',
    ]);
  });
  test('the other half is offered a call', async () => {
    expect(await walk('solution-track', { replace: [['name: call', 'name: call\n        weight: 1000']] })).toEqual([
      'Wed 25 Nov 10:00 how-it-works',
      'Tue 01 Dec 09:00 your-role',
      'Tue 08 Dec 09:00 objections',
      'Tue 15 Dec 09:00 first-month',
      'Tue 22 Dec 09:00 offer-call',
      'Fri 01 Jan 09:00 = quiet into slow-track',
    ]);
  });
  test('a click is engagement', async () => {
    expect(
      await walk('solution-track', { script: [{ at: at('12-03 12:00'), type: 'email.clicked', of: 'your-role' }] }),
    ).toEqual([
      'Wed 25 Nov 10:00 how-it-works',
      'Tue 01 Dec 09:00 your-role',
      'Tue 08 Dec 09:00 objections',
      'Tue 15 Dec 09:00 first-month',
      'Tue 22 Dec 09:00 offer-tour',
      'Fri 01 Jan 09:00 = engaged into slow-track',
    ]);
  });
  test('a high score leads to sales', async () => {
    expect(await walk('solution-track', { score: { fit: 30, engagement: 45 } })).toEqual([
      'Wed 25 Nov 10:00 how-it-works',
      'Tue 01 Dec 09:00 your-role',
      'Tue 08 Dec 09:00 objections',
      'Tue 15 Dec 09:00 first-month',
      'Tue 22 Dec 09:00 offer-tour',
      'Fri 01 Jan 09:00 = ready into mql-handoff',
    ]);
  });
  test('a reply ends it', async () => {
    expect(
      await walk('solution-track', { script: [{ at: at('12-03 12:00'), type: 'email.replied', of: 'your-role' }] }),
    ).toEqual(['Wed 25 Nov 10:00 how-it-works', 'Tue 01 Dec 09:00 your-role', 'Thu 03 Dec 12:00 = replied']);
  });
});

describe('slow-track', () => {
  test('after a year unread they are left alone', async () => {
    expect(await walk('slow-track')).toEqual([
      'Tue 23 Feb 10:00 one-question',
      'Tue 25 May 10:00 worksheet',
      'Tue 24 Aug 10:00 short-read',
      'Tue 23 Nov 10:00 still-here',
      'Tue 07 Dec 10:00 = unread',
    ]);
  });
  test('one mail opened earns another year', async () => {
    expect(
      await walk('slow-track', {
        script: [
          { at: at('2027-05-26 12:00'), type: 'email.opened', of: 'worksheet' },
          { at: at('2028-06-07 12:00'), type: 'email.opened', of: 'worksheet' },
        ],
      }),
    ).toEqual([
      'Tue 23 Feb 10:00 one-question',
      'Tue 25 May 10:00 worksheet',
      'Tue 24 Aug 10:00 short-read',
      'Tue 23 Nov 10:00 still-here',
      'Tue 07 Mar 10:00 one-question',
      'Tue 06 Jun 10:00 worksheet',
      'Tue 05 Sep 10:00 short-read',
      'Tue 05 Dec 10:00 still-here',
      'Tue 19 Dec 10:00 = faded',
    ]);
  });
  test('a click puts them back', async () => {
    expect(
      await walk('slow-track', { script: [{ at: at('2027-05-26 12:00'), type: 'email.clicked', of: 'worksheet' }] }),
    ).toEqual([
      'Tue 23 Feb 10:00 one-question',
      'Tue 25 May 10:00 worksheet',
      'Wed 26 May 13:00 = back into education-track',
    ]);
  });
  test('a visit and a medium score lead on', async () => {
    expect(
      await walk('slow-track', {
        score: { engagement: 30 },
        script: [{ at: at('2027-03-26 12:00'), type: 'page.viewed', properties: { path: '/' } }],
      }),
    ).toEqual(['Tue 23 Feb 10:00 one-question', 'Fri 26 Mar 12:00 = back into solution-track']);
  });
});

describe('re-engagement', () => {
  test('three questions, one resource, then rest', async () => {
    expect(await walk('re-engagement')).toEqual([
      'Mon 23 Nov 10:00 still-a-priority',
      'Mon 30 Nov 10:00 what-changed',
      'Mon 07 Dec 10:00 shorter-way',
      'Fri 22 Jan 09:30 new-resource',
      'Fri 05 Feb 09:30 = silent into slow-track',
    ]);
  });
  test('a sign of life leads back', async () => {
    expect(
      await walk('re-engagement', {
        script: [{ at: at('12-03 12:00'), type: 'page.viewed', properties: { path: '/' } }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 still-a-priority',
      'Mon 30 Nov 10:00 what-changed',
      'Thu 03 Dec 12:00 = back into education-track',
    ]);
  });
  test('an open alone is none', async () => {
    expect(
      await walk('re-engagement', { script: [{ at: at('12-03 12:00'), type: 'email.opened', of: 'what-changed' }] }),
    ).toEqual([
      'Mon 23 Nov 10:00 still-a-priority',
      'Mon 30 Nov 10:00 what-changed',
      'Mon 07 Dec 10:00 shorter-way',
      'Fri 22 Jan 09:30 new-resource',
      'Fri 05 Feb 09:30 = silent into slow-track',
    ]);
  });
  test('with a medium score, to the solution track', async () => {
    expect(
      await walk('re-engagement', {
        score: { engagement: 26 },
        script: [{ at: at('12-03 12:00'), type: 'email.clicked', of: 'what-changed' }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 still-a-priority',
      'Mon 30 Nov 10:00 what-changed',
      'Thu 03 Dec 12:00 = back into solution-track',
    ]);
  });
});
