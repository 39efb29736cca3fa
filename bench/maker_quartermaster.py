#!/usr/bin/env python3
"""A labeled world of trade in AI chips as a quartermaster keeps it: goods by weight and box, nothing of money.

    python3 bench/maker_quartermaster.py --seed 5 --honest 1500 --schemes 10 --out DIR

Writes orders, parties, serials, inspections and ownership (CSV) and truth.jsonl. Standard library only; the same arguments give the same bytes.
Other habits than the other makers have: budgets run from July to June and are spent in their last weeks; nobody has a telephone or a mail address;
there are no payments and no halls; ids are numbers; names stand in capitals; servers are ordered as often as boards; weights and packages are filled,
prices in half of the lines.
Schemes of eight kinds, half of them careful, and as many lawful look-alikes of each.
"""
import argparse, csv, datetime as dt, json, os, random

FIRST, LAST = dt.date(2023, 7, 1), dt.date(2026, 6, 30)
CAP = 26_900_000
# Item: accelerators of a unit, TPP of an accelerator, kilograms of a unit with its packing, dollars.
ITEMS = {
    "HGX H100 8-GPU": (8, 15824, 130.0, 270_000), "H100 PCIe 80GB": (1, 12104, 2.9, 27_000), "H100 SXM5 80GB": (1, 15824, 3.6, 30_000),
    "A100 SXM4 80GB": (1, 4992, 3.4, 14_000), "H200 SXM": (1, 15824, 3.7, 34_000), "B200": (1, 36000, 5.1, 42_000),
    "L4": (1, 968, 1.1, 2_600), "RTX 4090": (1, 5285, 3.1, 1_900),
}
BIG = ["HGX H100 8-GPU", "H100 PCIe 80GB", "H100 SXM5 80GB", "A100 SXM4 80GB", "H200 SXM", "B200"]
SECOND = "MY SG AE SA IN TH VN ID TR PL BR MX CL QA KZ IL PT GR CZ RO HU ZA EG PH".split()
FIRST_TIER = "US JP DE GB NL FR AU KR TW CA SE IT".split()
FAR = "CN CN CN HK MO".split()
WORDS = "ANVIL BARGE CINDER DRUM EMBER FERRY GANTRY HARBOR INGOT JETTY KILN LEDGE MALLET NORTH OXBOW PYLON QUARRY RIVET SILO TIMBER UMBER VALLEY WHARF YARD ZINC".split()
TRADES = {"university": "university", "telephone company": "telecommunications", "bank": "banking", "cloud": "cloud computing", "factory": "manufacturing",
          "hospital": "hospital", "ministry": "government laboratory", "games": "computer games"}
PEOPLE = "OKAFOR LINDQVIST TANAKA MORAES HADDAD KOVACS NGUYEN PATEL ERDEM SILVA NOWAK BAUTISTA RAHMAN COHEN PRETORIUS GARCIA".split()


class World:
    def __init__(self, seed):
        self.r = random.Random(f"quartermaster {seed}")
        self.parties, self.orders, self.serials, self.visits, self.stakes, self.truth = [], [], [], [], [], []
        self.number, self.order_number, self.serial_number = 100_000, 5_000_000, 0
        self.sellers = [self.party("US" if i < 6 else self.r.choice(["TW", "KR", "NL", "JP"]), "distribution of servers", dt.date(2004, 3, 1)) for i in range(12)]

    def party(self, country, trade, born, parent=None, director=None, address=None):
        self.number += self.r.randint(1, 40)
        r = self.r
        name = f"{r.choice(WORDS)} {r.choice(WORDS)} {r.choice(['LTD', 'CO', 'SDN BHD', 'LLC', 'SA', 'GMBH', 'PTE LTD'])}"
        here = dict(id=str(self.number), name=name, country=country, business=trade if r.random() < 0.8 else "", incorporated_on=born if born and r.random() < 0.85 else "",
                    parent_id=parent or "", directors=director or (f"{r.choice(PEOPLE)} {r.choice('ABCDEFGHKLMNPRSTW')}. {r.choice('ABCDEFGHKLMNPRSTW')}." if r.random() < 0.3 else ""),
                    address=address or (f"{r.randint(1, 400)} {r.choice(WORDS)} ROAD {r.randint(10000, 99999)}" if r.random() < 0.6 else ""))
        self.parties.append(here)
        return here

    def order(self, day, seller, buyer, item, quantity, claim="", description=None, hs=None, weight=None, use="", origin=None):
        r = self.r
        self.order_number += r.randint(1, 9)
        chips, tpp, kg, usd = ITEMS[item]
        here = dict(id=str(self.order_number), day=min(max(day, FIRST), LAST), seller=seller, buyer=buyer, item=item, quantity=quantity, claim=claim,
                    description=description or (item if r.random() < 0.5 else ""), hs=hs or (r.choice(["847180", "847330", "847150"]) if r.random() < 0.7 else ""),
                    weight=round(kg * quantity * r.uniform(0.95, 1.12), 1) if weight is None else weight,
                    price=round(usd * r.uniform(0.93, 1.08)) if r.random() < 0.5 else "", use=use, origin=origin or seller["country"])
        self.orders.append(here)
        return here

    def track(self, order, count=6, lit=True):
        """Serials of an order: shipped, and lit where its machines run."""
        found = []
        for _ in range(min(count, order["quantity"])):
            self.serial_number += 1
            serial = f"Q{self.serial_number:08d}"
            found.append(serial)
            self.seen(serial, order["item"], "shipped", order["buyer"], order["day"])
            if lit:
                self.seen(serial, order["item"], "powered_on", order["buyer"], order["day"] + dt.timedelta(days=self.r.randint(20, 90)))
        return found

    def seen(self, serial, item, event, party, day):
        if day <= LAST:
            self.serials.append([serial, item, event, party["id"], "", party["country"], day.isoformat()])

    def units(self, item, share):
        chips, tpp, *_ = ITEMS[item]
        return max(1, int(share * CAP / (chips * tpp)))

    def born(self, youngest=1200, oldest=15000):
        return FIRST - dt.timedelta(days=self.r.randint(youngest, oldest))

    def day(self, first=FIRST, last=LAST):
        return first + dt.timedelta(days=self.r.randint(0, (last - first).days))

    def scheme(self, family, careful, parties, orders):
        name = f"q{len(self.truth):04d}"
        self.truth.append(dict(scheme=name, typology=family, skill="careful" if careful else "careless", parties=[p["id"] for p in parties], orders=[o["id"] for o in orders]))


def honest(w, count):
    """Budgets that are spent in May and June, a few boards between."""
    r = w.r
    for _ in range(count):
        kind = r.choice(list(TRADES))
        buyer = w.party(r.choice(SECOND) if r.random() < 0.6 else r.choice(FIRST_TIER), TRADES[kind], w.born())
        sellers = r.sample(w.sellers, r.randint(1, 2))
        size = {"cloud": 0.25, "telephone company": 0.15, "university": 0.03, "ministry": 0.05}.get(kind, 0.02) * r.lognormvariate(0, 0.8)
        start = r.choice([2023, 2023, 2023, 2024, 2025])
        for year in range(start, 2026):
            if r.random() < 0.25:
                continue
            item = r.choice(BIG)
            share = min(size * r.uniform(0.5, 1.6), 0.93)
            for _ in range(r.randint(1, 3)):
                day = dt.date(year + 1, 6, 30) - dt.timedelta(days=int(r.expovariate(1 / 25))) if r.random() < 0.7 else w.day(dt.date(year, 7, 1), dt.date(year + 1, 6, 30))
                line = w.order(day, r.choice(sellers), buyer, item, w.units(item, share / 3), claim=r.choice(["LPP", "LPP", ""]) if buyer["country"] in SECOND else "")
                if r.random() < 0.15:
                    w.track(line)
            for _ in range(r.randint(0, 4)):
                w.order(w.day(dt.date(year, 7, 1), dt.date(year + 1, 6, 30)), r.choice(sellers), buyer, r.choice(["L4", "RTX 4090"]), r.randint(1, 12))


def structuring(w, careful, guilty):
    parent = w.party(w.r.choice(SECOND + ["CY"]), "holding company", w.born())
    count, year, total = w.r.randint(3, 5), w.r.choice([2025, 2026]), (w.r.uniform(1.15, 1.5) if careful else w.r.uniform(1.8, 3.0)) if guilty else w.r.uniform(0.5, 0.9)
    parties, orders = [parent], []
    for _ in range(count):
        buyer = w.party(w.r.choice(SECOND), "cloud computing", w.born(300), parent=parent["id"])
        parties.append(buyer)
        item = w.r.choice(BIG)
        for _ in range(w.r.randint(1, 3)):
            orders.append(w.order(w.day(dt.date(year, 1, 10), dt.date(year, 6, 25)), w.r.choice(w.sellers), buyer, item, w.units(item, total / count / 2), claim="LPP"))
    return "structuring", parties, orders


def linked(w, careful, guilty):
    country, year, count = w.r.choice(SECOND), w.r.choice([2025, 2026]), w.r.randint(3, 5)
    director, address = f"{w.r.choice(PEOPLE)} X. {w.r.choice('JQVZ')}.", f"{w.r.randint(1, 400)} {w.r.choice(WORDS)} LANE {w.r.randint(10000, 99999)}"
    born = dt.date(year, 1, 5) - dt.timedelta(days=w.r.randint(60, 400))
    parties, orders = [], []
    for place in range(count):
        age = born + dt.timedelta(days=w.r.randint(0, 40)) if guilty else w.born()
        buyer = w.party(country, w.r.choice(list(TRADES.values())), age, director=director if guilty and (not careful or place < 2) else None, address=address)
        parties.append(buyer)
        item = w.r.choice(BIG)
        share = w.r.uniform(0.5, 0.95) if guilty else w.r.uniform(0.02, 0.2)
        for _ in range(2):
            orders.append(w.order(w.day(dt.date(year, 2, 1), dt.date(year, 5, 30)), w.r.choice(w.sellers), buyer, item, w.units(item, share / 2), claim="LPP"))
    return "linked_consignees", parties, orders


def shell(w, careful, guilty):
    first = w.day(dt.date(2024, 1, 1), dt.date(2026, 2, 1))
    born = first - dt.timedelta(days=w.r.randint(200, 500) if careful else w.r.randint(15, 90))
    buyer = w.party(w.r.choice(SECOND), "general trading" if guilty else "cloud computing", born)
    item, orders = w.r.choice(BIG), []
    share = w.r.uniform(0.6, 0.98) if guilty else w.r.uniform(0.03, 0.15)
    for place in range(w.r.randint(2, 4)):
        line = w.order(first + dt.timedelta(days=20 * place), w.r.choice(w.sellers), buyer, item, w.units(item, share / 3), claim="LPP")
        orders.append(line)
        if not guilty:
            w.track(line)
    if not guilty:
        for month in range(4, 16, 3):
            w.order(first + dt.timedelta(days=30 * month), w.r.choice(w.sellers), buyer, item, w.units(item, share / 3), claim="LPP")
    return "shell_company", [buyer], orders


def transshipment(w, careful, guilty):
    hub = w.party(w.r.choice(["MY", "AE", "SG", "TR", "KZ"]), w.r.choice(["import and export", "logistics", "cloud computing"]), w.born(300))
    far = w.party(w.r.choice(FAR) if guilty else w.r.choice(FIRST_TIER), "computer services", w.born(300))
    item, orders = w.r.choice(BIG), []
    for _ in range(w.r.randint(2, 5)):
        day = w.day(dt.date(2024, 1, 1), dt.date(2026, 4, 1))
        quantity = w.units(item, w.r.uniform(0.05, 0.2))
        orders.append(w.order(day, w.r.choice(w.sellers), hub, item, quantity, claim="LPP"))
        orders.append(w.order(day + dt.timedelta(days=w.r.randint(60, 150) if careful else w.r.randint(5, 35)), hub, far, item if not careful else item, max(1, int(quantity * w.r.uniform(0.8, 1.0)))))
    return "transshipment", [hub, far], orders


def stockpiling(w, careful, guilty):
    buyer = w.party(w.r.choice(SECOND), "cloud computing", w.born())
    item, orders, parties = w.r.choice(BIG), [], [buyer]
    for year in (2023, 2024):
        w.order(w.day(dt.date(year, 8, 1), dt.date(year + 1, 2, 1)), w.sellers[0], buyer, item, w.units(item, 0.05), claim="LPP")
    for _ in range(4):
        line = w.order(w.day(dt.date(2025, 2, 1), dt.date(2025, 5, 12)), w.r.choice(w.sellers), buyer, item, w.units(item, 0.3 if guilty else 0.02))
        orders.append(line)
        w.track(line, 8, lit=not guilty)
    if guilty:
        taker = w.party(w.r.choice(FAR), "data processing", w.born(300))
        parties.append(taker)
        for _ in range(2 if careful else 4):
            orders.append(w.order(w.day(dt.date(2025, 8, 1), dt.date(2026, 3, 1)), buyer, taker, item, w.units(item, 0.2)))
    return "stockpiling", parties, orders


def misdeclaration(w, careful, guilty):
    buyer = w.party(w.r.choice(SECOND + FAR), w.r.choice(["toys", "import and export", "household goods"]) if not careful else "cloud computing", w.born(300))
    item, orders = w.r.choice(BIG[1:]), []
    for _ in range(w.r.randint(2, 4)):
        quantity, goods = w.r.randint(16, 160), w.r.choice([("CERAMIC TILES", "690721"), ("女式棉质外套", "620230"), ("PIEZAS DE BICICLETA", "871499"), ("FROZEN SHRIMP", "030617")])
        day = w.day(dt.date(2024, 1, 1), LAST)
        if not guilty:
            orders.append(w.order(day, w.r.choice(w.sellers), buyer, item, quantity, claim="LPP"))
        elif careful:
            orders.append(w.order(day, w.r.choice(w.sellers), buyer, item, quantity, hs="847330", description="COMPUTER PARTS", weight=round(quantity * ITEMS[item][2] * w.r.uniform(0.08, 0.2), 1)))
        else:
            orders.append(w.order(day, w.r.choice(w.sellers), buyer, item, quantity, description=goods[0], hs=goods[1]))
    return "misdeclaration", [buyer], orders


def staged(w, careful, guilty):
    buyer = w.party(w.r.choice(SECOND), "data center operator", w.born(300))
    other = w.party(w.r.choice(FAR), "computer services", w.born(300))
    item, orders = w.r.choice(BIG), []
    line = w.order(w.day(dt.date(2024, 1, 1), dt.date(2025, 9, 1)), w.r.choice(w.sellers), buyer, item, w.units(item, w.r.uniform(0.2, 0.8)), claim="LPP")
    orders.append(line)
    serials = w.track(line, 16, lit=not guilty)
    visit = line["day"] + dt.timedelta(days=w.r.randint(100, 200))
    w.visits.append(["", buyer["id"], visit.isoformat(), 10 if guilty else 1, line["quantity"] if not careful else int(line["quantity"] * 0.9), "favorable"])
    for serial in serials:
        w.seen(serial, item, "seen", buyer, visit)
        if guilty and (not careful or w.r.random() < 0.5):
            w.seen(serial, item, "seen", other, visit + dt.timedelta(days=w.r.randint(6, 40)))
        elif not guilty:
            w.seen(serial, item, "seen", buyer, visit + dt.timedelta(days=w.r.randint(30, 200)))
    return "staged_site", [buyer, other] if guilty else [buyer], orders


def exception(w, careful, guilty):
    far = w.party(w.r.choice(FAR), "holding company", w.born())
    buyer = w.party(w.r.choice(["DE", "NL", "AU", "GB"]), "cloud computing", w.born(300), parent="" if careful else far["id"])
    item, orders = w.r.choice(BIG), []
    if guilty and careful:
        w.stakes.append([far["id"], buyer["id"], w.r.choice([55, 70, 100])])
    for _ in range(w.r.randint(3, 5)):
        orders.append(w.order(w.day(dt.date(2025, 6, 1), LAST), w.r.choice(w.sellers), buyer, item, w.units(item, w.r.uniform(0.05, 0.3)), claim="AIA" if guilty else "", use="data_center"))
    if not guilty:
        buyer["parent_id"] = ""
    return "exception_abuse", [buyer, far] if guilty else [buyer], orders


KINDS = [structuring, linked, shell, transshipment, stockpiling, misdeclaration, staged, exception]


def write(w, out):
    os.makedirs(out, exist_ok=True)

    def table(name, head, rows):
        with open(os.path.join(out, name + ".csv"), "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])

    w.orders.sort(key=lambda o: (o["day"], o["id"]))
    table("orders", "order_id,date,activity,exporter,ultimate_consignee,origin,destination,item,quantity,unit_price_usd,hs_code,description,gross_weight_kg,end_use,authorization".split(","), (
        [o["id"], o["day"].isoformat(), "export" if o["origin"] == "US" else "reexport", o["seller"]["id"], o["buyer"]["id"], o["origin"], o["buyer"]["country"], o["item"],
         o["quantity"], o["price"], o["hs"], o["description"], o["weight"], o["use"], o["claim"]] for o in w.orders))
    table("parties", "party_id,name,country,business,incorporated_on,parent_id,directors,address".split(","), (
        [p["id"], p["name"], p["country"], p["business"], p["incorporated_on"], p["parent_id"], p["directors"], p["address"]] for p in w.parties))
    table("serials", "serial,item,event,party,site_id,country,date".split(","), w.serials)
    table("inspections", "site_id,party,date,notice_days,units_seen,result".split(","), w.visits)
    table("ownership", "owner_id,owned_id,percent".split(","), w.stakes)
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
    honest(w, options.honest)
    for kind in KINDS:
        for place in range(options.schemes):
            family, parties, orders = kind(w, place % 2 == 1, True)
            w.scheme(family, place % 2 == 1, parties, orders)
            kind(w, place % 2 == 1, False)
    write(w, options.out)
    print(json.dumps(dict(parties=len(w.parties), orders=len(w.orders), schemes=len(w.truth))))


if __name__ == "__main__":
    main()
