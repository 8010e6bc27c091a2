import pc from 'picocolors';
import { count, table } from '../output';
import { nameOf, type Change } from '../server/compare';
import type { Plan, PlanStep } from '../server/plans';

const marks = { new: pc.green('+'), changed: pc.yellow('~'), same: ' ' } satisfies Record<Change['state'], string>;

/** A line for each file that would change, and how many would not. */
export function changesText(changes: readonly Change[]): string {
  const lines = changes
    .filter(({ state }) => state !== 'same')
    .map((change) => `${marks[change.state]} ${nameOf(change)}: ${change.state}`);
  const same = changes.filter(({ state }) => state === 'same').length;
  return [...lines, `${count(lines.length, 'change')}, ${same} the same.`].join('\n');
}

/** Who is inside, at which step, and what each way of publishing would do to them. */
export function planText(key: string, { totals, versions }: Plan): string {
  if (totals.people === 0) return `${pc.bold(key)}: nobody is inside.`;
  const inside = versions.filter(({ people }) => people > 0);
  const parts = inside.flatMap(({ number, people, steps, at }) => [
    `${pc.bold(key)}: ${count(people, 'person')} in version ${number}`.replace('persons', 'people'),
    ...steps.map(
      ({ stepId, change, differences }) =>
        `  ${stepId}: ${change}${differences.length > 0 ? ` (${differences.map(({ what }) => what).join(', ')})` : ''}`,
    ),
    table(['at', 'people', 'if they stay', 'if they move', 'goes to'], at.map(rowOf), [24, 9, 22, 46, 24]),
  ]);
  const gone = totals.move.gone;
  const hint =
    gone === 0
      ? []
      : [
          pc.yellow(
            `${count(gone, 'person')} at steps that are gone: map them by --map old=new (or old= to end them) to move people.`.replace(
              'persons',
              'people',
            ),
          ),
        ];
  return [...parts, ...hint].join('\n');
}

function rowOf({ stepId, people, stay, move, to }: PlanStep): string[] {
  const acting = stay.actAtOnce === 0 ? 'go on as they are' : `${stay.actAtOnce} act at once`;
  return [stepId ?? 'not begun', String(people), acting, movesOf(move), move.gone > 0 ? pc.yellow('gone') : (to ?? '')];
}

function movesOf({ waitOn, actAtOnce, deadlineMoves, goOn, end, gone }: PlanStep['move']): string {
  const parts = [
    waitOn > 0 && `${waitOn} wait on${deadlineMoves === null ? '' : `, ${shiftOf(deadlineMoves)}`}`,
    actAtOnce > 0 && `${actAtOnce} act at once`,
    goOn > 0 && `${goOn} go on`,
    end > 0 && `${end} end`,
    gone > 0 && `${gone} have nowhere to go`,
  ];
  return parts.filter((part) => typeof part === 'string').join('\n');
}

function shiftOf({ min, max }: { min: number; max: number }): string {
  const [from, to] = [inWords(min), inWords(max)];
  return from === to ? from : `${from} to ${to}`;
}

/** Seconds as people say them: "2 days later". */
function inWords(seconds: number): string {
  const size = Math.abs(seconds);
  const [amount, unit] =
    size >= 86_400 ? [size / 86_400, 'day'] : size >= 3600 ? [size / 3600, 'hour'] : [size / 60, 'minute'];
  const rounded = Math.round(amount * 10) / 10;
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'} ${seconds < 0 ? 'earlier' : 'later'}`;
}
