/** `npm run dashboards`: writes grafana/dashboards/*.json. Never edit those by hand: a test makes them again and compares. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dashboardsFolder, renderDashboards } from './render.ts';

const files = renderDashboards();
mkdirSync(dashboardsFolder, { recursive: true });
for (const stale of readdirSync(dashboardsFolder)) if (!files.has(stale)) rmSync(new URL(stale, dashboardsFolder));
for (const [name, content] of files) writeFileSync(new URL(name, dashboardsFolder), content);
