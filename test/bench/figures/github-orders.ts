import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Ground } from '../ground.ts'

/** What a process of ours does when it is asked to, by name. What goes in and comes out is JSON. */
export type Orders = { readonly [name: string]: (given: never) => unknown }

/** A process that takes orders. */
export type Taker<O extends Orders> = {
  readonly pid: number
  /** Rejects with what went wrong there, or that it has ended. */
  ask<N extends keyof O & string>(name: N, ...given: Parameters<O[N]>): Promise<Awaited<ReturnType<O[N]>>>
  /** Lets it go; resolves when it has ended by itself. */
  leave(): Promise<void>
  /** Ends it from one moment to the next, and resolves when it is gone. */
  kill(): Promise<void>
}

type Asked = { readonly id: number; readonly name: string; readonly given: never }
type Answered = { readonly id: number; readonly found?: unknown; readonly problem?: string }

/** Starts a program of this folder. It ends with the ground, or before by `kill`. */
export const startTaker = async <O extends Orders>(
  ground: Ground,
  program: string,
  {
    args = [],
    env = process.env,
    flags = [],
  }: {
    readonly args?: readonly string[]
    readonly env?: Readonly<Record<string, string | undefined>>
    /** Of Node, on top of those we were started with. */
    readonly flags?: readonly string[]
  } = {},
): Promise<Taker<O>> => {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const child = fork(path, args, { env, execArgv: [...process.execArgv, ...flags] })
  const gone = once(child, 'exit')
  const waiting = new Map<number, { readonly resolve: (found: unknown) => void; readonly reject: (error: Error) => void }>()
  let asked = 0
  let isOver = false
  child.on('message', ({ id, found, problem }: Answered) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (problem === undefined) one?.resolve(found)
    else one?.reject(new Error(`${program}: ${problem}`))
  })
  void gone.then(() => {
    isOver = true
    for (const { reject } of waiting.values()) reject(new Error(`${program} has ended`))
    waiting.clear()
  })
  const kill = async (): Promise<void> => {
    if (isOver) return
    child.kill('SIGKILL')
    await gone
  }
  await ground.onEnd(kill)
  return {
    pid: child.pid ?? 0,
    ask: (name, ...given) =>
      new Promise((resolve, reject) => {
        if (isOver) return reject(new Error(`${program} has ended`))
        asked += 1
        waiting.set(asked, { resolve: resolve as (found: unknown) => void, reject }) // the other side is typed by the same orders
        child.send({ id: asked, name, given: given[0] })
      }),
    leave: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
    kill,
  }
}

/** The other side: answers what is asked, several at a time. Ends with whoever asks. */
export const takeOrders = (orders: Orders): void => {
  const answer = (answered: Answered): void => void (process.connected && process.send?.(answered))
  process.on('message', ({ id, name, given }: Asked) => {
    void (async () => orders[name]?.(given))().then(
      (found) => answer({ id, found }),
      (error: unknown) => answer({ id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  })
  process.on('disconnect', () => process.exit())
}
