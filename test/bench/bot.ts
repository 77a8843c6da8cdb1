import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { LinkEvent } from '../../adapters/console/link.ts'
import type { Ground } from './ground.ts'
import type { World } from './world.ts'

/** A bot as people run it: `ao start --no-chat`. */
export type Bot = {
  readonly pid: number
  /** From the start of its process to its "Ready", after its first complete look. */
  readonly readyMs: number
  /** Stops it and nothing else. */
  stop(): Promise<void>
}

/** A file of the built product. */
export const builtPath = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))

/** A module of the built product. */
export const built = async <Module>(path: string): Promise<Module> => (await import(builtPath(path))) as Module // the caller names the source it was built from

/** Starts the bot of a world. */
export const startBot = async (ground: Ground, world: Pick<World, 'config' | 'environment'>): Promise<Bot> => {
  const begunAt = performance.now()
  const child = spawn(process.execPath, [builtPath('bot/cli.js'), 'start', '--no-chat', '--config', world.config], {
    env: world.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = stopOf(child)
  await ground.onEnd(stop)
  await readyOf(child)
  const readyMs = performance.now() - begunAt
  return { pid: child.pid ?? 0, readyMs, stop }
}

const readyOf = async (child: ChildProcess): Promise<void> => {
  if (!child.stdout || !child.stderr) throw new Error('the bot was started without its pipes')
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const lines = createInterface({ input: child.stdout })
  await Promise.race([
    new Promise<void>((resolve) => lines.on('line', (line) => line.startsWith('Ready.') && resolve())),
    once(child, 'exit').then(() => Promise.reject(new Error(`the bot ended before it was ready: ${said.trim()}`))),
    sleep(30_000, null, { ref: false }).then(() => Promise.reject(new Error('the bot was not ready after 30 s'))),
  ])
}

/** It may be asked to stop more than once. */
const stopOf = (child: ChildProcess) => async (): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const isOver = await Promise.race([ended.then(() => true), sleep(20_000, false, { ref: false })])
  if (isOver) return
  child.kill('SIGKILL')
  throw new Error('the bot did not stop within 20 s and was killed')
}

/** An open connection to a bot. */
export type Voice = {
  /** Says it as `ao say` does. Resolves when all of its answer is on show; rejects with the answer when it is a refusal. */
  say(words: string): Promise<void>
  close(): void
}

/** Connects to the bot of a world, by the very code of `ao say`. */
export const openVoice = async (world: Pick<World, 'data'>): Promise<Voice> => {
  const { openLink } = await built<typeof import('../../adapters/console/link.ts')>('adapters/console/link.js')
  const { inboundId } = await built<typeof import('../../adapters/console/translate.ts')>('adapters/console/translate.js')
  const ears = new Set<(event: LinkEvent) => void>()
  const hear = (passes: (event: LinkEvent) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const ear = (event: LinkEvent): void => {
        if (event.is === 'ended') reject(new Error(`${event.what} ${event.hint}`))
        else if (passes(event)) resolve()
        else return
        ears.delete(ear)
      }
      ears.add(ear)
    })
  const joined = hear(({ is }) => is === 'joined')
  const link = openLink(join(world.data, 'ao.sock'), (event) => {
    for (const ear of ears) ear(event)
  })
  await joined
  return {
    say: async (words) => {
      const id = link.say(words, null)
      const refusals: string[] = []
      await hear((event) => {
        if (event.is === 'shown' && event.message.card.replyTo === inboundId(id) && event.message.card.tone === 'bad')
          refusals.push([event.message.card.title, ...event.message.card.lines].join(' '))
        if (event.is === 'failed' && event.id === id) refusals.push(`${event.what} ${event.hint}`)
        return (event.is === 'done' || event.is === 'failed') && event.id === id
      })
      if (refusals.length > 0) throw new Error(`"${words}" was refused: ${refusals.join('; ')}`)
    },
    close: () => link.close(),
  }
}
