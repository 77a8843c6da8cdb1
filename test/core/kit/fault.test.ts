import { expect, test } from 'vitest'
import { catalogue, explain, Fault, isFault, row } from '../../../core/kit/fault.ts'

const fault = catalogue({
  DISK_FULL: row<{ path: string }>(
    (f) => `No space for ${f.path}.`,
    (f) => `Free some space at ${f.path}.`,
    { mayPass: true },
  ),
  GONE: row<object>(
    () => 'It is gone.',
    () => 'Look elsewhere.',
  ),
})

test('a fault says what happened and what to do, with its facts in it', () => {
  const made = fault('DISK_FULL', { path: '/a' })
  expect(made).toBeInstanceOf(Error)
  expect(made).toMatchObject({
    name: 'Fault',
    code: 'DISK_FULL',
    message: 'No space for /a.',
    hint: 'Free some space at /a.',
    mayPass: true,
    facts: { path: '/a' },
  })
})

test('it does not pass by itself unless its row says so, and keeps its cause', () => {
  const cause = new Error('ENOENT')
  expect(fault('GONE', {}, { cause })).toMatchObject({ mayPass: false, cause })
})

test('its stack begins where it was thrown', () => {
  expect(fault('GONE', {}).stack).toMatch(/^Fault: It is gone\.\n.*fault\.test\.ts/s)
})

test('a catalogue lists its rows', () => {
  expect(Object.keys(fault.rows)).toEqual(['DISK_FULL', 'GONE'])
})

test.each([
  [fault('GONE', {}), undefined, true],
  [fault('GONE', {}), 'GONE', true],
  [fault('GONE', {}), 'DISK_FULL', false],
  [new Error('GONE'), undefined, false],
  [{ code: 'GONE', hint: 'x', message: 'y' }, 'GONE', false],
  [null, undefined, false],
])('%o is a fault of code %s: %s', (error, code, is) => {
  expect(isFault(error, code)).toBe(is)
})

test.each([
  [new Error('a'), 'a'],
  [new Error('a', { cause: new Error('b', { cause: 'c' }) }), 'a (b (c))'],
  [fault('GONE', {}, { cause: new Error('b') }), 'It is gone. (b)'],
  ['words', 'words'],
  [undefined, 'undefined'],
])('%o is explained as "%s"', (error, text) => {
  expect(explain(error)).toBe(text)
})

test('the class is the one that catalogues make', () => {
  expect(fault('GONE', {})).toBeInstanceOf(Fault)
})
