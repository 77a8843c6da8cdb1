import { catalogue, row } from '../../../core/kit/fault.ts'
import { fault as wrapFault } from '../../../core/kit/wrap.ts'

/** What Codex itself says no to; that it cannot be reached is `unreachable`. */
export const fault = catalogue({
  CODEX_REFUSED: row<{ method: string; why: string }>(
    (f) => `Codex refused "${f.method}": ${f.why}.`,
    () => 'Look at its terminal, and whether "codex --version" is one that "ao doctor" calls proven.',
    { mayPass: true },
  ),
})

/** Its app-server does not answer, or is not there. */
export const unreachable = (folder: string, why: string) =>
  wrapFault('AGENT_UNREACHABLE', { agent: 'codex', why: `${why}; see ${folder}/codex.log` })
