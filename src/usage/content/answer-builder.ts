/** An answer that comes in pieces, put together: one message a choice, its parts in the order in which they began. */
import type { ContentMessage, MessagePart } from './message-content.ts';
import { reasoningPart, textPart, toolCallPart } from './parts.ts';

interface Open {
  readonly kind: 'text' | 'reasoning' | 'tool' | 'whole';
  readonly pieces: string[];
  readonly parts: readonly MessagePart[];
  id: unknown;
  name: unknown;
}

interface Choice {
  readonly blocks: Map<string, Open>;
  finish: string | null;
}

/** Reasons that the conventions have a word for. */
const FINISH: Readonly<Record<string, string>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool_call',
  tool_call: 'tool_call',
  tool_use: 'tool_call',
  function_call: 'tool_call',
  content_filter: 'content_filter',
  content_filtered: 'content_filter',
  refusal: 'content_filter',
  safety: 'content_filter',
  error: 'error',
};

export class AnswerBuilder {
  readonly #choices = new Map<number, Choice>();
  #gaps = 0;

  /** Bytes are missing here: what follows continues no part that began before. */
  gap(): void {
    this.#gaps += 1;
  }

  text(choice: number, block: string, piece: unknown): void {
    if (typeof piece === 'string' && piece !== '') this.#open(choice, 'text', block).pieces.push(piece);
  }

  reasoning(choice: number, block: string, piece: unknown): void {
    if (typeof piece === 'string' && piece !== '') this.#open(choice, 'reasoning', block).pieces.push(piece);
  }

  /** A tool call, or a piece of its arguments. */
  tool(choice: number, block: string, call: { id?: unknown; name?: unknown; args?: unknown }): void {
    const open = this.#open(choice, 'tool', block);
    open.id ??= call.id;
    open.name ??= call.name;
    if (typeof call.args === 'string') open.pieces.push(call.args);
  }

  /** Parts that came whole; they replace what came of this block before. */
  whole(choice: number, block: string, parts: readonly MessagePart[]): void {
    const { blocks } = this.#choice(choice);
    const replaced = [...blocks.keys()].filter((key) => key.endsWith(` ${block}`) || key === block);
    for (const key of replaced.slice(1)) blocks.delete(key);
    blocks.set(replaced[0] ?? block, { kind: 'whole', pieces: [], parts, id: null, name: null });
  }

  finish(choice: number, reason: unknown): void {
    if (typeof reason !== 'string' || reason === '' || reason.length > 64) return;
    this.#choice(choice).finish = FINISH[reason.toLowerCase()] ?? reason;
  }

  messages(): ContentMessage[] {
    return [...this.#choices]
      .toSorted(([a], [b]) => a - b)
      .map(([, { blocks, finish }]) => ({
        role: 'assistant',
        parts: [...blocks.values()].flatMap(partsOfOpen),
        ...(finish === null ? {} : { finish_reason: finish }),
      }));
  }

  #choice(index: number): Choice {
    let choice = this.#choices.get(index);
    if (choice === undefined) this.#choices.set(index, (choice = { blocks: new Map(), finish: null }));
    return choice;
  }

  #open(index: number, kind: Open['kind'], block: string): Open {
    const { blocks } = this.#choice(index);
    const key = `${this.#gaps} ${kind} ${block}`;
    let open = blocks.get(key);
    if (open === undefined) blocks.set(key, (open = { kind, pieces: [], parts: [], id: null, name: null }));
    return open;
  }
}

function partsOfOpen({ kind, pieces, parts, id, name }: Open): readonly MessagePart[] {
  const joined = pieces.join('');
  switch (kind) {
    case 'text':
      return [textPart(joined)];
    case 'reasoning':
      return [reasoningPart(joined)];
    case 'tool':
      return [toolCallPart(id, name, joined)];
    case 'whole':
      return parts;
  }
}
