/** The people in whose name the services call, and how a service says so: OpenTelemetry baggage. */
import { randomUUID } from 'node:crypto';
import { context, propagation } from '@opentelemetry/api';

export interface Caller {
  readonly user: string;
  readonly chat: string;
  readonly session: string;
  readonly team: string;
}

const people = [
  { user: '1001', chat: '501', team: 'support' },
  { user: '1002', chat: '502', team: 'support' },
  { user: '1003', chat: '503', team: 'research' },
  { user: 'noor', chat: 'design-review', team: 'studio' },
  { user: 'sara', chat: 'weekly-plan', team: 'studio' },
] as const;

const callers: readonly Caller[] = people.map((person) => ({
  ...person,
  session: `session-${randomUUID().slice(0, 8)}`,
}));

let turn = Math.floor(Math.random() * callers.length);

/** Each in turn, so that every call has another caller. */
export function nextCaller(): Caller {
  turn = (turn + 1) % callers.length;
  return callers[turn]!;
}

/** Runs `work` in an OpenTelemetry context whose baggage says who calls. */
export function asCaller<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
  const baggage = propagation.createBaggage({
    'user.id': { value: caller.user },
    'gen_ai.conversation.id': { value: caller.chat },
    'session.id': { value: caller.session },
    team: { value: caller.team },
  });
  return context.with(propagation.setBaggage(context.active(), baggage), work);
}
