import { expect, test } from 'vitest'
import { codeMs, createPeople, emptyPeople } from '../../../bot/memory/people.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'
import { channel } from '../chat.ts'

const phone = { platform: 'other', account: '7' }
const open = async (documents = openMemoryDocuments()) => {
  const document = await documents.open('people', emptyPeople())
  return { people: createPeople(document), document, documents }
}

test('a code has eight letters and digits, none that looks like another, and some of both', async () => {
  const { people } = await open()
  const codes = new Set<string>()
  for (let count = 0; count < 300; count += 1) codes.add(await people.giveCode('ada', { place: channel, now: 0 }))
  expect(codes.size).toBe(300)
  for (const code of codes) expect(code).toMatch(/^(?=.*\d)(?=.*[A-Z])[A-HJKMNP-Z2-9]{8}$/)
})

test('only its hash is kept', async () => {
  const { people, document } = await open()
  const code = await people.giveCode('ada', { place: channel, now: 0 })
  expect(JSON.stringify(document.value)).not.toContain(code)
})

test('it joins one account to whoever asked, once, after a restart as well', async () => {
  const { people, documents } = await open()
  const code = await people.giveCode('ada', { place: channel, now: 0 })
  const again = (await open(documents)).people
  expect(await again.redeem(code, phone, codeMs)).toEqual({ is: 'linked', person: 'ada', askedAt: channel })
  expect([again.personOf(phone), again.links()]).toEqual(['ada', [{ ...phone, person: 'ada' }]])
  expect(await again.redeem(code, { ...phone, account: '8' }, 1)).toEqual({ is: 'wrong' })
  await again.unlink(phone)
  expect([again.personOf(phone), again.links()]).toEqual([null, []])
})

test('it is good for ten minutes, until the next one, or until it is taken back', async () => {
  const { people } = await open()
  const old = await people.giveCode('ada', { place: channel, now: 0 })
  expect(await people.redeem(old, phone, codeMs + 1)).toEqual({ is: 'wrong' })
  const first = await people.giveCode('ada', { place: channel, now: codeMs })
  const second = await people.giveCode('ada', { place: channel, now: codeMs })
  expect(await people.redeem(first, phone, codeMs)).toEqual({ is: 'wrong' })
  await people.takeBack('ada')
  expect(await people.redeem(second, phone, codeMs)).toEqual({ is: 'wrong' })
})

test('after five wrong ones an account is not listened to for ten minutes; others are', async () => {
  const { people } = await open()
  const code = await people.giveCode('ada', { place: channel, now: 100 })
  for (let now = 0; now < 5; now += 1) expect(await people.redeem('ABCDEFG2', phone, now)).toEqual({ is: 'wrong' })
  expect(await people.redeem(code, phone, 100)).toEqual({ is: 'too often' })
  expect(await people.redeem(code, { ...phone, account: '8' }, 100)).toMatchObject({ is: 'linked' })
  expect(await people.redeem('ABCDEFG2', phone, codeMs + 5)).toEqual({ is: 'wrong' })
})
