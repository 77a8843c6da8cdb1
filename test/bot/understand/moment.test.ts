import { describe, expect, test } from 'vitest'
import { momentOf } from '../../../bot/understand/moment.ts'

/** A Monday, a quarter past ten. */
const now = new Date(2026, 0, 5, 10, 15).getTime()
const at = (day: number, hour: number, minute = 0): number => new Date(2026, 0, day, hour, minute).getTime()

describe('a moment to come', () => {
  test.each<[string, number]>([
    ['tomorrow 9am', at(6, 9)],
    ['tomorrow', at(6, 9)],
    ['tomorrow at 9:30', at(6, 9, 30)],
    ['tomorrow evening', at(6, 18)],
    ['18:00', at(5, 18)],
    ['6pm', at(5, 18)],
    ['6 pm', at(5, 18)],
    ['12am', at(6, 0)],
    ['12pm', at(5, 12)],
    ['9am', at(6, 9)],
    ['18h', at(5, 18)],
    ['9', at(5, 21)],
    ['11', at(5, 11)],
    ["5 o'clock", at(5, 17)],
    ['noon', at(5, 12)],
    ['tonight', at(5, 20)],
    ['midnight', at(6, 0)],
    ['friday', at(9, 9)],
    ['friday 17:00', at(9, 17)],
    ['monday', at(12, 9)],
    ['next week', at(12, 9)],
    ['end of day', at(5, 18)],
    ['the end of the day', at(5, 18)],
    ['end of the week', at(9, 18)],
  ])('%j', (words, moment) => {
    expect(new Date(momentOf(words, now) ?? 0)).toEqual(new Date(moment))
  })

  test.each(['', 'later', 'the end', 'next', 'bob is back', '25:00', '13pm', '0am', '9:75', 'tomorrow maybe', '99'])(
    '%j names none',
    (words) => {
      expect(momentOf(words, now)).toBeNull()
    },
  )

  test('is always to come', () => {
    for (let hour = 0; hour < 24; hour += 1)
      for (const words of ['9', '9am', '23:59', 'noon', 'midnight', 'tomorrow', 'monday', 'end of day'])
        expect(momentOf(words, at(5, hour, 30)), `${words} at ${hour}:30`).toBeGreaterThan(at(5, hour, 30))
  })
})
