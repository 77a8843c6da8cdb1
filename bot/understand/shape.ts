import { z } from 'zod'
import { type Intent, type Slots, slotTypes } from '../contracts/intent.ts'

const shapes = new WeakMap<Intent, z.ZodType<Slots>>()

/** The shape that the slots of an intent must have, whoever filled them: words, a button or a language model. */
export const shapeOf = (intent: Intent): z.ZodType<Slots> => {
  const known = shapes.get(intent)
  if (known) return known
  // Every name it takes is a name of `slotTypes`, and all of them may be left out.
  const shape = z.strictObject(Object.fromEntries(intent.takes.map((name) => [name, slotTypes()[name]]))).partial() as z.ZodType<Slots>
  shapes.set(intent, shape)
  return shape
}
