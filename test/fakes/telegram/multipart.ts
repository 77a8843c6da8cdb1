import type { FakeFile } from './world.ts'

/** The fields and files of a multipart body. Fields that hold JSON or a number are read as such, as the Bot API does. */
export const readMultipart = (
  body: Buffer,
  contentType: string,
): { readonly fields: Record<string, unknown>; readonly files: Readonly<Record<string, Omit<FakeFile, 'id'>>> } => {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1] ?? ''
  const fields: Record<string, unknown> = {}
  const files: Record<string, Omit<FakeFile, 'id'>> = {}
  const mark = Buffer.from(`--${boundary}`)
  for (let from = body.indexOf(mark); from !== -1; ) {
    const next = body.indexOf(mark, from + mark.length)
    if (next === -1) break
    const part = body.subarray(from + mark.length + 2, next - 2)
    const split = part.indexOf('\r\n\r\n')
    const head = part.subarray(0, split).toString()
    const data = part.subarray(split + 4)
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? ''
    const filename = /filename="?([^"\r\n]*)"?/.exec(head)?.[1]
    if (filename === undefined) fields[name] = readField(name, data.toString())
    else files[name] = { name: filename, bytes: Uint8Array.from(data) }
    from = next
  }
  return { fields, files }
}

const words = new Set(['text', 'caption', 'document', 'photo', 'chat_id'])

const readField = (name: string, text: string): unknown => {
  if (words.has(name)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text // not JSON: a text
  }
}
