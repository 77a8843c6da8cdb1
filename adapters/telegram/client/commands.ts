import type { ChatHost, ListedCommand } from '../../../bot/contracts/chat.ts'
import { shortened } from '../../../core/kit/cut.ts'
import { fingerprint } from '../../../core/kit/text.ts'
import type { Raw } from './api.ts'

/** The adapter's own small document. */
export type Kept = Awaited<ReturnType<ChatHost['document']>>

/** Commands as Telegram takes them: names of `[a-z0-9_]` up to 32, descriptions of 1 to 256 characters, a hundred at most, none twice. */
export const commandsFor = (listed: readonly ListedCommand[]): readonly { readonly command: string; readonly description: string }[] => {
  const named = listed.map(({ name, summary }) => ({
    command: name.toLowerCase().replaceAll('-', '_'),
    description: shortened(summary.trim(), 256, (text) => text.length) || name,
  }))
  return named
    .filter(({ command }, index) => /^[a-z0-9_]{1,32}$/.test(command) && named.findIndex((other) => other.command === command) === index)
    .slice(0, 100)
}

/** Tells Telegram the commands if they are others than those it was told last. */
export const registerCommands = async (
  raw: Pick<Raw, 'setMyCommands'>,
  listed: readonly ListedCommand[],
  kept: Kept,
  log: ChatHost['log'],
): Promise<void> => {
  const commands = commandsFor(listed)
  const mark = fingerprint(JSON.stringify(commands), 16)
  if (kept.value.commands === mark) return
  await raw.setMyCommands({ commands: [...commands] })
  await kept.update((value) => {
    value.commands = mark
  })
  log.info('telegram.commands', { count: commands.length })
}
