import { bothEnds, type Cost, cutPassage, shortened } from './cut.ts'
import { passagesOf } from './markdown.ts'
import { type Passage, textOf } from './passages.ts'
import { slug } from './text.ts'
import { visible } from './visible.ts'

/** What a message says: as a card has it. */
export type Content = {
  readonly title: string
  readonly lines: readonly string[]
  /** Markdown. */
  readonly body: string
  readonly blocks: readonly { readonly title: string; readonly text: string }[]
}

/** The same as it fits, and the files that hold what does not. Nothing in it is invisible, and nothing has been escaped. */
export type Laid = {
  readonly title: string
  readonly lines: readonly string[]
  readonly body: readonly Passage[]
  readonly blocks: readonly { readonly title: string; readonly text: string }[]
  readonly files: readonly { readonly name: string; readonly text: string }[]
}

export type Room = {
  /** What all that is shown may cost together, as `costOf` counts it. */
  readonly chars: number
  /** The most lines of a block, default 40. */
  readonly blockLines?: number
  /** Prices a text, default its length in UTF-16 units. */
  readonly cost?: Cost
  /** What formatting adds to a bold, italic, struck or code run, to a code passage, to a block and to each line of a quote, default 0. */
  readonly marks?: number
}

/**
 * Fits a card into a message. Title first, then lines, then body and blocks, each cut between lines/words/graphemes, never
 * inside; what was cut goes whole into `files`. Body and blocks share what is left fairly: who needs less than a share gets all.
 */
export const layOut = (content: Content, room: Room): Laid => {
  const { chars, blockLines = 40, cost = lengthOf, marks = 0 } = room
  const price = (part: Priced) => costOf({ title: '', lines: [], body: [], blocks: [], ...part }, { cost, marks })
  const whole = { title: oneLine(content.title), lines: content.lines.map(visible) }
  const title = shortened(shortened(whole.title, 300, lengthOf), chars, cost)
  let left = chars - price({ title })
  const lines: string[] = []
  for (const line of whole.lines) {
    const cut = price({ lines: [line] }) <= left ? line : shortened(line, left - cost('\n'), cost)
    if (cut !== '' || line === '') lines.push(cut)
    left -= cut === '' && line !== '' ? 0 : price({ lines: [cut] })
    if (cut !== line) break
  }
  const isCut = title !== whole.title || lines.length < whole.lines.length || lines.at(-1) !== whole.lines.at(lines.length - 1)

  const passages = content.body.trim() === '' ? [] : passagesOf(content.body)
  const blocks = content.blocks.map((block) => ({ title: oneLine(block.title), text: visible(block.text).replace(/\n+$/, '') }))
  const parts: readonly Part[] = [
    ...(passages.length === 0 ? [] : [bodyPart(passages, content.body, price, cost)]),
    ...blocks.map((block) => blockPart(block, blockLines, price, cost)),
  ]
  const shares = share(
    left,
    parts.map(({ needs }) => needs),
  )
  const fitted = parts.map(({ within }, index) => within(shares[index] ?? 0))
  return {
    title,
    lines,
    body: fitted.flatMap(({ body = [] }) => body),
    blocks: fitted.flatMap(({ block = [] }) => block),
    files: named([
      ...(isCut ? [{ name: 'card.txt', text: [whole.title, ...whole.lines].join('\n') }] : []),
      ...fitted.flatMap(({ file = [] }) => file),
    ]),
  }
}

/**
 * What it takes up: the title, each line on a line of its own, an empty line before each passage and block, a block's title on a
 * line of its own.
 */
export const costOf = (laid: Omit<Laid, 'files'>, { cost = lengthOf, marks = 0 }: Pick<Room, 'cost' | 'marks'> = {}): number => {
  const line = cost('\n')
  const sum = (prices: readonly number[]): number => prices.reduce((all, one) => all + one, 0)
  return (
    cost(laid.title) +
    sum(laid.lines.map((text) => line + cost(text))) +
    sum(laid.body.map((passage) => 2 * line + cost(textOf(passage)) + marks * marksIn(passage))) +
    sum(laid.blocks.map(({ title, text }) => 3 * line + cost(title) + cost(text) + marks))
  )
}

type Priced = Partial<Omit<Laid, 'files'>>
type Price = (part: Priced) => number
type Fitted = { readonly body?: readonly Passage[]; readonly block?: Laid['blocks']; readonly file?: Laid['files'] }
type Part = { readonly needs: number; readonly within: (budget: number) => Fitted }

const bodyPart = (passages: readonly Passage[], markdown: string, price: Price, cost: Cost): Part => {
  const needs = price({ body: passages })
  return {
    needs,
    within: (budget) => {
      if (needs <= budget) return { body: passages }
      const more: Passage = { kind: 'text', runs: [{ text: '…' }] }
      const body: Passage[] = []
      let left = budget - price({ body: [more] })
      for (const passage of passages) {
        const own = price({ body: [passage] })
        if (own <= left) body.push(passage)
        else {
          // The cut says itself that something is missing, so what was put aside for saying so is free.
          body.push(cutPassage(passage, left + cost('…'), cost, (part) => price({ body: [part] }) - 2 * cost('\n')) ?? more)
          break
        }
        left -= own
      }
      return { body: price({ body }) <= budget ? body : [], file: [{ name: 'message.md', text: visible(markdown) }] }
    },
  }
}

const blockPart = (block: Laid['blocks'][number], blockLines: number, price: Price, cost: Cost): Part => {
  const isLong = block.text.split('\n').length > blockLines
  const shown = isLong ? { ...block, text: bothEnds(block.text, blockLines, Number.MAX_SAFE_INTEGER, cost) } : block
  const needs = price({ blocks: [shown] })
  return {
    needs,
    within: (budget) => {
      const name = fileName(block)
      if (needs <= budget) return { block: [shown], file: isLong ? [{ name, text: block.text }] : [] }
      const title = shortened(block.title, Math.min(100, Math.floor(budget / 2)), cost)
      const text = bothEnds(block.text, blockLines, budget - price({ blocks: [{ title, text: '' }] }), cost)
      const isShown = text !== '' && price({ blocks: [{ title, text }] }) <= budget
      const isNamed = isShown && title === block.title
      return {
        block: isShown ? [{ title, text }] : [],
        file: [{ name, text: isNamed ? block.text : [block.title, '', block.text].join('\n').trimStart() }],
      }
    },
  }
}

/** Shares `all` so that nobody gets more than they need, and nobody who needs more gets less than another. */
const share = (all: number, needs: readonly number[]): readonly number[] => {
  let left = Math.max(0, all)
  const shares = needs.map(() => 0)
  const order = needs.map((need, index) => ({ need, index })).sort((a, b) => a.need - b.need)
  order.forEach(({ need, index }, position) => {
    shares[index] = Math.min(need, Math.floor(left / (order.length - position)))
    left -= shares[index] ?? 0
  })
  return shares
}

const marksIn = (passage: Passage): number => {
  const runs = passage.kind === 'list' ? passage.items.flatMap((item) => item.runs) : passage.kind === 'code' ? [] : passage.runs
  const formatted = runs.filter(({ text: _, ...style }) => Object.keys(style).length > 0).length
  if (passage.kind === 'quote') return formatted + textOf(passage).split('\n').length
  return formatted + (passage.kind === 'code' ? 1 : 0)
}

const fileName = ({ title, text }: Laid['blocks'][number]): string =>
  `${/[a-z0-9]/i.test(title) ? slug(title) : 'text'}${/^diff --git /m.test(text) ? '.diff' : '.txt'}`

/** No two files with one name. */
const named = (files: Laid['files']): Laid['files'] => {
  const taken = new Set<string>()
  return files.map(({ name, text }) => {
    let own = name
    for (let count = 2; taken.has(own); count += 1) own = name.replace(/(?=\.\w+$)/, `-${count}`)
    taken.add(own)
    return { name: own, text }
  })
}

const oneLine = (text: string): string => visible(text).replace(/\s+/g, ' ').trim()
const lengthOf = (text: string): number => text.length
