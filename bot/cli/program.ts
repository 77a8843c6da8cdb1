import { Command, CommanderError } from 'commander'
import { isFault } from '../../core/kit/fault.ts'
import { printError } from './print.ts'

/** What did not answer in time may hold a connection open: it keeps nobody from leaving. */
const leavingSoon = async (work: Promise<number>): Promise<number> => {
  const code = await work
  setTimeout(() => process.exit(code), 1000).unref()
  return code
}

/** Runs `ao` with its arguments and gives the exit code. Commands are imported when they are called. */
export const run = async (argv: readonly string[]): Promise<number> => {
  let code = 0
  const becomes =
    <T extends readonly unknown[]>(work: (...parts: T) => Promise<number>) =>
    async (...parts: T): Promise<void> => {
      code = await work(...parts)
    }
  const ao = new Command('ao')
    .description('Runs a fleet of coding agents from the chat you already live in.')
    .exitOverride()
    .showHelpAfterError('Say "ao --help" for all commands.')
    .showSuggestionAfterError()
    .option('-V, --version', 'prints the version')

  ao.command('start')
    .description('starts the bot of this folder; on a terminal with a chat')
    .option('-c, --config <file>', 'the config', 'bot.config.yaml')
    .option('--no-chat', 'no chat in this terminal; "ao chat" joins from another')
    .action(becomes(async (options: { config: string; chat: boolean }) => (await import('./start.ts')).start(options)))

  ao.command('demo')
    .description('shows the whole product at work, with no account, no token and no network')
    .option('--auto', 'plays the story from "fix #1" to the merge by itself')
    .option('--data <folder>', 'where the demo lives; one that was begun there goes on')
    .option('--runtime <name>', 'tmux or process (default: tmux where it is installed)')
    .option('--agent <name>', 'a real agent in place of the one that follows a script: codex, claude-code, … (docs/agents.md)')
    .action(
      becomes(async (options: { auto?: boolean; data?: string; runtime?: string; agent?: string }) =>
        (await import('./demo.ts')).demo(options),
      ),
    )

  ao.command('init')
    .description('writes a config for the repository you stand in')
    .option('--agent <name>', 'the agent to use (default: the first that is installed)')
    .option('--force', 'replaces a config that is there')
    .option('--forge <name>', 'where issues and changes are: github, or local for this machine (default: by the remote)')
    .option('--chats <names>', 'chats to set up, as in slack,telegram; added to a config that is there (default: asks)')
    .option('--no-chats', 'sets up no chat, and asks nothing')
    .action(
      becomes(async (options: { agent?: string; force?: boolean; forge?: string; chats?: string | false }) =>
        leavingSoon((await import('./init.ts')).init(options)),
      ),
    )

  ao.command('doctor')
    .description('looks whether everything the config needs is there, and says what to do')
    .option('-c, --config <file>', 'the config', 'bot.config.yaml')
    .option('--round-trip', 'sends a test message to the home channel of every chat, and takes it away again')
    .action(becomes(async (options: { config: string; roundTrip?: boolean }) => leavingSoon((await import('./doctor.ts')).doctor(options))))

  const slack = ao.command('slack').description('what is needed to make the Slack app (docs/slack.md)')
  slack
    .command('manifest')
    .description('prints the manifest that Slack makes the app from')
    .option('--name <name>', 'how the bot is called there', 'ao')
    .option('--command <command>', 'the slash command', '/ao')
    .option('--url <address>', 'where Slack sends events over HTTP (default: Socket Mode, which needs no address)')
    .option('--json', 'as JSON instead of YAML')
    .action(
      becomes(async (options: { name: string; command: string; url?: string; json?: boolean }) =>
        (await import('./slack.ts')).manifest(options),
      ),
    )

  ao.command('webhook')
    .description('prints the steps that make GitHub tell of news at once (docs/github.md)')
    .option('-c, --config <file>', 'the config', 'bot.config.yaml')
    .option('--url <address>', 'the public https address of what stands in front of the bot')
    .action(becomes(async (options: { config: string; url?: string }) => (await import('./webhook.ts')).webhook(options)))

  ao.command('chat')
    .description('joins the chat of a running bot')
    .option('-c, --config <file>', 'the config whose bot is meant', 'bot.config.yaml')
    .option('--data <folder>', 'the data folder of the bot, instead of a config')
    .action(becomes(async (options: { config: string; data?: string }) => (await import('./talk.ts')).chat(options)))

  ao.command('say')
    .description('says one thing to a running bot and prints the answer')
    .argument('<words...>', 'what is said, as in: ao say "fix #42"')
    .option('-c, --config <file>', 'the config whose bot is meant', 'bot.config.yaml')
    .option('--data <folder>', 'the data folder of the bot, instead of a config')
    .option('--in <session>', "says it in that session's thread")
    .option('--timeout <seconds>', 'how long the answer may take', '30')
    .action(
      becomes(async (words: string[], options: { config: string; data?: string; in?: string; timeout: string }) =>
        (await import('./talk.ts')).say(words.join(' '), options),
      ),
    )

  ao.command('understand')
    .description('shows what the bot would make of words, without doing it; or scores a file of sentences')
    .argument('[words...]', 'what would be said, as in: ao understand merge app-3')
    .option('--in <place>', 'where: channel, dm, thread:app-3, or thread:app-5! whose agent asks something', 'channel')
    .option('--json', 'prints it for programs')
    .option('--score <file>', 'prints how many of its sentences are understood, as JSON; - reads what is piped in')
    .option('-c, --config <file>', 'takes projects, agents and people from a config')
    .action(
      becomes(async (words: string[], options: { in: string; json?: boolean; score?: string; config?: string }) =>
        (await import('./understand.ts')).understand(words, options),
      ),
    )

  ao.command('report')
    .description('for agents: reports done, blocked or progress to the bot (see "ao report --help" inside a session)')
    .argument('[words...]')
    .allowUnknownOption()
    .action(becomes(async (words: string[]) => (await import('../report.ts')).report(words, process.env)))

  try {
    await ao.parseAsync(argv)
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (!isFault(error)) throw error
    printError(error.message)
    printError(error.hint)
    return 1
  }
}
