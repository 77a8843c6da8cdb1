import { isFault } from '../../../core/kit/fault.ts'
import { processRow } from '../../../core/kit/tree.ts'
import type { Client } from './client.ts'
import { type Pane, paneFormat, readPanes } from './read.ts'

/**
 * All panes of the server, or null when none runs; one child process, two at the most.
 *
 * tmux 3.3a misses the end of a process now and then (16 of 120 tried): the pane is dead, its process a zombie, and neither exit
 * code nor hook comes until some other process ends. A SIGCHLD of ours makes the server look again. A pane that has
 * closed while its process goes on is alive.
 */
export const listPanes = async (client: Client): Promise<readonly Pane[] | null> => {
  const panes = await ask(client)
  const unsettled = panes?.filter(isUnsettled) ?? []
  if (unsettled.length === 0) return panes
  const rows = await Promise.all(unsettled.map(({ pid }) => processRow(pid)))
  for (const server of new Set(rows.flatMap((row) => (row?.isZombie ? [row.parent] : [])))) process.kill(server, 'SIGCHLD')
  const again = await ask(client)
  return again === null ? null : Promise.all(again.map(settle))
}

const isUnsettled = ({ run, picture }: Pane): boolean => run !== null && !picture.alive && picture.code === null && picture.signal === null

const settle = async (pane: Pane): Promise<Pane> =>
  isUnsettled(pane) && (await processRow(pane.pid)) !== null
    ? { ...pane, picture: { alive: true, pid: pane.pid, activeAt: pane.activeAt, title: pane.title } }
    : pane

const ask = async (client: Client): Promise<readonly Pane[] | null> => {
  try {
    const text = await client.call(['list-panes', '-a', '-F', paneFormat])
    return text === null ? null : readPanes(text)
  } catch (error) {
    // How 3.3a says that there is a server and no session.
    if (isFault(error, 'TMUX_FAILED') && error.facts.says === 'no current target') return []
    throw error
  }
}
