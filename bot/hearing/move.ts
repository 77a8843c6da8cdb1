import { channelKey, type Place } from '../contracts/inbound.ts'
import { must } from '../questions.ts'
import { cannot } from '../views/answers.ts'
import { movedCard } from '../views/notes.ts'
import type { Desk } from './desk.ts'
import type { Speaking } from './parts.ts'

/** Threads that go on elsewhere. Everybody's thread moves, so it takes the role that steers. */
export const createMoving = (desk: Desk) => {
  const { reads, memory, chats, accountsOf, show, answer } = desk

  const needs = async ({ session }: { readonly session: string }) =>
    ({ role: 'operator', project: (await must(session, reads)).project }) as const

  const go = async (session: string, to: Place, where: string, { inbound }: Speaking): Promise<void> => {
    const { id, place } = inbound
    const from = memory.placeOf(session)
    if (from && channelKey(from) === channelKey(to))
      return answer(inbound, cannot(id, `${session} is there already.`, 'Its thread is in that channel.'))
    const isOwn = memory.sessionAt(place) === session
    await chats.move(session, to)
    if (!isOwn) await show(place, movedCard(id, session, where)) // its own thread is told by whoever moves it
  }

  /** The project's channel there, else the person's private chat. */
  const targetOn = async (platform: string, session: string, person: string): Promise<Place | null> => {
    const { project } = await must(session, reads)
    const channel = chats.channelFor(platform, project)
    if (channel) return channel
    for (const own of accountsOf(person)) {
      const place = own.platform === platform ? await chats.privately(platform, own.account) : null
      if (place) return place
    }
    return null
  }

  return {
    move: {
      needs,
      keep: async ({ session, to }: { readonly session: string; readonly to: string }, speaking: Speaking): Promise<void> => {
        const { inbound, who } = speaking
        const platforms = chats.platforms()
        if (!platforms.includes(to))
          return answer(
            inbound,
            cannot(
              inbound.id,
              `There is no ${to} here.`,
              `There is ${platforms.join(', ')}. An admin can add ${to} under chats in bot.config.yaml.`,
            ),
          )
        const target = await targetOn(to, session, who.name)
        if (target) return go(session, target, `on ${to}`, speaking)
        const { project } = await must(session, reads)
        await answer(
          inbound,
          cannot(
            inbound.id,
            `I know no place for ${session} on ${to}.`,
            `Say "use ${project}" in a channel there, or join your account there: say "link" here, in private, and there what you are told.`,
          ),
        )
      },
    },
    here: {
      needs,
      keep: async ({ session }: { readonly session: string }, speaking: Speaking): Promise<void> =>
        go(session, { ...speaking.inbound.place, thread: null }, 'here', speaking),
    },
  }
}
