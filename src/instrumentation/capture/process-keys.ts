/**
 * Every key that all copies of this package in one process share. What hangs on them has to keep its shape between
 * versions: an older copy may have put it there.
 */

/** On `globalThis`: which copy has switched a transport on (claim.ts). */
export const CLAIMS = Symbol.for('wiretally.capture.claims');

/** On a request that is watched: its attempt (attempt.ts). */
export const ATTEMPT = Symbol.for('wiretally.capture.attempt');

/** On a request that is watched: the asynchronous context in which it was made (undici/callers.ts). */
export const CALLER = Symbol.for('wiretally.capture.caller');

/** On the socket of a WebSocket session that is watched: its reader (websocket/socket.ts). */
export const SESSION = Symbol.for('wiretally.capture.session');
