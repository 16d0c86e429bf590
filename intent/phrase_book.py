"""Whole messages in the scripts of which the models know little: what it costs, yes, no thanks, who is this, a greeting.

A closed list of what people say first, as keywords are one: of these scripts the training data hold little but opt-outs, so that
any reply in them looks like one. Only a reply that is nothing but such a phrase and its courtesies is read by it.
"""

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from typing import Final

from intent.doubts import hardly_known


class Phrase(Enum):
    PRICE = "asks what it costs"
    YES = "yes"
    NO = "no"
    TALK = "a greeting, thanks or “who is this?”"


_LONGEST: Final = 60
#: Said before or after a phrase without changing it.
_COURTESY: Final = "|".join(
    (
        "مرحبا|أهلا|السلام عليكم|من فضلك|لو سمحت|شكرا|سلام|لطفا",
        "здравствуйте|привет|добрый день|пожалуйста|спасибо|а|и|добрий день|вітаю|будь ласка|дякую|моля|благодаря",
        "你好|您好|请问|請問|请|那|谢谢|謝謝|こんにちは|すみません|ありがとう(?:ございます)?|안녕하세요|감사합니다",
        "नमस्ते|कृपया|धन्यवाद|भाई|जी|שלום|היי|בבקשה|תודה|καλημέρα|γεια(?: σας)?|παρακαλώ|ευχαριστώ|สวัสดี|ขอบคุณ|ค่ะ|คะ|ครับ|นะ",
    )
)
#: A line or two for each language: Arabic, Persian and Urdu, Russian, Ukrainian and Bulgarian, Chinese, Japanese, Korean, Hindi,
#: Hebrew, Greek, Thai.
_PHRASES: Final = {
    Phrase.PRICE: (
        "و?كم (?:هو )?(?:ال)?(?:سعر|تكلف[ةه]|ثمن|يكلف)(?:ها|ه|كم)?(?: هذا| ذلك| الخدمة)?(?: شهريا| في الشهر)?",
        "و?بكم(?: هذا| هذه)?|(?:ما (?:هو )?)?(?:ال)?سعر(?:كم)?",
        "قیمتش?(?: چنده?| چقدر(?: است| هست)?)?|چنده|چقدر(?: می ?شود| میشه| است)?|(?:کتنے|کتنا|کتنی) (?:پیسے|قیمت)(?: ہے| لگیں گے)?",
        "(?:это |у вас )?сколько(?: это| у вас| будет)?(?: стоит| стоить| стоят)?(?: это| услуга)?(?: в месяц)?|поч[её]м",
        "(?:как(?:ая|ие|ова) )?(?:у вас )?(?:цен[аыу]|стоимость|расценки|прайс)(?: в месяц)?",
        "скільки (?:це |буде )?кошту(?:є|ють|вати)(?: на місяць)?|(?:яка )?(?:ціна|вартість)",
        "колко струва(?: това)?(?: на месец)?|(?:каква е )?цената",
        "(?:这个|這個|一个月|每月|一次)?(?:多少[钱錢]|怎么收费|怎麼收費|怎么卖|什么价(?:格|钱)?)(?:一次|一个月|一個月)?[啊呢呀]?",
        "(?:价格|價格|费用|費用)(?:是)?(?:多少|怎么样)?[呢啊]?|[报報](?:个|個)?[价價]",
        "(?:それは|これは|月|一回)?お?(?:いくら|値段|料金|価格|費用)(?:は|って)?(?:お?いくら)?(?:です|でしょう|になります)?か?",
        "(?:이거|그거|한 ?달에|월)? ?얼마(?:예요|에요|인가요|죠|인데요|입니까)?",
        "(?:가격|비용|요금)(?:이|은|은요)?(?: 얼마(?:예요|에요|인가요))?(?: 어떻게 (?:되나요|돼요|되죠))?",
        "(?:इसका |इसकी |एक का )?कितन[ाेी](?: का| की| के)?(?: पैसे| रुपये| खर्चा?)?(?: है| हैं| लगेगा| लगेंगे| होगा| आएगा)?",
        "(?:क्या )?(?:रेट|दाम|कीमत|फीस)(?: क्या| कितनी)?(?: है)?",
        "ו?כמה (?:זה )?(?:עולה|יעלה|עולים)(?: לי| זה| בחודש| לחודש)?|(?:מה )?ה?מחיר(?:ים)?",
        "πόσο (?:κοστίζει|κάνει|κάνουν|πάει|έχει)(?: αυτό| τον μήνα)?|πόσα|(?:ποια είναι )?(?:η )?τιμή",
        "(?:ขอทราบ)?(?:ราคา)?(?:เท่าไหร่|เท่าไร|กี่บาท)|(?:ขอ)?ราคา(?:หน่อย)?|คิดราคายังไง",
    ),
    Phrase.YES: ("نعم|أيوه|بله|جی ہاں|да|конечно|так|是的?|好的?|可以|行|はい|ええ|네|예|हाँ|हां|जी हाँ|כן|בטח|ναι|ใช่|ได้|ตกลง",),
    Phrase.NO: (
        "لا|لا شكرا|شكرا لا|لا أريد|غير مهتم|نه|نه ممنون|نہیں",
        "нет|не надо|не нужно|не интересно|не интересует|ні|не треба|не потрібно|не цікавить|не|не ме интересува",
        "不|不要|不用了?|不需要了?|没兴趣|沒興趣|不感兴趣|いいえ|結構です|いりません|必要(?:ありません|ないです)",
        "아니요?|아뇨|괜찮(?:아요|습니다)|필요 ?없(?:어요|습니다)|관심 ?없(?:어요|습니다)|नहीं|नहीं चाहिए",
        "לא|לא מעוניינ?(?:ת|ים)?|לא מעונין|לא צריך|όχι|δεν ενδιαφέρομαι|δεν με ενδιαφέρει|ไม่|ไม่สนใจ|ไม่เอา|ไม่ต้องการ",
    ),
    Phrase.TALK: (
        "(?:من|مين) (?:معي|أنت|انت|هذا)|مين|شما|آپ کون(?: ہیں)?",
        "кто (?:это|вы|ты)(?: такие| такой)?|хто (?:це|ви)|кой е(?: това)?|хорошо|понятно|добре",
        "你是(?:谁|誰|哪位)|您是(?:谁|哪位)?|哪位|谁啊?|收到|(?:誰|どなた|どちら様?)(?:です|でしょう)か|承知しました",
        "누구(?:세요|시죠|신가요|십니까)|आप कौन(?: हैं| हो)?|कौन(?: है| हो)?|ठीक है",
        "מי זה|מי את[הם]?|ποιος (?:είναι|είσαι|είστε)|ใคร",
    ),
}
_BOOK: Final = {
    meant: re.compile(rf"(?:(?:{_COURTESY}) ?)*(?:{'|'.join(ways)})(?: ?(?:{_COURTESY}))*", re.I)
    for meant, ways in _PHRASES.items()
}
_COURTEOUS: Final = re.compile(rf"(?:(?:{_COURTESY}) ?)+", re.I)


@lru_cache(maxsize=256)
def phrase(reply: str) -> Phrase | None:
    """What the reply is, if it is nothing but one of the phrases; None in scripts that the models know."""
    if len(reply) > _LONGEST or not hardly_known(reply):
        return None
    words = " ".join("".join(" " if unicodedata.category(char)[0] in "PSZ" else char for char in reply).split())
    for meant, pattern in _BOOK.items():
        if pattern.fullmatch(words):
            return meant
    return Phrase.TALK if _COURTEOUS.fullmatch(words) else None
