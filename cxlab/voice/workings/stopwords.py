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
TURNING = frozenset(_TURNING.split())
STOPS = frozenset(_LISTS.split()) - TURNING
