import { at, screens, walk } from './walk';

describe('webinar-invitation', () => {
  test('invited by questions, never registered', async () => {
    expect(await walk('webinar-invitation')).toEqual([
      'Mon 23 Nov 10:00 by-questions',
      'Mon 30 Nov 08:00 second-mail',
      'Tue 08 Dec 18:00 = not-registered',
    ]);
  });
  test('who opened one is asked a last time', async () => {
    expect(
      await walk('webinar-invitation', {
        script: [{ at: at('11-23 12:00'), type: 'email.opened', of: 'by-questions' }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 by-questions',
      'Mon 30 Nov 08:00 second-mail',
      'Mon 07 Dec 08:00 last-mail',
      'Tue 08 Dec 18:00 = not-registered',
    ]);
  });
  test('the other half sees the agenda', async () => {
    expect(
      await walk('webinar-invitation', {
        replace: [['name: questions, weight: 45', 'name: questions, weight: 1']],
        script: [{ at: at('11-24 12:00'), type: 'webinar.registered' }],
      }),
    ).toEqual(['Mon 23 Nov 10:00 by-agenda', 'Tue 24 Nov 12:00 = registered']);
  });
  test('one in ten is left out', async () => {
    expect(
      await walk('webinar-invitation', {
        replace: [
          ['weight: 45', 'weight: 1'],
          ['weight: 10', 'weight: 1000'],
        ],
      }),
    ).toEqual(['Tue 08 Dec 18:00 = holdout']);
  });
});

describe('webinar-follow-up', () => {
  test('registered, and there', async () => {
    expect(
      await walk('webinar-follow-up', {
        entry: { webinar: 'spring', startsAt: '2026-12-03T14:00:00Z' },
        script: [{ at: at('12-03 15:02'), type: 'webinar.attended', properties: { webinar: 'spring' } }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 confirm',
      'Thu 03 Dec 08:00 today',
      'Thu 03 Dec 15:02 thanks',
      'Mon 07 Dec 08:00 what-next',
      'Mon 14 Dec 08:00 = completed',
    ]);
  });
  test('there a little early counts, too', async () => {
    expect(
      await walk('webinar-follow-up', {
        entry: { webinar: 'spring', startsAt: '2026-12-03T14:00:00Z' },
        script: [{ at: at('12-03 14:50'), type: 'webinar.attended', properties: { webinar: 'spring' } }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 confirm',
      'Thu 03 Dec 08:00 today',
      'Thu 03 Dec 14:50 thanks',
      'Mon 07 Dec 08:00 what-next',
      'Mon 14 Dec 08:00 = completed',
    ]);
  });
  test('registered, and missed', async () => {
    expect(await walk('webinar-follow-up', { entry: { webinar: 'spring', startsAt: '2026-12-03T14:00:00Z' } })).toEqual(
      [
        'Mon 23 Nov 10:00 confirm',
        'Thu 03 Dec 08:00 today',
        'Fri 04 Dec 11:00 missed',
        'Mon 07 Dec 11:00 what-next',
        'Mon 14 Dec 11:00 = completed',
      ],
    );
  });
  test('who reads on is shown to the owner', async () => {
    expect(
      await walk('webinar-follow-up', {
        entry: { webinar: 'spring', startsAt: '2026-12-03T14:00:00Z' },
        script: [{ at: at('12-08 12:00'), type: 'email.clicked', of: 'what-next' }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 confirm',
      'Thu 03 Dec 08:00 today',
      'Fri 04 Dec 11:00 missed',
      'Mon 07 Dec 11:00 what-next',
      'Tue 08 Dec 12:00 tell-owner',
      'Tue 08 Dec 12:00 = reads-on into solution-track',
    ]);
  });
  test('a question by reply does not end it', async () => {
    expect(
      await walk('webinar-follow-up', {
        entry: { webinar: 'spring', startsAt: '2026-12-03T14:00:00Z' },
        script: [{ at: at('11-24 12:00'), type: 'email.replied', of: 'confirm' }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 confirm',
      'Thu 03 Dec 08:00 today',
      'Fri 04 Dec 11:00 missed',
      'Mon 07 Dec 11:00 what-next',
      'Mon 14 Dec 11:00 = completed',
    ]);
  });
  test('without a date there is nothing to wait for', async () => {
    expect(await walk('webinar-follow-up', { entry: { webinar: 'spring' } })).toEqual([
      'Mon 23 Nov 10:00 confirm',
      'Mon 23 Nov 10:00 = no-date',
    ]);
  });
});

describe('free-trial', () => {
  test('hardly used', async () => {
    expect(await walk('free-trial', { entry: { plan: 'team', endsAt: '2026-12-07T09:00:00Z' } })).toEqual([
      'Mon 23 Nov 10:00 welcome',
      'Tue 24 Nov 09:30 first-hint',
      'Wed 25 Nov 09:30 first-result',
      'Fri 27 Nov 09:30 offer-help',
      'Wed 02 Dec 09:30 ends-soon',
      'Thu 10 Dec 09:30 ended',
      'Sun 20 Dec 09:30 = not-bought into solution-track',
    ]);
  });
  test('used every day', async () => {
    expect(
      await walk('free-trial', { entry: { endsAt: '2026-12-07T09:00:00Z' }, script: screens('11-23 11:00', 12) }),
    ).toEqual([
      'Mon 23 Nov 10:00 welcome',
      'Tue 24 Nov 09:30 first-hint',
      'Fri 27 Nov 09:30 used-it',
      'Fri 27 Nov 09:30 go-further',
      'Wed 02 Dec 09:30 ends-soon',
      'Thu 10 Dec 09:30 ended',
      'Sun 20 Dec 09:30 = not-bought into solution-track',
    ]);
  });
  test('hardly used at a good fit', async () => {
    expect(await walk('free-trial', { score: { fit: 15 }, entry: { endsAt: '2026-12-07T09:00:00Z' } })).toEqual([
      'Mon 23 Nov 10:00 welcome',
      'Tue 24 Nov 09:30 first-hint',
      'Wed 25 Nov 09:30 first-result',
      'Fri 27 Nov 09:30 offer-help',
      'Fri 27 Nov 09:30 call',
      'Wed 02 Dec 09:30 ends-soon',
      'Thu 10 Dec 09:30 ended',
      'Sun 20 Dec 09:30 = not-bought into solution-track',
    ]);
  });
  test('bought on day 6', async () => {
    expect(
      await walk('free-trial', {
        entry: { endsAt: '2026-12-07T09:00:00Z' },
        script: [{ at: at('11-28 12:00'), type: 'order.completed' }],
      }),
    ).toEqual([
      'Mon 23 Nov 10:00 welcome',
      'Tue 24 Nov 09:30 first-hint',
      'Wed 25 Nov 09:30 first-result',
      'Fri 27 Nov 09:30 offer-help',
      'Sat 28 Nov 12:00 = bought',
    ]);
  });
});

describe('cart-abandonment', () => {
  test('left in the cart', async () => {
    expect(await walk('cart-abandonment', { entry: { cartId: 'c-1', value: 90 } })).toEqual([
      'Mon 23 Nov 14:00 reminder',
      'Tue 24 Nov 14:00 what-was-missing',
      'Tue 24 Nov 14:00 into-audience',
      'Fri 27 Nov 14:00 last-mail',
      'Sun 29 Nov 14:00 not-bought',
      'Sun 29 Nov 14:00 = abandoned',
    ]);
  });
  test('still shopping puts it off', async () => {
    expect(
      await walk('cart-abandonment', {
        script: [
          { at: at('11-23 13:30'), type: 'cart.updated', properties: { value: 20 } },
          { at: at('11-23 20:00'), type: 'order.completed' },
        ],
      }),
    ).toEqual(['Mon 23 Nov 17:30 reminder', 'Mon 23 Nov 20:00 out-of-audience', 'Mon 23 Nov 20:00 = bought']);
  });
  test('a cart left at night waits for the morning', async () => {
    expect(
      await walk('cart-abandonment', {
        enters: at('11-23 22:30'),
        script: [{ at: at('11-24 12:00'), type: 'cart.updated', properties: { value: 0 } }],
      }),
    ).toEqual(['Tue 24 Nov 08:00 reminder', 'Tue 24 Nov 12:00 out-of-audience', 'Tue 24 Nov 12:00 = emptied']);
  });
  test('a ticket stops it', async () => {
    expect(
      await walk('cart-abandonment', { script: [{ at: at('11-25 12:00'), type: 'support.ticket_opened' }] }),
    ).toEqual([
      'Mon 23 Nov 14:00 reminder',
      'Tue 24 Nov 14:00 what-was-missing',
      'Tue 24 Nov 14:00 into-audience',
      'Wed 25 Nov 12:00 out-of-audience',
      'Wed 25 Nov 12:00 = asked',
    ]);
  });
});
