import type { Change } from '../../core/contracts/change.ts'
import type { Headline, Session } from '../../core/contracts/session.ts'
import type { About } from '../../core/contracts/wish.ts'
import { headline as firstLine } from '../../core/kit/text.ts'
import type { Card, Tone } from '../contracts/card.ts'

/** How each headline feels. */
export const toneOf: Readonly<Record<Headline, Tone>> = {
  queued: 'calm',
  spawning: 'busy',
  working: 'busy',
  'needs input': 'ask',
  idle: 'calm',
  stuck: 'bad',
  paused: 'calm',
  exited: 'bad',
  'pr open': 'busy',
  'ci running': 'busy',
  'ci failed': 'bad',
  'review pending': 'ask',
  'changes requested': 'bad',
  conflict: 'bad',
  mergeable: 'ask',
  merging: 'busy',
  merged: 'good',
  closed: 'bad',
  done: 'good',
  stopped: 'calm',
  failed: 'bad',
}

/** A card with nothing but what is said. */
export const card = (parts: Pick<Card, 'key' | 'kind' | 'tone' | 'title'> & Partial<Card>): Card => ({
  lines: [],
  body: '',
  blocks: [],
  picture: null,
  actions: [],
  about: null,
  offer: null,
  replyTo: null,
  mentions: [],
  isSilent: false,
  ...parts,
})

/** `#1 Fix the sum`, or the sentence itself. */
export const taskTitle = ({ task }: Session, chars = 80): string =>
  task.key.startsWith('say-') ? firstLine(task.title, chars) : `${task.key} ${firstLine(task.title, chars)}`

/** A commit as people read it. */
export const short = (commit: string): string => commit.slice(0, 8)

/** What a card shows of its session, for the wish that answers it. */
export const aboutOf = (session: Session, change: Change | null): About => ({
  session: session.id,
  change: change?.state === 'open' ? { number: change.number, base: change.base, head: change.head, patchId: change.patchId } : null,
  request: session.asked?.state === 'asked' ? session.asked.question.request : null,
})
