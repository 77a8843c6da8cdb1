import { z } from 'zod'
import { definePlugin } from '../../core/contracts/plugins.ts'
import { quote } from '../../core/kit/shell.ts'

/** Opens nothing by itself: says the exact command that lets a person look in, ready to be pasted into a shell. */
export const attach = definePlugin({
  slot: 'terminal',
  name: 'attach',
  summary: 'Says the command that attaches to the terminal of a session.',
  options: z.strictObject({}),
  missing: async () => null,
  create: () => ({ open: async (_session, argv) => ({ says: quote(argv) }) }),
})
