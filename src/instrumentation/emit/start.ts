/** What `register` does: the SDK, the instrumentation, the flush at the end, and one line on stderr. */
import { isMainThread } from 'node:worker_threads';
import { getBooleanFromEnv } from '@opentelemetry/core';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { providers } from '@wiretally/usage';
import { WiretallyInstrumentation } from '../instrumentation.ts';
import { contentSettings } from './content-settings.ts';
import type { ContentSettings } from './content-settings.ts';
import { emissionFromEnvironment } from './environment.ts';
import { flushAtExit, flushAtSignals } from './exit-hooks.ts';
import { openedLedger } from './ledger.ts';
import { otlpTargets } from './otlp-targets.ts';
import { processWide } from './process-wide.ts';
import { redactionFrom } from './redaction-module.ts';
import { flushSdk, hasSdk, httpInstrumentations, startSdk } from './sdk-setup.ts';
import { serviceFromEnvironment } from './service.ts';
import { VERSION } from './version.ts';

/** Once a process, however often and by however many copies it is called. Never rejects. */
export function start(): Promise<void> {
  return processWide('registered', async () => {
    try {
      await startOnce();
    } catch (error) {
      say(`not started: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

async function startOnce(): Promise<void> {
  const { env } = process;
  if (getBooleanFromEnv('OTEL_SDK_DISABLED') ?? false) {
    say('off, since OTEL_SDK_DISABLED is true: no call is seen or recorded');
    return;
  }
  const content = await redactionFrom(env, say);
  const found = hasSdk();
  const ours = new WiretallyInstrumentation(content);
  const captured = contentSettings(content, env, () => undefined);
  // The application's own SDK has its own HTTP spans, and its own end.
  if (found) registerInstrumentations({ instrumentations: [ours] });
  else startSdk(env, [ours, ...httpInstrumentations(env)], captured?.onEvents ?? false);
  // Once: what the SDK still gets after the event loop has run dry is its own affair.
  if (!found) flushAtExit('sdk', { flush: () => flushSdk(env), activity: () => 0 });
  flushAtSignals();
  say(describe(found, captured));
}

function describe(found: boolean, captured: ContentSettings | null): string {
  const { env } = process;
  const service = serviceFromEnvironment(env).name;
  const ledger = openedLedger();
  return [
    `watching fetch, undici, node:http, node:http2 and WebSockets for ${providers.length} AI providers${service === null ? '' : ` in "${service}"`}`,
    found
      ? "spans and metrics go through the application's OpenTelemetry SDK"
      : otlpTargets(env)
          .filter(({ signal }) => signal !== 'logs')
          .map(({ signal, exporter, url }) => `${signal === 'traces' ? 'spans' : signal} ${destination(exporter, url)}`)
          .join(', '),
    ledger !== null
      ? `ledger records to ${shown(ledger.endpoint.url)}${ledger.spoolDirectory === null ? ', no spool' : ''}`
      : emissionFromEnvironment(env).ledger === 'sdk'
        ? "ledger records go through the SDK's logs"
        : 'ledger records go nowhere',
    ...(captured === null ? [] : [`prompts and answers go on ${placesOf(captured)}`]),
  ].join('; ');
}

function placesOf({ onSpans, onEvents, redact }: ContentSettings): string {
  const places = [...(onSpans ? ['spans'] : []), ...(onEvents ? ['events'] : [])].join(' and ');
  return redact === null ? places : `${places}, after your redaction`;
}

function destination(exporter: string, url: URL | null): string {
  if (exporter === 'none') return 'off';
  return `to ${url === null ? exporter : shown(url)}`;
}

/** Without user and password, which a URL may carry. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}

/** Worker threads say nothing: their process has. */
function say(text: string): void {
  if (isMainThread && process.env['WIRETALLY_QUIET'] !== '1') process.stderr.write(`wiretally ${VERSION}: ${text}\n`);
}
