/** Google Cloud Text-to-Speech: audio and nothing else, so what is paid is in the request. */
import { json } from '../wire.ts';
import type { SimulatedProvider } from '../wire.ts';
import { googleError, googleRefusal } from './google-error.ts';

export const googleTts: SimulatedProvider = {
  prefix: '/texttospeech',
  answer(request, reply) {
    if ('fault' in reply) return googleRefusal(reply.fault, 'texttospeech');
    if (!request.path.endsWith('/text:synthesize')) return googleError(404, 'NOT_FOUND', 'Not found.');
    return json(200, { audioContent: Buffer.from('a few bytes of sound').toString('base64') });
  },
};
