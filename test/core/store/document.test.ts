import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silent } from '../../../core/kit/log.ts'
import type { OpenFile } from '../../../core/store/disk.ts'
import { openOnDisk } from '../../../core/store/disk.ts'
import { openFileDocuments } from '../../../core/store/document.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'
import { documentsContract } from '../../contracts/documents.ts'
import { testFolder } from './folder.ts'
import { smallDisk } from './full-disk.ts'

type Notes = { lines: string[] }
const empty: Notes = { lines: [] }
const open = (folder: string, openFile: OpenFile = openOnDisk) => openFileDocuments({ folder, log: silent, open: openFile })

documentsContract('files', async () => open(await testFolder()))
documentsContract('memory', async () => openMemoryDocuments())

test('a change is on disk when update resolves, readable by its owner only, and nothing else is left in the folder', async () => {
  const folder = await testFolder()
  await (await open(folder).open('notes', empty)).update((value) => value.lines.push('a'))
  expect(JSON.parse(await readFile(join(folder, 'notes.json'), 'utf8'))).toEqual({ lines: ['a'] })
  expect(await readdir(folder)).toEqual(['notes.json'])
  expect((await stat(join(folder, 'notes.json'))).mode & 0o777).toBe(0o600)
  expect((await open(folder).open('notes', empty)).value).toEqual({ lines: ['a'] })
})

test('opening writes nothing', async () => {
  const folder = await testFolder()
  await open(folder).open('notes', empty)
  expect(await readdir(folder)).toEqual([])
})

test('many changes go with few writes: one under way and at most one more', async () => {
  const folder = await testFolder()
  let writes = 0
  const notes = await open(folder, (path, flags) => {
    writes += 1
    return openOnDisk(path, flags)
  }).open('notes', empty)
  const first = notes.update((value) => value.lines.push('0'))
  await expect.poll(() => writes).toBe(1)
  await Promise.all([first, ...Array.from({ length: 100 }, (_, at) => notes.update((value) => value.lines.push(String(at))))])
  expect(writes).toBe(2)
  expect(JSON.parse(await readFile(join(folder, 'notes.json'), 'utf8')).lines).toHaveLength(101)
})

test.each([
  ['no JSON', '{"lines": [', 'it is not JSON'],
  ['nothing', '', 'it is empty'],
  ['null', 'null', 'it holds nothing where an object belongs'],
  ['a list', '[]', 'it holds a list where an object belongs'],
])('a file that holds %s is told and left as it is; once mended it opens', async (_, text, reason) => {
  const folder = await testFolder()
  const path = join(folder, 'notes.json')
  await writeFile(path, text)
  const documents = open(folder)
  await expect(documents.open('notes', empty)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED', facts: { file: path, reason } })
  await documents.flush()
  expect(await readFile(path, 'utf8')).toBe(text)
  await writeFile(path, '{"lines": ["mended"]}')
  expect((await documents.open('notes', empty)).value.lines).toEqual(['mended'])
})

test('a full disk leaves the old file, keeps the change in memory, and flush writes it once there is room', async () => {
  const folder = await testFolder()
  const disk = smallDisk(40)
  const documents = open(folder, disk.open)
  const notes = await documents.open('notes', empty)
  await notes.update((value) => value.lines.push('a'))
  await expect(notes.update((value) => value.lines.push('b'.repeat(50)))).rejects.toMatchObject({ code: 'DOCUMENT_FULL', mayPass: true })
  expect(JSON.parse(await readFile(join(folder, 'notes.json'), 'utf8'))).toEqual({ lines: ['a'] })
  expect(await readdir(folder)).toEqual(['notes.json'])
  await expect(documents.flush()).rejects.toMatchObject({ code: 'DOCUMENT_FULL' })
  disk.freeBytes = 1000
  await documents.flush()
  expect(JSON.parse(await readFile(join(folder, 'notes.json'), 'utf8')).lines).toHaveLength(2)
})

test('flush waits for what is being written', async () => {
  const folder = await testFolder()
  const documents = open(folder)
  const notes = await documents.open('notes', empty)
  void notes.update((value) => value.lines.push('a'))
  await documents.flush()
  expect(await readdir(folder)).toEqual(['notes.json'])
})
