import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

/** Lends a right to somebody for a while. */
export const delegate: Intent = {
  name: 'delegate',
  summary: 'Lends a right to somebody for a while.',
  forms: [
    'delegate {person} {what} [in] {project} [for] {duration}',
    'delegate to {person} {what} [in] {project} [for] {duration}',
    'delegate {what} [in] {project} to {person} [for] {duration}',
    'delegate {what} [in] {project} [for] {duration} to {person}',
  ],
  phrases: [
    '(let|allow) {person} [to] {what} [(in|on|for)] [project] {project} [project] [for] {duration}',
    '(delegate|give|grant|lend|hand) [over] {what} [(right|rights|permission|permissions|access)] [(in|on|for|of)] [project] {project} to {person} [for] {duration}',
    '(delegate|give|grant|lend) {person} [right|rights|permission|permissions] [to] {what} [(right|rights|permission|permissions|access)] [(in|on|for)] [project] {project} [project] [for] {duration}',
    '(delegate|give|grant) [for] {duration} {what} [(in|on|for)] {project} to {person}',
    '{person} (may|can|is allowed to) {what} [(in|on|for)] [project] {project} [for] {duration}',
    'for {duration} {person} (may|can) {what} [(in|on|for)] {project}',
    '(delegate|give|grant|lend) {what} [right|rights] to {person} [(in|on|for)] {project} [for] {duration}',
  ],
  takes: ['to', 'what', 'project', 'for'],
  about: 'nothing',
  examples: [],
  role: 'admin',
  risk: 'change',
  means: ({ to, what, project }) =>
    notYet(`lending "${what}" in ${project} to ${to}`, 'An admin can change roles under people in bot.config.yaml.'),
}
