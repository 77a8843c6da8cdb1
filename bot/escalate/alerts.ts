import type { Priority } from '../../core/contracts/names.ts'
import type { Reactions } from '../../core/contracts/rules.ts'
import { currentChange, type Session } from '../../core/contracts/session.ts'
import { alerts } from '../views/alerts.ts'
import type { Standing } from '../views/session.ts'

/** Something a session's thread shows that waits for people: how loudly, and what other sessions may have in common with it. */
export type Waiting = { readonly alert: string; readonly priority: Priority; readonly cause: string | null }

/** All that waits for people in a session now. Pure. */
export const waitingIn = (session: Session, standing: Standing, reactions: Reactions): readonly Waiting[] =>
  alerts(session, standing).map(({ key }) => {
    const about = key.split(':')[2] ?? ''
    return { alert: key, priority: priorityOf(about, reactions), cause: causeOf(session, about) }
  })

/** What nobody has to decide for a session to go on is a warning. */
const priorityOf = (about: string, reactions: Reactions): Priority => {
  if (Object.hasOwn(reactions, about)) return reactions[about as keyof Reactions].priority // it is one of its keys
  return about.startsWith('with-') || about.startsWith('message-') ? 'warning' : 'action'
}

/** What it has in common with the alerts of other sessions: the same failing checks on the same base, the same limit, the same refusal of the same thing. */
const causeOf = (session: Session, about: string): string | null => {
  const { project, base, agent, asked, failures } = session
  if (about === 'ci-failed') return `${about} ${project} ${base} ${[...(currentChange(session)?.failing ?? [])].sort().join(' ')}`
  if (about === 'agent-needs-input' && asked?.question.kind === 'limit') return `limit ${agent}`
  const failure = failures.find(({ effect }) => effect === about)
  return failure && failure.code !== null ? `${about} ${project} ${failure.code}` : null
}
