"""Words that say how, not what, by language; words of negation are none of them."""

_LISTS = """
a an the and or but of to in on at for with by from as is are was were be been being am i you we
they he she it its my your our their his her me us them this that these those have has had having
do does did done will would could can should may might must if so than then there here what when
who which while just very really too also about into over again any some all more most much many
such only own same ve ll re im id dont cant still one get got
der die das den dem des ein eine einen einem einer eines und oder aber von zu im am auf für mit bei
aus als wie ist sind war waren sein wird werden wurde ich du wir ihr sie er es mein meine meinen
unser euer mir mich uns euch dieser diese dieses haben hat hatte habe hatten kann können könnte
soll sollte wenn dann dort hier was wann wer sehr auch nur schon noch man so da bin durch nach
le la les un une des du de et ou mais dans sur pour avec par est sont était étaient être ai as avons
avez ont je tu nous vous ils elles il elle on mon ma mes votre vos notre nos leur leurs ce cette ces
cet que qui quoi quand où si très trop aussi plus en au aux se sa son ses me te
el los las una unos unas y o pero del al con por para es son era fue ser estar yo tú nosotros ellos
mi su sus muy también lo se que como
il lo gli uno del della dei delle e ma di da con per sono era essere io noi voi mio suo molto anche
che
het een en of maar van naar voor met door uit als is zijn was waren ik jij wij zij mijn ons hun deze
dit dat die heb heeft had kan zou ook heel zeer te er
"""
# words that turn a meaning round: they tell a tone, no topic
_TURNING = """
no not never nothing nobody none nor without cannot couldn wouldn didn doesn isn wasn won haven
hasn even always nicht kein keine keinen keiner nie niemals nichts niemand ohne immer pas jamais
rien sans ni toujours nunca nada nadie sin siempre non mai niente nulla senza sempre niet geen
nooit niets zonder altijd
"""
# words of praise, blame and thanks, that may be said of anything: they tell a tone, no topic
_TONE = """
good better best great greatest excellent amazing awesome fantastic brilliant superb perfect
perfectly wonderful lovely nice fine ok okay alright decent outstanding exceptional incredible
fabulous terrific pleasant impressed impressive satisfied satisfying satisfactory satisfaction happy
happier happily pleased delighted glad love loved loves loving like liked likes enjoy
enjoyed enjoying enjoyable recommend recommended thank thanks thankyou cheers well wow bad worse
worst poor poorly terrible awful horrible dreadful appalling shocking disappointing disappointed
disappointment unhappy dissatisfied unsatisfied hate hated dislike disliked annoying annoyed
frustrating frustrated frustration angry useless rubbish crap mediocre average unacceptable disgrace
disgraceful ridiculous joke nightmare sorry sadly unfortunately problem problems issue issues
trouble complain complaint complaints complaining fault improve improved improvement overall general
generally experience honest
gut gute guter gutes guten besser bessere beste bester bestes besten bestens super toll tolle toller
tolles tollen klasse prima spitze top perfekt perfekte hervorragend ausgezeichnet wunderbar
wunderschön genial großartig schön schöne schöner schönes schönen zufrieden zufriedener begeistert
glücklich froh gerne gern gefällt gefallen lob loben empfehlen empfehlenswert weiterempfehlen danke
dank passt einwandfrei optimal schlecht schlechte schlechter schlechtes schlechten schlimm
schrecklich furchtbar katastrophal katastrophe enttäuscht enttäuschend enttäuschung unzufrieden
mangelhaft miserabel ärgerlich ärger mies probleme beschwerde beschwerden beschweren verbessern
verbesserung erfahrung erfahrungen
bon bonne bons bonnes bien mieux meilleur meilleure meilleurs parfait parfaite parfaits parfaitement
excellente excellents génial géniale formidable magnifique superbe belle beau beaux belles joli
jolie contente contents satisfait satisfaite ravi ravie heureux heureuse merci bravo recommande
recommander aime aimé adore adoré apprécié mauvais mauvaise pire nul nulle affreux décevant
décevante déçu déçue déception mécontent insatisfait catastrophique catastrophe inadmissible honteux
dommage problème problèmes plainte améliorer amélioration expérience
bueno buena buenos buenas buen mejor excelente excelentes estupendo estupenda perfecto perfecta
maravilloso contento contenta satisfecho satisfecha encantado encantada encanta gusta gustó gracias
recomiendo recomendable feliz malo mala malos malas peor pésimo pésima fatal decepcionado
decepcionada decepcionante insatisfecho problema problemas queja quejas mejorar experiencia
buono buona buoni buone bene meglio migliore ottimo ottima ottimi ottime eccellente perfetto
perfetta fantastico bello bella belli bravi soddisfatto soddisfatta felice piace piaciuto grazie
consiglio male peggio peggiore pessimo pessima brutto brutta orribile terribile deluso delusa
deludente insoddisfatto problemi migliorare esperienza
goed goede beter geweldig fantastisch uitstekend mooi mooie fijn fijne leuk tevreden blij bedankt
aanrader slecht slechte slechter matig waardeloos teleurgesteld teleurstellend ontevreden vreselijk
probleem problemen klacht klachten verbeteren ervaring
"""
# words of degree, time and number, and verbs that need another word: they name nothing
_LIGHT = """
quite rather fairly pretty totally completely absolutely extremely highly truly definitely honestly
little bit lot lots enough far less few several almost already maybe perhaps probably otherwise
however though although because since while until before after during between up down off out back
away through each every everything everyone anything something someone somebody thing things way
another other both else yet ever often usually sometimes today now again last first next one two
three four five six seven eight nine ten go goes going gone went come comes came make makes made
keep keeps keeping kept take takes took taken give gives gave let need needs needed want wants
wanted think thinking thought feel felt seem seems say says yes please time times day days week
weeks month months year years
weiter leider insgesamt allgemein bisher alles etwas viel viele vieles mehr weniger wenig wenige
wieder ganz gar echt wirklich total absolut ziemlich eigentlich einfach bisschen jede jeder jedes
jeden andere anderen beide mal oft seit könnte könnten wäre würde würden hätte müsste sollten geht
ging kommt kam macht gemacht machen gibt bitte tag tage woche wochen monat monate jahr jahre
général globalement tout tous toute toutes peu beaucoup encore assez vraiment plutôt après avant
déjà chose choses été fait faire dire va aller autre autres chaque trop moins bref souvent
fois jour jours semaine semaines mois an ans année
todo todos toda todas poco poca mucho mucha muchos más menos algo bastante vez veces otro otra hace
hacer día días semana semanas mes meses año años
tutto tutti tutta tanto troppo più meno ancora altro altra
meer minder veel weinig gewoon wel weer helemaal vaak
"""
TURNING = frozenset(_TURNING.split())
TONE = frozenset(_TONE.split())
LIGHT = frozenset(_LIGHT.split())
STOPS = frozenset(_LISTS.split()) - TURNING
