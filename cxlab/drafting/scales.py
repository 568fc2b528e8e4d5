"""On which scale are these answers, and what among them is no answer?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cxlab.cleaning.convert import DATED
from cxlab.drafting.profiles import NONE, Profile, folded

# Known orders of words, the worst first; `/` parts words that mean the same. A scale of words is
# believed only where one of these covers all of its words.
_ORDERS = (
    # agreement (Likert 1932), in the four languages
    "strongly disagree/completely disagree/totally disagree/disagree strongly|disagree|"
    "somewhat disagree/slightly disagree/tend to disagree/rather disagree|"
    "neither agree nor disagree/neutral/neither/undecided/neither nor/unsure|"
    "somewhat agree/slightly agree/tend to agree/rather agree|agree|"
    "strongly agree/completely agree/totally agree/agree strongly",
    "stimme gar nicht zu/stimme uberhaupt nicht zu/trifft gar nicht zu/trifft uberhaupt nicht zu/"
    "lehne stark ab|stimme nicht zu/trifft nicht zu/lehne ab|"
    "stimme eher nicht zu/trifft eher nicht zu|"
    "teils teils/neutral/weder noch/unentschieden/teilweise/stimme teilweise zu/"
    "trifft teilweise zu|"
    "stimme eher zu/trifft eher zu|stimme zu/trifft zu|"
    "stimme voll zu/stimme vollig zu/stimme voll und ganz zu/trifft voll zu/"
    "trifft voll und ganz zu/"
    "stimme sehr zu/trifft vollig zu/stimme vollkommen zu",
    "pas du tout d accord/tout a fait en desaccord|pas d accord/en desaccord|"
    "plutot pas d accord/plutot en desaccord|"
    "ni d accord ni pas d accord/neutre/ni d accord ni en desaccord/sans opinion|plutot d accord|"
    "d accord|tout a fait d accord/totalement d accord",
    "totalmente en desacuerdo/muy en desacuerdo|en desacuerdo|algo en desacuerdo|"
    "ni de acuerdo ni en desacuerdo/neutral/indiferente|algo de acuerdo|de acuerdo|"
    "totalmente de acuerdo/muy de acuerdo",
    "definitely disagree|mostly disagree|neither agree nor disagree/neither/neutral|mostly agree|"
    "definitely agree",
    # satisfaction
    "very dissatisfied/extremely dissatisfied/completely dissatisfied/very unsatisfied|"
    "dissatisfied/unsatisfied/quite dissatisfied/moderately dissatisfied|"
    "somewhat dissatisfied/slightly dissatisfied/"
    "fairly dissatisfied|neither satisfied nor dissatisfied/neutral/neither/neither nor/mixed|"
    "somewhat satisfied/slightly satisfied/fairly satisfied|"
    "satisfied/quite satisfied/moderately satisfied|"
    "very satisfied/extremely satisfied/completely satisfied/delighted",
    "sehr unzufrieden/vollig unzufrieden|unzufrieden|eher unzufrieden|"
    "teils teils/neutral/weder noch/weder zufrieden noch unzufrieden/mittelmassig|eher zufrieden|"
    "zufrieden|sehr zufrieden/vollig zufrieden/ausserst zufrieden",
    "tres insatisfait/tres insatisfaite/pas du tout satisfait/tres mecontent|insatisfait/"
    "pas satisfait/mecontent|plutot insatisfait/peu satisfait/plutot pas satisfait|"
    "neutre/ni satisfait ni insatisfait/moyennement satisfait|plutot satisfait/assez satisfait|"
    "satisfait|tres satisfait/tout a fait satisfait",
    "muy insatisfecho/nada satisfecho|insatisfecho|algo insatisfecho/poco satisfecho|"
    "neutral/ni satisfecho ni insatisfecho/regular|algo satisfecho|satisfecho|muy satisfecho",
    "not good|okay/ok|great",
    "not at all satisfied|not so satisfied/not very satisfied/slightly satisfied|"
    "somewhat satisfied/moderately satisfied|very satisfied|extremely satisfied",
    "zeer ontevreden/helemaal niet tevreden|ontevreden|enigszins ontevreden|"
    "neutraal/niet tevreden niet ontevreden/noch tevreden noch ontevreden|enigszins tevreden|"
    "tevreden|zeer tevreden",
    "muito insatisfeito/totalmente insatisfeito|insatisfeito|pouco insatisfeito|"
    "nem satisfeito nem insatisfeito/neutro/indiferente|pouco satisfeito|satisfeito|"
    "muito satisfeito/totalmente satisfeito",
    "molto insoddisfatto/per niente soddisfatto|insoddisfatto|"
    "piuttosto insoddisfatto|ne soddisfatto ne insoddisfatto/neutro/neutrale|"
    "abbastanza soddisfatto|soddisfatto|molto soddisfatto",
    "per niente soddisfatto|poco soddisfatto|ne soddisfatto ne insoddisfatto/neutro/neutrale|"
    "abbastanza soddisfatto|molto soddisfatto",
    "helemaal mee oneens/zeer mee oneens|mee oneens/oneens|enigszins mee oneens|"
    "neutraal/niet mee eens niet mee oneens|enigszins mee eens|mee eens/eens|helemaal mee eens/"
    "zeer mee eens",
    "discordo totalmente|discordo|discordo parcialmente|nem concordo nem discordo/neutro|"
    "concordo parcialmente|concordo|concordo totalmente",
    "per niente d accordo/fortemente in disaccordo/completamente in disaccordo|in disaccordo|"
    "parzialmente in disaccordo|ne d accordo ne in disaccordo/neutrale/neutro|"
    "parzialmente d accordo|d accordo|completamente d accordo/molto d accordo/fortemente d accordo",
    # quality
    "pessimo/pessima/molto scarso|scarso/scarsa/cattivo|sufficiente/discreto/nella media/neutro|"
    "buono/buona|ottimo/ottima/eccellente",
    "bardzo zle/bardzo zla|zle/zla|srednio/srednia/przecietnie/przecietna|dobrze/dobra|"
    "bardzo dobrze/bardzo dobra",
    "very poor/very bad/terrible/awful|poor/bad|fair/average/ok/okay/neutral/neither good nor bad/"
    "neither good nor poor/acceptable|good|very good/excellent",
    "poor|fair|good|very good|excellent",
    "extremely bad|moderately bad|slightly bad/somewhat bad|neither good nor bad|"
    "slightly good/somewhat good|moderately good|extremely good",
    "poor/bad/awful|ok/okay/fine/fair/average/so so|great/good/amazing",
    "poor|fair/average/ok/okay|good|excellent",
    "very poor/terrible/awful|poor|fair/average/ok/okay|good/very good|excellent/outstanding",
    "sehr schlecht|schlecht|mittel/mittelmassig/befriedigend/teils teils/neutral/durchschnittlich|"
    "gut|sehr gut",
    "ungenugend|mangelhaft|ausreichend|befriedigend|gut|sehr gut",
    "tres mauvais/tres mauvaise|mauvais/mauvaise|moyen/moyenne/correct/passable/neutre|bon/bonne|"
    "tres bon/tres bonne/excellent/excellente",
    "zeer slecht|slecht|matig/redelijk/neutraal|goed|zeer goed/uitstekend",
    "muito ruim/pessimo|ruim/mau|regular/razoavel/neutro|bom/boa|muito bom/muito "
    "boa/otimo/excelente",
    "muy malo/muy mala/pesimo|malo/mala|regular/normal/neutral|bueno/buena|"
    "muy bueno/muy buena/excelente",
    # ease
    "very difficult/extremely difficult/very hard|difficult/hard/moderately difficult|"
    "somewhat difficult/slightly difficult|neither easy nor difficult/neutral/neither|"
    "somewhat easy/slightly easy/fairly easy|easy/moderately easy|very easy/extremely easy",
    "sehr schwierig/sehr schwer|schwierig/schwer|eher schwierig/eher schwer|"
    "teils teils/neutral/weder noch|eher einfach/eher leicht|einfach/leicht|sehr einfach/"
    "sehr leicht",
    "tres difficile|difficile|plutot difficile|ni facile ni difficile/neutre|plutot facile|facile|"
    "tres facile",
    "muy dificil|dificil|algo dificil|ni facil ni dificil/neutral|algo facil|facil|muy facil",
    "zeer moeilijk/heel moeilijk|moeilijk|enigszins moeilijk|niet makkelijk niet moeilijk/neutraal|"
    "enigszins makkelijk|makkelijk/gemakkelijk|zeer makkelijk/heel makkelijk",
    # likelihood
    "tres improbable/tres peu probable|improbable/peu probable|plutot improbable|neutre|"
    "plutot probable|probable|tres probable",
    "muy improbable|improbable|algo improbable|neutral|algo probable|probable|muy probable",
    "very unlikely/extremely unlikely|unlikely/moderately unlikely|"
    "somewhat unlikely/slightly unlikely|neutral/neither likely nor unlikely/neither/unsure|"
    "somewhat likely/slightly likely|likely/moderately likely|very likely/extremely likely",
    "not at all likely|not so likely/slightly likely|somewhat likely/moderately likely|"
    "very likely|extremely likely",
    "sehr unwahrscheinlich|unwahrscheinlich|eher unwahrscheinlich|neutral/vielleicht/teils teils|"
    "eher wahrscheinlich|wahrscheinlich|sehr wahrscheinlich",
    "zeer onwaarschijnlijk|onwaarschijnlijk|enigszins onwaarschijnlijk|neutraal|"
    "enigszins waarschijnlijk|waarschijnlijk|zeer waarschijnlijk",
    "definitely no/definitely not|probably no/probably not|probably yes/probably|definitely yes/"
    "definitely",
    # frequency
    "never|rarely/seldom|sometimes/occasionally|often/usually/frequently|always",
    "never|sometimes|usually|always",
    "nie|selten|manchmal/gelegentlich|oft/haufig/meistens|immer",
    "jamais|rarement|parfois/quelquefois|souvent|toujours",
    "nunca|raramente/rara vez|a veces/as vezes|a menudo/frecuentemente/frequentemente|siempre/"
    "sempre",
    # favourability and mood
    "very unfavorably/very unfavourably|unfavorably/unfavourably|somewhat unfavorably/somewhat "
    "unfavourably|neither favorably nor unfavorably neutral/neutral/neither favorably nor "
    "unfavorably|somewhat favorably/somewhat favourably|favorably/favourably|"
    "very favorably/very favourably",
    "extremely unhappy|very unhappy|unhappy|neutral|happy|very happy|extremely happy",
    # faces
    "😡/😠/🤬/😭/😫|☹/🙁/😞/😕/😟/😢/😔/😒|😐/😑/😶|🙂/😊/☺/😀/🙃|😍/😃/🤩/😄/😁/🥰",
    "😡/😠|☹/🙁/😞/😕/😟|😐/😑/😶|😀/😃/😄/😁|😍/🤩",
    "😡/😠/😭/😢|☹/🙁/😞/😕/😟|😐/😑/😶|🙂/😊/☺|😀/😃/😄/😁/😍/🤩",
    "😡/😠/😭/😢|☹/🙁/😞/😕/😟|🙂/😊/☺|😀/😃/😄/😁/😍/🤩",  # terminals offer no middle
    "very negative|negative|somewhat negative|neutral|somewhat positive|positive|very positive",
    # Polish, Swedish, Danish and Norwegian
    "bardzo niezadowolony/bardzo niezadowolona/zdecydowanie niezadowolony|"
    "niezadowolony/niezadowolona|raczej niezadowolony/raczej niezadowolona|"
    "ani zadowolony ani niezadowolony/neutralny/ani tak ani nie/ani zadowolona ani niezadowolona|"
    "raczej zadowolony/raczej zadowolona|zadowolony/zadowolona|"
    "bardzo zadowolony/bardzo zadowolona/zdecydowanie zadowolony",
    "zdecydowanie nie zgadzam sie|nie zgadzam sie|raczej nie zgadzam sie|ani sie zgadzam ani nie "
    "zgadzam/neutralnie/trudno powiedziec|raczej zgadzam sie|zgadzam sie|zdecydowanie zgadzam sie",
    "mycket missnojd|missnojd|ganska missnojd|varken nojd eller missnojd/varken eller/neutral|"
    "ganska nojd|nojd|mycket nojd",
    "instammer inte alls/tar helt avstand|instammer inte|instammer till viss del|varken eller|"
    "instammer delvis|instammer|instammer helt",
    "meget utilfreds/meget misfornøyd/svært misfornøyd|utilfreds/misfornøyd|ret utilfreds/litt "
    "misfornøyd|hverken tilfreds eller utilfreds/hverken eller/verken eller/neutral/nøytral|"
    "ret tilfreds/litt fornøyd|tilfreds/fornøyd|meget tilfreds/meget fornøyd/svært fornøyd",
    # Turkish, Russian, Japanese, Chinese, Korean and Arabic
    "hiç memnun değilim/çok memnuniyetsiz/hiç memnun kalmadım|memnun değilim/memnuniyetsiz|"
    "kararsızım/nötr/ne memnunum ne değilim/orta|memnunum/memnun|çok memnunum/çok memnun",
    "kesinlikle katılmıyorum|katılmıyorum|kararsızım|katılıyorum|kesinlikle katılıyorum",
    "çok kötü|kötü|orta|iyi|çok iyi",
    "очень недоволен/полностью недоволен/очень недовольна|недоволен/не доволен/недовольна|"
    "нейтрально/затрудняюсь ответить/ни то ни другое/средне|доволен/довольна|"
    "очень доволен/полностью доволен/очень довольна",
    "совсем не удовлетворен/полностью не удовлетворен|не удовлетворен|нейтрально|удовлетворен|"
    "полностью удовлетворен",
    "очень плохо/ужасно|плохо|удовлетворительно/средне/нормально|хорошо|отлично/очень хорошо",
    "полностью не согласен|не согласен|нейтрально/трудно сказать|согласен|полностью согласен",
    "とても不満/非常に不満/大変不満|不満/やや不満|どちらでもない/どちらともいえない/普通/ふつう|"
    "満足/やや満足|とても満足/非常に満足/大変満足",
    "全くそう思わない/まったくそう思わない|そう思わない/あまりそう思わない|"
    "どちらともいえない/どちらでもない|そう思う/ややそう思う|とてもそう思う/非常にそう思う",
    "とても悪い/非常に悪い|悪い/やや悪い|普通|良い/やや良い|とても良い/非常に良い",
    "非常不满意/很不满意/十分不满意|不满意/不太满意|一般/中立/普通|满意/比较满意|"
    "非常满意/很满意/十分满意",
    "非常不滿意/很不滿意|不滿意/不太滿意|普通/一般/尚可|滿意|非常滿意/很滿意",
    "非常不同意|不同意|一般/中立/不确定|同意|非常同意",
    "매우 불만족/매우불만족/매우 불만|불만족/불만|보통|만족|매우 만족/매우만족",
    "전혀 그렇지 않다|그렇지 않다|보통이다/보통|그렇다|매우 그렇다",
    "غير راض جدا/غير راض تماما/غير راض على الإطلاق|غير راض|محايد|راض|راض جدا/راض تماما",
    "لا أوافق بشدة|لا أوافق|محايد|أوافق|أوافق بشدة",
    # stars
    "one/one star/1 star|two/two stars/2 stars|three/three stars/3 stars|four/four stars/4 stars|"
    "five/five stars/5 stars",
)  # fmt: skip
# two or three words; the rest of a seven-point order is not offered
_PAIRS = (
    ("bad/bad with comment", "good/good with comment"),
    ("dissatisfied", "satisfied"),
    ("disagree", "agree"),
    ("unhappy", "happy"),
    ("negative", "positive"),
    ("thumbs down/👎", "thumbs up/👍"),
    ("worst", "best"),
    ("☹/🙁/😞/😡", "🙂/😀/😊/😃"),
    ("unzufrieden", "zufrieden"),
    ("schlecht", "gut"),
)
# which places of a seven-point order make the usual shorter ones
_OFFERED = {
    7: ((1, 2, 3, 4, 5, 6, 7), (1, 2, 4, 6, 7), (1, 3, 4, 5, 7), (1, 2, 6, 7), (1, 3, 5, 7),
        (1, 2, 3, 5, 6, 7), (2, 4, 6), (1, 4, 7), (2, 3, 5, 6), (3, 4, 5), (2, 3, 4, 5, 6)),
    6: ((1, 2, 3, 4, 5, 6),),
    4: ((1, 2, 3, 4),),
    3: ((1, 2, 3),),
    5: ((1, 2, 3, 4, 5), (1, 2, 4, 5), (2, 3, 4), (1, 3, 5)),
}  # fmt: skip
NO_ANSWER = re.compile(
    r"(?:n a|na|not? answer(?:ed)?|no opinion|dont know|don t know|do not know|not applicable|"
    r"does not apply|prefer not (?:to )?(?:say|answer)|refused|refusal|blank|skipped|no response|"
    r"unfamiliar n a|unfamiliar|not sure cant say|never used|did not use|not used|offered|"
    r"unoffered|not offered|no rating|not rated|not asked|missing|system missing|cannot say|"
    r"no experience|no basis|weiss nicht|weiss ich nicht|keine angabe|k a|keine antwort|"
    r"nicht zutreffend|trifft nicht auf mich zu|verweigert|nicht genutzt|kann ich nicht beurteilen|"
    r"keine meinung|ne sait pas|ne sais pas|sans reponse|non concerne|non applicable|sans objet|"
    r"ne se prononce pas|nsp|nspp|sans avis|"
    r"je ne sais pas|refus|no sabe|no contesta|ns nc|no aplica|no se|no procede|"
    r"weet niet|weet ik niet|geen mening|niet van toepassing|nvt|n v t|nao sei|nao se aplica|"
    r"prefiro nao responder|non so|non applicabile|cant say|can t say|unable to (?:say|rate)|"
    r"i (?:dont|don t|do not|did not|didn t|have not|haven t) (?:use|used|know|remember)(?: .*)?|"
    r"benutze ich nicht|nutze ich nicht|je n utilise pas|no lo uso|gebruik ik niet|nao uso|"
    r"(?:dont know|don t know|not applicable|weiss nicht).*)"
)
_USUAL_MISSING = {-1, -2, -3, -7, -8, -9, -66, -77, -88, -97, -98, -99, -999, -9999}
_STEPS = 8  # of five, more of which are a slider's
_STRANGE = 2  # words among numbers that may stand for no answer
_SOME, _MANY = 3, 50  # answers of 1, and in all, from which no answer of 0 is odd
_USUAL_MISSING |= {66, 77, 88, *range(90, 100), 777, 888, *range(990, 1000), 9999}


@dataclass
class Reading:
    """How the answers of one or more columns are read.

    Attributes:
        low, high: ends of the scale.
        labels: word of the export -> number.
        missing: codes and words that are no answer.
        guessed: codes taken for missing by guess, with the rows that hold them.
        ends: codes at an end of the scale that may stand for no answer, with their rows.
        unsure: what else is unsure about it, a clause each.
        better: its good end.
        strange: words taken for no answer because they are no number, with their rows.
    """

    low: float
    high: float
    labels: dict[str, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    guessed: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    better: str = "high"
    strange: dict[str, int] = field(default_factory=dict)

    def says(self) -> dict | str:
        """Give it as the study file says it."""
        out: dict = {"range": f"{self.low:g}..{self.high:g}"}
        if self.labels:
            out["labels"] = {
                word: int(value) if value % 1 == 0 else value for word, value in self.labels.items()
            }
        if self.better != "high":
            out["better"] = self.better
        if self.missing:
            out["missing"] = [_code(each) for each in self.missing]
        return out if len(out) > 1 else out["range"]


def _code(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?[1-9]\d*|0", text) else text


def read_scale(columns: Sequence[Profile], *, fixed: tuple[float, float] | None = None):
    """Tell the scale that columns share.

    Args:
        columns: one score, or the ratings of one battery.
        fixed: the ends, where they are known; NPS is asked on 0..10.

    Returns:
        The reading, or None where their values are on no scale that is known.
    """
    if all(_by_file(column) for column in columns):
        reading = _labelled_by_file(columns)
    elif any(column.numbers for column in columns):
        reading = _numbered(columns, fixed)
    else:
        return _worded(columns, fixed)
    if reading and fixed is None and any(map(low_is_good, columns)):
        reading.better = "low"
    return reading


_FIRST_IS_BEST = (
    r"schulnote|\b1 (?:ist |is |est |es )?(?:sehr (?:gut|zufrieden)|am besten|beste|very satisfied|"
    r"completely satisfied|strongly agree|excellent|tres satisfait|muy satisfecho|zeer tevreden|"
    r"trifft voll|stimme voll)"
)


def low_is_good(column: Profile) -> bool:
    """Say whether heading or labels call the lowest point the best one."""
    if re.search(_FIRST_IS_BEST, column.said):
        return True
    coded = {
        float(code): folded(words)
        for code, words in (column.labels or {}).items()
        if re.fullmatch(r"-?\d+(?:\.0)?", code) and not NO_ANSWER.fullmatch(folded(words))
    }
    if len(coded) < 2:
        return False
    ends = coded[min(coded)], coded[max(coded)]
    places = order_of(set(ends))
    return bool(places) and places[ends[0]] > places[ends[1]]


# ---------------------------------------------------------------- numbers


_EATEN = re.compile(rf"{DATED.pattern}|\d{{1,2}}-\d{{1,2}}", re.IGNORECASE)  # '10-Sep', or '9-10'


def _numbered(columns: Sequence[Profile], fixed: tuple[float, float] | None) -> Reading | None:
    words = list(dict.fromkeys(word for column in columns for word in column.words
                               if not _EATEN.fullmatch(word)))  # fmt: skip
    tally = tallied(columns)
    declared = {code for column in columns for code in column.codes}
    told = {
        code
        for column in columns
        for code, label in (column.labels or {}).items()
        if NO_ANSWER.fullmatch(folded(label))
    }
    missing = [f"{n:g}" for n in tally if f"{n:g}" in declared | told]
    left = {n: rows for n, rows in tally.items() if f"{n:g}" not in missing}
    guessed = _strays(left, fixed)
    left = {n: rows for n, rows in left.items() if n not in guessed}
    strange = [word for word in words if not NO_ANSWER.fullmatch(folded(word))]
    odd = {word: sum(int(c.counts.get(word, 0)) for c in columns) for word in strange}
    if not left or len(odd) > _STRANGE or sum(odd.values()) > sum(left.values()):
        return None
    low, high = fixed or _ends(left, columns)
    said = {f"{n:g}": rows for n, rows in guessed.items()}
    listed = [each for each in [*missing, *said, *words] if each not in declared]
    ends = {} if fixed else _odd_ends(left, low, high)
    reading = Reading(low, high, {}, listed, said, ends, strange=odd)
    if (low, high) == (0, 1) and len(left) > 2:
        mean = sum(n * rows for n, rows in left.items()) / sum(left.values())
        reading.unsure.append(f"the answers are parts of one, of 0..1, with a mean of {mean:.2f}")
    elif low == 0 and not left.get(0) and left.get(1, 0) >= _SOME and sum(left.values()) >= _MANY:
        reading.unsure.append(
            f"nobody answered 0 and {left[1]} answered 1, as if it was asked on 1..{high:g}"
        )
    return reading


def ends_said(columns: Sequence[Profile], reading: Reading) -> str:
    """Give the words that the file itself has for the ends of a scale, where all agree."""
    said = []
    for end in (reading.low, reading.high):
        words = {(column.labels or {}).get(f"{end:g}", "") for column in columns}
        said += [f"{end:g} = {word}" for word in words if word and len(words) == 1]
    return ", ".join(said)


def tallied(columns: Sequence[Profile]) -> dict[float, int]:
    """Count the rows of each number over several columns."""
    tally: dict[float, int] = {}
    for column in columns:
        for number, rows in column.tally().items():
            tally[number] = tally.get(number, 0) + rows
    return dict(sorted(tally.items()))


def _strays(tally: dict[float, int], fixed: tuple[float, float] | None) -> dict[float, int]:
    """Find the numbers that stand apart from the answers, as codes for no answer do."""
    if fixed:
        return {n: rows for n, rows in tally.items() if not fixed[0] <= n <= fixed[1]
                and (n in _USUAL_MISSING or n == fixed[1] + 1)}  # fmt: skip
    by_fives = len(tally) > _STEPS and all(n % 5 == 0 for n in tally if n >= 0)
    # a slider: any number is an answer
    if (len(tally) > 20 or by_fives) and 80 < max(tally, default=0) <= 100:
        return {n: rows for n, rows in tally.items() if n < 0}
    if signed(tally):
        return {}
    found = {n for n in tally if n in _USUAL_MISSING and (n < 0 or n > 11)}
    left = sorted(n for n in tally if n not in found and n >= 0)
    if len(left) > 2 and left[-1] in (8, 9) and left[-1] - left[-2] > 2:
        found.add(left[-1])
    return {n: tally[n] for n in sorted(found)}


def signed(tally: dict[float, int]) -> float:
    """Give the good end of a scale on both sides of 0, as -1, 0, 1; 0 where it is none.

    Each point between is in use (but perhaps 0, or the last of one side), none lies beyond 5,
    and a side of one point or more in use holds a fiftieth of the answers.
    """
    used = sorted(tally)
    end = max(-used[0], used[-1]) if used else 0
    if not (used and used[0] < 0 < used[-1] and 1 <= end <= _SIDE):
        return 0
    gaps = {*range(int(-end), int(end) + 1)} - {0} - {*used}
    sides = [sum(n for point, n in tally.items() if point * way > 0) for way in (-1, 1)]
    near = not gaps or (end > 1 and len(gaps) == 1 and gaps <= {-end, end})
    return end if near and min(sides) >= _RARE * sum(tally.values()) else 0


_SIDE, _RARE = 5, 0.02  # points to either side of 0; part of the answers
_SELDOM = 0.15  # of the answers: so few may be a code


def _ends(tally: dict[float, int], columns: Sequence[Profile]) -> tuple[float, float]:
    if end := signed(tally):
        return -end, end
    low, high = min(tally), max(tally)
    coded = [
        float(code)
        for column in columns
        for code, label in (column.labels or {}).items()
        if re.fullmatch(r"-?\d+(?:\.0)?", code) and not NO_ANSWER.fullmatch(folded(label))
        and code not in column.codes
    ]  # fmt: skip
    coded += [column.most for column in columns if column.most]
    low, high = min([low, *coded]), max([high, *coded])
    if 0 <= low < high <= 1 and any(number % 1 for number in tally):  # parts of one
        return 0, 1
    if told := _ends_told(columns, low, high):
        return told
    if high > 11:
        return min(low, 0), 100 if high <= 100 else high
    low = min(low, 1)
    few = sum(tally.values()) < 30 * len(columns)
    return low, next(end for end in ((5, 7, 10, 11) if few else range(2, 12)) if end >= high)


_TOLD = re.compile(
    r"[(\[]\s*(?:(?:scale|skala|schulnoten?|noten?|echelle|escala|scala)\s*)?(?P<a>[01])\s*(?:[-–—〜~]|\.{2,3}|to|bis|à|a|tot|=[^()\[\]]*?[,;/]?)\s*"
    r"(?P<b>[567]|9|10|11|100)\s*(?:=[^()\[\]]*)?[)\]]",
    re.IGNORECASE,
)


def _ends_told(columns: Sequence[Profile], low: float, high: float) -> tuple[float, float] | None:
    """Give the ends that headings name, as in '(1 = very good, 6 = very bad)', if all fit."""
    found = {(float(each["a"]), float(each["b"])) for column in columns
             for each in _TOLD.finditer(f"{column.name} {column.wording}")}  # fmt: skip
    if len(found) != 1:
        return None
    ends = found.pop()
    return ends if ends[0] <= low and high <= ends[1] else None


def _odd_ends(tally: dict[float, int], low: float, high: float) -> dict[str, int]:
    """Name the ends beyond a usual scale: they may be answers, or stand for none."""
    if (low, high) in ((0, 10), (0, 100)):
        return {}
    odd = {}
    if low == -1 and tally.get(-1, 0) < _SELDOM * sum(tally.values()):
        odd["-1"] = tally.get(-1, 0)
    if low == 0 and 0 in tally and len(tally) > 2:
        odd["0"] = tally[0]
    if high in (6, 8, 11) and high in tally:
        odd[f"{high:g}"] = tally[high]
    return odd


# ---------------------------------------------------------------- words


def _by_file(column: Profile) -> bool:
    """Say whether the file says which number each word stands for, and their order is known."""
    labels = column.labels or {}
    said = {words for words in labels.values()}
    shown = [word for word in column.counts.index if word in said]
    if not labels or not shown:
        return False
    known = {word for order in ORDERS for place in order for word in place}
    met = sum(folded(words) in known for words in said)
    return met >= 2


def _labelled_by_file(columns: Sequence[Profile]) -> Reading | None:
    codes: dict[float, str] = {}
    for column in columns:
        codes |= {
            float(code): words
            for code, words in (column.labels or {}).items()
            if re.fullmatch(r"-?\d+(?:\.0)?", code) and code not in column.codes
        }
    absent = {code for code, words in codes.items() if NO_ANSWER.fullmatch(folded(words))}
    absent |= {code for code in codes if code in _USUAL_MISSING and (code < 0 or code > 11)}
    answers = sorted(set(codes) - absent)
    if len(answers) < 2:
        return None
    return Reading(answers[0], answers[-1], {}, [f"{code:g}" for code in sorted(absent)])


def _parse(order: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(folded, place.split("/"))) for place in order.split("|"))


ORDERS = tuple(map(_parse, _ORDERS))


# the groups of NPS (Reichheld 2003), each with a point of its own
GROUPS = {"promoter": 10.0, "promoters": 10.0, "passive": 8.0, "passives": 8.0, "neutral": 8.0,
          "detractor": 3.0, "detractors": 3.0, "promotor": 10.0, "passiv": 8.0, "detraktor": 3.0,
          "kritiker": 3.0, "indifferente": 8.0, "promoteur": 10.0, "passif": 8.0,
          "detracteur": 3.0}  # fmt: skip


def is_none(word: str) -> bool:
    """Say whether a word among points of a scale is what programs write for an empty cell."""
    return word.lower() in NONE


def _worded(columns: Sequence[Profile], fixed: tuple[float, float] | None) -> Reading | None:
    words = dict.fromkeys(word for column in columns for word in column.words)
    absent = [word for word in words if NO_ANSWER.fullmatch(folded(word)) or is_none(word)]
    answers = {word: folded(word) for word in words if word not in absent}
    if fixed and len(answers) > 1 and set(answers.values()) <= set(GROUPS):
        return Reading(0, 10, {word: GROUPS[fold] for word, fold in answers.items()}, absent)
    places = order_of(set(answers.values()))
    if not places:
        return None
    labels = {word: float(places[fold]) for word, fold in answers.items()}
    steps = _steps(places)
    low = 0 if steps == 2 else 1
    shift = 1 if steps == 2 else 0
    labels = dict(
        sorted(((word, value - shift) for word, value in labels.items()), key=lambda at: -at[1])
    )
    reading = Reading(low, steps - shift, labels, absent)
    if steps == 5 and _within_seven(set(answers.values())):
        tally = {value: sum(int(c.counts.get(word, 0)) for c in columns)
                 for word, value in labels.items()}  # fmt: skip
        mean = sum(value * n for value, n in tally.items()) / max(sum(tally.values()), 1)
        reading.unsure.append(
            f"nobody gave the ends of seven points, so it is read as 1..5 with a mean of "
            f"{mean:.2f}; on 1..7 it would be {mean + 1:.2f}"
        )
    ends = [end for end in (1, 5) if end not in labels.values()]
    answers_given = sum(int(c.counts.get(word, 0)) for c in columns for word in labels)
    if steps == 5 and len(labels) == 4 and len(ends) == 1 and answers_given >= _MANY:
        worse = "worst" if ends == [1] else "best"
        reading.unsure.append(
            f"nobody gave the {worse} of five points in {answers_given:,} answers: if four were "
            f"offered, each mean is {'one point too high' if ends == [1] else 'of four'}"
        )
    if steps in (4, 6):
        reading.unsure.append(f"no middle answer was given, so it is read as {steps} points")
    return reading


_MANY = 50  # answers after which a point that nobody gave may not have been offered


def _within_seven(words: set[str]) -> bool:
    """Say whether words are the inner five of an order of seven."""
    return any(
        len(order) == 7 and all(any(word in place for word in words) for place in order[1:6])
        for order in ORDERS
    )


def _steps(places: dict[str, int]) -> int:
    return places.pop("")


def order_of(words: set[str]) -> dict[str, int]:
    """Put words into a known order that covers all of them.

    Args:
        words: folded.

    Returns:
        Word -> place, 1 the worst; under the empty word the number of places offered. Empty
        where no order covers all words, or two words would share a place.
    """
    if len(words) < 2:
        return {}
    if len(words) == 2 and (found := _paired(words)):
        return found
    fitting = []
    for order in ORDERS:
        found = {word: at for at, place in enumerate(order, 1) for word in words if word in place}
        if len(found) == len(words) == len(set(found.values())):
            fitting.append((found, len(order)))
    for whole in (True, False):
        for found, length in fitting:
            if got := _offered(found, length, whole=whole):
                return got
    return _paired(words)


def _paired(words: set[str]) -> dict[str, int]:
    """Put words for bad and good, each of which may be said in several ways, into two places."""
    for pair in _PAIRS:
        found = {word: at for at, place in enumerate(pair, 1) for word in words
                 if word in place.split("/")}  # fmt: skip
        if len(found) == len(words) and set(found.values()) == {1, 2}:
            return {**found, "": 2}
    return {}


def _offered(found: dict[str, int], length: int, *, whole: bool) -> dict[str, int]:
    """Number the places that were offered, as far as the words in use tell.

    Args:
        found: word -> its place in the order.
        length: places of the order.
        whole: whether every place of what was offered has to be in use.
    """
    held = set(found.values())
    sets = [set(each) for each in _OFFERED[length]]
    exact = [each for each in sets if each == held]
    odd = [each for each in sets if held <= each and len(each) % 2 and len(each) > 3]
    wide = [each for each in sets if held <= each]
    for chosen in exact if whole else (*sorted(odd, key=len), *sorted(wide, key=len)):
        if len(chosen) > len(held) + 2 and len(held) > 3:  # a set of its own, all in use
            chosen = held
        place = {at: number for number, at in enumerate(sorted(chosen), 1)}
        return {word: place[at] for word, at in found.items()} | {"": len(chosen)}
    return {}
