import { createInterface } from 'node:readline'
import { isFault } from '../../../core/kit/fault.ts'
import { lockFolder } from '../../../core/store/lock.ts'

/* Run by lock.test.ts: for each folder on standard input it tries for the lock once, and says how it went. */
process.stdout.write('ready\n')
for await (const folder of createInterface({ input: process.stdin })) {
  const answer = await lockFolder(folder, { purpose: 'contender' }).then(
    () => 'got it',
    (error: unknown) => (isFault(error) ? error.code : String(error)),
  )
  process.stdout.write(`${answer}\n`)
}
