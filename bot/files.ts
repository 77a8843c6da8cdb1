import { catalogue, isFault, row } from '../core/kit/fault.ts'
import { headline } from '../core/kit/text.ts'
import { visible } from '../core/kit/visible.ts'
import type { Inbound, SentFile } from './contracts/inbound.ts'

export const fault = catalogue({
  FILE_TOO_LARGE: row<{ name: string; size: string; most: string }>(
    (f) => `The file ${f.name} has ${f.size}, more than the ${f.most} that are taken. Nothing was sent to the agent.`,
    () => 'Send a smaller one, or put it where the agent can fetch it and say where.',
  ),
  FILE_REFUSED: row<{ name: string; most: string; problem: string }>(
    (f) => `The file ${f.name} cannot be fetched: ${f.problem} Nothing was sent to the agent.`,
    (f) => `Send it again if it is gone; it may have ${f.most} at most.`,
  ),
  FILE_UNREACHED: row<{ name: string; problem: string }>(
    (f) => `The file ${f.name} could not be fetched just now: ${f.problem} Nothing was sent to the agent.`,
    () => 'Send it again in a minute.',
    { mayPass: true },
  ),
})

/** Words for the agent. `heard`: some of them were spoken, so they are shown to whoever spoke before they are sent. */
export type Taken = { readonly kind: 'words' | 'heard'; readonly text: string }

/**
 * What people send along: files go to the session's workspace and are named to the agent; what was spoken becomes words where
 * there is a transcriber, and a file where there is none.
 */
export const createFiles = ({
  fetch: fetchFrom,
  keep,
  transcribe,
  mostBytes,
}: {
  /** As `ChatAdapter.fetch`; null where that platform hands out no files. */
  readonly fetch: (platform: string, file: SentFile, mostBytes: number) => Promise<Uint8Array | null>
  /** Puts a file where the session's agent can read it; resolves with its path. */
  readonly keep: (session: string, name: string, bytes: Uint8Array) => Promise<string>
  readonly transcribe: ((bytes: Uint8Array, name: string) => Promise<string>) | null
  readonly mostBytes: number
}) => {
  const fetched = async (platform: string, file: SentFile): Promise<Uint8Array> => {
    const name = shownName(file)
    const most = sizeWords(mostBytes)
    try {
      const bytes = await fetchFrom(platform, file, mostBytes)
      if (bytes === null) throw fault('FILE_REFUSED', { name, most, problem: `${platform} hands out no files to the bot.` })
      if (bytes.length > mostBytes) throw fault('FILE_TOO_LARGE', { name, size: sizeWords(bytes.length), most })
      return bytes
    } catch (error) {
      if (!isFault(error) || error.code.startsWith('FILE_')) throw error
      const row = error.mayPass ? 'FILE_UNREACHED' : 'FILE_REFUSED'
      throw fault(row, { name, most, problem: error.message }, { cause: error })
    }
  }

  return {
    /**
     * Fetches and keeps what came with words that were typed for a session. When a file cannot be had, nothing is for the
     * agent: the fault tells the person.
     *
     * @throws {Fault} FILE_TOO_LARGE, FILE_REFUSED, FILE_UNREACHED, and those of `keep` and `transcribe`
     */
    take: async ({ place, said }: Inbound, session: string): Promise<Taken> => {
      if (said.how !== 'typed') throw new Error(`files come with what is typed, not with what is ${said.how}`)
      const files = said.files ?? []
      const tooLarge = files.find(({ sizeBytes }) => sizeBytes !== null && sizeBytes > mostBytes)
      if (tooLarge)
        throw fault('FILE_TOO_LARGE', {
          name: shownName(tooLarge),
          size: sizeWords(tooLarge.sizeBytes ?? 0),
          most: sizeWords(mostBytes),
        })
      // All are fetched before any is kept: words that name half of the files would be misread.
      const all: { file: SentFile; bytes: Uint8Array }[] = []
      for (const file of files) all.push({ file, bytes: await fetched(place.platform, file) })
      const spoken: string[] = []
      const kept: string[] = []
      for (const { file, bytes } of all) {
        if (file.kind === 'voice' && transcribe) spoken.push((await transcribe(bytes, file.name)).trim())
        else {
          const path = await keep(session, file.name, bytes)
          kept.push(`A file came with this: ${path} (${shownName(file)}, ${sizeWords(bytes.length)})`)
        }
      }
      return {
        kind: spoken.length > 0 ? 'heard' : 'words',
        text: [said.text.trim(), ...spoken, ...kept].filter((line) => line !== '').join('\n'),
      }
    },
  }
}

export type Files = ReturnType<typeof createFiles>

/** As it was called, on one line and short: it stands in sentences for people and agents. */
const shownName = ({ name }: SentFile): string => headline(visible(name).replace(/\s+/g, ' '), 80) || 'without a name'

const sizeWords = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  const [size, unit] = bytes < 999_500 ? [bytes / 1_000, 'kB'] : [bytes / 1_000_000, 'MB']
  return `${size < 9.95 ? Math.round(size * 10) / 10 : Math.round(size)} ${unit}`
}
