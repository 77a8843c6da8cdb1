/*
 * What we use of the interface that pi gives its extensions. It is written down here because pi is no dependency of ours: it is whatever the
 * machine has. https://github.com/badlogic/pi-mono/blob/main/packages/coding-agent/docs/extensions.md (seen: 0.73.1)
 */

/** What an extension is made with. */
export type Pi = {
  on<Name extends keyof Events>(event: Name, handler: (event: Events[Name], context: Context) => unknown): void
  /** A message as if a person had typed it, without commands and templates. While a turn runs it needs `deliverAs`. */
  sendUserMessage(text: string, options?: { readonly deliverAs: 'steer' | 'followUp' }): void
}

export type Context = {
  readonly hasUI: boolean
  readonly cwd: string
  readonly ui: {
    /** Undefined when it was left, or the signal aborted. */
    select(title: string, options: readonly string[], more: { readonly signal: AbortSignal }): Promise<string | undefined>
    getEditorText(): string
    notify(words: string, kind: 'info' | 'warning' | 'error'): void
  }
  /** Aborts with the turn; none while nothing runs. */
  readonly signal: AbortSignal | undefined
  readonly model: unknown
  readonly modelRegistry: { hasConfiguredAuth(model: unknown): boolean }
  readonly sessionManager: {
    /** Absent for a conversation that is not kept. The file itself comes with the first words of the model. */
    getSessionFile(): string | undefined
    getEntries(): readonly Readonly<Record<string, unknown>>[]
  }
  isIdle(): boolean
  /** Breaks off the turn, as Escape does. */
  abort(): void
  hasPendingMessages(): boolean
}

/** The part of the events that we look at. */
export type Events = {
  readonly session_start: { readonly reason: 'startup' | 'reload' | 'new' | 'resume' | 'fork' }
  readonly session_shutdown: { readonly reason: string }
  /** It may still be called off by another extension, which nobody tells. */
  readonly session_before_compact: unknown
  readonly session_compact: unknown
  readonly before_agent_start: { readonly systemPrompt: string }
  readonly agent_start: unknown
  readonly agent_end: { readonly messages: readonly unknown[] }
  readonly message_start: { readonly message: unknown }
  readonly message_update: unknown
  readonly message_end: { readonly message: unknown }
  readonly tool_execution_start: { readonly toolCallId: string; readonly toolName: string }
  readonly tool_execution_end: { readonly toolCallId: string }
  /** May be answered with a refusal; the reason is what the model is told. */
  readonly tool_call: { readonly toolName: string; readonly input: Readonly<Record<string, unknown>> }
}

export type Refusal = { readonly block: true; readonly reason: string }
