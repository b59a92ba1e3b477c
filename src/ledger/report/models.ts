/** What a model is called in reports, and the id that stands for it. */
import { createHash } from 'node:crypto';

/** The namespace of our UUIDv5s: the UUIDv5 of `urn:wiretally:models` among URLs (RFC 9562, appendix A). */
const NAMESPACE = uuidV5(Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex'), 'urn:wiretally:models');

/** RFC 9562, section 5.5. */
function uuidV5(namespace: Uint8Array, name: string): Buffer {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}

/** UUIDv5 of `provider/model`: the same on every machine and for ever, though nobody keeps a table of models. */
export function modelId(provider: string, model: string | null): string {
  const hex = uuidV5(NAMESPACE, `${provider}/${model ?? ''}`).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function modelDisplayName(_provider: string, model: string | null): string {
  return model ?? 'unknown';
}
