import { head } from '../journey-text';
import { asText, done, inHead, type Case } from './case';

const finished = (where: string) => `{ event: journey.finished, where: { journey: ${where} } }`;

const cases: [title: string, entry: string, reentry: string][] = [
  ['by its end', finished('sample'), 'always'],
  ['by the end of any journey', '{ event: journey.finished }', 'always'],
  ['by one end of several', finished('{ in: [other, sample] }'), 'always'],
  ['by its beginning', '{ event: journey.entered }', 'always'],
  ['by each run of it', finished('sample'), '{ per: enrollmentId }'],
];

const byItself: Case[] = cases.map(([title, entry, reentry]) => {
  const event = entry.includes('finished') ? 'journey.finished' : 'journey.entered';
  return inHead(
    title,
    ['entry: [{ event: form.submitted }]', `entry: [${entry}]\nreentry: ${reentry}`],
    `9 /entry/0: \`${event}\` of \`sample\` itself lets people in again and again, without end (name another journey by \`where: { journey: … }\`, or let some time pass by \`reentry: { after: 90 days }\`)`,
  );
});

const leaving = '  - { id: a, kind: exit, outcome: x, into: sample, if: { tier: high } }';
const again = asText(
  'by its exit, at once',
  `${head.replace('steps:', 'reentry: always\nsteps:')}\n${leaving}\n${done}`,
  [
    '12 /steps/0/into: `sample` leads into itself again and again, without end (name another journey, or go back by a `repeat` step)',
  ],
);

/** Journeys that would enter themselves without end. */
export const circleCases: Case[] = [...byItself, again];
