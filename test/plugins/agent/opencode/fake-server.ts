import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Body = Readonly<Record<string, unknown>>
/** A message as opencode keeps it. */
export type Kept = { readonly info: Body & { readonly id: string }; readonly parts: readonly unknown[] }

/**
 * The part of opencode's server (1.18.33) that the plugin uses, and nothing else: any other request, a wrong password or a body of another
 * shape is answered as opencode does or with 500, and noted in `wrong`.
 */
export const fakeServer = async ({ password = 'geheim', directory = '/home/ana/app' } = {}) => {
  const state = {
    sessions: [] as Body[],
    messages: new Map<string, Kept[]>(),
    permissions: [] as (Body & { readonly id: string })[],
    questions: [] as (Body & { readonly id: string })[],
    status: {} as Record<string, unknown>,
    replies: [] as { readonly request: string; readonly body: Body }[],
    prompts: [] as { readonly session: string; readonly body: Body }[],
    wrong: [] as string[],
    /** Conversations that its terminal was told to show. */
    selected: [] as string[],
    /** Whoever listens hears nothing, not even that it is connected. */
    isMute: false,
    /** Messages are taken, and do not appear: what happens when it ends just then. */
    isForgetful: false,
  }
  const listeners = new Set<ServerResponse>()

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://fake')
    const say = (status: number, value?: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(value === undefined ? '' : JSON.stringify(value))
    }
    if (request.headers.authorization !== `Basic ${Buffer.from(`opencode:${password}`).toString('base64')}`) return say(401)
    const route = `${request.method} ${pathname}`
    if (route === 'GET /event') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      listeners.add(response)
      response.on('close', () => listeners.delete(response))
      response.flushHeaders()
      return void (state.isMute || response.write(block({ type: 'server.connected', properties: {} })))
    }
    const body = request.method === 'POST' ? await bodyOf(request) : {}
    if (route === 'GET /path') return say(200, { directory, worktree: directory })
    if (route === 'GET /session') return say(200, state.sessions)
    if (route === 'GET /permission') return say(200, state.permissions)
    if (route === 'GET /question') return say(200, state.questions)
    if (route === 'GET /session/status') return say(200, state.status)
    if (route === 'POST /tui/select-session' && typeof body?.sessionID === 'string') {
      state.selected.push(body.sessionID)
      return say(200, true)
    }
    if (route === 'POST /session') {
      const made = { id: `ses_made${state.sessions.length}`, directory, time: { created: Date.now() } }
      state.sessions.push(made)
      return say(200, made)
    }
    const [, session = '', of, message] = /^\/session\/(ses_\w+)\/(message|prompt_async)(?:\/(msg_\w+))?$/.exec(pathname) ?? []
    const kept = state.messages.get(session) ?? []
    if (request.method === 'GET' && of === 'message') {
      if (message === undefined) return say(200, kept)
      const found = kept.find(({ info }) => info.id === message)
      return found ? say(200, found) : say(404, { name: 'NotFoundError' })
    }
    if (request.method === 'POST' && of === 'prompt_async' && isPrompt(body)) {
      state.prompts.push({ session, body })
      const made = {
        info: { id: String(body.messageID), sessionID: session, role: 'user', agent: body.agent ?? 'build', time: { created: 1 } },
        parts: (body.parts as Body[]).map((part) => ({ ...part, messageID: body.messageID })), // checked by `isPrompt`
      }
      if (!state.isForgetful) state.messages.set(session, [...kept, made])
      return say(204)
    }
    const [, kind, id = ''] = /^\/(permission|question)\/(\w+)\/reply$/.exec(pathname) ?? []
    if (request.method === 'POST' && kind !== undefined && isReply(kind, body)) {
      const open = kind === 'permission' ? state.permissions : state.questions
      const at = open.findIndex((one) => one.id === id)
      if (at === -1) return say(404, { message: 'not found' })
      open.splice(at, 1)
      state.replies.push({ request: id, body })
      return say(200, true)
    }
    state.wrong.push(`${route} ${JSON.stringify(body)}`)
    return say(500)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    state,
    port: (server.address() as AddressInfo).port, // it listens on a port
    listeners: () => listeners.size,
    emit: (type: string, properties: Body): void => {
      for (const listener of listeners) listener.write(block({ id: 'evt_1', type, properties }))
    },
    /** Ends all connections, as a restart does. */
    cut: (): void => {
      for (const listener of listeners) listener.destroy()
    },
    close: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const block = (event: unknown): string => `data: ${JSON.stringify(event)}\n\n`

const bodyOf = async (request: IncomingMessage): Promise<Body | null> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // a request without an encoding gives buffers
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body
  } catch {
    return null // looked at by whoever needs a body
  }
}

const isPrompt = (body: Body | null): body is Body =>
  body !== null &&
  /^msg_[0-9a-f]{12}[0-9A-Za-z]{14}$/.test(String(body.messageID)) &&
  Array.isArray(body.parts) &&
  body.parts.every((part: Body) => part.type === 'text' && typeof part.text === 'string') &&
  Object.keys(body).every((key) => ['messageID', 'agent', 'model', 'parts'].includes(key))

const isReply = (kind: string, body: Body | null): body is Body =>
  body !== null &&
  (kind === 'permission'
    ? ['once', 'always', 'reject'].includes(String(body.reply)) && Object.keys(body).every((key) => ['reply', 'message'].includes(key))
    : Array.isArray(body.answers) && body.answers.every((labels: unknown) => Array.isArray(labels)))
