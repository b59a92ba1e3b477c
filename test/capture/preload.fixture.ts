/** What `register` does for capture, with records on standard output instead of OTLP. */
import { writeSync } from 'node:fs';
import { WiretallyInstrumentation } from '@wiretally/instrumentation';

export const instrumentation = new WiretallyInstrumentation({
  sink: ({ status, streamed, requestModel }) => {
    writeSync(1, `record ${JSON.stringify({ status, streamed, requestModel })}\n`);
  },
});
