import { currentChange } from '../core/contracts/session.ts'
import type { About, Wish } from '../core/contracts/wish.ts'
import { fingerprint, headline as firstLine, plain } from '../core/kit/text.ts'
import type { AdoptDraft, Draft, Meaning, StartDraft } from './contracts/intent.ts'
import type { Reads } from './contracts/reads.ts'
import { fault } from './faults.ts'
import { must } from './questions.ts'
import { aboutOf as shownOf } from './views/words.ts'

/**
 * Fills in what only the world knows: the task behind a key, and what the card showed that is answered.
 *
 * @throws {Fault} AGENT_UNKNOWN, TASK_UNKNOWN, PLUGIN_LACKS, OFFER_STALE
 */
export const wishOf = async (draft: Draft, reads: Reads, aboutOf: (session: string) => About | null): Promise<Wish> => {
  if (draft.name === 'start') return started(draft, reads)
  if (draft.name === 'adopt') return adopted(draft, reads)
  if (draft.name === 'retry') mustKnow(draft.agent, reads)
  if (!('session' in draft)) return draft
  if (isOfChange(draft)) return { ...draft, about: aboutOf(draft.session) }
  if (draft.name !== 'answer') return draft
  const about = aboutOf(draft.session)
  return { ...draft, request: about?.session === draft.session ? about.request : null }
}

const isOfChange = (draft: Draft) => draft.name === 'merge' || draft.name === 'approve' || draft.name === 'reject'

/** What a card of that session would show now: for an offer in a place that has none. */
export const aboutNow = async (session: string, reads: Reads): Promise<About | null> => {
  const found = await reads.find(session)
  return found && shownOf(found, currentChange(found))
}

/** The session that has got a change since that was shown: a yes to none is no yes to this one. Null where all is as it was shown. */
export const overtakenIn = async (meaning: Meaning, about: About | null, reads: Reads): Promise<string | null> => {
  const [draft] = 'wishes' in meaning ? meaning.wishes.filter(isOfChange) : []
  if (!draft || about?.change) return null
  return (await aboutNow(draft.session, reads))?.change ? draft.session : null
}

/** What cannot be done now is not offered. @throws {Fault} NO_SUCH_SESSION, NOT_NOW */
export const mustBePossible = async (wish: Wish, reads: Reads): Promise<void> => {
  if (!('session' in wish)) return
  const session = await must(wish.session, reads)
  const isOver = session.phase === 'ended'
  if (isOver && !afterTheEnd.has(wish.name)) throw fault('NOT_NOW', { session: session.id, why: 'it has ended' })
  if ((wish.name === 'merge' || wish.name === 'approve' || wish.name === 'reject') && currentChange(session)?.state !== 'open')
    throw fault('NOT_NOW', { session: session.id, why: 'it has no open change' })
}

/** What can still be wished of a session that has ended. */
const afterTheEnd: ReadonlySet<Wish['name']> = new Set(['restore', 'retry', 'clear', 'revert'])

const started = async (draft: StartDraft, reads: Reads): Promise<Wish> => {
  const { task, agent, project } = draft
  mustKnow(agent, reads)
  await reads.ready(project, agent)
  if ('key' in task) {
    const found = await reads.task(project, task.key)
    if (found.context?.isOpen === false) throw fault('TASK_CLOSED', { key: found.key })
    return { ...draft, task: found }
  }
  const text = plain(task.text)
  const key = `say-${fingerprint(text.toLowerCase().replace(/\s+/g, ' '))}`
  return { ...draft, task: { key, title: firstLine(text, 120), body: text, url: null, author: null } }
}

/** What the card showed must still be so: the same process in the same conversation, in a folder on the same branch, resting or working as it was. */
const adopted = async ({ code }: AdoptDraft, reads: Reads): Promise<Wish> => {
  const found = (await reads.strangers()).find((one) => one.refused === null && one.code === code)
  if (!found || found.refused !== null) throw fault('OFFER_STALE', {})
  const { project, agent, host, adopts } = found
  await reads.ready(project, agent)
  const title = `goes on with ${agent} from the terminal "${adopts.terminal}"`
  const body = [
    `A person worked with ${agent} in this folder, on branch ${adopts.workspace.branch}, and left. That conversation could not be taken up.`,
    'Look at the commits on the branch and at what is uncommitted, say in a few sentences how far it is, and ask what is to be done next: ao report blocked "…" --wait.',
  ].join('\n')
  const task = { key: `say-adopted-${fingerprint(adopts.conversation)}`, title, body, url: null, author: null }
  return { name: 'adopt', project, task, agent, host, adopts }
}

const mustKnow = (agent: string | null, reads: Reads): void => {
  const known = reads.agents()
  if (agent !== null && !known.includes(agent)) throw fault('AGENT_UNKNOWN', { agent, known })
}
