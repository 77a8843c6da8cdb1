import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawTerminal } from '../../../core/kit/picture.ts'

const size = { columns: 200, rows: 50 }
const margin = 20

/** A picture as pixels. Only what the painter makes is read: eight bits a channel, red, green, blue and alpha. */
const pixelsOf = (png: Uint8Array) => {
  const bytes = Buffer.from(png)
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  const data: Buffer[] = []
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)))
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  expect([...bytes.subarray(24, 29)]).toEqual([8, 6, 0, 0, 0])
  const raw = inflateSync(Buffer.concat(data))
  const line = width * 4
  const pixels = Buffer.alloc(line * height)
  const paeth = (a: number, b: number, c: number): number => {
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
  }
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < line; x += 1) {
      const at = y * line + x
      const [left, up] = [x < 4 ? 0 : (pixels[at - 4] ?? 0), pixels[at - line] ?? 0]
      const corner = x < 4 ? 0 : (pixels[at - line - 4] ?? 0)
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][raw[y * (line + 1)] ?? 0] ?? 0
      pixels[at] = ((raw[y * (line + 1) + 1 + x] ?? 0) + guess) & 255
    }
  const colourAt = (x: number, y: number): string => `#${pixels.toString('hex', (y * width + x) * 4, (y * width + x) * 4 + 3)}`
  return {
    width,
    height,
    /** The colours in a cell and how often they are there, the most frequent first. */
    cell: (column: number, row: number): readonly (readonly [string, number])[] => {
      const counts = new Map<string, number>()
      for (let y = 0; y < 31; y += 1)
        for (let x = 0; x < 16; x += 1) {
          const colour = colourAt(margin + column * 16 + x, margin + row * 31 + y)
          counts.set(colour, (counts.get(colour) ?? 0) + 1)
        }
      return [...counts].sort((a, b) => b[1] - a[1])
    },
  }
}
const draw = async (screen: string, of = size) => pixelsOf((await drawTerminal(screen, of)).png)
const paper = '#14171c'

describe('a picture of a terminal', () => {
  test('is as large as what stands in it, at twice the size, and no larger than it may be', async () => {
    expect(await draw('')).toMatchObject({ width: 60 * 16 + 40, height: 31 + 40 })
    expect(await draw(`${'x'.repeat(100)}\n\nb\n\n\n`)).toMatchObject({ width: 100 * 16 + 40, height: 3 * 31 + 40 })
    expect(await draw(Array.from({ length: 90 }, () => 'a'.repeat(90)).join('\n'), { columns: 80, rows: 10 })).toMatchObject({
      width: 80 * 16 + 40,
      height: 10 * 31 + 40,
    })
  })

  test('shows the last rows', async () => {
    const { cell } = await draw(`${'\n'.repeat(60)}\u001b[38;2;255;0;0m█`, { columns: 80, rows: 5 })
    expect(cell(0, 4)[0]?.[0]).toBe('#ff0000')
  })

  test.each([
    ['one of 16 colours', '\u001b[31m█', '#ef6b73'],
    ['a bright one', '\u001b[92m█', '#a7dd82'],
    ['one of the cube', '\u001b[38;5;196m█', '#ff0000'],
    ['a grey', '\u001b[38;5;255m█', '#eeeeee'],
    ['a true colour', '\u001b[38;2;1;2;3m█', '#010203'],
    ['a true colour in the other spelling', '\u001b[38:2::1:2:3m█', '#010203'],
    ['a background', '\u001b[48;2;9;8;7m \u001b[0m', '#090807'],
    ['letters and background swapped', '\u001b[7m \u001b[0m', '#d7dae0'],
    ['dim letters', '\u001b[2;38;2;255;255;255m█', '#959799'],
    ['hidden letters', '\u001b[8m█', paper],
    ['no colour', '█', '#d7dae0'],
  ])('has %s', async (_, screen, colour) => {
    expect((await draw(`${screen}\u001b[0m.`)).cell(0, 0)[0]?.[0]).toBe(colour)
  })

  test('bold letters have more ink, underlined ones a line', async () => {
    const { cell } = await draw('l\u001b[1ml\u001b[0m\u001b[4m.\u001b[0m.')
    expect(cell(1, 0)).not.toEqual(cell(0, 0))
    expect(cell(2, 0)).not.toEqual(cell(3, 0))
  })

  test('wide characters and characters without a glyph keep the columns', async () => {
    const { cell } = await draw('日本👍\u{10ffff}e\u0301x\u001b[38;2;255;0;0m█')
    expect(cell(9, 0)[0]?.[0]).toBe('#ff0000')
  })

  test('draws the lines of old programs', async () => {
    const [drawn, typed] = await Promise.all([draw('\u000eqqqq\u000f'), draw('────')])
    expect(drawn.cell(1, 0)).toEqual(typed.cell(1, 0))
  })
})

describe('what stands on a screen is text', () => {
  test.each([
    ['tags', '</text><script>alert(1)</script><image href="file:///etc/passwd"/>'],
    ['entities', '&amp; &#0; &xxe; ]]> <!DOCTYPE a [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'],
    ['what may not stand in XML', 'a\ufffe\uffff\ud800\u0000\u0008b'],
    [
      'sequences that move, ask and scroll',
      '\u001b[999999999S\u001b[2147483647b\u001b]52;c;AAAA\u0007\u001b[6n\u001b[?1049h\u001bc\u009b5Ab',
    ],
    ['half a sequence', 'a\u001b[38;2;'],
    ['a thousand marks on one letter', `e${'\u0301'.repeat(1_000)}`],
  ])('%s', async (_, screen) => {
    expect((await draw(screen)).cell(0, 0).map(([colour]) => colour)).toContain(paper)
  })

  test('whatever stands on it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (screen) => {
        const { png } = await drawTerminal(screen, { columns: 40, rows: 5 })
        expect(png.length).toBeLessThan(1_000_000)
      }),
      { numRuns: 15 },
    )
  })

  test('a motley screen is drawn smaller, and never over a million bytes', async () => {
    const cell = (x: number, y: number): string =>
      `\u001b[38;2;${(x * 7) % 256};${(y * 31 + x) % 256};${(x * y) % 256};48;2;${(x * 13) % 256};${(y * 17 + x * 3) % 256};${(x * y * 7) % 256}m${String.fromCharCode(33 + ((x * y + x) % 90))}`
    const screen = Array.from({ length: 50 }, (_, y) => Array.from({ length: 200 }, (_, x) => cell(x, y)).join('')).join('\n')
    const { png } = await drawTerminal(screen, size)
    expect(png.length).toBeLessThan(1_000_000)
    expect(Buffer.from(png).readUInt32BE(16)).toBeLessThanOrEqual(200 * 8 + 20)
  })
})
