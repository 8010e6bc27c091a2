import { eventGroups, events, type EventType, type Sender } from './events';

const senders = {
  outside: 'your site and servers',
  inside: 'Nurture',
  provider: 'the mail provider and tracked links',
} satisfies Record<Sender, string>;

const introduction = `# Events

An event is something a contact did, or that happened to them. This page is made from the table in
\`workflows/domain/events.ts\`; \`node --import tsx test/support/write-docs.ts\` writes it anew.

Your own event types are welcome: any name of up to 200 characters that does not begin with \`email.\`, \`message.\`,
\`score.\`, \`segment.\`, \`journey.\`, \`handoff.\`, \`task.\`, \`crm.\` or \`contact.\`. Those are made by Nurture, and refused from outside.
Properties that are not listed here are kept and can be used in \`where\`.`;

/** docs/events.md. `listeners` says which journeys of the catalogue listen, by event type. */
export function renderEventsPage(listeners: Readonly<Record<string, readonly string[]>>): string {
  const table: Record<string, EventType> = events;
  const sections = Object.entries(senders).map(([sender, who]) => {
    const types = Object.entries(table).filter(([, { from }]) => from === sender);
    return [`## From ${who}`, ...types.map(([type, event]) => renderType(type, event, listeners[type] ?? []))].join(
      '\n\n',
    );
  });
  const groups = Object.entries(eventGroups).map(
    ([name, types]) => `- \`${name}\`: ${types.map((type) => `\`${type}\``).join(', ')}`,
  );
  const groupSection = [
    '## Groups',
    'A group may stand wherever an event type may stand. Opens and clicks made by machines never count, unless `where` asks for `machine`.',
    groups.join('\n'),
  ].join('\n\n');
  return `${[introduction, ...sections, groupSection].join('\n\n')}\n`;
}

function renderType(type: string, event: EventType, journeys: readonly string[]): string {
  const properties = Object.entries(event.properties).map(([name, what]) => `- \`${name}\`: ${what}`);
  const listening = journeys.length === 0 ? [] : [`Listening: ${journeys.map((key) => `\`${key}\``).join(', ')}.`];
  return [
    `### ${type}`,
    [event.description, ...listening].join(' '),
    ...(properties.length === 0 ? [] : [properties.join('\n')]),
  ].join('\n\n');
}
