import type { Route } from '../http/route';
import { apiKeyRoutes } from './api-keys';
import { auditRoutes } from './audit';
import { contactRoutes } from './contacts';
import { decisionRoutes } from './decisions';
import { enrollmentRoutes } from './enrollments';
import { ingestRoutes } from './ingest';
import { jobRoutes } from './jobs';
import { journeyRoutes } from './journeys';
import { planRoutes } from './plans';
import { versionRoutes } from './versions';
import { mailRoutes } from './mail';
import { setAsideRoutes } from './set-aside';
import { settingsRoutes } from './settings';
import { simulationRoutes } from './simulate';
import { webhookEndpointRoutes } from './webhook-endpoints';
import { inAppRoutes } from './in-app';
import { systemRoutes } from './system';
import { taskRoutes } from './tasks';

/** Every route there is. Express and the OpenAPI document are made of this list. */
export const routes: readonly Route[] = [
  ...ingestRoutes,
  ...contactRoutes,
  ...journeyRoutes,
  ...versionRoutes,
  ...planRoutes,
  ...simulationRoutes,
  ...enrollmentRoutes,
  ...decisionRoutes,
  ...jobRoutes,
  ...taskRoutes,
  ...mailRoutes,
  ...inAppRoutes,
  ...webhookEndpointRoutes,
  ...settingsRoutes,
  ...apiKeyRoutes,
  ...auditRoutes,
  ...systemRoutes,
  ...setAsideRoutes,
];
