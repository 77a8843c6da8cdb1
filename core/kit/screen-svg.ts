import { visible } from './visible.ts'

/** One cell of a terminal. A colour is the number of one of 256, `#rrggbb`, or null for the terminal's own. */
export type Cell = {
  readonly text: string
  /** How many columns it takes: 1 or 2. */
  readonly columns: number
  readonly front: number | string | null
  readonly back: number | string | null
  readonly isBold: boolean
  readonly isDim: boolean
  readonly isInverse: boolean
  readonly isUnderlined: boolean
}

/** Rows of cells as an SVG. No text in it can be anything but text. */
export const svgOf = (rows: readonly (readonly Cell[])[], columns: number): string => {
  const width = columns * cellWidth + 2 * margin
  const height = rows.length * cellHeight + 2 * margin
  const backs: string[] = []
  const fronts: string[] = []
  rows.forEach((row, index) => {
    const y = margin + index * cellHeight
    for (const { x, columns: wide, words, isEach, front, back, isBold, isUnderlined } of stretchesOf(row)) {
      const left = margin + x * cellWidth
      if (back !== palette.back)
        backs.push(`<rect x="${left}" y="${y}" width="${wide * cellWidth}" height="${cellHeight}" fill="${back}"/>`)
      if (isUnderlined) fronts.push(`<rect x="${left}" y="${y + cellHeight - 2}" width="${wide * cellWidth}" height="1" fill="${front}"/>`)
      if (words.trim() === '') continue
      const bold = isBold ? ' font-weight="700"' : ''
      const anchor = isEach && wide === 2 ? ' text-anchor="middle"' : ''
      const at = anchor === '' ? left : left + cellWidth
      fronts.push(`<text x="${at}" y="${y + baseline}" fill="${front}"${bold}${anchor}>${escaped(words)}</text>`)
    }
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    `<rect width="${width}" height="${height}" fill="${palette.back}"/>`,
    `<g shape-rendering="crispEdges">${backs.join('')}</g>`,
    `<g font-family="DejaVu Sans Mono" font-size="${fontSize}" xml:space="preserve">${fronts.join('')}</g>`,
    '</svg>',
  ].join('\n')
}

// The advance of the font is 1233/2048 and its line 2384/2048 of its size: cells of 8 × 15.5 are whole pixels at twice the
// size, and lines of boxes meet.
const fontSize = 8 / (1233 / 2048)
const cellWidth = 8
const cellHeight = 15.5
const baseline = 12.3
const margin = 10

type Stretch = {
  readonly x: number
  columns: number
  words: string
  /** Stands alone: the font may draw it wider or narrower than its cell, and neighbours must not move. */
  readonly isEach: boolean
  readonly front: string
  readonly back: string
  readonly isBold: boolean
  readonly isUnderlined: boolean
}

/** Cells that look the same, drawn in one go. */
const stretchesOf = (row: readonly Cell[]): readonly Stretch[] => {
  const stretches: Stretch[] = []
  let x = 0
  for (const { text, columns, isBold, isUnderlined, ...colours } of row) {
    const words =
      [...visible(text)]
        .slice(0, 8)
        .join('')
        .replace(/[⎿⏺⏵⏸]/gu, (sign) => drawable[sign] ?? sign) || ' '
    const isEach = columns !== 1 || !/^[\u0020-\u024f\u0370-\u052f\u2010-\u2027\u2500-\u259f]$/.test(words)
    const { front, back } = coloursOf(colours)
    const last = stretches.at(-1)
    const isSame = last?.front === front && last.back === back && last.isBold === isBold && last.isUnderlined === isUnderlined
    if (last && isSame && !isEach && !last.isEach) {
      last.words += words
      last.columns += columns
    } else stretches.push({ x, columns, words, isEach, front, back, isBold, isUnderlined })
    x += columns
  }
  return stretches
}

/** What agents like to print and the font lacks. */
const drawable: Readonly<Record<string, string>> = { '⎿': '└', '⏺': '●', '⏵': '▶', '⏸': '‖' }

const coloursOf = ({
  front,
  back,
  isDim,
  isInverse,
}: Pick<Cell, 'front' | 'back' | 'isDim' | 'isInverse'>): { front: string; back: string } => {
  const ink = colourOf(front) ?? palette.front
  const full = colourOf(back) ?? palette.back
  // The eight basic colours are made for letters; behind letters they would outshine them.
  const paper = typeof back === 'number' && back < 8 ? halfway(full, palette.back) : full
  const [top, below] = isInverse ? [paper, ink] : [ink, paper]
  return { front: isDim ? halfway(top, below) : top, back: below }
}

const colourOf = (colour: number | string | null): string | null => {
  if (typeof colour !== 'number') return colour
  if (colour < 16) return palette.sixteen[colour] ?? null
  if (colour >= 232) return hex([1, 1, 1].map(() => 8 + (colour - 232) * 10))
  const cube = [Math.floor((colour - 16) / 36), Math.floor((colour - 16) / 6) % 6, (colour - 16) % 6]
  return hex(cube.map((part) => (part === 0 ? 0 : 55 + part * 40)))
}

const halfway = (one: string, other: string): string => {
  const [a, b] = [one, other].map((colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)))
  return hex((a ?? []).map((part, index) => Math.round(part * 0.55 + (b?.[index] ?? 0) * 0.45)))
}

const hex = (parts: readonly number[]): string => `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`

const palette = {
  back: '#14171c',
  front: '#d7dae0',
  sixteen: [
    ...['#4b535f', '#ef6b73', '#8cc265', '#e0b45c', '#5ca7f2', '#c98bea', '#4cc0cc', '#c3c8d1'],
    ...['#6b7380', '#ff8b92', '#a7dd82', '#f5cf80', '#82c0ff', '#e0adff', '#75dce6', '#ffffff'],
  ],
} as const

// U+FFFE and U+FFFF may not stand in XML, not even escaped.
const escaped = (text: string): string => text.replace(/[\ufffe\uffff]/g, '').replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
