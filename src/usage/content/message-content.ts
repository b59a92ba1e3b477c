/** What was said in a call, in the shape of the GenAI conventions' JSON schemas. Read only where somebody asks for it. */

/** `text`, `reasoning`, `tool_call`, `tool_call_response`, `server_tool_call`, `blob`, `uri`, `file`, or a provider's own. */
export interface MessagePart {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface ContentMessage {
  /** `user`, `assistant`, `system`, `tool`, or what the provider says. */
  readonly role: string;
  readonly parts: readonly MessagePart[];
  /** Of answers: `stop`, `length`, `tool_call`, `content_filter`, or the provider's own word. */
  readonly finish_reason?: string;
}

export interface MessageContent {
  /** Instructions that are given apart from the conversation. */
  readonly systemInstructions: readonly MessagePart[];
  readonly inputMessages: readonly ContentMessage[];
  /** One a choice or candidate. */
  readonly outputMessages: readonly ContentMessage[];
  /** Something was said that is not here: bodies are kept in part, binary data not at all. */
  readonly truncated: boolean;
}

export const NO_CONTENT: MessageContent = {
  systemInstructions: [],
  inputMessages: [],
  outputMessages: [],
  truncated: false,
};
