import type { Route } from '../http/route';
import { systemRoutes } from './system';

/** Every route there is. Express and the OpenAPI document are made of this list. */
export const routes: readonly Route[] = [...systemRoutes];
