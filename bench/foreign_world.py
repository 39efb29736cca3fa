#!/usr/bin/env python3
"""A labelled world of trade in AI chips, made by somebody else than the detector's author.

    python3 bench/foreign_world.py --seed 7 --honest 5000 --schemes 20 --out DIR

Writes the contract's tables (orders, parties, ownership, payments, sites, serials, inspections; CSV) and truth.jsonl.
Standard library only. The same arguments give the same bytes. Period 2024-01-01 to 2026-12-31; the law assumed is the
policy `diffusion`: the AI Diffusion Rule from 2025-05-15 on, never rescinded.

Honest trade: about --honest parties of nineteen kinds in sixty countries, beside the sellers, carriers and holders they need. Sizes heap, demand is
log-normal with a Pareto tail, a twentieth of the buyers plan to the LPP cap, cells are missing at random, one payment in twelve comes
from a group company abroad. Honest buyers keep the law: each ultimate parent stays at or under 26,900,000 TPP of LPP in a
calendar year, and claims hold, but for about one clerical slip in 250 small orders.

Schemes: nineteen kinds, a to s, --schemes of each, half of them `careless` and half `careful` (the field `habit`).
Twins: as many lawful look-alikes of each kind (--twins changes that). Both are mixed into the same tables with opaque ids,
the same missing cells and the same background, so that nothing but conduct tells them apart.

truth.jsonl: {"scheme": "a-0003", "kind", "habit", "family", "also_acceptable", "guilty_parties", "guilty_orders", "innocents",
"first", "last"} and {"twin": "ta-0003", "scheme": null, "kind", "why", "parties", "orders"}.
`innocents` are parties that the scheme merely uses: the seller, the carrier, a registered agent's other clients are not among them.
"""
import argparse
import bisect
import csv
import datetime as dt
import json
import math
import os
import random
import sys

CAP, FLOOR = 26_900_000, 3_200_000


def day(text):
    return dt.date.fromisoformat(text).toordinal()


D0, D1 = day("2024-01-01"), day("2026-12-31")
PUBLISHED, RULE = day("2025-01-15"), day("2025-05-15")
NY25, NY26, NY27 = day("2025-01-01"), day("2026-01-01"), day("2027-01-01")


def iso(o):
    return dt.date.fromordinal(int(o)).isoformat()


def year(o):
    return dt.date.fromordinal(o).year


# ---------------------------------------------------------------- law: where is what, and what may be claimed there
T1 = set("AU BE CA DK FI FR DE IE IT JP NL NZ NO KR ES SE TW GB US".split())
T3 = set("MO HK AF BY MM KH CF CN CD CU ER HT IR IQ KP LB LY NI RU SO SS SD SY VE ZW".split())
RESTRICTED = set("AM AZ BH EG GE JO KZ KW KG LA MD MN OM PK QA SA TJ TM AE UZ VN YE".split())

# ---------------------------------------------------------------- goods
# name, TPP a unit, accelerators a unit, class (a: 3A090.a or 4A090.a; c: .a but not for data centers; b; -: free), list price, kg a unit, first, last, form
GOODS = [(n, t, k, c, p, kg, day(f), day(l), form) for n, t, k, c, p, kg, f, l, form in [
    ("H100 SXM5 80GB", 15824, 1, "a", 28500, 3.1, "2023-01-01", "2026-06-30", "module"),
    ("H100 PCIe 80GB", 12104, 1, "a", 25000, 1.7, "2023-01-01", "2026-03-31", "card"),
    ("H100 NVL", 13368, 1, "a", 28000, 1.7, "2024-03-20", "2026-12-31", "card"),
    ("H200 SXM", 15832, 1, "a", 32500, 3.2, "2024-11-20", "2026-12-31", "module"),
    ("H200 NVL", 13368, 1, "a", 31000, 1.8, "2024-12-01", "2026-12-31", "card"),
    ("A100 SXM4 80GB", 4992, 1, "a", 16000, 2.6, "2021-01-01", "2025-06-30", "module"),
    ("A100 PCIe 80GB", 4992, 1, "a", 12500, 1.4, "2021-07-01", "2025-12-31", "card"),
    ("B200", 36000, 1, "a", 39500, 3.9, "2025-02-01", "2026-12-31", "module"),
    ("L40S", 5864, 1, "a", 8500, 1.3, "2023-09-01", "2026-12-31", "card"),
    ("L4", 1936, 1, "a", 2500, 0.6, "2023-04-01", "2026-12-31", "card"),
    ("RTX PRO 6000 Blackwell Server", 8061, 1, "a", 8700, 1.6, "2025-05-01", "2026-12-31", "card"),
    ("Instinct MI300X", 20919, 1, "a", 15500, 2.9, "2024-01-15", "2026-12-31", "module"),
    ("Gaudi3", 26848, 1, "a", 15600, 3.0, "2024-10-15", "2026-12-31", "module"),
    ("HGX H100 8-GPU", 126592, 8, "a", 236000, 34.0, "2023-01-01", "2026-06-30", "board"),
    ("HGX H200 8-GPU", 126656, 8, "a", 272000, 36.0, "2024-11-20", "2026-12-31", "board"),
    ("HGX B200 8-GPU", 288000, 8, "a", 338000, 42.0, "2025-02-15", "2026-12-31", "board"),
    ("DGX H100", 126592, 8, "a", 335000, 131.0, "2023-01-01", "2026-06-30", "server"),
    ("DGX H200", 126656, 8, "a", 370000, 134.0, "2024-12-01", "2026-12-31", "server"),
    ("DGX B200", 288000, 8, "a", 480000, 142.0, "2025-03-01", "2026-12-31", "server"),
    ("PowerEdge XE9680 (H100)", 126592, 8, "a", 298000, 118.0, "2023-06-01", "2026-12-31", "server"),
    ("SYS-821GE-TNHR (H100)", 126592, 8, "a", 288000, 99.0, "2023-06-01", "2026-12-31", "server"),
    ("PowerEdge XE9680 (MI300X)", 167352, 8, "a", 225000, 120.0, "2024-03-01", "2026-12-31", "server"),
    ("Instinct MI300X platform", 167352, 8, "a", 150000, 38.0, "2024-01-15", "2026-12-31", "board"),
    ("GB200 NVL72", 2880000, 72, "a", 3150000, 1360.0, "2025-03-01", "2026-12-31", "rack"),
    ("L40", 2896, 1, "b", 7200, 1.2, "2022-11-01", "2026-12-31", "card"),
    ("A30 PCIe", 2644, 1, "b", 4800, 1.2, "2021-06-01", "2025-12-31", "card"),
    ("A40 PCIe", 2395, 1, "b", 5200, 1.3, "2021-01-01", "2025-06-30", "card"),
    ("GeForce RTX 4090", 5285, 1, "c", 1720, 2.3, "2022-10-12", "2025-06-30", "gaming"),
    ("GeForce RTX 5090", 6704, 1, "c", 2250, 2.2, "2025-01-30", "2026-12-31", "gaming"),
    ("GeForce RTX 4070", 1866, 1, "-", 560, 1.2, "2023-04-15", "2025-09-30", "gaming"),
    ("GeForce RTX 4060", 968, 1, "-", 300, 0.9, "2023-06-01", "2026-03-31", "gaming"),
    ("GeForce RTX 4080 SUPER", 3342, 1, "-", 1010, 1.9, "2024-01-31", "2025-06-30", "gaming"),
    ("GeForce RTX 3060 12 GB", 816, 1, "-", 280, 1.0, "2021-03-01", "2026-12-31", "gaming"),
    ("GeForce RTX 5070", 1976, 1, "-", 570, 1.3, "2025-03-10", "2026-12-31", "gaming"),
    ("GeForce RTX 5080", 3602, 1, "-", 1060, 1.8, "2025-02-01", "2026-12-31", "gaming"),
    ("GeForce RTX 4090 D", 4707, 1, "-", 1850, 2.2, "2024-01-05", "2025-12-31", "gaming"),
    ("T4", 1042, 1, "-", 1100, 0.5, "2019-01-01", "2026-06-30", "card"),
    ("A10 PCIe", 2000, 1, "-", 2700, 1.0, "2021-06-01", "2026-12-31", "card"),
    ("H20 SXM 96GB", 2368, 1, "-", 12200, 3.0, "2024-02-01", "2025-04-08", "module"),
    ("L20", 1914, 1, "-", 4200, 1.2, "2024-01-15", "2026-12-31", "card"),
]]
G = {g[0]: g for g in GOODS}
NAME, TPP, ACC, CLASS, PRICE, KG, FROM, UNTIL, FORM = range(9)
MIX = {
    "big": "HGX H100 8-GPU:5 HGX H200 8-GPU:6 HGX B200 8-GPU:6 H100 SXM5 80GB:4 H200 SXM:4 B200:4 DGX H100:2 DGX B200:2 Instinct MI300X platform:2 GB200 NVL72:1 Gaudi3:1 SYS-821GE-TNHR (H100):3 PowerEdge XE9680 (H100):3",
    "ent": "H100 PCIe 80GB:4 H100 NVL:3 H200 NVL:4 L40S:7 DGX H100:2 DGX H200:2 PowerEdge XE9680 (H100):3 PowerEdge XE9680 (MI300X):1 SYS-821GE-TNHR (H100):2 A100 PCIe 80GB:3 RTX PRO 6000 Blackwell Server:3 L4:2 L40:1 DGX B200:1",
    "uni": "A100 PCIe 80GB:4 H100 PCIe 80GB:3 L40S:5 L4:3 H200 NVL:2 A100 SXM4 80GB:1 A30 PCIe:2 A40 PCIe:2 HGX H100 8-GPU:1 HGX H200 8-GPU:1 GeForce RTX 4090:3 GeForce RTX 5090:3 RTX PRO 6000 Blackwell Server:2 A10 PCIe:1",
    "edge": "L4:6 T4:4 A10 PCIe:4 L40:3 A30 PCIe:2 L40S:3 A40 PCIe:2 L20:2",
    "game": "GeForce RTX 4090:3 GeForce RTX 5090:3 GeForce RTX 4070:5 GeForce RTX 4060:6 GeForce RTX 4080 SUPER:3 GeForce RTX 3060 12 GB:4 GeForce RTX 5070:5 GeForce RTX 5080:4",
    "free": "GeForce RTX 4070:5 GeForce RTX 4060:6 GeForce RTX 4080 SUPER:3 GeForce RTX 3060 12 GB:4 GeForce RTX 5070:5 GeForce RTX 5080:4 GeForce RTX 4090 D:2 T4:2 A10 PCIe:1 L20:2 H20 SXM 96GB:2",
    "hot": "HGX H100 8-GPU:4 HGX H200 8-GPU:4 H100 SXM5 80GB:5 H200 SXM:5 B200:3 H100 PCIe 80GB:3 H200 NVL:2 SYS-821GE-TNHR (H100):3 PowerEdge XE9680 (H100):3 HGX B200 8-GPU:2",
}
MIX = {k: [(G[p.rsplit(":", 1)[0]], int(p.rsplit(":", 1)[1])) for p in
           __import__("re").findall(r"\S.*?:\d+", v)] for k, v in MIX.items()}
HS = {"module": ["8473.30", "8542.31", "8473.30.1180", "854231"], "card": ["8473.30", "8473.30.1180", "847330", "8471.80"],
      "board": ["8473.30", "8473.30.1140", "847330", "8471.80"], "server": ["8471.50", "8471.50.0150", "847150", "8471.80"],
      "rack": ["8471.50", "8471.49", "847150"], "gaming": ["8473.30", "8471.80", "847330", "8471.80.4000"]}
WORDS = {"module": ["{n} GPU module", "SXM accelerator {n}", "AI accelerator module", "graphics processor module {n}"],
         "card": ["{n} PCIe card", "GPU card {n}", "accelerator card {n}", "video card, data center"],
         "board": ["{n} baseboard", "GPU baseboard 8x", "{n} assembly", "accelerator board"],
         "server": ["{n} server", "GPU server {n}", "rack server with 8 GPU", "automatic data processing machine, {n}"],
         "rack": ["{n} rack", "liquid cooled rack {n}", "AI rack system"], "gaming": ["{n} graphics card", "video card {n}", "VGA card", "{n}"]}

# ---------------------------------------------------------------- places: culture, dial code, ending, weight in honest demand, company forms, cities
PLACES = """US|en|1|com|0|Inc.,LLC,Corp.|Austin,San Jose,Reston,Columbus
JP|jp|81|co.jp|6|K.K.,Co. Ltd.|Tokyo,Osaka,Fukuoka,Inzai
GB|en|44|co.uk|6|Ltd,PLC,LLP|London,Slough,Cambridge,Leeds
DE|de|49|de|6|GmbH,AG,GmbH & Co. KG|Berlin,Frankfurt,Munich,Dresden
FR|fr|33|fr|5|SAS,SA,SARL|Paris,Lyon,Toulouse,Grenoble
NL|nl|31|nl|4|B.V.,N.V.|Amsterdam,Eindhoven,Rotterdam
KR|kr|82|co.kr|5|Co. Ltd.,Inc.|Seoul,Pangyo,Daejeon,Busan
TW|tw|886|com.tw|4|Co. Ltd.,Inc.|Taipei,Hsinchu,Taichung,Tainan
CA|en|1|ca|5|Inc.,Ltd.|Toronto,Montreal,Vancouver
AU|en|61|com.au|4|Pty Ltd,Ltd|Sydney,Melbourne,Perth
SE|no|46|se|2|AB|Stockholm,Lulea,Gothenburg
NO|no|47|no|2|AS,ASA|Oslo,Bergen,Narvik
DK|no|45|dk|1.5|A/S,ApS|Copenhagen,Aarhus
FI|no|358|fi|2|Oy,Oyj|Helsinki,Espoo,Kajaani
IE|en|353|ie|2|Ltd,DAC|Dublin,Cork,Galway
BE|fr|32|be|1.5|NV,SA|Brussels,Leuven,Ghent
ES|es|34|es|2.5|S.L.,S.A.|Madrid,Barcelona,Zaragoza
IT|it|39|it|3|S.r.l.,S.p.A.|Milan,Turin,Bologna,Rome
NZ|en|64|co.nz|1|Ltd|Auckland,Wellington
SG|sg|65|com.sg|6|Pte. Ltd.,Pte Ltd|Singapore
MY|my|60|com.my|5|Sdn. Bhd.,Sdn Bhd,Berhad|Kuala Lumpur,Johor Bahru,Cyberjaya,Penang
IN|in|91|in|7|Pvt. Ltd.,Private Limited,Ltd.|Mumbai,Bengaluru,Hyderabad,Chennai,Noida
TH|th|66|co.th|3|Co. Ltd.,PCL|Bangkok,Chonburi,Rayong
ID|id|62|co.id|3|Tbk,Persada,Nusantara|Jakarta,Batam,Surabaya,Bandung
PH|es|63|ph|2|Inc.,Corp.|Manila,Cebu,Taguig
BR|pt|55|com.br|4|Ltda.,S.A.|Sao Paulo,Campinas,Fortaleza
MX|es|52|mx|3|S.A. de C.V.,S. de R.L.|Queretaro,Monterrey,Mexico City
CL|es|56|cl|1.5|SpA,S.A.|Santiago,Valparaiso
CO|es|57|co|1|S.A.S.|Bogota,Medellin
AR|es|54|com.ar|1|S.A.,S.R.L.|Buenos Aires,Cordoba
PE|es|51|pe|.5|S.A.C.|Lima
PL|pl|48|pl|3|Sp. z o.o.,S.A.|Warsaw,Krakow,Wroclaw,Gdansk
CZ|pl|420|cz|2|s.r.o.,a.s.|Prague,Brno,Ostrava
CH|de|41|ch|2.5|AG,SA,GmbH|Zurich,Geneva,Lausanne,Zug
AT|de|43|at|1.5|GmbH,AG|Vienna,Graz,Linz
PT|pt|351|pt|1|Lda,S.A.|Lisbon,Porto,Sines
GR|gr|30|gr|1|S.A.,IKE|Athens,Thessaloniki
RO|pl|40|ro|1.2|SRL,SA|Bucharest,Cluj-Napoca
HU|pl|36|hu|1|Kft.,Zrt.|Budapest,Debrecen
TR|tr|90|com.tr|2.5|A.S.,Ltd. Sti.|Istanbul,Ankara,Izmir,Kocaeli
IL|il|972|co.il|3|Ltd.|Tel Aviv,Haifa,Herzliya
ZA|en|27|co.za|1.5|(Pty) Ltd|Johannesburg,Cape Town
KE|af|254|co.ke|.7|Ltd|Nairobi,Mombasa
NG|af|234|ng|.7|Ltd,PLC|Lagos,Abuja
MA|ar|212|ma|.5|SARL,SA|Casablanca,Rabat
BD|in|880|com.bd|.6|Ltd|Dhaka,Chattogram
LK|in|94|lk|.4|(Pvt) Ltd|Colombo
IS|no|354|is|.5|ehf.,hf.|Reykjavik,Keflavik
EE|no|372|ee|.5|OU|Tallinn,Tartu
LU|fr|352|lu|.6|S.a r.l.,SA|Luxembourg
AE|ar|971|ae|3|LLC,FZE,FZCO,DMCC|Dubai,Abu Dhabi,Sharjah
SA|ar|966|com.sa|2.5|LLC,Co.|Riyadh,Jeddah,Dammam
QA|ar|974|qa|.8|W.L.L.,LLC|Doha
VN|vn|84|vn|2.5|JSC,Co. Ltd.|Hanoi,Ho Chi Minh City,Da Nang
KZ|kz|7|kz|1|LLP,JSC|Almaty,Astana
EG|ar|20|com.eg|1|S.A.E.,LLC|Cairo,Giza
KW|ar|965|com.kw|.5|W.L.L.|Kuwait City
OM|ar|968|om|.4|LLC|Muscat
JO|ar|962|jo|.5|LLC|Amman
UZ|kz|998|uz|.4|LLC|Tashkent
GE|kz|995|ge|.5|LLC|Tbilisi
AM|kz|374|am|.5|CJSC,LLC|Yerevan
KG|kz|996|kg|.2|LLC|Bishkek
MN|kz|976|mn|.2|LLC|Ulaanbaatar
PK|in|92|pk|.6|(Pvt.) Ltd.|Karachi,Lahore
CN|cn|86|cn|2.5|Co. Ltd.,Technology Co. Ltd.|Shenzhen,Shanghai,Beijing,Hefei
HK|cn|852|hk|2|Limited,Co. Limited|Hong Kong
RU|ru|7|ru|.4|LLC,JSC|Moscow,Saint Petersburg"""
P = {}
for _l in PLACES.splitlines():
    _c, _cu, _d, _t, _w, _f, _ci = _l.split("|")
    P[_c] = dict(cul=_cu, dial=_d, tld=_t, w=float(_w), forms=_f.split(","), cities=_ci.split(","))
LPP_OK = [c for c in P if c not in T1 | T3 | RESTRICTED]
HOT = ["SG", "MY", "TH", "ID", "IN", "TR", "PL", "BR", "MX", "PH", "CZ", "CH", "ZA", "RO", "HU", "IL", "PT", "GR", "CL", "BD"]

PEOPLE = {  # given names | family names | given-first?
    "en": ("James Sarah Oliver Emma William Grace Daniel Chloe Thomas Lucy Andrew Hannah Peter Rachel", "Smith Jones Taylor Brown Wilson Evans Walker Wright Murphy Kelly Campbell Mitchell Harris Clarke"),
    "jp": ("Hiroshi Yuki Kenji Aiko Takashi Naoko Satoshi Emi Daisuke Mai", "Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato"),
    "de": ("Stefan Anna Michael Julia Thomas Katrin Andreas Sabine Markus Lena", "Mueller Schmidt Schneider Fischer Weber Meyer Wagner Becker Hoffmann Keller"),
    "fr": ("Pierre Marie Jean Claire Nicolas Sophie Laurent Camille Julien Anne", "Martin Bernard Dubois Thomas Robert Petit Durand Leroy Moreau Lambert"),
    "nl": ("Jan Sanne Pieter Lotte Willem Eva Daan Femke", "de Vries Jansen van Dijk Bakker Visser Smit Meijer de Boer"),
    "kr": ("Min-jun Seo-yeon Ji-hoon Ha-eun Dong-hyun Su-bin Jae-won Yu-na", "Kim Lee Park Choi Jung Kang Cho Yoon"),
    "tw": ("Chih-Ming Shu-Fen Chun-Chieh Ya-Ting Wen-Hao Mei-Ling Kuan-Yu Pei-Shan", "Chen Lin Huang Chang Lee Wang Wu Tsai"),
    "no": ("Erik Ingrid Lars Astrid Mikko Sofia Anders Maja Olav Kirsi", "Hansen Johansson Nilsen Andersson Korhonen Larsen Berg Lindqvist Virtanen Olsen"),
    "es": ("Carlos Maria Jose Lucia Juan Carmen Luis Elena Miguel Ana Rodrigo Paola", "Garcia Martinez Lopez Hernandez Gonzalez Perez Rodriguez Sanchez Ramirez Torres Reyes Cruz"),
    "pt": ("Joao Ana Pedro Beatriz Rafael Juliana Bruno Camila", "Silva Santos Oliveira Souza Pereira Costa Ferreira Almeida"),
    "it": ("Marco Giulia Luca Francesca Alessandro Chiara Matteo Elena", "Rossi Ferrari Russo Bianchi Romano Gallo Conti Greco"),
    "sg": ("Wei Ming|Hui Min|Jia Hao|Siew Ling|Kok Leong|Mei Yi|Boon Huat|Rajesh|Nur Aisyah|Zhi Wei", "Tan Lim Lee Ng Ong Wong Goh Chua Koh Teo"),
    "my": ("Ahmad|Nurul|Kok Wai|Siti|Mei Fong|Hafiz|Suresh|Chee Keong|Farah|Yew Meng", "bin Abdullah,Tan,Lim,Lee,binti Ismail,Wong,bin Rahman,Chong,Nair,Ng"),
    "in": ("Rahul Priya Amit Anjali Vikram Neha Arjun Kavita Sanjay Pooja", "Sharma Patel Singh Kumar Gupta Reddy Iyer Shah Mehta Das"),
    "th": ("Somchai Siriporn Anan Kanya Prasert Malee Chaiwat Nattaya", "Suksawat Chaiyasit Wongsa Thongchai Srisai Boonmee Rattana Phromma"),
    "id": ("Budi Siti Agus Dewi Hendra Rina Eko Maya", "Santoso Wijaya Pratama Hartono Susanto Gunawan Halim Kusuma"),
    "pl": ("Piotr Anna Tomasz Katarzyna Pavel Jana Andrei Ioana Gabor Zsofia", "Kowalski Nowak Wisniewski Novotny Dvorak Popescu Ionescu Nagy Kovacs Zielinski"),
    "gr": ("Giorgos Maria Nikos Eleni Dimitris Katerina", "Papadopoulos Nikolaidis Georgiou Dimitriou Vlachos Pappas"),
    "tr": ("Mehmet Ayse Mustafa Fatma Emre Elif Burak Zeynep", "Yilmaz Kaya Demir Celik Sahin Yildiz Ozturk Aydin"),
    "il": ("David Noa Yossi Tamar Amit Shira Eitan Maya", "Cohen Levi Mizrahi Peretz Friedman Katz Shapiro Azulay"),
    "af": ("Chinedu Amina Kamau Wanjiru Emeka Ngozi Otieno Fatou", "Okafor Mwangi Adeyemi Kimani Balogun Njoroge Eze Odhiambo"),
    "ar": ("Mohammed Fatima Ahmed Noor Khalid Layla Omar Huda Yousef Mariam", "Al Mansoori,Al Harbi,Hassan,Al Qahtani,Khalil,Al Suwaidi,Ibrahim,Haddad,Al Otaibi,Nasser"),
    "vn": ("Van Minh|Thi Lan|Quoc Bao|Thu Huong|Duc Anh|Ngoc Mai|Hoang Long|Thanh Ha", "Nguyen Tran Le Pham Hoang Vu Dang Bui"),
    "kz": ("Nurlan Aigerim Ruslan Dana Giorgi Nino Armen Ani Timur Saule", "Akhmetov Kim Ospanov Beridze Sargsyan Karimov Ibragimov Petrosyan Suleimenov Maisuradze"),
    "cn": ("Wei Fang Jun Lei Xin Yan Hao Jing Bo Min Tao Li", "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun"),
    "ru": ("Ivan Olga Sergey Elena Dmitry Natalia", "Ivanov Petrov Smirnov Kuznetsov Popov Volkov"),
}


def _split(s):
    if "|" in s:
        return s.split("|")
    if "," in s:
        return s.split(",")
    return s.split(" ")


PEOPLE = {k: (_split(a), _split(b)) for k, (a, b) in PEOPLE.items()}
PEOPLE["nl"] = (PEOPLE["nl"][0], ["de Vries", "Jansen", "van Dijk", "Bakker", "Visser", "Smit", "Meijer", "de Boer"])
FAMILY_FIRST = {"jp", "kr", "tw", "sg", "cn", "vn"}
LOCAL = {"my": "Maju Cahaya Bintang Mutiara Perdana Sinar Wawasan Gemilang", "id": "Sentra Mitra Cipta Karya Garuda Samudra Bumi Angkasa",
         "in": "Surya Shakti Lakshmi Bharat Ganga Tejas Akash Vidya", "th": "Siam Chao Thai Krung Suvarna Lanna Naga Andaman",
         "tr": "Anadolu Bosphorus Ege Yildiz Kartal Toros Marmara Deniz", "ar": "Al Noor,Al Rayan,Al Waha,Gulf,Desert Rose,Al Majd,Oasis,Al Safa",
         "es": "Andes Sol Aurora Cordillera Pacifico Cumbre Altura Norte", "pt": "Atlantico Verde Horizonte Serra Brasilis Litoral Tejo Estrela",
         "vn": "Sao Viet,Hoa Binh,Dai Viet,Phu My,Song Hong,Thang Long,An Phu,Minh Khang", "cn": "Hua Xin,Zhong Da,Jin Cheng,Tian Yu,Rui Feng,Hong Tai,Ke Yuan,Xing He",
         "sg": "Merlion Raffles Orchid Sentosa Marina Tanjong Bukit Straits", "pl": "Wisla Baltyk Orzel Karpaty Morava Tatra Dunaj Labe",
         "jp": "Asahi Fuji Hikari Midori Sakura Kaze Aoba Mirai", "kr": "Hanul Saebom Dasan Nuri Hanbit Areum Gaon Miso", "tw": "Yushan Formosa Jade Alishan Taiyang Chung Hsin",
         "de": "Rhein Nord Alpen Elbe Hansa Adler Isar Donau", "fr": "Lumiere Azur Garonne Atlas Seine Horizon Alpes Cevennes", "kz": "Altyn Zhetisu Steppe Kavkaz Ararat Silk Caspian Samal"}
LOCAL = {k: _split(v) for k, v in LOCAL.items()}
PRE = "Al Bel Cor Dax El Fen Gal Hy Ix Jor Kel Lum Mer Nov Or Pra Quan Ril Sol Tel Ur Vel Wex Xan Yor Zen Ard Bri Cal Dor".split()
MID = "a e i o u ar en il on un".split()
END = "dyne lytic mesh nex ra ron sys tica tron vista wave xis ia lan ix mont field stone quant gate".split()
STREET = {"en": "High Street,Station Road,Park Avenue,King Street,Mill Lane,Innovation Drive,Commerce Way", "de": "Hauptstrasse,Industriestrasse,Bahnhofstrasse,Ringstrasse,Gartenweg",
          "fr": "rue de la Republique,avenue Victor Hugo,boulevard Voltaire,rue des Lilas", "es": "Avenida Central,Calle Mayor,Paseo de la Reforma,Calle 45,Avenida Libertad",
          "sg": "Ubi Avenue 1,Kaki Bukit Road 2,Tai Seng Street,Cecil Street,Robinson Road,Pioneer Crescent", "my": "Jalan Ampang,Jalan Teknokrat,Jalan Sultan Ismail,Persiaran Multimedia,Jalan Tun Razak",
          "ar": "Sheikh Zayed Road,King Fahd Road,Corniche Street,Al Wasl Road,Industrial Area 3", "in": "MG Road,Outer Ring Road,Link Road,Hitech City Road,Anna Salai", "cn": "Queen's Road,Nathan Road,Keyuan Road,Huaqiang North Road,Nanjing Road"}
STREET = {k: v.split(",") for k, v in STREET.items()}
PARKS = {"SG": ["1 Fusionopolis Way", "71 Ayer Rajah Crescent"], "MY": ["Block 3730 Persiaran APEC", "Iskandar Tech Park, Lot 8"], "IN": ["Tidel Park, Canal Bank Road", "Electronics City Phase 1", "STPI Complex, Noida"],
         "AE": ["Dubai Internet City, Building 4", "Hub71, Al Maryah Island"], "GB": ["Cambridge Science Park, Unit 22"], "TW": ["Hsinchu Science Park, Li-Hsin Road 6"], "PL": ["Krakow Technology Park"],
         "BR": ["Parque Tecnologico Sao Jose"], "IL": ["Matam Park, Building 8"], "TR": ["ITU Ari Teknokent 3"], "TH": ["Thailand Science Park, Garden of Innovation"], "VN": ["Quang Trung Software City"]}
AGENTS = {"SG": ["10 Anson Road #21-05 International Plaza", "160 Robinson Road #14-04", "60 Paya Lebar Road #11-53"], "MY": ["Level 33 Menara Ilham, 8 Jalan Binjai", "Unit Level 13(A), Main Office Tower, Labuan"],
          "AE": ["Business Center, Sheikh Rashid Tower, DWTC", "SAIF Zone, Q1-07-101/B"], "GB": ["71-75 Shelton Street", "128 City Road"], "HK": ["Room 1607, Trend Centre, 29 Cheung Lee Street", "Flat A, 20/F, Golden Flow Centre"],
          "CH": ["Baarerstrasse 75, Zug"], "NL": ["Herikerbergweg 88"], "CZ": ["Kaprova 42/14"], "EE": ["Sepapaja tn 6"], "TR": ["Levent Loft, Buyukdere Caddesi 201"], "PL": ["ul. Zlota 75A/7"], "IN": ["91springboard, Lotus Building"], "TH": ["Interchange 21, 399 Sukhumvit"],
          "CY": ["Arch. Makariou III 199"], "MX": ["Paseo de la Reforma 115, piso 4"], "ID": ["Menara BCA, 50th floor"], "PH": ["20F Zuellig Building"], "KZ": ["Business Centre Nurly Tau, 4B"], "GE": ["Free Industrial Zone, Plot 9"]}
FREE_MAIL = ["gmail.com", "outlook.com", "yahoo.com", "proton.me", "163.com", "qq.com"]
SECTOR = {  # kind: tails of a name, lines of business as declared
    "neocloud": ("Cloud,Compute,GPU Cloud,AI Cloud,Inference", "cloud computing services|GPU cloud provider|AI infrastructure as a service"),
    "colo": ("Data Centers,Colocation,Datahub,DC Services,Hosting", "data center colocation|data center operator|hosting and managed services"),
    "bank": ("Bank,Financial Group,Savings Bank,Capital", "commercial banking|retail and corporate banking"),
    "university": ("University,Institute of Technology,Polytechnic", "higher education and research|university"),
    "institute": ("Research Institute,National Laboratory,Supercomputing Center", "scientific research|national research laboratory"),
    "startup": ("AI,Labs,Intelligence,Robotics,Analytics,Vision,Language Technologies", "artificial intelligence software|machine learning start-up|computer vision software|AI software development"),
    "ministry": ("Ministry of Digital Affairs,Statistics Office,Meteorological Service,Tax Authority", "public administration|government agency"),
    "reseller": ("Distribution,IT Supplies,Technology Distribution,Computer Trading,Systems", "distribution of computer hardware|value-added reseller|IT hardware wholesale"),
    "forwarder": ("Logistics,Freight,Forwarding,Cargo,Shipping Services", "freight forwarding|logistics and customs brokerage|air cargo and warehousing"),
    "industrial": ("Group,Industries,Holdings,Engineering,Motors", "industrial holding|manufacturing of machinery|automotive engineering"),
    "hospital": ("Hospital,Medical Center,University Hospital", "hospital|health care"),
    "studio": ("Games,Studios,Interactive,VFX,Animation", "video game development|visual effects and animation"),
    "oil": ("Petroleum,Energy,Oil & Gas,Exploration", "oil and gas exploration|energy"),
    "telecom": ("Telecom,Mobile,Networks,Communications", "telecommunications|mobile network operator"),
    "pharma": ("Pharma,Biotech,Genomics,Life Sciences", "pharmaceutical research|biotechnology"),
    "retailer": ("PC Store,Gaming,Computers,Digital Store", "retail sale of computers|online retail of gaming hardware"),
    "integrator": ("Systems Integration,Solutions,Technologies,Server Systems", "system integration|server assembly and integration"),
    "maker": ("Electronics,Semiconductor,Devices,Optics", "electronics manufacturing|semiconductor design"),
    "sundry": ("Seafood,Realty,Furniture,Travel,Lifestyle,Agro,Events,Media,Retail,Construction,Insurance Brokers,Hotels", "real estate agency|hotel management|agricultural products|insurance|retail trade|media production|construction|food processing|travel agency|furniture import|general trading"),
    "seller": ("Compute Systems,Server Corp,Accelerated Computing,Hardware Supply,Micro Systems", "manufacture of servers|distribution of data center hardware|OEM of accelerated servers"),
    "listed": ("Information Industry,Advanced Computing,Microelectronics,Intelligent Systems", "computing equipment|supercomputing|integrated circuits"),
    "treasury": ("Treasury Services,Finance,Group Finance", "group treasury"),
}
SECTOR = {k: (a.split(","), b.split("|")) for k, (a, b) in SECTOR.items()}
ODD = [("Seafood", "frozen seafood wholesale"), ("Garments", "garment export"), ("Realty", "real estate agency"), ("Furniture", "furniture import"), ("Cosmetics", "cosmetics trading"), ("Toys", "toys and gifts wholesale"),
       ("Travel", "travel agency"), ("Timber", "timber trading"), ("Lifestyle", "lifestyle consumer goods"), ("Construction Materials", "building materials"), ("Tea", "tea and beverages trading"), ("Agro", "agricultural products"),
       ("Auto Parts", "auto parts retail"), ("Events", "event management"), ("General Trading", "general trading"), ("Pharma Trading", "pharmaceutical wholesale")]
# kind: share of honest buyers, median accelerators of an order, sigma, orders a year, mix, chance of an own data center, oldest and newest year of incorporation
KINDS = {
    "neocloud": (4, 200, 1.0, 3.0, "big", .9, 2012, 2025), "colo": (4, 96, 1.1, 2.2, "big", 1, 1998, 2024), "bank": (7, 20, .9, 1.4, "ent", .8, 1950, 2015),
    "university": (10, 12, .9, 1.7, "uni", .8, 1900, 2010), "institute": (3, 24, 1.0, 1.5, "uni", .8, 1960, 2018), "startup": (17, 16, 1.2, 1.4, "ent", .15, 2019, 2026),
    "ministry": (2.5, 16, .8, 1.0, "ent", .6, 1950, 2015), "reseller": (7, 24, 1.1, 3.6, "ent", .1, 1995, 2022), "forwarder": (4, 4, .6, .25, "free", .1, 1985, 2020),
    "industrial": (9, 14, 1.0, 1.2, "ent", .6, 1950, 2020), "hospital": (5, 8, .8, 1.0, "edge", .6, 1920, 2010), "studio": (6, 20, .9, 1.7, "game", .3, 2000, 2024),
    "oil": (3, 32, 1.0, 1.3, "ent", .8, 1950, 2012), "telecom": (4, 40, 1.1, 1.8, "ent", .9, 1985, 2016), "pharma": (4, 20, .9, 1.2, "ent", .6, 1970, 2022),
    "retailer": (5, 90, .9, 2.8, "game", 0, 2000, 2023), "integrator": (5, 24, 1.1, 2.2, "ent", .3, 1995, 2022), "maker": (3, 12, .9, 1.3, "edge", .4, 1970, 2020)}
USE = {"neocloud": ["data_center", "training", "inference"], "colo": ["data_center"], "university": ["research", "hpc", "training"], "institute": ["research", "hpc"], "startup": ["training", "inference", "data_center"],
       "reseller": ["resale"], "retailer": ["resale", "gaming"], "studio": ["gaming", "rendering"], "integrator": ["resale", "data_center", "manufacturing"], "maker": ["manufacturing", "inference"], "oil": ["hpc"], "forwarder": ["warehouse analytics"]}
HEAPS = [4, 8, 16, 24, 32, 64, 72, 96, 128, 144, 256, 512, 576, 1024, 2048]
SEASON = {1: .85, 2: .8, 3: 1.25, 4: .9, 5: .95, 6: 1.2, 7: .85, 8: .8, 9: 1.2, 10: 1.0, 11: 1.1, 12: 1.75}


def kilowatts(good):
    """IT power of one accelerator in its server, rounded."""
    unit = good[TPP] / good[ACC]
    return .15 if unit < 2500 else .7 if unit < 9000 else 1.4 if unit < 17000 else 1.6 if unit < 30000 else 2.1


class World:
    def __init__(self, seed):
        self.seed = seed
        self.r = random.Random(f"{seed}/base")
        self.parties, self.orders, self.payments, self.sites, self.serials, self.inspections, self.ownership, self.truth, self.held = {}, [], [], [], [], [], [], [], {}
        self.by_kind, self.used, self.ledger, self.licenses, self.load, self.site_of, self.honest_ids = {}, set(), {}, {}, {}, {}, []
        self.nominees = [self.person(self.any_of(["SG", "GB", "HK", "MY", "AE", "IN"])) for _ in range(36)]
        self.serial_no = 0
        self.agent_phone = {a: self.phone(c if c in P else "GB") for c, v in AGENTS.items() for a in v}

    def stream(self, name):
        self.r = random.Random(f"{self.seed}/{name}")

    # ------------------------------------------------------------ dice
    def any_of(self, xs):
        return xs[int(self.r.random() * len(xs))]

    def weighted(self, pairs):
        total = sum(w for _, w in pairs)
        x = self.r.random() * total
        for v, w in pairs:
            x -= w
            if x < 0:
                return v
        return pairs[-1][0]

    def p(self, chance):
        return self.r.random() < chance

    def u(self, a, b):
        return a + (b - a) * self.r.random()

    def n(self, a, b):
        return self.r.randint(a, b)

    def when(self, a, b):
        """A working day between a and b, more at the end of quarters and years."""
        a, b = int(max(a, D0)), int(min(b, D1))
        for _ in range(12):
            t = self.r.randint(a, b) if b > a else a
            d = dt.date.fromordinal(t)
            if self.r.random() * 1.75 < SEASON[d.month] and (d.weekday() < 5 or self.p(.08)):
                return t
        return t

    def country(self, pool=None):
        return self.weighted([(c, P[c]["w"]) for c in (pool or P) if P[c]["w"] > 0])

    # ------------------------------------------------------------ parties
    def person(self, c):
        cul = P[c]["cul"]
        given, family = PEOPLE[cul]
        pick = lambda xs: xs[int(len(xs) * self.r.random() ** 1.25)]
        g, f = pick(given), pick(family)
        if self.p(.62):
            other = pick(given)
            if other != g:
                g = f"{g} {other}" if cul not in ("kr", "tw", "jp") else g
                if cul in ("kr", "tw", "jp"):
                    g = f"{g.split('-')[0]}-{other.split('-')[-1].lower()}" if "-" in g else f"{g} {other[0]}."
        return f"{f} {g}" if cul in FAMILY_FIRST else f"{g} {f}"

    def brand(self, c):
        loc = LOCAL.get(P[c]["cul"])
        if loc and self.p(.4):
            b = self.any_of(loc)
            return b if self.p(.35) else f"{b} {self.any_of(PRE)}{self.any_of(MID)}{self.any_of(END)}"
        w = self.any_of(PRE) + (self.any_of(MID) if self.p(.7) else "") + self.any_of(END)
        return w if self.p(.8) else f"{w} {self.any_of(['Digital', 'Global', 'Next', 'Pacific', 'United', 'Prime', 'First', 'Nova'])}"

    def named(self, kind, c, brand=None, tail=None):
        b, city, form = brand or self.brand(c), self.any_of(P[c]["cities"]), self.any_of(P[c]["forms"])
        tail = tail or self.any_of(SECTOR[kind][0])
        if kind == "university" and not brand:
            cul = P[c]["cul"]
            words = {"es": "Universidad de", "pt": "Universidade de", "fr": "Universite de", "de": "Universitaet", "my": "Universiti", "id": "Universitas", "it": "Universita di", "tr": "Universitesi"}
            extra = self.any_of(["", " " + b, " " + b] if cul in words else ["", " " + b, " North", " National", " Metropolitan"])
            return f"{words.get(cul, self.any_of(['University of', 'Institute of Technology', 'Polytechnic University of']))} {city}{extra}"
        if kind == "ministry" and not brand:
            return f"{tail}, {city}" if self.p(.6) else f"{b} {tail}"
        if kind in ("hospital", "institute") and self.p(.5) and not brand:
            return f"{city} {b} {tail}"
        if c == "ID":
            return f"PT {b} {tail} {form}"
        return f"{b} {tail} {form}"

    def phone(self, c, mobile=False):
        return f"+{P[c]['dial']} {self.any_of(['2', '3', '6', '21', '44', '80', '11'])}{self.n(1000, 9999)} {self.n(1000, 9999)}" if not mobile else f"+{P[c]['dial']} 9{self.n(100, 999)} {self.n(100000, 999999)}"

    def street(self, c):
        st = STREET.get(P[c]["cul"]) or STREET["en"]
        s = self.any_of(st)
        num = self.n(1, 480)
        unit = self.any_of(["", "", f", {self.n(1, 40)}F", f", Unit {self.n(1, 60)}", f" #{self.n(1, 30):02d}-{self.n(1, 90):02d}"])
        return (f"{s} {num}" if P[c]["cul"] in ("de", "es", "no", "it", "pl", "pt", "my", "id", "nl", "tr") else f"{num} {s}") + unit

    def address(self, c, agent=.06, park=.06):
        x = self.r.random()
        if x < agent and c in AGENTS:
            return self.any_of(AGENTS[c]) if self.p(.35) else AGENTS[c][0]
        if x < agent + park and c in PARKS:
            return self.any_of(PARKS[c]) + (f", {self.n(1, 12)}F" if self.p(.3) else "")
        return self.street(c)

    def registry(self, c, inc):
        y = dt.date.fromordinal(inc).year
        return {"SG": f"{y}{self.n(0, 49999):05d}{self.any_of('CDEGHKMNRWZ')}", "MY": f"{y}01{self.n(0, 49999):06d}", "GB": f"{self.n(1000000, 16999999):08d}", "IN": f"U{self.n(10000, 99999)}MH{y}PTC{self.n(100000, 499999)}",
                "DE": f"HRB {self.n(1000, 299999)}", "HK": f"{self.n(100000, 7799999)}", "AE": f"DMCC-{self.n(10000, 899999)}"}.get(c, f"{c}{self.n(10 ** 6, 10 ** 8 - 1)}")

    def party(self, kind, c, name=None, brand=None, inc=None, agent=None, mail=None, domain=None, honest=False, tail=None, **k):
        while True:
            pid = f"{self.any_of('BCDFGHKLMNPRTVX')}{self.n(100000, 999999)}"
            if pid not in self.parties:
                break
        lo, hi = (KINDS[kind][6], KINDS[kind][7]) if kind in KINDS else (1990, 2020)
        if not name:
            for _ in range(6):
                name = self.named(kind, c, brand, tail)
                if name not in self.used:
                    break
        self.used.add(name)
        if inc is None:
            inc = min(dt.date(self.n(max(lo, 1900), hi), self.n(1, 12), self.n(1, 28)).toordinal(), D1 - 120)
            if kind == "startup" and self.p(.6):
                inc = self.n(day("2022-06-01"), day("2026-06-30"))
        slug = "".join(ch for ch in name.lower().replace("university of", "uni") if ch.isalnum() or ch == " ").split()
        slug = [x for x in slug if x not in ("pt", "of", "de", "di", "uni", "institute", "technology", "polytechnic", "university") and not x.startswith("universi")] or slug
        slug = "".join(slug[:2])[:18] if self.p(.7) else "-".join(slug[:2])[:18]
        dom = domain or f"{slug}.{P[c]['tld'] if self.p(.68) else self.any_of(['com', 'ai', 'io', 'com', 'net'])}"
        small = kind in ("startup", "retailer", "forwarder", "reseller", "studio")
        free = mail == "free" or (mail is None and small and self.p(.16))
        user = self.any_of(["info", "sales", "office", "contact", "procurement", "admin", "hello"])
        rec = dict(party_id=pid, name=name, aliases=[], country=c, hq_country=c, parent_id="", address=self.address(c, *({"startup": (.24, .16), "reseller": (.16, .06), "sundry": (.16, .02), "neocloud": (.12, .14), "integrator": (.1, .1)}.get(kind, (.05, .05)) if agent is None else (agent, 0))),
                   city=self.any_of(P[c]["cities"]), phone=self.phone(c, small and self.p(.3)), email=f"{slug.replace('-', '')}{self.n(1, 99)}@{self.any_of(FREE_MAIL[:3] if c not in ('CN', 'HK') else FREE_MAIL)}" if free else f"{user}@{dom}",
                   website="" if free and self.p(.6) or self.p(.05) else f"https://www.{dom}", directors=[self.person(c) for _ in range(self.weighted([(1, 3), (2, 4), (3, 2), (4, 1)]))], incorporated_on=inc,
                   registry_id=self.registry(c, inc), business=self.any_of(SECTOR[kind][1]) if kind in SECTOR else "trading", data_center_mw="", flags=[])
        if c in AGENTS and rec["address"] in AGENTS[c]:
            if agent is None and self.p(.45):
                rec["directors"][0] = self.any_of(self.nominees)
            if self.p(.2):
                rec["phone"] = self.agent_phone[rec["address"]]
        if self.p(.07):
            rec["aliases"].append(f"{name.split()[0]} {self.any_of(['Group', 'Intl', 'Tech', 'HQ'])}")
        rec.update(k)
        self.parties[pid] = rec
        self.by_kind.setdefault(kind, []).append(pid)
        if honest:
            self.honest_ids.append(pid)
        return pid

    def root(self, pid):
        for _ in range(9):
            up = self.parties[pid]["parent_id"]
            if not up:
                return pid
            pid = up
        return pid

    def owns(self, owner, owned, percent, start=None, end=None):
        """A stake, cut down to what is left of the firm in that time."""
        rows = self.held.setdefault(owned, [])
        taken = sum(x["percent"] for x in rows if not (x["end"] and start and x["end"] < start or end and x["start"] and end < x["start"]))
        percent = min(percent, round(100 - taken, 1))
        if percent >= .5 and (end is None or start is None or start < end) and owner != owned:
            rows.append(dict(owner_id=owner, owned_id=owned, percent=percent, start=start, end=end))
            self.ownership.append(rows[-1])

    # ------------------------------------------------------------ goods
    def good(self, mix, t, only=None):
        c = [(g, w * (1 + max(0, t - g[FROM]) / 900 if t - g[FROM] < 200 else 1)) for g, w in MIX[mix] if g[FROM] <= t <= g[UNTIL] and (only is None or g[CLASS] in only)]
        return self.weighted(c) if c else G["L40S"]

    def size(self, accelerators, good):
        """Accelerators wanted -> units, heaped."""
        a = max(1, accelerators)
        if self.p(.62):
            i = bisect.bisect(HEAPS, a)
            near = [h for h in HEAPS[max(0, i - 1):i + 1]] or [HEAPS[-1]]
            a = min(near, key=lambda h: abs(math.log(h / a)) + self.u(0, .3))
        return max(1, round(a / good[ACC]))

    def price(self, good, t, qty):
        drift = 1 - .09 * max(0, (t - max(good[FROM], D0)) / 365)
        bulk = 1 - .035 * max(0, math.log10(max(1, qty * good[ACC]))) * self.r.random()
        return round(good[PRICE] * max(.62, drift) * bulk * math.exp(self.r.gauss(0, .05)), 2)

    # ------------------------------------------------------------ what may lawfully be claimed
    def license(self, root, t):
        key = (root, (t - D0) // 365)
        if key not in self.licenses or self.p(.2):
            self.licenses[key] = f"D{self.n(1200000, 1499999)}"
        return self.licenses[key]

    def claim(self, t, good, qty, uc, dest, activity):
        cls, pr, root = good[CLASS], self.parties[uc], self.root(uc)
        if cls == "-":
            return "NLR"
        if dest in T3:
            return self.license(root, t)
        if t < RULE:
            if dest in RESTRICTED:
                return "ACA" if cls == "c" else self.license(root, t)
            return "NLR"
        if cls == "b":
            return self.license(root, t) if dest in RESTRICTED else "NLR"
        if cls == "c":
            return "ACA"
        flags = pr["flags"] + self.parties[root]["flags"]
        if "uveu" in flags or f"nveu:{dest}" in flags:
            return "VEU"
        if dest in T1 and pr["hq_country"] in T1 and self.parties[root]["hq_country"] in T1:
            return "AIA"
        if dest in RESTRICTED or activity == "transfer" or good[CLASS] != "a":
            return self.license(root, t)
        key, tpp = (root, year(t)), good[TPP] * qty
        if self.ledger.get(key, 0) + tpp <= CAP * .985 and self.p(.85):
            self.ledger[key] = self.ledger.get(key, 0) + tpp
            return "LPP"
        return self.license(root, t)

    # ------------------------------------------------------------ a line of an order
    def seller_for(self, c):
        x = self.r.random()
        pool = self.sellers["US"] if x < .64 else self.sellers["TW"] if x < .8 else self.sellers[self.any_of([k for k in self.sellers if k not in ("US", "TW")])]
        return self.any_of(pool)

    def order(self, t, good, qty, uc, exporter=None, dest=None, auth="lawful", background=False, **k):
        pr = self.parties[uc]
        dest = dest or pr["country"]
        exporter = exporter or self.seller_for(dest)
        if dest == "US" and self.parties[exporter]["country"] == "US":  # what never crosses the border is not in these books
            exporter = self.any_of(self.sellers["TW"] + self.sellers["MX"])
        origin = k.pop("origin", None) or self.parties[exporter]["country"]
        activity = k.pop("activity", None) or ("export" if origin == "US" else "transfer" if origin == dest else "reexport")
        qty, t = max(1, int(qty)), int(min(max(t, D0), D1))
        if auth == "lawful":
            auth = self.claim(t, good, qty, uc, dest, activity)
        n = good[NAME]
        hub = {"SG": "HK TW KR", "MY": "SG SG TW", "TH": "SG HK", "ID": "SG SG", "VN": "HK TW", "IN": "AE SG", "AE": "DE TR", "SA": "AE AE", "KZ": "TR AE", "AU": "SG", "PH": "HK TW", "JP": "KR", "BR": "", "ZA": "AE", "KE": "AE", "EG": "AE", "QA": "AE", "PK": "AE", "BD": "SG"}.get(dest, "DE NL" if dest in T1 else "DE AE").split()
        o = dict(t=t, line=1, activity=activity, exporter=exporter, purchaser=uc, intermediate_consignee="", ultimate_consignee=uc, end_user=uc, freight_forwarder="", origin=origin, destination=dest,
                 via=[self.any_of(hub)] if hub and self.p(.2) else [], good=good, quantity=qty, unit_price_usd=self.price(good, t, qty), hs_code=self.any_of(HS[good[FORM]]), description=self.any_of(WORDS[good[FORM]]).format(n=n),
                 gross_weight_kg=qty * good[KG] * self.u(1.08, 1.38) + self.u(.3, 9), packages=max(1, math.ceil(qty / {"card": 10, "gaming": 10, "module": 8, "board": 1, "server": 1, "rack": .25}[good[FORM]])),
                 end_use=self.any_of(USE.get(k.pop("kind", ""), ["data_center", "inference", "training"])), authorization=auth, id=None)
        if self.p(.035):
            o["hs_code"] = self.any_of(["8517.62", "8471.49", "8471.70", "8542.31", "8471.90"])
        if self.p(.02):
            o["gross_weight_kg"] *= self.any_of([.45, 2.2, .6])
        if self.p(.02):
            o["unit_price_usd"] = round(o["unit_price_usd"] * self.u(.55, .75), 2)
            o["description"] = "refurbished " + o["description"] if self.p(.7) else o["description"]
        if self.p(.72):
            o["freight_forwarder"] = self.carrier(dest)
        if self.p(.17):
            o["intermediate_consignee"] = self.carrier(dest) if self.p(.7) or not self.distributors else self.any_of(self.distributors)
        o.update(k)
        self.orders.append(o)
        if good[CLASS] != "-":
            self.load.setdefault(uc, []).append((t, good[ACC] * qty * kilowatts(good), o))
        return o

    def carrier(self, c):
        own = self.carriers.get(c)
        return self.any_of(own) if own and self.p(.7) else self.any_of(self.all_carriers)

    # ------------------------------------------------------------ money, sites, serials, visits
    def transfer(self, payer, payee, amount, t, order=None, country=None, terms=""):
        if country is None:
            country = self.parties[payer]["country"] if payer in self.parties else ""
        self.payments.append(dict(order=order, payer=payer, payee=payee, payer_country=country, amount_usd=round(amount, 2), t=int(min(max(t, D0 - 60), D1)), terms=terms))

    def pay(self, o, payer=None, country=None, chance=None):
        """The price of an order, in one or two instalments."""
        controlled = o["good"][CLASS] != "-"
        if not self.p(chance if chance is not None else .82 if controlled else .3):
            return
        total = o["unit_price_usd"] * o["quantity"] * self.u(.998, 1.006)
        who = payer or o["purchaser"]
        if payer is None:
            x = self.r.random()
            up = self.parties[who]["parent_id"] if who in self.parties else ""
            if up and self.parties[up]["country"] != self.parties[who]["country"] and x < .3:
                who = up
            elif x < .06:
                home = self.weighted([("NL", 4), ("IE", 3), ("SG", 4), ("US", 4), ("GB", 3), ("CH", 3), ("DE", 2), ("JP", 2), ("LU", 2), ("AE", 1.5), ("HK", 1.2)])
                who, country = f"{self.parties[who]['name'].split()[0]} {self.any_of(['Treasury Services', 'Group Finance', 'Capital', 'International'])} {self.any_of(P[home]['forms'])}", home
            elif x < .085:
                who, country = f"{self.any_of(['Orient', 'Union', 'Mercantile', 'First', 'Commercial'])} {self.any_of(['Leasing', 'Equipment Finance', 'Bank Trade Finance'])}", self.parties[who]["country"]
        terms = self.weighted([("net 30", 6), ("net 60", 3), ("30% deposit, balance before shipment", 4), ("L/C at sight", 2), ("prepaid", 2)])
        if terms.startswith("30%"):
            self.transfer(who, o["exporter"], total * .3, o["t"] - self.n(20, 60), o, country, terms)
            self.transfer(who, o["exporter"], total * .7, o["t"] - self.n(0, 6), o, country, terms)
        else:
            self.transfer(who, o["exporter"], total, o["t"] + {"net 30": self.n(22, 40), "net 60": self.n(50, 75), "prepaid": -self.n(2, 20)}.get(terms, self.n(3, 18)), o, country, terms)

    def site(self, owner, mw, country=None, operator=None, commissioned=None, tenant="", address=None):
        c = country or self.parties[owner]["country"]
        sid = f"ST{self.n(10000, 99999)}{self.any_of('ABCDEFGH')}"
        while sid in self.used:
            sid = f"ST{self.n(10000, 99999)}{self.any_of('ABCDEFGH')}"
        self.used.add(sid)
        self.sites.append(dict(site_id=sid, owner=owner, operator=operator or owner, country=c, address=address or self.street(c) + ", " + self.any_of(P[c]["cities"]), mw=round(mw, 2), commissioned_on=commissioned or self.n(day("2016-01-01"), D0), tenant_hq=tenant or (c if self.p(.6) else "")))
        self.site_of.setdefault(owner, []).append(sid)
        return sid

    def mark(self, o, limit=40, site=None, install=True, power=True, lag=(6, 55), power_lag=(1, 16)):
        """Serial numbers of an order, at most `limit` of them; returns [(serial, shipped, installed, powered)]."""
        out, party, c = [], o["ultimate_consignee"], o["destination"]
        o["marked"] = True
        for _ in range(min(limit, o["quantity"])):
            self.serial_no += self.n(1, 37)
            s = f"{self.any_of(['1', '16', 'SN', 'F'])}{self.n(10, 99)}{self.serial_no:09d}"
            self.event(s, o, "shipped", o["exporter"], "", o["origin"], o["t"])
            a = o["t"] + self.n(*lag)
            b = a + self.n(*power_lag)
            if install and a <= D1:
                self.event(s, o, "installed", "" if site else party, site or "", c, a)
                if power and b <= D1:
                    self.event(s, o, "powered_on", "" if site else party, site or "", c, b)
            out.append((s, o["t"], a, b))
        return out

    def event(self, s, o, event, party, site, country, t):
        if t <= D1:
            self.serials.append((s, o["good"][NAME], event, party, site, country, int(t)))

    def inspect(self, t, result="favorable", site="", party="", notice=None, seen=None):
        if D0 <= t <= D1:
            self.inspections.append(dict(site_id=site, party=party, t=int(t), notice_days=notice if notice is not None else self.any_of([0, 1, 3, 5, 7, 7, 10, 14, 14, 21, 30]), units_seen=seen if seen is not None else "", result=result))

    def background(self, pid, n, lo=D0, hi=D1):
        """Ordinary small purchases of free goods."""
        for _ in range(n):
            t = self.when(lo, hi)
            g = self.good("free", t)
            self.pay(self.order(t, g, self.size(math.exp(self.r.gauss(2.6, .8)), g), pid, exporter=self.seller_for("")))

    # ------------------------------------------------------------ honest trade
    def honest(self, count):
        self.stream("sellers")
        self.sellers, self.carriers, self.distributors = {}, {}, []
        for c, n in [("US", 56), ("TW", 14), ("SG", 9), ("NL", 6), ("DE", 5), ("JP", 5), ("IE", 3), ("MX", 3), ("MY", 3), ("KR", 3), ("CZ", 2), ("GB", 3), ("AE", 2)]:
            self.sellers[c] = [self.party("seller", c, inc=self.n(day("1985-01-01"), day("2021-12-31"))) for _ in range(n)]
        n_forwarders = max(60, round(count * .045))
        for _ in range(n_forwarders):
            c = self.weighted([("SG", 8), ("AE", 7), ("HK", 5), ("NL", 5), ("US", 6), ("MY", 4), ("TW", 4), ("DE", 4), ("JP", 3), ("IN", 3), ("TR", 2)]) if self.p(.55) else self.country()
            self.carriers.setdefault(c, []).append(self.party("forwarder", c, honest=True))
        self.all_carriers = [x for v in self.carriers.values() for x in v]
        self.stream("listed")
        for _ in range(max(12, count // 80)):
            c = self.weighted([("CN", 8), ("HK", 4), ("RU", 3), ("AE", 1), ("SG", 1), ("MY", 1), ("TR", 1), ("PK", 1)])
            self.party("listed", c, flags=["entity_list"] + (["military"] if self.p(.2) else []))
        self.base_listed = list(self.by_kind["listed"])
        self.stream("buyers")
        buyers = self.groups(round(count * .17))
        n_single = max(0, count - len(self.honest_ids))
        kinds = [(k, v[0]) for k, v in KINDS.items() if k != "forwarder"]
        for _ in range(n_single):
            k = self.weighted(kinds)
            c = self.country()
            pid = self.party(k, c, honest=True)
            if k == "ministry" or k in ("university", "institute", "hospital") and self.p(.35):
                self.parties[pid]["flags"] = ["government"]
            buyers.append((pid, k))
        self.distributors = [p for p in self.by_kind["reseller"] if self.parties[p]["country"] in T1 or self.parties[p]["country"] in LPP_OK]
        self.customers = {}
        for pid, k in buyers:
            if k not in ("reseller", "retailer", "forwarder"):
                self.customers.setdefault(self.parties[pid]["country"], []).append(pid)
        for pid in list(self.all_carriers):
            buyers.append((pid, "forwarder"))
        self.stream("champions")
        for c in ["AE", "SA", "IN", "MY", "SG", "BR", "TR", "PL", "QA", "TH"]:
            pid = self.party("neocloud", c, honest=True, flags=[f"nveu:{c}"])
            buyers.append((pid, "champion"))
        self.stream("demand")
        for pid, k in buyers:
            self.demand(pid, k)
        self.stream("capacity")
        self.capacity([b for b, _ in buyers], {b: k for b, k in buyers})
        self.stream("ties")
        pool = [b for b, k in buyers if k in ("industrial", "telecom", "startup", "oil", "maker")]
        for _ in range(len(self.base_listed)):  # lawful stakes of listed parties: small, or sold before
            L, x = self.any_of(self.base_listed), self.any_of(pool)
            if self.p(.6):
                self.owns(L, x, round(self.u(.5, 12), 1), self.n(day("2015-01-01"), day("2023-12-31")))
            else:
                self.owns(L, x, self.any_of([20, 30, 49, 51, 60]), self.n(day("2012-01-01"), day("2018-12-31")), self.n(day("2019-01-01"), day("2023-09-30")))
        single = [b for b in pool if not self.parties[b]["parent_id"]]
        self.r.shuffle(single)
        for x in single[:count // 6]:  # holding companies in a registered agent's office, one for each firm
            home, share = self.parties[x]["country"], self.any_of([20, 25, 33.3, 50, 60, 75, 100, 100])
            if share < 50:
                c = self.weighted([("SG", 6), ("GB", 4), ("NL", 3), ("HK", 2), ("AE", 3), ("MY", 2)])
            elif home in T3:
                c = "HK"
            else:  # a majority holder sits where the firm's own claims keep holding
                c = self.weighted([("GB", 4), ("NL", 4)] if home in T1 else [("SG", 6), ("GB", 4), ("NL", 2), ("AE", 3), ("MY", 2), ("CH", 1), ("EE", 1)])
            inc = max(self.parties[x]["incorporated_on"] - self.n(0, 400), day("1990-01-01"))
            h = self.party("industrial", c, inc=min(inc, D1), tail=self.any_of(["Investments", "Ventures", "Holdings", "Capital", "SPV"]), agent=1, business="investment holding")
            self.parties[h]["directors"] = [self.any_of(self.nominees)] + ([self.person(c)] if self.p(.4) else [])
            self.owns(h, x, share, self.parties[x]["incorporated_on"])
        for _ in range(count // 25):  # ordinary minority holdings
            a, b = self.any_of(pool), self.any_of(pool)
            if a != b:
                self.owns(a, b, round(self.u(3, 40), 1), self.n(day("2010-01-01"), day("2025-12-31")))

    def groups(self, target):
        """Holding groups and hyperscalers: a parent with subsidiaries in its own and other countries."""
        out, made = [], 0
        big = 9
        while made < target:
            if big:
                big -= 1
                home, k, subs, flags = ("US" if big > 1 else self.any_of(["JP", "DE"])), "neocloud", self.n(8, 15), ["uveu"]
            else:
                home = self.country([c for c in P if c not in T3]) if self.p(.72) else "US"
                if self.p(.05):
                    home = "CN"  # Chinese groups abroad: honest ones buy free goods only
                k, subs, flags = self.weighted([("industrial", 6), ("bank", 3), ("telecom", 2), ("pharma", 2), ("oil", 1), ("colo", 2), ("integrator", 1), ("studio", 1)]), self.weighted([(2, 4), (3, 4), (4, 3), (6, 2), (9, 1)]), []
            b = self.brand(home)
            while " " in b and self.p(.7):
                b = self.brand(home)
            top = self.party(k, home, brand=b, honest=True, flags=list(flags))
            dom = f"{b.lower().replace(' ', '')}.com"
            chain = [top]
            made += 1
            out.append((top, "hyper" if flags else "free" if home == "CN" else k))
            for _ in range(subs):
                c = home if self.p(.35) and home != "CN" else self.country([x for x in P if x not in T3])
                up = self.any_of(chain) if len(chain) < 3 and self.p(.2) else top
                s = self.party(k, c, brand=b, tail=self.any_of(SECTOR[k][0]) + (" " + c if self.p(.3) else ""), honest=True, parent_id=up, flags=list(flags), domain=dom if self.p(.75) else None)
                if self.p(.5):
                    self.parties[s]["directors"][0] = self.parties[top]["directors"][0]
                if self.p(.8):
                    self.owns(up, s, self.any_of([100, 100, 100, 100, 80, 75, 70, 60, 51]), max(self.parties[s]["incorporated_on"], self.parties[up]["incorporated_on"]))
                if self.p(.2):
                    chain.append(s)
                made += 1
                out.append((s, "hyper" if flags else "free" if home == "CN" else k))
        return out

    def demand(self, pid, k):
        pr = self.parties[pid]
        c, root = pr["country"], self.root(pid)
        inc = max(D0, pr["incorporated_on"] + self.n(60, 400))
        if k == "hyper":
            med, sig, rate, mix = 700, .9, 3.2, "big"
        elif k == "champion":
            med, sig, rate, mix = 1100, .8, 4.0, "big"
        elif k == "free":
            med, sig, rate, mix = 20, .9, 1.2, "free"
        else:
            _, med, sig, rate, mix = KINDS[k][:5]
        if c in T3 or self.parties[root]["hq_country"] in T3:
            mix = "free"
        if c not in T1 and k not in ("hyper", "champion"):
            med *= .7
        if inc >= D1 - 40:
            return
        near = root == pid and c in LPP_OK and k in ("neocloud", "colo", "startup", "telecom", "university", "integrator", "oil", "bank", "industrial") and mix != "free" and self.p(.23)
        if near:
            self.near_cap(pid, k, mix if mix != "uni" else "ent", inc)
            return
        rate *= math.exp(self.r.gauss(0, .45))
        span = (D1 - inc) / 365
        n = min(40, sum(1 for _ in range(int(rate * span * 2) + 1) if self.p(.5)))
        mine = [self.seller_for(c) for _ in range(self.n(1, 3))]
        own_scale = math.exp(self.r.gauss(0, .5))
        early = c not in T1 and self.p(.13)
        pallet = mix != "free" and k in ("neocloud", "colo", "telecom", "integrator") and self.p(.06)
        for _ in range(n):
            t = self.when(inc, D1)
            if early and RULE <= t < RULE + 200 and self.p(.6):  # brought forward before the compliance date
                t = self.when(day("2025-02-15"), RULE - 1)
            growth = 1 + .35 * (t - D0) / 365 if k in ("neocloud", "startup", "hyper", "champion", "colo") else 1
            a = med * own_scale * growth * math.exp(self.r.gauss(0, sig))
            if self.p(.02):
                a *= self.r.paretovariate(1.3)
            a = min(a, 16000 if k in ("hyper", "champion") else 3000)
            g = self.good("free" if mix not in ("free", "game") and self.p(.28 if k not in ("hyper", "champion", "neocloud", "colo") else .05) else mix, t)
            if c in T3 and g[CLASS] != "-":
                continue
            if g[FORM] == "rack" and a < 60:
                g = self.good("ent", t)
            if pallet and self.p(.7):
                g = G[self.any_of(["SYS-821GE-TNHR (H100)", "PowerEdge XE9680 (H100)"])]
                qty = self.any_of([24, 25, 25])
            else:
                qty = self.size(a * (.5 if k == "startup" and g[FORM] in ("server", "rack") else 1), g)
            ex = self.any_of(mine) if self.p(.85) else self.seller_for(c)
            kw = {}
            if k == "reseller" and self.p(.75) and self.customers.get(c) and g[CLASS] != "-":
                to = self.customer(c, t)  # sold on by name: the reseller buys, the customer receives
                if not to:
                    continue
                kw = dict(purchaser=pid, kind="startup", intermediate_consignee=pid if self.p(.5) else "")
                o = self.order(t, g, min(qty, 128), to, ex, **kw)
            elif k == "reseller" and g[CLASS] == "a" and t >= RULE and c not in T1:
                o = self.order(t, g, min(qty, 96), pid, ex, kind=k, auth=self.license(pid, t))
                self.onward(o, pid)
            else:
                if self.p(.05):
                    kw["end_user"] = (self.customer(c, t) if c not in T3 else None) or pid
                if self.p(.004) and g[CLASS] == "a" and qty * g[ACC] <= 16:
                    kw["auth"] = self.any_of(["NLR", "ACA", "NAC"])  # a clerk's slip
                o = self.order(t, g, qty, pid, ex, kind=k if k in KINDS else "neocloud", **kw)
                if self.p(.06):  # a second line in the same transaction
                    g2 = self.good("edge" if g[CLASS] == "a" else "free", t)
                    if c not in T3 and not (mix == "free" and g2[CLASS] != "-"):
                        o2 = self.order(t, g2, self.n(1, 12), pid, ex, **{x: o[x] for x in ("purchaser", "end_user", "freight_forwarder", "intermediate_consignee", "via", "origin", "activity", "end_use")})
                        o2["id"], o2["line"] = o, 2
            self.pay(o)
            self.sampled(o)

    def customer(self, c, t):
        """Some honest buyer in country c that exists on day t."""
        for _ in range(6):
            to = self.any_of(self.customers.get(c) or self.customers["DE"])
            if self.parties[to]["incorporated_on"] < t - 20 and self.parties[self.root(to)]["hq_country"] not in T3 and self.parties[to]["country"] not in T3:
                return to
        return None

    def onward(self, o, pid):
        """A distributor sends on under license, in pieces, later."""
        left, t = o["quantity"], o["t"]
        for _ in range(self.n(1, 3)):
            t += self.n(12, 80)
            q = min(left, max(1, round(o["quantity"] * self.u(.2, .7))))
            c = self.any_of([x for x in self.customers if x not in T3])
            to = self.customer(c, t)
            if q < 1 or t > D1 or not to:
                return
            left -= q
            self.pay(self.order(t, o["good"], q, to, pid, activity="transfer" if c == self.parties[pid]["country"] else "reexport", origin=self.parties[pid]["country"]))

    def near_cap(self, pid, k, mix, inc):
        mine = [self.seller_for("") for _ in range(self.n(1, 3))]
        for y0, y1 in ((RULE, NY26 - 1), (NY26, D1)):
            if max(inc, y0) > y1 - 40 or self.p(.3):
                continue
            target, parts = CAP * self.u(.78, .985), self.n(2, 11)
            w = [self.r.gammavariate(1.4, 1) for _ in range(parts)]
            for x in w:
                t = self.when(max(inc, y0), y1)
                g = self.good(mix, t, only="a")
                if g[FORM] == "rack" and x / sum(w) * target < g[TPP]:
                    g = self.good("ent", t, only="a")
                q = int(target * x / sum(w) / g[TPP])
                if q and self.p(.35) and q * g[ACC] > 16:
                    q = max(1, round(q * g[ACC] / 8) * 8 // g[ACC])
                key = (pid, year(t))
                room = int((CAP - self.ledger.get(key, 0)) // g[TPP])
                q = min(q, room)
                if q < 1:
                    continue
                ex = self.any_of([e for e in mine if self.parties[e]["country"] != self.parties[pid]["country"]] or self.sellers["US"])
                self.ledger[key] = self.ledger.get(key, 0) + q * g[TPP]
                o = self.order(t, g, q, pid, ex, auth="LPP", kind=k)
                self.pay(o)
                self.sampled(o)
        for _ in range(self.n(0, 4)):
            t = self.when(inc, min(D1, RULE - 1)) if inc < RULE else self.when(inc, D1)
            g = self.good(mix, t)
            self.pay(self.order(t, g, self.size(self.u(16, 300), g), pid, kind=k))

    def sampled(self, o):
        if o["good"][CLASS] in "ab" and self.p(.13):
            o["sampled"] = True

    def capacity(self, ids, kinds):
        """Megawatts that fit what was bought; then serial numbers and visits for a sample."""
        for pid in ids:
            bought = self.load.get(pid, [])
            kw = sum(x for _, x, _ in bought)
            k = kinds[pid]
            own = 1 if k in ("hyper", "champion") else KINDS[k][5] if k in KINDS else .2
            if kw <= 0 or not self.p(own):
                continue
            mw = max(.05, kw / 1000 * self.u(1.25, 3.2)) * (.75 if self.p(.012) else 1) + (self.u(2, 30) if k in ("colo", "hyper", "champion") else self.u(0, .6))
            self.parties[pid]["data_center_mw"] = round(mw, 2 if mw < 5 else 1)
            if mw > .15 and self.p(.62):
                parts = 1 if mw < 3 else self.n(1, 3)
                first = min(t for t, _, _ in bought)
                w = [self.u(.5, 1) for _ in range(parts)]
                for x in w:
                    built = self.n(day("2010-01-01"), first) if self.p(.8) else first - self.n(0, 200)
                    self.site(pid, mw * x / sum(w) * 1.001, commissioned=built, tenant=self.any_of(["US", "GB", "JP", "SG", "IN", "DE"]) if k in ("colo", "neocloud", "hyper") and self.p(.4) else "", operator=self.any_of(self.by_kind["colo"]) if self.p(.1) else None)
        for pid in ids:
            for t, _, o in self.load.get(pid, []):
                if not o.get("sampled"):
                    continue
                sites = self.site_of.get(pid)
                late = self.p(.05)
                here = self.any_of(sites) if sites else ""
                got = self.mark(o, 36, here, lag=(100, 190) if late else (5, 60))
                for s, _, a, b in got:
                    if self.p(.015) and b + 200 < D1:
                        back = b + self.n(30, 200)
                        self.event(s, o, "rma", o["exporter"], "", o["origin"], back)
                    elif self.p(.06) and b + 30 < D1:
                        self.event(s, o, "seen", "" if here else pid, here, o["destination"], b + self.n(20, 300))
        for pid in ids:
            for sid in self.site_of.get(pid, []):
                if self.p(.16):
                    t = self.n(day("2024-06-01"), D1)
                    n = sum(o["quantity"] * o["good"][ACC] for tt, _, o in self.load[pid] if tt < t - 30)
                    res = self.weighted([("favorable", 85), ("incomplete", 10), ("unfavorable", 5)])
                    self.inspect(t, res, site=sid, seen=int(n * (self.u(.85, 1) if res == "favorable" else self.u(.3, .8))))
                    if res != "favorable" and self.p(.6):
                        self.inspect(t + self.n(30, 150), "favorable", site=sid, seen=int(n))
            if self.load.get(pid) and self.p(.02):
                self.inspect(self.n(day("2024-06-01"), D1), self.weighted([("favorable", 82), ("incomplete", 12), ("unfavorable", 6)]), party=pid)


# ---------------------------------------------------------------- schemes and their lawful twins
KIND = {"a": "front_split", "b": "parent_straddle", "c": "under_notice_floor", "d": "new_shell", "e": "dormant_shell", "f": "listed_successor", "g": "retry_after_refusal", "h": "hub_chain", "i": "forwarder_end_user",
        "j": "new_corridor", "k": "pre_rule_stockpile", "l": "capacity_gap", "m": "staged_site", "n": "misdeclared_goods", "o": "third_country_payer", "p": "listed_stake", "q": "bad_exception", "r": "payment_ring", "s": "hidden_headquarters"}
FAMILY = {
    "a": ("linked_consignees", "structuring shell_company payment"), "b": ("structuring", "linked_consignees exception_abuse ownership_evasion"), "c": ("structuring", "exception_abuse"),
    "d": ("shell_company", "exception_abuse structuring capacity_mismatch payment"), "e": ("shell_company", "exception_abuse structuring capacity_mismatch"), "f": ("shell_company", "linked_consignees ownership_evasion"),
    "g": ("linked_consignees", "shell_company exception_abuse structuring payment"), "h": ("transshipment", "exception_abuse shell_company payment"), "i": ("transshipment", "shell_company exception_abuse misdeclaration payment structuring"),
    "j": ("transshipment", "exception_abuse shell_company stockpiling structuring"), "k": ("stockpiling", "capacity_mismatch structuring"), "l": ("capacity_mismatch", "staged_site shell_company stockpiling"),
    "m": ("staged_site", "capacity_mismatch transshipment"), "n": ("misdeclaration", "transshipment shell_company exception_abuse"), "o": ("payment", "shell_company transshipment linked_consignees"),
    "p": ("ownership_evasion", "exception_abuse shell_company linked_consignees"), "q": ("exception_abuse", "structuring misdeclaration ownership_evasion shell_company"), "r": ("payment", "shell_company linked_consignees"),
    "s": ("ownership_evasion", "exception_abuse shell_company capacity_mismatch linked_consignees")}


class Planter:
    def __init__(self, w):
        self.w = w

    # ------------------------------------------------------------ helpers
    def unsplit(self, total, n, even=False):
        w = [1.0] * n if even else [self.w.r.gammavariate(2.2, 1) + .15 for _ in range(n)]
        return [total * x / sum(w) for x in w]

    def buy(self, pid, total, n, lo, hi, even=False, goods=None, auth="LPP", sellers=None, dates=None, **k):
        """n orders that add up to at most `total` TPP."""
        w, out = self.w, []
        sellers = sellers or [w.any_of(w.sellers["US"])]
        for i, part in enumerate(self.unsplit(total, n, even)):
            t = dates[i] if dates else w.when(lo, hi)
            g = w.any_of(goods) if goods else w.good("hot", t, "a")
            if g[FROM] > t:
                g = G["H100 SXM5 80GB"]
            q = int(part // g[TPP])
            if q < 1:
                g, q = G["L40S"], max(1, int(part // G["L40S"][TPP]))
            ex = w.any_of(sellers)
            if auth == "LPP" and "activity" not in k and w.parties[ex]["country"] == w.parties[pid]["country"]:
                ex = w.any_of(w.sellers["US"])  # LPP covers no moves inside a country
            o = w.order(t, g, q, pid, ex, auth=auth(t) if callable(auth) else auth, **k)
            out.append(o)
        return out

    def outfit(self, c, careful, **k):
        """A front: name, line of business, papers. The careful one looks like any young AI firm."""
        w = self.w
        inc = k.pop("inc")
        if careful:
            kind = w.any_of(["startup", "startup", "neocloud", "integrator"])
            pid = w.party(kind, c, inc=inc, agent=.4, mail="own", **k)
            if w.parties[pid]["address"] in AGENTS.get(c, []) or w.p(.4):
                w.parties[pid]["directors"] = [w.any_of(w.nominees)] + ([w.person(c)] if w.p(.5) else [])
        else:
            tail, trade = w.any_of(ODD)
            b = w.brand(c)
            pid = w.party("startup", c, name=w.named("startup", c, b, tail if w.p(.6) else w.any_of(["Trading", "Enterprise", "International", "Tech"])), inc=inc, agent=.45, mail="free" if w.p(.75) else None, **{"business": trade, **k})
            w.parties[pid]["phone"] = w.phone(c, True)
            if w.p(.7):
                w.parties[pid]["website"] = ""
            w.parties[pid]["directors"] = w.parties[pid]["directors"][:1]
        return pid

    def foreign_name(self, c):
        w = self.w
        return f"{w.any_of(['Kowloon', 'Wan Chai', 'Golden', 'Bright', 'Sino', 'East', 'Lucky', 'Grand', 'Harvest', 'Pearl'])} {w.any_of(['Star', 'Bright', 'Ocean', 'Harbour', 'Dragon', 'Fortune', 'Link', 'Union', 'Wealth'])} {w.any_of(['Trading', 'Electronics', 'International', 'Import & Export', 'Development', 'Technology'])} {w.any_of(P[c]['forms'])}"

    def plain_pay(self, orders, **k):
        for o in orders:
            self.w.pay(o, **k)

    def life(self, pid, orders, mw=.55, trade=.4):
        """What an ordinary buyer of this kind would show as well: a hall that fits, some small trade."""
        if self.w.p(mw):
            self.fit(pid, orders)
        if self.w.p(trade):
            self.w.background(pid, self.w.n(1, 4), lo=max(D0, self.w.parties[pid]["incorporated_on"] + 30))

    def numbers(self, orders, share):
        w = self.w
        seen = {id(o) for o in orders if o.get("marked")}
        for o in orders:
            if id(o) not in seen and o["good"][CLASS] in "ab" and w.p(share):
                sites = w.site_of.get(o["ultimate_consignee"])
                w.mark(o, 24, w.any_of(sites) if sites else None)

    def done(self, letter, i, careful, guilty, orders, family=None, also=None, innocents=()):
        f, a = FAMILY[letter]
        if letter not in "lm":
            self.numbers(orders, .09)
        g = list(dict.fromkeys(guilty))
        used = {x for o in orders for x in (o["exporter"], o["freight_forwarder"], o["intermediate_consignee"], o["purchaser"], o["end_user"]) if x} | set(innocents)
        self.w.truth.append(dict(scheme=f"{letter}-{i:04d}", kind=KIND[letter], habit="careful" if careful else "careless", family=family or f, also_acceptable=also or a.split(), guilty_parties=g, orders=orders, innocents=sorted(used - set(g))))

    def twin(self, letter, i, why, parties, orders):
        self.numbers(orders, .11)
        self.w.truth.append(dict(twin=f"t{letter}-{i:04d}", kind=KIND[letter], why=why, parties=list(dict.fromkeys(parties)), orders=orders))

    def all(self, schemes, twins):
        for letter in KIND:
            for i in range(1, schemes + 1):
                self.w.stream(f"scheme/{letter}/{i}")
                getattr(self, "s_" + letter)(letter, i, i % 2 == 0)
            for i in range(1, twins + 1):
                self.w.stream(f"twin/{letter}/{i}")
                getattr(self, "t_" + letter)(letter, i)

    def window(self, shortest=120):
        """A stretch of time under the rule."""
        lo = self.w.n(RULE, D1 - shortest - 30)
        return lo, min(D1, lo + self.w.n(shortest, shortest + 200))

    # ------------------------------------------------------------ a: one buyer behind fronts, each under the cap
    def s_a(self, L, i, careful):
        w = self.w
        y0, y1 = (RULE, NY26 - 1) if w.p(.5) else (NY26, D1)
        home = w.any_of(HOT)
        n = w.n(4, 8) if careful else w.n(3, 5)
        sellers = [w.seller_for("") for _ in range(3 if careful else 1)]
        boss, phone, addr, dom = w.person("CN" if w.p(.4) else home), w.phone(home), w.street(home) + f" #{w.n(2, 30)}-{w.n(1, 40)}", f"{w.brand('US').lower().replace(' ', '')}.com"
        agent, pay_c = w.carrier(home), "HK" if w.p(.3) else home
        payer = w.party("treasury", pay_c, inc=w.n(day("2019-01-01"), RULE), agent=.5, name=f"{w.brand(home)} {w.any_of(['Holdings', 'Capital', 'Ventures'])} {w.any_of(P[pay_c]['forms'])}", business="investment holding", directors=[boss])
        fronts, orders, reg = [], [], w.n(30000, 49000)
        for j in range(n):
            c = w.any_of(HOT) if careful and w.p(.45) else home
            f = self.outfit(c, careful, inc=w.n(y0 - 420, y0 + 40))
            rec = w.parties[f]
            if careful:  # only remnants: a telephone here, a mailbox there
                if j % 3 == 1:
                    rec["phone"] = w.parties[fronts[-1]]["phone"]
                elif j % 3 == 2 and w.p(.7):
                    rec["directors"] = rec["directors"] + [boss]
            else:
                rec["address"], rec["phone"], rec["city"] = addr if w.p(.8) else rec["address"], phone if w.p(.75) else rec["phone"], P[home]["cities"][0]
                rec["directors"] = [boss] if w.p(.8) else [w.any_of(w.nominees), boss]
                rec["email"] = f"{w.any_of(['info', 'sales', 'admin'])}{j + 1}@{dom}" if w.p(.6) else rec["email"]
                rec["registry_id"] = rec["registry_id"][:-4] + f"{(reg + j) % 10000:04d}" if w.p(.5) else rec["registry_id"]
            u = w.u(.36, .93) if careful else w.u(.9, .995)
            os_ = self.buy(f, CAP * u, w.n(1, 5) if careful else w.n(1, 3), max(y0, rec["incorporated_on"] + 15), y1, even=not careful, sellers=sellers, freight_forwarder=agent if w.p(.7 if careful else .95) else w.carrier(c))
            for o in os_:
                w.pay(o, payer=payer if w.p(.62 if careful else .8) else None, country=pay_c, chance=.92)
            if careful:
                self.life(f, os_, .25, .25)
            fronts.append(f)
            orders += os_
        self.done(L, i, careful, fronts + [payer], orders)

    def t_a(self, L, i):
        w = self.w
        c, v = w.any_of(LPP_OK), i % 3
        ids, orders = [], []
        if v == 0:  # a group that says so, under one cap together
            b = w.brand(c)
            top = w.party("industrial", c, brand=b, agent=0)
            ids.append(top)
            for _ in range(w.n(3, 5)):
                s = w.party("industrial", c, brand=b, parent_id=top, address=w.parties[top]["address"], phone=w.parties[top]["phone"], domain=w.parties[top]["email"].split("@")[1])
                w.parties[s]["directors"] = list(w.parties[top]["directors"])
                w.owns(top, s, 100, w.parties[s]["incorporated_on"])
                ids.append(s)
            for y0, y1 in ((RULE, NY26 - 1), (NY26, D1)):
                budget = CAP * w.u(.7, .96)
                for s, part in zip(ids[1:], self.unsplit(budget, len(ids) - 1)):
                    orders += self.buy(s, part, w.n(1, 3), y0, y1)
            for o in orders:
                w.pay(o, payer=top, chance=.9)
            why = "declared group, one LPP account, group pays"
        elif v == 1:  # franchisees in one building, the brand's mail host, otherwise strangers
            dom, addr, b = f"{w.brand('US').lower().replace(' ', '')}.com", w.street(c), w.brand(c)
            for _ in range(w.n(4, 6)):
                s = w.party("integrator", c, brand=b, tail=w.any_of(["Rendering Center", "AI Studio", "Compute Shop"]), address=addr + f", Unit {w.n(1, 60)}", domain=dom, mail="own", inc=w.n(day("2014-01-01"), day("2023-01-01")))
                ids.append(s)
                orders += self.buy(s, CAP * w.u(.15, .5), w.n(2, 5), RULE, D1, sellers=[w.seller_for("") for _ in range(2)])
                w.background(s, w.n(2, 5), hi=RULE)
            self.plain_pay(orders)
            why = "franchisees with the brand's mail host and building"
        else:  # university consortium with one purchasing office
            phone, agent = w.phone(c), w.carrier(c)
            for _ in range(w.n(3, 5)):
                s = w.party("university", c, phone=phone)
                ids.append(s)
                orders += self.buy(s, CAP * w.u(.2, .8), w.n(2, 4), RULE, D1, auth=lambda t: w.license(s, t), freight_forwarder=agent, end_use="research")
                w.background(s, 2)
            self.plain_pay(orders)
            why = "consortium with a common purchasing office, licensed"
        self.twin(L, i, why, ids, orders)

    # ------------------------------------------------------------ b: one parent, several daughters, the turn of the year
    def s_b(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT)
        b = w.brand(c)
        top = w.party("industrial", c, brand=b, tail="Holdings", inc=w.n(day("2005-01-01"), day("2023-12-31")))
        mid = w.party("industrial", w.any_of(["SG", "NL", "CH", "AE"]), inc=w.n(day("2018-01-01"), day("2024-12-31"))) if careful else None
        if mid:
            w.owns(top, mid, w.any_of([100, 90, 75]), w.parties[mid]["incorporated_on"])
        subs, orders = [], []
        for _ in range(w.n(2, 4)):
            s = w.party(w.any_of(["neocloud", "integrator", "startup"]), c if not careful or w.p(.5) else w.any_of(HOT), brand=None if careful else b, inc=w.n(day("2019-01-01"), RULE))
            w.owns(mid or top, s, w.any_of([100, 100, 80, 70, 51]), w.parties[s]["incorporated_on"])
            if not careful:
                w.parties[s]["parent_id"] = top
            subs.append(s)
        if careful:  # both calendar years nearly full, and both fillings a few weeks apart
            for lo, hi in ((day("2025-11-28"), NY26 - 1), (NY26, day("2026-02-03"))):
                for s, part in zip(subs, self.unsplit(CAP * w.u(.9, .998), len(subs))):
                    orders += self.buy(s, part, w.n(1, 3), lo, hi, sellers=[w.seller_for("") for _ in range(2)])
        else:  # every daughter near the cap, in both years
            for lo, hi in ((day("2025-10-01") if w.p(.5) else RULE, NY26 - 1), (NY26, day("2026-04-15") if w.p(.5) else D1)):
                for s in subs:
                    orders += self.buy(s, CAP * w.u(.62, .97), w.n(1, 3), lo, hi, even=True)
        for s in subs:
            self.life(s, [o for o in orders if o["ultimate_consignee"] == s])
        for o in orders:
            w.pay(o, payer=top if w.p(.3) else None)
        self.done(L, i, careful, [top] + ([mid] if mid else []) + subs, orders)

    def t_b(self, L, i):
        w = self.w
        c, v = w.any_of(LPP_OK), i % 3
        if v == 0:  # budget year ends in December; license beyond a modest LPP share
            pid = w.party(w.any_of(["bank", "telecom", "oil"]), c)
            orders = []
            for y in (2024, 2025, 2026):
                orders += self.buy(pid, CAP * w.u(.4, 1.1), w.n(2, 4), day(f"{y}-11-25"), day(f"{y}-12-31"), auth=lambda t: "NLR" if t < RULE else w.license(pid, t))
            why = "December budget, every year, licensed under the rule"
        elif v == 1:  # winter delivery, but both halves together under one cap
            pid = w.party("colo", c)
            orders = self.buy(pid, CAP * w.u(.25, .45), 2, day("2025-12-01"), NY26 - 1) + self.buy(pid, CAP * w.u(.25, .45), 2, NY26, day("2026-01-31")) + self.buy(pid, CAP * .4, 3, day("2024-03-01"), RULE - 60, auth="NLR") + self.buy(pid, CAP * .3, 3, day("2026-03-01"), D1)
            why = "delivery over the turn of the year, well under the cap"
        else:  # plans to the cap, one buyer in the open, evenly over the year
            pid = w.party("neocloud", c)
            orders = []
            for lo, hi in ((RULE, NY26 - 1), (NY26, D1)):
                dates = sorted(w.when(lo + (hi - lo) * j // 6, lo + (hi - lo) * (j + 1) // 6) for j in range(6))
                orders += self.buy(pid, CAP * w.u(.8, .97), 6, lo, hi, dates=dates)
            why = "plans to the cap evenly over the year, one legal person"
        self.fit(pid, orders)
        self.plain_pay(orders)
        self.twin(L, i, why, [pid], orders)

    def fit(self, pid, orders, factor=None):
        """A site with the megawatts for these orders."""
        w = self.w
        mw = sum(o["quantity"] * o["good"][ACC] * kilowatts(o["good"]) for o in orders) / 1000 * (factor or w.u(1.3, 2.6)) + .1
        w.parties[pid]["data_center_mw"] = round(mw, 2)
        return w.site(pid, mw, commissioned=min(o["t"] for o in orders) - w.n(10, 900) if orders else None)

    # ------------------------------------------------------------ c: each shipment just under the notice floor
    def s_c(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT)
        pid = w.party(w.any_of(["neocloud", "integrator", "startup", "colo"]), c, inc=w.n(day("2017-01-01"), RULE - 30))
        lo, hi = self.window(90)
        orders, spent = [], {}
        if careful:
            sellers, t = [w.seller_for("") for _ in range(2)], lo
            for _ in range(w.n(4, 7)):  # pairs to one address within a week
                for _ in range(w.n(1, 2)):
                    part = FLOOR * w.u(.58, .985)
                    tt = t + w.n(0, 5)
                    g = w.good("hot", tt, "a")
                    q = int(part // g[TPP])
                    if q >= 1 and spent.get(year(min(tt, D1)), 0) + q * g[TPP] < CAP * .97 and tt <= D1:
                        spent[year(tt)] = spent.get(year(tt), 0) + q * g[TPP]
                        orders.append(w.order(tt, g, q, pid, w.any_of(sellers), auth="LPP"))
                t += w.n(9, 32)
        else:
            g = w.any_of([G["H100 SXM5 80GB"], G["SYS-821GE-TNHR (H100)"], G["HGX H200 8-GPU"], G["H200 SXM"]])
            q, ex, t = int(FLOOR // g[TPP]), w.seller_for(""), lo
            if g[ACC] == 1 and w.p(.5):
                q = 200
            for _ in range(w.n(6, 8)):
                if t <= D1 and t >= g[FROM]:
                    orders.append(w.order(t, g, q, pid, ex, auth="LPP"))
                t += w.n(3, 14)
        self.life(pid, orders)
        self.plain_pay(orders)
        self.done(L, i, careful, [pid], orders)

    def t_c(self, L, i):
        w, v = self.w, i % 3
        c = w.any_of(["JP", "DE", "GB", "KR", "FR", "AU", "CA"]) if v == 0 else w.any_of(LPP_OK)
        pid = w.party(w.any_of(["colo", "integrator", "telecom"]), c)
        g, t, orders = w.any_of([G["SYS-821GE-TNHR (H100)"], G["PowerEdge XE9680 (H100)"]]), w.n(RULE, RULE + 200), []
        for j in range(w.n(5, 9)):
            q = 25
            if v == 2 and j % 3 == 2:
                q = w.n(26, 40)  # does not shun the floor
            auth = "AIA" if v == 0 else w.license(pid, t) if v == 1 else "LPP"
            if v == 2 and sum(o["quantity"] for o in orders if year(o["t"]) == year(min(t, D1))) + q > 205:
                auth = w.license(pid, t)
            orders.append(w.order(t, g, q, pid, w.sellers["US"][j % 3], auth=auth))
            t += w.n(18, 34)
            if t > D1:
                break
        self.fit(pid, orders)
        self.plain_pay(orders)
        self.twin(L, i, ["pallets of 25 servers into a country where no floor applies", "pallets of 25 servers under license", "pallets of 25 servers and larger lots too"][v], [pid], orders)

    # ------------------------------------------------------------ d: a shell born after the rule
    def s_d(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT + ["AE", "VN", "KZ"])
        inc = w.n(PUBLISHED, day("2026-06-15"))
        pid = self.outfit(c, careful, inc=inc)
        lo = max(RULE, inc + w.n(18, 130))
        total = CAP * (w.u(.25, .85) if careful else w.u(.5, .97))
        orders = self.buy(pid, total, w.n(2, 6) if careful else w.n(1, 3), lo, lo + w.n(20, 110), even=not careful, auth="LPP" if c in LPP_OK else w.any_of(["LPP", "NLR"]) if not careful else (lambda t: w.license(pid, t)))
        for o in orders:
            o["end_use"] = "data_center" if careful else w.any_of(["data_center", "other", "own use", "resale"])
            tot = o["quantity"] * o["unit_price_usd"]
            if w.p(.85):
                w.transfer(pid, o["exporter"], tot, o["t"] - w.n(2, 15), o, None, w.any_of(["prepaid", "prepaid 100% T/T", "cash in advance"]))
        self.done(L, i, careful, [pid], orders)

    def t_d(self, L, i):
        w = self.w
        c, v = w.any_of(LPP_OK), i % 2
        inc = w.n(day("2024-09-01"), day("2025-12-31"))
        if v == 0:
            pid = w.party("startup", c, inc=inc, mail="own", agent=.15)
            t, a, orders = max(RULE, inc + w.n(90, 200)), w.n(4, 12), []
            while t <= D1 and len(orders) < 9:  # doubles every purchase
                g = w.good("ent", t, "a")
                orders.append(w.order(t, g, w.size(a, g), pid, auth=None))
                orders[-1]["authorization"] = w.claim(t, g, orders[-1]["quantity"], pid, c, orders[-1]["activity"])
                t, a = t + w.n(35, 90), a * w.u(1.3, 2.1)
            why = "start-up that grows step by step, with a site"
        else:
            pid = w.party("neocloud", c, inc=inc, mail="own", agent=0)
            orders = self.buy(pid, CAP * w.u(.4, .9), w.n(2, 4), max(RULE, inc + w.n(120, 240)), D1, sellers=[x for x in [w.seller_for("")]])
            why = "new cloud firm with built data center and powered machines"
        s = self.fit(pid, orders)
        for o in orders[:3]:
            w.mark(o, 24, s)
        w.inspect(max(o["t"] for o in orders) + w.n(30, 90), site=s, seen=sum(o["quantity"] * o["good"][ACC] for o in orders))
        self.plain_pay(orders)
        self.twin(L, i, why, [pid], orders)

    # ------------------------------------------------------------ e: an old company wakes
    def s_e(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT)
        tail, trade = w.any_of(ODD)
        b = w.brand(c)
        old = w.named("startup", c, b, tail)
        name = w.named("startup", c, w.brand(c), w.any_of(["AI Solutions", "Intelligent Computing", "Cloud Technology"])) if careful or w.p(.5) else old
        pid = w.party("startup", c, name=name, inc=w.n(day("2006-01-01"), day("2017-12-31")), mail="own" if careful else "free", agent=.3, business=w.any_of(["AI solutions", "cloud computing"]) if careful else trade)
        if name != old:
            w.parties[pid]["aliases"] = [f"formerly {old}" if w.p(.5) else old] if not careful or w.p(.65) else []
        w.parties[pid]["directors"] = [w.any_of(w.nominees)] if careful else [w.person("CN" if w.p(.5) else c)]
        lo, hi = self.window(60)
        orders = self.buy(pid, CAP * (w.u(.3, .8) if careful else w.u(.55, .98)), w.n(3, 6) if careful else w.n(1, 3), lo, lo + w.n(25, 90), even=not careful)
        if careful and w.p(.5):
            w.background(pid, 1, hi=day("2024-04-30"))
        self.plain_pay(orders)
        self.done(L, i, careful, [pid], orders)

    def t_e(self, L, i):
        w = self.w
        c, v = w.any_of(LPP_OK), i % 2
        if v == 0:
            b = w.brand(c)
            top = w.party("telecom", c, brand=b)
            pid = w.party("colo", c, brand=b, parent_id=top, inc=w.n(day("2007-01-01"), day("2015-12-31")))
            w.owns(top, pid, 100, w.parties[pid]["incorporated_on"])
            w.background(top, 4)
            ids, why = [pid, top], "sleeping subsidiary of a known group, put to use with a site"
        else:
            pid = w.party(w.any_of(["hospital", "oil", "maker"]), c, inc=w.n(day("1985-01-01"), day("2012-12-31")))
            w.background(pid, w.n(6, 12))
            ids, why = [pid], "old firm with steady small trade buys its first cluster"
        lo, hi = self.window(100)
        orders = self.buy(pid, CAP * w.u(.2, .7), w.n(2, 4), lo, hi)
        s = self.fit(pid, orders)
        w.mark(orders[0], 30, s)
        self.plain_pay(orders)
        self.twin(L, i, why, ids, orders)

    # ------------------------------------------------------------ f: the heir of a listed party
    def s_f(self, L, i, careful):
        w = self.w
        c = w.any_of(["SG", "MY", "TR", "TH", "IN", "ZA", "MX", "PL"])
        b = w.brand(c)
        old = w.party("reseller", c, brand=b, inc=w.n(day("2012-01-01"), day("2022-12-31")), mail="own", flags=["entity_list"])
        stop = w.n(day("2025-01-10"), day("2025-11-30"))
        ex, goods = w.seller_for(""), [w.any_of([G["H100 SXM5 80GB"], G["SYS-821GE-TNHR (H100)"], G["H100 PCIe 80GB"]])]
        before = [w.order(w.when(max(D0, stop - 330), min(stop, RULE - 1)), goods[0], w.size(w.n(40, 240), goods[0]), old, ex, auth="NLR") for _ in range(w.n(3, 6))]
        o1, birth = w.parties[old], stop + w.n(10, 70)
        c2 = c if not careful or w.p(.5) else w.any_of([x for x in HOT if x != c])
        new = w.party("reseller", c2, brand=w.brand(c2) if careful else f"{b.split()[0]} {w.any_of(['Nova', 'Plus', 'One', 'Asia'])}", inc=birth, agent=.3, mail="own")
        o2 = w.parties[new]
        marks = ["phone", "address", "website", "directors", "email"]
        w.r.shuffle(marks)
        for m in marks[:1 if careful else 3]:
            o2[m] = list(o1[m]) if m == "directors" else o1[m]
        if careful and marks[0] == "directors":
            o2["directors"] = [o1["directors"][0], w.person(c2)]
        lo = max(RULE, birth + w.n(20, 90))
        orders = []
        for _ in range(w.n(3, 6)):
            g = goods[0] if w.p(.8) else w.good("hot", lo, "a")
            q = min(w.size(w.n(40, 240), g), int(CAP * .3 // g[TPP]))
            t = w.when(lo, min(D1, lo + 160))
            orders.append(w.order(t, g, q, new, ex if not careful or w.p(.6) else w.seller_for(""), auth="LPP"))
        self.plain_pay(before + orders)
        self.done(L, i, careful, [new, old], orders)

    def t_f(self, L, i):
        w = self.w
        v = i % 2
        if v == 0:  # a neighbor at the same agent's address as a listed firm
            c = w.any_of([x for x in AGENTS if x in LPP_OK])
            addr = w.any_of(AGENTS[c])
            bad = w.party("listed", c, flags=["entity_list"], address=addr)
            pid = w.party("integrator", c, address=addr, inc=w.n(day("2020-01-01"), day("2023-10-31")))
            ids, why = [pid], "shares a registered agent's address with a listed firm, nothing else"
        else:  # a real change of name, no listed party near
            c = w.any_of(LPP_OK)
            pid = w.party("reseller", c, inc=w.n(day("2008-01-01"), day("2018-12-31")))
            w.parties[pid]["aliases"] = [w.named("reseller", c)]
            ids, why = [pid], "renamed after a merger, same business as before"
        orders = []
        for _ in range(w.n(5, 9)):
            t = w.when(D0, D1)
            g = w.good("ent", t)
            o = w.order(t, g, min(w.size(w.n(8, 90), g), 96), pid)
            orders.append(o)
        self.plain_pay(orders)
        self.twin(L, i, why, ids, orders)

    # ------------------------------------------------------------ g: refused, then the sister asks
    def s_g(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT)
        lo, _ = self.window(200)
        boss = w.person(c)
        one = self.outfit(c, careful, inc=w.n(lo - 700, lo - 60))
        w.parties[one]["hq_country"] = w.any_of(["CN", "CN", "HK", "RU", "IR" if not careful else "CN"])
        w.parties[one]["directors"] = [boss] + w.parties[one]["directors"][:1]
        g = w.good("hot", lo, "a")
        q = min(w.size(w.n(64, 700), g), int(CAP * .93 // g[TPP]))
        ex = w.seller_for("")
        first = w.order(lo, g, q, one, ex, auth="LPP" if w.p(.7) else None)
        total = first["unit_price_usd"] * q
        if w.p(.85):
            w.transfer(one, ex, total * .3, lo - w.n(4, 20), first, None, "30% deposit")
            w.transfer(ex, one, total * .3, lo + w.n(4, 25), first, None, "refund, order not accepted")
        w.inspect(lo + w.n(2, 14), "unfavorable", party=one, notice=0)
        two = self.outfit(c if not careful or w.p(.6) else w.any_of(HOT), careful, inc=w.n(lo - 400, lo + 8))
        r1, r2 = w.parties[one], w.parties[two]
        marks = ["phone", "address", "directors", "email"]
        w.r.shuffle(marks)
        for m in marks[:1 if careful else 3]:
            r2[m] = [boss] if m == "directors" else (f"order@{r1['email'].split('@')[1]}" if m == "email" and r1["email"].split("@")[1] not in FREE_MAIL else r1[m])
        t = lo + w.n(18, 105)
        if careful and q > 3:
            qs = [max(1, round(q * w.u(.4, .58))), max(1, round(q * w.u(.36, .5)))]
        else:
            qs = [q]
        again = []
        for x in qs:
            again.append(w.order(t, g, x, two, w.seller_for("") if careful else ex, auth="LPP"))
            t += w.n(3, 20)
        for o in again:
            w.pay(o, payer=one if careful and w.p(.4) else None, chance=.9)
        self.done(L, i, careful, [one, two], [first] + again)

    def t_g(self, L, i):
        w = self.w
        c, b = w.any_of(LPP_OK), None
        b = w.brand(c)
        top = w.party("pharma", c, brand=b)
        one, two = (w.party("pharma", c, brand=b, parent_id=top, phone=w.parties[top]["phone"]) for _ in range(2))
        for s in (one, two):
            w.owns(top, s, 100, w.parties[s]["incorporated_on"])
        lo, _ = self.window(250)
        g = w.good("ent", lo, "a")
        q = w.size(w.n(16, 120), g)
        ex = w.seller_for("")
        s = w.site(one, 1.2)
        w.inspect(lo - w.n(20, 60), "incomplete", site=s)
        w.inspect(lo + w.n(5, 30), "favorable", site=s)
        o1 = w.order(lo, g, q, one, ex, auth=w.license(top, lo))
        o2 = w.order(lo + w.n(30, 110), g, q, two, ex, auth=w.license(top, lo + 60))
        self.plain_pay([o1, o2])
        self.twin(L, i, "two sisters of a declared group order alike under license; the visit was finished later", [one, two, top], [o1, o2])

    # ------------------------------------------------------------ h: through hubs, like quantities within days
    def s_h(self, L, i, careful):
        w = self.w
        hub = w.any_of(["SG", "MY", "TW", "JP", "TH"]) if w.p(.7) else w.any_of(["TR", "PL", "IN"])
        second = w.any_of([x for x in ["MY", "TH", "AE", "ID", "VN", "KZ", "TR", "IN"] if x != hub])
        end = w.any_of(["CN", "HK", "CN", "HK", "RU" if second in ("TR", "KZ", "AE", "IN") else "CN", "MO"])
        lo, _ = self.window(150)
        a = self.outfit(hub, careful, inc=w.n(day("2020-01-01"), RULE))
        bs = [self.outfit(second, careful, inc=w.n(day("2021-01-01"), lo - 10)) for _ in range(w.n(1, 2) if careful else 1)]
        end_home = end if end in P else "HK"
        z = w.party(w.any_of(["integrator", "neocloud", "reseller"]), end_home, country=end, hq_country=end)
        w.parties[a]["business"] = w.any_of(["IT distribution", "server integration", "data center services", w.parties[a]["business"]])
        t, orders, gone, spent = lo, [], w.p(.5) if careful else False, {}
        for _ in range(w.n(2, 4)):
            g = w.good("hot", t, "a")
            q = min(w.size(w.n(48, 500), g), int(CAP * .3 // g[TPP]))
            tier1 = hub in T1
            o = w.order(t, g, q, a, auth="AIA" if tier1 else "LPP", end_use="data_center")
            orders.append(o)
            w.pay(o, payer=self.foreign_name("HK") if w.p(.3) else None, country="HK", chance=.8)
            lots = [q] if not careful else [max(1, round(q * x)) for x in ((w.u(.42, .58), w.u(.34, .42)) if w.p(.6) else (w.u(.88, .99),))]
            for lot in lots:
                b = w.any_of(bs)
                t2 = t + (w.n(6, 30) if careful else w.n(2, 10))
                o2 = w.order(t2, g, min(lot, q), b, a, origin=hub, activity="reexport", auth=w.any_of(["NLR", "LPP", f"D{w.n(1200000, 1499999)}"]) if careful else w.any_of(["NLR", "LPP"]), end_use=w.any_of(["data_center", "inference"]))
                o2["unit_price_usd"] = round(o["unit_price_usd"] * w.u(1.02, 1.2), 2)
                orders.append(o2)
                w.pay(o2, chance=.6)
                left = max(1, round(lot * (w.u(.92, .99) if careful else 1)))
                t3 = t2 + (w.n(5, 25) if careful else w.n(1, 9))
                if not gone and t3 <= D1:
                    o3 = w.order(t3, g, left, z, b, dest=end, origin=second, activity="reexport", auth=w.any_of(["NLR", None]), end_use=w.any_of(["resale", "gaming", "other"]) if careful else w.any_of(["data_center", "resale"]))
                    o3["unit_price_usd"] = round(o2["unit_price_usd"] * w.u(1.1, 1.5), 2)
                    orders.append(o3)
                    w.pay(o3, chance=.5)
                elif gone:  # the last leg is on no paper, but some numbers turn up
                    for s, _, _, _ in w.mark(o2, 8, install=False):
                        w.event(s, o2, "seen", z, "", end, t3 + w.n(20, 90))
            t += w.n(20, 60)
            if t > D1 - 40:
                break
        self.done(L, i, careful, [a] + bs + [z], orders)

    def t_h(self, L, i):
        w = self.w
        hub = w.any_of(["SG", "NL", "DE", "TW", "JP", "PL"])
        a = w.party("reseller", hub, inc=w.n(day("1996-01-01"), day("2019-12-31")))
        orders, ids = [], [a]
        lo, _ = self.window(200)
        t = lo
        ends = [w.party(w.any_of(["university", "bank", "telecom", "hospital"]), w.any_of([x for x in LPP_OK if x != hub])) for _ in range(2)]
        ids += ends
        for _ in range(w.n(2, 5)):
            g = w.good("ent", t, "a")
            q, e = w.size(w.n(16, 160), g), w.any_of(ends)
            o = w.order(t, g, q, a, end_user=e, end_use="resale", auth=w.license(a, t))
            t2 = t + w.n(5, 35)
            o2 = w.order(t2, g, q, e, a, origin=hub, activity="reexport", auth=w.license(e, t2))
            orders += [o, o2]
            if w.p(.6):
                w.mark(o2, 24)
            t += w.n(30, 80)
            if t > D1 - 50:
                break
        self.plain_pay(orders)
        self.twin(L, i, "distributor sends on like quantities under license to named users, who install them", ids, orders)

    # ------------------------------------------------------------ i: the carrier as end user
    def s_i(self, L, i, careful):
        w = self.w
        c = w.any_of(["SG", "MY", "TH", "IN", "TR", "ID", "PH", "AE"])
        if careful:
            pid = w.party("forwarder", c, tail=None, name=w.named("forwarder", c, None, w.any_of(["Supply Chain Technology", "Smart Logistics", "Bonded Hub", "Express Solutions"])), business=w.any_of(["supply chain technology", "bonded warehousing and IT services", "logistics technology"]), inc=w.n(day("2016-01-01"), day("2024-12-31")))
            w.background(pid, w.n(0, 2))
        else:
            pid = w.party("forwarder", c, inc=w.n(day("2018-01-01"), day("2025-04-30")))
        lo, hi = self.window(160)
        ex, orders, payer = w.seller_for(""), [], self.foreign_name("HK")
        for _ in range(w.n(4, 8)):
            t = w.when(lo, hi)
            g = w.good("hot", t, "a")
            q = min(w.size(w.n(8, 180), g), int(CAP * .11 // g[TPP]))
            auth = "LPP" if c in LPP_OK and (careful or w.p(.5)) else "NLR" if not careful else w.license(pid, t)
            o = w.order(t, g, max(1, q), pid, ex if not careful or w.p(.5) else w.seller_for(""), auth=auth, end_user="" if w.p(.5) else pid, freight_forwarder=pid if w.p(.5) else w.carrier(c), end_use=w.any_of(["data_center", "resale", ""]) if careful else w.any_of(["", "resale", "other"]))
            orders.append(o)
            w.pay(o, payer=payer if w.p(.3) else None, country=w.any_of(["HK", "CN"]))
        self.done(L, i, careful, [pid], orders)

    def t_i(self, L, i):
        w, v = self.w, i % 2
        c = w.any_of(["SG", "NL", "DE", "MY", "JP"])
        fw = w.party("forwarder", c, inc=w.n(day("1990-01-01"), day("2015-12-31")))
        orders, ids = [], [fw]
        if v == 0:
            for _ in range(w.n(5, 10)):
                t = w.when(RULE, D1)
                pool = w.customers.get(c) or w.customers["SG"]
                e = w.any_of(pool)
                g = w.good("ent", t, "a")
                if w.parties[w.root(e)]["hq_country"] in T3:
                    continue
                o = w.order(t, g, w.size(w.n(4, 40), g), e, intermediate_consignee=fw, freight_forwarder=fw)
                orders.append(o)
            why = "bonded stock: the carrier is intermediate, the user is named"
        else:
            w.background(fw, w.n(4, 8))
            orders = [o for o in w.orders[-12:] if o["ultimate_consignee"] == fw]
            t = w.when(RULE, D1)
            o = w.order(t, G["L4"], w.n(2, 8), fw, end_use="warehouse analytics", auth="AIA" if c in T1 else w.license(fw, t))
            orders.append(o)
            why = "carrier buys a few small cards for its own cameras"
        self.plain_pay(orders)
        self.twin(L, i, why, ids, orders)

    # ------------------------------------------------------------ j: a lane that did not exist
    def s_j(self, L, i, careful):
        w = self.w
        o_c = w.any_of(["JP", "PL", "TR", "CZ", "GR", "TH", "IN", "HU"])
        d_c = w.any_of(["KZ", "GE", "AM", "KG", "UZ", "MN"] if not careful else ["KZ", "GE", "AM", "VN", "OM", "JO", "UZ"])
        ex = w.party("reseller", o_c, inc=w.n(day("2008-01-01"), day("2023-12-31")))
        for _ in range(w.n(4, 9)):  # its usual trade before
            t = w.when(D0, RULE + 60)
            e = w.customer(o_c, t)
            if not e:
                continue
            g = w.good("free", t)
            w.pay(w.order(t, g, w.size(w.n(4, 60), g), e, ex))
        lo, _ = self.window(130)
        buyers = [w.party(w.any_of(["reseller", "integrator", "startup"]), d_c, inc=w.n(day("2023-01-01"), lo - 25), agent=.3) for _ in range(w.n(1, 3))]
        orders = []
        for _ in range(w.n(5, 10)):
            t = w.when(lo, min(D1, lo + 150))
            g = w.good("hot", t, "a")
            q = w.size(w.n(24, 220), g) if careful else w.any_of([64, 128, 256]) // g[ACC]
            b = w.any_of(buyers)
            o = w.order(t, g, q, b, ex, origin=o_c, activity="reexport", auth="NLR" if not careful else w.any_of([w.license(b, t), "LPP", "NLR"]), via=[w.any_of(["AE", "TR"])] if w.p(.3) else [])
            orders.append(o)
            w.pay(o)
        self.done(L, i, careful, [ex] + buyers, orders)

    def t_j(self, L, i):
        w = self.w
        d_c = w.any_of(["KZ", "VN", "GE", "KE", "MA", "IS", "OM", "UZ", "EG"])
        ex = w.any_of(w.sellers[w.any_of(["JP", "DE", "KR", "CZ", "NL"])])
        pid = w.party("colo", d_c, inc=w.n(day("2010-01-01"), day("2023-12-31")), agent=0)
        lo, hi = self.window(150)
        orders = self.buy(pid, CAP * w.u(.5, 1.8), w.n(3, 7), lo, hi, sellers=[ex], auth=lambda t: w.license(pid, t))
        s = self.fit(pid, orders)
        for o in orders[:2]:
            w.mark(o, 24, s)
        w.inspect(max(o["t"] for o in orders) + 60, site=s, seen=sum(o["quantity"] * o["good"][ACC] for o in orders))
        self.plain_pay(orders)
        self.twin(L, i, "first data center of its size in the country, licensed, powered, seen", [pid], orders)

    # ------------------------------------------------------------ k: stock before the date
    def s_k(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT)
        pid = w.party(w.any_of(["integrator", "neocloud", "reseller", "startup"]), c, inc=w.n(day("2015-01-01"), day("2024-03-01")))
        past = [w.order(w.when(max(D0, w.parties[pid]["incorporated_on"] + 20), PUBLISHED - 1), g, w.size(w.n(4, 24), g), pid, auth="NLR") for g in [w.good("ent", day("2024-06-01"), "a") for _ in range(w.n(1, 4))]]
        total = CAP * w.u(.5, 2.8)
        if careful:
            orders = self.buy(pid, total, w.n(6, 12), PUBLISHED + 2, RULE - 1, auth="NLR", sellers=[w.seller_for("") for _ in range(3)])
        else:
            orders = self.buy(pid, total, w.n(2, 4), day("2025-03-15"), RULE - 1, auth="NLR", even=True)
        if careful and w.p(.5):
            t = w.when(RULE + 120, D1)
            past.append(w.order(t, G["L40S"], w.n(2, 8), pid))
        self.life(pid, orders, .35)
        self.plain_pay(past + orders)
        self.done(L, i, careful, [pid], orders)

    def t_k(self, L, i):
        w, v = self.w, i % 2
        c = w.any_of(LPP_OK)
        pid = w.party(w.any_of(["colo", "telecom", "bank", "neocloud"]), c, inc=w.n(day("1995-01-01"), day("2022-12-31")))
        orders, base = [], CAP * w.u(.08, .22)
        for q in range(12):
            lo = D0 + q * 91
            boost = w.u(1.7, 2.6) if lo <= day("2025-04-10") < lo + 91 or (v == 1 and q % 4 == 1) else w.u(.7, 1.25)
            t = w.when(lo, lo + 90)
            if boost > 1.5 and q in (4, 5):
                t = w.when(max(lo, day("2025-03-01")), RULE - 1)
            for o in self.buy(pid, base * boost, w.n(1, 2), t - 5, t + 5, auth=None):
                o["authorization"] = "NLR" if o["t"] < RULE else w.license(pid, o["t"])
                orders.append(o)
        self.fit(pid, orders)
        self.plain_pay(orders)
        self.twin(L, i, ["steady buyer brings a quarter forward and goes on", "steady buyer whose second quarter is always the large one"][v], [pid], orders)

    # ------------------------------------------------------------ l: more chips than power
    def s_l(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT + ["AE", "SA"])
        pid = w.party(w.any_of(["neocloud", "colo", "startup"]), c, inc=w.n(day("2019-01-01"), day("2025-03-01")))
        lo, hi = self.window(110)
        lo = w.n(RULE, D1 - 420)
        total = CAP * (w.u(.8, 2.2) if careful else w.u(.7, 3))
        orders = self.buy(pid, total, w.n(4, 9) if careful else w.n(2, 5), lo, lo + w.n(60, 170), auth=None, even=not careful)
        for o in orders:
            o["authorization"] = w.license(pid, o["t"])
        kw = sum(o["quantity"] * o["good"][ACC] * kilowatts(o["good"]) for o in orders)
        if careful:  # power on paper, machines in boxes
            w.parties[pid]["data_center_mw"] = round(kw / 1000 * w.u(1.05, 1.6), 1)
            s = w.site(pid, w.parties[pid]["data_center_mw"], commissioned=lo + w.n(-200, 200))
            for o in orders:
                w.mark(o, 40, s, install=w.p(.15), power=w.p(.12))
        else:
            w.parties[pid]["data_center_mw"] = round(kw / 1000 * w.u(.04, .4), 2)
            s = w.site(pid, w.parties[pid]["data_center_mw"], commissioned=lo - w.n(30, 700))
            if w.p(.5):
                for o in orders:
                    w.mark(o, 20, s, install=w.p(.5), power=False)
        if w.p(.7):
            w.inspect(lo + w.n(200, 330), w.any_of(["incomplete", "unfavorable", "favorable"]), site=s, notice=w.any_of([14, 21, 30]), seen=int(sum(o["quantity"] * o["good"][ACC] for o in orders) * w.u(.02, .25)))
        self.plain_pay(orders)
        self.done(L, i, careful, [pid], orders)

    def t_l(self, L, i):
        w, v = self.w, i % 2
        c = w.any_of(LPP_OK)
        pid = w.party(w.any_of(["startup", "neocloud", "bank"]), c, inc=w.n(day("2010-01-01"), day("2025-02-28")))
        lo, _ = self.window(150)
        lo = w.n(RULE, D1 - 420)
        orders = self.buy(pid, CAP * w.u(.4, 1.6), w.n(2, 5), lo, lo + 120, auth=lambda t: w.license(pid, t))
        mw = sum(o["quantity"] * o["good"][ACC] * kilowatts(o["good"]) for o in orders) / 1000 * w.u(1.3, 2)
        ids = [pid]
        if v == 0:
            host = w.party("colo", c)
            s = w.site(pid, mw, operator=host, commissioned=lo - w.n(50, 900))
            w.parties[host]["data_center_mw"] = round(mw * w.u(2, 5), 1)
            ids.append(host)
            for o in orders:
                w.mark(o, 24, s)
            why = "own machines in a partner's halls"
        else:
            w.parties[pid]["data_center_mw"] = round(mw, 1)
            s = w.site(pid, mw, commissioned=max(o["t"] for o in orders) + w.n(30, 90))
            for o in orders:
                w.mark(o, 24, s, lag=(100, 170), power_lag=(5, 30))
            why = "building late, machines wait and are then powered"
        w.inspect(lo + 360, site=s, seen=sum(o["quantity"] * o["good"][ACC] for o in orders))
        self.plain_pay(orders)
        self.twin(L, i, why, ids, orders)

    # ------------------------------------------------------------ m: a stage for the visitor
    def s_m(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT)
        pid = w.party(w.any_of(["neocloud", "colo", "integrator"]), c, inc=w.n(day("2018-01-01"), day("2025-03-01")))
        lo = w.n(RULE, D1 - 430)
        g = w.good("hot", lo, "a")
        n_orders = w.n(2, 3)
        orders = [w.order(lo + w.n(0, 70), g, min(w.size(w.n(96, 500), g), int(CAP * .3 // g[TPP])), pid, auth="LPP") for _ in range(n_orders)]
        mw = sum(o["quantity"] * g[ACC] * kilowatts(g) for o in orders) / 1000 * w.u(1.2, 1.8)
        s1 = w.site(pid, mw, commissioned=lo - w.n(20, 300))
        c2 = c if careful and w.p(.6) else w.any_of(["HK", "MY", "TH", "AE", "VN", "TW"])
        s2 = w.site(pid, w.u(.5, 3), country=c2, operator=None, commissioned=lo - w.n(20, 500), address=f"Warehouse {w.n(1, 30)}, {w.street(c2)}")
        visit = lo + w.n(130, 200)
        count = sum(o["quantity"] * g[ACC] for o in orders)
        w.inspect(visit, "favorable", site=s1, notice=w.any_of([14, 21, 28, 30, 45]), seen=int(count * w.u(.9, 1)))
        if careful:
            w.inspect(visit + w.n(2, 9), "favorable", site=s2, notice=w.any_of([14, 21, 30]), seen=int(count * w.u(.5, .9)))
        moved = 0
        for o in orders:
            got = w.mark(o, 40, s1, power=w.p(.5), lag=(10, 40))
            for s, _, _, _ in got:
                if w.p(.5 if careful else .7):
                    w.event(s, o, "seen", "", s1, c, visit)
                    w.event(s, o, "seen" if w.p(.7) else "installed", "", s2, c2, visit + (w.n(2, 12) if not careful else w.n(3, 25)))
                    moved += 1
        where = w.any_of(["HK", "SG", "AE", "TW", "VN", "TR"])
        z = w.party("reseller", where, inc=w.n(day("2020-01-01"), day("2025-06-01")))
        out = []
        for _ in range(w.n(1, 3)):
            t = visit + w.n(8, 75)
            q = max(1, int(count / g[ACC] * w.u(.15, .35)))
            o = w.order(t, g, q, z, pid, origin=c, activity="reexport", auth=w.any_of(["NLR", w.license(z, t)]) if careful else "NLR", end_use=w.any_of(["repair", "resale", "other"]), description=w.any_of(["server parts", "returned goods for repair", "used computer parts", "spare GPU trays"]), hs_code=w.any_of(["8473.30", "8471.80"]))
            if careful:
                o["unit_price_usd"] = round(o["unit_price_usd"] * w.u(.3, .8), 2)
            out.append(o)
        self.plain_pay(orders + out)
        self.done(L, i, careful, [pid, z], orders + out)

    def t_m(self, L, i):
        w, v = self.w, i % 2
        c = w.any_of(LPP_OK)
        pid = w.party("colo", c)
        lo = w.n(RULE, D1 - 430)
        orders = self.buy(pid, CAP * w.u(.2, .8), w.n(2, 3), lo, lo + 70)
        s1 = self.fit(pid, orders)
        visit = lo + w.n(140, 200)
        w.inspect(visit, site=s1, notice=w.any_of([0, 1, 2, 5]), seen=sum(o["quantity"] * o["good"][ACC] for o in orders))
        if v == 0:
            for o in orders:
                for s, _, _, b in w.mark(o, 30, s1):
                    if w.p(.07):
                        w.event(s, o, "rma", o["exporter"], "", o["origin"], b + w.n(40, 200))
            why = "failed parts go home to the maker, with numbers"
        else:
            s2 = w.site(pid, 4, country=c, commissioned=visit)
            o = orders[0]
            for s, _, _, b in w.mark(o, 30, s1):
                t = visit + w.n(60, 75)
                w.event(s, o, "retired", "", s1, c, t)
                w.event(s, o, "installed", "", s2, c, t + w.n(6, 12))
                w.event(s, o, "powered_on", "", s2, c, t + w.n(14, 20))
            w.inspect(visit + 120, site=s2, notice=2)
            why = "a hall is moved: retired here, installed there a week later"
        self.plain_pay(orders)
        self.twin(L, i, why, [pid], orders)

    # ------------------------------------------------------------ n: papers that do not fit the goods
    def s_n(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT + ["HK", "AE", "VN"])
        lo, _ = self.window(170)
        ex = w.party("reseller", w.any_of(["US", "US", "TW", "JP"]), inc=w.n(day("2022-10-20"), lo - 30), agent=.3)
        pid = self.outfit(c, careful, inc=w.n(day("2020-01-01"), lo - 30))
        fake = w.any_of([("network adapter", "8517.62"), ("adapter module", "8504.40"), ("power supply modules", "8504.40"), ("contactor controller", "8537.10"), ("toys", "9503.00"), ("computer fans", "8414.59"), ("LED display module", "8529.90"), ("gaming console parts", "9504.50")])
        orders = []
        for _ in range(w.n(3, 8)):
            t = w.when(lo, min(D1, lo + 190))
            g = w.any_of([w.good("hot", t, "a"), G["H100 PCIe 80GB"] if t < G["H100 PCIe 80GB"][UNTIL] else G["H200 NVL"]])
            o = w.order(t, g, w.size(w.n(8, 120), g), pid, ex, auth="NLR" if not careful or c in T3 else w.any_of(["NLR", "LPP" if c in LPP_OK else "NLR"]))
            if careful:
                o["description"] = w.any_of(["computer parts", "PC components", "graphics card", "electronic modules", "server accessories"])
                o["hs_code"] = w.any_of(["8473.30", "8471.80", "8542.31", "8473.30"])
                o["unit_price_usd"] = round(o["unit_price_usd"] * w.u(.18, .55), 2)
                o["gross_weight_kg"] *= w.any_of([.3, .4, .5, .55, 1.9, 2.6])
            else:
                o["description"], o["hs_code"] = fake
                o["unit_price_usd"] = round(w.u(12, 1600), 2)
                o["gross_weight_kg"] *= w.any_of([.2, .3, 3, 4, 1])
            orders.append(o)
            if w.p(.4):
                w.transfer(pid if w.p(.5) else self.foreign_name("HK"), ex, G[g[NAME]][PRICE] * o["quantity"] * w.u(1, 1.3), t - w.n(3, 20), o, "HK" if w.p(.5) else c, "T/T")
        self.done(L, i, careful, [ex, pid], orders)

    def t_n(self, L, i):
        w, v = self.w, i % 3
        c = w.any_of([x for x in P if x not in T3])
        pid = w.party(w.any_of(["bank", "university", "maker", "reseller"]), c)
        orders = []
        for _ in range(w.n(4, 7)):
            t = w.when(D0, D1)
            g = w.good("ent", t)
            o = w.order(t, g, min(w.size(w.n(4, 60), g), 60), pid)
            if v == 0:
                o["description"], o["hs_code"] = w.any_of(["GPU", "computer equipment", "server hardware"]), w.any_of(["8471.80", "8473.30", "8471.49"])
            elif v == 1:
                o["description"], o["unit_price_usd"] = f"refurbished {g[NAME]}, grade B", round(o["unit_price_usd"] * w.u(.45, .65), 2)
            else:
                o["gross_weight_kg"] += w.u(120, 900)
                o["description"] = f"{o['description']} with rack, cables and rails"
            orders.append(o)
        self.plain_pay(orders)
        self.twin(L, i, ["a broker's vague words under the right heading", "refurbished goods at a marked discount", "weight of the rack included and said so"][v], [pid], orders)

    # ------------------------------------------------------------ o: somebody else pays
    def s_o(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT)
        lo, _ = self.window(150)
        pid = self.outfit(c, careful or w.p(.5), inc=w.n(day("2019-01-01"), lo - 40))
        orders = self.buy(pid, CAP * w.u(.3, .9), w.n(3, 7), lo, min(D1, lo + 200), even=not careful, sellers=[w.seller_for("")])
        home = w.any_of(["HK", "HK", "CN"])
        src = self.foreign_name(home)
        guilty = [pid]
        if careful:
            via_c = w.any_of([x for x in ["SG", "MY", "AE", "TR", c]])
            mid = w.party("treasury", via_c, inc=w.n(day("2022-01-01"), day("2025-06-30")), agent=.6, name=w.named("reseller", via_c, None, w.any_of(["Commerce", "Ventures", "General Trading", "Payments"])), business=w.any_of(["general trading", "business consulting"]))
            guilty.append(mid)
            src_id = src if w.p(.5) else w.party("reseller", "HK" if home == "HK" else "CN", name=src, inc=w.n(day("2018-01-01"), day("2025-01-01")), business="trading")
            if src_id in w.parties:
                guilty.append(src_id)
            for o in orders:
                tot, t = o["quantity"] * o["unit_price_usd"], o["t"] - w.n(2, 25)
                w.transfer(src_id, mid, tot * w.u(1.003, 1.03), t - w.n(1, 6), None, home, "T/T")
                w.transfer(mid, o["exporter"], tot, t, o, via_c, "T/T")
        else:
            if w.p(.6):
                src = w.party("reseller", home, name=src, inc=w.n(day("2018-01-01"), day("2025-01-01")), business="trading")
                guilty.append(src)
            for o in orders:
                tot = o["quantity"] * o["unit_price_usd"]
                for part in ([1] if w.p(.5) else [.3, .7]):
                    w.transfer(src, o["exporter"], tot * part, o["t"] - w.n(0, 30), o, home, w.any_of(["T/T", "prepaid"]))
        self.done(L, i, careful, guilty, orders)

    def t_o(self, L, i):
        w, v = self.w, i % 3
        c = w.any_of(LPP_OK)
        b, home = w.brand("JP"), w.any_of(["JP", "GB", "US", "SG", "DE", "HK" if v == 1 else "FR"])
        top = w.party("industrial", home if home != "HK" else "GB", brand=b)
        pid = w.party("industrial", c, brand=b, parent_id=top, domain=w.parties[top]["email"].split("@")[1])
        w.owns(top, pid, 100, w.parties[pid]["incorporated_on"])
        ids = [pid, top]
        orders = self.buy(pid, CAP * w.u(.2, .6), w.n(3, 6), RULE, D1)
        if v == 1:
            payer = w.party("treasury", "HK" if w.p(.6) else "SG", brand=b, parent_id=top, tail="Asia Treasury Centre")
            w.owns(top, payer, 100, w.parties[payer]["incorporated_on"])
            ids.append(payer)
        elif v == 2:
            payer = f"{w.any_of(['Orient', 'Mercantile', 'Union'])} Equipment Leasing {w.any_of(P[c]['forms'])}"
        else:
            payer = top
        for o in orders:
            w.pay(o, payer=payer, country=c if v == 2 else None, chance=.95)
        self.fit(pid, orders)
        self.twin(L, i, ["declared parent abroad pays", "the group's own treasury center pays", "a leasing house at home pays"][v], ids, orders)

    # ------------------------------------------------------------ p: a listed holder behind the buyer
    def s_p(self, L, i, careful):
        w = self.w
        c = w.any_of(HOT)
        bad_c = w.any_of(["CN", "CN", "HK", "RU"])
        bad = w.party("listed", bad_c, flags=["entity_list"])
        pid = w.party(w.any_of(["neocloud", "startup", "integrator", "colo"]), c, inc=w.n(day("2016-01-01"), day("2025-03-01")))
        start, guilty = max(w.parties[pid]["incorporated_on"], day("2018-01-01")), [pid, bad]
        if careful and w.p(.5):  # several listed holders, none with half
            more = [w.party("listed", bad_c if w.p(.6) else w.any_of(["CN", "HK"]), flags=["entity_list"]) for _ in range(2)]
            a = w.n(30, 49)
            b = w.n(max(3, 52 - a - 12), 24)
            for o_, pct in zip([bad] + more, [a, b, max(2, 51 - a - b) + w.n(0, 5)]):
                w.owns(o_, pid, pct, start + w.n(0, 400))
            guilty += more
        elif careful:  # exactly half, three steps away
            h1 = w.party("industrial", w.any_of(["SG", "NL", "CH", "AE", "HK"]), tail="Holdings", inc=w.n(day("2015-01-01"), day("2023-01-01")))
            h2 = w.party("industrial", w.any_of(["SG", "MY", "GB", "LU", "AE"]), tail="Investments", inc=w.n(day("2015-01-01"), day("2023-06-01")))
            w.owns(bad, h1, w.any_of([50, 55, 100]), w.parties[h1]["incorporated_on"])
            w.owns(h1, h2, w.any_of([50, 60, 80]), w.parties[h2]["incorporated_on"])
            w.owns(h2, pid, 50, start)
            w.owns(w.party("industrial", c, tail="Capital"), pid, 50, start)
            guilty += [h1, h2]
        elif w.p(.5):
            w.owns(bad, pid, w.any_of([50, 51, 60, 80, 100]), start)
        else:
            h = w.party("industrial", w.any_of(["SG", "HK", "AE", "GB"]), tail="Holdings", inc=w.n(day("2012-01-01"), day("2023-01-01")))
            w.owns(bad, h, w.any_of([51, 75, 100]), w.parties[h]["incorporated_on"])
            w.owns(h, pid, w.any_of([50, 70, 100]), start)
            guilty.append(h)
        lo, hi = self.window(160)
        orders = self.buy(pid, CAP * w.u(.2, .9), w.n(2, 6), lo, hi, even=not careful)
        self.life(pid, orders)
        self.plain_pay(orders)
        self.done(L, i, careful, guilty, orders)

    def t_p(self, L, i):
        w, v = self.w, i % 3
        c = w.any_of(LPP_OK)
        bad = w.party("listed", w.any_of(["CN", "HK", "RU"]), flags=["entity_list"])
        pid = w.party(w.any_of(["neocloud", "telecom", "startup", "maker"]), c, inc=w.n(day("2008-01-01"), day("2022-12-31")))
        start = w.parties[pid]["incorporated_on"] + 30
        if v == 0:
            w.owns(bad, pid, w.any_of([51, 60, 100]), start, w.n(day("2023-01-01"), day("2024-06-30")))
            new = w.party("industrial", w.any_of(["US", "GB", "JP", "SG"]))
            w.owns(new, pid, w.any_of([60, 100]), day("2024-07-01"))
            why = "the listed holder sold out before the orders"
        elif v == 1:
            w.owns(bad, pid, w.n(3, 22), start)
            w.owns(w.party("bank", c), pid, 70, start)
            why = "a small stake of a listed party"
        else:
            h = w.party("industrial", w.any_of(["SG", "NL"]), tail="Holdings", inc=w.n(day("2000-01-01"), day("2010-01-01")))
            w.owns(bad, h, w.n(8, 20), start)
            w.owns(h, pid, 100, start)
            why = "a small listed stake in the holding company"
        lo, hi = self.window(160)
        orders = self.buy(pid, CAP * w.u(.2, .6), w.n(2, 5), lo, hi)
        self.fit(pid, orders)
        self.plain_pay(orders)
        self.twin(L, i, why, [pid], orders)

    # ------------------------------------------------------------ q: claims that do not hold
    def s_q(self, L, i, careful):
        w = self.w
        lo, hi = self.window(150)
        guilty = []
        if not careful:
            c = w.any_of(HOT + ["AE", "VN", "SA", "KZ"])
            pid = w.party(w.any_of(["reseller", "integrator", "startup"]), c, inc=w.n(day("2012-01-01"), lo - 40))
            auth = w.any_of(["NLR", "NLR", "ACA", "AIA", "VEU"])
            orders = self.buy(pid, CAP * w.u(.3, 1.4), w.n(3, 6), lo, hi, auth=auth)
        else:
            v = (i // 2) % 4
            if v == 0:  # AIA for a firm in tier 1 whose parent is not
                c = w.any_of(["JP", "DE", "GB", "NL", "AU", "KR", "CA"])
                top = w.party("industrial", w.any_of(["CN", "HK", "AE", "SG", "IN"]))
                pid = w.party("neocloud", c, parent_id=top if w.p(.7) else "", inc=w.n(day("2019-01-01"), day("2025-01-01")))
                w.owns(top, pid, w.any_of([100, 80, 65]), w.parties[pid]["incorporated_on"])
                guilty.append(top)
                orders = self.buy(pid, CAP * w.u(.5, 2), w.n(3, 6), lo, hi, auth="AIA")
            elif v == 1:  # LPP used up twice over by two sellers who do not know of each other
                pid = w.party("neocloud", w.any_of(HOT))
                y0, y1 = (RULE, NY26 - 1) if w.p(.5) else (NY26, D1)
                orders = []
                for _ in range(2):
                    orders += self.buy(pid, CAP * w.u(.6, .97), w.n(2, 4), y0, y1, sellers=[w.any_of(w.sellers["US"])])
            elif v == 2:  # LPP for a move inside the country
                c = w.any_of(["SG", "MY", "CZ", "MX"])
                pid = w.party("integrator", c)
                orders = self.buy(pid, CAP * w.u(.3, .8), w.n(3, 5), lo, hi, sellers=[w.any_of(w.sellers[c])], activity="transfer")
            else:  # validated end user in name only, or ACA for a data-center part
                pid = w.party("colo", w.any_of(HOT))
                orders = self.buy(pid, CAP * w.u(.4, 1.5), w.n(3, 6), lo, hi, auth=w.any_of(["VEU", "ACA", "ACM"]), end_use="data_center")
        self.life(pid, orders)
        self.plain_pay(orders)
        self.done(L, i, careful, [pid] + guilty, orders)

    def t_q(self, L, i):
        w, v = self.w, i % 4
        lo, hi = self.window(150)
        if v == 0:
            b, home = w.brand("US"), w.any_of(["US", "GB", "JP"])
            top = w.party("bank", home, brand=b)
            pid = w.party("bank", w.any_of(["JP", "DE", "GB", "FR", "KR"]), brand=b, parent_id=top)
            ids, why = [pid, top], "AIA inside tier 1, parent and all"
            orders = self.buy(pid, CAP * w.u(.3, 1.5), 4, lo, hi, auth="AIA")
        elif v == 1:
            c = w.any_of(HOT)
            pid = w.party("studio", c)
            ids, why, orders = [pid], "cards under the lines, or for games: NLR and ACA hold", []
            for _ in range(6):
                t = w.when(lo, hi)
                g = w.any_of([G["GeForce RTX 4090 D"] if t < G["GeForce RTX 4090 D"][UNTIL] else G["GeForce RTX 5080"], G["L20"], G["GeForce RTX 5090"]])
                orders.append(w.order(t, g, w.any_of([64, 128, 200, 400]), pid, end_use="gaming"))
        elif v == 2:
            c = w.any_of(HOT)
            pid = w.party("neocloud", c, flags=[f"nveu:{c}"])
            ids, why = [pid], "validated end user, far over the LPP cap"
            orders = self.buy(pid, CAP * w.u(2, 8), 6, lo, hi, auth="VEU")
        else:
            c = w.any_of(HOT)
            pid = w.party("colo", c)
            ids, why = [pid], "fills the cap, then asks for a license"
            y0, y1 = NY26, D1
            mid = (y0 + y1) // 2
            orders = self.buy(pid, CAP * w.u(.85, .985), 4, y0, mid) + self.buy(pid, CAP * w.u(.5, 1.5), 3, mid + 1, y1, auth=lambda t: w.license(pid, t))
        self.fit(pid, orders)
        self.plain_pay(orders)
        self.twin(L, i, why, ids, orders)

    # ------------------------------------------------------------ r: money that runs in circles
    def s_r(self, L, i, careful):
        w, v = self.w, (i - 1) // 2 % 3
        c = w.any_of(HOT)
        lo, _ = self.window(170)
        pid = w.party(w.any_of(["reseller", "startup", "integrator"]), c, inc=w.n(day("2019-01-01"), lo - 40))
        orders = self.buy(pid, CAP * w.u(.2, .8), w.n(2, 5), lo, min(D1 - 35, lo + 150), sellers=[w.seller_for("")])
        guilty = [pid]
        self.life(pid, orders, .3, .5)
        if v == 0:  # ring
            ring = [pid] + [w.party(w.any_of(["reseller", "treasury"]), w.any_of(["HK", "SG", "AE", c]), inc=w.n(day("2020-01-01"), day("2025-06-30")), agent=.5, business=w.any_of(["trading", "consulting", "IT services"])) for _ in range(w.n(3, 4) if careful else 2)]
            guilty = ring
            for o in orders:
                w.pay(o, payer=pid, chance=1)
                amt, t = o["quantity"] * o["unit_price_usd"] * w.u(.3, 1), o["t"] + w.n(1, 6)
                for a, b in zip(ring, ring[1:] + ring[:1]):
                    w.transfer(a, b, amt, t, o if w.p(.5) else None, None, w.any_of(["T/T", "consulting fee", "advance"]))
                    amt *= w.u(.975, .995) if careful else 1
                    t += w.n(2, 7) if careful else w.n(0, 3)
        elif v == 1:  # paid twice
            second = w.party("reseller", w.any_of(["HK", "SG", "AE", "TR"]), inc=w.n(day("2020-01-01"), day("2025-06-30")), business="trading", agent=.4)
            guilty.append(second)
            for o in orders:
                tot, t = o["quantity"] * o["unit_price_usd"], o["t"] - w.n(1, 20)
                w.transfer(pid, o["exporter"], tot, t, o, None, "T/T")
                w.transfer(second, o["exporter"], tot * (w.u(.95, 1.02) if careful else 1), t + w.n(1, 30), o, None, "T/T")
        else:  # out to the owner
            boss = w.parties[pid]["directors"][0]
            for o in orders:
                w.pay(o, payer=pid, chance=.95)
            rev = sum(o["quantity"] * o["unit_price_usd"] for o in orders)
            last = max(o["t"] for o in orders)
            for _ in range(w.n(3, 5) if careful else 1):
                w.transfer(pid, boss, rev * (w.u(.04, .1) if careful else w.u(.25, .45)), last + w.n(5, 80), None, c, w.any_of(["dividend", "bonus", "loan to director"]))
        self.done(L, i, careful, guilty, orders)

    def t_r(self, L, i):
        w, v = self.w, i % 3
        c = w.any_of(LPP_OK)
        pid = w.party(w.any_of(["bank", "telecom", "reseller"]), c)
        orders = self.buy(pid, CAP * w.u(.2, .7), w.n(3, 5), RULE, D1 - 40)
        for o in orders:
            tot, t, ex = o["quantity"] * o["unit_price_usd"], o["t"], o["exporter"]
            if v == 0:  # paid by mistake twice and sent back
                w.transfer(pid, ex, tot, t + 20, o, None, "net 30")
                if o is orders[0]:
                    w.transfer(pid, ex, tot, t + 22, o, None, "net 30")
                    w.transfer(ex, pid, tot, t + 30, o, None, "refund of duplicate payment")
            elif v == 1:  # four instalments
                for j in range(4):
                    w.transfer(pid, ex, tot / 4, t + 30 * j, o, None, f"instalment {j + 1} of 4")
            else:  # credit note for a return
                w.transfer(pid, ex, tot, t + 30, o, None, "net 30")
                w.transfer(ex, pid, tot * w.u(.02, .1), t + w.n(60, 90), o, None, "credit note, returned units")
        if v == 2:
            w.transfer(pid, w.parties[pid]["directors"][0], w.u(20000, 90000), day("2026-04-30"), None, c, "dividend")
        self.fit(pid, orders)
        self.twin(L, i, ["a double payment refunded within days", "four instalments", "returns credited, a small dividend"][v], [pid], orders)

    # ------------------------------------------------------------ s: where the head sits
    def s_s(self, L, i, careful):
        w = self.w
        c = w.any_of(["SG", "MY", "TH", "ID", "IN", "JP", "NL", "CH", "TR", "MX"])
        bad_c = w.any_of(["CN", "CN", "CN", "HK", "RU"])
        top = w.party(w.any_of(["neocloud", "studio", "maker", "integrator"]), bad_c)
        auth = "AIA" if c in T1 else "LPP"
        lo, hi = self.window(150)
        pid = w.party(w.any_of(["neocloud", "startup", "colo"]), c, inc=w.n(day("2020-01-01"), lo - 40))
        guilty = [pid, top]
        start = w.parties[pid]["incorporated_on"]
        v = (i - 1) // 2 % 2
        orders = self.buy(pid, CAP * w.u(.3, .95), w.n(2, 6), lo, hi, auth=auth, even=not careful)
        if not careful and v == 0:
            w.parties[pid]["parent_id"] = top
        elif not careful:
            w.owns(top, pid, w.any_of([100, 90, 75]), start)
        elif v == 0:
            mid = w.party("industrial", w.any_of(["SG", "AE", "NL", "GB"]), tail="Investment", inc=min(start, w.n(day("2017-01-01"), day("2024-12-31"))))
            w.owns(top, mid, 100, w.parties[mid]["incorporated_on"])
            w.owns(mid, pid, w.any_of([100, 80, 60]), start)
            if w.p(.4):
                w.parties[pid]["parent_id"] = mid
            guilty.append(mid)
        else:  # an independent landlord on paper, one tenant from elsewhere
            s = self.fit(pid, orders)
            w.sites[-1]["tenant_hq"] = bad_c
            for o in orders[:2]:
                w.mark(o, 20, s)
            if w.p(.6):
                w.parties[pid]["directors"] = [w.parties[top]["directors"][0]] + w.parties[pid]["directors"][:1]
            for o in orders:
                w.pay(o, payer=top if w.p(.4) else None, chance=.9)
        if not (careful and v == 1):
            self.life(pid, orders)
            self.plain_pay(orders)
        self.done(L, i, careful, guilty, orders)

    def t_s(self, L, i):
        w, v = self.w, i % 3
        c = w.any_of(["SG", "MY", "TH", "ID"])
        if v == 0:
            pid = w.party("startup", c, inc=w.n(day("2018-01-01"), day("2024-12-31")), directors=[w.person("CN"), w.person(c)])
            ids, why = [pid], "founders with Chinese names, a firm of the country"
        elif v == 1:
            top = w.party("neocloud", "TW")
            pid = w.party("neocloud", c, parent_id=top)
            w.owns(top, pid, 100, w.parties[pid]["incorporated_on"])
            ids, why = [pid, top], "daughter of a Taiwanese group, declared"
        else:
            pid = w.party("colo", c)
            ids, why = [pid], "landlord with American and Japanese tenants"
        lo, hi = self.window(150)
        orders = self.buy(pid, CAP * w.u(.3, .9), w.n(2, 5), lo, hi)
        self.fit(pid, orders)
        if v == 2:
            w.sites[-1]["tenant_hq"] = w.any_of(["US", "JP"])
        self.plain_pay(orders)
        self.twin(L, i, why, ids, orders)


# ---------------------------------------------------------------- writing
MISSING_PARTY = dict(aliases=0, country=.01, hq_country=.12, parent_id=.02, address=.1, city=.15, phone=.14, email=.14, website=.1, directors=.14, incorporated_on=.13, registry_id=.18, business=.11, data_center_mw=.1)
MISSING_ORDER = dict(activity=.1, exporter=.03, purchaser=.1, end_user=.13, freight_forwarder=.12, origin=.1, via=.1, unit_price_usd=.12, hs_code=.13, description=.12, gross_weight_kg=.15, packages=.18, end_use=.13, authorization=.1)


def write(w, out):
    os.makedirs(out, exist_ok=True)
    w.stream("write")
    r = w.r

    def table(name, fields, rows):
        tmp = os.path.join(out, f".{name}.part")
        with open(tmp, "w", newline="", encoding="utf-8") as f:
            c = csv.writer(f, lineterminator="\n")
            c.writerow(fields)
            c.writerows(rows)
        os.replace(tmp, os.path.join(out, name))

    for o in w.orders:
        o["k"] = r.random()
    w.orders.sort(key=lambda o: (o["t"], o["k"]))
    no = 100000
    for o in w.orders:
        if o["id"] is None:
            no += r.randint(1, 9)
            o["oid"] = f"{str(year(o['t']))[2:]}-{no}"
    for o in w.orders:
        if o["id"] is not None:
            o["oid"], o["t"] = o["id"]["oid"], o["id"]["t"]
    gone = lambda table_, col: r.random() < table_.get(col, 0)
    cols = ["order_id", "line", "date", "activity", "exporter", "purchaser", "intermediate_consignee", "ultimate_consignee", "end_user", "freight_forwarder", "origin", "destination", "via", "item", "quantity", "unit_price_usd", "hs_code", "description", "gross_weight_kg", "packages", "end_use", "authorization"]
    rows = []
    for o in w.orders:
        v = dict(o, order_id=o["oid"], date=iso(o["t"]), item=o["good"][NAME], via=";".join(o["via"]), gross_weight_kg=round(o["gross_weight_kg"], 1), authorization=o["authorization"] or "")
        rows.append(["" if gone(MISSING_ORDER, c) else v[c] for c in cols])
    table("orders.csv", cols, rows)
    cols = ["party_id", "name", "aliases", "country", "hq_country", "parent_id", "address", "city", "phone", "email", "website", "directors", "incorporated_on", "registry_id", "business", "data_center_mw", "flags"]
    ids = sorted(w.parties)
    r.shuffle(ids)
    rows = []
    for i in ids:
        p = w.parties[i]
        v = dict(p, aliases=";".join(p["aliases"]), directors=";".join(dict.fromkeys(p["directors"])), flags=";".join(p["flags"]), incorporated_on=iso(p["incorporated_on"]))
        rows.append(["" if gone(MISSING_PARTY, c) else v[c] for c in cols])
    table("parties.csv", cols, rows)
    r.shuffle(w.ownership)
    table("ownership.csv", ["owner_id", "owned_id", "percent", "from", "until"], [[x["owner_id"], x["owned_id"], x["percent"], iso(x["start"]) if x["start"] and (r.random() > .12 or any(y["end"] for y in w.held[x["owned_id"]])) else "", iso(x["end"]) if x["end"] else ""] for x in w.ownership])
    pays = [(x, r.random()) for x in w.payments]
    pays.sort(key=lambda x: (x[0]["t"], x[1]))
    table("payments.csv", ["payment_id", "order_id", "payer", "payee", "payer_country", "amount_usd", "date", "terms"],
          [[f"PM{500000 + j}", x["order"]["oid"] if x["order"] and r.random() > .05 else "", x["payer"], x["payee"], "" if r.random() < .1 else x["payer_country"], f"{x['amount_usd']:.2f}", iso(x["t"]), "" if r.random() < .15 else x["terms"]] for j, (x, _) in enumerate(pays)])
    r.shuffle(w.sites)
    table("sites.csv", ["site_id", "owner", "operator", "country", "address", "mw", "commissioned_on", "tenant_hq"],
          [[x["site_id"], x["owner"], x["operator"], x["country"], "" if r.random() < .1 else x["address"], "" if r.random() < .06 else x["mw"], "" if r.random() < .1 else iso(x["commissioned_on"]), "" if x["tenant_hq"] == x["country"] and r.random() < .1 else x["tenant_hq"]] for x in w.sites])
    w.serials.sort(key=lambda x: (x[6], x[0], x[2]))
    table("serials.csv", ["serial", "item", "event", "party", "site_id", "country", "date"], [[*x[:6], iso(x[6])] for x in w.serials])
    w.inspections.sort(key=lambda x: (x["t"], x["site_id"], x["party"]))
    table("inspections.csv", ["site_id", "party", "date", "notice_days", "units_seen", "result"], [[x["site_id"], x["party"], iso(x["t"]), "" if r.random() < .1 else x["notice_days"], "" if r.random() < .1 else x["units_seen"], x["result"]] for x in w.inspections])
    tmp = os.path.join(out, ".truth.part")
    with open(tmp, "w", encoding="utf-8") as f:
        for t in w.truth:
            ids = sorted({o["oid"] for o in t["orders"]})
            if "scheme" in t:
                ts = [o["t"] for o in t["orders"]]
                row = {k: t[k] for k in ("scheme", "kind", "habit", "family", "also_acceptable", "guilty_parties")} | {"guilty_orders": ids, "innocents": t["innocents"], "first": iso(min(ts)), "last": iso(max(ts))}
            else:
                row = {"twin": t["twin"], "scheme": None, "kind": t["kind"], "why": t["why"], "parties": t["parties"], "orders": ids}
            f.write(json.dumps(row) + "\n")
    os.replace(tmp, os.path.join(out, "truth.jsonl"))


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--honest", type=int, default=5000, help="honest parties besides sellers, listed firms and twins")
    ap.add_argument("--schemes", type=int, default=20, help="of each kind")
    ap.add_argument("--twins", type=int, default=None, help="of each kind; as many as schemes where absent")
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    if a.honest < 300 or a.schemes < 0:
        sys.exit("foreign_world.py: --honest must be 300 or more and --schemes 0 or more")
    w = World(a.seed)
    w.honest(a.honest)
    Planter(w).all(a.schemes, a.schemes if a.twins is None else a.twins)
    write(w, a.out)
    s = sum(1 for t in w.truth if "scheme" in t)
    print(json.dumps(dict(parties=len(w.parties), honest=len(w.honest_ids), orders=len(w.orders), payments=len(w.payments), sites=len(w.sites), serials=len(w.serials), inspections=len(w.inspections), ownership=len(w.ownership), schemes=s, twins=len(w.truth) - s)))


if __name__ == "__main__":
    main()
