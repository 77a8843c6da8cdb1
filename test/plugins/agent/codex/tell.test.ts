import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isFault } from '../../../../core/kit/fault.ts'
import { sleep } from '../../../../core/kit/time.ts'
import { useCodex } from './stage.ts'

const { server, agent, listen, deaf, rows, picture, sees, isHeard, reach } = useCodex()

describe('a message', () => {
  const tell = (id: string, text = 'hello', more = {}) => agent().tell({ id, text }, reach(more))
  const handed = (id: string) => server().calls.filter(({ params }) => params.clientUserMessageId === id)

  test('pitfalls 56, 57, 58 and 59: is never typed, whatever stands on the screen', async () => {
    const never = async (): Promise<never> => {
      throw new Error('typed')
    }
    expect(await tell('m1', '/exit', { terminal: { paste: never, press: never, screen: never } })).toBe('own')
  })

  test('to an idle agent begins a turn, wrapped, and stands in its record', async () => {
    expect(await tell('m1', '!ls\n/quit')).toBe('own')
    expect(handed('m1')[0]?.params.input).toEqual([{ type: 'text', text: '[ao #m1] !ls\n/quit .', text_elements: [] }])
    expect(server().recorded()).toEqual(['m1'])
  })

  test('to an agent at work is over when the agent has read it', async () => {
    server().begin()
    let isOver = false
    const told = tell('m1').then(() => (isOver = true))
    await sees(() => handed('m1').length)
    await sleep(50)
    expect(isOver).toBe(false)
    server().readSaid()
    await told
  })

  test('pitfall 26: of 100 kB arrives as it is', async () => {
    const text = 'a line "of" \\ words\n'.repeat(5_000).trimEnd()
    await tell('m1', text)
    expect(JSON.stringify(handed('m1')[0]?.params.input)).toContain(JSON.stringify(text).slice(1, -1))
  })

  test('that was told before is not told again', async () => {
    await tell('m1')
    server().end()
    await tell('m1')
    expect(handed('m1')).toHaveLength(1)
  })

  test('that is still in hand after the bot was restarted is waited for, not said again', async () => {
    server().begin()
    const stopping = new AbortController()
    const first = tell('m1', 'hello', { signal: stopping.signal })
    await sees(() => handed('m1').length)
    stopping.abort(new Error('the bot stops'))
    await expect(first).rejects.toThrow()
    const second = tell('m1')
    await sees(() => server().calls.filter(({ method }) => method === 'thread/resume').length === 2)
    await sleep(100) // time enough to say it again
    server().readSaid()
    expect(await second).toBe('own')
    expect(server().recorded()).toEqual(['m1'])
    expect(handed('m1')).toHaveLength(1)
  })

  test('that was lost with the turn that should have read it is said again', async () => {
    server().begin()
    const told = tell('m1')
    await sees(() => handed('m1').length)
    server().end({ status: 'interrupted', isLosing: true })
    expect(await told).toBe('own')
    expect(server().recorded()).toEqual(['m1'])
    expect(handed('m1')).toHaveLength(2)
  })

  test('is not said again because another turn ended meanwhile', async () => {
    server().begin()
    const told = tell('m1')
    await sees(() => handed('m1').length)
    server().readSaid()
    server().end()
    await told
    server().begin()
    expect(handed('m1')).toHaveLength(1)
  })

  test('that arrived is known from what is heard', async () => {
    listen()
    await isHeard(1)
    await tell('m1')
    await sees(() => picture().received.includes('m1'))
  })

  test('fails for an agent that is not there, in a way that may pass', async () => {
    writeFileSync(join(server().folder, 'codex-current'), JSON.stringify({ socket: 'away.sock', approval: 'never', sandbox: 'none' }))
    await expect(tell('m1')).rejects.toSatisfy((error) => isFault(error, 'AGENT_UNREACHABLE') && error.mayPass)
  })
})

describe('listening', () => {
  test('waits for a conversation, names it, and links to its record', async () => {
    server().setLoaded(false)
    listen()
    await sees(() => server().calls.some(({ method }) => method === 'thread/loaded/list'))
    expect(rows()).toEqual([])
    server().setLoaded(true)
    await sees(() => picture().conversation === server().threadId)
    const [source] = agent().sources({
      ...{ session: 'shop-1', folder: server().folder, conversation: server().threadId },
      workspace: { path: '/', branch: 'b', baseCommit: 'c' },
    })
    expect(readFileSync(source?.path ?? '', 'utf8')).toBe('')
  })

  test('writes nothing twice when it connects again', async () => {
    listen()
    await sees(() => picture().conversation)
    server().begin()
    await sees(() => rows().some((row) => row.is === 'started'))
    const before = rows().length
    await deaf()
    listen()
    await isHeard(2)
    await sleep(50) // what would be written a second time comes with the connection
    expect(rows()).toHaveLength(before)
  })

  test('of a server that is not there ends when it is told to', async () => {
    listen('another.run')
    await sleep(300) // so that it has tried, and waits for its next try, when it is told
    await deaf()
    expect(rows()).toEqual([])
  })
})
