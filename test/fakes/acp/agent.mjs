// An agent that speaks the Agent Client Protocol on its standard input and output, for tests. What a prompt says decides what it does:
// "permission" asks for one, "long" works until it is cancelled, "question" asks its client for something it does not do, "login" wants a login. It writes all it hears to ACP_HEARD.
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const update = (fields) => send({ method: 'session/update', params: { sessionId: 'conversation-1', update: fields } })
const text = (words) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: words } })
const options = [
  { optionId: 'allow-once', name: 'Allow once', kind: 'allow_once' },
  { optionId: 'reject-once', name: 'Reject', kind: 'reject_once' },
]
const waiting = new Map()
let running = null

const prompted = (id, words) => {
  const end = (said) => {
    text(said)
    send({ id, result: { stopReason: 'end_turn' } })
  }
  if (words.includes('login')) return send({ id, error: { code: -32000, message: 'Authentication required' } })
  if (words.includes('permission')) {
    const toolCall = { toolCallId: 't1', title: 'npm test', kind: 'execute', status: 'pending', rawInput: { command: 'npm test' } }
    update({ sessionUpdate: 'tool_call', ...toolCall })
    send({ id: 7, method: 'session/request_permission', params: { sessionId: 'conversation-1', toolCall, options } })
    return waiting.set(7, ({ result }) => {
      update({
        sessionUpdate: 'tool_call_update',
        toolCallId: 't1',
        status: result.outcome.optionId === 'allow-once' ? 'completed' : 'failed',
      })
      end(`It was ${result.outcome.optionId ?? result.outcome.outcome}.`)
    })
  }
  if (words.includes('question')) {
    send({ id: 'q', method: 'client/ask', params: {} })
    return waiting.set('q', ({ error }) => end(`It was told ${error.code}.`))
  }
  if (words.includes('long')) {
    text('It began.')
    running = id
    return
  }
  end(`It heard ${words.length} characters.`)
}

createInterface({ input: process.stdin }).on('line', (line) => {
  appendFileSync(process.env.ACP_HEARD, `${line}\n`)
  const { id, method, params, ...rest } = JSON.parse(line)
  if (method === undefined) return waiting.get(id)?.(rest)
  if (method === 'session/cancel') {
    if (running !== null && params.sessionId === 'conversation-1') send({ id: running, result: { stopReason: 'cancelled' } })
    running = null
    return
  }
  if (method === 'session/prompt') return prompted(id, params.prompt[0].text)
  send({ id, result: method === 'session/new' ? { sessionId: 'conversation-1' } : {} })
})
