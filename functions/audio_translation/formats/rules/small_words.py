"""Articles, prepositions and the like of some languages: a line must not end in one.

English has its own in ``line_breaking.py``, where what follows counts, too. Guides ask for the same
in all languages: Netflix, Timed Text Style Guide, General Requirements, "Line Treatment".
"""

# ruff: noqa: RUF001  the letters are Cyrillic

_TABLE = {
    "catalan": "el la els les un una uns unes l' de del dels d' a al als en amb per i o que",
    "danish": "en et den det de i på af til fra med for om ved over under og eller at som",
    "dutch": "de het een der 't van in op aan bij met voor door over onder naar uit tot om te en of"
    " dat die mijn zijn haar",
    "french": "le la les un une des du de d' l' à au aux en dans sur sous par pour avec sans chez"
    " vers entre ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs"
    " et ou que qui je tu il elle on nous vous ils elles ne se me te y",
    "german": "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem"
    " keiner in im ins an am ans auf aus bei beim mit nach von vom zu zum zur für durch über unter"
    " vor zwischen um gegen ohne seit und oder dass mein meine meinen meinem meiner dein deine sein"
    " seine seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere",
    "italian": "il lo la i gli le un uno una l' un' di del dello della dei degli delle dell' a al"
    " allo alla ai agli alle all' da dal dallo dalla dai dagli dalle in nel nello nella nei negli"
    " nelle su sul sulla sui sulle con per tra fra e o che mi ti si ci vi non",
    "norwegian": "en ei et den det de i på av til fra med for om ved over under og eller å som",
    "polish": "w we z ze do na od o po za przed przez dla bez pod nad u i a lub że nie się",
    "portuguese": "o a os as um uma uns umas de do da dos das em no na nos nas num numa a ao à aos"
    " às por pelo pela pelos pelas para com sem sobre entre e ou que se não meu minha seu sua",
    "romanian": "un o unui unei al a ai ale cel cea de din la în pe cu pentru prin fără sub și sau"
    " că nu se",
    "russian": "в во на с со к ко у о об от до из за по под над при для без через не ни и а но или"
    " что",
    "spanish": "el la los las un una unos unas lo de del a al en con por para sin sobre entre hasta"
    " desde hacia y e o u que se me te le nos no mi mis tu tus su sus este esta estos estas",
    "swedish": "en ett den det de i på av till från med för om vid över under och eller att som",
    "ukrainian": "в у на з із зі до від о об по за під над при для без через не ні і й та а але або"
    " що",
}

_WORDS = {language: frozenset(words.split()) for language, words in _TABLE.items()}
_NONE: frozenset[str] = frozenset()


def small_words(language: str | None) -> frozenset[str]:
    """Return the words, in lower case, after which a break is bad; ``language`` is OpenAI's name.

    None are known of most languages.
    """
    return _WORDS.get(language or "", _NONE)
