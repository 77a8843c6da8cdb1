import type { Effect } from '../contracts/effect.ts'
import type { Machine } from '../contracts/engine.ts'
import type { Fact } from '../contracts/fact.ts'
import type { Input } from '../contracts/input.ts'
import type { Setting } from '../contracts/rules.ts'
import type { Session } from '../contracts/session.ts'
import { decide } from './decide.ts'
import { due } from './due.ts'
import { evolve, unborn } from './evolve.ts'
import { wants } from './wants.ts'

/** The life of one session as a machine. `settingOf` gives the settings of its project and agent as they are now. */
export const sessionMachine = (settingOf: (session: Session) => Setting): Machine<Session, Input, Fact, Effect> => ({
  unborn,
  decide: (session, input) =>
    decide(session, input, settingOf('seen' in input && input.seen.kind === 'requested' ? { ...session, ...input.seen.request } : session)),
  evolve,
  wants: (session) => wants(session, settingOf(session)),
  due: (session, after) => due(session, settingOf(session), after),
  isOver: (session) => session.phase === 'ended',
  keyOf: ({ since, do: name, subject }) => [since, name, ...(subject === null ? [] : [subject])].join('/'),
})
