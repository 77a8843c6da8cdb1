import { type AgentPicture, type Decision, type Message, unheard } from '../../contracts/agent.ts'
import type { AgentReach, AgentSource, Launch, LaunchRequest } from '../../contracts/plugins.ts'
import { answerReport, answerText, appendRow } from '../mailbox.ts'
import { wrap } from '../wrap.ts'
import { type AcpState, acpState, isBusy, readAcp } from './read.ts'
import { acpFiles, fault, say, textOf } from './wire.ts'

/** What the handshake needs to know: `launch` writes it down, `listen` reads it. */
export type Start = {
  readonly run: string
  readonly cwd: string
  readonly resume: string | null
  /** The method to log in with, where the agent wants that said. */
  readonly authenticate: string | null
  /** A mode of the agent's own, by its id. */
  readonly mode: string | null
}

/** Starts `argv`, which speaks the protocol. `prompt` is its first words; they are sent by `acpListen`. */
export const acpLaunch = (
  { folder, run, workspace, resume }: LaunchRequest,
  agent: Pick<Launch, 'argv' | 'env'> & {
    readonly prompt: string
    readonly authenticate?: string
    readonly mode?: string
    readonly files?: Launch['files']
  },
): Launch => {
  const { said, inbox, start, prompt } = acpFiles(folder)
  const known: Start = { run, cwd: workspace.path, resume, authenticate: agent.authenticate ?? null, mode: agent.mode ?? null }
  return {
    argv: ['/bin/sh', '-c', bridge, 'acp', said, inbox, run, ...agent.argv],
    env: agent.env,
    stdin: null,
    files: { ...agent.files, [start]: JSON.stringify(known), [prompt]: agent.prompt },
  }
}

// Opened for both directions a FIFO never ends, and opening it never waits. https://man7.org/linux/man-pages/man7/fifo.7.html
const bridge = `said=$1 inbox=$2 run=$3; shift 3
rm -f "$inbox" && mkfifo -m 600 "$inbox" || exit 1
exec 3<>"$inbox"
printf '\\n{"run":"%s"}\\n' "$run" >>"$said"
exec "$@" <&3 3<&- >>"$said"`

export const acpSources = (folder: string): readonly AgentSource[] => [{ name: 'acp', path: acpFiles(folder).said }]

/** Hands words over as its next turn. @throws {Fault} AGENT_NOT_LISTENING, AGENT_DEAF, MAILBOX_UNWRITABLE */
export const acpTell = async (agent: string, message: Message, { folder, signal }: AgentReach): Promise<'own'> => {
  signal.throwIfAborted()
  const { run, session, isOpen } = stateIn(folder)
  const id = `${run}.${message.id}`
  const params = { sessionId: session, prompt: [{ type: 'text', text: wrap(message) }] }
  if (!isOpen || !(await say(folder, { jsonrpc: '2.0', id, method: 'session/prompt', params }, agent)))
    throw fault('AGENT_NOT_LISTENING', { agent })
  appendRow(folder, { v: 1, at: Date.now(), told: id, ids: [message.id] })
  return 'own'
}

/** Answers exactly the permission that is asked, and questions of `ao report` as for every agent. @throws {Fault} AGENT_DEAF, MAILBOX_UNWRITABLE */
export const acpAnswer = async (agent: string, decision: Decision, { folder, signal }: AgentReach): Promise<'handed' | 'gone'> => {
  signal.throwIfAborted()
  const asked = stateIn(folder).asked.find(({ question }) => question.request === decision.request)
  if (asked === undefined) return answerReport(folder, decision)
  const { options, refusal, request } = asked.question
  const choice = decision.choice ?? refusal
  const optionId = choice === null ? undefined : asked.optionIds[choice - 1]
  const outcome = optionId === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId }
  if (!(await say(folder, { jsonrpc: '2.0', id: asked.id, result: { outcome } }, agent))) return 'gone'
  appendRow(folder, { v: 1, at: Date.now(), decided: request, text: answerText({ ...decision, choice }, options) })
  return 'handed'
}

/**
 * Breaks off the turn that runs. https://agentclientprotocol.com/protocol/v1/prompt-turn#cancellation
 *
 * @throws {Fault} AGENT_NOT_LISTENING, AGENT_DEAF
 */
export const acpInterrupt = async (agent: string, { folder, signal }: AgentReach): Promise<'handed' | 'idle'> => {
  signal.throwIfAborted()
  const state = stateIn(folder)
  if (!state.isOpen || !isBusy(state)) return 'idle'
  if (!(await say(folder, { jsonrpc: '2.0', method: 'session/cancel', params: { sessionId: state.session } }, agent)))
    throw fault('AGENT_NOT_LISTENING', { agent })
  return 'handed'
}

const stateIn = (folder: string): AcpState => {
  const sources = { mailbox: `${folder}/mailbox.ndjson`, acp: acpFiles(folder).said }
  const fold = (before: AgentPicture, [source, path]: readonly [string, string]): AgentPicture =>
    textOf(path)
      .split('\n')
      .reduce((picture, text, mark) => readAcp(picture, { source, text, mark, at: 0 }), before)
  return acpState(Object.entries(sources).reduce(fold, unheard))
}
