/** All dashboards by the name of their file. */
import { models } from './models.ts';
import { providers } from './providers.ts';
import type { DashboardSpec } from './spec.ts';

export const dashboards: Readonly<Record<string, DashboardSpec>> = { providers, models };
