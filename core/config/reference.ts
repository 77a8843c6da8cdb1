import { z } from 'zod'
import { rungs } from '../contracts/escalation.ts'
import { reactionKeys } from '../contracts/names.ts'
import type { Reaction } from '../contracts/rules.ts'
import { list } from '../kit/text.ts'
import { sayDuration } from '../kit/time.ts'
import type { DefaultPlugins } from './choose.ts'
import { defaultEscalation, escalationShape } from './escalation.ts'
import { bare, schemaAt } from './problems.ts'
import { defaultReactions } from './reactions.ts'
import { settingsShape } from './schema.ts'

/** Every key of the config with its type, default and sentence, as Markdown. What `docs/config.md` holds. */
export const configReference = (defaults: DefaultPlugins, chats: Readonly<Record<string, z.ZodType>>): string => `# The config

Every key of \`bot.config.yaml\`. All of them can be left out, except one project with its path and an agent for it.
Durations are written with their unit: \`30s\`, \`10m\`, \`2h\`, \`1d\`. In any text \`\${NAME}\` is replaced by the environment variable
\`NAME\`, \`\${NAME:-default}\` by \`default\` when it is empty or not set; \`$\${\` is a plain \`\${\`. Unknown keys are refused.
A *plugin* is the name of one, or \`{use: name}\` with its options beside it.

${table(['key', 'type', 'default', 'what'], rowsOf(settingsShape, '', defaults))}

## Reactions

The fields of \`reactions.<reaction>\` and \`projects.<name>.reactions.<reaction>\`, each by itself over what stands before it.

${table(['field', 'type', 'what'], reactionFields())}

Where nothing is written:

${table(['reaction', 'auto', 'action', 'priority', 'retries', 'escalateAfter', 'threshold', 'toolThreshold', 'includeSummary'], reactionDefaults())}

## Escalation

When something waits for people the session's thread shows it at once. While nobody answers, the ladder is climbed: each step comes so long after
the thread showed it, and one on which nobody stands is passed over. The fields of \`escalation\` and \`projects.<name>.escalation\`, each by itself
over what stands before it:

${table(['field', 'type', 'what'], escalationFields())}

Where nothing is written (\`seen\` is ${sayDuration(defaultEscalation.seenMs)}, \`taken\` ${sayDuration(defaultEscalation.takenMs)}, and nobody is on call):

${table(['priority', ...rungs], escalationDefaults())}

## Chats

The console is always there and has no options. Each other chat has a page of its own: ${list(Object.keys(chats).map((name) => `[${name}](${name}.md)`))}.
${Object.entries(chats)
  .map(([name, schema]) => `\n${table(['key', 'type', 'default', 'what'], rowsOf(schema, `chats.${name}`, defaults))}\n`)
  .join('')}`

type Row = readonly string[]

const rowsOf = (schema: z.ZodType, path: string, defaults: DefaultPlugins): readonly Row[] => {
  const inner = bare(schema)
  for (const block of ['reactions', 'escalation']) if (path.endsWith(block)) return [[code(path), block, 'see below', sentenceOf(schema)]]
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, child]) =>
      child instanceof z.ZodType ? rowsOf(child, path === '' ? key : `${path}.${key}`, defaults) : [],
    )
  }
  const value = inner instanceof z.ZodRecord ? inner.valueType : null
  if (value instanceof z.ZodType && bare(value) instanceof z.ZodObject) {
    return [[code(path), 'named settings', defaultOf(schema), sentenceOf(schema)], ...rowsOf(value, `${path}.<name>`, defaults)]
  }
  const [group, slot] = path.split('.')
  const filled = group === 'plugins' ? Object.entries(defaults).find(([name]) => name === slot)?.[1] : undefined
  const preset = group !== 'plugins' ? defaultOf(schema) : filled === undefined ? 'required' : code(filled)
  return [[code(path), typeOf(schema), preset, sentenceOf(schema)]]
}

const reactionFields = (): readonly Row[] => {
  const shape = (key: string): Readonly<Record<string, unknown>> => {
    const found = bare(schemaAt(settingsShape, ['reactions', key]) ?? settingsShape)
    return found instanceof z.ZodObject ? found.shape : {}
  }
  return Object.entries({ ...shape('agent-stuck'), ...shape('approved-and-green') }).flatMap(([name, field]) =>
    field instanceof z.ZodType ? [[code(name), typeOf(field), sentenceOf(field)]] : [],
  )
}

const reactionDefaults = (): readonly Row[] =>
  reactionKeys.map((key) => {
    const { auto, action, priority, retries, escalateAfter, thresholdMs, toolThresholdMs, includeSummary } = defaultReactions[key]
    const spans = [thresholdMs, toolThresholdMs].map((spanMs) => (spanMs === 0 ? '–' : sayDuration(spanMs)))
    return [code(key), String(auto), action, priority, String(retries), sayEscalation(escalateAfter), ...spans, String(includeSummary)]
  })

/** The priorities have the same fields, which are said once. */
const escalationFields = (): readonly Row[] => {
  const { urgent, action: _action, warning: _warning, info: _info, ...others } = escalationShape.shape
  const ladder = bare(urgent)
  const rows = (fields: object, prefix: string): readonly Row[] =>
    Object.entries(fields).flatMap(([name, field]) =>
      field instanceof z.ZodType ? [[code(`${prefix}${name}`), typeOf(field), sentenceOf(field)]] : [],
    )
  return [...rows(ladder instanceof z.ZodObject ? ladder.shape : {}, '<priority>.'), ...rows(others, '')]
}

const escalationDefaults = (): readonly Row[] =>
  Object.entries(defaultEscalation.ladders).map(([priority, ladder]) => [
    code(priority),
    ...rungs.map((rung) => (ladder[rung] === null ? '–' : sayDuration(ladder[rung]))),
  ])

const sayEscalation = (after: Reaction['escalateAfter']): string =>
  after === null ? '–' : 'messages' in after ? String(after.messages) : sayDuration(after.ms)

const typeOf = (schema: z.ZodType): string => {
  const named = metaOf(schema, 'as')
  if (typeof named === 'string') return named
  const inner = bare(schema)
  const kind = inner instanceof z.ZodEnum ? inner.options.map(String).map(code).join(' ') : (kinds[inner.type] ?? inner.type)
  const item = inner instanceof z.ZodArray ? inner.element : inner instanceof z.ZodRecord ? inner.valueType : null
  const whole = item instanceof z.ZodType ? `${kind} of ${typeOf(item)}` : kind
  return inner !== schema && isNullable(schema) ? `${whole} or null` : whole
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'whole number',
  boolean: 'true or false',
  array: 'list',
  record: 'names',
  unknown: 'anything',
}

const isNullable = (schema: z.ZodType): boolean => schema.safeParse(null).success

const defaultOf = (schema: z.ZodType): string => {
  const said = metaOf(schema, 'default')
  if (typeof said === 'string') return said
  const preset = presetOf(schema)
  return preset === undefined ? '–' : code(typeof preset === 'string' ? preset : JSON.stringify(preset))
}

const presetOf = (schema: z.ZodType): unknown =>
  schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined

const sentenceOf = (schema: z.ZodType): string => String(metaOf(schema, 'description') ?? '')

/** Metadata sits on the schema it was given to, which may be inside an optional one. */
const metaOf = (schema: z.ZodType, key: string): unknown => {
  const own = schema.meta()?.[key]
  if (own !== undefined) return own
  const inner = 'unwrap' in schema && typeof schema.unwrap === 'function' ? schema.unwrap() : null
  return inner instanceof z.ZodType && !(inner instanceof z.ZodArray) ? metaOf(inner, key) : undefined
}

const code = (text: string): string => `\`${text}\``

const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
