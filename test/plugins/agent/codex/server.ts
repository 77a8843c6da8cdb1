import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import { appendLine, parseObject } from '../../../../core/kit/mailbox.ts'
import { socketName } from '../../../../plugins/agent/codex/files.ts'

type Json = Readonly<Record<string, unknown>>
type Client = { readonly socket: WebSocket; isReady: boolean; readonly follows: Set<string> }
type Request = { readonly id: number; readonly method: string; readonly params: Json }

/** What the stand-in was asked and told, and the strings to pull. */
export type FakeCodex = {
  readonly folder: string
  readonly run: string
  readonly threadId: string
  /** Every call, in order. */
  readonly calls: readonly { readonly method: string; readonly params: Json }[]
  /** What was replied to its questions, by their item. */
  readonly replies: ReadonlyMap<string, unknown>
  /** A turn begins as if a person had typed. */
  begin(): string
  /** Its turn asks; everybody who follows is told. */
  ask(method: string, itemId: string, params: Json): void
  /** A person at the terminal answers. */
  answerAtTerminal(itemId: string): void
  /** Reads what was said during the turn, as it does between two steps. */
  readSaid(): void
  /** Its turn ends; with `isLosing` what had not been read is lost, as when a person interrupts it. */
  end(how?: { readonly status?: string; readonly isLosing?: boolean; readonly error?: Json }): void
  /** Every connection breaks. */
  hangUp(): void
  /** There is no conversation yet, or there is. */
  setLoaded(isLoaded: boolean): void
  /** Ids of the messages in its record. */
  recorded(): readonly string[]
  close(): Promise<void>
}

/**
 * A strict stand-in for Codex's app-server on a real socket: JSON-RPC in frames of a WebSocket, as 0.169.0 was seen to do it. It refuses
 * calls before `initialize`, methods and threads it does not know, and parameters it does not know; a reply to a question that is
 * closed changes nothing; what waits for an answer is told again to whoever follows the thread.
 */
export const startCodex = async (run = 'shop-1.m0.1'): Promise<FakeCodex> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-codex-')))
  const record = join(folder, 'record.jsonl')
  await writeFile(record, '')
  await writeFile(
    join(folder, 'codex-current'),
    JSON.stringify({ socket: socketName(run), approval: 'on-request', sandbox: 'workspace-write' }),
  )
  const threadId = '01a20000-0000-7000-8000-000000000001'
  const clients = new Set<Client>()
  const calls: { method: string; params: Json }[] = []
  const replies = new Map<string, unknown>()
  const recorded: string[] = []
  let pending: { id: number; method: string; params: Json }[] = []
  let said: { id: string; text: string }[] = []
  let turn: { id: string; status: string; error: Json | null } | null = null
  let turns = 0
  let ids = 0
  let isLoaded = true

  const thread = (): Json => ({
    ...{ id: threadId, path: record, createdAt: 1, ephemeral: false, parentThreadId: null, threadSource: 'user' },
    status:
      turn?.status === 'inProgress' ? { type: 'active', activeFlags: pending.length > 0 ? ['waitingOnApproval'] : [] } : { type: 'idle' },
  })
  const send = ({ socket }: Client, message: Json): void => socket.send(JSON.stringify(message))
  const tell = (method: string, params: Json): void => {
    for (const client of clients) if (client.follows.has(threadId)) send(client, { method, params: { threadId, ...params } })
  }
  const begin = (): string => {
    turns += 1
    turn = { id: `turn-${turns}`, status: 'inProgress', error: null }
    tell('turn/started', { turn })
    return turn.id
  }
  const readSaid = (): void => {
    for (const { id, text } of said) {
      const item = { type: 'userMessage', id: `item-${id}`, clientId: id, content: [{ type: 'text', text }] }
      recorded.push(id)
      appendLine(record, {
        ...{ timestamp: new Date().toISOString(), type: 'event_msg' },
        payload: { type: 'item_completed', item: { type: 'UserMessage', client_id: id, content: [{ text }] } },
      })
      tell('item/started', { item })
      tell('item/completed', { item })
    }
    said = []
  }
  const resolve = (id: number): void => {
    pending = pending.filter((one) => one.id !== id)
    tell('serverRequest/resolved', { requestId: id })
  }

  const methods: Readonly<Record<string, { readonly knows: readonly string[]; readonly does: (params: Json, client: Client) => Json }>> = {
    'thread/loaded/list': { knows: [], does: () => ({ data: isLoaded ? [threadId] : [] }) },
    'thread/read': { knows: ['threadId'], does: () => ({ thread: thread() }) },
    'thread/resume': {
      knows: ['threadId', 'excludeTurns'],
      does: (_, client) => {
        client.follows.add(threadId)
        for (const { id, method, params } of pending) send(client, { id, method, params })
        return { thread: thread(), approvalPolicy: 'on-request', sandbox: { type: 'workspaceWrite' } }
      },
    },
    'thread/turns/list': { knows: ['threadId', 'limit', 'sortDirection'], does: () => ({ data: turn === null ? [] : [turn] }) },
    'turn/start': {
      knows: ['threadId', 'input', 'clientUserMessageId'],
      does: ({ input, clientUserMessageId }) => {
        const [{ text = '' } = {}] = input as { text?: string }[] // checked by whoever reads the calls
        said.push({ id: String(clientUserMessageId), text })
        const isBusy = turn?.status === 'inProgress'
        const id = isBusy && turn !== null ? turn.id : begin()
        if (!isBusy) setTimeout(readSaid, 5)
        return { turn: { id } }
      },
    },
  }

  const handle = (client: Client, { id, method, params }: Request): void => {
    const refuse = (message: string): void => send(client, { id, error: { code: -32600, message } })
    calls.push({ method, params })
    if (method === 'initialize') {
      client.isReady = true
      send(client, { id, result: { userAgent: 'codex-tui/0.169.0' } })
      return
    }
    const known = methods[method]
    const strange = Object.keys(params).filter((key) => !known?.knows.includes(key))
    if (!client.isReady) refuse('Not initialized')
    else if (known === undefined) refuse(`unknown method ${method}`)
    else if (strange.length > 0) refuse(`unknown field ${strange.join()}`)
    else if (params.threadId !== undefined && params.threadId !== threadId) refuse('thread not found')
    else send(client, { id, result: known.does(params, client) })
  }

  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket) => {
    const client: Client = { socket, isReady: false, follows: new Set() }
    clients.add(client)
    socket.on('close', () => clients.delete(client))
    socket.on('message', (data) => {
      const message = parseObject(String(data))
      if (message === null) return socket.close(1003)
      if (typeof message.method === 'string' && typeof message.id === 'number')
        return handle(client, { id: message.id, method: message.method, params: (message.params ?? {}) as Json }) // an object in every call
      const question = pending.find(({ id }) => id === message.id)
      if (question === undefined) return
      replies.set(String(question.params.itemId), message.result)
      resolve(question.id)
    })
  })
  await new Promise<void>((resolve) => http.listen(join(folder, socketName(run)), resolve))

  return {
    ...{ folder, run, threadId, calls, replies, begin, readSaid },
    ask: (method, itemId, params) => {
      ids += 1
      const question = { id: ids, method, params: { threadId, turnId: turn?.id ?? 'none', itemId, ...params } }
      pending.push(question)
      for (const client of clients) if (client.follows.has(threadId)) send(client, question)
    },
    answerAtTerminal: (itemId) => {
      for (const { id } of pending.filter(({ params }) => params.itemId === itemId)) resolve(id)
    },
    end: ({ status = 'completed', isLosing = false, error = null as Json | null } = {}) => {
      if (isLosing) said = []
      readSaid()
      for (const { id } of pending) resolve(id)
      if (turn !== null) turn = { ...turn, status, error }
      tell('turn/completed', { turn })
    },
    hangUp: () => {
      for (const { socket } of clients) socket.terminate()
      ids += 10 // its questions have other numbers on the next connection
      pending = pending.map((one) => ({ ...one, id: one.id + 10 }))
    },
    setLoaded: (is) => {
      isLoaded = is
    },
    recorded: () => recorded,
    close: async () => {
      for (const { socket } of clients) socket.terminate()
      sockets.close()
      await new Promise((resolve) => http.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
