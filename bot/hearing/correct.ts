import { headline as firstLine } from '../../core/kit/text.ts'
import type { Inbound } from '../contracts/inbound.ts'
import type { Reading } from '../contracts/intent.ts'
import { isPlain, understand } from '../understand/understand.ts'
import { editedCard } from '../views/notes.ts'
import type { Desk } from './desk.ts'
import type { Act, Asked } from './parts.ts'

/** What was said and is said otherwise now, or taken back: an agent that was told it is told that, and nothing else ever comes of it. */
export const createCorrecting = (desk: Desk, act: Act) => {
  const { intents, reads, memory, talk, show, contextAt } = desk

  /** Those that were told by that person, and are there to be told again. */
  const listeners = async (of: string, { inbound, who }: Asked): Promise<readonly string[]> => {
    const told = talk.toldBy(of)
    if (!told || told.by !== who.name || memory.sessionAt(inbound.place) === null) return []
    const found = await Promise.all(told.sessions.map((id) => reads.find(id)))
    return found.flatMap((session) => (session && session.phase !== 'ended' ? [session.id] : []))
  }

  const tell = async (sessions: readonly string[], text: string, asked: Asked): Promise<void> => {
    const intent = intents.find(({ name }) => name === 'tell')
    if (!intent || sessions.length === 0) return
    const context = contextAt(asked.inbound.place, asked.who)
    const reading: Reading = {
      intent,
      slots: { text },
      meaning: { wishes: sessions.map((session) => ({ name: 'tell', session, text })) },
      isExact: true,
    }
    await act(reading, { ...asked, context, words: text, aboutOf: () => null }, 'agreed')
  }

  return {
    edited: async ({ of, text }: Extract<Inbound['said'], { how: 'edited' }>, asked: Asked): Promise<void> => {
      const { inbound, who } = asked
      const context = contextAt(inbound.place, who)
      const understanding = understand(text, intents, context)
      if (understanding.kind === 'typo' || (understanding.kind === 'reading' && !isPlain(understanding.reading, text, context)))
        return show(inbound.place, editedCard(inbound.id))
      const sessions = await listeners(of, asked)
      if (understanding.kind === 'nothing' || isAsToldBefore(of, text)) return
      await tell(sessions, `Correction of what I said before: ${text.trim()}`, asked)
      for (const session of sessions) await talk.told(of, { session, by: who.name, text })
    },
    deleted: async ({ of }: Extract<Inbound['said'], { how: 'deleted' }>, asked: Asked): Promise<void> => {
      const told = talk.toldBy(of)
      const sessions = await listeners(of, asked)
      if (!told || sessions.length === 0) return
      await tell(sessions, `I took back what I said before: “${firstLine(told.text, 120)}”`, asked)
      await talk.untold(of)
    },
  }

  /** Platforms call it an edit, too, when only a preview was added. */
  function isAsToldBefore(of: string, text: string): boolean {
    const told = talk.toldBy(of)
    return told !== null && text.length < 200 && told.text === text.trim()
  }
}
