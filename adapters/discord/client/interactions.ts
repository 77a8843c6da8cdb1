import type { Door } from '../../../bot/contracts/adapter.ts'
import type { DrawnCard, Form } from '../../../bot/contracts/card.ts'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import type { Inbound } from '../../../bot/contracts/inbound.ts'
import { explain } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import { literal } from '../markdown.ts'
import { cut, moreButtons, render } from '../render.ts'
import { placeOfInteraction, type Reader, readInteraction } from '../translate.ts'
import { madeAt, type WireInteraction } from '../wire.ts'
import { type Api, codeOf, toFault } from './rest.ts'

/** Commands, buttons, forms and completions. Discord wants an answer within three seconds, and takes more for fifteen minutes. */
export type Interactions = {
  handle(interaction: WireInteraction, reader: Reader, door: Door): Promise<void>
  whisper(inbound: Inbound, card: DrawnCard): Promise<boolean>
}

/** What an interaction can still be answered with. `isWaiting`: a command whose "thinking …" has not been replaced. */
type Ticket = { readonly app: string; readonly token: string; readonly until: number; readonly told: Promise<void>; isWaiting: boolean }

const ticketMs = 14.5 * 60_000
/** How long a command may say that it is thinking. */
const thinkingMs = 60_000
const privateFlag = 1 << 6
const noMentions = { parse: [] }
/** Unknown interaction, unknown webhook, token over, already answered: the moment is gone, or somebody was first. */
const tooLate = new Set([10062, 10015, 50027, 40060])

export const openInteractions = (api: Api, log: ChatHost['log'], now: () => number): Interactions => {
  const tickets = new Map<string, Ticket>()

  /** The first answer. Nothing depends on it: what was said is stored. */
  const answer = async ({ id, token }: WireInteraction, type: number, data?: unknown): Promise<void> => {
    try {
      await api.call('post', `/interactions/${id}/${token}/callback`, { body: { type, ...(data !== undefined && { data }) }, isOpen: true })
    } catch (error) {
      log.warn('discord.interaction.unanswered', { type, code: codeOf(error), problem: toFault(error, null).message })
    }
  }
  const original = ({ app, token }: Ticket) => `/webhooks/${app}/${token}/messages/@original` as const

  const handle = async (interaction: WireInteraction, reader: Reader, door: Door): Promise<void> => {
    if (interaction.type === 4) return complete(interaction, reader, door)
    const form = interaction.type === 3 ? door.form(pressedButton(interaction)) : null
    if (form !== null) return answer(interaction, 9, modalOf(pressedButton(interaction), form))
    const inbound = readInteraction(interaction, reader, madeAt(interaction.id))
    if (inbound === null)
      return answer(interaction, 4, {
        content: 'There is nothing in that. Try `/ao help`.',
        flags: privateFlag,
        allowed_mentions: noMentions,
      })
    let tell: () => void = () => {}
    const told = new Promise<void>((resolve) => (tell = resolve))
    const isCommand = interaction.type === 2
    const ticket: Ticket = {
      app: interaction.application_id,
      token: interaction.token,
      until: now() + ticketMs,
      told,
      isWaiting: isCommand,
    }
    for (const [id, { until }] of tickets) if (until < now()) tickets.delete(id)
    const isFirst = !tickets.has(inbound.id)
    if (isFirst) tickets.set(inbound.id, ticket)
    try {
      await door.receive(inbound)
    } catch (error) {
      log.error('discord.not-taken', { inbound: inbound.id, problem: explain(error) })
      tickets.delete(inbound.id)
      await answer(interaction, 4, { content: 'That could not be kept, so nothing was done. Do it again in a moment.', flags: privateFlag })
      tell()
      return
    }
    await answer(interaction, isCommand ? 5 : 6, isCommand ? { flags: privateFlag } : undefined)
    tell()
    if (isCommand && isFirst && inbound.said.how === 'typed') void finish(ticket, inbound.id, inbound.said.text, door)
  }

  /** Replaces "thinking …" by what the person said; the answer is a message of its own. */
  const finish = async (ticket: Ticket, id: string, text: string, door: Door): Promise<void> => {
    const late = new AbortController() // the wait would keep a stopped bot alive
    const isSettled = await Promise.race([door.settled(id).then(() => true), sleep(thinkingMs, late.signal).then(() => false)]).catch(
      () => true,
    )
    late.abort()
    if (!ticket.isWaiting) return
    ticket.isWaiting = false
    const content = `You said: ${literal(cut(text, 500))}${isSettled ? '' : '\nIt takes a while; the answer comes here.'}`
    await api.call('patch', original(ticket), { body: { content, allowed_mentions: noMentions }, isOpen: true }).catch((error: unknown) => {
      log.warn('discord.interaction.unfinished', { code: codeOf(error), problem: toFault(error, null).message })
    })
  }

  const complete = async (interaction: WireInteraction, reader: Reader, door: Door): Promise<void> => {
    const typed = interaction.data?.options?.find(({ focused }) => focused)?.value
    const place = placeOfInteraction(interaction, reader)
    const account = interaction.member?.user.id ?? interaction.user?.id ?? ''
    const found = place === null ? [] : door.complete(String(typed ?? ''), place, account)
    const fitting = [...new Set(found)].filter(({ length }) => length > 0 && length <= 100).slice(0, 25)
    await answer(interaction, 8, { choices: fitting.map((value) => ({ name: value, value })) })
  }

  return {
    handle,
    whisper: async (inbound, card) => {
      const ticket = tickets.get(inbound.id)
      if (ticket === undefined || ticket.until < now()) return false
      await ticket.told
      const isThinking = ticket.isWaiting
      ticket.isWaiting = false
      const { body, uploads } = render(card, null)
      try {
        if (isThinking) await api.call('patch', original(ticket), { body, files: uploads, isOpen: true })
        else {
          const more = { ...body, flags: body.flags | privateFlag }
          await api.call('post', `/webhooks/${ticket.app}/${ticket.token}`, { body: more, files: uploads, isOpen: true })
        }
        return true
      } catch (error) {
        const code = codeOf(error)
        if (code !== null && tooLate.has(code)) return false
        throw toFault(error, inbound.place)
      }
    },
  }
}

const pressedButton = ({ data }: WireInteraction): string => (data?.custom_id === moreButtons ? data.values?.[0] : data?.custom_id) ?? ''

/** The form's id is that of its button: it comes back with what was written, also after a restart. */
const modalOf = (button: string, { title, label }: Form) => ({
  custom_id: button,
  title: cut(title, 45),
  components: [
    { type: 1, components: [{ type: 4, custom_id: 'text', style: 2, label: cut(label, 45), required: true, max_length: 4_000 }] },
  ],
})
