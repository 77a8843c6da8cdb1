import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

/** Looks whether all that is needed is there. */
export const doctor: Intent = {
  name: 'doctor',
  summary: 'Looks whether all that is needed is there.',
  forms: [{ form: 'doctor', where: 'outside' }],
  phrases: [
    {
      form: '(run|call|start|do|execute|<show>|ask) [a] (doctor|health check|healthcheck|health-check|self check|self-check|self test|selftest|system check|diagnostics|checkup|check up|diagnosis)',
      where: 'outside',
    },
    { form: '(health|health check|healthcheck|diagnostics|self check|system check|system status|check health)', where: 'outside' },
    {
      form: '(is|are) (everything|all|setup|things|config|configuration|the bot|you|bot|installation|system|the system|all systems) [all] (ok|okay|fine|healthy|in order|set up|set up (right|correctly|properly)|configured [(right|correctly|properly)]|working [(right|correctly|properly|fine)]|alive|up|up and running|well|good)',
      where: 'outside',
    },
    {
      form: '(check|verify|test|diagnose|examine) [(your|the)] (health|setup|config|configuration|installation|system|tokens|environment|yourself|everything)',
      where: 'outside',
    },
    { form: 'are you (ok|okay|alive|healthy|there|up|working|alright)', where: 'outside' },
    { form: '(how healthy|how well) are you', where: 'outside' },
  ],
  takes: [],
  about: 'nothing',
  examples: [],
  role: 'admin',
  risk: 'read',
  means: () => notYet('a look from the chat', 'Run "ao doctor" in a terminal of that machine.'),
}
