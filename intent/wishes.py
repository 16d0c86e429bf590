"""Patterns of direct wishes for silence: English, then the other languages people write to us.

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
)
OTHERS: Final = (
    # Threats and limits as they are said in several languages
    r"\bpor aqu[ií] no\b|\b(?:poner|presentar) una (?:queja|denuncia)\b|\bno (?:te|le|les|os) di mi\b|\bfuera de mi (?:tel|cel)\w*"
    r"|\bte voy a reportar\b|\bpas de (?:textos?|sms)\b|\bne l'utilisez pas\b|\bj'ai rien demand[eé]\b|\ban (?:den|meinen) anwalt\b"
    r"|\bwer hat (?:ihnen|euch|dir) erlaubt\b|\b(?:lo|la|mi) elimini\b|\bn[aã]o insist\w*|\bapaga(?: (?:isso|ele))?[.! ]*$",
    # Spanish
    r"\bno (?:quiero|queremos|deseo|deseamos) (?:recibir|m[aá]s|que me|que nos|nada de|mensajes|publicidad)|\bni un mensaje\b",
    r"\b(?:no|dej[ae]n?(?: ya)? de|par[ea]n?(?: ya)? de|ya no|basta de|nunca)\b(?: \w+){0,4} (?:escrib|mand|envi"
    r"|moleste|molest|contact|mensaj|texte|publicidad|jod)",
    r"\b(?:b[oó]rr|elim[ií]n|qu[ií]t|s[aá]qu|sac|retir|suprim)\w*(?:me|nos|en|ar|e|a)\b(?: \w+){0,4} (?:lista"
    r"|n[uú]mero|datos|base|agenda|contactos|tel[eé]fono)",
    r"\b(?:b[oó]rr[ea]|qu[ií]te|s[aá]que|d[eé]je|d[eé]jen)(?:me|nos)(?:n)?(?: (?:en paz|tranquil\w|por favor"
    r"|ya))?[.! ]*$|\bdar(?:me|nos)? de baja\b|\bya basta\b|\blista robinson\b"
    r"|\blo voy a (?:reportar|bloquear|denunciar)\b|\bme opongo\b",
    # French
    r"\bne (?:veux|voulons|souhaite|souhaitons|d[ée]sire) plus\b|\bne plus (?:recevoir|[êe]tre)\b",
    r"\b(?:arr[eê]te[zr]?|cesse[zr]?|ne|n'|plus de|stop)(?: \S+){0,4}? ?(?:d'?[ée]cri|[ée]cri|envo|contact|sollicit"
    r"|relanc|d[ée]rang|messages?|sms|pub\b|harcel|d[ée]march)",
    r"\b(?:retire|supprime|efface|enl[eè]ve|[oô]te|raye|oublie)[zr]?(?:[- ]?(?:moi|nous))?\b(?: \S+){0,3}? ?(?:liste"
    r"|num[ée]ro|donn[ée]es|base|fichiers?|coordonn[ée]es|moi|stp|svp)",
    r"\b(?:laiss|fich|fout)ez[- ](?:moi|nous) (?:la |en )?(?:paix|tranquille)|\bl[aâ]chez[- ]moi\b|\bd[ée]sinscri"
    r"|\bd[ée]sabonn|\bbloctel\b|\b33700\b|\bm'oppose\b|porter? plainte|\bnon sollicit",
    # German
    r"\bnicht mehr (?:schreib|kontakt|meld|anruf|erhalten|bekommen|bel[aä]stig|wollen)\w*|\bkeine (?:weitere?n? "
    r"|mehr )?(?:nachricht|sms|werbung|anruf|kontakt)\w*",
    r"\b(?:m[oö]chte|will|w[uü]nsche|wollen|m[oö]chten)\b(?: \S+){0,4} (?:nicht mehr|keine"
    r"|keinen)\b(?: \S+){0,3} (?:nachricht|sms|werbung|kontakt|erhalten|bekommen|lesen)\w*",
    r"^(?!.*\b(?:arbeit|wohn|schon wieder|regen)).*\b(?:keine|nicht|nie|h[oö]r\w*|unterlass\w*|lass\w*"
    r"|schluss)\b(?: \S+){0,5}? ?(?:mehr|wieder|auf|ruhe|frieden|nachricht\w*|sms|werbung|schreib\w*|kontakt\w*"
    r"|bleiben)[.! ]*$",
    r"\b(?:l[oö]sch|streich|entfern|nehm|nimm|trag)\w*\b(?: \S+){0,4} (?:nummer|daten|liste|verteiler|kartei|raus"
    r"|aus)\b|\baustragen\b|\babbestellen\b|\babmelden\b|\bwiderspreche\b|\bwiderrufe\b|\bbel[aä]stigung\b"
    r"|\banzeige?n? (?:sie|euch)|\bunerw[uü]nscht",
    # Portuguese
    r"\bn[aã]o (?:quero|queremos|desejo)(?: mais)? (?:receber|contato|contacto|mensag|nada de voc)"
    r"|\bj[aá] pedi p(?:ara|ra) parar",
    r"\b(?:n[aã]o|par[ae]m?|pare|chega|deix[ae]m?)\b(?: \w+){0,4} (?:mand|envi|escrev|mensag|msg|contat|contact"
    r"|incomod|receber|propaganda)",
    r"\b(?:tir|remov|retir|apag|exclu|descadastr|elimin)\w*\b(?: \w+){0,4} (?:lista|n[uú]mero|contato|contacto|dados"
    r"|telefone|base)|\bme deixa em paz\b|\bme (?:tira|exclui|remove)\b",
    # Italian
    r"\bnon (?:voglio|vogliamo|desidero)(?: pi[uù])? (?:ricevere|messaggi|essere contattat|sentirvi|pubblicit)",
    r"\b(?:non|basta|smett\w+|la smetta)\b(?: \S+){0,4}? ?(?:scriv|mand|messagg|contatt|pubblicit|disturb|ricevere)"
    r"|\blasciate?mi (?:in pace|stare)\b|\brevoco\b|\bdisiscri",
    r"\b(?:cancell|toglie|tolga|rimuov)\w*\b(?: \S+){0,3} (?:lista|numero|dati|elenco|contatti|database)|\b(?:mi tolga"
    r"|toglietemi|cancellatemi|rimuovetemi)\b",
    # Dutch
    r"\b(?:wil|willen)(?: \S+){0,2} (?:geen|niets|niet)(?: \S+){0,2} (?:berichten|reclame|horen|benaderd|sms\S*|contact)\b",
    r"\b(?:niet|geen|nooit|stop|hou)\b(?: \S+){0,3} (?:berichten|appen|sturen|sms\S*|contact\S*|benader\S*|reclame"
    r"|meer sturen|meer appen)\b|\blaat (?:me|mij|ons) met rust\b|\brot op\b|\bdonder op\b|\bhou(?:d)? op\b",
    r"\b(?:haal|verwijder|schrap)\b(?: \S+){0,3} (?:lijst|nummer|bestand|weg|uit|gegevens)\b|\buitschrijven\b|\bafmelden\b",
    # Polish
    r"\b(?:więcej|do mnie|już) nie (?:pisa|pisz|dzwo|wysył|kontakt)\w*|\bnie (?:pisz|piszcie|pisać|wysyłaj|wysyłajcie)\b"
    r"|\bnie kontaktować się\b|\bprzesta(?:ń|ńcie|ć)\b|\bdaj(?:cie)? mi spokój|\bodczep\w* się|\bwycofuję zgodę"
    r"|\bnie (?:życzę sobie|wyrażam zgody|wyrażał\w+ zgody|zgadzam się na (?:takie|sms|wiadom))",
    r"\b(?:usuń|usuńcie|usunąć|usunięcie|skasuj\w*|wykreśl\w*|wypisz\w*|wypisać)\b(?: \w+){0,3}? ?"
    r"(?:numer\w*|dane|listy|bazy|mnie)\b",
    # Tagalog and Taglish
    r"\b(?:wag|huwag)\b(?: \w+){0,4} (?:mag|i)?[- ]?(?:text|message|msg|ulit)\w*|\bi?tigil\w*|\blubayan\b|\bayoko na\b|\bstop na\b"
    r"|\bpaki-? ?(?:tanggal|alis|delete|remove)\w*|\b(?:alis|tanggal|burah|remove)\w*(?: \w+){0,2} (?:number|num|ako)\b",
    # Russian, Turkish, Hindi in Latin letters, Indonesian
    r"\bне (?:пишите|пиши|звоните|присылайте|беспокойте)\b|\b(?:хватит|прекратите)\b(?: \w+){0,2} (?:слать|писать|звонить)"
    r"|\bудалите (?:мой|номер)|\b(?:mesaj|sms) (?:atma|gönderme|yollama)\w*|\bnumaram\w* sil\w*|\brahatsız etme\w*"
    r"|\b(?:message|msg|sms) (?:mat|nahi|na) (?:kar|bhej)\w*|\bpareshan mat\b|\bjangan (?:sms|kirim|hubungi)\b|\bhapus nomor\b",
    # Scripts in which only a rule may be sure
    r"لا (?:أريد|اريد)(?: \S+){0,2} (?:رسائل|الرسائل)|(?:احذف|امسح|أزل) (?:رقمي|رقمى)|توقف عن|كف عن|别再|請勿|请勿"
    r"|删除我|刪除我|不要(?:给|給)我"
    r"|送らないで|連絡しないで|配信停止|削除して|그만 (?:보내|하)|보내지 ?마|삭제해"
    r"|\bотстань\w*|\bхватит спам|\bуберите (?:меня|мой)|\bотпишите"
    r"|\bне пишіть\b|\bвидаліть мій|\bне надсилайте\b|μη(?:ν)? μου (?:στέλν|γράφ|στείλ)\w*|διαγράψτε|σταματήστε"
    r"|संदेश न भेज|नंबर हटा",
    # Nordic
    r"\b(?:ta bort|radera|slet|slett|fjern)\b(?: \w+){0,2} (?:nummer|numret|nummeret)\b"
    r"|\b(?:lad være|la være|sluta|lägg av|hold op)\b(?: \w+){0,3} (?:sms\w*|skicka|skriv\w*|send\w*)"
    r"|\b(?:skicka|skriv|send)\w* (?:inte|inget|ikke|inga)\b(?: \w+){0,2} "
    r"(?:mer|fler\w*|mere|mig|meg)\b|\bikke send\b(?: \w+){0,3} (?:flere|mer)\b",
    # The same once more, as more people said it; last some scripts and languages of which a few words are all we know.
    r"\bni uno m[aá]s\b|\besto es acoso\b|\bpas de d[ée]marchage\b|^mai pi[uù][.! ]*$|\bregistro delle opposizioni\b"
    r"|\bgebts? a ruh\b|\bschleichts?\b|\blossts?\b(?: \w+){0,2} (?:ruah|bleibn)\b|\bruhe jetzt\b|\bschluss jetzt\b",
    r"不要再|别再|勿扰|もう送らない|연락하지|لا ترسل|لا تراسل|đừng nhắn|\bälkää lähettäkö|\bne írj\w+|मत भेज|मैसेज मत"
    r"|อย่า(?:ส่ง|ทัก|ติดต่อ)|เลิกส่ง|תפסיק|אל ת(?:שלח|כתב)|הסיר"
    r"|\byazmayın\b|\blisteden çıkar"
    r"|\bband karo\b",
    r"\bdeje de insistir\b|\bno insist\w+|\bbloque\w+ (?:este|tu|su|el|ese)\b|\bs[aá]c\w*(?:me|nos)\b|\bhasta aqu[ií] (?:los|con)\b"
    r"|\bp[aá]ren?le\b|\bno (?:di|dimos|autori[czs]\w+|autoric\w+)\b|\bno lo use\b|\bnada de (?:mensajes|sms|publicidad)\b"
    r"|\bno me interesa recibir\b",
    r"\bsortez[- ]moi\b|\brayez[- ]|\boublie[rz][- ](?:moi|nous)\b|\bje (?:vous )?bloque\b|\bharc[eè]lement\b|\bCNIL\b"
    r"|\bpas par sms\b"
    r"|\b(?:n'avez|donn\w*) pas (?:mon|l'|d')\s?(?:autorisation|accord|consentement)\b|\barr[eê]tez [çc]a\b",
    r"\bnicht weiter (?:nach|an|kontakt|schreib)\w*|\bl[oö]schen sie (?:bitte )?(?:meine|alle|die)\b|\bnie zugestimmt\b"
    r"|\bsie sind blockiert\b|\bletzte warnung\b|\bwie oft denn noch\b|\baus dem spiel\b|\bdas aufh[oö]rt\b|\bverschonen\b"
    r"|\bh[oö]re?n? s(?:ie|') (?:\w+ )?(?:damit )?auf\b|\binteresse an weiteren\b",
    r"\bn[aã]o autorizei\b|\bdeixem?-?(?:me|nos)? em paz\b|\bme tirarem\b|\bcancelem? o envio\b|\bqueixa\b"
    r"|\besque[cç]\w* (?:este|esse|meu|o meu) (?:n[uú]mero|contato|contacto)\b|\bparem? com (?:isso|isto)\b|\bdenunciado\b",
    r"\bsmett(?:ete|etela|ila)\b|\bnon (?:lo|mi) (?:usi|contatti)\b|\bal garante\b",
    r"\bniet meer (?:doen|bellen|schrijven)\b|\bschrijf (?:mij|me|ons) uit\b|\bstuur (?:mij |me |ons )?ni(?:ks|ets) meer\b"
    r"|\b(?:nooit|geen) toestemming\b|\bblokkeren\b|\bstop hier\s?mee\b",
    r"\bdość\b(?: \w+){0,3} (?:sms|wiadomo|reklam)\w*|\bsprzeciwiam się\b|\bblokuję\b|\bUODO\b|\bdaj\w* (?:mi )?spokój\b"
    r"|\bwięcej nie używ\w*|\bnie odzywa\w* się\b|\bsię nie odzywać\b|\bile razy\b.*\bnie\b|\bnieprzysyłanie\b",
    r"\btama na\b|\b(?:burahin|tanggalin|alisin)\b|\bi?pa-?block\w*|\bblock ko\b|\breport ko\b"
    r"|\b(?:di|hindi|wala)\b(?: \w+){0,3} (?:pumayag|permiso|consent|pahintulot)\b",
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
