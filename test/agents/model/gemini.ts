import { isJson, type Json, listOf, propertiesOf, textIn, textOf } from './json.ts'
import type { Asked, Reply } from './script.ts'
import type { Wire } from './wire.ts'

/** https://ai.google.dev/api/generate-content. The model and whether it is streamed are in the address. */
export const readGemini = (body: Json, model: string, isStreamed: boolean): Asked => {
  const contents = listOf(body.contents)
  return {
    raw: body,
    model,
    isStreamed,
    system: isJson(body.systemInstruction) ? textIn(body.systemInstruction.parts) : '',
    shown: contents
      .filter(({ role }) => role !== 'model')
      .flatMap(({ parts }) => listOf(parts))
      .flatMap((part): Asked['shown'] =>
        isJson(part.functionResponse)
          ? [{ by: 'tool', text: JSON.stringify(part.functionResponse.response ?? ''), call: textOf(part.functionResponse.id) }]
          : typeof part.text === 'string'
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
