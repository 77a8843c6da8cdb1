import type { Message } from './world.ts'

/** A message as it is on the screen. What would ping, link, unfurl or format is shown between ⟦ and ⟧. */
export type SeenMessage = {
  readonly id: string
  readonly text: string
  readonly buttons: readonly string[]
  readonly files: readonly string[]
  readonly hasPicture: boolean
  readonly color: number | null
  readonly risky: readonly string[]
  readonly answers: string | null
  /** Whom it has told that they are called. */
  readonly calls: readonly string[]
  /** Did it come without a sound? */
  readonly isSilent: boolean
}

const suppressEmbeds = 1 << 2
const suppressNotifications = 1 << 12

export const see = (message: Message): SeenMessage => {
  const embeds = (message.flags & suppressEmbeds) === 0 ? message.embeds : []
  const parts = message.components.flatMap(({ components }) => components)
  const images = embeds.flatMap(({ image }) => (image ? [image.url.replace('attachment://', '')] : []))
  return {
    id: message.id,
    text: [
      // A mention of somebody who is pinged stands there as their name.
      readMarkdown(
        message.content.replace(/<@!?(\d+)>/g, (all, id: string) => (message.pings?.includes(id) ? `@${id}` : all)),
        true,
      ),
      ...embeds.map(({ title = '', description = '' }) => [title, readMarkdown(description, false)].filter(Boolean).join('\n')),
    ]
      .filter((part) => part !== '')
      .join('\n'),
    buttons: parts.flatMap(({ label, options = [] }) => [
      ...(label === undefined ? [] : [label]),
      ...options.map((option) => option.label),
    ]),
    risky: parts.flatMap(({ label, style }) => (style === 4 && label !== undefined ? [label] : [])),
    files: message.files.map(({ filename }) => filename).filter((name) => !images.includes(name)),
    hasPicture: images.length > 0,
    color: embeds[0]?.color ?? null,
    answers: message.reference?.message_id ?? null,
    calls: message.calls ?? [],
    isSilent: (message.flags & suppressNotifications) !== 0,
  }
}

type Rule = readonly [pattern: RegExp, show: (match: RegExpExecArray, unfurls: boolean) => string]

/** What Discord finds in a text, in its own order. */
const rules: readonly Rule[] = [
  [/^```(?:([\w+#.-]+)\n)?\n?([\s\S]*?)\n?```/, ([, , code = '']) => code],
  [/^\\([^0-9A-Za-z\s])/, ([, mark = '']) => mark],
  [/^(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/, ([, , code = '']) => code],
  [/^<@[!&]?\d+>/, () => '⟦ping⟧'],
  [/^<#\d+>/, () => '⟦channel⟧'],
  [/^<\/[^:>]+:\d+>/, () => '⟦command⟧'],
  [/^<t:-?\d+(?::[tTdDfFR])?>/, () => '⟦time⟧'],
  [/^<a?:\w+:\d+>/, () => '⟦emoji⟧'],
  [/^@(?:everyone|here)/, () => '⟦ping⟧'],
  [/^\[([^\]\n]+)\]\(<?(https?:[^)\s]+)>?\)/, ([, label = '']) => `⟦link ${label}⟧`],
  [/^(?:https?|steam):\/\/[^\s<]+[^\s<.,:;"'\])]/, ([url = ''], unfurls) => (unfurls ? `⟦preview ${url}⟧` : `⟦link ${url}⟧`)],
  [/^discord(?:app)?\.(?:gg|com\/invite)\/\w+/i, ([url = '']) => `⟦invite ${url}⟧`],
  [/^\|\|([\s\S]+?)\|\|/, ([, words = '']) => `⟦spoiler ${words}⟧`],
  [/^(?:\*\*\*|\*\*|\*|__|~~)(?=\S)/, () => ''],
  [/^(?:\*\*\*|\*\*|\*|__|~~)/, () => ''],
  [/^_(?=[^_\s])(?=[^_]+_(?!\w))/, () => '⟦italic⟧'],
]
const lineRules: readonly Rule[] = [
  [/^#{1,3} +/, () => '⟦heading⟧'],
  [/^-# +/, () => '⟦small⟧'],
  [/^> /, () => '│ '],
  [/^>>> /, () => '⟦quote⟧'],
  [/^( *)[-*] /, ([, indent = '']) => `${indent}• `],
]

const readMarkdown = (source: string, unfurls: boolean): string => {
  let rest = source
  let text = ''
  let isLineStart = true
  while (rest !== '') {
    const found = firstMatch(isLineStart ? [...lineRules, ...rules] : rules, rest)
    const shown = found ? found.show(found.match, unfurls) : (rest[0] ?? '')
    rest = rest.slice(found ? found.match[0].length : 1)
    text += shown
    isLineStart = text === '' || text.endsWith('\n')
  }
  return text
}

const firstMatch = (all: readonly Rule[], rest: string) => {
  for (const [pattern, show] of all) {
    const match = pattern.exec(rest)
    if (match && match[0] !== '') return { match, show }
  }
  return null
}
