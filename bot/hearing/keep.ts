import { covers, roleIn } from '../../core/access/authorise.ts'
import { fault as denied } from '../../core/access/faults.ts'
import type { Role } from '../../core/contracts/names.ts'
import { parseDuration } from '../../core/kit/time.ts'
import { placeKey } from '../contracts/inbound.ts'
import type { Note, NoteName, Silenced } from '../contracts/intent.ts'
import { forEver } from '../memory/heeding.ts'
import { must } from '../questions.ts'
import { momentOf } from '../understand/moment.ts'
import { cannot } from '../views/answers.ts'
import { followed, isShownHere, mutedCard, silencedWords, unfollowed, unmutedCard, usedCard } from '../views/notes.ts'
import { createCalling } from './calling.ts'
import type { Desk } from './desk.ts'
import { createLinking } from './link.ts'
import { createMoving } from './move.ts'
import type { Speaking } from './parts.ts'
import { createScheduling } from './schedule.ts'

type NoteOf<N extends NoteName> = Extract<Note, { name: N }>
/** What a note comes to, and which role it takes where: null for none. */
type Kept<N extends NoteName> = {
  readonly needs: (note: NoteOf<N>, speaking: Speaking) => Promise<{ readonly role: Role; readonly project: string } | null>
  readonly keep: (note: NoteOf<N>, speaking: Speaking) => Promise<void>
}

/** Wishes about the chat itself, kept in the bot's own memory. */
export const createKeeping = (desk: Desk) => {
  const { reads, memory, talk, chats, now, show, answer, isPrivate, drawAgain } = desk

  const inProjectOf = async (session: string, role: Role) => ({ role, project: (await must(session, reads)).project })
  const viewing = (note: { readonly session: string }) => inProjectOf(note.session, 'viewer')

  /** In private it is quiet for one person alone, and everybody may have that. */
  const silencing = async ({ session, project }: Silenced, { inbound, context }: Speaking) => {
    const role = (await isPrivate(inbound)) ? 'viewer' : 'operator'
    return session === null ? ({ role, project: project ?? context.project ?? 'this channel' } as const) : inProjectOf(session, role)
  }

  const kept: { readonly [N in NoteName]: Kept<N> } = {
    use: {
      needs: async ({ project }) => ({ role: 'operator', project }),
      keep: async ({ project }, { inbound }) => {
        await talk.use(inbound.place, project, { isPrivate: await isPrivate(inbound) })
        await show(inbound.place, usedCard(inbound.id, project))
      },
    },
    follow: {
      needs: viewing,
      keep: async ({ session }, { inbound }) => {
        const { id, place, account } = inbound
        const own = memory.placeOf(session)
        const isOwn = own !== null && placeKey(own) === placeKey(place)
        // In its own thread all is shown already: whoever follows it there wants it in private.
        const to = isOwn ? await chats.privately(place.platform, account) : place
        if (to === null || (own && placeKey(to) === placeKey(own))) return show(place, isShownHere(id, session))
        await talk.follow(session, to)
        await show(place, followed(id, session, isOwn ? 'In private' : null))
        drawAgain(session)
      },
    },
    unfollow: {
      needs: viewing,
      keep: async ({ session }, { inbound }) => {
        const { id, place, account } = inbound
        const own = memory.placeOf(session)
        const to = own && placeKey(own) === placeKey(place) ? await chats.privately(place.platform, account) : place
        if (to !== null) await talk.unfollow(session, to)
        await show(place, unfollowed(id, session))
      },
    },
    mute: {
      needs: silencing,
      keep: async (note, { inbound }) => {
        const { id, place } = inbound
        const until = endOf(note, now())
        if (until === null)
          return answer(
            inbound,
            cannot(id, `I do not know which time to come "${note.until ?? note.for}" is.`, example(silencedWords(note))),
          )
        await talk.mute({ place, what: mutableOf(note) }, until)
        await show(place, mutedCard(id, { what: note, until, isPrivate: await isPrivate(inbound), now: now() }))
      },
    },
    unmute: {
      needs: silencing,
      keep: async (note, { inbound }) => {
        const { id, place } = inbound
        await talk.unmute({ place, what: mutableOf(note) })
        await show(
          place,
          unmutedCard(id, {
            what: note,
            still: talk.mutedUntil(place, now(), ...(note.session === null ? [] : [note.session])),
            now: now(),
          }),
        )
        drawAgain(note.session)
      },
    },
    ...createCalling(desk),
    ...createMoving(desk),
    ...createScheduling(desk),
    ...createLinking(desk),
  }

  // The table pairs each note with its own row, which the compiler cannot see through the union.
  const rowOf = (note: Note) => kept[note.name] as Kept<NoteName>

  /** @throws {Fault} ACCESS_DENIED, NO_SUCH_SESSION */
  const mayKeep = async (note: Note, speaking: Speaking): Promise<void> => {
    const needed = await rowOf(note).needs(note, speaking)
    if (needed === null || covers(roleIn(speaking.who, needed.project), needed.role)) return
    throw denied('ACCESS_DENIED', {
      who: speaking.who.name,
      wish: wishWords[note.name] ?? note.name,
      needs: needed.role,
      project: needed.project,
    })
  }

  return {
    mayKeep,
    /** Keeps it and says so. @throws {Fault} as `mayKeep`, and what a move is refused with */
    keep: async (note: Note, speaking: Speaking): Promise<void> => {
      await mayKeep(note, speaking)
      await rowOf(note).keep(note, speaking)
    },
  }
}

export type Keeping = ReturnType<typeof createKeeping>

/** What is muted, as it is remembered. */
const mutableOf = ({ session, project, kind }: Silenced): string | null =>
  session ?? (project === null ? (kind === null ? null : `kind:${kind}`) : `project:${project}`)

const example = (what: string | null): string => {
  const words = what === null ? 'mute' : `mute ${what}`
  return `Say it as in "${words} 2h", "${words} until tomorrow 9am" or "${words} until 18:00".`
}

/** What somebody may or may not do, where its name is no verb. */
const wishWords: Partial<Record<NoteName, string>> = { seen: 'acknowledge' }

/** Null for a time that cannot be told, or is over. */
const endOf = (note: NoteOf<'mute'>, now: number): number | null => {
  if (note.until !== null) return momentOf(note.until, now)
  if (note.for === null) return forEver
  const length = parseDuration(note.for)
  return length === null ? null : now + length
}
