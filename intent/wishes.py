"""Patterns of direct wishes for silence in English, and of questions that want silence in any language.

Read by `intent.silence`. They vote and never decide, so that one which goes too far costs little.
"""

from typing import Final

_SEND = r"(?:te?xt|messag|messg|msg|sms|contact|e?-?mail|writ|send|sent|bother|harass|spam|bug|pester|annoy|solicit)"
ENGLISH: Final = (
    rf"\b(?:stop|stopp|quit|cease|discontinue|enough|no more|no further|refrain from)\b(?: \w+){{0,2}} {_SEND}",
    rf"\b(?:don'?t|do not|dnt|never|not to|rather (?:you|u) didn'?t)(?: \w+){{0,2}} {_SEND}\w*(?: \w+){{0,2}} "
    r"(?:me|us|this|here|again|ever|any ?more|agn|number|phone)\b",
    r"\b(?:don'?t|do not|never) (?:call|contact|solicit|text|txt|message) (?:again|any ?more|ever|me again|us again)\b"
    r"|\bnever again\b",
    r"(?<!had to )\b(?:take|remove|delete|scrub|strike|drop|pull|wipe|erase|purge|exclude|suppress|cross|knock) "
    r"(?:me|us|my|this|our|her|his|mum|him)\b(?: [\w'.]+){0,5} (?:off|out|from|lists?|num\w*|database|system|records?|"
    r"data|info\w*|contact|details|name|file|campaigns?|crm|phone|cell)\b",
    r"\bget (?:me|us|my|this|our|his|her)\b(?: \w+){0,3} (?:off|outt?a?)\b",
    r"\b(?:take|get|remove|delete|opt|unsubscribe|unsub) (?:me|us)\b(?: (?:off|out|please|pls|now))?[.! ]*$",
    r"\b(?:lose|forget|erase|delete|burn) (?:my|this|the|our|that) (?:number|#|contact|info|digits|phone|cell)",
    r"\boff (?:your|ur|this|the|that|whatever) (?:\w+ )?(?:list|system|database)\b|\bstr(?:uck|ike) from\b",
    r"\bleave (?:me|us|him|her)(?: \w+)? (?:alone|be|out of|in peace)\b|\blet me be\b|\bgo away\b|\bget lost\b",
    r"\b(?:piss|sod|bugger|naff|fuck|f\*+|eff|rack|nick|buzz|bog) off\b|\bjog on\b|\bon y(?:er|our) bike\b|\bkick rocks\b|"
    r"\bgive it a rest\b|\bknock it off\b|\bpack it in\b|^beat it\b|\bdo one[.! ]*$|\bgtfo\b|\bget lost\b"
    r"|\bgo bother\b|\bfinal warning\b|\blast warning\b",
    r"\bunsubscribe (?:me|us|please|now)\b|(?<!people )(?<!they )\bopt(?:ing|ed)? (?:me )?out\b"
    r"(?![ -](?:requests?|rates?|pages?|links?|lists?|words?|flow|replies|by text|per|handling|process)\b)"
    r"|(?<!our )\bdo not (?:call|contact|disturb)\b|\bDNC\b",
    r"\b(?:reported|reporting|forwarded) (?:you|u|this|as|to)\b|\bblock(?:ed|ing|in)?,? (?:you|u|and|this|list)\b"
    r"|^blocked\b|\b7726\b",
    r"\bTCPA\b|\bFTC\b|\bthe ICO\b|\bthe FCC\b|\bCFPB\b|\bsue you\b|\bi will sue\b|\blawsuit\b|\bthis is harass\w+"
    r"|\bcease and desist\b|\bdesist\b",
    r"\b(?:revoke|withdraw|withdrawn|do not|don'?t|did not|didn'?t|never|no)\b(?: \w+){0,2} consent",
    r"\b(?:didn'?t|did not|never|aint|ain'?t)(?: \w+)? (?:sign(?:ed)? up|subscribed?|opt(?:ed)? in|ask(?:ed)? (?:for"
    r"|to)|give(?: \w+){0,3} permission|gave)\b",
    r"\b(?:don'?t|do not|dont|doesn'?t|didn'?t|no longer) (?:want|need|wish|agree|ask|like)(?: (?:any|any more|more"
    r"|to (?:get|receive|be|have)|getting))* "
    r"(?:te?xt|call|message|msg|these|those|contact|receive|sms|advert|solicit|marketing)\w*",
    r"\b(?:told|asked|said|warned)(?: \w+){0,4} (?:already|before|twice|stop|not to|(?:\w+ )?times)\b|\bhow many times\b",
    r"\b(?:my|to my|call my|a) (?:lawyer|attorney)\b|\bconsent (?:withdrawn|revoked)\b|^reported\b|\bobject to the processing\b",
    r"^(?:spam|junk)[.! ]*$|\bno solicit\w+|\bthis is spam\b|\bdo not use (?:it|this)\b",
    r"^(?:just |please |now |and |so )*(?:lay off|back off|beat it|scram|shoo|clear off|push off|shove off|zip it|buzz off|"
    r"go to hell|get bent|take a hike|do one|sling your hook)\b[ ,]*\w*[.! ]*$",
    r"\b(?:what|which) (?:part|word) of (?:stop|no\b|\W)"
    r"|\b(?:second|third|fourth|fifth|last) (?:time|request) (?:asking|i|i'?ve|we)\b",
    r"\b(?:you'?re|stop|keep) harass\w+|\bharassment\b|\$ ?\d[\d,.]* (?:per|each|for each) (?:te?xt|message)\b"
    r"|\bsmall claims\b|\battorney general\b|\bfil(?:e|ing) a complaint\b|\bi'?ll sue\b|\bi will sue\b",
    r"\b(?:never|not|who|didn'?t)\b(?: \w+){0,2} (?:opted|signed) (?:me |us )?(?:in|up)\b",
    r"\b(?:when|why) (?:will|won'?t|don'?t|does|do) (?:you|this|these|they|it)(?: \w+)? stop[?!. ]*$"
    r"|\bmake (?:it|this|these|them) stop\b",
    r"\b(?:te?xt|message|write|contact) (?:me|us) (?:one more time|once more|again) and\b|\bno means no\b"
    r"|\bwho said (?:you|u) (?:could|can)\b"
    r"|\bnot (?:by|via|over) (?:te?xt|sms)\b|\bte?xts? (?:is|are|aren't|isn't)(?: not)? (?:ok|okay|welcome)\b"
    r"|\bbin (?:it|this|my)\b",
    r"\b(?:no|zero) (?:more )?(?:texts|txts|contact|messages|msgs)(?: (?:please|pls|ever|again|at all))?[.!]*$"
    r"|\bfrom now on\b.*\bquiet\b|\bsilence\b",
    # Of what is said sideways, what recurs: who asked before, who was never asked, what shall end.
    r"\b(?:these|them|the texts|the messages)(?: \w+){0,2} (?:to )?(?:stop|end)\b",
    r"(?<!\bi )(?<!\bwe )(?<!\bthey )\b(?:don'?t|do not|dnt|never|not)(?: (?:be|ever|please|keep))?"
    r" (?:te?xt\w*|messag\w*|msg|sms|contact|e-?mail|writ\w*|send\w*|dm\w*|follow(?:ing)? up|reach(?:ing)? out|approach)"
    r"(?: (?:any|these|those|this|that|it|them|again|me|us|anything|more|please|pls|to|by|phone))*[ ]*(?:[.!,;]|$)",
    r"\bno (?:more|further|future)\b(?: \w+){0,4} (?:follow[- ]?ups?|reminders?|ads|offers|approach\w*|correspondence|notices"
    r"|of (?:these|this|those|them))\b|\bno follow[- ]?ups?\b|\bnothing (?:further|more)\b(?: (?:please|from you))?[.! ]*$",
    r"(?<!\bwe )(?<!\bi )\b(?:not|never|don'?t|do not|stop|quit) (?:use|us(?:ing|in)|hitt?(?:ing?|in'?)?"
    r"|dial\w*)(?: \w+){0,2} (?:it|this|number|phone|line"
    r"|cell|info)\b",
    r"\b(?:asked|told|said|request\w*)\b(?: \w+){0,6} (?:to (?:stop|be (?:taken|removed|left|deleted))|(?:delete"
    r"|remove) (?:me|us))\b"
    r"|\bremoval request\b|\b(?:deletion|erasure) of my\b",
    r"\bopted out\b(?! by)|\bunsubscribed\b(?! from| by)(?= (?:twice|already|last|before))",
    r"\bwithout (?:my |our )?(?:consent|permission)\b|\bconsent\b(?: \S+){0,6} (?:withdrawn|revoked)\b|\bobject to\b(?: \w+){0,2} "
    r"marketing\b|\bwithout a lawful basis\b",
    r"\b(?:unsolicited|unwelcome|uninvited)\b|\bnot welcome\b|\bdid not invite\b|\bdidn'?t invite\b",
    r"\b(?:be|am|being) (?:left|kept) (?:off|out|alone)\b|\bleft off\b|\b(?:let|leave)\b(?: \w+){1,3} alone\b",
    r"\bnot (?:to )?be (?:contacted|texted|bothered|messaged|reminded|approached|solicited|chased|pitched)\b"
    r"|\b(?:rather|prefer|sooner)\b(?: that)? (?:you|u) (?:not|didn'?t|don'?t) (?:\w+ )?(?:text|write|message|contact|reach)\b",
    r"\bnot for (?:marketing|sales|solicit\w+|vendors|ads|business)\b",
    r"\b(?:cut|cross|scratch|strike|bump|kick|boot|clear|pull|leave) (?:me|us|my name)\b(?: \w+){0,3} (?:off|out|from|of)\b"
    r"|\b(?:unenroll|suppress|unlist|blacklist) (?:me|us|my|this)\b|\bname off\b",
    r"\b(?:delete|erase|wipe|rmv?) (?:it|this|me|us|that)\b(?: (?:now|please|pls|asap|today|lol))*[.! ]*$"
    r"|\b(?:delete|wipe|erase) (?:it|this) (?:now|asap)\b|\bbe(?:ing)? (?:muted|blocked)\b",
    r"\bmy (?:\w+ )?(?-i:STOP)\b|\b(?:ever|never) (?:to )?hear(?:ing)? from\b"
    r"|\btext (?:me|us) again\b.{0,30}(?:\$|lawyer|report|post|block)"
    r"|\b(?:one more|next|another) (?:text|message)\b.{0,40}\b(?:lawyer|attorney|report\w*|complain\w*|block\w*|court)\b",
    # What says sideways that it shall be the last one: an ending named, another to tell first, one word alone.
    r"\b(?:remove|unsubscribe) me\b(?! from the (?:meeting|invite|call|chain|cc|thread|guest))"
    r"|\b(?:be|get) (?:removed|unsubscribed|struck|taken off|let off|let out)\b"
    r"|\bprocess (?:my|an?|this) (?:removal|opt[- ]?out|unsubscribe)\b"
    r"|\b(?:spare|forget|skip|ghost|mute|drop|lose|block) me(?: (?:please|pls|already|now|for good|with these))?[.! ]*$",
    r"\bend of (?:the )?(?:sequence|cadence|road)\b"
    r"|\b(?:the|your|this|these) (?:cadence|sequence|drip|follow[- ]?ups?|texts|messages)"
    r" (?:ends?|stops?|can (?:end|stop|go)|ended) (?:here|now|today)\b|\bnow or ever\b|\bor ever again\b|\b(?:not|and) never[.! ]*$"
    r"|\bis the last (?:time|i want|i wish|of (?:it|them))\b|\b(?:bye|goodbye|farewell),? (?:forever|for good|for always)\b",
    r"\b(?:number|phone|line|cell)(?:'s| is)(?: \w+)? (?:for|reserved for) (?:my )?(?:family|friends|kids|grandkids|grandchildren"
    r"|emergencies)\b|\b(?:family|friends|emergencies) only\b|\bno[- ]call list\b|\bsuppression list\b|\bblacklist (?:me|us)\b",
    r"^(?:just |please |pls |oh my god |omg )?(?:hush|mute|shut up|stfu|bounce|begone|be gone|get gone|quiet|silence"
    r"|cut it(?: out)?|can (?:you|u) not"
    r"|could you not|enough(?: already)?|pls no|please no)(?: (?:now|please|pls|already|for good|fr))*[.!? ]*$",
    r"\b(?:already|still)(?: \w+){0,3} (?:stop|opted out|unsubscribed)\b|\b(?:replied|texted|sent|typed) (?-i:STOP)\b"
    r"|\b(?:you'?ve been|you were|i'?ve|i have) (?:told|warned)(?: you)?[.! ]*$|\bin (?:small claims )?court\b"
    r"|\bchang(?:e|ing) my number\b",
)

#: Questions that want silence for an answer, about the writer or not.
ASKING: Final = (
    r"\b(?:why|how come)(?: (?:are|r|do|am|is))?(?: (?:you|u|i|y'?all))? (?:still|keep)"
    r" (?:te?xt|messag|contact|writ|send|get|bother)\w*"
    r"|\bdo (?:you|u)(?: (?:people|guys|lot|folks))? (?:ever|never) (?:quit|stop|give up)\b"
    r"|\bwhen (?:does|will|is) (?:this|it|that)(?: (?:ever|going to|gonna|finally))* (?:end|stop|be over)\b"
    r"|\bhow (?:do|can) (?:i|we)(?: (?:ever|please))? (?:get (?:off|out of) (?:this|these|your|the list)"
    r"|stop (?:this|these|getting)|opt out|unsub\w*)",
    r"\bhasta cu[aá]ndo\b|\bc[oó]mo (?:hago|se hace|puedo) para (?:que (?:dejen|paren|no)|no recibir|dejar de|salir|darme)"
    r"|\bcu[aá]ndo (?:van a|piensan|vas a) (?:parar|dejar)",
    r"\bcomment (?:fait-on|faire|je fais|puis-je)(?: \S+){0,2} (?:ne plus|arr[eê]ter|se d[eé]s|me d[eé]s|sortir)"
    r"|\bquand (?:est-ce que|allez|vous|cela|[cç]a)(?: \S+){0,3} (?:arr[eê]t|cess)\w*"
    r"|\bcombien de fois (?:faut|dois)\w*|\b(?:me|nous) (?:sortir|enlever|retirer|[oô]ter) d",
    r"\bwie (?:komme|kann) ich(?: \S+){0,4} (?:raus|heraus|los|abmelden|abbestellen)\b|\bwann (?:h[oö]rt|ist)(?: \S+){0,2}"
    r" (?:auf|schluss|vorbei)\b|\bwie oft (?:soll|muss|denn)\b|\bk[oö]nnt\w* (?:sie|ihr) das(?: \S+){0,2} (?:unter)?lassen\b",
    r"\bcome (?:faccio|si fa) a (?:non|smettere|cancell|togli|disiscriv)\w*|\bcomo (?:fa[çc]o|saio)(?: \S+){0,2} "
    r"(?:parar|sair|n[aã]o receber)\b|\bhoe (?:kom|raak) ik(?: \S+){0,3} (?:van|vanaf|af|uit)\b|\bhoe kom ik hiervan\b"
    r"|\bjak (?:się|mogę się)(?: \S+){0,2} (?:wypis|wyrejestr)\w*",
)
