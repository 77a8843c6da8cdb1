import type { Intent } from '../contracts/intent.ts'

const one = '(i|you|we|one|someone|somebody|people|u|a person)'

/** Says what I understand; about one thing, in all its forms. */
export const help: Intent = {
  name: 'help',
  summary: 'Says what I understand; about one thing, in all its forms.',
  forms: [{ form: 'help [{about}]', where: 'outside' }, { form: 'help', where: 'thread' }, '(commands|what can you do)'],
  phrases: [
    { form: `(how|where) (do|can|does|should|would|could|must|may|did) ${one} {topic} [{rest}]`, where: 'outside' },
    { form: `[(explain|<show>|tell me|teach me|know|i want to know|do you know)] how to {topic} [{rest}]`, where: 'outside' },
    { form: `(explain|<show>|tell me|i want to know|do you know) how ${one} [can|could|should] {topic} [{rest}]`, where: 'outside' },
    { form: `how (do|can|does|should|would|could|to) [${one}] {topicwithin}`, where: 'outside' },
    { form: '[(explain|tell me|<show>)] how (does|do|is) {topic} [(work|works|used|done|working|functions|function)]', where: 'outside' },
    { form: 'how {topic} works', where: 'outside' },
    { form: 'how (does|do) {topic} (work|function)', where: 'outside' },
    { form: '(what|which) (is|does|are) {topic} [(do|mean|for|command|doing|about|good for)]', where: 'outside' },
    { form: 'what is [the] command (for|to) {topic} [{rest}]', where: 'outside' },
    { form: `what (happens|will happen|would happen) (if|when|after|once) ${one} {topic} [{rest}]`, where: 'outside' },
    {
      form: '(explain|help (with|me with|on|about|me to|me)|tell me about|info (on|about)|docs (on|for)|usage of|manual for) {topic} [(to me|command)]',
      where: 'outside',
    },
    { form: '(can|could|would) you help [me]', where: 'outside' },
    {
      form: `(can|could) ${one} {topic} [(from here|in here|with you|with the bot|from chat|from slack|from telegram|from discord)]`,
      where: 'outside',
    },
    {
      form: `(what|which) (can|do|could) (i|you|we|one) (say|do|ask|type|tell you|understand|write|use|command|know|offer) [here]`,
      where: 'outside',
    },
    {
      form: '(what|which) (commands|things|words|orders) (are there|do you (know|understand|have|support)|can i (use|say|give|type)|exist|are available|work)',
      where: 'outside',
    },
    { form: '<show> [all] [available] (commands|help|options|command list|list of commands|manual|possibilities)', where: 'outside' },
    { form: '(i need|i want|need|want|<show>) [some] help', where: 'outside' },
    { form: '(i am|we are) (lost|new here|confused|clueless)', where: 'outside' },
    {
      form: '(how does this work|how do you work|what are you|who are you|how does (it|the bot|this bot|this thing) work|what is this [bot]|how to use (you|this)|how do i use (you|this)|how can you help [me])',
      where: 'outside',
    },
    { form: '[(i am|we are) (lost|stuck|confused|new here)] help [me] [out]', where: 'outside' },
    { form: `how (do|can|does|should|would) ${one} {topic} [(<it>|a session|an agent|a change|a pr|a task|sessions)]`, where: 'thread' },
    { form: '(list|all|available) commands', where: 'outside' },
  ],
  takes: ['about'],
  about: 'nothing',
  examples: [
    { say: 'help', means: { question: { name: 'help', topic: null } } },
    { say: 'help merge', means: { question: { name: 'help', topic: 'merge' } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: ({ about }) => ({ question: { name: 'help', topic: about ?? null } }),
}
