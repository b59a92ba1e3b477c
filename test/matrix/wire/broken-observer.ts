/** Instead of `register`: everything of ours that can throw does. */
import { WiretallyInstrumentation } from '@wiretally/instrumentation';

const broken = {
  valueOf() {
    throw new Error('broken on purpose');
  },
} as unknown as number;

export const instrumentation = new WiretallyInstrumentation({
  limits: { headBytes: broken, streamHeadBytes: broken, tailBytes: broken },
  sink() {
    throw new Error('broken on purpose');
  },
});
