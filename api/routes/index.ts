import type { Route } from '../http/route';
import { scriptRoute } from '../public/script';
import { apiKeyRoutes } from './api-keys';
import { auditRoutes } from './audit';
import { consentRoutes } from './consent';
import { companyRoutes } from './companies';
import { contactRoutes } from './contacts';
import { contactPointsRoutes } from './contact-points';
import { contactScoreRoutes } from './contact-score';
import { contactSegmentRoutes } from './contact-segments';
import { decisionRoutes } from './decisions';
import { duplicateRoutes } from './duplicates';
import { enrollManyRoutes } from './enroll-many';
import { enrollmentRoutes } from './enrollments';
import { holdListRoutes } from './holds';
import { formRoutes } from './forms';
import { importRoutes } from './imports';
import { hygieneRoutes } from './hygiene';
import { ingestRoutes } from './ingest';
import { jobRoutes } from './jobs';
import { journeyRoutes } from './journeys';
import { mergeRoutes } from './merges';
import { planRoutes } from './plans';
import { versionRoutes } from './versions';
import { mailRoutes } from './mail';
import { entryPreviewRoutes } from './entry-preview';
import { scoreModelRoutes } from './score-model';
import { scoreTrialRoutes } from './score-trial';
import { segmentRoutes } from './segments';
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
  ...companyRoutes,
  ...hygieneRoutes,
  ...contactScoreRoutes,
  ...contactPointsRoutes,
  ...contactSegmentRoutes,
  ...consentRoutes,
  ...importRoutes,
  ...formRoutes,
  ...mergeRoutes,
  ...duplicateRoutes,
  ...segmentRoutes,
  ...scoreModelRoutes,
  ...scoreTrialRoutes,
  ...journeyRoutes,
  ...entryPreviewRoutes,
  ...versionRoutes,
  ...planRoutes,
  ...simulationRoutes,
  ...enrollManyRoutes,
  ...enrollmentRoutes,
  ...decisionRoutes,
  ...holdListRoutes,
  ...jobRoutes,
  ...taskRoutes,
  ...mailRoutes,
  scriptRoute,
  ...inAppRoutes,
  ...webhookEndpointRoutes,
  ...settingsRoutes,
  ...apiKeyRoutes,
  ...auditRoutes,
  ...systemRoutes,
  ...setAsideRoutes,
];
