import { z } from 'zod'
import { mergeMethods, permissionModes, type ReactionKey, reactionKeys, roles } from '../contracts/names.ts'
import { modelKinds } from './config.ts'
import { escalationShape, hours, zone } from './escalation.ts'
import { choice, cron, duration, escalation, limit } from './values.ts'

const count = (least: number) => z.int().min(least)
const line = z.string().min(1, 'Write something, or leave it out.')

const reactionFields = {
  auto: z.boolean().describe('May it act by itself? If not, people get a button for it.'),
  action: z.enum(['send-to-agent', 'notify', 'auto-merge']).describe('What is done. `auto-merge` is for `approved-and-green` only.'),
  message: line.nullable().describe('Said before the facts, instead of our own words.'),
  priority: z.enum(['urgent', 'action', 'warning', 'info']).describe('How loudly people are called; `urgent` breaks quiet hours.'),
  retries: count(0).describe('At most so many messages to the agent for one trouble.'),
  escalateAfter: escalation.describe('People are called after so many messages or so long, whichever of this and `retries` comes first.'),
  threshold: duration().describe('How long it must last before it counts.'),
  includeSummary: z.boolean().describe('Adds what was done to the alert.'),
}

const withoutMerge = reactionFields.action.refine((action) => action !== 'auto-merge', 'auto-merge is for approved-and-green only.')
const reaction = z.strictObject({ ...reactionFields, action: withoutMerge.describe('What is done.') }).partial()
const mergeReaction = z.strictObject(reactionFields).partial()
const stuckReaction = z
  .strictObject({
    ...reactionFields,
    action: withoutMerge.describe('What is done.'),
    toolThreshold: duration().describe('The same while a tool runs; `agent-stuck` only.'),
  })
  .partial()

const shapeOf = (key: ReactionKey) => (key === 'agent-stuck' ? stuckReaction : key === 'approved-and-green' ? mergeReaction : reaction)

/** The `reactions:` block. */
export const reactionsShape = z
  .strictObject(
    // Every key has one of three shapes, and the widest of them is the type of all.
    Object.fromEntries(reactionKeys.map((key) => [key, shapeOf(key).optional()])) as Record<
      ReactionKey,
      z.ZodOptional<typeof stuckReaction | typeof mergeReaction>
    >,
  )
  .describe('What is done when a trouble comes up.')

const plugins = {
  runtime: choice.describe('Where agents run.'),
  agent: choice.describe('The coding agent.'),
  workspace: choice.describe('How an agent gets a place of its own to work in.'),
  tracker: choice.describe('Where tasks come from.'),
  scm: choice.describe('Where changes are opened, reviewed and merged.'),
  terminal: choice.describe('How people look into a session.'),
}

const project = z.strictObject({
  path: line
    .optional()
    .describe('The repository on this machine; `~` and paths relative to this file are fine.')
    .meta({ default: 'required' }),
  base: line.default('main').describe('The branch work starts from and goes back to.'),
  host: z.string().optional().describe('Where its agents run: one of `hosts`.').meta({ default: '`local`' }),
  ...(Object.fromEntries(
    Object.entries(plugins).map(([slot, each]) => [
      slot,
      each
        .optional()
        .describe(`Instead of \`plugins.${slot}\`.`)
        .meta({ default: `\`plugins.${slot}\`` }),
    ]),
  ) as { [S in keyof typeof plugins]: z.ZodOptional<typeof choice> }), // the same keys, each optional
  model: line.nullable().default(null).describe("The model the agent is started with; null is the agent's own choice."),
  permissions: z
    .enum(permissionModes)
    .default('default')
    .describe(
      'What the agent may do without asking. `default`: it asks before it runs commands or leaves its folder; `auto-edit`: changing files in its workspace needs no question; `plan`: it proposes a plan first; `permissionless`: it never asks. A command of your own knows nothing of this.',
    ),
  rules: line.optional().describe('Rules for the agent, given with every task.'),
  rulesFile: line.optional().describe('A file with more of them, relative to this file.'),
  approvals: count(0).default(0).describe("Votes a change needs; a maintainer's merge counts as one, and 0 means that it is enough."),
  requesterCounts: z.boolean().default(true).describe('Does the vote of whoever asked for the task count?'),
  noChecks: z.enum(['wait', 'mergeable']).default('wait').describe('What a change without any check means.'),
  upToDate: z.boolean().default(false).describe('Must the branch contain the newest base before it may be merged?'),
  mergeMethod: z.enum(mergeMethods).default('squash').describe('How commits reach the base branch.'),
  removeWorkspace: z
    .boolean()
    .default(true)
    .describe('Is the workspace removed once the change is merged? Unsaved work is kept in a ref first.'),
  closeTask: z.boolean().default(true).describe('Is the task closed in its tracker once the change is merged?'),
  noteTask: z
    .boolean()
    .default(false)
    .describe('Does the task get a comment in its tracker when work begins, when a change is open, and how it ended?'),
  taskLabel: line.nullable().default(null).describe('A label that the task carries while a session works on it; null is none.'),
  limits: z
    .strictObject({ running: limit.default(null).describe('How many agents may run in this project; null is no limit of its own.') })
    .prefault({}),
  reactions: reactionsShape.optional().describe('As `reactions`, for this project, field by field.'),
  escalation: escalationShape.optional().describe('As `escalation`, for this project, field by field.'),
})

/** One account, or several: names or numbers, as the platform has them. */
const account = z.union([z.string().min(1), z.int()]).transform(String)
const accounts = z
  .union([account, z.array(account).min(1)], { error: 'Write an account, or a list of them.' })
  .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value))
  .meta({ as: 'account, or a list of them' })

const person = z.strictObject({
  roles: z.array(z.enum(roles)).default([]).describe('Roles in every project.'),
  projects: z
    .record(z.string(), z.array(z.enum(roles)))
    .default({})
    .describe('Roles in single projects, by name.'),
  console: z.boolean().default(false).describe('Does whoever sits at the console speak as this person? At most one.'),
  accounts: z
    .record(z.string(), accounts)
    .default({})
    .describe('Accounts in other chats, by the name of the chat; `link` in the chat does the same.'),
  zone: zone.optional().describe('Where their clock is, as Europe/Berlin.').meta({ default: "this machine's" }),
  quiet: hours
    .optional()
    .describe('When only what is urgent may make a sound for them; the rest comes in one message afterwards.')
    .meta({ default: 'never' }),
})

const voice = z.strictObject({
  run: line
    .refine((command) => command.includes('{file}'), 'Write {file} where the name of the recording goes.')
    .optional()
    .describe('A command line that prints what is said in the recording `{file}`; without it voice notes are files like any other.')
    .meta({ default: 'voice notes stay files' }),
  timeout: duration('1s').prefault('2m').describe('How long it may take; at least 1s.'),
})

const host = z.strictObject({
  runtime: choice.optional().describe('Where agents run on this host.').meta({ default: '`plugins.runtime`' }),
  running: limit.default(null).describe('How many agents may run on this host; null is no limit of its own.'),
})

const isPlainAddress = (url: string): boolean => {
  if (!URL.canParse(url)) return true // said already
  const { username, password, search, hash } = new URL(url)
  return `${username}${password}${search}${hash}` === ''
}

/** `kind` and `model` are asked for elsewhere, so that a mistake in them hides no other. */
const languageModel = z.strictObject({
  kind: z
    .enum(modelKinds)
    .optional()
    .describe('What a language model speaks, which is asked where the rules are unsure; without it nobody is asked.')
    .meta({ default: 'nobody is asked' }),
  url: z
    .url({ protocol: /^https?$/, error: 'Write an address that begins with https:// or http://.' })
    .refine(isPlainAddress, 'Write the address without a name, a password, "?" and "#".')
    .optional()
    .describe('Where it is asked: the part before `/chat/completions` or `/v1/messages`.')
    .meta({ default: 'by `kind`: `https://api.openai.com/v1` or `https://api.anthropic.com`' }),
  model: line.optional().describe('Which model.').meta({ default: 'required with `kind`' }),
  key: z
    .string()
    .refine((key) => /^[\x21-\x7e]+$/.test(key), 'A key has no blanks and no letters with accents.')
    .optional()
    .describe(`The key, as \`\${NAME}\` of a variable; a server with a \`url\` of its own may want none.`),
  timeout: duration('50ms').prefault('3s').describe('How long it may take; at least 50ms. After that the rules alone decide.'),
})

const named = (what: string) =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, `A ${what} is named with letters, digits, "-" and "_", at most 40.`)
const personName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,63}$/u, 'A person is named with letters, digits, ".", "_", "-" and spaces, at most 64.')

const rate = z.number().min(0).meta({ as: 'number' })
const rates = z.strictObject({
  input: rate.nullable().default(null).describe('A million tokens of fresh input, in US dollars; null is not known.'),
  cacheRead: rate.nullable().default(null).describe('The same of input that came from a cache.'),
  cacheWrite: rate.nullable().default(null).describe('The same of input that was written to a cache.'),
  output: rate.nullable().default(null).describe('The same of output.'),
})

/** Every setting of the file: its type, its default, its unit and one sentence. */
export const settingsShape = z.strictObject({
  data: line.default('~/.local/state/ao').describe('The data folder; the environment variable AO_DATA wins.'),
  projects: z
    .record(named('project'), project)
    .default({})
    .describe('The repositories agents work on, by name. At least one.')
    .meta({ default: 'required' }),
  plugins: z.strictObject(plugins).partial().prefault({}).describe('Which plugin fills each slot where nothing else is said.'),
  hosts: z.record(named('host'), host).default({}).describe('Places where agents run, by name; `local` is always there.'),
  limits: z
    .strictObject({
      running: count(1).default(5).describe('How many agents may run at once, everywhere.'),
      review: count(1).default(10).describe('While so many changes wait for people, no new task starts.'),
      agents: z.record(z.string(), limit).default({}).describe('How many of one agent may run, by the name of its plugin.'),
    })
    .prefault({}),
  reactions: reactionsShape.prefault({}),
  escalation: escalationShape.prefault({}),
  people: z
    .record(personName, person)
    .optional()
    .describe('Who may do what, by name.')
    .meta({ default: 'you, as admin and at the console' }),
  watch: z
    .strictObject({
      agents: duration('250ms').prefault('2s').describe('How often agents are looked at; at least 250ms.'),
      changes: duration('1s')
        .prefault('30s')
        .describe('How often changes are looked at; at least 1s. News of them (a webhook, a push of ours) is looked at at once.'),
      tasks: duration('5s').prefault('60s').describe('How often trackers are asked for tasks that start by themselves; at least 5s.'),
      files: duration('5s')
        .prefault('60s')
        .describe('How often the files that agents change are looked at, to tell of two that change the same; at least 5s.'),
    })
    .prefault({}),
  prices: z
    .strictObject({
      listed: z
        .boolean()
        .default(true)
        .describe(
          'Are tokens worth the list prices of `docs/prices.json` where an agent does not say its cost? `false` where a subscription is paid instead.',
        ),
      models: z
        .record(z.string().min(1, 'A model has a name.'), rates)
        .default({})
        .describe('Prices of your own, by the exact name of the model; they come before the list.'),
    })
    .prefault({}),
  webhooks: z
    .strictObject({
      port: z
        .int()
        .min(0)
        .max(65_535)
        .nullable()
        .default(null)
        .describe('Where webhooks come in: put a reverse proxy or a tunnel in front. Null: no port is open, and looks come at their pace.'),
      host: line.default('127.0.0.1').describe('The address it listens on.'),
    })
    .prefault({}),
  understand: z.strictObject({ model: languageModel.optional() }).prefault({}),
  voice: voice.prefault({}),
  chats: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .default({ console: {} })
    .describe('The chats to speak in, by name, with their options.'),
  digests: z
    .array(
      z.strictObject({
        in: line.describe('Where it comes: a chat, a colon, and the id of a channel there; `console:main` is the console.'),
        at: cron.describe('When, as five fields of cron: "0 9 * * 1-5" is every weekday at nine.'),
        zone: zone.optional().describe('By which clock.').meta({ default: "this machine's" }),
        always: z.boolean().default(false).describe('Does it come also when nothing happened?'),
      }),
    )
    .default([])
    .describe(
      'Digests that come by themselves: each with `in`, `at` (cron), and perhaps `zone` and `always`; "digest every weekday at 9" in a channel does the same.',
    ),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('From which level on the log is written.') })
    .prefault({}),
})

/** The file as written, checked and with its own defaults, before anything in it refers to anything else. */
export type Settings = z.output<typeof settingsShape>
