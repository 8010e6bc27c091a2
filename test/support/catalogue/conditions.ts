import type {
  Condition,
  DidTest,
  JourneyTest,
  MailsTest,
  ScoreTest,
  TierTest,
  ValueTest,
  Where,
} from '../../../workflows/domain/conditions/condition';

/** A condition as a clause: "they are in the segment customers". */
export function conditionWords(condition: Condition): string {
  if ('all' in condition) return condition.all.map(part).join(' and ');
  if ('any' in condition) return condition.any.map(part).join(' or ');
  if ('not' in condition) return negated(condition.not);
  if ('did' in condition) return didWords(condition);
  if ('journey' in condition) return journeyWords(condition);
  if ('segment' in condition) return `they are in the segment \`${condition.segment}\``;
  if ('score' in condition) return scoreWords(condition);
  if ('tier' in condition) return tierWords(condition);
  if ('mails' in condition) return mailsWords(condition);
  if ('consent' in condition) return `they have not opted out of ${condition.consent}`;
  if ('handoff' in condition) return 'a handoff is open';
  const name = 'field' in condition ? `their \`${condition.field}\`` : `\`${condition.property}\` of the event`;
  return `${name} ${testWords(condition)}`;
}

/** What stands inside of another condition, in brackets where it would be misread. */
function part(condition: Condition): string {
  const words = conditionWords(condition);
  return 'all' in condition || 'any' in condition ? `(${words})` : words;
}

function negated(condition: Condition): string {
  if ('segment' in condition) return `they are not in the segment \`${condition.segment}\``;
  if ('mails' in condition) return `it is not so that ${mailsWords(condition)}`;
  if ('did' in condition)
    return didWords(condition)
      .replace(/^there was/, 'there was no')
      .replace('no a ', 'no ');
  if ('field' in condition && condition.is !== undefined) return `their \`${condition.field}\` is not ${condition.is}`;
  return `not (${conditionWords(condition)})`;
}

function didWords({ did, of, where = {}, times = 1, within, since }: DidTest): string {
  const about = of === undefined ? '' : ` about ${ofWords(of)}`;
  const often = times > 1 ? `, ${times} times or more,` : '';
  const period = within === undefined ? '' : ` in the last ${within}`;
  const from = since === undefined ? '' : ' since they entered';
  return `there was \`${did}\`${whereWords(where)}${about}${often}${period}${from}`.replace(/,$/, '');
}

export function ofWords(of: string | readonly string[]): string {
  const names = [of].flat();
  return names.includes('journey') ? 'any of its mails' : names.map((name) => `\`${name}\``).join(' or ');
}

function journeyWords({ journey, status }: JourneyTest): string {
  const which = journey === 'any' ? 'any journey' : `\`${journey}\``;
  return status === 'active' ? `they are in ${which}` : `they were in ${which}`;
}

function scoreWords({ score, atLeast, below }: ScoreTest): string {
  const bounds = [atLeast === undefined ? [] : `at least ${atLeast}`, below === undefined ? [] : `below ${below}`];
  return `their ${score === 'total' ? 'score' : score} is ${bounds.flat().join(' and ')}`;
}

function tierWords({ tier }: TierTest): string {
  return `their tier is ${typeof tier === 'string' ? tier : tier.in.join(' or ')}`;
}

function mailsWords({ mails, opened, clicked }: MailsTest): string {
  const done = { opened, clicked };
  const parts = (['opened', 'clicked'] as const).flatMap((name) =>
    done[name] === undefined ? [] : `${done[name]} of their ${mails} mails was ${name}`,
  );
  return parts.join(' and ');
}

/** ", where form is ebook"; empty without a test. */
export function whereWords(where: Where): string {
  const tests = Object.entries(where).map(
    ([path, test]) => `\`${path}\` ${typeof test === 'object' ? testWords(test) : `is ${test}`}`,
  );
  return tests.length === 0 ? '' : ` where ${tests.join(' and ')}`;
}

function testWords(test: ValueTest): string {
  const { is, in: among, contains, startsWith, gt, gte, lt, lte, exists } = test;
  const words = [
    is === undefined ? [] : `is ${is}`,
    among === undefined ? [] : `is ${among.join(' or ')}`,
    contains === undefined ? [] : `contains ${contains}`,
    startsWith === undefined ? [] : `begins with ${startsWith}`,
    gt === undefined ? [] : `is above ${gt}`,
    gte === undefined ? [] : `is ${gte} or more`,
    lt === undefined ? [] : `is below ${lt}`,
    lte === undefined ? [] : `is ${lte} or less`,
    exists === undefined ? [] : exists ? 'is known' : 'is not known',
  ];
  return words.flat().join(' and ');
}
