/** What must hold while everything runs: one call is one call in every part, and what people look at has data. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dashboards, expandSql } from '@wiretally/dashboards';
import { scenarios } from '@wiretally/demo';
import { Client } from 'pg';
import { parse } from 'yaml';
import { repositoryRoot } from '../../scripts/stack/cache.ts';
import { eventually, type Checks } from './checks.ts';
import { chooseAll, checkPanel, type PanelSources } from './panels.ts';
import { queryNow } from './prometheus.ts';
import type { RealStack } from './real-stack.ts';
import { expectEqual, ledgerTotals, prometheusTotals, type ModelTotal } from './totals.ts';
import { startTraffic } from './traffic.ts';

/** Two scrapes, a batch of the collector and a slow machine. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 50;
const CALLS_AFTER_RESTART = 100;
/** A log record of somebody else, with something in it that must stay in the collector. */
const FOREIGN_EVENT = 'shop.order';

export async function checkRunningStack(stack: RealStack, checks: Checks): Promise<void> {
  const ledger = new Client({ connectionString: stack.readerUrl });
  await ledger.connect();
  try {
    await runChecks(stack, checks, ledger);
  } finally {
    await ledger.end();
  }
}

async function runChecks(stack: RealStack, checks: Checks, ledger: Client): Promise<void> {
  const from = new Date(Date.now() - 5 * 60_000);
  await checks.check('logs of others do not reach the ledger', async () => {
    await sendForeignLog(stack.collector);
    await eventually(
      () => expectCount(stack, 'otelcol_processor_filter_logs_filtered_total{filter="filter/ledger"}', 1),
      PATIENCE_MS,
    );
    await expectCount(stack, 'otelcol_processor_outgoing_items_total{otel_signal="logs",processor="filter/ledger"}', 0);
  });
  const traffic = await startTraffic(stack, PAUSE_MS);
  await checks.check(
    'the demo’s services make their calls, while the collector and the ledger are killed and started again',
    async () => {
      const callsAbove = (count: number): Promise<void> =>
        eventually(async () => {
          const { calls, scenarios: seen } = traffic.served();
          if (calls <= count || seen.length < scenarios.length) {
            throw new Error(
              `${calls} calls of ${seen.length} of ${scenarios.length} scenarios; wanted more than ${count} of all`,
            );
          }
        }, PATIENCE_MS);
      await callsAbove(0);
      for (const part of ['collector', 'ledger']) {
        await stack.processes.get(part)?.kill();
        await stack.start(part);
      }
      await callsAbove(traffic.served().calls + CALLS_AFTER_RESTART);
      await traffic.stopServices();
    },
  );
  const served: readonly ModelTotal[] = traffic
    .served()
    .models.map((row) => ({ ...row, costUsd: Number(row.costUsd) }));
  await traffic.close();
  const calls = served.reduce((sum, row) => sum + row.calls, 0);

  await checks.check(`the ledger has each of the ${calls} calls once, with the tokens and cost that were served`, () =>
    eventually(async () => expectEqual('the ledger has', served, await ledgerTotals(ledger)), PATIENCE_MS),
  );
  await checks.check('Prometheus has the same calls, tokens and cost', () =>
    eventually(
      async () => expectEqual('Prometheus has', served, await prometheusTotals(stack.prometheus, ledger)),
      PATIENCE_MS,
    ),
  );
  await checks.check('records of calls go to the ledger and nowhere else', async () => {
    await expectCount(stack, 'otelcol_processor_outgoing_items_total{otel_signal="logs",processor="filter/other"}', 0);
    const passed = await collectorCount(
      stack,
      'otelcol_processor_outgoing_items_total{otel_signal="logs",processor="filter/ledger"}',
    );
    if (passed === 0) throw new Error('no record went through the collector since it was started again');
  });
  await checks.check('no label of Prometheus names a person or a session', async () => {
    const names = await labelNames(stack.prometheus);
    const personal = names.filter((name) => /user|session|chat|conversation|command/.test(name));
    if (personal.length > 0) throw new Error(`labels: ${personal.join(', ')}`);
  });
  await checks.check('the reader of the dashboards cannot write and cannot see private tables', async () => {
    for (const sql of ['create table mine (id int)', 'select 1 from wiretally_private.calls']) {
      const refused = await ledger.query(sql).then(
        () => false,
        () => true,
      );
      if (!refused) throw new Error(`it may: ${sql}`);
    }
  });
  await checks.check('all rules evaluate, and the budget’s alert reaches Alertmanager', () =>
    eventually(async () => {
      await rulesAreHealthy(stack.prometheus);
      await alertIsThere(stack.alertmanager, 'WiretallyBudgetExceeded');
    }, PATIENCE_MS),
  );
  await checks.check('the query of Grafana’s own alert rule runs for the reader', async () => {
    const file = readFileSync(path.join(repositoryRoot, 'grafana/provisioning/alerting/unpriced.yaml'), 'utf8');
    const { groups } = parse(file) as { groups: { rules: { data: { model: { rawSql?: string } }[] }[] }[] };
    const queries = groups.flatMap(({ rules }) =>
      rules.flatMap(({ data }) => data.map(({ model }) => model.rawSql ?? '')),
    );
    const range = { from, to: new Date(), intervalSeconds: 60, variables: {} };
    for (const sql of queries.filter((text) => text !== '')) await ledger.query(expandSql(sql, range));
  });
  await checkDashboards(checks, { prometheus: stack.prometheus, ledger, from, to: new Date(Date.now() + 60_000) });
}

async function checkDashboards(checks: Checks, sources: PanelSources): Promise<void> {
  for (const [name, spec] of Object.entries(dashboards)) {
    const variables = spec.variables.map((variable) => variable.name).join(', ');
    await checks.check(`${name}: the variables ${variables} have values`, async () => {
      await chooseAll(name, sources);
    });
    for (const panel of spec.rows.flatMap((row) => row.panels)) {
      await checks.check(`${name}: "${panel.title}" has data`, () =>
        eventually(async () => checkPanel(panel, await chooseAll(name, sources), sources), PATIENCE_MS),
      );
    }
  }
}

async function sendForeignLog(collector: string): Promise<void> {
  const attributes = [{ key: 'event.name', value: { stringValue: FOREIGN_EVENT } }];
  const logRecords = [{ timeUnixNano: `${Date.now()}000000`, eventName: FOREIGN_EVENT, attributes }];
  const answer = await fetch(`${collector}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  if (!answer.ok) throw new Error(`the collector refuses a log record: ${answer.status} ${await answer.text()}`);
}

/** One series of the collector's own metrics, written as it shows it; 0 where it has not counted yet. */
async function collectorCount(stack: RealStack, series: string): Promise<number> {
  const lines = (await (await fetch(`${stack.collectorMetrics}/metrics`)).text()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? 0);
}

async function expectCount(stack: RealStack, series: string, expected: number): Promise<void> {
  const found = await collectorCount(stack, series);
  if (found !== expected) throw new Error(`${series} is ${found} and not ${expected}`);
}

async function labelNames(prometheus: string): Promise<string[]> {
  const series = await queryNow(prometheus, '{__name__=~"wiretally_.*|gen_ai_.*"}');
  return [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
}

async function rulesAreHealthy(prometheus: string): Promise<void> {
  const answer = (await (await fetch(`${prometheus}/api/v1/rules`)).json()) as {
    data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
  };
  const rules = answer.data.groups.flatMap((group) => group.rules);
  const ill = rules.filter((rule) => rule.health !== 'ok');
  if (rules.length === 0 || ill.length > 0)
    throw new Error(
      `${rules.length} rules; not ok: ${ill.map(({ name, lastError }) => `${name} ${lastError}`).join(', ')}`,
    );
}

async function alertIsThere(alertmanager: string, name: string): Promise<void> {
  const alerts = (await (await fetch(`${alertmanager}/api/v2/alerts`)).json()) as { labels: Record<string, string> }[];
  if (!alerts.some(({ labels }) => labels['alertname'] === name))
    throw new Error(`Alertmanager has ${alerts.map(({ labels }) => labels['alertname']).join(', ') || 'no alert'}`);
}
