"""Names, codes and aliases of the languages in ``languages.NAMES``.

Made by ``python -m tools.build.language_table`` of langcodes 3.5.1; not to be edited.
"""

# ruff: noqa: RUF001  names in other scripts

NAMES = """
af=Afrikaans; am=Amharic=አማርኛ; ar=Arabic=العربية; ar-001=Modern Standard Arabic;
as=Assamese=অসমীয়া; az=Azerbaijani=azərbaycan=Azeri; ba=Bashkir=башҡорт теле;
be=Belarusian=беларуская; bg=Bulgarian=български; bn=Bangla=Bengali=বাংলা; bo=Tibetan=བོད་སྐད་;
br=Breton=brezhoneg; bs=Bosnian=bosanski; ca=Catalan=català=Valencian; cs=Czech=čeština;
cy=Welsh=Cymraeg; da=Danish=dansk; de=German=Deutsch; de-AT=Austrian German;
de-CH=Swiss High German; el=Greek=Ελληνικά; en=English; en-AU=Australian English;
en-CA=Canadian English; en-GB=British English; en-US=American English; es=Spanish=español=Castilian;
es-419=Latin American Spanish; es-ES=European Spanish; es-MX=Mexican Spanish; et=Estonian=eesti;
eu=Basque=euskara; fa=Persian=فارسی=Farsi; fa-AF=Dari; fi=Finnish=suomi; fil=Filipino;
fo=Faroese=føroyskt; fr=French=français; fr-CA=Canadian French; fr-CH=Swiss French;
gl=Galician=galego; gu=Gujarati=ગુજરાતી; ha=Hausa; haw=Hawaiian=ʻŌlelo Hawaiʻi; he=Hebrew=עברית;
hi=Hindi=हिन्दी; hi-Latn=Hinglish; hr=Croatian=hrvatski; ht=Haitian Creole=Kreyòl Ayisyen=Haitian;
hu=Hungarian=magyar; hy=Armenian=հայերեն; id=Indonesian=bahasa Indonesia; is=Icelandic=íslenska;
it=Italian=italiano; ja=Japanese=日本語; jv=Javanese; ka=Georgian=ქართული; kk=Kazakh=қазақ тілі;
km=Khmer=ខ្មែរ; kn=Kannada=ಕನ್ನಡ; ko=Korean=한국어; la=Latin=Lingua latina;
lb=Luxembourgish=Lëtzebuergesch=Letzeburgesch; ln=Lingala=lingála; lo=Lao=ລາວ;
lt=Lithuanian=lietuvių; lv=Latvian=latviešu; mg=Malagasy; mi=Māori=Maori; mk=Macedonian=македонски;
ml=Malayalam=മലയാളം; mn=Mongolian=монгол; mr=Marathi=मराठी; ms=Malay=bahasa Malaysia;
mt=Maltese=Malti; my=Burmese=Myanmar=မြန်မာ; nb=Bokmål=Norwegian Bokmål; ne=Nepali=नेपाली;
nl=Dutch=Nederlands; nl-BE=Flemish; nn=Norwegian Nynorsk=Nynorsk=norsk nynorsk; no=Norwegian=norsk;
oc=Occitan; pa=Punjabi=ਪੰਜਾਬੀ=Panjabi; pl=Polish=polski; ps=Pashto=پښتو=Pushto;
pt=Portuguese=português; pt-BR=Brazilian Portuguese; pt-PT=European Portuguese; ro=Romanian=română;
ro-MD=Moldavian=Moldovan; ru=Russian=русский; sa=Sanskrit=संस्कृत भाषा; sd=Sindhi=سنڌي;
si=Sinhala=සිංහල=Sinhalese; sk=Slovak=slovenčina; sl=Slovenian=slovenščina; sn=Shona=chiShona;
so=Somali=Soomaali; sq=Albanian=shqip; sr=Serbian=српски; sr-Latn=Serbo-Croatian;
su=Sundanese=Basa Sunda; sv=Swedish=svenska; sw=Swahili=Kiswahili; ta=Tamil=தமிழ்; te=Telugu=తెలుగు;
tg=Tajik=тоҷикӣ; th=Thai=ไทย; tk=Turkmen=türkmen dili; tl=Tagalog; tr=Turkish=Türkçe;
tt=Tatar=татар; uk=Ukrainian=українська; ur=Urdu=اردو; uz=Uzbek=o‘zbek; vi=Vietnamese=Tiếng Việt;
yi=Yiddish=ייִדיש; yo=Yoruba=Èdè Yorùbá; yue=Cantonese=粵語=Cantonese Chinese;
zh=Chinese=中文=Mandarin=Mandarin Chinese; zh-Hans=Simplified Chinese; zh-Hant=Traditional Chinese
"""
"""Each tag with its names, in English and in the language itself."""

ALIASES = """
afr=af; alb=sq; als=sq; amh=am; ara=ar; arb=ar; arm=hy; asm=as; aze=az; azj=az; bak=ba; baq=eu;
bel=be; ben=bn; bod=bo; bos=bs; bre=br; bul=bg; bur=my; cat=ca; ces=cs; chi=zh; cmn=zh; cnr=sr-ME;
cym=cy; cze=cs; dan=da; deu=de; drh=mn; drw=fa-AF; dut=nl; ekk=et; ell=el; eng=en; est=et; eus=eu;
fao=fo; fas=fa; fin=fi; fra=fr; fre=fr; geo=ka; ger=de; glg=gl; gre=el; guj=gu; hat=ht; hau=ha;
hbs=sr-Latn; heb=he; hin=hi; hrv=hr; hun=hu; hye=hy; i-lux=lb; ice=is; in=id; ind=id; isl=is;
ita=it; iw=he; jav=jv; ji=yi; jpn=ja; jw=jv; kan=kn; kat=ka; kaz=kk; khk=mn; khm=km; kor=ko; lao=lo;
lat=la; lav=lv; lin=ln; lit=lt; ltz=lb; lvs=lv; mac=mk; mal=ml; mao=mi; mar=mr; may=ms; mkd=mk;
mlg=mg; mlt=mt; mo=ro; mol=ro; mon=mn; mri=mi; msa=ms; mya=my; nep=ne; nld=nl; nno=nn; no-bok=nb;
no-bokmal=nb; no-nyn=nn; no-nynorsk=nn; nob=nb; nor=no; npi=ne; oci=oc; pan=pa; pbu=ps; per=fa;
pes=fa; plt=mg; pol=pl; por=pt; prs=fa-AF; pus=ps; ron=ro; rum=ro; rus=ru; san=sa; scc=sr; scr=hr;
sh=sr-Latn; sin=si; slk=sk; slo=sk; slv=sl; sna=sn; snd=sd; som=so; spa=es; sqi=sq; srp=sr; sun=su;
swa=sw; swc=sw-CD; swe=sv; swh=sw; tam=ta; tat=tt; tel=te; tgk=tg; tgl=tl; tha=th; tib=bo;
tnf=fa-AF; tuk=tk; tur=tr; ukr=uk; urd=ur; uzb=uz; uzn=uz; vie=vi; wel=cy; ydd=yi; yid=yi; yor=yo;
zh-cmn=zh; zh-cmn-hans=zh-Hans; zh-cmn-hant=zh-Hant; zh-guoyu=zh; zh-yue=yue; zho=zh; zsm=ms
"""
"""Other codes, those of three letters among them, and their tags."""

MEMBERS = """
aae=sq; aao=ar; aat=sq; abh=ar; abv=ar; acm=ar; acq=ar; acw=ar; acx=ar; acy=ar; adf=ar; aeb=ar;
aec=ar; afb=ar; ajp=ar; aln=sq; apc=ar; apd=ar; arq=ar; ars=ar; ary=ar; arz=ar; auz=ar; avl=ar;
ayh=ar; ayl=ar; ayn=ar; ayp=ar; azb=az; bbz=ar; bhr=mg; bjn=ms; bjq=mg; bmm=mg; btj=ms; bve=ms;
bvu=ms; bzc=mg; cdo=zh; cjy=zh; cnp=zh; coa=ms; cpx=zh; csp=zh; czh=zh; czo=zh; dty=ne; dup=ms;
gan=zh; hak=zh; hji=ms; hsn=zh; jak=ms; jax=ms; kvb=ms; kvr=ms; kxd=ms; lce=ms; lcf=ms; liw=ms;
ltg=lv; lzh=zh; max=ms; meo=ms; mfa=ms; mfb=ms; min=ms; mnp=zh; mqg=ms; msh=mg; msi=ms; mui=ms;
mvf=mn; nan=zh; orn=ms; ors=ms; pbt=ps; pel=ms; pga=ar; pse=ms; pst=ps; shu=ar; skg=mg; ssh=ar;
tdx=mg; tkg=mg; tmw=ms; txy=mg; urk=ms; uzs=uz; vkk=ms; vkt=ms; vro=et; wuu=zh; xmm=ms; xmv=mg;
xmw=mg; yih=yi; zlm=ms; zmi=ms
"""
"""Codes of languages that belong to a larger one."""

REGIONS = """
419=Latin America; AA=Private use; AC=Ascension Island; AD=Andorra; AE=United Arab Emirates;
AF=Afghanistan; AG=Antigua & Barbuda; AI=Anguilla; AL=Albania; AM=Armenia; AN=Netherlands Antilles;
AO=Angola; AQ=Antarctica; AR=Argentina; AS=American Samoa; AT=Austria; AU=Australia; AW=Aruba;
AX=Åland Islands; AZ=Azerbaijan; BA=Bosnia & Herzegovina; BB=Barbados; BD=Bangladesh; BE=Belgium;
BF=Burkina Faso; BG=Bulgaria; BH=Bahrain; BI=Burundi; BJ=Benin; BL=St. Barthélemy; BM=Bermuda;
BN=Brunei; BO=Bolivia; BQ=Caribbean Netherlands; BR=Brazil; BS=Bahamas; BT=Bhutan; BU=Burma;
BV=Bouvet Island; BW=Botswana; BY=Belarus; BZ=Belize; CA=Canada; CC=Cocos (Keeling) Islands;
CD=Congo - Kinshasa; CF=Central African Republic; CG=Congo - Brazzaville; CH=Switzerland;
CI=Côte d’Ivoire; CK=Cook Islands; CL=Chile; CM=Cameroon; CN=China; CO=Colombia;
CP=Clipperton Island; CR=Costa Rica; CS=Serbia and Montenegro; CT=Unknown Region [CT]; CU=Cuba;
CV=Cape Verde; CW=Curaçao; CX=Christmas Island; CY=Cyprus; CZ=Czechia;
DD=German Democratic Republic; DE=Germany; DG=Diego Garcia; DJ=Djibouti; DK=Denmark; DM=Dominica;
DO=Dominican Republic; DY=Unknown Region [DY]; DZ=Algeria; EA=Ceuta & Melilla; EC=Ecuador;
EE=Estonia; EG=Egypt; EH=Western Sahara; ER=Eritrea; ES=Spain; ET=Ethiopia; EU=European Union;
EZ=Eurozone; FI=Finland; FJ=Fiji; FK=Falkland Islands; FM=Micronesia; FO=Faroe Islands;
FQ=Unknown Region [FQ]; FR=France; FX=Metropolitan France; GA=Gabon;
GB=United Kingdom=UK=Great Britain; GD=Grenada; GE=Georgia; GF=French Guiana; GG=Guernsey; GH=Ghana;
GI=Gibraltar; GL=Greenland; GM=Gambia; GN=Guinea; GP=Guadeloupe; GQ=Equatorial Guinea; GR=Greece;
GS=South Georgia & South Sandwich Islands; GT=Guatemala; GU=Guam; GW=Guinea-Bissau; GY=Guyana;
HK=Hong Kong; HM=Heard & McDonald Islands; HN=Honduras; HR=Croatia; HT=Haiti; HU=Hungary;
HV=Unknown Region [HV]; IC=Canary Islands; ID=Indonesia; IE=Ireland; IL=Israel; IM=Isle of Man;
IN=India; IO=British Indian Ocean Territory; IQ=Iraq; IR=Iran; IS=Iceland; IT=Italy; JE=Jersey;
JM=Jamaica; JO=Jordan; JP=Japan; JT=Unknown Region [JT]; KE=Kenya; KG=Kyrgyzstan; KH=Cambodia;
KI=Kiribati; KM=Comoros; KN=St. Kitts & Nevis; KP=North Korea; KR=South Korea; KW=Kuwait;
KY=Cayman Islands; KZ=Kazakhstan; LA=Laos; LB=Lebanon; LC=St. Lucia; LI=Liechtenstein; LK=Sri Lanka;
LR=Liberia; LS=Lesotho; LT=Lithuania; LU=Luxembourg; LV=Latvia; LY=Libya; MA=Morocco; MC=Monaco;
MD=Moldova; ME=Montenegro; MF=St. Martin; MG=Madagascar; MH=Marshall Islands;
MI=Unknown Region [MI]; MK=North Macedonia; ML=Mali; MM=Myanmar (Burma); MN=Mongolia; MO=Macao;
MP=Northern Mariana Islands; MQ=Martinique; MR=Mauritania; MS=Montserrat; MT=Malta; MU=Mauritius;
MV=Maldives; MW=Malawi; MX=Mexico; MY=Malaysia; MZ=Mozambique; NA=Namibia; NC=New Caledonia;
NE=Niger; NF=Norfolk Island; NG=Nigeria; NH=Unknown Region [NH]; NI=Nicaragua; NL=Netherlands;
NO=Norway; NP=Nepal; NQ=Unknown Region [NQ]; NR=Nauru; NT=Neutral Zone; NU=Niue; NZ=New Zealand;
OM=Oman; PA=Panama; PC=Unknown Region [PC]; PE=Peru; PF=French Polynesia; PG=Papua New Guinea;
PH=Philippines; PK=Pakistan; PL=Poland; PM=St. Pierre & Miquelon; PN=Pitcairn Islands;
PR=Puerto Rico; PS=Palestinian Territories; PT=Portugal; PU=Unknown Region [PU]; PW=Palau;
PY=Paraguay; PZ=Unknown Region [PZ]; QA=Qatar; QM=Unknown Region [QM]; QN=Unknown Region [QN];
QO=Outlying Oceania; QP=Unknown Region [QP]; QQ=Unknown Region [QQ]; QR=Unknown Region [QR];
QS=Unknown Region [QS]; QT=Unknown Region [QT]; QU=Unknown Region [QU]; QV=Unknown Region [QV];
QW=Unknown Region [QW]; QX=Unknown Region [QX]; QY=Unknown Region [QY]; QZ=Unknown Region [QZ];
RE=Réunion; RH=Unknown Region [RH]; RO=Romania; RS=Serbia; RU=Russia; RW=Rwanda; SA=Saudi Arabia;
SB=Solomon Islands; SC=Seychelles; SD=Sudan; SE=Sweden; SG=Singapore; SH=St. Helena; SI=Slovenia;
SJ=Svalbard & Jan Mayen; SK=Slovakia; SL=Sierra Leone; SM=San Marino; SN=Senegal; SO=Somalia;
SR=Suriname; SS=South Sudan; ST=São Tomé & Príncipe; SU=Union of Soviet Socialist Republics;
SV=El Salvador; SX=Sint Maarten; SY=Syria; SZ=Eswatini; TA=Tristan da Cunha;
TC=Turks & Caicos Islands; TD=Chad; TF=French Southern Territories; TG=Togo; TH=Thailand;
TJ=Tajikistan; TK=Tokelau; TL=Timor-Leste; TM=Turkmenistan; TN=Tunisia; TO=Tonga; TP=East Timor;
TR=Türkiye; TT=Trinidad & Tobago; TV=Tuvalu; TW=Taiwan; TZ=Tanzania; UA=Ukraine; UG=Uganda;
UK=Unknown Region [UK]; UM=U.S. Outlying Islands; UN=United Nations; US=United States=USA;
UY=Uruguay; UZ=Uzbekistan; VA=Vatican City; VC=St. Vincent & Grenadines; VD=Unknown Region [VD];
VE=Venezuela; VG=British Virgin Islands; VI=U.S. Virgin Islands; VN=Vietnam; VU=Vanuatu;
WF=Wallis & Futuna; WK=Unknown Region [WK]; WS=Samoa; XA=Pseudo-Accents; XB=Pseudo-Bidi;
XC=Unknown Region [XC]; XD=Unknown Region [XD]; XE=Unknown Region [XE]; XF=Unknown Region [XF];
XG=Unknown Region [XG]; XH=Unknown Region [XH]; XI=Unknown Region [XI]; XJ=Unknown Region [XJ];
XK=Kosovo; XL=Unknown Region [XL]; XM=Unknown Region [XM]; XN=Unknown Region [XN];
XO=Unknown Region [XO]; XP=Unknown Region [XP]; XQ=Unknown Region [XQ]; XR=Unknown Region [XR];
XS=Unknown Region [XS]; XT=Unknown Region [XT]; XU=Unknown Region [XU]; XV=Unknown Region [XV];
XW=Unknown Region [XW]; XX=Unknown Region [XX]; XY=Unknown Region [XY]; XZ=Unknown Region [XZ];
YD=Democratic Yemen; YE=Yemen; YT=Mayotte; YU=Yugoslavia; ZA=South Africa; ZM=Zambia; ZR=Zaire;
ZW=Zimbabwe
"""
"""Regions and their English names."""

SPOKEN_IN = """
aa=en; ac=en; ad=ca; ae=ar; ag=en; ai=en; al=sq; an=en; ao=pt; at=de; au=en; aw=nl; ax=sv; bb=en;
bd=bn; bf=fr; bh=ar; bj=fr; bl=fr; bm=en; bu=en; bw=en; by=be; bz=en; cc=en; cd=sw; cf=fr; cg=fr;
ch=de; ci=fr; ck=en; cl=es; cm=fr; cn=zh; co=es; cr=es; ct=en; cu=es; cv=pt; cx=en; cz=cs; dd=en;
dg=en; dk=da; dm=en; do=es; dy=en; dz=ar; ea=es; ec=es; ee=et; eg=ar; eh=ar; ez=de; fj=en; fk=en;
fm=en; fq=en; fx=en; ga=fr; gb=en; gd=en; ge=ka; gf=fr; gg=en; gi=en; gm=en; gn=fr; gp=fr; gq=es;
gr=el; gt=es; gw=pt; gy=en; hk=zh; hn=es; hv=en; ic=es; ie=en; il=he; im=en; io=en; iq=ar; ir=fa;
je=en; jm=en; jo=ar; jp=ja; jt=en; ke=sw; kh=km; ki=en; kp=ko; kr=ko; kw=ar; ky=en; kz=ru; lc=en;
li=de; lk=si; lr=en; lu=fr; ly=ar; ma=ar; mc=fr; md=ro; me=sr; mf=fr; mh=en; mm=my; mp=en; mq=fr;
mw=en; mx=es; mz=pt; na=af; nc=fr; nf=en; ng=en; nh=en; ni=es; np=ne; nq=en; nr=en; nt=en; nu=en;
nz=en; om=ar; pc=en; pe=es; pf=fr; ph=fil; pk=ur; pm=fr; pn=en; pr=es; pu=en; pz=en; re=fr; rh=en;
rs=sr; sb=en; sc=fr; se=sv; sg=en; sj=nb; sm=it; ss=en; st=pt; sx=en; sy=ar; sz=en; tc=en; td=fr;
tf=fr; tj=tg; tm=tk; tn=ar; tp=en; tw=zh; tz=sw; ua=uk; ug=sw; um=en; un=en; us=en; uy=es; va=it;
vc=en; vd=en; ve=es; vg=en; vn=vi; wf=fr; wk=en; yd=en; ye=ar; yt=fr; yu=en
"""
"""What is mostly spoken in a region."""

SCRIPTS = """
Latn=Latin; Cyrl=Cyrillic; Arab=Arabic; Hans=Simplified; Hant=Traditional
"""
"""Scripts and their English names."""
