import type { Fact } from '../../../core/contracts/fact.ts'
import type { Input } from '../../../core/contracts/input.ts'
import type { Setting } from '../../../core/contracts/rules.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { decide } from '../../../core/session/decide.ts'
import { evolve, unborn } from '../../../core/session/evolve.ts'
import { wants } from '../../../core/session/wants.ts'
import { type Happening, id, t0 } from '../../fakes/spec.ts'
import type { Life } from './arbitrary.ts'

/** All facts of a random life, as its journal has them. What is refused makes none. */
export const factsOf = ({ beginning, steps }: Life, setting: Setting): readonly Fact[] => {
  let session = unborn(id)
  let at = t0
  const facts: Fact[] = []
  const take = (happening: Happening): void => {
    const made = decideOrRefuse(session, { at, ...happening } as Input, setting) // an input is a happening with its time
    facts.push(...made)
    session = made.reduce(evolve, session)
  }
  for (const happening of beginning) take(happening)
  for (const [{ does }, passedMs] of steps) {
    at += passedMs
    const happening = does(session, wants(session, setting), at)
    if (happening) take(happening)
  }
  return facts
}

const decideOrRefuse = (session: ReturnType<typeof unborn>, input: Input, setting: Setting): readonly Fact[] => {
  try {
    return decide(session, input, setting)
  } catch (error) {
    if (isFault(error)) return []
    throw error
  }
}
