import { matchesWhere } from './conditions/evaluate';
import type { Where } from './conditions/condition';
import type { Json } from './json';

/** `outside`: your site and servers; `inside`: Nurture itself; `provider`: made from what mail recipients do. */
export type Sender = 'outside' | 'inside' | 'provider';

export interface EventType {
  from: Sender;
  description: string;
  /** Property → what it holds. Others are kept too. */
  properties: Readonly<Record<string, string>>;
}

const message = { template: 'template key', journey: 'journey key', stepId: 'step that sent it' };
const channel = { channel: 'sms, chat, in-app or webhook' };
const machine = { machine: 'true if made by a scanner or a mail client, not by a person' };
const order = { orderId: 'your id of the order', value: 'amount', currency: 'ISO 4217 code' };
const ticket = { ticketId: 'your id of the ticket', subject: 'what it is about' };
const webinar = { webinar: 'key of the webinar', startsAt: 'ISO date and time' };
const handoff = { handoffId: 'id of the handoff', owner: 'who it is with' };
const points = { total: 'points now', fit: 'points of fit', engagement: 'points of engagement' };
const stageCall = { owner: 'who did it', at: 'ISO date and time' };

/** Every event type that Nurture knows. Your own types are welcome too; only reserved names are refused. */
export const events = {
  'page.viewed': {
    from: 'outside',
    description: 'A page of your site was viewed (`page`).',
    properties: { url: 'full address', path: 'path alone', title: 'page title', referrer: 'where they came from' },
  },
  'screen.viewed': {
    from: 'outside',
    description: 'A screen of your app was viewed (`screen`).',
    properties: { name: 'screen name' },
  },
  'form.submitted': {
    from: 'outside',
    description: 'A form was sent.',
    properties: { form: 'key of the form', asset: 'what they asked for' },
  },
  'asset.downloaded': {
    from: 'outside',
    description: 'A guide, case study or other asset was downloaded.',
    properties: { asset: 'key of the asset', kind: 'ebook, whitepaper, case-study …' },
  },
  'meeting.booked': {
    from: 'outside',
    description: 'A meeting was booked. Ends journeys by default.',
    properties: { startsAt: 'ISO date and time', owner: 'who it is with' },
  },
  'demo.requested': {
    from: 'outside',
    description: 'A demo was asked for.',
    properties: { product: 'what they want to see' },
  },
  'webinar.registered': { from: 'outside', description: 'Signed up for a webinar.', properties: webinar },
  'webinar.attended': {
    from: 'outside',
    description: 'Took part in a webinar.',
    properties: { ...webinar, minutes: 'how long they stayed' },
  },
  'trial.started': {
    from: 'outside',
    description: 'A trial began.',
    properties: { plan: 'plan on trial', endsAt: 'ISO date and time' },
  },
  'cart.updated': {
    from: 'outside',
    description: 'A cart was filled, changed or emptied.',
    properties: { cartId: 'your id of the cart', value: 'amount', currency: 'ISO 4217 code', products: 'list' },
  },
  'order.completed': { from: 'outside', description: 'An order was paid.', properties: { ...order, products: 'list' } },
  'survey.answered': {
    from: 'outside',
    description: 'A survey was answered.',
    properties: { survey: 'key of the survey', score: 'number', comment: 'text' },
  },
  'support.ticket_opened': { from: 'outside', description: 'A support ticket was opened.', properties: ticket },
  'support.ticket_closed': { from: 'outside', description: 'A support ticket was closed.', properties: ticket },
  'email.sent': { from: 'inside', description: 'A mail was accepted by the transport.', properties: message },
  'email.delivered': { from: 'provider', description: 'A mail reached the mailbox.', properties: {} },
  'email.opened': { from: 'provider', description: 'A mail was opened.', properties: machine },
  'email.clicked': {
    from: 'provider',
    description: 'A link in a mail was followed.',
    properties: { url: 'where it leads', ...machine },
  },
  'email.bounced': {
    from: 'provider',
    description: 'A mail could not be delivered.',
    properties: { kind: 'hard or soft', reason: "the provider's words" },
  },
  'email.complained': { from: 'provider', description: 'A mail was reported as spam.', properties: {} },
  'email.unsubscribed': {
    from: 'provider',
    description: 'Opted out by link, page, API or provider. Ends journeys by default.',
    properties: { topic: 'the topic; absent when it is everything' },
  },
  'email.replied': {
    from: 'provider',
    description: 'A mail was answered. Ends journeys by default.',
    properties: { text: 'the reply' },
  },
  'message.sent': {
    from: 'inside',
    description: 'A message on another channel than mail was accepted.',
    properties: { ...channel, journey: 'journey key', stepId: 'step that sent it' },
  },
  'message.delivered': { from: 'provider', description: 'An SMS reached the phone.', properties: channel },
  'message.failed': {
    from: 'provider',
    description: 'An SMS could not be delivered.',
    properties: { ...channel, code: "the provider's code" },
  },
  'message.replied': {
    from: 'provider',
    description: 'An SMS was answered. Ends journeys by default.',
    properties: { ...channel, text: 'the answer' },
  },
  'message.unsubscribed': {
    from: 'provider',
    description: 'Opted out of a channel, such as by STOP. Journeys go on by their other channels.',
    properties: channel,
  },
  'message.shown': { from: 'provider', description: 'An in-app message came into view.', properties: channel },
  'message.read': { from: 'provider', description: 'An in-app message was read.', properties: channel },
  'message.clicked': {
    from: 'provider',
    description: "An in-app message's link was followed.",
    properties: { ...channel, url: 'where it leads' },
  },
  'score.tier_changed': {
    from: 'inside',
    description: 'The score crossed into another tier.',
    properties: { from: 'tier before', to: 'tier now', ...points },
  },
  'score.threshold_crossed': {
    from: 'inside',
    description: 'The score crossed one of the thresholds of the score model.',
    properties: { threshold: 'points', direction: 'up or down', ...points },
  },
  'score.ready_for_sales': {
    from: 'inside',
    description: 'Score, fit and behaviour say that sales should talk to them.',
    properties: points,
  },
  'segment.entered': {
    from: 'inside',
    description: 'The contact entered a saved segment.',
    properties: { segment: 'segment key', because: 'event type, or `time`' },
  },
  'segment.left': {
    from: 'inside',
    description: 'The contact left a saved segment.',
    properties: { segment: 'segment key', because: 'event type, or `time`' },
  },
  'journey.requested': {
    from: 'inside',
    description: 'A journey is asked to take the contact in. Its own rules decide; the decision says who asked.',
    properties: {
      journey: 'journey key',
      by: 'exit, enroll, schedule, list, becomes or api',
      from: 'key of the journey that asks',
      entry: 'properties to enter with',
      entryKey: 'tells this run apart',
    },
  },
  'journey.entered': {
    from: 'inside',
    description: 'The contact entered a journey.',
    properties: { journey: 'journey key', enrollmentId: 'id of the enrollment' },
  },
  'journey.finished': {
    from: 'inside',
    description: 'The contact left a journey.',
    properties: { journey: 'journey key', enrollmentId: 'id of the enrollment', outcome: 'how it ended' },
  },
  'handoff.created': { from: 'inside', description: 'The lead was offered to sales.', properties: handoff },
  'handoff.accepted': {
    from: 'inside',
    description: 'Sales took the lead. Ends journeys by default.',
    properties: handoff,
  },
  'handoff.rejected': {
    from: 'inside',
    description: 'Sales gave the lead back.',
    properties: { ...handoff, reason: 'why' },
  },
  'handoff.expired': { from: 'inside', description: 'Nobody in sales answered in time.', properties: handoff },
  'handoff.converted': {
    from: 'inside',
    description: 'The lead became an opportunity, was won or lost.',
    properties: { ...handoff, result: 'opportunity, won or lost' },
  },
  'task.completed': {
    from: 'inside',
    description: 'A task was finished.',
    properties: {
      taskId: 'id of the task',
      type: 'call, email, linkedin or custom',
      journey: 'key of the journey that asked for it; null for one opened by hand',
      stepId: 'step that asked for it',
      outcome: 'what came of it',
    },
  },
  'crm.stage_changed': {
    from: 'inside',
    description: 'The stage changed in the CRM.',
    properties: { from: 'stage before', to: 'stage now' },
  },
  'crm.call_logged': { from: 'inside', description: 'A call was logged in the CRM.', properties: stageCall },
  'crm.note_added': {
    from: 'inside',
    description: 'A note was written in the CRM.',
    properties: { ...stageCall, text: 'the note' },
  },
  'contact.created': { from: 'inside', description: 'Somebody was seen for the first time.', properties: {} },
  'contact.recognised': {
    from: 'inside',
    description: 'A visitor of your site came by a link in a mail to the contact: the visit is theirs.',
    properties: {},
  },
  'contact.updated': {
    from: 'inside',
    description: 'Fields or traits changed.',
    properties: { changed: 'names of the fields that changed' },
  },
  'contact.consented': {
    from: 'inside',
    description: 'Agreed to be written to: by a form, an import or your server.',
    properties: { topic: 'topic key', channel: 'email, sms …' },
  },
  'contact.resubscribed': {
    from: 'inside',
    description: 'Agreed to mail again, and nothing that they opted out of stands any longer.',
    properties: {},
  },
  'contact.merged': {
    from: 'inside',
    description: 'Two records turned out to be one person.',
    properties: { from: 'id of the record that was taken in', by: 'identity (an event), hand or rule' },
  },
  'company.updated': {
    from: 'inside',
    description: 'What is known of the company of a contact changed.',
    properties: { companyId: 'company', changed: 'list of fields' },
  },
} as const satisfies Record<string, EventType>;

/** Group → event types. */
export type EventGroups = Readonly<Record<string, readonly string[]>>;

const activity = [
  'email.clicked',
  'email.replied',
  'message.clicked',
  'message.replied',
  'page.viewed',
  'form.submitted',
] as const;

/** A group stands wherever an event type may stand. Machine-made clicks and opens are not part of it. */
export const eventGroups: EventGroups = {
  activity,
  /** All that shows a person at work, which opens do not: mail programs make them too. */
  behaviour: [
    ...activity,
    'screen.viewed',
    'asset.downloaded',
    'meeting.booked',
    'demo.requested',
    'webinar.registered',
    'webinar.attended',
    'trial.started',
    'cart.updated',
    'order.completed',
    'survey.answered',
    'message.read',
  ],
};

const reservedPrefixes = [
  'company.',
  'email.',
  'message.',
  'score.',
  'segment.',
  'journey.',
  'handoff.',
  'task.',
  'crm.',
  'contact.',
];

/** Whether only Nurture may make events of this type. Write keys are public, so they are refused from outside. */
export function isReserved(type: string): boolean {
  const name = type.trim().toLowerCase();
  return reservedPrefixes.some((prefix) => name.startsWith(prefix));
}

/** An event type or a group, by name; with the types of a group of the settings, as they were when it was published. */
export type NamedEvent = ({ event: string } | { did: string }) & { types?: readonly string[] };

/** The event types behind a type or a group. */
export function expandEvent(named: NamedEvent): string[] {
  return named.types === undefined ? expandGroup('event' in named ? named.event : named.did, {}) : [...named.types];
}

/** The event types behind a type or a group, the groups of the settings before the built-in ones. */
export function expandGroup(name: string, groups: EventGroups): string[] {
  if (Object.hasOwn(groups, name)) return (groups[name] ?? []).flatMap((type) => expandGroup(type, {}));
  const group = Object.hasOwn(eventGroups, name) ? eventGroups[name] : undefined;
  return group === undefined ? [name] : [...group];
}

/** A behaviour as a wait, an entry, an exit or a `did` describes it. */
export interface Behaviour {
  types: readonly string[];
  where?: Where | null;
}

/**
 * Whether an event is the behaviour. Opens and clicks made by machines never are, unless `where` asks for `machine`.
 * Whose message it is about is for the caller to check.
 */
export function isBehaviour(behaviour: Behaviour, event: { type: string; properties: Record<string, Json> }): boolean {
  const where = behaviour.where ?? {};
  const byPerson = event.properties['machine'] !== true || Object.hasOwn(where, 'machine');
  return behaviour.types.includes(event.type) && byPerson && matchesWhere(where, event.properties);
}
