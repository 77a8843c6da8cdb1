import type { ReactionKey } from '../../core/contracts/names.ts'
import type { Context, Meaning, Silenced, Slots } from '../contracts/intent.ts'
import { sessionOrChannel } from './session.ts'

/** What people call what they are called about. */
const kinds: Readonly<Partial<Record<ReactionKey, string>>> = {
  'ci-failed': 'ci|checks|red checks|failing checks|ci-failed',
  'changes-requested': 'reviews|review comments|changes-requested',
  'bugbot-comments': 'bots|bot comments|bugbot-comments',
  'merge-conflicts': 'conflicts|merge conflicts|merge-conflicts',
  'approved-and-green': 'merges|approvals|merge cards|approved-and-green',
  'agent-idle': 'idle agents|agent-idle',
  'agent-stuck': 'stuck agents|agent-stuck',
  'agent-needs-input': 'questions|agent-needs-input',
  'agent-exited': 'exits|crashes|agent-exited',
  'pr-closed': 'closed changes|pr-closed',
}

/** A form for each kind of call, `{kind}` standing for it. */
export const ofKinds = (form: string): readonly string[] =>
  Object.entries(kinds).map(([kind, words]) => form.replace('{kind}', `{kind:${kind}=(${words})}`))

/** Means something about what is muted: a kind of call, a project, a session, or all that is shown there. */
export const silenced = (slots: Slots, context: Context, mean: (what: Silenced) => Meaning): Meaning => {
  const { kind, project, session, task, change, it } = slots
  if (kind !== undefined) return mean({ session: null, project: null, kind })
  const isProject = project !== undefined && session === undefined && task === undefined && change === undefined && !it
  if (isProject) return mean({ session: null, project, kind: null })
  return sessionOrChannel(slots, context, (one) => mean({ session: one, project: null, kind: null }))
}
