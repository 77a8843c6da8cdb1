import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { drawnCard, eventually, fakeDoor, newly } from '../../contracts/adapter.ts'
import { begin, ends, fullDisk, hears, home, makeSlack, wordsIn } from './world.ts'

describe('signed HTTP instead of a connection', () => {
  const freePort = async (): Promise<number> => {
    const server: Server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    return port
  }
  const beginHttp = async () => {
    const port = await freePort()
    const world = await begin({ options: { mode: 'http', port, signingSecret: 'fake-signing-secret', appToken: null } })
    const url = `http://127.0.0.1:${port}/slack/events`
    world.slack.sendTo(url)
    return { ...world, url }
  }

  test('events, commands, presses and forms arrive; an event that could not be kept comes again', async () => {
    const { slack, adapter, door } = await beginHttp()
    const ana = slack.person('U0ANA')
    await ana.mentions('status', home).delivered
    await ana.commands('fix #1', 'C0HOME')
    door.asksBy('b2', { title: 'Request changes', label: 'What?' })
    await adapter.post(home, drawnCard({ buttons: ['b1', 'b2'].map((id) => ({ id, label: id, isRisky: false })) }), newly())
    await ana.presses('b1', home)
    await ana.presses('b2', home)
    await ana.fills('the name')
    expect(new Set(wordsIn(door))).toEqual(new Set(['status', 'fix #1', '[b1]', '[b2]']))
    expect(door.received.at(-1)?.said).toEqual({ how: 'pressed', button: 'b2', text: 'the name' })
    expect(slack.connections()).toBe(0)

    door.hold(fullDisk())
    const { delivered } = ana.says('again', { channel: 'D0ANA', thread: null })
    await eventually(
      () => slack.store.channels.get('D0ANA')?.messages.length,
      (count) => count === 1,
    )
    door.hold(Promise.resolve())
    await delivered
    await hears(door, 'again')
  })

  test('pitfall 55: what is not signed, signed by another or signed long ago is refused', async () => {
    const { url, door } = await beginHttp()
    const { createHmac } = await import('node:crypto')
    const body = JSON.stringify({
      type: 'event_callback',
      event: { type: 'message', channel: 'D1', user: 'U1', text: 'merge', ts: '1700000000.000100' },
    })
    const signed = (secret: string, at: number) => ({
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`,
    })
    const now = Math.floor(Date.now() / 1_000)
    const send = (headers: Readonly<Record<string, string>>, words = body) =>
      fetch(url, { method: 'POST', body: words, headers: { 'content-type': 'application/json', ...headers } }).then(({ status }) => status)
    expect(await send({})).toBe(401)
    expect(await send(signed('another-secret', now))).toBe(401)
    expect(await send(signed('fake-signing-secret', now - 600))).toBe(401)
    expect(await send(signed('fake-signing-secret', now), body.replace('merge', 'merg3'))).toBe(401)
    expect(await send({ 'content-type': 'application/x-www-form-urlencoded' }, `ssl_check=1&payload=${encodeURIComponent(body)}`)).toBe(200)
    expect(door.received).toEqual([])
    expect(await send(signed('fake-signing-secret', now))).toBe(200)
    expect(door.received).toHaveLength(1)
  })

  test('a port that is taken is told', async () => {
    const { url } = await beginHttp()
    const second = await makeSlack({ options: { mode: 'http', port: Number(new URL(url).port), signingSecret: 'fake-signing-secret' } })
    ends(second.close)
    await expect(second.adapter.start(fakeDoor())).rejects.toMatchObject({
      code: 'CHAT_UNREACHABLE',
      message: expect.stringContaining('EADDRINUSE'),
    })
  })
})
