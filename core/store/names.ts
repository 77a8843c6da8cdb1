import { fault } from './fault.ts'

/** Can it be the name of a stream, and so of a folder? */
export const isStreamName = (name: string): boolean => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}$/.test(name)

/** The same name. @throws {Fault} STREAM_NAME_INVALID */
export const checkStreamName = (name: string): string => {
  if (!isStreamName(name)) throw fault('STREAM_NAME_INVALID', { name })
  return name
}

/** The same name. @throws {Fault} DOCUMENT_NAME_INVALID */
export const checkDocumentName = (name: string): string => {
  if (!/^[^./\\\p{Cc}][^/\\\p{Cc}]{0,119}$/u.test(name)) throw fault('DOCUMENT_NAME_INVALID', { name })
  return name
}
