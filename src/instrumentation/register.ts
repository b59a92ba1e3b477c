/**
 * `node --import @wiretally/instrumentation/register app.js`: the one line that instruments a service, also one that is
 * CommonJS, since `--import` runs before it.
 *
 * Where the application starts an OpenTelemetry SDK itself, put `new WiretallyInstrumentation()` into its list of
 * instrumentations instead.
 */
import { isDisabled } from './settings.ts';

// Nothing else is loaded where it is disabled.
if (!isDisabled(process.env)) {
  const { start } = await import('./emit/start.ts');
  await start();
}
