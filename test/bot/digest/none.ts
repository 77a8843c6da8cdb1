import type { DigestDesk } from '../../../bot/digest/ask.ts'
import { createDigestMemory, emptyDigests } from '../../../bot/memory/digests.ts'

/** No digest comes anywhere, and what would change that is kept nowhere. */
export const noDigests = (): DigestDesk => {
  const value = emptyDigests()
  return { memory: createDigestMemory({ value, update: async (change) => change(value) }), changed: () => {}, draw: async () => null }
}
