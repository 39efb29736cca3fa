"""A world of orders made by other rules than `tollgate simulate world`: to measure alerts where the generator's habits are not the detector's.

    python3 bench/foreign_world.py --seed 7 --honest 5000 --schemes 20 --out DIR

Writes the tables of the contract as CSV and truth.jsonl. Standard library only; the same seed gives the same files.
Habits that differ on purpose: sizes heap on racks of 72 and on 16, cells are missing at random, one honest payment in twelve comes from a group company abroad,
headings of the tariff are sloppy, addresses are technology parks, start-ups are many, tight clusters of honest firms share directors, and each kind of scheme
has a careless and a careful variant. Beside the schemes stand honest look-alikes.
"""
import argparse, csv, datetime as dt, json, os, random

D0, D1 = dt.date(2024, 1, 1), dt.date(2026, 12, 31)
RULE, ANNOUNCED = dt.date(2025, 5, 15), dt.date(2025, 1, 15)
CAP = 26_900_000
# name, TPP, price, kilograms, heading, description, from, until, accelerators
ITEMS = [("NVIDIA H100 SXM", 15832, 27500, 2.9, "847330", "GPU module H100", dt.date(2023, 1, 1), dt.date(2026, 12, 31), 1),
         ("NVIDIA H200 SXM", 15832, 32500, 3.1, "8473.30", "Nvidia H200 accelerator", dt.date(2024, 7, 1), dt.date(2026, 12, 31), 1),
         ("NVIDIA B200", 36000, 39000, 3.6, "847180", "B200 AI accelerator board", dt.date(2025, 2, 1), dt.date(2026, 12, 31), 1),
         ("NVIDIA L40S", 5863, 8200, 1.2, "847330", "graphics card L40S", dt.date(2023, 9, 1), dt.date(2026, 12, 31), 1),
         ("NVIDIA RTX 4090", 5285, 1750, 2.4, "847330", "GeForce RTX 4090 video card", dt.date(2022, 10, 1), dt.date(2025, 3, 1), 1)]
H100, H200, B200, L40S, G4090 = ITEMS
T2 = ["SG", "MY", "AE", "IN", "TH", "ID", "BR", "MX", "PL", "SA", "TR", "VN", "IL", "CZ", "CL", "ZA", "PH", "GR"]
T1 = ["JP", "GB", "DE", "FR", "NL", "KR", "TW", "CA", "AU", "SE"]
FIRST = "Amir Ana Bo Chen Daniela Eva Farid Goh Hana Ivan Jun Kim Lars Mei Nadia Omar Priya Quang Rosa Sven Tariq Uma Victor Wei Xin Yusuf Zoe Arjun Bela Carlos Dina Emre Fatima Greta Hiro".split()
LAST = "Tan Lim Khan Silva Novak Park Sato Weber Rossi Nguyen Ali Gupta Costa Kowalski Haddad Mendes Ong Pillai Reyes Santos Schmidt Torres Umar Vega Wong Yilmaz Zhang Abe Bauer Cruz Dutta Eriksen".split()
STEM = "Aurora Banyan Cobalt Delta Ember Falcon Granite Harbor Indigo Jasmine Keystone Lotus Meridian Nimbus Orchid Pioneer Quartz Raffles Summit Terra Umbra Vertex Willow Zenith Alto Boreal Cirrus Dune Equinox Fjord Glacier Horizon".split()
TRADE = ["Cloud", "Data", "Research", "Analytics", "Networks", "Biotech", "Mobility", "Robotics", "Telecom", "Energy", "Studios", "Bank", "Institute", "Compute"]
BUSINESS = {"Cloud": "cloud computing", "Data": "data center operator", "Research": "scientific research", "Analytics": "software", "Networks": "telecommunications",
            "Biotech": "biotechnology", "Mobility": "automotive software", "Robotics": "robotics", "Telecom": "telecommunications", "Energy": "energy trading",
            "Studios": "game development", "Bank": "banking", "Institute": "university institute", "Compute": "AI cloud provider"}
CODE = {"SG": "65", "MY": "60", "AE": "971", "IN": "91", "TH": "66", "HK": "852", "CN": "86"}


class World:
    def __init__(self, seed, schemes):
        self.r, self.n = random.Random(seed), schemes
        self.parties, self.orders, self.own, self.pay, self.sites, self.serials, self.visits, self.truth = {}, [], [], [], [], [], [], []
        self.used = {}
        self.parks = {c: [f"{self.r.randint(1, 9)} {self.r.choice(STEM)} Technology Park" for _ in range(3)] for c in T1 + T2 + ["US", "HK", "CN"]}
        self.sellers = [self.party("US", "server manufacturer") for _ in range(9)] + [self.party("TW", "server manufacturer") for _ in range(5)]
        self.resellers = [self.party(c, "IT distribution") for c in ("SG", "NL", "AE", "IN", "JP") for _ in range(3)]
        self.forwarders = [self.party(c, "freight forwarding") for c in ("SG", "MY", "AE", "HK", "NL", "US", "TW") for _ in range(4)]

    def person(self): return f"{self.r.choice(FIRST)} {self.r.choice(LAST)}"

    def party(self, country, business=None, born=None, **over):
        r, k = self.r, self.r.choice(TRADE)
        pid = f"{country.lower()}-{len(self.parties):05d}-{r.randrange(16**4):04x}"
        name = f"{r.choice(STEM)} {r.choice(STEM)} {k} {r.choice(['Pte Ltd', 'LLC', 'GmbH', 'Inc', 'SA', 'Sdn Bhd', 'FZE', 'Co Ltd'])}"
        slug = name.split(" Pte")[0].lower().replace(" ", "")[:18] + f"{r.randrange(999)}"
        p = dict(party_id=pid, name=name, country=country, hq_country=country, parent_id="", address=r.choice(self.parks.get(country, ["1 Main St"])) + f" unit {r.randint(1, 400)}" if r.random() < .35 else f"{r.randint(1, 300)} {r.choice(LAST)} Road",
                 city=f"{country} Metro", phone=f"+{CODE.get(country, '49')} {r.randint(10**6, 10**8)}", email=f"office@{slug}.example" if r.random() < .93 else f"{slug}@gmail.com",
                 website=f"https://www.{slug}.example" if r.random() < .8 else "", directors=";".join(self.person() for _ in range(r.randint(1, 3))),
                 incorporated_on=str(born or dt.date(r.choice([1998, 2004, 2010, 2015, 2018, 2020, 2022, 2023]), r.randint(1, 12), r.randint(1, 28))),
                 registry_id=f"{r.randrange(10**8):08d}", business=business or BUSINESS[k], data_center_mw="", flags="")
        p.update(over)
        self.parties[pid] = p
        return pid

    def size(self, units):
        r = self.r
        if units < 6: return max(1, round(units))
        step = r.choice([1, 8, 8, 16, 16, 32, 72]) if units < 400 else r.choice([8, 64, 72, 128])
        return max(1, round(units / step) * step)

    def order(self, day, seller, buyer, item, qty, **over):
        r = self.r
        if not D0 <= day <= D1: return None
        c = self.parties[buyer]["country"]
        o = dict(order_id=f"PO{len(self.orders):07d}", date=str(day), activity="export" if self.parties[seller]["country"] == "US" else "reexport", exporter=seller, purchaser=buyer if r.random() < .5 else "",
                 intermediate_consignee="", ultimate_consignee=buyer, end_user=buyer if r.random() < .3 else "", freight_forwarder=r.choice(self.forwarders), origin=self.parties[seller]["country"], destination=c,
                 via=r.choice(["", "", "", "SG", "AE", "NL"]), item=item[0], quantity=qty, unit_price_usd=round(item[2] * r.uniform(.86, 1.15)), hs_code=item[4] if r.random() < .93 else r.choice(["847150", "854231", "8543.70"]),
                 description=item[5] if r.random() < .85 else r.choice(["computer parts", "server equipment", "AI hardware"]), gross_weight_kg=round(qty * item[3] * r.uniform(1.05, 1.35), 1), packages=max(1, qty // r.choice([4, 8, 16])),
                 end_use=r.choice(["data_center", "training", "inference", "research", "hpc"]), authorization="")
        o.update(over)
        o["_tpp"] = item[1] * o["quantity"]
        self.orders.append(o)
        return o

    def paid(self, o, payer=None, country=None, part=1.0, **over):
        if o is None: return
        payer = payer or o["ultimate_consignee"]
        p = dict(payment_id=f"W{len(self.pay):07d}", order_id=o["order_id"], payer=payer, payee=o["exporter"], payer_country=country or self.parties[payer]["country"], amount_usd=round(o["quantity"] * float(o["unit_price_usd"] or 20000) * part, 2),
                 date=str(dt.date.fromisoformat(o["date"]) + dt.timedelta(self.r.randint(-25, 45))), terms=self.r.choice(["net30", "net60", "prepaid 30", "letter of credit"]))
        p.update(over)
        self.pay.append(p)

    def day(self, a=D0, b=D1): return a + dt.timedelta(self.r.randrange(max(1, (b - a).days)))

    def seller(self): return self.r.choice(self.sellers if self.r.random() < .7 else self.resellers)

    def chip(self, day): return self.r.choice([i for i in (H100, H200, B200) if i[6] <= day <= i[7]])

    def units(self, item, share): return max(1, int(CAP * share // item[1]))

    # ---- honest trade
    def honest(self, count):
        r, last = self.r, None
        for _ in range(count):
            c = r.choice(T2 if r.random() < .6 else T1)
            b = self.party(c, born=self.day(dt.date(2022, 6, 1), dt.date(2025, 3, 1)) if r.random() < .18 else None)
            if last and r.random() < .08:
                self.parties[b]["parent_id"] = last
                self.own.append((last, b, r.choice([100, 100, 75, 51])))
            elif last and r.random() < .02: self.parties[b]["directors"] = self.parties[last]["directors"]
            want = min(30000, r.lognormvariate(3.2, 1.6))
            big = want > 120
            if big or r.random() < .05:
                mw = max(.05, want * 2 * .0019 * r.uniform(1.2, 5))
                self.parties[b]["data_center_mw"] = f"{mw:.2f}"
                if r.random() < .7: self.sites.append((f"S{len(self.sites):05d}", b, c, mw, str(self.day(dt.date(2021, 1, 1), dt.date(2025, 6, 1))), c))
            seller, near = self.seller(), r.random() < .05
            for _ in range(max(1, int(r.expovariate(.25)) + 1)):
                d = self.day()
                if r.random() < .08: d = self.day(ANNOUNCED, RULE)
                if r.random() < .12: d = d.replace(month=12, day=r.randint(1, 28))
                item = r.choice([i for i in ITEMS if i[6] <= d <= i[7]])
                q = self.size(self.units(item, r.uniform(.25, .33)) if near and c in T2 else want / 3 * r.lognormvariate(0, .7))
                lpp = c in T2 and d >= RULE and item is not G4090
                if lpp:
                    # Honest buyers keep their own count under the limit, groups as one.
                    key = (self.parties[b]["parent_id"] or b, d.year); used = self.used.get(key, 0)
                    q = min(q, int((CAP - used) // item[1]))
                    if q < 1: continue
                    self.used[key] = used + q * item[1]
                o = self.order(d, seller if r.random() < .8 else self.seller(), b, item, max(1, q), authorization="LPP" if c in T2 and d >= RULE and item in (H100, H200, B200) and r.random() < .7 else "")
                if r.random() < .9:
                    parent = self.parties[b]["parent_id"]
                    self.paid(o, parent if parent and r.random() < .4 else None, r.choice(["US", "GB", "CH", "SG", "NL"]) if r.random() < .08 else None)
                for k in ("unit_price_usd", "hs_code", "description", "gross_weight_kg", "freight_forwarder", "end_use"):
                    if o and r.random() < .1: o[k] = ""
                site = next((s for s in self.sites[-1:] if s[1] == b), None)
                if o and site and r.random() < .3:
                    for k in range(min(4, o["quantity"])): self.seen(o, k, site)
            if r.random() < .01: self.visits.append((self.sites[-1][0] if self.sites and self.sites[-1][1] == b else "", b, self.day(), r.randint(0, 20), "", r.choice(["favorable"] * 18 + ["incomplete", "unfavorable"])))
            last = b if r.random() < .3 else last

    def seen(self, o, k, site, upto=3):
        d, sn = dt.date.fromisoformat(o["date"]), f"SN-{o['order_id']}-{k}"
        for i, (event, days) in enumerate((("shipped", 0), ("installed", self.r.randint(12, 50)), ("powered_on", self.r.randint(52, 80)))):
            if i < upto and (i == 0 or self.r.random() < .95):
                self.serials.append((sn, o["item"], event, o["ultimate_consignee"] if i == 0 else "", "" if i == 0 else site[0], o["destination"], str(d + dt.timedelta(days))))
        return sn

    # ---- schemes
    def scheme(self, kind, family, parties, orders, innocents=()):
        orders = [o for o in orders if o]
        self.truth.append(dict(scheme=f"{kind}-{len(self.truth):04d}", kind=kind, typology=family, parties=sorted(set(parties)), orders=[o["order_id"] for o in orders], innocents=sorted(set(innocents))))

    def twin(self, kind, parties): self.truth.append(dict(scheme=None, twin=kind, parties=sorted(set(parties))))

    def front(self, c, born=None, careful=False, **over):
        r = self.r
        p = self.party(c, born=born or self.day(dt.date(2024, 6, 1), dt.date(2025, 9, 1)), business=None if careful else r.choice(["import export", "trading", "general trading", "consulting"]), **over)
        if not careful: self.parties[p]["website"] = ""
        return p

    def all(self):
        for n in range(self.n):
            careful = n % 2 == 1
            for make in (self.split, self.straddle, self.floor, self.shell, self.dormant, self.successor, self.retry, self.ship_on, self.forwarder, self.stock, self.power, self.staged, self.misname, self.third_payer, self.half, self.claims, self.ring):
                make(careful)

    def late(self, days=330): return self.day(RULE, RULE + dt.timedelta(days))

    def split(self, careful):
        r, c = self.r, self.r.choice(["SG", "MY", "AE", "IN"])
        fronts = [self.front(c, careful=careful) for _ in range(r.randint(3, 7))]
        tel, boss, dom = f"+{CODE[c]} {r.randint(10**7, 10**8)}", self.person() + " " + r.choice(LAST), f"{r.choice(STEM).lower()}grp{r.randrange(9999)}.example"
        for f in fronts:
            p = self.parties[f]
            if not careful or r.random() < .6: p["phone"] = tel
            if not careful or r.random() < .5: p["email"] = f"{r.choice(FIRST).lower()}@{dom}"
            if not careful and r.random() < .7: p["directors"] = boss
        got = []
        year = r.choice([2025, 2026])
        for f in fronts:
            for _ in range(r.randint(1, 3)):
                d = self.day(max(RULE, dt.date(year, 1, 1)), dt.date(year, 12, 28)); i = self.chip(d)
                got.append(self.order(d, self.seller(), f, i, self.units(i, r.uniform(.25, .33)), authorization="LPP"))
                self.paid(got[-1])
        self.scheme("split", "linked_consignees", fronts, got)
        g = self.party(c); subs = [self.party(c, parent_id=g) for _ in range(3)]
        for s in subs:
            self.own.append((g, s, 100)); d = self.late(); i = self.chip(d)
            self.paid(self.order(d, self.seller(), s, i, self.units(i, r.uniform(.1, .28)), authorization="LPP"), g)
        self.twin("split", [g] + subs)

    def straddle(self, careful):
        r, c = self.r, self.r.choice(T2[:8])
        b = self.party(c)
        got = [self.order(dt.date(2025, 12, r.randint(8, 31)), self.seller(), b, H200, self.units(H200, r.uniform(.95, .995)), authorization="LPP"),
               self.order(dt.date(2026, 1, r.randint(1, 20)), self.seller(), b, H200, self.units(H200, r.uniform(.95, .995)), authorization="LPP")]
        for o in got: self.paid(o)
        self.scheme("straddle", "structuring", [b], got)

    def floor(self, careful):
        r, b = self.r, self.party(self.r.choice(T2[:8]))
        got = []
        for k in range(r.randint(6, 8)):
            d = dt.date(2026, 1, 5) + dt.timedelta(k * r.randint(20, 38)); i = r.choice([H100, H200])
            got.append(self.order(d, self.seller(), b, i, int(3_200_000 * (r.uniform(.9, .998) if careful else .999) // i[1]), authorization="LPP")); self.paid(got[-1])
        self.scheme("floor", "structuring", [b], got)

    def shell(self, careful):
        r, c = self.r, self.r.choice(["SG", "MY", "AE", "TH", "IN"])
        born = self.day(dt.date(2025, 2, 1), dt.date(2026, 3, 1))
        f = self.front(c, born, careful, address=f"{r.randint(1, 90)} {r.choice(LAST)} Apartments flat {r.randint(1, 50)}" if not careful else self.parks[c][0])
        got = []
        for _ in range(r.randint(2, 4)):
            d = born + dt.timedelta(r.randint(20, 160)); i = self.chip(max(d, dt.date(2025, 2, 2)))
            got.append(self.order(d, self.seller(), f, i, self.units(i, r.uniform(.15, .33)), authorization="LPP" if d >= RULE else "")); self.paid(got[-1], None if careful else None)
        self.scheme("shell", "shell_company", [f], got)
        s = self.party(c, "AI cloud provider", born, data_center_mw="6.0"); d = born + dt.timedelta(120); self.paid(self.order(d, self.seller(), s, self.chip(max(d, dt.date(2025, 2, 2))), 64)); self.twin("shell", [s])

    def dormant(self, careful):
        r, c = self.r, self.r.choice(["SG", "MY", "AE", "TR"])
        f = self.party(c, r.choice(["textile wholesale", "seafood trading", "furniture", "tourism"]), dt.date(r.randint(2006, 2016), 5, 3), website="")
        got = []
        for _ in range(r.randint(2, 4)):
            d = self.day(dt.date(2025, 6, 1), dt.date(2026, 9, 1)); i = self.chip(d)
            got.append(self.order(d, self.seller(), f, i, self.units(i, r.uniform(.15, .3)), authorization="LPP")); self.paid(got[-1])
        self.scheme("dormant", "shell_company", [f], got)

    def successor(self, careful):
        r, day = self.r, self.day(dt.date(2024, 9, 1), dt.date(2025, 9, 1))
        old = self.party("AE", flags=f"entity_list:{day}"); o = self.parties[old]
        new = self.front("AE", day + dt.timedelta(r.randint(5, 90)), careful, address=o["address"], phone=o["phone"] if not careful else f"+971 {r.randint(10**7, 10**8)}", directors=o["directors"])
        self.paid(self.order(day - dt.timedelta(r.randint(60, 200)), self.seller(), old, H100, 128))
        got = [self.order(day + dt.timedelta(r.randint(95, 300)), self.seller(), new, H200, r.choice([96, 128, 160]), authorization="LPP") for _ in range(3)]
        for g in got: self.paid(g)
        self.scheme("successor", "ownership_evasion", [old, new], got)

    def retry(self, careful):
        r, c = self.r, self.r.choice(["TH", "MY", "SG"])
        a, d = self.front(c, careful=careful), self.day(dt.date(2025, 6, 1), dt.date(2026, 6, 1))
        b = self.front(c, d + dt.timedelta(10), careful, phone=self.parties[a]["phone"], directors=self.parties[a]["directors"])
        self.visits.append(("", a, d + dt.timedelta(20), 3, "", "unfavorable"))
        got = [self.order(d, self.seller(), a, H200, 240, authorization="LPP"), self.order(d + dt.timedelta(r.randint(30, 75)), self.seller(), b, H200, 240 if not careful else 232, authorization="LPP")]
        for g in got: self.paid(g)
        self.scheme("retry", "linked_consignees", [a, b], got)

    def ship_on(self, careful):
        r, c = self.r, self.r.choice(["SG", "MY", "AE", "TR"])
        hub, end = self.front(c, careful=careful), self.party(r.choice(["HK", "CN", "CN"]), "computer systems")
        got = []
        for k in range(r.randint(3, 5)):
            d = self.day(dt.date(2024, 3, 1), dt.date(2026, 9, 1)); i = self.chip(d); q = r.choice([64, 96, 128, 200])
            got.append(self.order(d, self.seller(), hub, i, q)); self.paid(got[-1])
            left, parts = q - (r.randint(0, 3) if careful else 0), 2 if careful else 1
            for p in range(parts):
                got.append(self.order(d + dt.timedelta(r.randint(4, 24)), hub, end, i, left // parts, authorization="", description=r.choice(["computer parts", "server parts", i[5]])))
        self.scheme("ship_on", "transshipment", [hub, end], got)

    def forwarder(self, careful):
        r = self.r
        f = self.party(r.choice(["SG", "MY", "HK" if not careful else "AE"]), r.choice(["freight forwarding", "logistics", "warehousing and freight"]))
        got = []
        for _ in range(r.randint(3, 6)):
            d = self.day(dt.date(2024, 6, 1)); i = self.chip(d)
            got.append(self.order(d, self.seller(), f, i, r.choice([16, 32, 48, 64]), end_user=f, freight_forwarder=f, end_use="resale" if careful else "data_center")); self.paid(got[-1])
        self.scheme("forwarder", "transshipment", [f], got)

    def stock(self, careful):
        r, b = self.r, self.party(self.r.choice(["MY", "SG", "TH", "AE"]), "trading" if not careful else None)
        for k in range(4): self.paid(self.order(dt.date(2024, 2 + 2 * k, 11), self.seller(), b, H100, r.choice([8, 16])))
        got = [self.order(self.day(ANNOUNCED, RULE), self.seller(), b, self.chip(dt.date(2025, 4, 1)), r.choice([400, 512, 720, 900])) for _ in range(r.randint(4, 7))]
        for g in got: self.paid(g)
        self.scheme("stock", "stockpiling", [b], got)
        s = self.party("PL", data_center_mw="40")
        for k in range(18): self.paid(self.order(dt.date(2024, 1, 20) + dt.timedelta(30 * k), self.seller(), s, H100, r.choice([360, 400, 432])))
        self.twin("stock", [s])

    def power(self, careful):
        r, b = self.r, self.front(self.r.choice(["MY", "ID", "TH", "IN"]), careful=True)
        mw = r.uniform(.15, .6); self.parties[b].update(data_center_mw=f"{mw:.2f}", business="data center operator")
        site = (f"S{len(self.sites):05d}", b, self.parties[b]["country"], mw, "2025-03-01", self.parties[b]["country"]); self.sites.append(site)
        got = []
        for year in (2025, 2026):
            for _ in range(3):
                d = self.day(max(RULE, dt.date(year, 1, 1)), dt.date(year, 11, 20)); i = self.chip(d)
                o = self.order(d, self.seller(), b, i, self.units(i, r.uniform(.28, .33)), authorization="LPP"); got.append(o); self.paid(o)
                for k in range(4): self.seen(o, k, site, 1 if not careful else r.choice([1, 3]))
        self.scheme("power", "capacity_mismatch", [b], got)

    def staged(self, careful):
        r, b = self.r, self.front(self.r.choice(["MY", "ID", "IN"]), careful=True)
        self.parties[b].update(data_center_mw="3.5", business="data center operator")
        site = (f"S{len(self.sites):05d}", b, self.parties[b]["country"], 3.5, "2024-11-01", self.parties[b]["country"]); self.sites.append(site)
        start, got = self.day(dt.date(2024, 12, 1), dt.date(2026, 2, 1)), []
        for k in range(3):
            o = self.order(start + dt.timedelta(k * 9), self.seller(), b, H200, r.choice([64, 96, 128])); got.append(o); self.paid(o)
            for m in range(5):
                sn = self.seen(o, m, site, 2)
                if not careful or m < 3: self.serials.append((sn, o["item"], "seen", "", "", r.choice(["CN", "HK"]), str(start + dt.timedelta(r.randint(90, 200)))))
        visit = start + dt.timedelta(50); self.visits.append((site[0], b, visit, r.randint(14, 30), sum(o["quantity"] for o in got), "favorable"))
        if careful: got.append(self.order(visit + dt.timedelta(r.randint(15, 60)), b, self.party("HK", "electronics recycling"), H200, got[0]["quantity"], description="used spare parts", hs_code="847330"))
        self.scheme("staged", "staged_site", [b], got)

    def misname(self, careful):
        r, b, s = self.r, self.party(self.r.choice(["SG", "HK", "TR", "AE"])), self.party("US", "electronics exporter")
        got = []
        for _ in range(r.randint(4, 7)):
            d = self.day(); i = self.chip(d); q = r.choice([8, 12, 16, 24])
            h, w = r.choice([("850440", "power supply units"), ("854442", "cable assemblies"), ("841459", "cooling fans"), ("940511", "LED lamps")]) if not careful else ("847330", "computer peripheral components")
            got.append(self.order(d, s, b, i, q, hs_code=h, description=w, unit_price_usd=round(i[2] * r.uniform(.02, .2)), gross_weight_kg=round(q * i[3] * r.uniform(.8, 1.2), 1), authorization="NLR")); self.paid(got[-1])
        self.scheme("misname", "misdeclaration", [b, s], got)

    def third_payer(self, careful):
        r, b = self.r, self.party(self.r.choice(["SG", "MY", "TH", "ID"]))
        who = self.party(r.choice(["HK", "CN"]), "investment holding")
        got = []
        for _ in range(r.randint(3, 5)):
            d = self.day(dt.date(2024, 4, 1)); i = self.chip(d); o = self.order(d, self.seller(), b, i, r.choice([64, 96, 128, 160])); got.append(o)
            self.paid(o, who, part=1.0 if not careful else .5)
            if careful: self.paid(o, b, part=.5)
        self.scheme("third_payer", "payment", [b, who], got)

    def half(self, careful):
        r, b = self.r, self.party(self.r.choice(["SG", "AE", "MY"]))
        a = self.party("CN", "computer systems", flags=f"entity_list:{self.day(dt.date(2022, 1, 1), dt.date(2024, 1, 1))}")
        if careful:
            a2 = self.party("CN", "semiconductor", flags="entity_list"); self.own += [(a, b, 49), (a2, b, 40)]; names = [a, a2, b]
        else:
            m = self.party("HK", "holding"); self.own += [(a, m, 90), (m, b, 70)]; names = [a, m, b]
        got = []
        for _ in range(r.randint(2, 4)):
            d = self.day(); i = self.chip(d); got.append(self.order(d, self.seller(), b, i, r.choice([64, 128, 192]))); self.paid(got[-1])
        self.scheme("half", "ownership_evasion", names, got)

    def claims(self, careful):
        r, b = self.r, self.party(self.r.choice(["IN", "BR", "TR", "SA"]))
        got = []
        for _ in range(r.randint(3, 5)):
            d = self.late(500); i = self.chip(d)
            got.append(self.order(d, self.seller(), b, i, self.units(i, r.uniform(.4, .7)), authorization=r.choice(["AIA", "VEU"]) if not careful else "LPP")); self.paid(got[-1])
        self.scheme("claims", "exception_abuse", [b], got)

    def ring(self, careful):
        r, b, s = self.r, self.front(self.r.choice(["SG", "MY"]), careful=careful), self.seller()
        mid = self.party("HK", "trading", self.day(dt.date(2024, 8, 1), dt.date(2025, 8, 1)))
        got = []
        for _ in range(r.randint(2, 4)):
            d = self.day(dt.date(2025, 1, 1)); i = self.chip(d); o = self.order(d, s, b, i, r.choice([96, 128, 200])); got.append(o)
            self.paid(o, b); cost = o["quantity"] * float(o["unit_price_usd"])
            self.pay.append(dict(payment_id=f"W{len(self.pay):07d}", order_id="", payer=mid, payee=b, payer_country="HK", amount_usd=round(cost * r.uniform(1.0, 1.06), 2), date=str(d - dt.timedelta(r.randint(2, 9))), terms=""))
            if not careful: self.pay.append(dict(payment_id=f"W{len(self.pay):07d}", order_id="", payer=self.parties[b]["name"], payee=self.parties[b]["directors"].split(";")[0], payer_country=self.parties[b]["country"], amount_usd=round(cost * .04, 2), date=str(d + dt.timedelta(9)), terms=""))
        self.scheme("ring", "payment", [b, mid], got)


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--seed", type=int, default=7); a.add_argument("--honest", type=int, default=5000); a.add_argument("--schemes", type=int, default=20); a.add_argument("--out", required=True)
    a = a.parse_args()
    w = World(a.seed, a.schemes); w.honest(a.honest); w.all()
    os.makedirs(a.out, exist_ok=True)
    # Ids and the order of rows tell nothing.
    rename = {p: f"E{n:06d}" for n, p in enumerate(sorted(w.parties, key=lambda p: (p.split("-")[2], p)))}
    w.orders.sort(key=lambda o: (o["date"], o["order_id"]))
    ids = {o["order_id"]: f"K{n:07d}" for n, o in enumerate(w.orders)}
    name = lambda p: rename.get(p, p)
    def write(file, head, rows):
        with open(os.path.join(a.out, file), "w", newline="", encoding="utf-8") as f:
            c = csv.writer(f); c.writerow(head); c.writerows(rows)
    head = [k for k in w.orders[0] if not k.startswith("_")]
    roles = {"exporter", "purchaser", "intermediate_consignee", "ultimate_consignee", "end_user", "freight_forwarder"}
    write("orders.csv", head, [[ids[o[k]] if k == "order_id" else name(o[k]) if k in roles else o[k] for k in head] for o in w.orders])
    cols = list(next(iter(w.parties.values())))
    write("parties.csv", cols, sorted([name(p[k]) if k in ("party_id", "parent_id") else p[k] for k in cols] for p in w.parties.values()))
    write("ownership.csv", ["owner_id", "owned_id", "percent"], sorted((name(x), name(y), z) for x, y, z in w.own))
    pc = list(w.pay[0])
    write("payments.csv", pc, [[ids.get(p[k], "") if k == "order_id" else name(p[k]) if k in ("payer", "payee") else p[k] for k in pc] for p in w.pay])
    write("sites.csv", ["site_id", "owner", "operator", "country", "address", "mw", "commissioned_on", "tenant_hq"], [(s, name(b), name(b), c, w.parties[b]["address"], f"{mw:.2f}", day, hq) for s, b, c, mw, day, hq in w.sites])
    write("serials.csv", ["serial", "item", "event", "party", "site_id", "country", "date"], [(s.replace("SN-" + s.split("-")[1], "SN-" + ids[s.split("-")[1]]), i, e, name(p), site, c, d) for s, i, e, p, site, c, d in w.serials])
    write("inspections.csv", ["site_id", "party", "date", "notice_days", "units_seen", "result"], [(s, name(p), str(d), n, u, x) for s, p, d, n, u, x in w.visits])
    with open(os.path.join(a.out, "truth.jsonl"), "w") as f:
        for t in w.truth:
            t = dict(t); t["parties"] = [name(p) for p in t["parties"]]
            if t.get("orders") is not None: t["orders"] = [ids[o] for o in t["orders"]]
            t.pop("innocents", None)
            f.write(json.dumps(t) + "\n")
    print(json.dumps(dict(parties=len(w.parties), orders=len(w.orders), payments=len(w.pay), serials=len(w.serials), schemes=sum(t["scheme"] is not None for t in w.truth))))


if __name__ == "__main__": main()
