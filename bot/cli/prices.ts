import { readFileSync } from 'node:fs'
import type { PriceList } from '../../core/kit/prices.ts'

/** The list of prices that comes with the program, with its sources and its date; beside the pages, because people read it, too. */
export const listedPrices = (): PriceList =>
  JSON.parse(
    readFileSync(new URL(`${import.meta.url.endsWith('.ts') ? '../..' : '../../..'}/docs/prices.json`, import.meta.url), 'utf8'),
  ) as PriceList // a test looks at every line of it
