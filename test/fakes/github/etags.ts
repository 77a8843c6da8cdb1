import { createHash } from 'node:crypto'

/** Changes exactly when the bytes of the answer do. */
export const etagOf = (text: string): string => `W/"${createHash('sha1').update(text).digest('hex')}"`

/** Does `if-none-match` name it? Weak and strong ones are the same here, and `*` is anything. */
export const matches = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((one) => strong(one.trim()) === strong(etag)))

const strong = (etag: string): string => etag.replace(/^W\//, '')
