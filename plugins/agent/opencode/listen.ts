import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { AgentWire } from '../../../core/contracts/plugins.ts'
import { explain } from '../../../core/kit/fault.ts'
import { rowsIn } from './mail.ts'
import { createNotice } from './notice.ts'
import { type LaunchFile, placesIn } from './places.ts'
import type { RowWords } from './rows.ts'
import { ask, events, readServer, type Server, unreachable } from './server.ts'
import { send } from './tell.ts'
import { eventSchema, messageSchema, permissionSchema, questionSchema, sessionSchema, statusSchema } from './wire.ts'

/**
 * Puts into the mailbox what the server of this start says. Whenever it connects it first asks for all that it did not hear (opencode
 * keeps conversations, and open questions as long as it runs), so nothing is lost while the bot is down. Words that opencode does not
 * take on its command line are sent from here, once.
 */
export const listenTo = async (wire: AgentWire): Promise<void> => {
  while (!wire.signal.aborted) {
    try {
      const server = readServer(wire.folder)
      if (server?.run === wire.run) await follow(wire, server)
    } catch (error) {
      if (!wire.signal.aborted) wire.log.debug('opencode.unheard', { session: wire.session, why: explain(error) })
    }
    await wire.sleep(retryMs, wire.signal).catch(() => {}) // aborted: the loop ends
  }
}

const retryMs = 200

const follow = async (wire: AgentWire, server: Server): Promise<void> => {
  const { folder, signal } = wire
  const stream = events(server, signal)
  try {
    // Heard first and asked then: what happens in between is heard twice and put down once.
    if ((await stream.next()).done === true) return
    const rows = rowsIn(folder)
    const notice = createNotice(rows, Date.now)
    const append = (all: readonly RowWords[]): void => {
      for (const row of all) wire.append({ v: 1, at: Date.now(), ...row })
    }
    const add = (row: RowWords): void => append([notice.remember(row)])

    if (!rows.some((row) => row.opencode === 'started' && row.run === wire.run)) {
      add({ opencode: 'started', run: wire.run })
      const launch = readLaunch(folder)
      const session = launch.resume ?? (launch.prompt === null ? await begun(server, signal) : await begin(server, signal))
      if (session !== null) add({ opencode: 'session', session })
    }
    append(notice.caughtUp(await everything(server, notice.session(), signal)))
    await sendPrompt(server, wire, notice.session())
    for await (const value of stream) {
      const event = eventSchema.safeParse(value).data
      if (event) append(notice.heard(event))
    }
  } finally {
    await stream.return(undefined)
  }
}

/** The first words of this start, if its command line could not carry them. */
const sendPrompt = async (server: Server, { folder, run, signal }: AgentWire, session: string | null): Promise<void> => {
  const { prompt, agent, model, run: launched } = readLaunch(folder)
  if (prompt === null || session === null || launched !== run) return
  await send(server, { folder, session, agent, model, id: `run.${run}`, text: prompt, signal })
}

/** The conversation that its terminal began with the words of the command line; null while there is none: its beginning will be heard. */
const begun = async (server: Server, signal: AbortSignal): Promise<string | null> => {
  const { directory } = z.object({ directory: z.string() }).parse((await ask(server, '/path', { signal })).value)
  const sessions = listOf(sessionSchema, (await ask(server, '/session', { signal })).value)
  const own = sessions.filter((one) => one.parentID == null && one.directory === directory && one.time.created >= server.startedAt)
  return own.sort((a, b) => a.time.created - b.time.created)[0]?.id ?? null
}

/** A conversation made from here, which its terminal then shows. */
const begin = async (server: Server, signal: AbortSignal): Promise<string> => {
  const made = sessionSchema.safeParse((await ask(server, '/session', { body: {}, signal })).value)
  if (!made.success) throw unreachable('it did not begin a conversation')
  await ask(server, '/tui/select-session', { body: { sessionID: made.data.id }, signal })
  return made.data.id
}

const everything = async (server: Server, session: string | null, signal: AbortSignal) => {
  const get = async (path: string): Promise<unknown> => (await ask(server, path, { signal })).value
  const [permissions, questions, statuses, messages] = await Promise.all([
    get('/permission'),
    get('/question'),
    get('/session/status'),
    session === null ? [] : get(`/session/${encodeURIComponent(session)}/message`),
  ])
  const status = session === null ? undefined : z.record(z.string(), z.unknown()).safeParse(statuses).data?.[session]
  return {
    permissions: listOf(permissionSchema, permissions),
    questions: listOf(questionSchema, questions),
    status: statusSchema.safeParse(status).data ?? ({ type: 'idle' } as const),
    messages: listOf(messageSchema, messages),
  }
}

/** The items that are what they should be; what else is there is of another version, and passed over. */
const listOf = <S extends z.ZodType>(schema: S, value: unknown): readonly z.infer<S>[] =>
  Array.isArray(value) ? value.flatMap((item) => schema.safeParse(item).data ?? []) : []

const readLaunch = (folder: string): LaunchFile => JSON.parse(readFileSync(placesIn(folder).launch, 'utf8')) as LaunchFile // written by `launchWith` alone
