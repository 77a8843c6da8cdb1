import { describe, expect, test } from 'vitest'
import type { Slots } from '../../../bot/contracts/intent.ts'
import { readSchedule } from '../../../bot/understand/schedule.ts'
import { readDuration, readSince, readUntil } from '../../../bot/understand/times.ts'
import { type Token, tokenise } from '../../../bot/understand/tokens.ts'
import { corpusWorld, placeIn } from '../../../bot/understand/world.ts'

type Found = { readonly at: number; readonly slots: Slots }

/** What fills the blank when all of the words are it; null when they are none, or more than one. */
const whole = (text: string, read: (tokens: readonly Token[]) => readonly Found[]): Slots | null => {
  const tokens = tokenise(text)
  return read(tokens).find(({ at }) => at === tokens.length)?.slots ?? null
}
const durationOf = (text: string) => whole(text, (tokens) => readDuration(tokens, 0))?.for ?? null
const scheduleOf = (text: string) => whole(text, (tokens) => readSchedule(tokens, 0))?.schedule ?? null
const sinceOf = (text: string) => whole(text, (tokens) => readSince(tokens, 0))?.since ?? null
const untilOf = (text: string) =>
  whole(text, (tokens) =>
    readUntil(
      {
        text,
        tokens,
        context: placeIn(corpusWorld, 'channel'),
        bodyEnd: tokens.length,
        topics: new Map(),
        known: new Map(),
        effort: { left: 1_000 },
      },
      0,
    ),
  )?.until ?? null

describe('a duration', () => {
  test.each([
    ['2h', '2h'],
    ['90s', '90s'],
    ['90m', '90m'],
    ['30min', '30m'],
    ['45 mins', '45m'],
    ['90 minutes', '90m'],
    ['120 minutes', '2h'],
    ['an hour', '1h'],
    ['a week', '1w'],
    ['one day', '1d'],
    ['2 hrs', '2h'],
    ['3 DAYS', '3d'],
    ['24 hours', '1d'],
    ['36 hours', '36h'],
    ['7 days', '1w'],
    ['half an hour', '30m'],
    ['half hour', '30m'],
    ['a half hour', '30m'],
    ['a quarter of an hour', '15m'],
    ['quarter of an hour', '15m'],
    ['an hour and a half', '90m'],
    ['two and a half hours', '150m'],
    ['1 hour and a half hour', '90m'],
    ['1.5 hours', '90m'],
    ['0.5h', '30m'],
    ['1h30', '90m'],
    ['1h30m', '90m'],
    ['1h 30m', '90m'],
    ['1 hour and 30 minutes', '90m'],
    ['1 day 2 hours', '26h'],
    ['a couple of days', '2d'],
    ['couple of hours', '2h'],
    ['a few minutes', '3m'],
    ['few hours', '3h'],
    ['twenty minutes', '20m'],
    ['forty-five minutes', '45m'],
    ['the next 2 hours', '2h'],
    ['next hour', '1h'],
    ['the hour', '1h'],
  ])('%j is %s', (text, duration) => {
    expect(durationOf(text)).toBe(duration)
  })

  test.each([
    '',
    '2',
    'hours',
    '0m',
    '0 hours',
    '-2h',
    '2x',
    '2 parsecs',
    '4h 5h',
    '30m 1h',
    '1 hour and',
    'half a day',
    'a month',
    '123456h',
    '1,5 hours',
    'the',
    'next',
    'forever',
    'two',
    'a and a half',
  ])('%j is none', (text) => {
    expect(durationOf(text)).toBeNull()
  })
})

describe('a schedule', () => {
  test.each([
    ['every weekday at 9', '0 9 * * 1-5'],
    ['weekdays at 9:15', '15 9 * * 1-5'],
    ['every working day at 9', '0 9 * * 1-5'],
    ['workdays', '0 9 * * 1-5'],
    ['mon-fri at 8', '0 8 * * 1-5'],
    ['monday to friday', '0 9 * * 1-5'],
    ['monday through thursday at 10', '0 10 * * 1-4'],
    ['tue-thu at 10', '0 10 * * 2-4'],
    ['friday to monday', '0 9 * * 0,1,5,6'],
    ['monday to sunday', '0 9 * * *'],
    ['every day', '0 9 * * *'],
    ['daily', '0 9 * * *'],
    ['daily at noon', '0 12 * * *'],
    ['daily at midnight', '0 0 * * *'],
    ['every day at 17h', '0 17 * * *'],
    ['every day at 17h30', '30 17 * * *'],
    ['every day at 9.30', '30 9 * * *'],
    ['every day at 0930', '30 9 * * *'],
    ['every day at nine', '0 9 * * *'],
    ["every day at 9 o'clock", '0 9 * * *'],
    ['every day @ 9', '0 9 * * *'],
    ['every day at 5pm', '0 17 * * *'],
    ['every day at 5 pm', '0 17 * * *'],
    ['every day at 12am', '0 0 * * *'],
    ['every day at 12pm', '0 12 * * *'],
    ['every day at half past 8', '30 8 * * *'],
    ['every day at quarter to 9', '45 8 * * *'],
    ['every day at quarter past midnight', '15 0 * * *'],
    ['every day at quarter to midnight', '45 23 * * *'],
    ['every day at 8 in the evening', '0 20 * * *'],
    ['at 8 every morning', '0 8 * * *'],
    ['every morning', '0 9 * * *'],
    ['every morning at 8:30', '30 8 * * *'],
    ['each afternoon', '0 14 * * *'],
    ['every afternoon at 3', '0 15 * * *'],
    ['every evening', '0 18 * * *'],
    ['every evening at 6', '0 18 * * *'],
    ['every evening at 18:00', '0 18 * * *'],
    ['every night', '0 21 * * *'],
    ['every night at 11', '0 23 * * *'],
    ['every night at midnight', '0 0 * * *'],
    ['every night at 12', '0 0 * * *'],
    ['every night at 2', '0 2 * * *'],
    ['every night at 1am', '0 1 * * *'],
    ['every night at 0:30', '30 0 * * *'],
    ['mondays', '0 9 * * 1'],
    ['every monday morning', '0 9 * * 1'],
    ['on friday evenings', '0 18 * * 5'],
    ['mondays and thursdays at 17:30', '30 17 * * 1,4'],
    ['mon, wed and fri at 10', '0 10 * * 1,3,5'],
    ['weekly', '0 9 * * 1'],
    ['every week on friday', '0 9 * * 5'],
    ['weekends at 10', '0 10 * * 0,6'],
    ['every weekday and saturday at 10', '0 10 * * 1-6'],
    ['fridays and weekends', '0 9 * * 0,5,6'],
    ['hourly', '0 * * * *'],
    ['every hour', '0 * * * *'],
  ])('%j is %s', (text, schedule) => {
    expect(scheduleOf(text)).toBe(schedule)
  })

  test.each([
    '',
    'at 9',
    'every',
    'every 9',
    'every 2 hours',
    'every other day',
    'every second monday',
    'first monday of the month',
    'monthly',
    'twice a day',
    'every month',
    'every day at 24:00',
    'every day at 9:75',
    'every day at 13pm',
    'every day at 0pm',
    'every day at',
    'every monday at 25',
    'every monday at 9 and 5pm',
    'every morning and evening',
    'every weekday except friday',
    'every weekday hourly',
    'hourly at 9',
    'sometimes',
    'tomorrow at 9',
  ])('%j is none', (text) => {
    expect(scheduleOf(text)).toBeNull()
  })
})

describe('a stretch of time up to now', () => {
  test.each([
    ['today', 'today'],
    ['Yesterday', 'yesterday'],
    ['since yesterday', 'yesterday'],
    ['overnight', 'overnight'],
    ['over the weekend', 'weekend'],
    ['last week', 'last week'],
    ['the last week', 'last week'],
    ['this month', 'this month'],
    ['in the past month', 'past month'],
    ['this morning', 'this morning'],
    ['last night', 'last night'],
    ['last 2 days', '2d'],
    ['the last 36 hours', '36h'],
    ['in the last 24h', '1d'],
    ['last few days', '3d'],
    ['last hour', '1h'],
    ['past day', '1d'],
    ['36h', '36h'],
    ['2 days', '2d'],
    ['for 3 hours', '3h'],
    ['since monday', 'monday'],
    ['since last friday', 'last friday'],
  ])('%j is %j', (text, since) => {
    expect(sinceOf(text)).toBe(since)
  })

  test.each([
    '',
    'since',
    'the',
    'last',
    'last 3',
    'this 2 days',
    'next week',
    'the next 2 days',
    'next 2h',
    'monday',
    'week',
    'ever',
    '2',
  ])('%j is none', (text) => {
    expect(sinceOf(text)).toBeNull()
  })
})

describe('a moment to come', () => {
  test.each([
    ['tomorrow', 'tomorrow'],
    ['tomorrow 9am', 'tomorrow 9am'],
    ['Tomorrow  at 9', 'tomorrow at 9'],
    ['monday', 'monday'],
    ['next week', 'next week'],
    ['the end of the day', 'the end of the day'],
    ['tonight', 'tonight'],
    ['noon', 'noon'],
    ['17:30', '17:30'],
    ['5 pm', '5 pm'],
    ['8h', '8h'],
    ["9 o'clock", "9 o'clock"],
    ['this evening', 'this evening'],
  ])('%j is %j', (text, until) => {
    expect(untilOf(text)).toBe(until)
  })

  test('ends before the end of the sentence', () => {
    const text = 'tomorrow at 9 a.m., please'
    const tokens = tokenise(text)
    const said = {
      text,
      tokens,
      context: placeIn(corpusWorld, 'channel'),
      bodyEnd: tokens.length,
      topics: new Map(),
      known: new Map(),
      effort: { left: 9 },
    }
    expect(readUntil(said, 0)).toEqual([{ at: 4, slots: { until: 'tomorrow at 9 a.m' } }])
  })

  test.each(['', 'the', 'at', 'of the', 'tomorrow at', 'done', 'it is green', 'green', 'I say so', '"noon"', 'the next'])(
    '%j is none',
    (text) => {
      expect(untilOf(text)).toBeNull()
    },
  )
})

test('whatever stands before it, a time is found where it is looked for', () => {
  const tokens = tokenise('mute app-3 for 2 hours until monday')
  expect(readDuration(tokens, 3)).toEqual([{ at: 5, slots: { for: '2h' } }])
  for (const at of [0, 1, 2, 4, 5, 7, 99]) expect(readDuration(tokens, at), `${at}`).toEqual([])
})
