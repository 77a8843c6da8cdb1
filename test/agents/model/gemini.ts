import { isJson, type Json, listOf, propertiesOf, textIn, textOf } from './json.ts'
import type { Asked, Reply } from './script.ts'
import type { Wire } from './wire.ts'

/** What a hook adds to a conversation stands among the words of its user. */
const ruleMark = '<hook_context>'

/** A gemini that is taken up after it was killed (0.61.0) shows the last result twice, side by side; nothing runs twice. */
const withoutEchoes = (parts: readonly Json[]): readonly Json[] =>
  parts.filter(
    ({ functionResponse }, at) =>
      !isJson(functionResponse) || JSON.stringify(functionResponse) !== JSON.stringify(parts[at - 1]?.functionResponse),
  )

/** https://ai.google.dev/api/generate-content. The model and whether it is streamed are in the address. */
export const readGemini = (body: Json, model: string, isStreamed: boolean): Asked => {
  const contents = listOf(body.contents)
  const said = contents.filter(({ role }) => role !== 'model').flatMap(({ parts }) => withoutEchoes(listOf(parts)))
  const isRule = ({ text }: Json): boolean => textOf(text).startsWith(ruleMark)
  return {
    raw: body,
    model,
    isStreamed,
    system: [
      isJson(body.systemInstruction) ? textIn(body.systemInstruction.parts) : '',
      ...said.filter(isRule).map(({ text }) => textOf(text)),
    ].join('\n'),
    shown: said.flatMap((part): Asked['shown'] =>
      isJson(part.functionResponse)
        ? [{ by: 'tool', text: JSON.stringify(part.functionResponse.response ?? ''), call: textOf(part.functionResponse.id) }]
        : typeof part.text === 'string' && !isRule(part)
          ? [{ by: 'user', text: part.text, call: null }]
          : [],
    ),
    called: contents
      .filter(({ role }) => role === 'model')
      .flatMap(({ parts }) => listOf(parts))
      .flatMap(({ functionCall }) => (isJson(functionCall) ? [textOf(functionCall.id)] : [])),
    tools: listOf(body.tools)
      .flatMap(({ functionDeclarations }) => listOf(functionDeclarations))
      .map(({ name, parameters, parametersJsonSchema }) => ({
        name: textOf(name),
        takes: propertiesOf(parameters ?? parametersJsonSchema),
      })),
  }
}

export const writeGemini = (wire: Wire, { model, say, calls, usage }: Reply, isStreamed: boolean): void => {
  const parts = [...(say === null ? [] : [{ text: say }]), ...calls.map(({ id, name, args }) => ({ functionCall: { id, name, args } }))]
  const answer = {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: usage.input + usage.cached,
      cachedContentTokenCount: usage.cached,
      candidatesTokenCount: usage.output,
      totalTokenCount: usage.input + usage.cached + usage.output,
    },
    modelVersion: model,
  }
  if (!isStreamed) {
    wire.json(answer)
    return
  }
  wire.event(null, answer)
  wire.end()
}
