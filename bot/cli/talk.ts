import { runChat, sayOnce } from '../../adapters/console/index.ts'
import { placesIn } from '../main.ts'
import { dataFolderOf } from './settings.ts'

type Whom = { readonly config: string; readonly data?: string }

/** `ao chat`: joins the chat of a running bot. */
export const chat = async (whom: Whom): Promise<number> => {
  const places = placesIn(await dataFolderOf(whom))
  return runChat({
    socketPath: places.socket,
    input: process.stdin,
    output: process.stdout,
    columns: () => process.stdout.columns ?? 80,
    isColoured: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    historyFile: places.typed,
  })
}

/** `ao say "fix #42"`: says one thing to a running bot, prints the answer, and gives 1 when it was refused. */
export const say = async (
  text: string,
  { in: thread, timeout, ...whom }: Whom & { readonly in?: string; readonly timeout: string },
): Promise<number> =>
  sayOnce({
    socketPath: placesIn(await dataFolderOf(whom)).socket,
    text,
    output: process.stdout,
    thread: thread ?? null,
    timeoutMs: Math.max(1, Number(timeout) || 30) * 1000,
    isColoured: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    columns: process.stdout.columns ?? 80,
  })
