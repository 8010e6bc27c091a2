import { createHash } from 'node:crypto';
import { classifySms } from '../../../activities/providers/sms/twilio-answers';
import { chatPayload } from '../../../activities/providers/endpoints/chat-payload';
import { webhookPayload, type WebhookSubject } from '../../../activities/providers/endpoints/webhook-payload';
import { smsFactOf } from '../../../api/webhooks/sms-facts';
import { isTwilioSigned } from '../../../api/webhooks/twilio-signature';
import { messageScope } from '../../../messages/scope';
import { noteMail, renderTextMessage } from '../../../messages/text-message';
import { recipientOf, type Addressees } from '../../../workflows/domain/sending/recipient';
import { chooseSender } from '../../../workflows/domain/sending/sender';
import { together } from '../../../workflows/domain/sending/answer';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('texts', () => {
  const scope = messageScope({
    contact: { firstName: 'Ada <b>', company: '\u0007x', traits: { link: 'javascript:alert(1)' } },
    entry: {},
    unsubscribeUrl: '',
    owner: { name: 'Rita', email: 'rita@example.com', meetingUrl: 'https://meet.example.com/rita' },
    score: { total: 42 },
  });

  test('are rendered with contact, owner and score', () => {
    const text = 'Hi {{ contact.firstName }}, {{ owner.name }} {{ owner.meetingUrl }} {{ contact.score.total }}';
    expect(renderTextMessage({ text }, scope).text).toBe('Hi Ada <b>, Rita https://meet.example.com/rita 42');
  });

  test.each([
    ['https://example.com/a?b=1', 'https://example.com/a?b=1'],
    ['/pricing', '/pricing'],
    ['//evil.example', null],
    ['/\\evil.example', null],
    ['{{ contact.traits.link }}', null],
    ['mailto:a@b.example', null],
    ['https://exa mple.com/', null],
    ['', null],
  ])('the link %s', (url, expected) => {
    expect(renderTextMessage({ text: 'x', url }, scope).url).toBe(expected);
  });

  test('a title is one line', () => {
    expect(renderTextMessage({ title: 'a\n{{ contact.company }}' }, scope).title).toBe('a x');
  });

  test('a note is a mail without a footer', () => {
    expect(noteMail('Call Ada <ada@example.com>\n\nNow\nor never')).toEqual({
      subject: 'Call Ada <ada@example.com>',
      html: '<p>Call Ada &lt;ada@example.com&gt;</p>\n<p>Now<br>or never</p>',
      text: 'Call Ada <ada@example.com>\n\nNow\nor never\n',
    });
  });

  test('nobody is called by what people write', () => {
    const payload = chatPayload({
      title: 'New',
      text: '<!channel> & <https://evil.example|here>',
      url: 'https://a.example/',
    });
    expect(payload).toEqual({
      text: 'New\n&lt;!channel&gt; &amp; &lt;https://evil.example|here&gt;\nhttps://a.example/',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'New' } },
        {
          type: 'section',
          text: { type: 'mrkdwn', text: '&lt;!channel&gt; &amp; &lt;https://evil.example|here&gt;' },
        },
        {
          type: 'actions',
          elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' }, url: 'https://a.example/' }],
        },
      ],
    });
  });
});

describe('webhooks', () => {
  const at = new Date('2026-03-01T10:00:00Z');
  const subject: WebhookSubject = {
    journey: 'win-back',
    stepId: 'tell',
    contactId: 'c-1',
    externalIds: ['user-1'],
    contact: {
      email: ' Ada@Example.com ',
      phone: '+4915112345678',
      firstName: 'Ada',
      lastName: 'Byron',
      country: 'GB',
      owner: 'rita',
      traits: { address: { street: '1 High Street', postalCode: 'N1', city: 'London' } },
    },
    with: { audience: 'dormant' },
  };
  const common = { journey: 'win-back', stepId: 'tell', contactId: 'c-1', with: { audience: 'dormant' } };

  test.each(['audience-add', 'audience-remove'] as const)('%s carries hashes alone', (preset) => {
    expect(webhookPayload({ ...subject, preset }, at)).toEqual({
      type: preset.replace('-', '.'),
      timestamp: at.toISOString(),
      data: {
        ...common,
        emailSha256: sha256('ada@example.com'),
        phoneSha256: sha256('+4915112345678'),
        phoneDigitsSha256: sha256('4915112345678'),
      },
    });
  });

  test('direct mail carries the postal address', () => {
    expect(webhookPayload({ ...subject, preset: 'direct-mail' }, at)).toMatchObject({
      type: 'direct_mail.requested',
      data: {
        recipient: {
          ...{ name: 'Ada Byron', company: null, street: '1 High Street', line2: null },
          ...{ postalCode: 'N1', city: 'London', region: null, country: 'GB' },
        },
      },
    });
  });

  test('a plain one carries public fields', () => {
    const { type, data } = webhookPayload(subject, at);
    expect({ type, data }).toMatchObject({ type: 'contact.message', data: common });
    const contact = (data as { contact: object }).contact;
    expect(contact).toMatchObject({ externalIds: ['user-1'], firstName: 'Ada', phone: '+4915112345678' });
    expect(contact).not.toHaveProperty('owner');
    expect(contact).not.toHaveProperty('traits');
  });
});

describe("Twilio's answers", () => {
  const answered = (status: number, body = '', retryAfter: string | null = null) =>
    classifySms({ kind: 'answered', status, body, retryAfter }, 1_000);

  test.each([
    [201, '{"sid":"SM1"}', { kind: 'accepted', providerMessageId: 'SM1' }],
    [201, 'nonsense', { kind: 'unknown', why: 'unexpected answer 201' }],
    [400, '{"code":21211,"message":"+49… is not valid"}', { kind: 'rejected', why: 'refused (400): code 21211' }],
    [400, '<html>', { kind: 'rejected', why: 'refused (400)' }],
    [401, '{"code":20003}', { kind: 'circuit', why: 'account or token refused (401)' }],
    [404, '', { kind: 'circuit', why: 'no SMS API at the base URL (404)' }],
    [302, '', { kind: 'circuit', why: 'no SMS API at the base URL (302)' }],
    [500, '', { kind: 'unknown', why: 'server error (500)' }],
    [503, '', { kind: 'unknown', why: 'server error (503)' }],
  ])('%d %s', (status, body, expected) => {
    expect(answered(status, body)).toEqual(expected);
  });

  test('429 waits as long as it is told, an hour at most', () => {
    const at = (answer: ReturnType<typeof classifySms>) =>
      answer.kind === 'retryable' ? Math.floor(answer.at / 1_000) : null;
    expect([30, 31]).toContain(at(answered(429, '', '30')) ?? 0);
    expect(at(answered(429, '', '999999'))).toBeLessThanOrEqual(3_602);
  });

  test('what did not leave is called again', () => {
    expect(classifySms({ kind: 'not-sent', why: 'not reached: ECONNREFUSED', isBarred: false }, 0).kind).toBe(
      'retryable',
    );
    expect(classifySms({ kind: 'lost', why: 'answer lost: time-out' }, 0)).toEqual({
      kind: 'unknown',
      why: 'answer lost: time-out',
    });
  });
});

describe('what Twilio tells', () => {
  const it = { sendId: 'send', at: new Date() };
  const fact = (fields: Record<string, string>) => smsFactOf(new URLSearchParams({ MessageSid: 'SM1', ...fields }), it);

  test("its documentation's example is signed", () => {
    const fields = new URLSearchParams({
      ...{ CallSid: 'CA1234567890ABCDE', Caller: '+14158675310', Digits: '1234' },
      ...{ From: '+14158675310', To: '+18005551212' },
    });
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const signature = 'GvWf1cFY/Q7PnoempGyD5oXAezc=';
    expect(isTwilioSigned({ url, fields, signature }, '12345')).toBe(true);
    expect(isTwilioSigned({ url, fields, signature }, '12346')).toBe(false);
    expect(isTwilioSigned({ url: `${url}&x`, fields, signature }, '12345')).toBe(false);
    expect(isTwilioSigned({ url, fields, signature: 'x' }, '12345')).toBe(false);
  });

  test.each([
    ['queued', null, null],
    ['sent', 'accepted', null],
    ['delivered', 'delivered', 'message.delivered'],
    ['undelivered', 'bounced', 'message.failed'],
    ['failed', 'bounced', 'message.failed'],
    ['constructor', null, null],
  ])('the status %s', (MessageStatus, state, event) => {
    const found = fact({ MessageStatus, To: '+4915112345678' });
    expect([found?.state, found?.event?.type ?? null, found?.optOut]).toEqual([state, event, null]);
    expect(found?.dedupKey).toBe(`SM1:${MessageStatus}`);
  });

  test.each([
    ['21610', 'unsubscribed'],
    ['30006', 'bounced'],
    ['30003', null],
  ])('error %s', (ErrorCode, optOut) => {
    expect(fact({ MessageStatus: 'undelivered', ErrorCode, To: '+4915112345678' })?.optOut).toBe(optOut);
  });

  test.each([
    ['STOP', 'unsubscribed'],
    [' stop. ', 'unsubscribed'],
    ['Unsubscribe', 'unsubscribed'],
    ['STOPP', 'unsubscribed'],
    ['START', 'lifted'],
    ['please stop writing', null],
    ['Yes, call me', null],
  ])('the answer %s', (Body, optOut) => {
    expect(fact({ Body, From: '+4915112345678' })?.optOut).toBe(optOut);
  });

  test("the provider's own judgement counts", () => {
    expect(fact({ Body: 'ARRETEZ', OptOutType: 'STOP', From: '+33612345678' })?.optOut).toBe('unsubscribed');
    expect(fact({ Body: 'AIDE', OptOutType: 'HELP', From: '+33612345678' })).toMatchObject({
      optOut: null,
      event: null,
    });
  });
});

describe('where a message goes', () => {
  const from: Addressees = {
    ...{ contactId: 'c-1', email: 'ada@example.com', phone: '+4915112345678', owner: 'Rita@Example.com' },
    reps: [{ key: 'rita', name: 'Rita', email: 'rita@example.com', phone: '+15005550001' }],
    teams: [
      { key: 'care', name: 'Care', email: 'care@example.com' },
      { key: 'sales', name: 'Sales', email: 'sales@example.com', chat: 'sales-chat' },
    ],
  };
  const sms = { kind: 'message', via: 'sms' } as const;
  const note = (to: string) => ({ kind: 'notify', to, via: ['email', 'chat', 'sms'] }) as const;

  test.each([
    ['a phone', recipientOf(sms, 'sms', from), { address: '+4915112345678', isValid: true, bar: '+4915112345678' }],
    ['no phone', recipientOf(sms, 'sms', { ...from, phone: null }), { address: null, missing: 'no-phone' }],
    ['a phone without a country', recipientOf(sms, 'sms', { ...from, phone: '0151 123' }), { isValid: false }],
    ['no mailbox', recipientOf({ kind: 'email' }, 'email', { ...from, email: null }), { address: null, missing: null }],
    ['the inbox', recipientOf({ kind: 'message', via: 'in-app' }, 'in-app', from), { address: 'c-1', bar: null }],
    [
      'an audience',
      recipientOf({ kind: 'message', via: 'webhook', to: 'ads', preset: 'audience-add' }, 'webhook', from),
      { address: 'ads', bar: 'ada@example.com' },
    ],
    [
      'off an audience',
      recipientOf({ kind: 'message', via: 'webhook', to: 'ads', preset: 'audience-remove' }, 'webhook', from),
      { address: 'ads', bar: null },
    ],
    ['the owner', recipientOf(note('owner'), 'email', from), { address: 'rita@example.com', bar: null }],
    [
      "the owner's team, where they cannot be reached",
      recipientOf(note('owner'), 'chat', from),
      { address: 'sales-chat' },
    ],
    [
      'sales for nobody',
      recipientOf(note('owner'), 'email', { ...from, owner: null }),
      { address: 'sales@example.com' },
    ],
    [
      'sales for somebody unknown',
      recipientOf(note('owner'), 'email', { ...from, owner: 'Bob' }),
      { address: 'sales@example.com' },
    ],
    ['a team', recipientOf(note('care'), 'email', from), { address: 'care@example.com' }],
    ['a team without a phone', recipientOf(note('care'), 'sms', from), { address: null, missing: 'nobody-to-tell' }],
    ['no such team', recipientOf(note('legal'), 'email', from), { address: null, missing: 'nobody-to-tell' }],
  ])('%s', (_, found, expected) => {
    expect(found).toMatchObject(expected);
  });
});

describe('who a mail comes from', () => {
  const senders = [
    { key: 'news', email: 'news@example.com', name: 'News', verified: true },
    { key: 'old', email: 'old@example.com', name: 'Old', verified: false },
    { email: 'rob@example.com', name: 'Rob', verified: false },
    { key: 'team', email: 'team@example.com', name: 'Team', verified: true },
  ];
  const reps = [
    { key: 'rita', name: 'Rita', email: 'rita@example.com' },
    { key: 'rob', name: 'Rob', email: 'rob@example.com' },
  ];

  test.each([
    [['owner', 'team'], 'rita', 'owner', 'rita@example.com'],
    [['owner', 'team'], null, 'team', 'team@example.com'],
    [['owner', 'team'], 'rob', 'team', 'team@example.com'],
    [['old', 'team'], 'rita', 'team', 'team@example.com'],
    [['old', 'gone'], 'rita', 'default', 'news@example.com'],
    [[], 'rita', 'default', 'news@example.com'],
  ])('%j for the owner %s is %s', (wanted, owner, by, email) => {
    expect(chooseSender(wanted, { owner, reps, senders })).toMatchObject({ by, from: { email } });
  });

  test('nobody named leaves it to the configuration', () => {
    expect(chooseSender(['owner'], { owner: null, reps: [], senders: [] })).toEqual({ by: 'default', from: null });
  });
});

test.each([
  [
    'the soonest deferral first',
    [
      { kind: 'sent', state: 'accepted' },
      { kind: 'deferred', until: 9, why: 'a' },
      { kind: 'deferred', until: 5, why: 'b' },
      { kind: 'failed', why: 'x' },
    ],
    { kind: 'deferred', until: 5, why: 'b' },
  ],
  [
    'then a failure',
    [
      { kind: 'unknown', until: 3, then: 'proceed' },
      { kind: 'failed', why: 'x' },
    ],
    { kind: 'failed', why: 'x' },
  ],
  [
    'then the longest doubt',
    [
      { kind: 'unknown', until: 3, then: 'proceed' },
      { kind: 'unknown', until: 8, then: 'proceed' },
      { kind: 'sent', state: 'accepted' },
    ],
    { kind: 'unknown', until: 8, then: 'proceed' },
  ],
  [
    'else the first',
    [
      { kind: 'sent', state: 'suppressed' },
      { kind: 'sent', state: 'accepted' },
    ],
    { kind: 'sent', state: 'suppressed' },
  ],
] as const)('several channels answer %s', (_, answers, expected) => {
  expect(together(answers)).toEqual(expected);
});
