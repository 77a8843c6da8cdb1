import stringWidth from 'string-width'
import { expect, it } from 'vitest'
import { isHeard, isUtf8, quoted, render, renderShort } from '../../../adapters/console/render.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import { drawnCard } from '../../contracts/adapter.ts'

const look = (columns: number, more = {}) => ({
  columns,
  isColoured: false,
  isUnicode: true,
  numberOf: (id: string) => Number(id.slice(1)),
  thread: 'app-3',
  ...more,
})

const approval = drawnCard({
  kind: 'approval',
  tone: 'ask',
  title: 'Merge #12 "Validate input with zod" into main?',
  lines: ['Checks passed (4), 3 files, +120 -14, head 1a2b3c4', '- asked for by anna in #42, reviewed by bob an hour ago'],
  blocks: [{ title: 'lint', text: 'src/session.ts:12:1  error  Unexpected any. Specify another type\n\tdone 🎉' }],
  buttons: [
    { id: 'b12', label: 'Merge', isRisky: true },
    { id: 'b13', label: 'Show diff', isRisky: false },
    { id: 'b14', label: 'Request changes', isRisky: false },
  ],
})

it('draws a card at 40 columns', () => {
  expect(`\n${render(approval, look(40))}\n`).toBe(`
? app-3  Merge #12 "Validate input with
  zod" into main?
  Checks passed (4), 3 files, +120 -14,
  head 1a2b3c4
  - asked for by anna in #42, reviewed
    by bob an hour ago
  lint
  │ src/session.ts:12:1  error  Unexpec
  │ ted any. Specify another type
  │     done 🎉
› [12] Merge !   [13] Show diff
› [14] Request changes
`)
})

it('draws a card at 80 columns', () => {
  expect(`\n${render(approval, look(80))}\n`).toBe(`
? app-3  Merge #12 "Validate input with zod" into main?
  Checks passed (4), 3 files, +120 -14, head 1a2b3c4
  - asked for by anna in #42, reviewed by bob an hour ago
  lint
  │ src/session.ts:12:1  error  Unexpected any. Specify another type
  │     done 🎉
› [12] Merge !   [13] Show diff   [14] Request changes
`)
})

it('draws the same at 120 columns in ASCII, without the tag inside its thread', () => {
  expect(`\n${render(approval, look(120, { isUnicode: false, thread: null }))}\n`).toBe(`
? Merge #12 "Validate input with zod" into main?
  Checks passed (4), 3 files, +120 -14, head 1a2b3c4
  - asked for by anna in #42, reviewed by bob an hour ago
  lint
  | src/session.ts:12:1  error  Unexpected any. Specify another type
  |     done 🎉
> [12] Merge !   [13] Show diff   [14] Request changes
`)
})

it.each([
  ['calm', '●', '*'],
  ['busy', '▲', '^'],
  ['good', '✓', '+'],
  ['bad', '✗', 'x'],
  ['ask', '?', '?'],
] as const)('shows the tone %s as %s, or %s in ASCII', (tone, sign, ascii) => {
  const card = drawnCard({ tone, title: 'Title' })
  expect(render(card, look(80, { thread: null }))).toBe(`${sign} Title`)
  expect(render(card, look(80, { thread: null, isUnicode: false }))).toBe(`${ascii} Title`)
})

it.each([20, 40, 80, 200])('keeps every row narrower than %i columns, wide characters and emoji included', (columns) => {
  const wide = '日本語のタイトルと絵文字🎉🚀👩‍👩‍👧‍👦も測られる and-a-word-that-is-much-too-long-for-a-narrow-terminal '.repeat(3)
  const card = drawnCard({
    title: wide,
    lines: [wide],
    body: `${wide}\n\n- ${wide}\n  - ${wide}\n\n> ${wide}\n\n\`\`\`\n${wide}\n\`\`\`\n\n|a|b|\n|-|-|\n|${wide}|x|`,
    blocks: [{ title: wide, text: wide }],
    picture: { alt: wide, png: '' },
    buttons: [{ id: 'b1', label: wide, isRisky: true }],
  })

  for (const drawn of [render(card, look(columns)), renderShort(card, look(columns), true), quoted(wide, look(columns))])
    for (const row of drawn.split('\n')) expect(stringWidth(row)).toBeLessThan(columns)
})

const summary = drawnCard({
  tone: 'good',
  title: 'Done',
  body: '## What changed\n\nThe **parser** now refuses empty names, see [the issue](https://a.example/42).\n\n1. one\n   - two words that are too long\n2. three\n\n- [x] tests\n\n> as asked\n\n```ts\nconst a = 1\n```',
  picture: { alt: 'a terminal\nwith a test run', png: 'AAAA' },
})

it('draws the body of a card: paragraphs, lists, quotes and code, and a picture in words', () => {
  expect(`\n${render(summary, look(30, { thread: null }))}\n`).toBe(`
✓ Done
  What changed

  The parser now refuses
  empty names, see the issue
  (https://a.example/42).

  1. one
    • two words that are too
      long
  2. three
  ☑ tests

  │ as asked

  │ const a = 1
  [picture: a terminal with a
  test run]
`)
})

it('draws lists in ASCII where it must', () => {
  expect(render(summary, look(80, { isUnicode: false, thread: null }))).toContain(
    '    - two words that are too long\n  2. three\n  [x] tests\n\n  | as asked',
  )
})

it('shows the beginning and the end of a block of more than forty lines, and counts what is between', () => {
  const text = (lines: number) => Array.from({ length: lines }, (_, index) => `line ${index + 1}`).join('\n')
  const rows = (lines: number) =>
    render(drawnCard({ blocks: [{ title: '', text: text(lines) }] }), look(80))
      .split('\n')
      .slice(1)

  expect(rows(40)).toHaveLength(40)
  expect(rows(160)).toHaveLength(41)
  expect(rows(160).slice(19, 22)).toEqual(['  │ line 20', '  │ … 120 more lines', '  │ line 141'])
})

it('colours by tone and marks what is risky, only when colours are on', () => {
  const drawn = render(approval, look(80, { isColoured: true }))
  expect(drawn).toContain('\u001b[33m?\u001b[39m')
  expect(drawn).toContain('\u001b[1mMerge #12')
  expect(drawn).toContain('\u001b[31mMerge !\u001b[39m')
  expect(drawn).toContain('\u001b[2mapp-3\u001b[22m')
  expect(render(approval, look(80))).not.toContain('\u001b')
})

it('lets nothing from outside steer the terminal, in any field', () => {
  const evil = '\u001b[2J\u001b]52;c;AAAA\u0007\u009b31m\u202eabc\rdef\u0008'
  const card: DrawnCard = drawnCard({
    title: evil,
    lines: [evil],
    body: `${evil}\n\n- ${evil}\n\n> ${evil}\n\n    ${evil}`,
    blocks: [{ title: evil, text: evil }],
    picture: { alt: evil, png: '' },
    buttons: [{ id: 'b1', label: evil, isRisky: false }],
  })
  const drawn = [
    render(card, look(80, { thread: evil })),
    renderShort(card, look(80, { thread: evil }), true),
    quoted(evil, look(80, { thread: evil })),
  ]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  for (const text of drawn) expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

it('lets only buttons begin in the first column, so that words cannot pose as one', () => {
  const fake = '› [11] Merge'
  const card = drawnCard({
    title: `x\n${fake}`,
    lines: [fake, `a\n${fake}`],
    body: `${fake}\n${fake}\n\n- a\n  ${fake}\n\n> ${fake}\n\n\`\`\`\n${fake}`,
    blocks: [{ title: `b\n${fake}`, text: fake }],
    picture: { alt: `a\n${fake}`, png: '' },
  })
  expect(
    render(card, look(80))
      .split('\n')
      .filter((row) => row.startsWith('›')),
  ).toEqual([])
})

it('hides a button that has no number', () => {
  expect(
    render(
      drawnCard({ title: 'Title', buttons: [{ id: 'b1', label: 'Gone', isRisky: false }] }),
      look(80, { thread: null, numberOf: () => null }),
    ),
  ).toBe('● Title')
})

it('puts a card into one line when it is shown in short, with an ellipsis where it is cut', () => {
  expect(renderShort(approval, look(40), false)).toBe('? app-3  Merge #12 "Validate input wit…')
  expect(renderShort(approval, look(80), true)).toBe(
    '? app-3  Merge #12 "Validate input with zod" into main?\n› [12] Merge !   [13] Show diff   [14] Request changes',
  )
})

it.each([
  [{ LANG: 'C.UTF-8' }, true],
  [{ LANG: 'en_US.utf8' }, true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
  [{ LC_CTYPE: 'de_DE.UTF-8', LANG: 'C' }, true],
  [{ LANG: 'POSIX' }, false],
])('tells from %j whether the terminal speaks UTF-8: %s', (env, is) => expect(isUtf8(env, 'linux')).toBe(is))

const ana = { name: 'ana', account: 'console' }
const cyn = { name: 'cyn', account: null }

it('begins with whom it calls, after the sign: a name poses as no button', () => {
  const card = drawnCard({ title: 'Merge?', tone: 'ask', mentions: [ana, cyn, { name: '\n› [11] Merge', account: null }] })
  expect(render(card, look(80))).toBe('? ana, cyn, › [11] Merge  app-3  Merge?')
  expect(render(drawnCard({ title: 'Merge?', tone: 'ask', mentions: [ana] }), look(80, { thread: null }))).toBe('? ana  Merge?')
})

it('has the name of whoever sits here in bold, others plain; of a silent card all are plain', () => {
  const [bold, plain] = ['\u001b[1m', '\u001b[22m']
  const card = drawnCard({ title: 'Merge?', mentions: [ana, cyn] })
  const drawnAs = (of: DrawnCard): string => render(of, look(80, { isColoured: true, thread: null }))
  expect(drawnAs(card)).toContain(`${bold}ana${plain}, cyn  ${bold}Merge?${plain}`)
  expect(drawnAs({ ...card, isSilent: true })).toContain(` ana, cyn  ${bold}Merge?${plain}`)
})

it.each([
  ['whoever sits here', [ana], false, true],
  ['whoever sits here, silently', [ana], true, false],
  ['somebody else', [cyn], false, false],
  ['an account that is none here', [{ name: 'bob', account: 'U0BOB' }], false, false],
])('is heard when it calls %s', (_, mentions, isSilent, isRung) => {
  expect(isHeard(drawnCard({ mentions, isSilent }))).toBe(isRung)
})

it('in one line it is without them', () => {
  expect(renderShort(drawnCard({ title: 'Merge?', mentions: [ana] }), look(80), false)).toBe('● app-3  Merge?')
})
