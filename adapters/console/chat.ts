import { isFault } from '../../core/kit/fault.ts'
import { type Display, type Keyboard, openEditor } from './editor.ts'
import { type LinkEvent, openLink } from './link.ts'
import { runPiped } from './piped.ts'
import { inks, isUtf8 } from './render.ts'
import { openScreen } from './screen.ts'
import { threadsOf } from './show.ts'
import { completeTyped, helpLines, readTyped, type Typed } from './typed.ts'
import { loadTyping } from './typing.ts'
import { openView, type View } from './view.ts'

/** What a chat in a terminal needs. */
export type ChatOptions = {
  readonly socketPath: string
  readonly input: Keyboard
  readonly output: Display
  /** The width now; asked again each time something is drawn. */
  readonly columns: () => number
  readonly isColoured: boolean
  /** Where typed lines are remembered. */
  readonly historyFile: string
  /** Ends the chat from outside. Default: nothing does. */
  readonly signal?: AbortSignal
  /** Default: what the locale says. */
  readonly isUnicode?: boolean
}

/**
 * The chat in the terminal, until the person leaves: 0; or until the bot does not want it: 1. Without a terminal on both sides
 * it says the lines of its input one after the other instead.
 */
export const runChat = async (options: ChatOptions): Promise<number> => {
  const isTerminal = options.input.isTTY === true && options.output.isTTY === true && process.env.TERM !== 'dumb'
  const settled = { isUnicode: isUtf8(process.env, process.platform), signal: new AbortController().signal, ...options }
  return isTerminal ? runInteractive(settled, await loadTyping(options.historyFile)) : runPiped(settled)
}

const runInteractive = (options: Required<ChatOptions>, typedBefore: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const { socketPath, output, columns, isColoured, isUnicode, signal } = options
    let thread: string | null = null
    let isOver = false
    const end = (code: number): void => {
      if (isOver) return
      isOver = true
      signal.removeEventListener('abort', leave)
      link.close()
      void editor.close().then(() => resolve(code))
    }
    const leave = (): void => {
      if (!isOver) output.write('\n')
      end(0)
    }

    const say = (text: string, at: string | null): void => {
      try {
        link.say(text, at)
        if (!link.isUp()) view.remark('Kept; it is said when the bot is back.')
      } catch (error) {
        if (!isFault(error)) throw error
        view.remark(`${error.message} ${error.hint}`)
        editor.restore(text)
      }
    }
    const enter = (to: string | null): void => {
      thread = to
      if (to !== null) view.recent(link.messages())
    }
    const obey: { readonly [Is in Typed['is']]: (typed: Extract<Typed, { is: Is }>) => void } = {
      nothing: () => {},
      say: ({ text, thread: at }) => say(text, at),
      in: ({ thread: to }) => enter(to),
      out: () => enter(null),
      clear: () => screen.clear(),
      help: () => view.list(helpLines),
      quit: () => end(0),
      wrong: ({ says }) => view.remark(says),
    }

    const editor = openEditor(options, typedBefore, {
      promptOf: (isContinued) => promptOf(isContinued ? (isUnicode ? '…' : '...') : thread === null ? 'ao' : `ao ${thread}`, isColoured),
      complete: async (typed) => {
        const ask = (text: string, at: string | null) => link.complete(text, at)
        return (await completeTyped(typed, { thread, threads: threadsOf(link.messages()), ask })).map(view.harmless)
      },
      onMoved: () => screen.moved(),
      onMessage: (text) => {
        const typed = readTyped(text, thread)
        const act = obey[typed.is] as (typed: Typed) => void // the table has the row for exactly this kind of line
        act(typed)
        if (!isOver) editor.prompt()
      },
      onLeave: leave,
    })
    const screen = openScreen(editor.line, output, () => ({ columns: columns(), rows: output.rows ?? 24 }))
    const view = openView(screen, { columns, isColoured, isUnicode, thread: () => thread })
    const link = openLink(socketPath, (event) => {
      tell(event, view, link.messages)
      if (event.is === 'joined') editor.prompt()
      if (event.is !== 'ended') return
      output.write('\r\u001b[J') // the prompt below what was told
      end(1)
    })
    signal.addEventListener('abort', leave, { once: true })
  })

const promptOf = (name: string, isColoured: boolean): string => {
  const { bold, dim } = inks({ isColoured })
  return `${bold(name)}${dim('>')} `
}

/** Shows what happened. */
const tell = (event: LinkEvent, view: View, messages: () => Parameters<View['recent']>[0]): void => {
  if (event.is === 'shown') view.shown(event.message, event.before)
  else if (event.is === 'heard') view.heard(event.text, event.thread)
  else if (event.is === 'lost') view.remark('The bot is gone; waiting for it (Ctrl-D quits).')
  else if (event.is === 'failed' || event.is === 'ended') view.remark(`${event.what} ${event.hint}`)
  else if (event.is === 'joined' && !event.isFirst) view.remark('The bot is back.')
  else if (event.is === 'joined') {
    view.recent(messages())
    if (event.past.length === 0) view.remark('Say what should be done, or "help". /help is about this terminal.')
  }
}
