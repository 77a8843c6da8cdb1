import type { Button, DrawnCard } from '../../bot/contracts/card.ts'
import { fault } from '../../bot/contracts/faults.ts'
import { afterCalls, between, callsOf } from '../../core/kit/called.ts'
import { type Laid, layOut } from '../../core/kit/layout.ts'
import { fingerprint } from '../../core/kit/text.ts'
import { visible } from '../../core/kit/visible.ts'
import { costOf, drawCode, drawPassages, literal } from './markdown.ts'
import { platform } from './places.ts'

/** What people see of a message at most, title and body together; the rest goes into files. */
export const textChars = 2_000
export const mostButtons = 25
/** The row that holds the buttons for which there was no room. */
export const moreButtons = 'more'

export type Upload = { readonly name: string; readonly data: Uint8Array; readonly alt?: string }

/** The body of a message for Discord, the same for a new one and for an edit, and what is uploaded with it. */
export type Payload = {
  readonly body: {
    readonly content: string
    readonly embeds: readonly Embed[]
    readonly components: readonly Row[]
    readonly attachments: readonly { readonly id: number; readonly filename: string; readonly description?: string }[]
    readonly allowed_mentions: { readonly parse: readonly []; readonly users?: readonly string[]; readonly replied_user: false }
    readonly flags: number
  }
  readonly uploads: readonly Upload[]
}
type Embed = { readonly color: number; readonly description?: string; readonly url?: string; readonly image?: { readonly url: string } }
type Row = { readonly type: 1; readonly id?: number; readonly components: readonly unknown[] }

const suppressEmbeds = 1 << 2
/** Only a new message can have it. https://docs.discord.com/developers/resources/message#edit-message */
const suppressNotifications = 1 << 12
const mostUploadBytes = 8 * 1024 * 1024
const tones = {
  calm: { sign: '🔹', color: 0x5b7083 },
  busy: { sign: '🔷', color: 0x3b82f6 },
  good: { sign: '✅', color: 0x22a55b },
  bad: { sign: '❌', color: 0xd83a42 },
  ask: { sign: '❓', color: 0xe0a100 },
} as const

/**
 * A card as one message. Title and lines are its text: that is what a phone shows as the notification, and what people see
 * who have previews turned off. It begins with the people it calls, and nobody else is ever pinged. Body, blocks and picture are an embed in the colour of the tone, in which Discord neither
 * pings nor makes previews. `sending` is hidden in it, for `bears`; null for what is no new message.
 *
 * @throws {Fault} CHAT_REFUSED for buttons that Discord would not take
 */
export const render = (card: DrawnCard, sending: string | null): Payload => {
  const tone = tones[card.tone]
  const start = callsIn(card)
  const laid = layOut(card, { chars: textChars - 20 - start.text.length, cost: costOf, marks: 10 })
  const picture = card.picture
    ? [{ name: 'picture.png', data: Buffer.from(card.picture.png, 'base64'), alt: visible(card.picture.alt).slice(0, 1_000) }]
    : []
  const uploads = fitting([...picture, ...laid.files.map(({ name, text }) => ({ name: fileName(name), data: Buffer.from(text) }))])
  const description = describe(laid)
  const hasEmbed = description !== '' || picture.length > 0
  const mark = sending === null ? null : markOf(sending)
  const embed: Embed = {
    color: tone.color,
    ...(description !== '' && { description }),
    ...(picture.length > 0 && { image: { url: 'attachment://picture.png' } }),
    ...(mark && { url: mark.url }),
  }
  return {
    body: {
      content: [`${start.text}${tone.sign} **${literal(laid.title)}**`, ...laid.lines.map(literal)].join('\n'),
      embeds: hasEmbed ? [embed] : [],
      components: rowsOf(card.buttons).map((components, index) => ({
        type: 1,
        ...(mark && index === 0 && { id: mark.number }),
        components,
      })),
      attachments: uploads.map(({ name, alt }, id) => ({ id, filename: name, ...(alt && { description: alt }) })),
      allowed_mentions: { parse: [], ...(start.users.length > 0 && { users: start.users }), replied_user: false },
      flags: (hasEmbed ? 0 : suppressEmbeds) | (card.isSilent && sending !== null ? suppressNotifications : 0),
    },
    uploads,
  }
}

/**
 * Is that message, as the history gives it, the one that was sent with this payload under that id? The history has no nonces,
 * so the id is hidden: as the address of the embed, which has no title that could link to it, and as the number of the first row of
 * buttons. A message that has neither is known by its words.
 */
export const bears = (
  message: {
    readonly content: string
    readonly embeds: readonly { readonly url?: string }[]
    readonly components?: readonly { readonly id?: number }[]
  },
  { body }: Payload,
  sending: string,
): boolean => {
  const mark = markOf(sending)
  if (message.embeds.some(({ url }) => url === mark.url) || message.components?.some(({ id }) => id === mark.number)) return true
  return (
    [body.embeds, body.components, message.embeds, message.components ?? []].every(({ length }) => length === 0) &&
    message.content === body.content
  )
}

/** `.invalid` is a name that never leads anywhere; the number is positive and has 31 bits. */
const markOf = (sending: string) => ({
  url: `https://ao.invalid/${encodeURIComponent(sending)}`,
  number: (Number.parseInt(fingerprint(sending), 16) % 0x7fff_fffe) + 1,
})

const isAccount = (account: string): boolean => /^\d{15,22}$/.test(account)

const callsIn = (card: DrawnCard): { readonly text: string; readonly users: readonly string[] } => {
  const nameOf = ({ name, account }: { readonly name: string; readonly account: string | null }): string =>
    account === null ? literal(`${name} `).trimEnd() : `<@${account}>` // what is last in a line reads differently
  const calls = callsOf(card, { isAccount, costOf: (one) => nameOf(one).length, chars: Math.floor(textChars / 3) })
  if (calls.cost === 0) return { text: '', users: [] }
  return {
    text: `${calls.people.map(nameOf).join(between)}${afterCalls(calls)}`,
    users: calls.people.flatMap(({ account }) => account ?? []),
  }
}

const describe = ({ body, blocks }: Laid): string =>
  [drawPassages(body), ...blocks.map(({ title, text }) => `${title === '' ? '' : `**${literal(title)}**\n`}${drawCode(text)}`)]
    .filter((part) => part !== '')
    .join('\n\n')

const rowsOf = (buttons: readonly Button[]): readonly (readonly unknown[])[] => {
  const ids = buttons.map(({ id }) => id)
  const bad = ids.find((id) => id.length === 0 || id.length > 100 || id === moreButtons)
  if (bad !== undefined) throw refused(`the id of a button has ${bad.length} characters; 1 to 100 fit`)
  if (new Set(ids).size < ids.length) throw refused('two buttons of a card have the same id')
  const isMany = buttons.length > mostButtons
  const single = isMany ? buttons.slice(0, 20) : buttons
  const rest = buttons.slice(single.length)
  if (rest.length > 25) throw refused(`a card has ${buttons.length} buttons; 45 fit`)
  const rows = Array.from({ length: Math.ceil(single.length / 5) }, (_, index) => single.slice(index * 5, index * 5 + 5).map(drawButton))
  return isMany ? [...rows, [drawSelect(rest)]] : rows
}

const drawButton = ({ id, label, isRisky }: Button) => ({ type: 2, style: isRisky ? 4 : 2, label: cut(label, 80), custom_id: id })
const drawSelect = (rest: readonly Button[]) => ({
  type: 3,
  custom_id: moreButtons,
  placeholder: 'More …',
  options: rest.map(({ id, label, isRisky }) => ({ label: cut(`${isRisky ? '⚠️ ' : ''}${label}`, 100), value: id })),
})

const refused = (problem: string) => fault('CHAT_REFUSED', { platform, problem })
const oneLine = (text: string): string => visible(text).replace(/\s+/g, ' ').trim()

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** At most so many characters, cut between what people see as one; never empty. */
export const cut = (text: string, chars: number): string => {
  const line = oneLine(text)
  if (line.length <= chars) return line === '' ? '…' : line
  let kept = ''
  for (const { segment } of graphemes.segment(line.slice(0, chars))) {
    if (kept.length + segment.length > chars - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

const fileName = (name: string): string => cut(name.replace(/[^\p{L}\p{N}._ -]/gu, '-').replace(/^\.+/, ''), 80)

/** As many as a message may carry, ten and eight MiB together; the last one is shortened, and says so. */
const fitting = (uploads: readonly Upload[]): readonly Upload[] => {
  const note = Buffer.from('\n… the rest did not fit into a message.\n')
  const taken: Upload[] = []
  let left = mostUploadBytes
  for (const upload of uploads.slice(0, 10)) {
    const isText = upload.alt === undefined
    const data =
      upload.data.length <= left
        ? upload.data
        : isText
          ? Buffer.concat([upload.data.subarray(0, Math.max(0, left - note.length)), note])
          : null
    if (data === null) continue
    taken.push({ ...upload, data })
    left -= data.length
    if (left <= note.length) break
  }
  return taken
}
