/** A redaction as a user writes it: whatever is private becomes a mark. */
import type { ContentRedaction } from '@wiretally/instrumentation';

const redact: ContentRedaction = (content) =>
  JSON.parse(JSON.stringify(content).replaceAll('private', '[redacted]')) as typeof content;

export default redact;
