import { at, screens, walk } from './walk';

const customer = { lifecycleStage: 'customer' };

describe('first-purchase', () => {
  test('three mails in three weeks', async () => {
    expect(await walk('first-purchase', { entry: { orderId: 'o-1' } })).toEqual([
      'Mon 23 Nov 10:00 thanks',
      'Fri 27 Nov 10:01 all-arrived',
      'Mon 14 Dec 08:00 three-weeks-in',
      'Mon 14 Dec 08:00 = completed',
    ]);
  });
  test('target accounts are called', async () => {
    expect(await walk('first-purchase', { fields: { targetAccount: true } })).toEqual([
      'Mon 23 Nov 10:00 thanks',
      'Mon 23 Nov 10:00 welcome-call',
      'Fri 27 Nov 10:01 all-arrived',
      'Mon 14 Dec 08:00 three-weeks-in',
      'Mon 14 Dec 08:00 = completed',
    ]);
  });
});

describe('onboarding', () => {
  test('stuck, and at risk', async () => {
    expect(await walk('onboarding')).toEqual([
      'Mon 23 Nov 11:00 welcome',
      'Tue 24 Nov 09:31 where-to-begin',
      'Thu 26 Nov 09:31 first-result',
      'Mon 30 Nov 09:31 fifteen-minutes',
      'Mon 30 Nov 09:31 call',
      'Tue 08 Dec 09:31 a-habit',
      'Tue 22 Dec 09:31 one-month',
      'Tue 22 Dec 09:31 not-settled',
      'Tue 22 Dec 09:31 = at-risk',
    ]);
  });
  test('settled, and on to the tips', async () => {
    expect(await walk('onboarding', { script: [...screens('11-25 09:00', 12), ...screens('12-14 09:00', 6)] })).toEqual(
      [
        'Mon 23 Nov 11:00 welcome',
        'Tue 24 Nov 09:31 where-to-begin',
        'Mon 30 Nov 09:31 bring-the-team',
        'Tue 08 Dec 09:31 a-habit',
        'Tue 22 Dec 09:31 one-month',
        'Tue 22 Dec 09:31 = settled into usage-tips',
      ],
    );
  });
});

describe('usage-tips', () => {
  test('four tips', async () => {
    expect(await walk('usage-tips')).toEqual([
      'Tue 01 Dec 09:00 less-typing',
      'Tue 15 Dec 09:01 see-it-together',
      'Tue 29 Dec 09:02 for-your-role',
      'Tue 12 Jan 09:03 let-it-run',
      'Tue 19 Jan 09:04 inside',
      'Tue 19 Jan 09:04 = completed',
    ]);
  });
  test('who opens mails needs no note inside', async () => {
    expect(
      await walk('usage-tips', { script: [{ at: at('12-16 12:00'), type: 'email.opened', of: 'see-it-together' }] }),
    ).toEqual([
      'Tue 01 Dec 09:00 less-typing',
      'Tue 15 Dec 09:01 see-it-together',
      'Tue 29 Dec 09:02 for-your-role',
      'Tue 12 Jan 09:03 let-it-run',
      'Tue 19 Jan 09:04 = completed',
    ]);
  });
});

describe('vip-upsell', () => {
  test('thanked, told, content', async () => {
    expect(await walk('vip-upsell')).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Thu 26 Nov 10:01 in-person',
      'Thu 10 Dec 10:02 what-others-add',
      'Sun 20 Dec 10:02 = content',
    ]);
  });
  test('a click brings a call', async () => {
    expect(
      await walk('vip-upsell', { script: [{ at: at('12-11 12:00'), type: 'email.clicked', of: 'what-others-add' }] }),
    ).toEqual([
      'Mon 23 Nov 10:00 tell-owner',
      'Thu 26 Nov 10:01 in-person',
      'Thu 10 Dec 10:02 what-others-add',
      'Fri 11 Dec 12:00 call',
      'Fri 11 Dec 12:00 = interested',
    ]);
  });
});

describe('satisfaction-survey', () => {
  test('no answer', async () => {
    expect(await walk('satisfaction-survey')).toEqual([
      'Tue 22 Dec 10:01 ask',
      'Tue 29 Dec 10:02 remind',
      'Tue 12 Jan 10:02 = no-answer',
    ]);
  });
  test('a promoter', async () => {
    expect(
      await walk('satisfaction-survey', {
        script: [{ at: at('12-23 12:00'), type: 'survey.answered', properties: { score: 10 } }],
      }),
    ).toEqual([
      'Tue 22 Dec 10:01 ask',
      'Wed 23 Dec 12:00 thank-promoter',
      'Wed 23 Dec 12:00 ask-for-referral',
      'Wed 23 Dec 12:00 = promoter',
    ]);
  });
  test('somebody in between', async () => {
    expect(
      await walk('satisfaction-survey', {
        script: [{ at: at('2027-01-04 12:00'), type: 'survey.answered', properties: { score: '7' } }],
      }),
    ).toEqual([
      'Tue 22 Dec 10:01 ask',
      'Tue 29 Dec 10:02 remind',
      'Mon 04 Jan 12:00 ask-what-is-missing',
      'Mon 04 Jan 12:00 = passive',
    ]);
  });
  test('somebody unhappy', async () => {
    expect(
      await walk('satisfaction-survey', {
        script: [{ at: at('12-23 12:00'), type: 'survey.answered', properties: { score: 3 } }],
      }),
    ).toEqual([
      'Tue 22 Dec 10:01 ask',
      'Wed 23 Dec 12:00 call',
      'Wed 23 Dec 12:00 say-sorry',
      'Wed 23 Dec 12:00 = detractor',
    ]);
  });
});

describe('renewal', () => {
  test('no renewal', async () => {
    expect(
      await walk('renewal', {
        fields: { ...customer, traits: { renewalNoticeAt: '2026-12-01', renewsAt: '2027-02-01' } },
      }),
    ).toEqual([
      'Tue 01 Dec 09:31 in-good-time',
      'Tue 15 Dec 09:31 call',
      'Tue 15 Dec 09:32 your-year',
      'Tue 29 Dec 09:33 last-call',
      'Thu 04 Feb 09:00 not-renewed',
      'Thu 04 Feb 09:00 = lapsed into win-back',
    ]);
  });
  test('by itself', async () => {
    expect(
      await walk('renewal', {
        fields: { ...customer, traits: { renewalNoticeAt: '2026-12-01', renewsAt: '2027-02-01', autoRenew: true } },
      }),
    ).toEqual([
      'Tue 01 Dec 09:31 in-good-time',
      'Tue 15 Dec 09:31 call',
      'Tue 15 Dec 09:32 your-year',
      'Thu 04 Feb 09:00 = renewed',
    ]);
  });
  test('renewed early', async () => {
    expect(
      await walk('renewal', {
        fields: { ...customer, traits: { renewalNoticeAt: '2026-12-01', renewsAt: '2027-02-01' } },
        script: [{ at: at('12-18 12:00'), type: 'order.completed' }],
      }),
    ).toEqual([
      'Tue 01 Dec 09:31 in-good-time',
      'Tue 15 Dec 09:31 call',
      'Tue 15 Dec 09:32 your-year',
      'Fri 18 Dec 12:00 renewed',
      'Fri 18 Dec 12:00 = renewed',
    ]);
  });
  test('no longer a customer', async () => {
    expect(
      await walk('renewal', {
        fields: { lifecycleStage: 'churned', traits: { renewalNoticeAt: '2026-12-01', renewsAt: '2027-02-01' } },
      }),
    ).toEqual(['Tue 01 Dec 09:30 = left']);
  });
  test('a new date begins it again', async () => {
    expect(
      await walk('renewal', {
        fields: { ...customer, traits: { renewalNoticeAt: '2026-12-01', renewsAt: '2026-12-20' } },
        script: [
          {
            at: at('12-05 12:00'),
            type: 'contact.updated',
            traits: { traits: { renewalNoticeAt: '2027-01-11', renewsAt: '2027-03-01' } },
            properties: { changed: ['traits.renewalNoticeAt'] },
          },
        ],
      }),
    ).toEqual([
      'Tue 01 Dec 09:31 in-good-time',
      'Mon 11 Jan 09:31 in-good-time',
      'Mon 25 Jan 09:31 call',
      'Mon 25 Jan 09:32 your-year',
      'Mon 08 Feb 09:33 last-call',
      'Thu 04 Mar 09:00 not-renewed',
      'Thu 04 Mar 09:00 = lapsed into win-back',
    ]);
  });
});

describe('win-back', () => {
  test('lost', async () => {
    expect(await walk('win-back')).toEqual([
      'Mon 23 Nov 10:01 what-went-wrong',
      'Wed 23 Dec 10:02 what-has-changed',
      'Wed 23 Dec 10:02 into-audience',
      'Wed 13 Jan 10:03 start-again',
      'Wed 27 Jan 10:03 out-of-audience',
      'Wed 27 Jan 10:03 = lost',
    ]);
  });
  test('won back', async () => {
    expect(await walk('win-back', { script: [{ at: at('2027-01-14 12:00'), type: 'order.completed' }] })).toEqual([
      'Mon 23 Nov 10:01 what-went-wrong',
      'Wed 23 Dec 10:02 what-has-changed',
      'Wed 23 Dec 10:02 into-audience',
      'Wed 13 Jan 10:03 start-again',
      'Thu 14 Jan 12:00 won-back',
      'Thu 14 Jan 12:00 tell-owner',
      'Thu 14 Jan 12:00 = won-back',
    ]);
  });
  test('in talks', async () => {
    expect(
      await walk('win-back', { script: [{ at: at('11-24 12:00'), type: 'email.replied', of: 'what-went-wrong' }] }),
    ).toEqual(['Mon 23 Nov 10:01 what-went-wrong', 'Tue 24 Nov 12:00 talks', 'Tue 24 Nov 12:00 = in-talks']);
  });
  test('left alone', async () => {
    expect(await walk('win-back', { replace: [['weight: 9', 'weight: 1']] })).toEqual(['Fri 29 Jan 10:00 = holdout']);
  });
});

describe('referral', () => {
  test('nobody named', async () => {
    expect(await walk('referral')).toEqual([
      'Wed 25 Nov 10:01 ask',
      'Wed 09 Dec 10:02 to-forward',
      'Fri 08 Jan 10:02 = nobody-named',
    ]);
  });
  test('somebody named', async () => {
    expect(
      await walk('referral', {
        script: [{ at: at('12-01 22:00'), type: 'form.submitted', properties: { form: 'referral' } }],
      }),
    ).toEqual([
      'Wed 25 Nov 10:01 ask',
      'Tue 01 Dec 22:00 thanks',
      'Tue 01 Dec 22:00 for-the-owner',
      'Tue 01 Dec 22:00 = referred',
    ]);
  });
});
