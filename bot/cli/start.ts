import { runChat } from '../../adapters/console/index.ts'
import { lacking } from '../../core/engine/tools.ts'
import { catalogue, row } from '../../core/kit/fault.ts'
import { openLog } from '../../core/kit/log.ts'
import { redacting } from '../../core/kit/redact.ts'
import { createRegistry } from '../../core/plugins/registry.ts'
import { plugins } from '../../plugins/index.ts'
import { placesIn, type RunningBot, startBot } from '../main.ts'
import { ink, print, printError } from './print.ts'
import { loadSettings, type Settings } from './settings.ts'

export const fault = catalogue({
  MACHINE_LACKS: row<{ lacks: readonly string[] }>(
    (f) => ['This machine lacks what the config needs:', ...f.lacks.map((one) => `  ${one}`)].join('\n'),
    () => 'Do that and start again; "ao doctor" looks at everything.',
  ),
})

/** `ao start`: the bot of a config, until it is told to stop. Agents go on when it stops, and the next start takes them up. */
export const start = async ({ config: file, chat }: { readonly config: string; readonly chat: boolean }): Promise<number> => {
  const settings = await loadSettings(file)
  const lacks = await lacking(settings.config, createRegistry(plugins))
  const needed = lacks.filter(({ slot }) => slot !== 'agent')
  if (needed.length > 0) throw fault('MACHINE_LACKS', { lacks: needed.map(({ slot, name, lacks: what }) => `${slot} ${name}: ${what}`) })
  for (const { name, lacks: what } of lacks) printError(`${ink.warn('!')} agent ${name}: ${what}`)
  const projects = Object.keys(settings.config.projects).join(', ')
  return runBot(settings, {
    isChatting: chat,
    welcome: [`ao is running for ${ink.bold(projects)}. Say ${ink.words('fix #1')}, ${ink.words('status')} or ${ink.words('help')}.`],
  })
}

/** Starts a bot, with a chat if this is a terminal, and stops it when the chat ends or a signal comes. */
export const runBot = async (
  settings: Settings,
  {
    isChatting,
    welcome,
    during,
  }: {
    readonly isChatting: boolean
    readonly welcome: readonly string[]
    readonly during?: (bot: RunningBot, signal: AbortSignal) => Promise<number>
  },
): Promise<number> => {
  const { config, secretNames, secrets, environment } = settings
  const places = placesIn(config.data)
  const log = openLog({ path: places.log, level: config.log.level, redact: redacting(secrets) })
  const stopping = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = (): void => stopping.abort()
  for (const name of signals) process.on(name, onSignal)
  const bot = await startBot({ config, secrets, secretNames, log, environment })
  try {
    for (const line of welcome) print(line)
    if (during) return await during(bot, stopping.signal)
    if (isChatting && process.stdin.isTTY && process.stdout.isTTY) return await chatHere(places, stopping.signal)
    print(`Ready. Talk to it with "ao chat"; its log is ${places.log}.`)
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }))
    return 0
  } finally {
    const left = bot.ring.sessions().filter(({ handle }) => handle !== null).length
    await bot.stop()
    if (left > 0 && !during)
      print(`Stopped. ${left === 1 ? 'One agent goes' : `${left} agents go`} on; the next start takes ${left === 1 ? 'it' : 'them'} up.`)
    for (const name of signals) process.off(name, onSignal)
  }
}

const chatHere = (places: ReturnType<typeof placesIn>, signal: AbortSignal): Promise<number> =>
  runChat({
    socketPath: places.socket,
    input: process.stdin,
    output: process.stdout,
    columns: () => process.stdout.columns ?? 80,
    isColoured: process.env.NO_COLOR === undefined,
    historyFile: places.typed,
    signal,
  })
