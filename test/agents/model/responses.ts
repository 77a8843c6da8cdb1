import { type Json, listOf, propertiesOf, textIn, textOf } from './json.ts'
import type { Asked, Reply } from './script.ts'
import type { Wire } from './wire.ts'

/** https://platform.openai.com/docs/api-reference/responses */
export const readResponses = (body: Json): Asked => {
  const input = typeof body.input === 'string' ? [{ type: 'message', role: 'user', content: body.input }] : listOf(body.input)
  const isMessage = ({ type, role }: Json): boolean => (type === 'message' || type === undefined) && role !== undefined
  return {
    raw: body,
    model: textOf(body.model),
    isStreamed: body.stream === true,
    system: [
      textOf(body.instructions),
      ...input.filter((item) => isMessage(item) && item.role !== 'user' && item.role !== 'assistant').map(({ content }) => textIn(content)),
    ].join('\n'),
    shown: input.flatMap((item): Asked['shown'] =>
      isMessage(item) && item.role === 'user'
        ? [{ by: 'user', text: textIn(item.content), call: null }]
        : item.type === 'function_call_output' || item.type === 'custom_tool_call_output'
          ? [{ by: 'tool', text: textIn(item.output) || JSON.stringify(item.output ?? ''), call: textOf(item.call_id) }]
          : [],
    ),
    called: input.flatMap(({ type, call_id }) => (type === 'function_call' || type === 'custom_tool_call' ? [textOf(call_id)] : [])),
    tools: listOf(body.tools).map((tool) => ({ name: textOf(tool.name) || textOf(tool.type), takes: propertiesOf(tool.parameters) })),
  }
}

export const writeResponses = (wire: Wire, { id, model, say, calls, usage }: Reply, isStreamed: boolean): void => {
  const output = [
    ...(say === null
      ? []
      : [
          {
            type: 'message',
            id: `msg_${id}`,
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text: say, annotations: [] }],
          },
        ]),
    ...calls.map((call) => ({
      type: 'function_call',
      id: `fc_${call.id}`,
      call_id: call.id,
      name: call.name,
      arguments: JSON.stringify(call.args),
      status: 'completed',
    })),
  ]
  const response = {
    id: `resp_${id}`,
    object: 'response',
    status: 'completed',
    model,
    output,
    usage: {
      input_tokens: usage.input + usage.cached,
      input_tokens_details: { cached_tokens: usage.cached },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.input + usage.cached + usage.output,
    },
  }
  if (!isStreamed) {
    wire.json(response)
    return
  }
  const event = (type: string, fields: Json): void => wire.event(type, { type, ...fields })
  event('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } })
  output.forEach((item, at) => {
    const place = { item_id: item.id, output_index: at }
    if ('content' in item) {
      const text = item.content[0]?.text ?? ''
      const spot = { ...place, content_index: 0 }
      event('response.output_item.added', { output_index: at, item: { ...item, status: 'in_progress', content: [] } })
      event('response.content_part.added', { ...spot, part: { type: 'output_text', text: '', annotations: [] } })
      event('response.output_text.delta', { ...spot, delta: text })
      event('response.output_text.done', { ...spot, text })
    } else {
      event('response.output_item.added', { output_index: at, item: { ...item, status: 'in_progress', arguments: '' } })
      event('response.function_call_arguments.delta', { ...place, delta: item.arguments })
      event('response.function_call_arguments.done', { ...place, arguments: item.arguments })
    }
    event('response.output_item.done', { output_index: at, item })
  })
  event('response.completed', { response })
  wire.end()
}
