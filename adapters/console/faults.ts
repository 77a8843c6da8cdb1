import { catalogue, row } from '../../core/kit/fault.ts'

/** What can go wrong between a terminal and the bot. */
export const fault = catalogue({
  // ── the socket ──
  SOCKET_BUSY: row<{ path: string }>(
    (f) => `Another bot listens at ${f.path}.`,
    () => 'Talk to that one with "ao chat", or stop it before you start another.',
  ),
  SOCKET_BLOCKED: row<{ path: string }>(
    (f) => `${f.path} is there and is not a socket.`,
    (f) => `Move ${f.path} away; the bot puts its socket there.`,
  ),
  SOCKET_FAILED: row<{ path: string; problem: string }>(
    (f) => `The socket ${f.path} cannot be used: ${f.problem}.`,
    (f) => `Check that you own ${f.path} and its folder and may write there.`,
  ),
  SOCKET_FOLDER_UNSAFE: row<{ folder: string }>(
    (f) => `The folder ${f.folder} is not ours alone.`,
    (f) => `Remove ${f.folder}, or set TMPDIR to a folder of your own.`,
  ),
  SOCKET_PATH_LONG: row<{ path: string; limitBytes: number }>(
    (f) => `The socket path ${f.path} is longer than the ${f.limitBytes} bytes this system allows.`,
    () => 'Set TMPDIR to a folder with a shorter path.',
  ),

  // ── who speaks, and how ──
  BOT_GONE: row<{ path: string }>(
    (f) => `No bot listens at ${f.path}.`,
    () => 'Start it with "ao start".',
    { mayPass: true },
  ),
  VERSION_MISMATCH: row<{ terminal: number; bot: number }>(
    (f) => `This terminal speaks version ${f.terminal} of the console's language, the bot version ${f.bot}.`,
    () => 'Restart the bot and the terminal with the same "ao".',
  ),
  CALLER_IS_AGENT: row<{ pid: number }>(
    (f) => `Process ${f.pid} was started by an agent, and agents do not speak for people.`,
    () => 'Say it from your own terminal.',
  ),
  CALLER_UNKNOWN: row<{ pid: number }>(
    (f) => `It could not be found out who started process ${f.pid}.`,
    () => 'Say it again from your own terminal; if that does not help, look at the log with "ao doctor".',
  ),
  HELLO_MISSING: row<{ waitedMs: number }>(
    (f) => `Nothing was said for ${f.waitedMs} ms after connecting.`,
    () => 'Connect with "ao chat" or "ao say".',
  ),
  LINE_UNREADABLE: row<{ problem: string }>(
    (f) => `A line was not understood: ${f.problem}.`,
    () => 'Connect with "ao chat" or "ao say" of the same version as the bot.',
  ),
  LINE_TOO_LONG: row<{ limitBytes: number }>(
    (f) => `A line was longer than ${f.limitBytes} bytes.`,
    () => 'Put long text into a file and say where it is.',
  ),
  TEXT_TOO_LONG: row<{ chars: number; limitChars: number }>(
    (f) => `${f.chars} characters are too many for one message; ${f.limitChars} fit.`,
    () => 'Put long text into a file and say where it is.',
  ),
  TOO_MUCH: row<{ lines: number; windowMs: number }>(
    (f) => `More than ${f.lines} lines came within ${f.windowMs} ms.`,
    () => 'Say less at once: wait for an answer before you say the next thing.',
  ),
  READ_TOO_SLOWLY: row<{ waitingBytes: number }>(
    (f) => `This terminal did not read; ${f.waitingBytes} bytes were waiting for it.`,
    () => 'Let the terminal go on (Ctrl-Q); it connects again and catches up.',
    { mayPass: true },
  ),
  ROOM_FULL: row<{ limit: number }>(
    (f) => `${f.limit} terminals are connected, and there is no room for more.`,
    () => 'Close one that nobody uses.',
  ),
  NOT_TAKEN: row<{ problem: string }>(
    (f) => `The bot could not keep what you said: ${f.problem}.`,
    () => 'Say it again; nothing was done.',
    { mayPass: true },
  ),
  ANSWER_LATE: row<{ timeoutMs: number }>(
    (f) => `No full answer within ${f.timeoutMs} ms.`,
    () => 'Look at what became of it with "ao chat".',
    { mayPass: true },
  ),
})
