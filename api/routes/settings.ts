import type { Db } from '../../prisma/client';
import { journeysShutBy } from '../../prisma/stores/journeys';
import {
  patchSettings,
  readSettings,
  settingsPatchSchema,
  settingsSchema,
  type SettingsPatch,
} from '../../prisma/stores/settings';
import { everOpens } from '../../workflows/domain/timing/opening';
import { isReserved } from '../../workflows/domain/events';
import { changedMeanwhile, etagOf } from '../http/etag';
import { invalidField } from '../http/problems';
import { ok, withHeaders } from '../http/reply';
import { defineRoute, type Route } from '../http/route';

const get = defineRoute({
  method: 'get',
  path: '/v1/settings',
  summary: 'The settings in force',
  tag: 'Settings',
  scope: 'read',
  answers: { 200: { description: 'With their ETag', schema: settingsSchema, etag: true } },
  handler: async (_request, { db }) => {
    const { settings, revision } = await readSettings(db);
    return withHeaders(ok(settings), { ETag: etagOf(revision) });
  },
});

const patch = defineRoute({
  method: 'patch',
  path: '/v1/settings',
  summary: 'Change settings',
  description: 'Each named field is replaced as a whole.',
  tag: 'Settings',
  scope: 'admin',
  body: settingsPatchSchema,
  answers: { 200: { description: 'All of them, with their ETag', schema: settingsSchema, etag: true } },
  ifMatch: true,
  handler: async ({ body, expected }, { db, settings }) => {
    const reserved = Object.entries(body.eventNames ?? {}).find(([, type]) => isReserved(type));
    if (reserved) throw invalidField(['eventNames', reserved[0]], 'Events of this name are made by Nurture itself.');
    await demandOpenings(db, body);
    const changed = await patchSettings(db, body, expected);
    if (!changed) throw changedMeanwhile();
    settings.forget();
    return withHeaders(ok(changed.settings), { ETag: etagOf(changed.revision) });
  },
});

/** Quiet hours that leave nothing of a window would keep its messages for ever. */
async function demandOpenings(db: Db, patch: SettingsPatch): Promise<void> {
  if (patch.quietHours === undefined && patch.defaultWindow === undefined) return;
  const { quietHours, defaultWindow } = { ...(await readSettings(db)).settings, ...patch };
  const field = patch.quietHours === undefined ? 'defaultWindow' : 'quietHours';
  if (!everOpens(defaultWindow, quietHours)) throw invalidField([field], 'Leaves no time at all for messages.');
  const shut = quietHours && (await journeysShutBy(db, quietHours));
  if (shut && shut.length > 0) {
    throw invalidField(['quietHours'], `Leaves nothing of a window in: ${shut.slice(0, 5).join(', ')}.`);
  }
}

export const settingsRoutes: readonly Route[] = [get, patch];
