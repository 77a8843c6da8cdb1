import { covers, roleIn } from '../../core/access/authorise.ts'
import { fault as denied } from '../../core/access/faults.ts'
import { isFault } from '../../core/kit/fault.ts'
import type { Inbound } from '../contracts/inbound.ts'
import type { Account } from '../memory/people.ts'
import { parse } from '../understand/parse.ts'
import { nowhere } from '../understand/understand.ts'
import { cannot } from '../views/answers.ts'
import { codeCard, joinedCard, linkedCard, strangerCard, unlinkedCard, wrongCode } from '../views/notes.ts'
import type { Desk } from './desk.ts'
import type { Speaking } from './parts.ts'

/** Accounts that join a person, and part again. */
export const createLinking = (desk: Desk) => {
  const { people, accountsOf, now, show, answer, whisper, isPrivate } = desk
  const none = async (): Promise<null> => null

  /** A code is for one pair of eyes. */
  const giveCode = async (inbound: Inbound, person: string): Promise<void> => {
    const { id, place } = inbound
    const card = codeCard(id, await people.giveCode(person, { place, now: now() }))
    if (await isPrivate(inbound)) return show(place, card)
    if (await whisper(inbound, card)) return
    await people.takeBack(person)
    await show(place, cannot(id, 'Everybody could read the code here.', 'Say "link" to me in private, or in the console.'))
  }

  /** The accounts that are meant: all of one's own on a platform, or one by its name. */
  const meant = (said: string, person: string): readonly Account[] => {
    const colon = said.indexOf(':')
    if (colon !== -1) return [{ platform: said.slice(0, colon), account: said.slice(colon + 1) }]
    return accountsOf(person).filter((one) => one.platform === said && people.personOf(one) === person)
  }

  return {
    link: {
      needs: none,
      keep: async ({ code }: { readonly code: string | null }, { inbound, who }: Speaking): Promise<void> => {
        if (code === null) return giveCode(inbound, who.name)
        const { id, place, account } = inbound
        await answer(
          inbound,
          cannot(
            id,
            `${place.platform}:${account} is ${who.name}'s already.`,
            'A code is for an account that is not known yet: say it with that.',
          ),
        )
      },
    },
    unlink: {
      needs: none,
      keep: async ({ account: said }: { readonly account: string }, { inbound, who }: Speaking): Promise<void> => {
        const { id, place } = inbound
        const linked = meant(said, who.name).flatMap((one) => {
          const person = people.personOf(one)
          return person === null ? [] : [{ ...one, person }]
        })
        const [first] = linked
        if (!first)
          return answer(
            inbound,
            cannot(
              id,
              `No account that was joined by a code is ${said}.`,
              'What an admin has written under people in bot.config.yaml is changed there.',
            ),
          )
        if (first.person !== who.name && !covers(roleIn(who, '*'), 'admin'))
          throw denied('ACCESS_DENIED', {
            who: who.name,
            wish: 'unlink the account of somebody else',
            needs: 'admin',
            project: 'any project',
          })
        for (const one of linked) await people.unlink(one)
        await show(place, unlinkedCard(id, linked, first.person))
      },
    },
  }
}

/** Words of an account that nobody is known by: one may say who one is, and ask who one is not; no more. */
export const createStrangers = (desk: Desk) => {
  const { intents, people, whoIs, now, show, answer } = desk
  return {
    hear: async (inbound: Inbound): Promise<void> => {
      const { id, place, account, said } = inbound
      const from: Account = { platform: place.platform, account }
      if (said.how === 'edited' || said.how === 'deleted') return
      const reading = said.how === 'typed' ? parse(said.text, intents, nowhere) : null
      const code = reading?.isExact && reading.intent.name === 'link' ? reading.slots.code : undefined
      if (code === undefined) return answer(inbound, strangerCard(id, from, reading?.isExact === true && reading.intent.name === 'whoami'))
      const redeemed = await people.redeem(code, from, now())
      if (redeemed.is !== 'linked') return answer(inbound, wrongCode(id, redeemed.is))
      if (isNobody(inbound)) return people.unlink(from).then(() => answer(inbound, strangerCard(id, from, false))) // they have left since
      await show(place, linkedCard(id, redeemed.person))
      await show(redeemed.askedAt, joinedCard(id, from, redeemed.person))
    },
  }

  function isNobody(inbound: Inbound): boolean {
    try {
      whoIs(inbound)
      return false
    } catch (error) {
      if (isFault(error, 'PERSON_UNKNOWN')) return true
      throw error
    }
  }
}
