import { type Json, listOf, propertiesOf, textIn, textOf } from './json.ts'
import type { Asked, Reply } from './script.ts'
import type { Wire } from './wire.ts'

/** https://docs.anthropic.com/en/api/messages */
export const readMessages = (body: Json): Asked => {
  const messages = listOf(body.messages)
  const partsOf = (content: unknown): readonly Json[] => (typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content))
  return {
    raw: body,
    model: textOf(body.model),
    isStreamed: body.stream === true,
    system: textIn(body.system),
    shown: messages.flatMap(({ role, content }) =>
      role === 'user'
        ? partsOf(content).flatMap((part): Asked['shown'] =>
            part.type === 'tool_result'
              ? [{ by: 'tool', text: textIn(part.content), call: textOf(part.tool_use_id) }]
              : part.type === 'text'
                ? [{ by: 'user', text: textOf(part.text), call: null }]
                : [],
          )
        : role === 'system'
          ? [{ by: 'system', text: textIn(content), call: null }] // what hooks say in the middle of a turn
          : [],
    ),
    called: messages.flatMap(({ role, content }) =>
      role === 'assistant' ? partsOf(content).flatMap(({ type, id }) => (type === 'tool_use' ? [textOf(id)] : [])) : [],
    ),
    tools: listOf(body.tools).map(({ name, input_schema }) => ({ name: textOf(name), takes: propertiesOf(input_schema) })),
  }
}

export const writeMessages = (wire: Wire, { id, model, say, calls, usage }: Reply, isStreamed: boolean): void => {
  const content: readonly Json[] = [
    ...(say === null ? [] : [{ type: 'text', text: say }]),
    ...calls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: call.args })),
  ]
  const used = {
    input_tokens: usage.input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
    output_tokens: usage.output,
  }
  const stop = { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null }
  const message = { id: `msg_${id}`, type: 'message', role: 'assistant', model }
  if (!isStreamed) {
    wire.json({ ...message, content, ...stop, usage: used })
    return
  }
  const event = (type: string, fields: Json): void => wire.event(type, { type, ...fields })
  event('message_start', {
    message: { ...message, content: [], stop_reason: null, stop_sequence: null, usage: { ...used, output_tokens: 1 } },
  })
  content.forEach((block, index) => {
    const isCall = block.type === 'tool_use'
    event('content_block_start', { index, content_block: isCall ? { ...block, input: {} } : { type: 'text', text: '' } })
    event('content_block_delta', {
      index,
      delta: isCall ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) } : { type: 'text_delta', text: block.text },
    })
    event('content_block_stop', { index })
  })
  event('message_delta', { delta: stop, usage: { output_tokens: usage.output } })
  event('message_stop', {})
  wire.end()
}
