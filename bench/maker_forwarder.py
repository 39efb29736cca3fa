#!/usr/bin/env python3
"""A labeled world of trade in AI chips as a freight forwarder's files show it: contracts that go in part shipments, routes, docks and waybills.

    python3 bench/maker_forwarder.py --seed 5 --honest 1500 --schemes 10 --out DIR

Writes orders, parties, payments, sites, serials and inspections (CSV) and truth.jsonl. Standard library only; the same arguments give the same bytes.
Other habits than the other makers have: a contract of some hundred units goes in parts, by ship on Tuesdays and by air on Fridays, little of it around the
Lunar New Year; a warehouse in a free zone stands between in a third of the lines; waybills say in many languages what is in the box; nobody has directors,
owners, register numbers or a declared use; only freight and deposits leave a trace of money.
Honest trade has what looks wrong: distributors with many consignees, universities whose institutes buy each for itself, towers with twenty firms, free-zone
warehouses that receive for everyone, pallets that stay below the notice floor, repair loops, used goods, prices that fell by a third in 2025.
Schemes of eleven kinds, half of them careful, and as many lawful look-alikes of each.
"""
import argparse, csv, datetime as dt, json, os, random

FIRST, LAST = dt.date(2024, 1, 2), dt.date(2026, 12, 18)
CAP, FLOOR = 26_900_000, 3_200_000
# Item: accelerators of a unit, TPP of an accelerator, kilograms of a unit with its packing, dollars, watts of an accelerator.
ITEMS = {"HGX H100 8-GPU": (8, 15824, 128.0, 265_000, 700), "H100 SXM5 80GB": (1, 15824, 3.5, 29_500, 700), "H100 PCIe 80GB": (1, 12104, 2.8, 27_500, 350),
         "H200 SXM": (1, 15824, 3.6, 33_500, 700), "A100 SXM4 80GB": (1, 4992, 3.3, 13_500, 400), "B200": (1, 36000, 5.0, 41_000, 1000), "L4": (1, 968, 1.0, 2_550, 72)}
BIG = list(ITEMS)[:6]
DIAL = {"MY": "60", "SG": "65", "AE": "971", "IN": "91", "TH": "66", "VN": "84", "TR": "90", "PL": "48", "CZ": "420", "MX": "52", "BR": "55", "CL": "56", "SA": "966", "PH": "63", "ID": "62",
        "IL": "972", "US": "1", "DE": "49", "NL": "31", "JP": "81", "TW": "886", "KR": "82", "GB": "44", "CN": "86", "HK": "852"}
SECOND = "MY MY SG SG AE AE IN TH VN TR PL CZ MX BR CL SA PH ID IL".split()
ALLIES = "DE NL JP KR GB TW".split()
HUBS = {"MY": "Port Klang Free Zone", "SG": "Changi Freight Park", "AE": "Jebel Ali Free Zone", "PL": "Gdansk Logistics Park", "TR": "Mersin Free Zone", "MX": "Laredo Cross Dock"}
ROOTS = "Arbor Basalt Cobalt Delphi Ember Fjord Garnet Halcyon Indigo Juniper Kestrel Lumen Meridian Nimbus Orchid Peregrine Quartz Ridge Sable Tundra Umbra Vesper Willow Xenon Yarrow Zephyr".split()
TAILS = "tek dyne soft path link core grid works ware cast lab point field stream".split()
STREETS = "Jalan Ampang|Rruga Veche|Sukhumvit|Avenida Central|Al Wasl Road|Nguyen Hue|Hosur Road|Marszalkowska|Orchard Link|Ataturk Caddesi|Rothschild|Paseo Norte".split("|")
WAYBILL = {"847180": ["GRAPHICS PROCESSING UNITS", "GPU accelerator boards", "Rechnerbaugruppen, GPU", "图形处理器模块", "วงจรเร่งความเร็ว GPU", "unidades de procesamiento grafico"],
           "847150": ["SERVERS FOR DATA PROCESSING", "automatic data processing units w/ GPU", "Server-Systeme mit GPU", "أجهزة خوادم"], "847330": ["parts of ADP machines: GPU modules", "ADP machine parts NES", "Zubehoer fuer DV-Anlagen, GPU"]}
LIES = [("FROZEN PRAWNS", "030617"), ("tea, green, in cartons", "090210"), ("吸尘器配件", "850890"), ("wooden toys", "950300"), ("ceramic tableware", "691110"), ("piezas de freno", "870830"), ("rubber gaskets", "401693"), ("LED lamps", "940542")]


class World:
    def __init__(self, seed):
        self.r = random.Random(f"forwarder {seed}")
        self.parties, self.orders, self.payments, self.sites, self.serials, self.visits, self.truth = [], [], [], [], [], [], []
        self.sellers = [self.party(self.r.choice(["US", "US", "TW", "NL", "SG"]), "server manufacturer", dt.date(1999, 2, 1)) for _ in range(9)]
        self.carriers = [self.party(self.r.choice(["US", "DE", "SG", "AE"]), "freight forwarding", dt.date(1988, 6, 1)) for _ in range(7)]
        self.docks = {c: [self.party(c, "bonded warehouse", dt.date(2001, 9, 1), address=f"Plot {n}, {zone}") for n in (4, 11)] for c, zone in HUBS.items()}
        self.far = [self.party(c, self.r.choice(["electronics trade", "cloud computing", "import and export"]), self.old()) for c in ["CN"] * 30 + ["HK"] * 20]

    def old(self, first=1994, last=2019):
        return dt.date(self.r.randint(first, last), self.r.randint(1, 12), self.r.randint(1, 28))

    def party(self, country, business, born=None, **fixed):
        r = self.r
        name = f"{r.choice(ROOTS)}{r.choice(TAILS)}{r.choice(['', '', '', ' ' + r.choice(ROOTS)])}"
        site = f"{name.lower().replace(' ', '')}{r.randint(2, 99) if r.random() < 0.4 else ''}.{country.lower()}"
        here = dict(id=f"{country}/{len(self.parties) + 3000}", name=name + r.choice([" Ltd", " Pte Ltd", " Sdn Bhd", " GmbH", " FZE", " SA", ""]), country=country, business=business, born=born or self.old(),
                    phone=f"+{DIAL[country]} {r.randint(2, 9)} {r.randint(1000000, 9999999)}" if r.random() < 0.85 else "", email=f"{r.choice(['logistics', 'import', 'ops', 'hello'])}@{site}" if r.random() < 0.8 else "",
                    website=f"www.{site}" if r.random() < 0.75 else "", address=f"{r.randint(1, 480)} {r.choice(STREETS)}, {r.randint(10000, 99999)}", parent="", mw="")
        here.update(fixed)
        self.parties.append(here)
        return here

    def sail(self, day):
        """The next departure: ships on Tuesdays, flights on Fridays, few in the weeks of the Lunar New Year."""
        if day.month == 2 and day.day < 15 and self.r.random() < 0.8:
            day += dt.timedelta(days=20)
        day += dt.timedelta(days=(self.r.choice([1, 4]) - day.weekday()) % 7)
        return min(max(day, FIRST), LAST)

    def between(self, first, last):
        return first + dt.timedelta(days=self.r.randint(0, max(0, (last - first).days)))

    def units(self, item, share):
        chips, tpp = ITEMS[item][:2]
        return max(1, int(share * CAP / (chips * tpp)))

    def part(self, day, seller, to, item, quantity, claim="", dock=None, waybill=None, kg=1.0, price=1.0, via="", end=None):
        """A part shipment: an order line with its waybill."""
        r = self.r
        fall = 0.67 if day >= dt.date(2025, 7, 1) else 1.0
        code, text = waybill or (lambda code: (code, r.choice(WAYBILL[code])))(r.choice(["847150", "847150", "847180"]) if ITEMS[item][0] > 1 else r.choice(["847180", "847180", "847330"]))
        if dock is None and r.random() < 0.33 and to["country"] in HUBS:
            dock = r.choice(self.docks[to["country"]])
        here = dict(id=f"AWB-{len(self.orders) + 70000}", day=self.sail(day), seller=seller, to=to, item=item, quantity=max(1, int(quantity)), claim=claim, dock=dock, carrier=r.choice(self.carriers), via=via, end=end,
                    hs=code, text=text, price=round(ITEMS[item][3] * fall * price * r.uniform(0.95, 1.06), 2), kg=round(ITEMS[item][2] * max(1, int(quantity)) * kg * r.uniform(0.96, 1.11), 1), packages="")
        here["packages"] = max(1, here["quantity"] // (1 if ITEMS[item][0] > 1 else 8))
        self.orders.append(here)
        return here

    def contract(self, first, seller, to, item, quantity, parts, step=17, **more):
        """A contract that goes in parts."""
        return [self.part(first + dt.timedelta(days=step * place + self.r.randint(0, 4)), seller, to, item, quantity / parts, **more) for place in range(parts)]

    def pay(self, order, payer, share=1.0, lag=0):
        self.payments.append([f"F{len(self.payments)}", order["id"], payer["id"], order["seller"]["id"], payer["country"], round(order["quantity"] * order["price"] * share, 2), (order["day"] + dt.timedelta(days=lag)).isoformat()])

    def hall(self, owner, mw, operator=None, since="2023-05-01", address=None):
        self.sites.append([f"D{len(self.sites)}", owner["id"], (operator or owner)["id"], owner["country"], address or owner["address"], round(mw, 2), since])
        return self.sites[-1][0]

    def scan(self, order, count, lit=True, party=None):
        names = []
        for _ in range(min(count, order["quantity"])):
            name = f"{self.r.choice('KLMN')}{len(self.serials) + 900000}"
            names.append(name)
            self.see(name, order["item"], "shipped", order["seller"], order["day"])
            if lit:
                self.see(name, order["item"], "installed", party or order["to"], order["day"] + dt.timedelta(days=self.r.randint(25, 60)))
                self.see(name, order["item"], "powered_on", party or order["to"], order["day"] + dt.timedelta(days=self.r.randint(60, 90)))
        return names

    def see(self, name, item, event, party, day):
        if day <= dt.date(2026, 12, 31):
            self.serials.append([name, item, event, party["id"], party["country"], day.isoformat()])

    def scheme(self, family, careful, parties, orders):
        self.truth.append(dict(scheme=f"f{len(self.truth):04d}", typology=family, skill="careful" if careful else "careless", parties=[p["id"] for p in parties], orders=[o["id"] for o in orders]))


def megawatts(orders, slack):
    """Power that the goods draw with cooling, times what is spare."""
    return sum(o["quantity"] * ITEMS[o["item"]][0] * ITEMS[o["item"]][4] * 2.0 for o in orders) / 1e6 * slack


def end_users(w, count):
    r = w.r
    for _ in range(count):
        to = w.party(r.choice(SECOND + ALLIES + ["US"]), r.choice(["university", "telecommunications", "cloud computing", "hospital", "bank", "oil and gas", "data center operator", "software", ""]), w.old(1990, 2024))
        size, orders = min(r.lognormvariate(-3.0, 1.1), 0.6), []
        for year in range(r.choice([2024, 2024, 2025, 2026]), 2027):
            if r.random() < 0.75:
                item = r.choice(BIG + ["L4", "L4"])
                total, start = w.units(item, size * r.uniform(0.5, 1.2) if item != "L4" else 0.002), dt.date(year, 1, 5) + dt.timedelta(days=r.randint(0, 250))
                orders += w.contract(start, r.choice(w.sellers), to, item, total, min(total, r.choice([1, 1, 2, 3, 5])), claim="LPP" if to["country"] in SECOND and r.random() < 0.7 else "")
        if orders and r.random() < 0.5:
            to["mw"] = round(megawatts(orders, r.uniform(1.1, 4)), 2)
            w.hall(to, float(to["mw"]), since=f"{r.randint(2018, 2023)}-05-01")
        for order in orders:
            if r.random() < 0.25:
                w.pay(order, to, 1.0, r.randint(-10, 40))
            if r.random() < 0.2:
                w.scan(order, 4)


def distributors(w, count):
    """A stock that is sold on in small lots to firms of the same and of friendly countries."""
    for _ in range(count):
        stock = w.party(w.r.choice(list(HUBS)), w.r.choice(["computer wholesale", "IT distribution"]), w.old())
        takers = [w.party(w.r.choice([stock["country"], stock["country"], w.r.choice(SECOND), w.r.choice(ALLIES)]), w.r.choice(["software", "university", "engineering"]), w.old()) for _ in range(w.r.randint(5, 14))]
        for year in (2024, 2025, 2026):
            item = w.r.choice(BIG)
            for order in w.contract(dt.date(year, w.r.randint(1, 6), 3), w.r.choice(w.sellers), stock, item, w.units(item, w.r.uniform(0.1, 0.4)), 3, 60, claim="LPP"):
                left = order["quantity"]
                for place in range(w.r.randint(2, 5)):
                    lot = min(left, max(1, order["quantity"] // 5))
                    if lot:
                        w.part(order["day"] + dt.timedelta(days=w.r.randint(12, 120)), stock, w.r.choice(takers), item, lot, price=1.07)
                        left -= lot


def campuses(w, count):
    """Institutes of a university at one address and one exchange, each with its own order."""
    for _ in range(count):
        first = w.party(w.r.choice(SECOND), "university", w.old(1930, 1990))
        for place in range(w.r.randint(3, 7)):
            institute = w.party(first["country"], "university research institute", w.old(1950, 2015), name=f"{first['name'].split()[0]} Institute {w.r.choice(['of Physics', 'of Biology', 'for Robotics', 'of Meteorology', 'of Medicine'])}",
                                address=first["address"], phone=first["phone"][:-3] + str(w.r.randint(100, 999)), email=f"lab{place}@" + (first["email"].split("@")[1] if first["email"] else "uni.example"), website=first["website"])
            item = w.r.choice(["H100 PCIe 80GB", "A100 SXM4 80GB", "L4"])
            w.contract(w.between(FIRST, LAST), w.r.choice(w.sellers), institute, item, w.r.randint(2, 24), 1, claim="LPP" if item != "L4" else "")


def towers(w, count):
    for _ in range(count):
        country, number, street = w.r.choice(SECOND), w.r.randint(1, 99), w.r.choice(STREETS)
        for floor in range(2, w.r.randint(9, 22)):
            firm = w.party(country, w.r.choice(["software", "cloud computing", "consulting", "engineering"]), w.old(2000, 2024), address=f"Level {floor}, {number} {street} Tower")
            item = w.r.choice(BIG)
            w.contract(w.between(FIRST, dt.date(2026, 6, 1)), w.r.choice(w.sellers), firm, item, w.r.randint(1, 30), 1, claim="LPP")


def loops(w, count):
    """Repairs: units seen again at the maker's and back; goods that move between a firm's own halls."""
    for _ in range(count):
        to = w.party(w.r.choice(SECOND), "cloud computing")
        for order in w.contract(w.between(FIRST, dt.date(2025, 9, 1)), w.r.choice(w.sellers), to, "H100 SXM5 80GB", w.r.randint(16, 120), 2, claim="LPP"):
            for name in w.scan(order, 8):
                day = order["day"] + dt.timedelta(days=w.r.randint(120, 220))
                w.see(name, order["item"], "rma", order["seller"], day)
                w.see(name, order["item"], "powered_on", to, day + dt.timedelta(days=45))


def recent(w, careful, year=None):
    day = dt.date(year or w.r.choice([2024, 2025]), w.r.randint(1, 12), w.r.randint(1, 28))
    return day - dt.timedelta(days=420 if careful else 60)


def structuring(w, careful, guilty):
    """Parts of one contract just below the floor from which a notice is due, past the year's allowance; lawful: pallets of as many under a license number."""
    to = w.party(w.r.choice(SECOND), "cloud computing", w.old(2016, 2023))
    item, start = w.r.choice(["HGX H100 8-GPU", "H100 SXM5 80GB", "B200"]), dt.date(w.r.choice([2025, 2026]), 2, 1)
    unit = ITEMS[item][0] * ITEMS[item][1]
    parts, low, high = (w.r.randint(9, 12), 0.78, 0.97) if careful else (w.r.randint(7, 10), 0.93, 0.995)
    claim, orders = "LPP" if guilty else f"D{w.r.randint(1200000, 1299999)}", []
    for place in range(parts):
        orders.append(w.part(start + dt.timedelta(days=(24 if careful else 9) * place), w.r.choice(w.sellers[:5]) if careful else w.sellers[0], to, item, FLOOR * w.r.uniform(low, high) // unit, claim=claim))
    if not guilty or careful:
        to["mw"] = round(megawatts(orders, 1.5), 1)
        w.hall(to, to["mw"])
    return "structuring", [to], orders


def linked(w, careful, guilty):
    """Firms that share a dock, and past one allowance together; lawful: tenants of a logistics park."""
    country, year = w.r.choice(list(HUBS)), w.r.choice([2025, 2026])
    dock = w.party(country, "storage", w.old(), address=f"Shed {w.r.randint(1, 40)}, {w.r.choice(STREETS)}") if careful else None
    shared = f"{w.r.randint(1, 300)} {w.r.choice(STREETS)}, {w.r.randint(10000, 99999)}"
    phone = f"+{DIAL[country]} 3 {w.r.randint(1000000, 9999999)}"
    parties, orders, item = [], [], w.r.choice(BIG)
    for place in range(w.r.randint(3, 5)):
        more = {}
        if guilty:
            more = dict(address=w.r.choice([f"Unit {place + 1}, {shared}", f"{shared} (Gate {place + 1})", shared.upper()]))
            if not careful or place % 2:
                more["phone"] = phone if not careful else phone.replace(" ", "")
        elif place:
            more = dict(address=f"Unit {place + 1}, {shared}")
        party = w.party(country, w.r.choice(["cloud computing", "software", "IT services"]), dt.date(year - 1, 6, 1) + dt.timedelta(days=w.r.randint(0, 120)) if guilty else w.old(), **more)
        parties.append(party)
        total = w.units(item, (w.r.uniform(0.35, 0.6) if careful else w.r.uniform(0.7, 0.98)) if guilty else 0.03)
        orders += w.contract(dt.date(year, 2, 1) + dt.timedelta(days=w.r.randint(0, 90)), w.r.choice(w.sellers), party, item, total, min(total, 3), 30, claim="LPP", dock=dock)
    return "linked_consignees", parties, orders


def shell(w, careful, guilty):
    """A firm of some weeks or months that takes nearly all of an allowance and has no hall; lawful: the new subsidiary of an old group."""
    group = None if guilty else w.party(w.r.choice(ALLIES), "telecommunications", w.old(1960, 1999))
    start = dt.date(w.r.choice([2025, 2026]), w.r.randint(2, 5), 1)
    to = w.party(w.r.choice(SECOND), w.r.choice(["cloud computing", "IT services"]) if careful or not guilty else w.r.choice(["garments", "catering", "real estate"]), start - dt.timedelta(days=w.r.randint(200, 420) if careful else w.r.randint(20, 90)),
                 address=f"Business Centre Suite {w.r.randint(100, 999)}, {w.r.choice(STREETS)}", **({} if not guilty else dict(website="", email="" if careful else "office.manager@mailbox.example")))
    item = w.r.choice(BIG)
    orders = w.contract(start, w.r.choice(w.sellers), to, item, w.units(item, w.r.uniform(0.7, 0.98)), 4, 14, claim="LPP")
    if group:
        to["parent"] = group["id"]
        w.hall(to, megawatts(orders, 1.3), since=start.isoformat())
        [w.scan(o, 4) for o in orders]
    return "shell_company", [to], orders


def transshipment(w, careful, guilty):
    """In from the maker, out again: to China, or by one more hand; lawful: a dealer who sells on within friendly countries."""
    hub = w.party(w.r.choice(["MY", "SG", "AE", "TR"]), w.r.choice(["trading", "logistics", "IT distribution"]), w.old(2008, 2023))
    end = w.r.choice(w.far) if guilty else w.party(w.r.choice(ALLIES), "cloud computing")
    hand = w.party(w.r.choice(["VN", "TH", "IN"]), "trading", w.old(2012, 2024)) if careful else None
    item, orders = w.r.choice(BIG), []
    for part in w.contract(w.between(FIRST, dt.date(2026, 5, 1)), w.r.choice(w.sellers), hub, item, w.units(item, w.r.uniform(0.15, 0.5)), 3, 40, claim="LPP"):
        orders.append(part)
        day, lot, source = part["day"], part["quantity"], hub
        for to in [hand, end] if hand else [end]:
            day += dt.timedelta(days=w.r.randint(25, 60) if careful else w.r.randint(6, 25))
            lot = max(1, int(lot * w.r.uniform(0.88, 1.0)))
            orders.append(w.part(day, source, to, item, lot, price=1.3 if guilty else 1.05))
            source = to
    return "transshipment", [p for p in (hub, hand, end) if p], orders


def stockpiling(w, careful, guilty):
    """Many times what was ever bought, in the weeks before the rule takes effect, and left in boxes; lawful: a new hall that is filled and lit."""
    to = w.party(w.r.choice(SECOND), "IT services", w.old(2010, 2021))
    item = w.r.choice(BIG)
    for year in (2024,):
        w.contract(dt.date(year, w.r.randint(2, 9), 1), w.sellers[1], to, item, w.units(item, 0.04), 2)
    orders = w.contract(dt.date(2025, 1, 25) if careful else dt.date(2025, 3, 20), w.r.choice(w.sellers), to, item, w.units(item, w.r.uniform(0.7, 1.3)), 6, 18 if careful else 8)
    for order in orders:
        w.scan(order, 6, lit=not guilty)
    if guilty:
        for place in range(3):
            orders.append(w.part(dt.date(2025, 9, 1) + dt.timedelta(days=50 * place), to, w.r.choice(w.far) if not careful else w.party(w.r.choice(["AE", "VN"]), "trading", dt.date(2025, 2, 1)), item, w.units(item, 0.2), price=1.4))
    else:
        w.hall(to, megawatts(orders, 1.2), since="2025-02-15")
    return "stockpiling", [to], orders


def crowded(w, careful, guilty):
    """Far more than the hall's power runs; lawful: a hall of two phases with what it needs."""
    to = w.party(w.r.choice(SECOND), "data center operator", w.old(2012, 2022))
    item = w.r.choice(["HGX H100 8-GPU", "H200 SXM", "B200"])
    orders = []
    for year in (2025, 2026) if careful else (2025,):
        orders += w.contract(dt.date(year, 2, 10), w.r.choice(w.sellers), to, item, w.units(item, w.r.uniform(0.6, 0.95)), 4, 45, claim="LPP")
    to["mw"] = round(megawatts(orders, w.r.uniform(0.3, 0.45) if careful else w.r.uniform(0.05, 0.2)) if guilty else megawatts(orders, 0.6), 2)
    w.hall(to, to["mw"])
    if not guilty:
        w.hall(to, megawatts(orders, 0.6), since="2025-01-10", address="Phase 2, " + to["address"])
    return "capacity_mismatch", [to], orders


def misdeclaration(w, careful, guilty):
    """The waybill names other goods, or the weight is that of other goods; lawful: the right heading in another language, and used goods at a lower price."""
    to = w.party(w.r.choice(["HK", "VN", "AE", "MY"]) if guilty else w.r.choice(SECOND), w.r.choice(["import and export", "trading", "cloud computing"]), w.old(2009, 2024))
    item, lie, orders = w.r.choice(BIG), w.r.choice(LIES), []
    for part in range(w.r.randint(2, 4)):
        if not guilty:
            more = dict(price=w.r.uniform(0.5, 0.7) if careful else 1.0)
        elif careful:
            more = dict(waybill=("847330", "spare fans and brackets"), kg=w.r.uniform(0.1, 0.3), price=w.r.uniform(0.05, 0.2))
        else:
            more = dict(waybill=(lie[1], lie[0]), price=w.r.choice([1.0, 0.02]))
        orders.append(w.part(w.between(FIRST, LAST), w.r.choice(w.sellers), to, item, w.r.randint(1, 12) if ITEMS[item][0] > 1 else w.r.randint(16, 90), **more))
    return "misdeclaration", [to], orders


def behind(w, careful, guilty):
    """A consignee whose telephone, mail and web are those of a firm in China; lawful: the daughter of a firm in Japan, by its own contacts."""
    top = w.r.choice(w.far) if guilty else w.party(w.r.choice(["JP", "KR", "DE"]), "electronics")
    while not (top["phone"] and top["email"]):
        top = w.r.choice(w.far) if guilty else w.party(w.r.choice(["JP", "KR", "DE"]), "electronics")
    to = w.party(w.r.choice(SECOND), "cloud computing", w.old(2015, 2024), phone=top["phone"].replace(" ", "-"))
    if not careful:
        to.update(email="asia@" + top["email"].split("@")[1], website=top["website"])
    if not guilty:
        to["parent"] = top["id"]
    item = w.r.choice(BIG)
    orders = w.contract(w.between(dt.date(2025, 2, 1), dt.date(2026, 5, 1)), w.r.choice(w.sellers), to, item, w.units(item, w.r.uniform(0.3, 0.8)), 4, claim="LPP")
    return "ownership_evasion", [to, top], orders


def payment(w, careful, guilty):
    """A stranger pays deposit and freight for several; lawful: a bank under letters of credit, or a group's treasury."""
    stranger = (w.party(w.r.choice(["AE", "SG", "TH"]), "consulting", dt.date(2024, 2, 1)) if careful else w.r.choice(w.far)) if guilty else w.party(w.r.choice(["SG", "DE", "GB"]), "bank", w.old(1900, 1980))
    parties, orders = [stranger], []
    for _ in range(w.r.randint(2, 3)):
        to = w.party(w.r.choice(SECOND), "cloud computing", w.old(2014, 2024))
        parties.append(to)
        item = w.r.choice(BIG)
        for order in w.contract(w.between(dt.date(2024, 3, 1), dt.date(2026, 6, 1)), w.r.choice(w.sellers), to, item, w.units(item, w.r.uniform(0.1, 0.3)), 3, claim="LPP"):
            orders.append(order)
            share = w.r.uniform(0.3, 0.6) if careful else 1.0
            w.pay(order, stranger, share, w.r.randint(-30, -5))
            if share < 1:
                w.pay(order, to, 1 - share, w.r.randint(5, 30))
    if careful and guilty:
        source = w.r.choice(w.far)
        for order in orders:
            w.payments.append([f"F{len(w.payments)}", "", source["id"], stranger["id"], source["country"], round(order["quantity"] * order["price"] * 0.5, 2), (order["day"] - dt.timedelta(days=33)).isoformat()])
        parties.append(source)
    return "payment", parties, orders


def staged(w, careful, guilty):
    """Shown at a visit, gone after it; lawful: moved to the firm's second hall."""
    to = w.party(w.r.choice(SECOND), "data center operator", w.old(2014, 2023))
    item, other = w.r.choice(BIG), w.r.choice(w.far) if guilty else None
    orders = w.contract(w.between(FIRST, dt.date(2025, 10, 1)), w.r.choice(w.sellers), to, item, w.units(item, w.r.uniform(0.3, 0.9)), 2, claim="LPP")
    place = w.hall(to, megawatts(orders, 1.2))
    visit = orders[-1]["day"] + dt.timedelta(days=w.r.randint(110, 180))
    total = sum(o["quantity"] for o in orders)
    w.visits.append([place, to["id"], visit.isoformat(), 12 if guilty else 3, int(total * (1.0 if careful or not guilty else w.r.uniform(0.2, 0.6))), "favorable" if careful or not guilty else "incomplete"])
    for order in orders:
        for name in w.scan(order, 10, lit=not guilty):
            w.see(name, item, "seen", to, visit)
            if guilty and w.r.random() < (0.4 if careful else 0.8):
                w.see(name, item, w.r.choice(["seen", "powered_on"]), other, visit + dt.timedelta(days=w.r.randint(15, 90)))
            elif not guilty:
                w.see(name, item, "seen", to, visit + dt.timedelta(days=w.r.randint(15, 120)))
    return "staged_site", [to] + ([other] if other else []), orders


def exception(w, careful, guilty):
    """An exception that does not hold: past the allowance by several sellers, or none claimed at all for goods that need one; lawful: the rest goes under a license."""
    to = w.party(w.r.choice(SECOND) if careful or not guilty else w.r.choice(["CN", "HK", "MY"]), "cloud computing", w.old(2012, 2022))
    item, year, orders = w.r.choice(BIG), w.r.choice([2025, 2026]), []
    for place in range(5):
        claim = "LPP" if careful or not guilty else w.r.choice(["NLR", "NLR", "LPP"])
        if not guilty and place >= 2:
            claim = f"D{1300000 + len(w.orders)}"
        orders.append(w.part(dt.date(year, 2, 10) + dt.timedelta(days=45 * place + w.r.randint(0, 20)), w.sellers[place], to, item, w.units(item, w.r.uniform(0.28, 0.4)), claim=claim))
    to["mw"] = round(megawatts(orders, 1.5), 1)
    w.hall(to, to["mw"])
    return "exception_abuse", [to], orders


KINDS = [structuring, linked, shell, transshipment, stockpiling, crowded, misdeclaration, behind, payment, staged, exception]


def write(w, out):
    os.makedirs(out, exist_ok=True)

    def table(name, head, rows):
        with open(os.path.join(out, name + ".csv"), "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head.split(","), *rows])

    orders = sorted(w.orders, key=lambda o: (o["day"], o["id"]))
    table("orders", "order_id,date,activity,exporter,intermediate_consignee,ultimate_consignee,freight_forwarder,origin,destination,via,item,quantity,unit_price_usd,hs_code,description,gross_weight_kg,packages,authorization", (
        [o["id"], o["day"].isoformat(), "export" if o["seller"]["country"] == "US" else "reexport", o["seller"]["id"], o["dock"]["id"] if o["dock"] else "", o["to"]["id"], o["carrier"]["id"], o["seller"]["country"], o["to"]["country"],
         o["via"], o["item"], o["quantity"], o["price"], o["hs"], o["text"], o["kg"], o["packages"], o["claim"]] for o in orders))
    table("parties", "party_id,name,country,business,incorporated_on,phone,email,website,address,parent_id,data_center_mw", (
        [p["id"], p["name"], p["country"], p["business"], p["born"], p["phone"], p["email"], p["website"], p["address"], p["parent"], p["mw"]] for p in w.parties))
    table("payments", "payment_id,order_id,payer,payee,payer_country,amount_usd,date", w.payments)
    table("sites", "site_id,owner,operator,country,address,mw,commissioned_on", w.sites)
    table("serials", "serial,item,event,party,country,date", w.serials)
    table("inspections", "site_id,party,date,notice_days,units_seen,result", w.visits)
    with open(os.path.join(out, "truth.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in w.truth)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--seed", type=int, default=5)
    arguments.add_argument("--honest", type=int, default=1500)
    arguments.add_argument("--schemes", type=int, default=10, help="of each kind")
    arguments.add_argument("--out", required=True)
    options = arguments.parse_args()
    w = World(options.seed)
    end_users(w, options.honest)
    for crowd, share in [(distributors, 40), (campuses, 60), (towers, 100), (loops, 60)]:
        crowd(w, options.honest // share)
    for kind in KINDS:
        for place in range(options.schemes):
            careful = place % 2 == 1
            family, parties, orders = kind(w, careful, True)
            w.scheme(family, careful, parties, orders)
            kind(w, careful, False)
    write(w, options.out)
    print(json.dumps(dict(parties=len(w.parties), orders=len(w.orders), schemes=len(w.truth))))


if __name__ == "__main__":
    main()
