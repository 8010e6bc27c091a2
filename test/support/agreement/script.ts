import { allowedNow, type RunPhase } from '../../../workflows/contract/messages';
import { happeningOf, type ScriptItem } from '../../../workflows/interpreter/virtual/script';
import type { Happening } from '../../../workflows/interpreter/virtual/virtual-host';
import type { World } from '../../../workflows/interpreter/virtual/world';
import { ID, type Planned, type Trial } from './trial';

const MINUTE = 60_000;

type Timed = Planned & { at: number };

/** The plan on the clock: in order, apart, and at seconds that no sum of waits falls on. */
export function timed({ events, entersAt }: Trial): Timed[] {
  const inOrder = [...events].sort((a, b) => a.minute - b.minute);
  return inOrder.map((event, index) => ({ ...event, at: entersAt + event.minute * MINUTE + (index + 1) * 3500 }));
}

/** What it is that happens. `phaseOf` says what the run is doing, where a person may only intervene in some phases. */
export function happeningFor(event: Timed, { graph }: Trial, phaseOf: () => RunPhase | null): Happening {
  const mails = Object.values(graph.steps).flatMap(({ id, kind }) => (kind === 'email' ? [id] : []));
  const item = itemOf(event, mails);
  const happening = happeningOf(item, ID);
  return {
    at: item.at,
    happen(world, box) {
      if ('of' in item && item.of !== undefined && !wasSent(world, item.of)) return box;
      const phase = phaseOf();
      if ('do' in item && (item.do === 'skip' || item.do === 'retry')) {
        const phases: readonly RunPhase[] = allowedNow[item.do];
        if (phase === null || !phases.includes(phase) || box.asked !== null) return box;
      }
      return happening.happen(world, box);
    },
  };
}

function wasSent({ sends }: World, stepId: string): boolean {
  return sends.some((row) => row.stepId === stepId);
}

function itemOf({ at, what, which }: Timed, mails: readonly string[]): ScriptItem {
  const mail = mails.length === 0 ? undefined : mails[which % mails.length];
  const aboutMail = (item: (of: string) => ScriptItem): ScriptItem =>
    mail === undefined ? { at, type: 'page.viewed', properties: { path: '/' } } : item(mail);
  const items: (() => ScriptItem)[] = [
    () => ({ at, type: 'page.viewed', properties: { path: ['/pricing', '/docs', '/'][which % 3] ?? '/' } }),
    () => ({ at, type: 'page.viewed', properties: { path: '/pricing/enterprise' } }),
    () => ({ at, type: 'form.submitted', properties: { form: 'x' }, traits: { industry: 'retail' } }),
    () => ({ at, type: 'webinar.attended' }),
    () => ({ at, type: 'cart.updated' }),
    () => aboutMail((of) => ({ at, type: 'email.clicked', of })),
    () => aboutMail((of) => ({ at, type: 'email.clicked', of })),
    () => aboutMail((of) => ({ at, type: 'email.opened', of, properties: { machine: which % 2 === 0 } })),
    () => aboutMail((of) => ({ at, do: 'provider-event', of, state: which % 2 === 0 ? 'delivered' : 'bounced' })),
    () => ({ at, type: 'survey.answered', properties: { score: which % 3 } }),
    () => ({ at, type: 'order.completed' }),
    () => ({ at, do: 'skip' }),
    () => ({ at, do: 'retry' }),
    () => ({ at, do: 'pause' }),
    () => ({ at, do: 'resume', spreadMs: (which % 2) * 90 * MINUTE }),
    () => ({ at, do: 'resume' }),
    () => ({ at, type: 'app.identified', traits: { email: 'new@example.com', timezone: 'Pacific/Kiritimati' } }),
    () => (which % 3 === 0 ? { at, do: 'opt-out', topic: 'education' } : { at, do: 'opt-out', topic: 'product' }),
    () => (which % 3 === 0 ? { at, do: 'leave', outcome: 'removed' } : { at, type: 'webinar.attended' }),
    () => (which % 3 === 0 ? { at, do: 'cancel' } : { at, type: 'page.viewed' }),
    () => (which % 3 === 0 ? { at, type: 'meeting.booked' } : { at, type: 'form.submitted' }),
  ];
  return items[what % items.length]?.() ?? { at, type: 'page.viewed' };
}
