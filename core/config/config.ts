import type { Person } from '../contracts/access.ts'
import type { Rates } from '../contracts/cost.ts'
import type { Escalation } from '../contracts/escalation.ts'
import type { MergeMethod, PermissionMode } from '../contracts/names.ts'
import type { Project, Slot } from '../contracts/plugins.ts'
import type { Reactions } from '../contracts/rules.ts'

/** A plugin with its options, checked and completed by the plugin's own schema. */
export type Choice = { readonly name: string; readonly options: unknown }

/** The slots that belong to a project. A runtime belongs to a host. */
export type ProjectSlot = Exclude<Slot, 'runtime' | 'notifier'>

/** One project with every blank filled in. */
export type ProjectConfig = Project &
  Readonly<Record<ProjectSlot, Choice>> & {
    /** Every agent somebody may ask for in this project, by name: its own, the general one, and all that need no options. */
    readonly agents: Readonly<Record<string, Choice>>
    readonly host: string
    readonly model: string | null
    readonly permissions: PermissionMode
    readonly rules: string | null
    /** Absolute. */
    readonly rulesFile: string | null
    readonly approvals: number
    readonly isRequesterCounted: boolean
    readonly noChecks: 'wait' | 'mergeable'
    readonly isUpToDateNeeded: boolean
    readonly mergeMethod: MergeMethod
    readonly isWorkspaceRemoved: boolean
    readonly isTaskClosed: boolean
    readonly isTaskNoted: boolean
    readonly taskLabel: string | null
    /** Null: no limit of its own. */
    readonly running: number | null
    readonly reactions: Reactions
    readonly escalation: Escalation
  }

/** What a language model can speak: the protocol of OpenAI, which many servers share, or that of Anthropic. */
export const modelKinds = ['openai', 'anthropic'] as const

/** A language model that is asked where the rules are unsure what words mean. */
export type LanguageModel = {
  readonly kind: (typeof modelKinds)[number]
  readonly url: string
  readonly model: string
  /** Null: its server wants none. */
  readonly key: string | null
  readonly timeoutMs: number
}

/** An account in a chat, and the name of the person it belongs to. */
export type Account = { readonly platform: string; readonly account: string; readonly person: string }

/** The config with nothing left open. Paths are absolute, durations are milliseconds. */
export type Config = {
  readonly data: string
  readonly projects: Readonly<Record<string, ProjectConfig>>
  /** A project with a runtime of its own makes a host of its own, named after it. */
  readonly hosts: Readonly<Record<string, { readonly runtime: Choice; readonly running: number | null }>>
  readonly limits: { readonly running: number; readonly review: number; readonly agents: Readonly<Record<string, number | null>> }
  readonly people: readonly Person[]
  /** Who is who in the chats. */
  readonly accounts: readonly Account[]
  /** The person the console speaks as; null when nobody is named. */
  readonly console: string | null
  readonly watch: { readonly agentsMs: number; readonly changesMs: number; readonly tasksMs: number; readonly filesMs: number }
  /** What models cost; `isListed`: those of the list that comes with the program count, too. */
  readonly prices: { readonly isListed: boolean; readonly models: Readonly<Record<string, Rates>> }
  /** Where webhooks are listened for; null: nowhere. */
  readonly webhooks: { readonly host: string; readonly port: number } | null
  /** Null: the rules alone decide what words mean. */
  readonly understand: { readonly model: LanguageModel | null }
  /** What turns a recording into words; null: nothing does. */
  readonly voice: { readonly run: string; readonly timeoutMs: number } | null
  /** The options of each chat, as its own schema made them. */
  readonly chats: Readonly<Record<string, unknown>>
  /** Digests that come by themselves; `zone` null: by this machine's clock. */
  readonly digests: readonly {
    readonly platform: string
    readonly channel: string
    readonly cron: string
    readonly zone: string | null
    readonly isAlways: boolean
  }[]
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' }
}
