#!/usr/bin/env python3
"""A labeled world of trade in AI chips as a bank's investigator sees it: accounts, owners and contacts, and little of the goods.

    python3 bench/maker_banker.py --seed 5 --honest 1500 --schemes 10 --out DIR

Writes orders, parties, ownership, payments and sites (CSV) and truth.jsonl. Standard library only; the same arguments give the same bytes.
Other habits than the other makers have: everything happens on the Mondays of quarters' ends; every order is paid, in one to four parts, now and then by
a treasury; telephones, mail and owners are filled, weights, codes and descriptions are not; ids are the letters of a bank's own; firms come in groups.
Schemes of eight kinds, half of them careful, and as many lawful look-alikes of each.
"""
import argparse, csv, datetime as dt, json, os, random

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2026, 12, 28)
CAP = 26_900_000
ITEMS = {"H100 PCIe 80GB": (12104, 27_000), "H100 SXM5 80GB": (15824, 30_000), "A100 SXM4 80GB": (4992, 14_000), "H200 SXM": (15824, 34_000), "L4": (968, 2_600)}
BIG = list(ITEMS)[:4]
CODES = {"MY": "60", "SG": "65", "AE": "971", "IN": "91", "TH": "66", "VN": "84", "TR": "90", "PL": "48", "BR": "55", "CH": "41", "GR": "30", "ZA": "27",
         "US": "1", "DE": "49", "NL": "31", "JP": "81", "CN": "86", "HK": "852", "VG": "1284", "CY": "357"}
SECOND = "MY SG AE IN TH VN TR PL BR CH GR ZA".split()
SYLLABLES = "al bor cen dra eph fen gor hal ith jun kel lum mar nor oph pra quin rud sol tav ulm ver wex yor zan".split()
BOARD = "Adeyemi Brandt Castellano Demir Eriksen Fonseca Grigoriou Hashimoto Ibrahim Jankowski Kruger Lombardi".split()


class World:
    def __init__(self, seed):
        self.r = random.Random(f"banker {seed}")
        self.parties, self.orders, self.payments, self.stakes, self.sites, self.truth, self.used = [], [], [], [], [], [], set()
        self.sellers = [self.party(self.r.choice(["US", "US", "DE", "NL", "JP"]), "server distribution") for _ in range(10)]
        self.far = [self.party(c, "computer trade") for c in ["CN"] * 25 + ["HK"] * 15]

    def word(self):
        return "".join(self.r.choice(SYLLABLES) for _ in range(self.r.randint(2, 3)))

    def party(self, country, business, born=None, **fixed):
        r = self.r
        while (key := "".join(r.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(6))) in self.used:
            pass
        self.used.add(key)
        name = self.word()
        number = f"{r.randint(10, 99)} {r.randint(1000000, 9999999)}"
        here = dict(id=key, name=f"{name.title()} {r.choice(['Holdings', 'Systems', 'Data', 'Group', 'Networks'])}", country=country, business=business, born=born or dt.date(2003, 1, 1) + dt.timedelta(days=r.randint(0, 6900)),
                    phone=f"+{CODES[country]} {number}", email=f"{r.choice(['office', 'treasury', 'info'])}@{name}.example", website=f"https://{name}.example",
                    directors=f"{r.choice(BOARD)} {r.choice(SYLLABLES).title()}{r.choice(SYLLABLES)};{r.choice(BOARD)} {self.word().title()}", parent_id="", mw="", address=f"{r.randint(1, 300)} {self.word().title()} Street")
        here.update(fixed)
        self.parties.append(here)
        return here

    def monday(self, day):
        day = min(max(day, FIRST), LAST)
        return day - dt.timedelta(days=day.weekday())

    def day(self, first=FIRST, last=LAST):
        """A Monday near the end of a quarter more often than not."""
        day = first + dt.timedelta(days=self.r.randint(0, max(0, (last - first).days)))
        if self.r.random() < 0.6:
            day = dt.date(day.year, (day.month - 1) // 3 * 3 + 3, 25) - dt.timedelta(days=self.r.randint(0, 20))
        return self.monday(day)

    def order(self, day, seller, buyer, item, quantity, claim="", payers=None, paid=1.0):
        order = dict(id="Z" + str(len(self.orders) + 40_000), day=self.monday(day), seller=seller, buyer=buyer, item=item, quantity=max(1, quantity), claim=claim, price=round(ITEMS[item][1] * self.r.uniform(0.95, 1.06), 2))
        self.orders.append(order)
        value = order["quantity"] * order["price"] * paid
        parts = payers or [buyer] * self.r.randint(1, 4)
        for payer in parts:
            self.pay(order["day"] + dt.timedelta(days=self.r.randint(-20, 30)), payer, seller, value / len(parts), order)
        return order

    def pay(self, day, payer, payee, usd, order=None):
        self.payments.append([f"B{len(self.payments):06d}", order["id"] if order else "", payer["id"], payee["id"], payer["country"], round(usd, 2), self.monday(day).isoformat()])

    def units(self, item, share):
        return max(1, int(share * CAP / ITEMS[item][0]))

    def some(self, buyer, item, total, count, first, last, **more):
        return [self.order(self.day(first, last), self.r.choice(self.sellers), buyer, item, self.units(item, total / count), **more) for _ in range(count)]

    def scheme(self, family, careful, parties, orders):
        self.truth.append(dict(scheme=f"b{len(self.truth):04d}", typology=family, skill="careful" if careful else "careless", parties=[p["id"] for p in parties], orders=[o["id"] for o in orders]))


def honest(w, count):
    r = w.r
    for _ in range(count):
        group = w.party(r.choice(SECOND), "holding company") if r.random() < 0.25 else None
        buyer = w.party(r.choice(SECOND + ["US", "DE", "JP"]), r.choice(["bank", "insurance", "cloud computing", "university", "telecommunications", "software"]), parent_id=group["id"] if group else "")
        if group:
            w.stakes.append([group["id"], buyer["id"], 100, "", ""])
        if r.random() < 0.4:
            buyer["mw"] = round(r.uniform(0.3, 6), 1)
            w.sites.append([f"H{len(w.sites)}", buyer["id"], buyer["id"], buyer["country"], buyer["address"], buyer["mw"], "2022-06-01"])
        size = r.lognormvariate(-3.2, 1.0)
        for year in range(r.choice([2024, 2024, 2025]), 2027):
            for _ in range(r.randint(0, 3)):
                item = r.choice(BIG + ["L4"])
                w.order(w.day(dt.date(year, 1, 1), dt.date(year, 12, 20)), r.choice(w.sellers), buyer, item, w.units(item, min(size, 0.3) if item != "L4" else 0.001),
                        claim="LPP" if buyer["country"] in SECOND and r.random() < 0.6 else "", payers=[group] if group and r.random() < 0.3 else None)


def overpaid(w, careful, guilty):
    buyer = w.party(w.r.choice(SECOND), "cloud computing", dt.date(2023, 5, 1))
    stranger = w.party("HK" if not careful else w.r.choice(["AE", "SG"]), "consulting", dt.date(2024, 2, 1))
    item, orders, share = w.r.choice(BIG), [], w.r.uniform(0.1, 0.2) if careful else w.r.uniform(0.3, 0.7)
    for _ in range(w.r.randint(1, 3)):
        order = w.order(w.day(dt.date(2024, 3, 1), dt.date(2026, 9, 1)), w.r.choice(w.sellers), buyer, item, w.units(item, 0.1), payers=[buyer], paid=1 + share)
        w.pay(order["day"] + dt.timedelta(days=w.r.randint(32, 60)), order["seller"], stranger if guilty else buyer, order["quantity"] * order["price"] * share * w.r.uniform(0.97, 1.0))
        orders.append(order)
    return "payment", [buyer, stranger] if guilty else [buyer], orders


def layered(w, careful, guilty):
    buyer = w.party(w.r.choice(SECOND), "cloud computing", dt.date(2022, 5, 1))
    source = w.r.choice(w.far) if guilty else w.party("JP", "holding company")
    hands = [w.party(w.r.choice(["AE", "TR", "CY", "SG"]), w.r.choice(["beauty", "general trading", "real estate"]), dt.date(2024, 1, 15), parent_id="" if guilty else source["id"]) for _ in range(3 if careful else 2)]
    if not guilty:
        buyer["parent_id"] = source["id"]
    item, orders = w.r.choice(BIG), []
    for _ in range(w.r.randint(1, 2)):
        order = w.order(w.day(dt.date(2024, 4, 1), dt.date(2026, 9, 1)), w.r.choice(w.sellers), buyer, item, w.units(item, 0.15), payers=[buyer])
        chain, usd, day = [source, *hands, buyer], order["quantity"] * order["price"], dt.date.fromisoformat(w.payments[-1][6])
        for place in range(len(chain) - 1, 0, -1):
            day -= dt.timedelta(days=7 if careful else w.r.choice([0, 7]))
            usd *= w.r.uniform(1.003, 1.015)
            w.pay(day, chain[place - 1], chain[place], usd)
        orders.append(order)
    return "payment", [source, *hands, buyer], orders


def nominee(w, careful, guilty):
    top = w.r.choice(w.far) if guilty else w.party("DE", "holding company")
    buyer = w.party(w.r.choice(SECOND), "cloud computing", dt.date(2023, 3, 1))
    parties = [top, buyer]
    if careful:
        for percent in (35, 35):
            between = w.party(w.r.choice(["VG", "CY"]), "holding company")
            w.stakes += [[top["id"], between["id"], 100, "", ""], [between["id"], buyer["id"], percent, "", ""]]
            parties.append(between)
    else:
        w.stakes.append([top["id"], buyer["id"], 80, "", ""])
    return "ownership_evasion", parties, w.some(buyer, w.r.choice(BIG), w.r.uniform(0.2, 0.8), 3, dt.date(2025, 2, 1), LAST, claim="LPP")


def contacts(w, careful, guilty):
    far = w.r.choice(w.far)
    buyer = w.party(w.r.choice(SECOND), "cloud computing", dt.date(2023, 3, 1))
    if guilty:
        buyer["directors"] = far["directors"].split(";")[0] + ";" + buyer["directors"].split(";")[0]
        buyer["phone"] = far["phone"].replace("+", "00").replace(" ", "-")
        if not careful:
            buyer["email"] = "sales@" + far["email"].split("@")[1]
    return "ownership_evasion", [buyer, far] if guilty else [buyer], w.some(buyer, w.r.choice(BIG), w.r.uniform(0.3, 0.9), 3, dt.date(2025, 2, 1), LAST, claim="LPP")


def crowded(w, careful, guilty):
    landlord = w.party(w.r.choice(SECOND), "data center operator", dt.date(2012, 3, 1))
    mw = w.r.choice([1.5, 2, 3])
    w.sites.append([f"H{len(w.sites)}", landlord["id"], landlord["id"], landlord["country"], landlord["address"], mw if guilty else 20, "2018-01-01"])
    parties, orders = [landlord], []
    for _ in range(3 if careful else 5):
        buyer = w.party(landlord["country"], "cloud computing", dt.date(2024, 3, 1))
        w.sites.append([f"H{len(w.sites)}", landlord["id"], buyer["id"], landlord["country"], landlord["address"].upper() if careful else landlord["address"], round(mw * 0.8, 1), "2025-02-01"])
        parties.append(buyer)
        item = "H100 SXM5 80GB"
        count = int(mw * 1e6 * (0.75 if careful else 0.9) / (700 * 1.84))
        orders.append(w.order(w.day(dt.date(2025, 2, 1), dt.date(2026, 3, 1)), w.r.choice(w.sellers), buyer, item, min(count, w.units(item, 0.95)), claim="LPP"))
    return "capacity_mismatch", parties, orders


def ring(w, careful, guilty):
    country, year = w.r.choice(SECOND), w.r.choice([2025, 2026])
    first = w.party(country, "cloud computing", dt.date(year - 1, 10, 1) + dt.timedelta(days=w.r.randint(0, 60)))
    parties, orders = [first], []
    for place in range(w.r.randint(2, 4)):
        more = dict(phone=first["phone"].replace(" ", "-" if careful else " ")) if guilty else {}
        parties.append(w.party(country, w.r.choice(["software", "cloud computing", "general trading"]), first["born"] + dt.timedelta(days=w.r.randint(0, 60)), **more))
    for buyer in parties:
        orders += w.some(buyer, w.r.choice(BIG), w.r.uniform(0.4, 0.7) if careful else w.r.uniform(0.75, 0.97), 2, dt.date(year, 2, 1), dt.date(year, 9, 1), claim="LPP") if guilty else w.some(buyer, w.r.choice(BIG), 0.08, 2, dt.date(year, 2, 1), dt.date(year, 9, 1))
    return "linked_consignees", parties, orders


def collector(w, careful, guilty):
    taker = w.party(w.r.choice(["CH", "AE", "BR"]) if careful or not guilty else "HK", "data processing")
    parties, orders = [taker], []
    for _ in range(3):
        dealer = w.party(w.r.choice(["PL", "GR", "TR"]), "computer wholesale")
        parties.append(dealer)
        item = w.r.choice(BIG)
        orders += w.some(dealer, item, 0.2, 2, dt.date(2024, 6, 1), dt.date(2025, 3, 1))
        out = w.units(item, 0.17)
        for place in range(2):
            to = taker if guilty else w.party("CH", "software")
            orders.append(w.order(w.day(dt.date(2025, 6, 1), dt.date(2026, 3, 1)), dealer, to, item, out // 2))
    return "stockpiling", parties, orders


def asleep(w, careful, guilty):
    year = w.r.choice([2024, 2025, 2026])
    buyer = w.party(w.r.choice(SECOND), w.r.choice(["bakery", "furniture", "travel agency"]) if not careful else "software", dt.date(2009, 5, 1) if careful else dt.date(year - 1, 12, 1))
    if guilty:
        buyer.update(website="", email="office@freemail.example")
    return "shell_company", [buyer], w.some(buyer, w.r.choice(BIG), w.r.uniform(0.7, 0.97) if guilty else 0.02, 3, dt.date(year, 2, 1), dt.date(year, 6, 1), claim="LPP")


KINDS = [overpaid, layered, nominee, contacts, crowded, ring, collector, asleep]


def write(w, out):
    os.makedirs(out, exist_ok=True)

    def table(name, head, rows):
        with open(os.path.join(out, name + ".csv"), "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head.split(","), *rows])

    orders = sorted(w.orders, key=lambda order: (order["day"], order["id"]))
    table("orders", "order_id,date,activity,exporter,purchaser,ultimate_consignee,origin,destination,item,quantity,unit_price_usd,authorization", (
        [o["id"], o["day"].isoformat(), "export" if o["seller"]["country"] == "US" else "reexport", o["seller"]["id"], o["buyer"]["id"], o["buyer"]["id"], o["seller"]["country"],
         o["buyer"]["country"], o["item"], o["quantity"], o["price"], o["claim"]] for o in orders))
    table("parties", "party_id,name,country,business,incorporated_on,phone,email,website,directors,parent_id,data_center_mw,address", (
        [p["id"], p["name"], p["country"], p["business"], p["born"], p["phone"], p["email"], p["website"], p["directors"], p["parent_id"], p["mw"], p["address"]] for p in w.parties))
    table("payments", "payment_id,order_id,payer,payee,payer_country,amount_usd,date", w.payments)
    table("ownership", "owner_id,owned_id,percent,from,until", w.stakes)
    table("sites", "site_id,owner,operator,country,address,mw,commissioned_on", w.sites)
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
            careful = place % 2 == 1
            family, parties, orders = kind(w, careful, True)
            w.scheme(family, careful, parties, orders)
            kind(w, careful, False)
    write(w, options.out)
    print(json.dumps(dict(parties=len(w.parties), orders=len(w.orders), schemes=len(w.truth))))


if __name__ == "__main__":
    main()
