import { expect, test } from 'vitest'
import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { interruptByKey } from '../../../core/kit/interrupt.ts'

/** A terminal that shows these screens one after the other, and then the last. */
const showing = (...screens: readonly string[]) => {
  const pressed: string[] = []
  const left = [...screens]
  const terminal: AgentReach['terminal'] = {
    paste: async () => {},
    press: async (keys) => void pressed.push(...keys),
    screen: async () => (left.length > 1 ? left.shift() : left[0]) ?? '',
  }
  return { pressed, reach: { folder: '/nowhere', terminal, signal: new AbortController().signal } satisfies AgentReach }
}

test.each(['✽ Simmering… (3s · esc to interrupt)', '⠏ Thinking... (esc to cancel, 4s)', '  ESC to interrupt  \n\n❯ \n\n'])(
  'presses Escape once where the end of the screen says what it does: %j',
  async (screen) => {
    const { pressed, reach } = showing(screen)
    expect(await interruptByKey('claude-code', reach)).toBe('handed')
    expect(pressed).toEqual(['Escape'])
  },
)

test('looks again, because a screen that is being drawn may lack the hint', async () => {
  const { pressed, reach } = showing('', '❯', 'esc to interrupt')
  expect(await interruptByKey('claude-code', reach)).toBe('handed')
  expect(pressed).toEqual(['Escape'])
})

test.each([
  ['an agent at rest', '⏺ Done.\n\n❯ '],
  ['words of a conversation further up', `press esc to interrupt it\n${'and so on\n'.repeat(20)}❯ `],
  ['an empty screen', ''],
])('presses nothing at %s', async (_, screen) => {
  const { pressed, reach } = showing(screen)
  expect(await interruptByKey('claude-code', reach)).toBe('idle')
  expect(pressed).toEqual([])
})

test('needs a terminal', async () => {
  const { reach } = showing('esc to interrupt')
  await expect(interruptByKey('gemini', { ...reach, terminal: null })).rejects.toSatisfy((error) => isFault(error, 'TERMINAL_NEEDED'))
})
