import { expect, test } from 'vitest'
import { readsOf } from '../../bot/reads.ts'
import { redacting } from '../../core/kit/redact.ts'
import { live as liveFacts, sessionOf } from './sessions.ts'

type Parts = Parameters<typeof readsOf>[0]

const secret = 'hunter2hunter2'
const asked: unknown[] = []
/** Reads of which only the terminal is looked at. */
const readsOn = (screen: string, more: { readonly hasTerminal?: boolean; readonly redact?: Parts['redact'] } = {}) =>
  readsOf({
    tools: {
      runtime: () => ({
        hasTerminal: more.hasTerminal ?? true,
        screen: async (...args: unknown[]) => {
          asked.push(args.slice(1))
          return screen
        },
      }),
    },
    ring: {},
    toolbox: {},
    ...('redact' in more ? (more.redact ? { redact: more.redact } : {}) : { redact: redacting([secret]) }),
  } as unknown as Parts) // the rest is not asked for

const live = sessionOf(liveFacts)
const ended = { ...live, handle: null }

test('a picture of a terminal is a PNG, and says in words whose it is and how it ends', async () => {
  const picture = await readsOn('\u001b[32m● done\u001b[0m\n\n').picture(live)
  expect(picture?.alt).toBe(`The terminal of ${live.id}, down to: ● done`)
  expect(Buffer.from(picture?.png ?? '', 'base64').toString('latin1', 1, 4)).toBe('PNG')
  expect(asked).toEqual([[50, { isColoured: true }]])
})

test.each([
  ['nothing stands on it', '\u001b[32m \u001b[0m\n', {}],
  ['it has no colours', 'plain words', {}],
  ['a secret stands on it', `\u001b[32mtoken ${secret}`, {}],
  ['a secret stands on it in two colours', `\u001b[32mtoken ${secret.slice(0, 5)}\u001b[1m${secret.slice(5)}`, {}],
  ['a secret stands on it, broken over two rows', `\u001b[32mtoken ${secret.slice(0, 5)}\n${secret.slice(5)}`, {}],
  ['nobody can tell secrets from words', '\u001b[32mfine', { redact: undefined }],
  ['its runtime has no terminal', '\u001b[32mfine', { hasTerminal: false }],
])('there is no picture where %s', async (_, screen, more) => {
  expect(await readsOn(screen, more).picture(live)).toBeNull()
})

test('there is no picture of a session that has ended', async () => {
  expect(await readsOn('\u001b[32mfine').picture(ended)).toBeNull()
})
