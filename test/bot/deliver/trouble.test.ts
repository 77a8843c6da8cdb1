import { expect, test } from 'vitest'
import { fault } from '../../../bot/contracts/faults.ts'
import { verdictOn } from '../../../bot/deliver/trouble.ts'
import { fault as storeFault } from '../../../core/store/fault.ts'

const platform = 'chat'
const first = { tries: 1, oddities: 1, failures: 1 }
const busy = (retryAfterMs: number, isEverywhere = false) => fault('CHAT_BUSY', { platform, retryAfterMs, isEverywhere })

test.each([
  ['busy', busy(1_234), first, { do: 'hold', waitMs: 1_234, isEverywhere: false }],
  ['busy everywhere', busy(1_234, true), first, { do: 'hold', waitMs: 1_234, isEverywhere: true }],
  ['busy for longer than a timer can wait', busy(1e12), first, { do: 'hold', waitMs: 86_400_000, isEverywhere: false }],
  ['busy for no time that is one', busy(Number.NaN), first, { do: 'hold', waitMs: 500, isEverywhere: false }],
  [
    'not reached',
    fault('CHAT_UNREACHABLE', { platform, problem: 'x' }),
    { ...first, failures: 3 },
    { do: 'hold', waitMs: 2_000, isEverywhere: false },
  ],
  [
    'not reached for long',
    fault('CHAT_UNREACHABLE', { platform, problem: 'x' }),
    { ...first, failures: 5_000 },
    { do: 'hold', waitMs: 60_000, isEverywhere: false },
  ],
  ['uncertain', fault('CHAT_UNCERTAIN', { platform, problem: 'x' }), { ...first, tries: 100 }, { do: 'rest', waitMs: 60_000 }],
  ['moved', fault('PLACE_MOVED', { platform, channel: 'a', to: 'b' }), first, { do: 'move', to: 'b' }],
  ['moved for ever', fault('PLACE_MOVED', { platform, channel: 'a', to: 'b' }), { ...first, oddities: 6 }, { do: 'giveUp' }],
  ['gone', fault('PLACE_GONE', { platform, channel: 'a', what: 'thread', problem: 'x' }), first, { do: 'giveUp' }],
  ['refused', fault('CHAT_REFUSED', { platform, problem: 'x' }), first, { do: 'giveUp' }],
  ['a disk that is full', storeFault('DOCUMENT_FULL', { file: 'x', reason: 'x' }), first, { do: 'hold', waitMs: 500, isEverywhere: false }],
  ['a bug', new Error('x'), { ...first, oddities: 5, tries: 5 }, { do: 'rest', waitMs: 8_000 }],
  ['a bug for the sixth time', new Error('x'), { ...first, oddities: 6 }, { do: 'giveUp' }],
])('%s', (_name, error, tries, verdict) => {
  expect(verdictOn(error, tries)).toEqual(verdict)
})
