import { headline as firstLine, list } from '../../core/kit/text.ts'
import { sayDuration } from '../../core/kit/time.ts'
import { wallAt } from '../../core/kit/zone.ts'
import type { Action, Card, Picture } from '../contracts/card.ts'
import type { Pace } from '../digest/pace.ts'
import type { Item, Waiting } from '../digest/standing.ts'
import { type Ended, isQuiet, type Merged, type Summary } from '../digest/summary.ts'
import { costWords } from './cost.ts'
import { card } from './words.ts'

/** More than that nobody reads on a phone; what is beyond goes by its command. */
const most = { buttons: 6, items: 6, names: 8, lineChars: 120, chars: 1_700 }

/** What happened, as one message. The same summary gives the same card. */
export const digestCard = (
  summary: Summary,
  { key, picture, replyTo = null }: { readonly key: string; readonly picture: Picture | null; readonly replyTo?: string | null },
): Card => {
  const buttons = buttonsFor(summary.work.waiting)
  const drawn = Array.from({ length: most.items }, (_, index) => linesOf(summary, { items: most.items - index, buttons }))
  // The smallest of the chats shows 2,000 characters: lists fold until all of it is seen there.
  const lines = drawn.find((some) => some.join('\n').length <= most.chars) ?? drawn.at(-1) ?? []
  return card({
    key,
    kind: replyTo === null ? 'status' : 'reply',
    tone: summary.work.waiting.length > 0 ? 'ask' : 'calm',
    title: titleOf(summary),
    lines,
    actions: [...buttons.values()].flat(),
    picture,
    replyTo,
  })
}

const titleOf = (summary: Summary): string => {
  const { work, merged, project } = summary
  const parts = [
    ...(work.waiting.length > 0 ? [`${work.waiting.length} ${work.waiting.length === 1 ? 'waits' : 'wait'} for you`] : []),
    ...(merged.length > 0 ? [`${merged.length} merged`] : []),
  ]
  const what = parts.length > 0 ? list(parts) : isQuiet(summary) ? 'nothing happened' : 'nothing waits for you'
  return `Digest${project === null ? '' : ` of ${project}`}: ${what}`
}

/** What is left out where it is empty. */
const section = (title: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [title, ...lines])

const linesOf = (summary: Summary, { items, buttons }: { readonly items: number; readonly buttons: Buttons }): readonly string[] => {
  const { from, to, zone, work, merged, ended } = summary
  return [
    `${momentIn(from, zone)} to ${momentIn(to, zone)}`,
    ...section('Waiting for you:', [
      ...work.waiting.slice(0, items).map((one) => waitingLine(one, { to, hasButton: buttons.has(one.session) })),
      ...more(work.waiting.length - items, 'say "status needs-me"'),
    ]),
    ...section('Merged:', [...merged.slice(0, items).map(mergedLine), ...more(merged.length - items, 'say "status ended"')]),
    ...names('Waiting for others', work.others),
    ...names('Stuck', work.stuck),
    ...names('Failing', work.failing),
    ...names('Running', work.running),
    ...names('Queued', work.queued),
    ...names('Ended otherwise', ended.map(endedItem)),
    ...(summary.tokens > 0 ? [`Cost: ${costWords(summary.cost)}, ${tokenWords(summary.tokens)} tokens`] : []),
    ...spanLines(summary.span),
  ]
}

const more = (count: number, say: string): readonly string[] => (count > 0 ? [`… ${count} more: ${say}`] : [])

const waitingLine = (
  { session, words, since }: Waiting,
  { to, hasButton }: { readonly to: number; readonly hasButton: boolean },
): string => {
  const end = [
    ...(since !== null && to - since >= 60_000 ? [`for ${sayDuration(to - since)}`] : []),
    ...(hasButton ? [] : [`say "show ${session}"`]),
  ].map((part) => ` · ${part}`)
  return fitted('❓ ', words, end.join(''))
}

const mergedLine = ({ session, number, title, url, tookMs }: Merged): string =>
  fitted(
    `✓ ${number === null ? session : `#${number}`} `,
    title,
    ` · ${sayDuration(tookMs)}${url === null || url.length > 70 ? '' : ` · ${url}`}`,
  )

/** Whole, or shortened in the middle part: what stands at the ends is short and wanted. */
const fitted = (before: string, words: string, after: string): string =>
  `${before}${firstLine(words, Math.max(10, most.lineChars - before.length - after.length))}${after}`

/** A list in a line: as many as fit, and how many there are besides. */
const names = (title: string, all: readonly (string | Item)[]): readonly string[] => {
  if (all.length === 0) return []
  const words = all.map((one) =>
    typeof one === 'string' ? one : one.words === title.toLowerCase() ? one.session : `${one.session} ${one.words}`,
  )
  const room = most.lineChars - title.length - 12
  let shown = words.slice(0, most.names)
  while (shown.length > 1 && shown.join(', ').length > room) shown = shown.slice(0, -1)
  const rest = words.length - shown.length
  return [`${title}: ${shown.map((word) => firstLine(word, room)).join(', ')}${rest > 0 ? `, … ${rest} more` : ''}`]
}

const endedItem = ({ session, why, by }: Ended): Item => ({
  session,
  words: why === 'stopped' ? `stopped by ${by}` : why === 'done' ? 'done, nothing to change' : why,
})

const spanLines = ({ days, last, before }: Summary['span']): readonly string[] => {
  if (last.merged === 0) return []
  return [`Last ${days} days: ${paceWords(last)}`, ...(before.merged === 0 ? [] : [`The ${days} days before: ${paceWords(before)}`])]
}

const paceWords = ({ merged, medianMs, unaided }: Pace): string =>
  [
    `${merged} merged`,
    ...(medianMs === null ? [] : [`${sayDuration(medianMs)} from task to merge`]),
    ...(unaided === null ? [] : [`${Math.round(unaided * 100)}% without help`]),
  ].join(', ')

/** `1.2 M`. */
const tokenWords = (count: number): string => {
  const [size, unit] = count >= 1_000_000 ? [1_000_000, ' M'] : count >= 1_000 ? [1_000, ' k'] : [1, '']
  return `${(count / size).toLocaleString('en', { maximumFractionDigits: count / size < 10 && size > 1 ? 1 : 0 })}${unit}`
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Mon 5 Jan` of `2026-01-05`. */
export const dateWords = (date: string): string => {
  const at = new Date(`${date}T00:00:00Z`)
  return `${days[at.getUTCDay()]} ${at.getUTCDate()} ${months[at.getUTCMonth()]}`
}

/** `Mon 5 Jan 09:00`, by the clock on a wall of that zone. */
export const momentIn = (at: number, zone: string): string => {
  const { date, minutes } = wallAt(at, zone)
  return `${dateWords(date)} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

const two = (number: number): string => String(number).padStart(2, '0')

type Buttons = ReadonlyMap<string, readonly Action[]>

/** The buttons of those that wait, by session, as many as fit: all of one, or one that shows it. */
const buttonsFor = (waiting: readonly Waiting[]): Buttons => {
  const buttons = new Map<string, readonly Action[]>()
  let left = most.buttons
  for (const { session, actions, about } of waiting) {
    const isWhole = actions.length > 0 && actions.length <= Math.min(left, 3)
    const own = isWhole
      ? actions.map((action) => ({ ...action, label: firstLine(`${session}: ${action.label}`, 40), about }))
      : [{ label: `Show ${session}`, say: `show ${session}`, isRisky: false }]
    if (own.length > left) break
    buttons.set(session, own)
    left -= own.length
  }
  return buttons
}
