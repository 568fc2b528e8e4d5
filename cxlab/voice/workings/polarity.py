"""Words of praise and of blame, known before any score is read.

A study teaches the sign of the words it holds often; what few of its comments hold has the sign
that the word usually has. Lists of our own, in six languages: plain words, none that is praise in
one trade and blame in another (such as `cheap`, `cold` or `long`).
"""

_GOOD = """
good great nice fine excellent perfect perfectly wonderful lovely amazing awesome brilliant
fantastic superb outstanding exceptional marvellous marvelous terrific fabulous incredible best
better happy happier happiest pleased pleasure pleasant delighted delightful glad satisfied
satisfying satisfaction thrilled impressed impressive love loved loves loving liked likes enjoy
enjoyed enjoys enjoyable appreciate appreciated thank thanks grateful recommend recommended
recommending friendly helpful help helped helps helping polite courteous caring attentive patient
welcoming professional competent knowledgeable efficient effective easy easily easier simple smooth
smoothly seamless effortless quick quickly quicker fast faster prompt promptly punctual instant
reliable dependable trustworthy trust trusted honest fair fairly accurate correct correctly clean
tidy fresh tasty delicious comfortable comfy beautiful beautifully quality improved works worked
working solved resolved fixed arrived answered delivered worth bargain affordable convenient useful
safe secure success successful successfully win winner pleasantly yes smile smiling reply replied
gut gute guter gutes guten super toll tolle prima perfekt ausgezeichnet hervorragend wunderbar
zufrieden freundlich freundliche nett hilfsbereit hilfreich schnell schnelle pünktlich zuverlässig
einfach lecker sauber empfehlen empfehle empfehlenswert danke gerne besser beste klasse spitze bon
bonne bons bonnes bien mieux meilleur meilleure parfait parfaite excellente génial formidable
magnifique superbe contente satisfait satisfaite ravi ravie heureux merci bravo recommande aimable
rapide efficace agréable sympa bueno buena buenos buenas buen mejor excelente perfecto perfecta
maravilloso contento contenta satisfecho satisfecha encantado encantada gracias recomiendo
recomendable feliz amable rápido fácil buono buona bene meglio migliore ottimo ottima eccellente
perfetto perfetta fantastico soddisfatto soddisfatta felice grazie consiglio gentile veloce facile
goed goede beter geweldig fantastisch uitstekend fijn leuk tevreden blij bedankt aanrader
vriendelijk snel makkelijk
"""
_BAD = """
bad badly worse worst poor poorly terrible terribly horrible horribly awful awfully dreadful
atrocious appalling abysmal disgusting pathetic rubbish useless worthless hopeless ridiculous
unacceptable disgrace disgraceful shameful shocking disappointed disappointing disappointment
disappoint unhappy dissatisfied unsatisfied annoyed annoying frustrated frustrating frustration
angry furious upset sad hate hated hates dislike disliked regret sorry complain complained
complaint complaints problem problems issue issues trouble troubles fault faults faulty error
errors mistake mistakes bug bugs fail failed fails failing failure broken broke break breaks
damaged damage defective missing lost late later delay delays delayed slow slowly slower wait
waited waiting overpriced expensive pricey costly overcharged rude unfriendly unhelpful impolite
arrogant ignorant ignored incompetent unprofessional careless lazy dishonest liar lie lied lies
misleading scam fraud rip-off cheat cheated difficult difficulty hard harder complicated confusing
confused unclear impossible unreliable unstable unsafe wrong wrongly incorrect inaccurate dirty
filthy messy stale tasteless inedible noisy uncomfortable ugly cancel cancelled canceled cancelling
refund refunded waste wasted wasting lack lacking lacks stuck crash crashed crashes crashing hassle
nightmare nuisance worry worried unfortunately sadly avoid disaster refused refuse hidden schlecht
schlechte schlechter schlechtes schlechten schrecklich furchtbar katastrophe katastrophal
enttäuscht enttäuschend unzufrieden unfreundlich langsam teuer spät verspätet verspätung probleme
fehler kaputt defekt beschwerde ärgerlich leider unverschämt mauvais mauvaise pire nul nulle
affreux décevant décevante déçu déçue déception mécontent insatisfait catastrophe catastrophique
inadmissible honteux dommage problème problèmes plainte retard malo mala malos malas peor pésimo
pésima fatal decepcionado decepcionada decepcionante insatisfecho problema problemas queja quejas
lento retraso peggio peggiore pessimo pessima brutto brutta orribile terribile deluso delusa
deludente insoddisfatto problemi ritardo slecht slechte slechter matig waardeloos teleurgesteld
teleurstellend ontevreden vreselijk probleem problemen klacht klachten traag laat
"""
SIGN = {word: 1.0 for word in _GOOD.split()} | {word: -1.0 for word in _BAD.split()}
