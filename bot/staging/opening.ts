import type { Session } from '../../core/contracts/session.ts'
import { headline as firstLine } from '../../core/kit/text.ts'
import { type Card, cardKinds } from '../contracts/card.ts'
import type { Reads } from '../contracts/reads.ts'
import { draw, standingOf } from '../draw.ts'
import { sessionCard } from '../views/session.ts'
import { taskTitle } from '../views/words.ts'

/** The first card of a session, in which its thread hangs. It waits no longer than what it says matters. */
export const openingCard = (session: Session, reads: Pick<Reads, 'headline' | 'queue' | 'settingOf'>): Card => {
  const [first] = draw(session, { reads, shown: {} }).toSorted((a, b) => cardKinds.indexOf(a.kind) - cardKinds.indexOf(b.kind))
  const card = sessionCard(session, standingOf(session, reads))
  return first?.kind === 'approval' || first?.kind === 'question' ? { ...card, kind: first.kind } : card
}

/** What its thread is called: a title where threads are made, elsewhere but a name. */
export const threadTitle = (session: Session, hasThreads: boolean): string =>
  hasThreads ? firstLine(`${session.id} ${taskTitle(session)}`, 90) : session.id
