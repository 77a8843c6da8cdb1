import type { AgentReach } from '../../../core/contracts/plugins.ts'
import { pictureIn } from './mail.ts'
import { ask, readServer, unreachable } from './server.ts'

/** Has the server break off the turn that runs. https://opencode.ai/docs/server @throws {Fault} AGENT_UNREACHABLE */
export const interrupt = async ({ folder, signal }: AgentReach): Promise<'handed' | 'idle'> => {
  signal.throwIfAborted()
  const server = readServer(folder)
  const { conversation, turnEnded } = pictureIn(folder)
  if (server === null || conversation === null) throw unreachable('no server of it is known')
  if (turnEnded !== null) return 'idle'
  const { status } = await ask(server, `/session/${encodeURIComponent(conversation)}/abort`, { body: {}, signal })
  if (status >= 300) throw unreachable(`its server answered ${status} when its turn was to be broken off`)
  return 'handed'
}
