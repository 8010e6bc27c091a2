import type { AuditEntry } from '../../prisma/stores/audit';
import type { JsonObject } from '../../workflows/domain/json';
import type { Reply } from './reply';
import type { Route, RouteRequest } from './route';

/** What a person changed by this request; null where nothing was changed, or no person did it. */
export function auditOf(
  route: Route,
  { params, body, caller }: RouteRequest<unknown, unknown, unknown>,
  reply: Reply,
): Omit<AuditEntry, 'at'> | null {
  const asks = isObject(body) ? body : {};
  const isChange = route.method !== 'get' && route.reads !== true && asks['dryRun'] !== true && reply.status < 300;
  if (!isChange || !isByPeople(route)) return null;
  const [, , subjectKind = ''] = route.path.split('/');
  const [subjectId = idOf(reply.body) ?? '', ...others] = isObject(params) ? texts(params) : [];
  const jobId = isObject(reply.body) ? idOf(reply.body['job']) : undefined;
  const detail: JsonObject = {
    ...(others.length > 0 && { of: others }),
    ...(Object.keys(asks).length > 0 && { fields: Object.keys(asks) }),
    ...(typeof asks['action'] === 'string' && { action: asks['action'] }),
    ...(jobId !== undefined && { jobId }),
  };
  return {
    apiKeyId: caller.keyId,
    action: `${route.method.toUpperCase()} ${route.path}`,
    ...{ subjectKind, subjectId, detail },
  };
}

/** Sites and servers send events, by the thousand: those are not changes that somebody decided on. */
function isByPeople({ scope }: Route): boolean {
  return [scope].flat().some((one) => one !== null && one !== 'ingest' && one !== 'read');
}

function idOf(value: unknown): string | undefined {
  return isObject(value) && typeof value['id'] === 'string' ? value['id'] : undefined;
}

function texts(params: Record<string, unknown>): string[] {
  return Object.values(params).filter((value) => typeof value === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
