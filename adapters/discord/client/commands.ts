import type { ChatHost, ListedCommand } from '../../../bot/contracts/chat.ts'
import { fingerprint } from '../../../core/kit/text.ts'
import { cut } from '../render.ts'
import type { Api } from './rest.ts'

/** The one command there is: its words are completed while they are typed. */
export const commandOf = (listed: readonly ListedCommand[]) => ({
  name: 'ao',
  type: 1,
  description: cut(`Say what should be done: ${listed.map(({ name }) => name).join(', ') || 'fix, status, help'}`, 100),
  options: [{ type: 3, name: 'words', description: 'For example: fix #42 · status · help', required: true, autocomplete: true }],
})

/** Registers `/ao`, in one server or everywhere, unless it is registered like that already. Tells whether it had to. */
export const registerCommands = async (
  api: Api,
  {
    app,
    guild,
    listed,
    kept,
  }: { app: string; guild: string | null; listed: readonly ListedCommand[]; kept: Awaited<ReturnType<ChatHost['document']>> },
): Promise<boolean> => {
  const commands = [commandOf(listed)]
  const route = guild === null ? (`/applications/${app}/commands` as const) : (`/applications/${app}/guilds/${guild}/commands` as const)
  const print = fingerprint(JSON.stringify([route, commands]), 32)
  if (kept.value.commands === print) return false
  await api.call('put', route, { body: commands })
  await kept.update((value) => {
    value.commands = print
  })
  return true
}
