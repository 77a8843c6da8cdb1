import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isFault } from '../../../core/kit/fault.ts'
import { silent } from '../../../core/kit/log.ts'
import { openFileJournal } from '../../../core/store/journal.ts'

/* Run by journal.test.ts on a disk of 64 KiB: fills it with appends and prints what became of them. */
const [folder = ''] = process.argv.slice(2)
const journal = openFileJournal<string>({ folder, version: 1, upcast: String, log: silent })
await writeFile(join(folder, 'ballast'), Buffer.alloc(16 * 1024))
const batch = ['a', 'b', 'c'].map((letter) => letter.repeat(1000))
let kept = 0
let code: string | null = null
for (let round = 0; round < 100 && code === null; round += 1) {
  await journal.append('app-1', batch, kept).then(
    () => {
      kept += batch.length
    },
    (error: unknown) => {
      code = isFault(error) ? error.code : String(error)
    },
  )
}
const isWhole = kept > 0 && (await journal.read('app-1')).length === kept
await rm(join(folder, 'ballast'))
await journal.append('app-1', batch, kept)
process.stdout.write(JSON.stringify({ code, isWhole, goesOn: (await journal.read('app-1')).length === kept + batch.length }))
