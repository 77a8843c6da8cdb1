import type { Intent } from '../contracts/intent.ts'
import { answer } from './answer.ts'
import { approve } from './approve.ts'
import { cleanup } from './cleanup.ts'
import { clear } from './clear.ts'
import { diff } from './diff.ts'
import { help } from './help.ts'
import { logs } from './logs.ts'
import { merge } from './merge.ts'
import { pause } from './pause.ts'
import { projects } from './projects.ts'
import { queue } from './queue.ts'
import { reject } from './reject.ts'
import { resend } from './resend.ts'
import { restart } from './restart.ts'
import { restore } from './restore.ts'
import { resume } from './resume.ts'
import { retry } from './retry.ts'
import { screen } from './screen.ts'
import { show } from './show.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'
import { tell } from './tell.ts'
import { whoami } from './whoami.ts'
import { why } from './why.ts'

/** All the bot understands, in the order it is tried and in the order `help` lists it. */
export const intents: readonly Intent[] = [
  start,
  status,
  show,
  tell,
  answer,
  approve,
  merge,
  reject,
  logs,
  screen,
  diff,
  why,
  stop,
  pause,
  resume,
  restart,
  retry,
  restore,
  resend,
  queue,
  cleanup,
  clear,
  projects,
  whoami,
  help,
]
