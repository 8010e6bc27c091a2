import type { StackFacts } from './stack';

/** What there is and where, in one block. */
export function banner(facts: StackFacts, devFile: string): string {
  const lines: [string, string | null][] = [
    ['API', `${facts.apiUrl}   documentation at ${facts.apiUrl}/docs`],
    ['Server key', facts.apiKey],
    ['Browser key', facts.writeKey],
    ['Outbox', `${facts.apiUrl}/v1/outbox`],
    ['Demo site', facts.demoUrl],
    ['Console', facts.consoleUrl],
    ['Log in', facts.loginUrl],
    ['Temporal UI', facts.temporalUiUrl],
    ['All of this', devFile],
  ];
  const shown = lines.filter(([, value]) => value !== null).map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
  return ['', 'Nurture is running (Ctrl-C stops it)', '', ...shown, ''].join('\n');
}
