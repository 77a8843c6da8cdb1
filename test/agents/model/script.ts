/** What the model uses of tokens for one answer. */
export type Usage = { readonly input: number; readonly cached: number; readonly output: number }

/** One call of a tool, in words that every agent has its own names for. */
export type Call =
  /** A command line in the agent's own shell tool. `escalates`: it asks to leave its sandbox, where the agent has one. */
  | { readonly run: string; readonly escalates?: boolean }
  /** A question with options, by the agent's own tool for it. */
  | { readonly ask: string; readonly options: readonly string[] }
  /** A plan that is to be approved, by the agent's own tool for it. */
  | { readonly plan: string }
  /** Any tool, by the name and with the arguments that the agent knows. */
  | { readonly tool: string; readonly args: Readonly<Record<string, unknown>> }

/** What the model does when it is asked next. */
export type Act =
  | { readonly say: string; readonly usage?: Usage }
  | (Call & { readonly usage?: Usage })
  | { readonly calls: readonly Call[]; readonly usage?: Usage }
  /** Waits until the test says `go(hold)`, then does the other. */
  | { readonly hold: string; readonly next: Act }
  | { readonly error: 400 | 401 | 429 | 500 | 529; readonly retryAfterSeconds?: number }
  /** Begins an answer and cuts the connection. */
  | { readonly drop: true }
  /** Takes the request and never says a word. */
  | { readonly silence: true }

/** Acts of one conversation, one for each time it is asked. `sees`: words that must be in what it is asked, or the model complains. */
export type Step = Act & { readonly sees?: string }

/** What the model answers with, whatever the protocol. */
export type Reply = {
  readonly id: string
  readonly model: string
  readonly say: string | null
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: Readonly<Record<string, unknown>> }[]
  readonly usage: Usage
}

/** A tool as the agent offers it: its name and those of its arguments. */
export type Tool = { readonly name: string; readonly takes: readonly string[] }

/** What a request asks, whatever the protocol. */
export type Asked = {
  /** The request as it came. */
  readonly raw: Readonly<Record<string, unknown>>
  readonly model: string
  readonly isStreamed: boolean
  /** Words of the system, or of the developer. */
  readonly system: string
  /** Everything the model is shown that it did not say itself, in order: words of people, and results of tools. */
  readonly shown: readonly { readonly by: 'user' | 'tool' | 'system'; readonly text: string; readonly call: string | null }[]
  /** Ids of the calls that the model is said to have made, in order. */
  readonly called: readonly string[]
  readonly tools: readonly Tool[]
}

/** The names under which agents offer a shell. */
const shells = ['exec_command', 'shell_command', 'shell', 'Bash', 'bash', 'run_shell_command']

export const shellOf = (tools: readonly Tool[]): Tool | null =>
  shells.flatMap((name) => tools.find((tool) => tool.name === name) ?? []).at(0) ?? null

/** The same call in the words of that agent. Throws where it has no such tool. */
export const callFor = (
  call: Call,
  tools: readonly Tool[],
): { readonly name: string; readonly args: Readonly<Record<string, unknown>> } => {
  if ('tool' in call) return { name: call.tool, args: call.args }
  if ('run' in call) return shellCall(call, tools)
  if ('plan' in call) return { name: nameOf(tools, ['ExitPlanMode', 'exit_plan_mode']), args: { plan: call.plan } }
  const name = nameOf(tools, ['AskUserQuestion', 'request_user_input', 'ask_user'])
  const header = 'Choice'
  if (name === 'request_user_input')
    return {
      name,
      args: {
        questions: [{ id: 'choice', header, question: call.ask, options: call.options.map((label) => ({ label, description: label })) }],
      },
    }
  const options = call.options.map((label) => ({ label, description: label }))
  return { name, args: { questions: [{ question: call.ask, header, multiSelect: false, options }] } }
}

const nameOf = (tools: readonly Tool[], names: readonly string[]): string => {
  const found = names.find((name) => tools.some((tool) => tool.name === name))
  if (found === undefined)
    throw new Error(`The agent offers none of ${names.join(', ')}; it offers ${tools.map(({ name }) => name).join(', ')}.`)
  return found
}

const shellCall = ({ run, escalates = false }: { readonly run: string; readonly escalates?: boolean }, tools: readonly Tool[]) => {
  const shell = shellOf(tools)
  if (shell === null) throw new Error(`The agent offers no shell; it offers ${tools.map(({ name }) => name).join(', ')}.`)
  const { name, takes } = shell
  const leaving =
    escalates && takes.includes('sandbox_permissions')
      ? { sandbox_permissions: 'require_escalated', justification: 'May I leave the sandbox?' }
      : {}
  const described = takes.includes('description') ? { description: 'the next step' } : {}
  if (name === 'exec_command') return { name, args: { cmd: run, ...leaving } }
  if (name === 'shell') return { name, args: { command: ['bash', '-lc', run], ...leaving } }
  return { name, args: { command: run, ...described, ...leaving } }
}
