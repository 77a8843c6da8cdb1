import { isJson, type Json, listOf, propertiesOf, textIn, textOf } from './json.ts'
import type { Asked, Reply } from './script.ts'
import type { Wire } from './wire.ts'

/** https://platform.openai.com/docs/api-reference/chat */
export const readChat = (body: Json): Asked => {
  const messages = listOf(body.messages)
  return {
    raw: body,
    model: textOf(body.model),
    isStreamed: body.stream === true,
    system: messages
      .filter(({ role }) => role === 'system' || role === 'developer')
      .map(({ content }) => textIn(content))
      .join('\n'),
    shown: messages.flatMap(({ role, content, tool_call_id }): Asked['shown'] =>
      role === 'user'
        ? [{ by: 'user', text: textIn(content), call: null }]
        : role === 'tool'
          ? [{ by: 'tool', text: textIn(content), call: textOf(tool_call_id) }]
          : [],
    ),
    called: messages.flatMap(({ role, tool_calls }) => (role === 'assistant' ? listOf(tool_calls).map(({ id }) => textOf(id)) : [])),
    tools: listOf(body.tools).flatMap((tool) =>
      isJson(tool.function) ? [{ name: textOf(tool.function.name), takes: propertiesOf(tool.function.parameters) }] : [],
    ),
  }
}

export const writeChat = (wire: Wire, { id, model, say, calls, usage }: Reply, isStreamed: boolean): void => {
  const finish = calls.length > 0 ? 'tool_calls' : 'stop'
  const message = {
    role: 'assistant',
    content: say,
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, index) => ({
        index,
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: JSON.stringify(call.args) },
      })),
    }),
  }
  const used = {
    prompt_tokens: usage.input + usage.cached,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.cached + usage.output,
  }
  const base = { id, created: Math.floor(Date.now() / 1_000), model }
  if (!isStreamed) {
    wire.json({ ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }], usage: used })
    return
  }
  const chunk = { ...base, object: 'chat.completion.chunk' }
  wire.event(null, { ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }] })
  wire.event(null, { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: finish }] })
  wire.event(null, { ...chunk, choices: [], usage: used })
  wire.event(null, '[DONE]')
  wire.end()
}
