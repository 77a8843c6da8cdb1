import { describe, expect, test } from 'vitest'
import { ApiError, checkMessage } from '../../fakes/discord/check.ts'
import { aDiscord } from './world.ts'

/** The stand-in refuses what Discord refuses: otherwise it would prove nothing. */
const [ana, bob] = ['998877665544332211', '887766554433221100']
const pings = (content: string, allowed_mentions?: unknown): readonly string[] | string => {
  try {
    const body = { content, ...(allowed_mentions !== undefined && { allowed_mentions }) }
    return checkMessage(body, new Map(), [], 4).pings
  } catch (error) {
    return error instanceof ApiError ? error.message : `${error}`
  }
}

describe('whom a message pings', () => {
  test.each([
    ['all who are named, where nothing is said of it', undefined, [ana, bob, 'everyone']],
    ['nobody', { parse: [] }, []],
    ['those who are allowed', { parse: [], users: [ana] }, [ana]],
    ['all users', { parse: ['users'] }, [ana, bob]],
    ['everyone', { parse: ['everyone'] }, ['everyone']],
    ['nobody who is not named', { parse: [], users: ['776655443322110099'] }, []],
  ])('%s', (_, allowed, expected) => {
    expect(pings(`<@${ana}> <@!${bob}> @everyone`, allowed)).toEqual(expected)
  })

  test('nobody who is only written about', () => {
    expect(pings(`\\<\\@${ana}\\> \\@everyone`)).toEqual([])
  })

  test.each([
    ['more than a hundred', { users: Array.from({ length: 101 }, (_, n) => String(998877665544332000n + BigInt(n))) }],
    ['what is no id', { users: ['everyone'] }],
    ['an id twice', { users: [ana, ana] }],
    ['some and all', { parse: ['users'], users: [ana] }],
    ['a kind that is none', { parse: ['people'] }],
    ['another field', { everyone: true }],
  ])('%s is refused', (_, allowed) => {
    expect(pings('x', allowed)).toMatch(/^Invalid Form Body/)
  })
})

describe('silence', () => {
  const send = async (method: 'POST' | 'PATCH', path: string, body: unknown, made: Awaited<ReturnType<typeof aDiscord>>) => {
    const response = await fetch(`${made.fake.apiUrl()}/v10${path}`, {
      method,
      headers: { authorization: `Bot ${made.fake.state.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, message: (await response.json()) as { id: string } }
  }

  test('is for new messages, and stays with them; an edit can set neither it nor what nobody knows', async () => {
    const made = await aDiscord()
    const channel = `/channels/${made.place.channel}/messages`
    const { status, message } = await send('POST', channel, { content: 'x', flags: 4096 }, made)
    expect(status).toBe(200)
    expect((await send('PATCH', `${channel}/${message.id}`, { content: 'y', flags: 4 }, made)).status).toBe(200)
    expect((await send('PATCH', `${channel}/${message.id}`, { content: 'y', flags: 4096 }, made)).status).toBe(400)
    expect((await send('POST', channel, { content: 'x', flags: 8 }, made)).status).toBe(400)
    expect(made.fake.people.sees(made.place).map(({ isSilent }) => isSilent)).toEqual([true])
  })
})
