import type { Intent } from '../contracts/intent.ts'
import { adopt } from './adopt.ts'
import { answer } from './answer.ts'
import { approve } from './approve.ts'
import { audit } from './audit.ts'
import { claim } from './claim.ts'
import { cleanup } from './cleanup.ts'
import { clear } from './clear.ts'
import { cost } from './cost.ts'
import { delegate } from './delegate.ts'
import { diff } from './diff.ts'
import { digest } from './digest.ts'
import { digests } from './digests.ts'
import { doctor } from './doctor.ts'
import { follow } from './follow.ts'
import { help } from './help.ts'
import { here } from './here.ts'
import { interrupt } from './interrupt.ts'
import { issue } from './issue.ts'
import { link } from './link.ts'
import { logs } from './logs.ts'
import { merge } from './merge.ts'
import { move } from './move.ts'
import { mute } from './mute.ts'
import { pause } from './pause.ts'
import { projects } from './projects.ts'
import { queue } from './queue.ts'
import { reject } from './reject.ts'
import { resend } from './resend.ts'
import { restart } from './restart.ts'
import { restore } from './restore.ts'
import { resume } from './resume.ts'
import { retry } from './retry.ts'
import { revert } from './revert.ts'
import { screen } from './screen.ts'
import { seen } from './seen.ts'
import { show } from './show.ts'
import { snooze } from './snooze.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'
import { take } from './take.ts'
import { tell } from './tell.ts'
import { unfollow } from './unfollow.ts'
import { unlink } from './unlink.ts'
import { unmute } from './unmute.ts'
import { use } from './use.ts'
import { who } from './who.ts'
import { whoami } from './whoami.ts'
import { why } from './why.ts'

/** All the bot understands, in the order it is tried and in the order `help` lists it. */
export const intents: readonly Intent[] = [
  start,
  answer,
  status,
  show,
  tell,
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
  interrupt,
  restart,
  retry,
  restore,
  revert,
  resend,
  queue,
  cleanup,
  clear,
  issue,
  projects,
  use,
  who,
  whoami,
  digest,
  digests,
  cost,
  mute,
  unmute,
  follow,
  unfollow,
  move,
  here,
  claim,
  adopt,
  seen,
  snooze,
  take,
  link,
  unlink,
  delegate,
  audit,
  doctor,
  help,
]
