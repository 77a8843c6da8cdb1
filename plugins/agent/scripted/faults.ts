import { catalogue, row } from '../../../core/kit/fault.ts'

/** What goes wrong with scripted agents. */
export const fault = catalogue({
  SCRIPT_UNREADABLE: row<{ path: string; why: string }>(
    (f) => `The script ${f.path} cannot be read: ${f.why}.`,
    () => 'Name a YAML file in "script" of the scripted agent in bot.config.yaml.',
  ),
  SCRIPT_INVALID: row<{ name: string; why: string }>(
    (f) => `A scripted agent cannot follow ${f.name}: ${f.why}.`,
    (f) => `Correct these steps in ${f.name}.`,
  ),
})
