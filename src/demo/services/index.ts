/** The services of the demo, a process each. */
import { fileURLToPath } from 'node:url';

export const serviceNames = [
  'support-chat',
  'contract-review',
  'media-studio',
  'voice-notes',
  'autocomplete',
  'document-search',
  'newsletter',
  'back-office',
] as const;

export type ServiceName = (typeof serviceNames)[number];

export function serviceFile(name: ServiceName): string {
  return fileURLToPath(new URL(`${name}.ts`, import.meta.url));
}
