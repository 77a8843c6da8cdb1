/**
 * The words of the language, as data. What is here belongs to no intent: how people address the bot, are polite, speak of "it",
 * and put things off. Written in the language of the intents' forms.
 */

/** Synonyms that forms and phrases use as `<name>`. */
export const synonyms: Readonly<Record<string, string>> = {
  it: '(it|this|that|this one|that one|its|this (session|agent|thread|pr|change|branch|pull request|task)|session|agent|pr|pull request|change|yourself|itself)',
  agents: '(agents|sessions|tasks|bots|everyone|everybody|they|everything|all|workers|fleet)',
  show: '((can|could|may|might) (i|we) (see|have|get|look at)|let me (see|have|look at)|show|give|get|send|post|print|display|fetch|pull up|bring up|see|view|open|dump|read|i (want|need|would like|would love) [to see]|want to see|need|what (is|are)|tell) [me|us]',
  anything:
    '(anything|something|anyone|anybody|someone|somebody|everything|any [of] [the] (session|sessions|agent|agents|task|tasks|pr|prs|change|changes|one)|(which|what) [of] [the] (session|sessions|agent|agents|ones|one|task|tasks|prs|pr|changes)|what|who|which|some (session|sessions|agents))',
  mine: '(me|us|my (answer|input|attention|review|approval|decision|reply|response|help|ok|call|say)|[a] (human|person|decision|reviewer|review)|somebody|someone|people)',
  be: '(is|are|was|were|be|been|has|have|had|get|got|gets|getting|do|does|did)',
  checks:
    '([all|of|status|ci|github|required] (ci|checks|check|tests|test|builds|build|pipeline|pipelines|everything|all|it|its|they|this|jobs|actions|specs|lights|suite|test suite|that))',
  green:
    '((when|once|if|as soon as|after|provided|provided that|assuming|whenever|only (if|when|once)|when and if|but only (if|when|once)) [<checks>] [(is|are|has|have|goes|go|turns|turn|gets|get|becomes|become|comes back|come back|been|was|were|did) [all|gone|turned|finally|been|become]] [all] (green|pass|passes|passed|passing|succeed|succeeds|succeeded|successful|through|good|done passing)|on green|automatically when green)',
  method:
    '((with|using|by|via|as|through) [a] ({method:squash=squash|squashing|squash merge|squash and merge}|{method:rebase=rebase|rebasing|rebase merge|rebase and merge}|{method:merge=merge|merge commit|a merge commit}))',
  in: '((in|for|on|of|inside|within|at) [project] {project} [project|repo])',
  with: '([.] [(with|using|via|by|on)] [agent] {agent})',
  main: '((into|to|in|onto) (main|master|trunk|base|production|prod))',
  work: '(fix|start|do|take|pick up|grab|handle|tackle|solve|resolve|work on|start (on|with|work on|working on)|begin [with|on|work on|working on]|get (going|started|working|to work|cracking|on it) (on|with)|get (on|onto)|go (on with|for)|(have|take) a (go|shot|crack|stab|swing) at|look (at|into)|take care of|take on|take a look at|have a look at|deal with|address|implement|build|investigate|attack|sort out|knock out|finish|kick off|jump on|run [with]|process|tend to|attend to|crack on with|make a start on)',
  because: '(because|since|as|cause|cuz|bc|because of|reason)',
  refused: '(refused|denied|rejected|blocked|stopped|turned down|not allowed|forbidden|declined)',
  cost: '(cost|costs|spend|spending|expenses|bill|price|usage|token usage|tokens|token count|money|expense)',
  screen:
    '(screen|screenshot|screen shot|screencap|terminal|tmux|pane|tmux pane|tui|terminal screen|terminal window|snapshot|terminal screenshot|pic of [the] (terminal|screen)|screenshot of [the] (terminal|screen)|picture of [the] (terminal|screen)|(picture|photo|image|pic))',
  logs: '(logs|log|output|log output|terminal output|log lines|log file|logfile|printout)',
  diff: '(diff|changes|patch|code changes|changeset|changed files|code)',
  digest:
    '(digest|summary|daily summary|daily digest|morning digest|recap|daily report|overview of the day|report|roundup|standup|standup report)',
}

/** Before an order, in an exact command: it stays exact. */
export const courtesies: readonly string[] = [
  'please',
  'kindly',
  'hey',
  'hi',
  'hello',
  'yo',
  'ok',
  'okay',
  '(can|could|would|will) you',
  '(um|umm|ummm|uhm|uh|erm|hm|hmm|hmmm|well)',
  'ao',
  'bot',
]

/** Behind an order, in an exact command: it stays exact. */
export const thanks: readonly string[] = ['please', 'thanks', 'thank you', 'thx', 'ty', 'now', 'asap', 'right away', 'quickly', '.', '?']

/** What may stand before words that are guessed at. */
export const leads: readonly string[] = [
  ...courtesies,
  '.',
  '(alright|all right|right|so|well|now|then|and|also|actually|btw|by the way|oh|ah|sorry|sry|excuse me|[(quick|newbie|dumb|stupid|silly|noob|another|random|one|small)] question)',
  '(cool|great|nice|perfect|awesome|good|excellent|thanks|thank you|thx|ty|yes|yeah|yep|yup|sure|fine|done|super|wonderful|very good|good job|nice work|great work)',
  '[<it>] (lgtm|looks|look|sounds|seems) [very|really|all] [good|great|fine|ok|nice|perfect] [to me]',
  '(lgtm|approved|all good|looks fine|i am happy|i am happy with <it>|no objections|no objection)',
  'go [(ahead|and|ahead and)]',
  'feel free to',
  '(time|ready) to',
  '(lets|let us)',
  'just',
  'quickly',
  '(can|could|would|will) (you|someone|somebody|anyone|anybody) [please|kindly|maybe|perhaps|just|quickly]',
  '(i|we) (want|need|would like|would love|wish) [you|for you|someone|somebody] to',
  '(want|need) you to',
  '(i|we) would (be grateful|be glad|be happy|appreciate it|love it|like it) if you (could|would)',
  'it would be (nice|great|good|lovely|helpful) if you (could|would)',
  'you (can|may|could|should|might want to|have to|need to) [now|already]',
  '(do me a favor|do me a favour|be so kind) (and|to|as to)',
  'would you be so kind (and|to|as to)',
  '(good morning|morning|good evening|good afternoon|hello everyone|hi everyone|hi all|hey all|hi there|hey there|hey guys|dear bot)',
  '(next|first|after that|finally|one more thing|another thing|oh and|and then)',
  'i think you (should|can|could)',
]

/** What may stand behind words that are guessed at. */
export const tails: readonly string[] = [
  ...thanks,
  '(thank you|thanks) [very much|so much|a lot|in advance|again]',
  '(very much|so much|a lot|in advance)',
  '(right now|rn|asap|at once|right away|immediately|straight away|quickly|at the moment|at this moment|for the moment|for now|this minute|as soon as possible)',
  '(for|with) (me|us)',
  'when you (can|could|have (time|a sec|a second|a minute|a moment)|get (a chance|a sec|a second|a minute|a moment|time|to it))',
  'if you (can|could|do not mind|would|would not mind|may|have time|like|want)',
  '(if possible|if that is ok|if that is okay|if it is ok|if it is okay)',
  '(ok|okay|will you|would you|could you|can you|bot|ao|mate|buddy|man|dude|team|folks|guys|then|too|as well|here|again|again please|sir)',
  '(cheers|great|cool|awesome|will ya|would ya|wont you|mate)',
  '(no rush|no hurry|no worries|just (checking|curious|wondering|asking)|whenever [you (like|can|want)]|until (i say so|i say otherwise|further notice)|sorry)',
  '(thanks|thank you|thx) for {few}',
]

/** What may stand behind a question, besides. */
export const questionTails: readonly string[] = [
  '(yet|already|so far|until now|till now|up to now|today|currently|right|exactly|actually|btw|by the way|this time|anyway|overall|in total|these days|lately|recently|this far|till today|just now|a moment ago|earlier|last time|this morning|as of now|atm|now then|all together|altogether|in there|over there|going)',
]

/** Small words that may stand between others in what is guessed at. None of them can turn an order into its opposite. */
export const smallWords: ReadonlySet<string> = new Set(
  "the a an my our your please kindly just now currently quickly really simply still exactly also then me us 's whole entire".split(' '),
)

/** Words in a task or a review that say it is not meant: put off, on a condition that only people can judge, taken back, or told of somebody. */
export const notMeant =
  /(?:\b(?:some ?day|one day|sometime|at some point|eventually|later(?: on)?|tomorrow|tmrw|tonight|next (?:week|month|sprint|quarter|year|time)|after (?:lunch|work|the (?:release|demo|meeting|lunch|weekend))|one of these days|in the future|myself|ourselves|never ?mind|nvm|just kidding|jk|not (?:yet|now|today)|or not|maybe|perhaps|forget (?:it|that)|leave (?:it|that)|scratch that|no need|do(?: not|n.?t)(?: bother)?|at (?:\d{1,2}(?::\d\d)?(?: ?[ap]m)?|noon|midnight))[\s.!?…]*$)|\bif (?:i|we|you|he|she|they|nobody|no ?one|someone|somebody|anyone|anybody|everyone|everybody|@?\w+ (?:agrees|approves|says|wants|is ok|is fine|allows|confirms))\b|\b(?:when|once|until|till|as soon as|before|after|unless) (?:i|we|you|he|she|they)\b(?:.?(?:m|re|ve|ll)\b)?|\bunless\b|\b(?:oh )?wait\b|\bactually (?:no|not|do|leave|never|forget)|\b(?:they|he|she|we|i|someone|bob) (?:said|says|told|wrote|asked|thinks?)\b|\bsaid (?:to|that)\b|[.…,;–—-]\s*(?:no|nope|nah)\b/i

/** What cannot stand behind a verb that says what is to be done: then it was no verb, or no task. */
export const noObjects: ReadonlySet<string> = new Set(
  `it this that them these those . ? please now did do does is was were are has have had will would should could can may might must for works worked
  working looks seems needs need goes went got gets came comes me you your yourself him her us himself herself myself yourselves of by yet
  and or but not no then so too there here later tomorrow confirmed incoming pending needed deployed merged released shipped found
  wanted required done ready`.split(/\s+/),
)

/** What no reason contains: words that take the order back or turn it into another. */
export const noReason = /\b(?:but|wait|actually|never ?mind|nvm|instead|unless|scratch that|kidding|jk|lol)\b|@/i

/** What no remark behind an order contains: all that, and conditions, negations, plans and further orders. */
export const noRemark =
  /^(?:please|pls|then|and|or|but|also|use|try|do|run|let|make|add|write|keep|start|go|just|so|which|who|that|like|said|too|ok|okay|right|yes|yeah|nah|nope|done|this time|next time|with|without|over my|in your)\b|\b(?:sorry|oops|wrong|otherwise|else|no|not|n.t|dont|cant|wont|never|but|unless|if|when|once|until|till|wait|actually|instead|except|only|or|maybe|perhaps|later|tomorrow|tonight|after|before|soon|jk|lol|haha|kidding|said|says|told|wrote|asked|right\?|should|would|could|might|never ?mind|nvm|forget|scratch)\b|n['’]t\b|\?\s*$/i

/** What stands between a verb and what it is about. */
export const prepositions: ReadonlySet<string> = new Set(['on', 'at', 'into', 'in', 'of', 'with', 'to', 'over', 'care', 'up'])

/** What no statement before an order contains: what is told of others, supposed, denied or asked. */
export const noStatement =
  /\b(?:not|never|no|but|unless|if|when|once|until|till|wait|actually|instead|except|maybe|perhaps|later|said|says|told|wrote|asked|wants?|thinks?|should|would|could|might|imagine|who|whether|example|as soon|after|before|e\.g|dont|dnt|cant|cannot|wont|isnt|didnt|doesnt|nobody|blocked)\b|n['’]t\b|[?"“”@>]/i

/** What a task can begin with when it is said as a sentence. */
export const jobWords: ReadonlySet<string> = new Set(
  `fix add implement write create build refactor rename remove delete update upgrade bump migrate convert replace extract split improve
  optimize optimise speed reduce increase document investigate debug diagnose support handle introduce integrate configure port rewrite
  redesign simplify polish translate test cover validate prevent enable disable hide repair correct solve resolve change adjust tweak swap
  cache paginate lint format generate deprecate adapt extend restrict limit sanitize sanitise escape render style align center centre wire
  hook expose rework restructure modernize modernise harden secure localize localise internationalize scaffold prototype benchmark profile
  analyze analyse audit clarify consolidate deduplicate design develop drop eliminate ensure finish make move parse patch prepare
  provide put rearrange redo reorganize reorganise research set setup shorten sort speedup stub tidy unify unskip upload verify wrap
  work look figure deal refine reformat rebase rollback revert`.split(/\s+/),
)

/** Thanks, a nod, a greeting: said to be polite, not to be done. */
export const nods: readonly string[] = [
  '(thanks|thank you|thank|thx|ty|tysm|tyvm|thankyou|cheers|merci|danke|gracias|danke dir|kudos|appreciated|much appreciated)',
  '(nice|great|cool|awesome|amazing|perfect|excellent|brilliant|sweet|wow|fantastic|wonderful|super|superb|neat|lovely|beautiful|impressive|incredible|good|very good|love it|love this|nice one|good one|great one|good stuff|great stuff|solid|dope|sick|lit|yay|woohoo|woo|hooray|bravo|congrats|congratulations|legend|epic|magic|chapeau)',
  '(good|great|nice|excellent|amazing|awesome|fantastic|solid|impressive|brilliant|fine|super) (job|work|stuff|catch|one|going|thinking|find|idea|news|to hear|to know)',
  'well (done|played)',
  '(thanks|thank you|thx|ty) for {few}',
  '(this|that|it) (is|was) (excellent|great|good|awesome|amazing|fantastic|brilliant|perfect|nice|superb|outstanding|impressive) [(work|job|stuff|news)]',
  '(lol|lmao|lmfao|rofl|haha|hahaha|hah|heh|hehe|lolz|xd|omg|whoa|ooh|oh|ah|aha|hm|hmm|huh|hmmm|oof|ugh|phew|yikes|meh|ha)',
  '(lol ok|np|no problem|no worries|all good|cool cool)',
  '(good (morning|afternoon|evening|night)|gm|gn|morning|hi|hello|hey|bye|goodbye|see you|see ya|cya|brb|welcome|welcome back|have a (nice|good|great) (weekend|day|evening|one|night))',
  '(you|that|this|it) (rock|rocks|are (the best|great|awesome|amazing|a star|a legend|a lifesaver|the man)|was (great|quick|fast|awesome|impressive)|is (great|awesome|amazing|perfect|nice|cool|impressive|so cool|so good|lovely|beautiful|fantastic))',
]

/** Agreement: in a channel a nod like any other, in a thread something for its agent. */
export const agreements: readonly string[] = [
  '(ok|okay|k|kk|alright|all right|got it|gotcha|understood|noted|i see|makes sense|fair enough|right|sounds good|sounds great|roger|roger that|ack|copy that|will do|interesting|true|indeed|agreed|same|good to know)',
]

/** What may stand among nods. */
export const noise: readonly string[] = [
  '(.|?|so much|very much|a lot|a ton|a bunch|a million|again|bot|ao|all|everyone|everybody|team|guys|folks|man|dude|mate|buddy|there|to (all|everyone|everybody|you)|you|u|very|really|so|that|this|then|indeed|as always|as usual|one|of you|much)',
  'for (that|this|it|everything|the help|your help|help|the update|your patience|the info|the quick (fix|reply|response|answer)|your work|letting me know|telling me|doing this|doing that|looking|checking|all your help|all the help)',
]
