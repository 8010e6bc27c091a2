import type { Json } from '../../../workflows/domain/json';
import type { StepSource } from '../../../workflows/journeys/steps/step';
import { conditionWords, ofWords, whereWords } from './conditions';

/** Subject of a template, as nobody in particular gets it. */
export type SubjectOf = (template: string) => string;

/** The steps as a nested list. */
export function stepLines(steps: readonly StepSource[], subjectOf: SubjectOf, depth = 0): string[] {
  return steps.flatMap((step) => {
    const only = step.if === undefined ? '' : `, only if ${conditionWords(step.if)}`;
    const onward = step.next === undefined ? '' : `, then \`${step.next}\``;
    const line = `${'  '.repeat(depth)}- \`${step.id}\` ${stepWords(step, subjectOf)}${only}${onward}`;
    return [line, ...choicesOf(step).flatMap((choice) => choiceLines(choice, subjectOf, depth + 1))];
  });
}

interface Choice {
  words: string;
  next?: string | undefined;
  do?: StepSource[] | undefined;
}

function choiceLines({ words, next, do: steps }: Choice, subjectOf: SubjectOf, depth: number): string[] {
  const line = `${'  '.repeat(depth)}- ${words}${next === undefined ? (steps ? ':' : ': on') : `: on to \`${next}\``}`;
  return [line, ...(steps ? stepLines(steps, subjectOf, depth + 1) : [])];
}

function choicesOf(step: StepSource): Choice[] {
  switch (step.kind) {
    case 'branch':
      return [...step.cases.map((one) => ({ ...one, words: `if ${conditionWords(one.when)}` })), ...elseOf(step.else)];
    case 'split': {
      const all = [...step.arms, ...(step.holdout ? [{ name: 'left out', ...step.holdout }] : [])];
      const total = all.reduce((sum, { weight }) => sum + weight, 0);
      return all.map((arm) => ({ ...arm, words: `${arm.name}, ${Math.round((100 * arm.weight) / total)} %` }));
    }
    case 'wait':
    case 'handoff':
      return (step.on ?? []).map((one) => ({ ...one, words: awaitedWords(one) }));
    case 'email':
    case 'message':
    case 'notify':
    case 'task':
    case 'repeat':
    case 'update':
    case 'score':
    case 'enroll':
    case 'exit':
      return [];
  }
}

function elseOf(otherwise: string | { do: StepSource[] } | undefined): Choice[] {
  if (otherwise === undefined) return [];
  return [{ words: 'otherwise', ...(typeof otherwise === 'string' ? { next: otherwise } : { do: otherwise.do }) }];
}

type Awaited = NonNullable<Extract<StepSource, { kind: 'wait' }>['on']>[number];

function awaitedWords({ event, of, where = {}, since }: Awaited): string {
  const about = of === undefined ? '' : ` about ${ofWords(of)}`;
  const back = since === undefined ? '' : since === 'entry' ? ', since they entered' : `, also in the ${since} before`;
  return `at \`${event}\`${whereWords(where)}${about}${back}`;
}

const taskWords = { call: 'a call', email: 'a personal mail', linkedin: 'a LinkedIn request', custom: 'a task' };

function stepWords(step: StepSource, subjectOf: SubjectOf): string {
  switch (step.kind) {
    case 'email':
      return `mails “${subjectOf(step.template)}”${step.send ? ', at once' : ''}${fromWords(step.from)}`;
    case 'message':
      return messageWords(step);
    case 'notify':
      return `tells ${whom(step.to)} by ${step.via.join(' and ')}`;
    case 'task':
      return `asks ${whom(step.to)} for ${taskWords[step.type]}${step.due === undefined ? '' : ` within ${working(step.due)}`}`;
    case 'handoff':
      return `hands them to sales: ${step.suggest === undefined ? 'a task' : taskWords[step.suggest]}, and waits ${step.for}`;
    case 'wait':
      return waitWords(step);
    case 'branch':
      return 'looks';
    case 'split':
      return 'draws, once for each person';
    case 'repeat':
      return `goes back to \`${step.from}\`, ${step.times === 1 ? 'once' : `${step.times} times`} at most`;
    case 'update':
      return updateWords(step);
    case 'score':
      return `${step.points > 0 ? 'adds' : 'takes'} ${Math.abs(step.points)} points of ${step.axis}: ${step.reason}`;
    case 'enroll':
      return `asks \`${step.journey}\` to take them, too`;
    case 'exit':
      return `ends it as **${step.outcome}**${step.into === undefined ? '' : ` and leads into \`${step.into}\``}`;
  }
}

function fromWords(from: string | readonly string[] | undefined): string {
  return from === undefined ? '' : `, from ${[from].flat().map(whom).join(' or ')}`;
}

function whom(key: string): string {
  return key === 'owner' ? 'their owner' : `\`${key}\``;
}

function working(due: string): string {
  return due.includes('working') ? due : due.replace(' ', ' working ');
}

function waitWords({ for: period, until }: Extract<StepSource, { kind: 'wait' }>): string {
  if (period !== undefined) return `waits ${period}`;
  if (until === undefined) return 'waits';
  const time = until.at === undefined ? '' : `, ${until.at}`;
  if ('day' in until) return `waits until day ${until.day}${time}`;
  if ('weekday' in until) return `waits until ${until.weekday}${time}`;
  return 'date' in until ? `waits until ${until.date}${time}` : `waits until the date in \`${until.field}\`${time}`;
}

const presetWords = {
  'audience-add': 'adds them to the audience',
  'audience-remove': 'takes them out of the audience',
  'direct-mail': 'sends them a letter by',
};

function messageWords({ via, to, preset, title, text }: Extract<StepSource, { kind: 'message' }>): string {
  if (via === 'webhook') return `${preset === undefined ? 'calls' : presetWords[preset]} \`${to}\``;
  const where = via === 'in-app' ? 'in the product' : via === 'sms' ? 'by SMS' : `in the chat \`${to}\``;
  return `says ${where}: “${title ?? text}”`;
}

function updateWords({ set = {}, tags }: Extract<StepSource, { kind: 'update' }>): string {
  const fields = Object.entries(set).map(([name, value]) => `\`${name}\` to ${valueWords(value)}`);
  return [
    fields.length === 0 ? [] : `sets ${fields.join(', ')}`,
    tags?.add === undefined ? [] : `tags ${tags.add.join(', ')}`,
    tags?.remove === undefined ? [] : `untags ${tags.remove.join(', ')}`,
  ]
    .flat()
    .join('; ');
}

function valueWords(value: Json): string {
  if (value === null) return 'nothing';
  if (typeof value === 'object' && 'entry' in value)
    return `\`${JSON.stringify(value['entry']).slice(1, -1)}\` of the event`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
