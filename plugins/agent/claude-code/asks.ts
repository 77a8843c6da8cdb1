import type { Decision, Question } from '../../../core/contracts/agent.ts'

/** A permission that was asked for, as its hook wrote it down. */
export type Ask = {
  readonly request: string
  readonly at: number
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>> | null
  /** It was too long for a row, and `input` is its beginning. */
  readonly isCut: boolean
  /** What Claude Code itself would offer beside a plain yes. */
  readonly suggestions: readonly Suggestion[]
  /** Asked by an agent below the main one. */
  readonly isBelow: boolean
  /** What has been answered of several questions, in their order. */
  readonly parts: readonly string[]
}

/** One of `permission_suggestions`; what is in it besides is handed back as it came. */
export type Suggestion = Readonly<Record<string, unknown>> & { readonly type: string }

/** What the hook prints as the decision. https://code.claude.com/docs/en/hooks#permissionrequest-decision-control */
type Verdict =
  | { readonly behavior: 'allow'; readonly updatedInput?: object; readonly updatedPermissions?: readonly object[] }
  | { readonly behavior: 'deny'; readonly message: string }

/** What a decision comes to. `part`: more questions of the same request are still to be asked. */
export type Outcome =
  | { readonly verdict: Verdict; readonly said: string; readonly rules: readonly string[] }
  | { readonly part: string; readonly index: number }

type Choice = {
  readonly label: string
  readonly verdict: (reason: string) => Verdict
  readonly rules?: readonly string[]
  readonly isRefusal?: true
}

/** The question as people are shown it; of several in one request the first that has no answer yet. */
export const questionOf = (ask: Ask): Question => {
  const own = { reply: 'own' } as const
  const asked = ask.tool === 'AskUserQuestion' ? questionsIn(ask.input) : []
  const index = ask.parts.length
  const one = asked[index]
  if (one) {
    return {
      request: partRequest(ask, index, asked.length),
      kind: 'question',
      text: [...(asked.length > 1 ? [`(${index + 1} of ${asked.length})`] : []), one.question, ...(one.isMany ? [manyHint] : [])].join(' '),
      detail: one.options.some(({ description }) => description !== '')
        ? one.options.map(({ label, description }) => `${label}: ${description}`).join('\n')
        : null,
      options: one.options.map(({ label }) => label),
      refusal: null,
      ...own,
    }
  }
  const choices = choicesOf(ask)
  return {
    request: ask.request,
    kind: ask.tool === 'ExitPlanMode' ? 'plan' : 'permission',
    ...wordsFor(ask.tool, ask.input),
    options: choices.map(({ label }) => label),
    refusal: choices.findIndex(({ isRefusal }) => isRefusal) + 1,
    ...own,
  }
}

/** What a decision about it comes to. Words without a choice are a refusal's reason, or the answer to a question. */
export const outcomeOf = (ask: Ask, { choice, text }: Pick<Decision, 'choice' | 'text'>): Outcome => {
  const asked = ask.tool === 'AskUserQuestion' ? questionsIn(ask.input) : []
  const index = ask.parts.length
  const one = asked[index]
  if (one) {
    const answer = answerTo(one, choice, text)
    if (index + 1 < asked.length) return { part: answer, index }
    const all = [...ask.parts, answer]
    const answers = Object.fromEntries(asked.map(({ question }, at) => [question, all[at] ?? '']))
    return { verdict: { behavior: 'allow', updatedInput: { ...ask.input, answers } }, said: answer, rules: [] }
  }
  const choices = choicesOf(ask)
  const chosen = (choice === null ? undefined : choices[choice - 1]) ?? choices.at(-1)
  if (!chosen) throw new Error('a permission always has choices')
  const reason = [chosen.label, String(choice)].includes(text.trim()) ? '' : text.trim()
  return { verdict: chosen.verdict(reason), said: reason === '' ? chosen.label : `${chosen.label}: ${reason}`, rules: chosen.rules ?? [] }
}

/** Of several questions in one request each has an id of its own. */
export const partRequest = ({ request }: Pick<Ask, 'request'>, index: number, count: number): string =>
  count > 1 ? `${request}.${index + 1}` : request

/** The request that a part belongs to, and which part it is (from 0). */
export const wholeRequest = (request: string): { readonly request: string; readonly index: number } => {
  const [, whole = request, part = '1'] = /^(claude-\d+-\d+)(?:\.(\d+))?$/.exec(request) ?? []
  return { request: whole, index: Number(part) - 1 }
}

/** The questions of AskUserQuestion; empty when it holds none that can be read. */
export const questionsIn = (input: Ask['input']): readonly Asked[] =>
  list(input?.questions).flatMap((one) =>
    typeof one.question !== 'string'
      ? []
      : [
          {
            question: one.question,
            isMany: one.multiSelect === true,
            options: list(one.options).map(({ label, description }) => ({ label: String(label), description: String(description ?? '') })),
          },
        ],
  )

type Asked = {
  readonly question: string
  readonly isMany: boolean
  readonly options: readonly { readonly label: string; readonly description: string }[]
}

const manyHint = '(Several may be chosen: then write their numbers, like "1, 3".)'

const answerTo = ({ options, isMany }: Asked, choice: number | null, text: string): string => {
  const label = choice === null ? undefined : options[choice - 1]?.label
  const words = text.trim()
  if (label !== undefined) return ['', label, String(choice)].includes(words) ? label : `${label}: ${words}`
  if (!isMany || !/^\d+(?:[\s,]+\d+)*$/.test(words)) return words
  return words
    .split(/[\s,]+/)
    .map((number) => options[Number(number) - 1]?.label ?? number)
    .join(', ')
}

const choicesOf = (ask: Ask): readonly Choice[] => {
  const no: Choice = { label: 'No', isRefusal: true, verdict: (reason) => ({ behavior: 'deny', message: refusal(reason) }) }
  // Newer versions take an approval only from a hook that shows that it dealt with the plan.
  const same = ask.isCut || ask.input === null ? {} : { updatedInput: ask.input }
  if (ask.tool === 'ExitPlanMode')
    return [
      { label: 'Yes', verdict: () => ({ behavior: 'allow', ...same }) },
      { label: 'Yes, and let it edit files', verdict: () => ({ behavior: 'allow', ...same, updatedPermissions: [editing] }) },
      { ...no, label: 'No, keep planning' },
    ]
  const offered = ask.suggestions.length > 0 ? ask.suggestions : ownSuggestion(ask)
  const what = offered.map(describe).join(', ')
  const rules = offered.every(isRule) ? offered.flatMap(rulesIn) : []
  const inSession = (): Verdict => ({
    behavior: 'allow',
    updatedPermissions: offered.map((one) => ({ ...one, destination: 'session' })),
  })
  return [
    { label: 'Yes', verdict: () => ({ behavior: 'allow' }) },
    ...(offered.length === 0 ? [] : [{ label: `Yes, for this session: ${what}`, verdict: inSession }]),
    ...(rules.length === 0 ? [] : [{ label: `Always: ${what}`, verdict: inSession, rules }]),
    no,
  ]
}

const refusal = (reason: string): string =>
  reason === ''
    ? 'No. The person who was asked does not want this. Find another way, or ask what to do.'
    : `No. The person who was asked says: ${reason}`

const editing = { type: 'setMode', mode: 'acceptEdits', destination: 'session' }

const isRule = ({ type, behavior }: Suggestion): boolean => type === 'addRules' && behavior === 'allow'

const rulesIn = ({ rules }: Suggestion): readonly string[] =>
  list(rules).map(({ toolName, ruleContent }) => (typeof ruleContent === 'string' ? `${toolName}(${ruleContent})` : String(toolName)))

const describe = (suggestion: Suggestion): string => {
  const { type, directories, mode } = suggestion
  if (type === 'addRules') return rulesIn(suggestion).join(', ')
  if (type === 'addDirectories') return `all of ${(Array.isArray(directories) ? directories : []).join(', ')}`
  return type === 'setMode' && mode === 'acceptEdits' ? 'every change to a file' : `${type} ${mode ?? ''}`.trim()
}

/** Where Claude Code offers nothing: exactly this command, or that tool. */
const ownSuggestion = ({ tool, input, isCut }: Ask): readonly Suggestion[] => {
  if (input === null || isCut) return []
  const command = tool === 'Bash' && typeof input.command === 'string' ? input.command : null
  if (tool === 'Bash' && command === null) return []
  return [{ type: 'addRules', rules: [{ toolName: tool, ...(command === null ? {} : { ruleContent: command }) }], behavior: 'allow' }]
}

const wordsFor = (tool: string, input: Ask['input']): Pick<Question, 'text' | 'detail'> => {
  const text = (key: string): string | null => (typeof input?.[key] === 'string' ? input[key] : null)
  const path = text('file_path') ?? text('notebook_path')
  if (tool === 'ExitPlanMode') return { text: 'It proposes a plan. May it go to work?', detail: text('plan') }
  if (tool === 'Bash') return { text: `It wants to run a command${sayWhy(text('description'))}`, detail: text('command') }
  if (tool === 'Write' && path) return { text: `It wants to write ${path}`, detail: text('content') }
  if (tool === 'Edit' && path)
    return { text: `It wants to change ${path}`, detail: changes(text('old_string') ?? '', text('new_string') ?? '') }
  if (tool === 'WebFetch' && text('url')) return { text: `It wants to fetch ${text('url')}`, detail: text('prompt') }
  return {
    text: `It wants to use ${tool}${path === null ? '' : ` on ${path}`}`,
    detail: input === null ? null : JSON.stringify(input, null, 1),
  }
}

const sayWhy = (why: string | null): string => (why === null || why === '' ? '' : `: ${why}`)

const changes = (before: string, after: string): string =>
  [...before.split('\n').map((line) => `- ${line}`), ...after.split('\n').map((line) => `+ ${line}`)].join('\n')

const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []
