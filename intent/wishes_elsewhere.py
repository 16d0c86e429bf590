"""Patterns of direct wishes for silence in the languages other than English that people write to us."""

from typing import Final

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
    # Sent away, reported, told for the last time, and never agreed: as it is said in each language.
    r"\b(?:verpiss\w*|verschwind\w*|verzieh dich|zieh leine|hau(?:en sie)? (?:endlich )?ab|nerv\w* (?:nicht|jemand))\b"
    r"|\blass\w*(?: \w+){1,3} in (?:ruhe|rua|rueh|frieden)\b|\bstreichen sie\b|\bdsgvo\b|\bes reicht\b|\bmir reicht'?s\b"
    r"|^(?:gemeldet|gesperrt|blockiert|l[oö]schen|einstellen|aufh[oö]ren)\b[^?]{0,20}$"
    r"|\bich (?:zeige|melde) (?:sie|das|euch|dies)\b"
    r"|\banzeige (?:folgt|ist|l[aä]uft)\b|\b(?:k[uü]nftig|in zukunft) nicht\b|\bverschon\w*\b|\bkeine einwilligung\b"
    r"|\bnie (?:erlaubt|eingewilligt)\b|\bnicht einverstanden\b|\bunterlass\w*\b|\bschreib\w*(?: \S+){0,3} nimma\b",
    r"\b[cç]a suffit\b|\btrop c'est trop\b|\bplus jamais\b|\bjamais plus\b|^jamais[.! ]*$"
    r"|\b(?:fiche[zr]?|foute[zr]?|fous|casse[zr]?"
    r"|barre[zr]?)[- ](?:moi|vous|le camp|nous)\b|\bd[eé]gage[zr]?\b|\bl[aâ]che[zr]?[- ](?:moi|l'affaire|nous)|\bcessez\b|\b33700\b"
    r"|\b(?:[aà]|veuillez|merci de) (?:l')?(?:effacer|supprimer|rayer|cesser|arr[eê]ter)\b|\bn'insistez pas\b"
    r"|\bje (?:vous )?signale\b"
    r"|\b(?:jamais|pas) (?:donn[eé]|consenti|autoris[eé])\b|\bprospection\b|\bd[eé]marcha\w+\b|\bne recommencez pas\b"
    r"|\b(?:texte|[eé]cri[st]?|achale\w*)[- ]moi p(?:as|us|u)\b",
    r"\b(?:los?|les?|te) (?:voy a )?(?:denunci|report|bloque|demand)\w*|\bprofeco\b|\b(?:dame|denme|denos) de baja\b"
    r"|\bbaja definitiva\b"
    r"|\bb[oó]rren?me\b|\bme borr[ae]\w*|\bdejen? de\b|\bya estuvo\b|\b(?:no|sin) (?:autori[czs]\w+|consentimiento|permiso)\b"
    r"|\bno he dado\b|\bni (?:hoy|ahora)\b.*\bnunca\b|\bderecho de (?:supresi[oó]n|oposici[oó]n|cancelaci[oó]n)\b|\bproh[ií]bo\b"
    r"|\b(?:v[aá]yan?se|l[aá]rg\w+se|pi[eé]rd\w+se)\b|\bolv[ií]de(?:me|se de m[ií])\b|\bchingando\b|\bfastidi\w+",
    r"\bme esquece\b|\bsome daqui\b|\bsai fora\b|\bn[aã]o (?:me )?perturb\w*|\bchega(?: disso)?[.! ]*$|\bpara com isso\b|\bprocon\b"
    r"|\bla (?:smetta|finisca)\b|\bfinitela\b|\bsparite\b|\bmai pi[uù][.! ]*$|\bvi (?:denuncio|segnalo|blocco)\b|\bbasta cos[iì]\b"
    r"|\bhou (?:er|eens|daar)?\s?(?:mee )?op\b|\bmeld (?:mij|me)(?: maar)? af\b|\bopzouten\b|\bniet van gediend\b"
    r"|\bwypisać\b|\busunięcie\b|\bcofam zgod\w+|\bnigdy więcej\b|\bspadaj\w*|\bdość już\b|\btigilan\b|\blayuan\b|\bwag na po\b",
)
