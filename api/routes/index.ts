import type { Route } from '../http/route';
import { ingestRoutes } from './ingest';
import { mailRoutes } from './mail';
import { systemRoutes } from './system';

/** Every route there is. Express and the OpenAPI document are made of this list. */
export const routes: readonly Route[] = [...ingestRoutes, ...mailRoutes, ...systemRoutes];
