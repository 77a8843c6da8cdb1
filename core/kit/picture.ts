import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Terminal } from '@xterm/headless'
import stringWidth from 'string-width'
import { type Cell, svgOf } from './screen-svg.ts'
import { plain } from './text.ts'

/**
 * A picture of what a terminal shows, at most 1 MB. `screen` is text with its colours, as a terminal prints them; of its escape
 * sequences only those for colours and the like count. `size` is the most that is drawn: the last rows, and no wider than
 * what stands there.
 *
 * What it needs is read from disk at the first picture. A picture of 200 × 50 takes about half a second of this thread.
 */
export const drawTerminal = async (
  screen: string,
  size: { readonly columns: number; readonly rows: number },
): Promise<{ readonly png: Uint8Array }> => {
  const painter = await painterOf()
  const rows = cropped(await cellsOf(screen, { columns: within(size.columns, 20, 400), rows: within(size.rows, 1, 200) }))
  const svg = svgOf(rows, Math.max(leastColumns, ...rows.map(columnsIn)))
  // Twice the size is for reading on a telephone; what is full or motley would take long and grow too large.
  const signs = rows.flat().filter(({ text }) => text.trim() !== '').length
  const scales = [2, 1.5, 1, 0.75, 0.5].filter(
    (scale) => scale <= (svg.length > 1_000_000 ? 0.5 : svg.length > 500_000 ? 1 : signs > 8_000 ? 1.5 : 2),
  )
  let png: Uint8Array = new Uint8Array()
  for (const scale of scales) {
    png = painter(svg, scale)
    if (png.length <= mostBytes) break
  }
  return { png }
}

/** An SVG as a PNG of its own size. Its fonts are DejaVu Sans and DejaVu Sans Mono; what it needs is read from disk at the first picture. */
export const drawSvg = async (svg: string): Promise<Uint8Array> => (await painterOf())(svg, 1)

const mostBytes = 1_000_000
const leastColumns = 60
const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, Math.floor(value) || least))

/** The rows as a terminal of that size ends up showing them. */
const cellsOf = async (screen: string, { columns, rows }: { columns: number; rows: number }): Promise<readonly (readonly Cell[])[]> => {
  const library: { readonly default?: { readonly Terminal: typeof Terminal }; readonly Terminal?: typeof Terminal } = await import(
    '@xterm/headless'
  )
  // It is CommonJS: whoever loads it decides whether its names are its own or those of its default.
  const Screen = library.default?.Terminal ?? library.Terminal
  if (!Screen) throw new Error('@xterm/headless exports no Terminal')
  const terminal = new Screen({ cols: columns, rows, scrollback: 0, convertEol: true, allowProposedApi: true })
  terminal.unicode.register(widths)
  terminal.unicode.activeVersion = widths.version
  try {
    await new Promise<void>((resolve) => terminal.write(coloured(screen.replace(/\s+$/, '').slice(-mostChars)), resolve))
    return Array.from({ length: rows }, (_, row) => rowOf(terminal, row))
  } finally {
    terminal.dispose()
  }
}

const mostChars = 400_000

/** How wide characters are: emoji take two columns, which the library's own table does not know. */
const widths = {
  version: 'ao',
  wcwidth: (point: number): 0 | 1 | 2 => {
    if (point < 0x300) return point < 32 || (point >= 127 && point < 160) ? 0 : 1
    const known = knownWidths.get(point)
    if (known !== undefined) return known
    const width = stringWidth(String.fromCodePoint(point))
    const columns = width > 1 ? 2 : width === 1 ? 1 : 0
    knownWidths.set(point, columns)
    return columns
  },
  // The width in bits 1 and 2, and in bit 0 whether it joins the character before, as the library packs them.
  charProperties: (point: number, before: number): number => {
    const width = widths.wcwidth(point)
    const widthBefore = (before >> 1) & 3
    const isJoined = width === 0 && widthBefore > 0
    return ((isJoined ? widthBefore : width) << 1) | (isJoined ? 1 : 0)
  },
}
const knownWidths = new Map<number, 0 | 1 | 2>()

/**
 * Only colours, and the switch to the drawing characters (SO, SI) that old programs draw their lines with: others could move
 * the cursor, or keep a terminal busy for minutes.
 */
const coloured = (screen: string): string =>
  `\u001b)0${screen
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    .split(/(\u001b\[[\d;:]{0,100}m|[\u000e\u000f])/)
    .map((part, index) => (index % 2 === 1 ? part : plain(part)))
    .join('')}`

const rowOf = ({ buffer, cols }: Terminal, row: number): readonly Cell[] => {
  const line = buffer.active.getLine(row)
  const cells: Cell[] = []
  for (let column = 0; line && column < cols; column += 1) {
    const cell = line.getCell(column)
    // The second half of a wide character has no width of its own.
    if (!cell || cell.getWidth() === 0) continue
    const colour = (isDefault: boolean, isRgb: boolean, value: number): number | string | null =>
      isDefault ? null : isRgb ? `#${value.toString(16).padStart(6, '0')}` : value
    cells.push({
      text: cell.isInvisible() ? '' : cell.getChars(),
      columns: cell.getWidth(),
      front: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
      back: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
      isBold: cell.isBold() !== 0,
      isDim: cell.isDim() !== 0,
      isInverse: cell.isInverse() !== 0,
      isUnderlined: cell.isUnderline() !== 0,
    })
  }
  return cells
}

/** Without the empty rows at the end and the empty cells of each row. */
const cropped = (rows: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] => {
  const short = rows.map((row) => row.slice(0, row.findLastIndex((cell) => !isEmpty(cell)) + 1))
  return short.slice(0, Math.max(1, short.findLastIndex((row) => row.length > 0) + 1))
}

const isEmpty = ({ text, back, isInverse, isUnderlined }: Cell): boolean =>
  text.trim() === '' && back === null && !isInverse && !isUnderlined
const columnsIn = (row: readonly Cell[]): number => row.reduce((sum, { columns }) => sum + columns, 0)

type Painter = (svg: string, scale: number) => Uint8Array
let painter: Promise<Painter> | null = null

const painterOf = (): Promise<Painter> => {
  painter ??= loadPainter()
  return painter
}

/** The program that paints, and the fonts. Nothing of it needs the network, nor a font that this machine may have. */
const loadPainter = async (): Promise<Painter> => {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  const [wasm, ...fontBuffers] = await Promise.all(
    [
      import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'),
      ...['DejaVuSansMono', 'DejaVuSansMono-Bold', 'DejaVuSans'].map((name) => import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
    ].map((url) => readFile(fileURLToPath(url))),
  )
  await initWasm(wasm as Buffer)
  return (svg, scale) => {
    const drawing = new Resvg(svg, { font: { fontBuffers, defaultFontFamily: 'DejaVu Sans Mono' }, fitTo: { mode: 'zoom', value: scale } })
    try {
      const image = drawing.render()
      const png = image.asPng()
      image.free()
      return png
    } finally {
      drawing.free()
    }
  }
}
