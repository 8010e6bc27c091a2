import type { ScoreNow } from '../scoring/now';
import { ownerAmong, type Staff } from '../staff';
import { staffTime, workingTimeAfter } from '../timing/working-time';
import type { Json, JsonObject } from '../json';
import { assigneeOf, type Assignee } from './assignee';
import type { RenderText } from './render-text';
import { taskNote, taskTitle } from './texts';

/** What a task step says; the shape of the compiled graph. */
export interface TaskRule {
  id: string;
  to: string;
  title: string;
  note?: string;
  due?: string;
}

export interface TaskCase {
  /** Epoch milliseconds. */
  at: number;
  contact: Record<string, Json>;
  entry: JsonObject;
  score: ScoreNow;
  settings: Staff & Parameters<typeof staffTime>[0];
  renderText: RenderText;
}

export interface PlannedTask extends Assignee {
  title: string;
  note: string | null;
  /** Epoch milliseconds. */
  dueAt: number | null;
}

/** The task that a step opens: whose it is, its texts as they are now, and when it is due. */
export function plannedTask(step: TaskRule, it: TaskCase): PlannedTask {
  const { at, contact, entry, settings, score } = it;
  const owner = contact['owner'] ?? null;
  const about = { contact, entry, score };
  const rep = ownerAmong(settings.reps, typeof owner === 'string' ? owner : null);
  const render = (name: string, source: string): string =>
    it.renderText(source, { ...about, owner: rep, what: `the ${name} of ${step.id}` });
  return {
    ...assigneeOf(step.to, { owner, reps: settings.reps, teams: settings.teams }),
    title: taskTitle(render('title', step.title)),
    note: step.note === undefined ? null : taskNote(render('note', step.note)),
    dueAt: step.due === undefined ? null : workingTimeAfter(at, step.due, staffTime(settings)),
  };
}
