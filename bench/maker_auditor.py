#!/usr/bin/env python3
"""A labeled world of trade in AI chips as a tax auditor's files show it: taxpayers over years, stakes that change hands, payments in batches at the month's end.

    python3 bench/maker_auditor.py --seed 5 --honest 1500 --schemes 10 --out DIR

Writes orders, parties, ownership, payments, sites and inspections (CSV) and truth.jsonl. Standard library only; the same arguments give the same bytes.
Other habits than the other makers have: five years of small yearly trade; firms pay at the month's end, several orders at once and then under no order's number; stakes have
a first and a last day; ids are tax numbers; directors and register numbers are filled, telephones and webs seldom; customs values stand, weights, descriptions and serial
numbers do not; halls come from the property tax.
Honest trade has what looks wrong: holding companies with many daughters, a fund that holds a fifth of everything, Chinese owners who sold years ago, accountants' addresses
that a hundred firms share, leasing banks that pay for many, dealers with many takers, new daughters of old groups, December budgets, prices that fell by a third in 2026.
Schemes of eleven kinds, half of them careful, and as many lawful look-alikes of each.
"""
import argparse, csv, datetime as dt, json, os, random

FIRST, LAST = dt.date(2022, 1, 10), dt.date(2026, 12, 20)
CAP = 26_900_000
# Item: TPP of a unit, dollars, watts.
ITEMS = {"H100 SXM5 80GB": (15824, 30_000, 700), "H100 PCIe 80GB": (12104, 26_500, 350), "A100 SXM4 80GB": (4992, 13_800, 400), "H200 SXM": (15824, 33_000, 700), "L4": (968, 2_500, 72)}
BIG = list(ITEMS)[:4]
SECOND = "MY SG AE IN TH VN TR PL PT GR CZ HU MX BR CL QA SA ZA ID PH".split()
ALLIES = "DE NL JP KR GB FR SE".split()
GIVEN = "Amara Bruno Chiara Dmitri Elif Farid Greta Hana Imre Jorge Katya Leila Marek Nadia Oskar Paola Quentin Rania Stefan Tomas Ursula Viktor Wanda Yusuf Zofia".split()
FAMILY = "Achterberg Balogun Carvalho Dimitrov Estrada Fairweather Gunawan Horvat Inoue Jimenez Kamara Lindholm Mahmoud Novotny Oduya Petridis Qureshi Rossetti Santoso Thorsen Uzun Vasquez Wibowo Yilmaz Zielinski".split()
CHINESE = "Chen Wei;Lin Jian;Zhou Hong;Xu Lei;Guo Yan;Deng Bo;Peng Tao;Shen Rui;Cao Min;Han Qiang".split(";")
STEMS = "Alder Birch Cedar Dogwood Elm Fern Gorse Hazel Ivy Jasmine Kauri Larch Maple Nettle Olive Pine Quince Rowan Spruce Tamarind Ulmus Viburnum Walnut Yew Zelkova".split()
ENDS = "Analytics Compute Services Industries Engineering Digital Partners Technology Solutions Informatics".split()
TRADES = "cloud computing;telecommunications;university;bank;insurance;pharmaceutical research;software;automotive;oil and gas;media;data center operator".split(";")


class World:
    def __init__(self, seed):
        self.r = random.Random(f"auditor {seed}")
        self.parties, self.orders, self.payments, self.stakes, self.sites, self.visits, self.truth, self.debts, self.used = [], [], [], [], [], [], [], {}, set()
        self.sellers = [self.party(self.r.choice(["US", "US", "US", "NL", "JP", "KR"]), "computer manufacturing", dt.date(1992, 4, 1)) for _ in range(8)]
        self.far = [self.party(c, self.r.choice(["holding company", "cloud computing", "computer trade"]), directors=self.r.choice(CHINESE)) for c in ["CN"] * 35 + ["HK"] * 15]
        self.agents = [f"c/o {self.r.choice(FAMILY)} & Partners, {self.r.randint(1, 90)} {self.r.choice(STEMS)} Square" for _ in range(6)]
        self.lessors = [self.party(c, "leasing bank", dt.date(1955, 1, 1)) for c in ("DE", "GB", "SG", "NL")]

    def party(self, country, business, born=None, **fixed):
        r = self.r
        while (key := f"{country}{r.randint(10**8, 10**9 - 1)}") in self.used:
            pass
        self.used.add(key)
        name = f"{r.choice(STEMS)} {r.choice(STEMS)} {r.choice(ENDS)}"
        here = dict(id=key, name=name, country=country, hq="", business=business, born=born or dt.date(r.randint(1970, 2020), r.randint(1, 12), r.randint(1, 28)), registry=f"{r.randint(100, 999)}-{r.randint(10000, 99999)}",
                    directors=";".join(f"{r.choice(GIVEN)} {r.choice('ABCDEFGHJKLMNPRST')}. {r.choice(FAMILY)}" for _ in range(r.randint(1, 3))), parent="", mw="",
                    phone=f"+{r.randint(10, 99)}{r.randint(10**8, 10**9 - 1)}" if r.random() < 0.1 else "", website=f"{name.replace(' ', '').lower()}.example" if r.random() < 0.3 else "", address=f"{r.randint(1, 700)} {r.choice(STEMS)} Lane, District {r.randint(1, 40)}")
        here.update(fixed)
        self.parties.append(here)
        return here

    def hold(self, owner, owned, percent, since="", until=""):
        self.stakes.append([owner["id"], owned["id"], percent, since and since.isoformat(), until and until.isoformat()])

    def month_end(self, day):
        return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)

    def day(self, first=FIRST, last=LAST):
        """Any working day, a December one in a quarter of cases."""
        day = first + dt.timedelta(days=self.r.randint(0, max(0, (last - first).days)))
        if self.r.random() < 0.25 and dt.date(day.year, 12, 18) <= last:
            day = dt.date(day.year, 12, self.r.randint(1, 18))
        return day - dt.timedelta(days=max(0, day.weekday() - 4))

    def order(self, day, seller, to, item, quantity, claim="", price=1.0, payer=None, paid=True):
        fall = 0.68 if day.year >= 2026 else 1.0
        here = dict(id=f"TX{len(self.orders) + 1:07d}", day=min(max(day, FIRST), LAST), seller=seller, to=to, item=item, quantity=max(1, int(quantity)), claim=claim, price=round(ITEMS[item][1] * fall * price * self.r.uniform(0.96, 1.05), 2))
        self.orders.append(here)
        if paid:
            self.debts.setdefault(((payer or to)["id"], seller["id"], self.month_end(here["day"])), []).append((payer or to, here))
        return here

    def pay(self, day, payer, payee, usd, order=""):
        self.payments.append([f"V{len(self.payments):06d}", order, payer["id"], payee["id"], payer["country"], round(usd, 2), day.isoformat()])

    def settle(self):
        """What a firm owes one seller for a month is paid at once."""
        for (_, _, day), rows in self.debts.items():
            usd = sum(o["quantity"] * o["price"] for _, o in rows)
            self.pay(day, rows[0][0], rows[0][1]["seller"], usd, rows[0][1]["id"] if len(rows) == 1 else "")

    def units(self, item, share):
        return max(1, int(share * CAP / ITEMS[item][0]))

    def some(self, to, item, share, count, first, last, **more):
        return [self.order(self.day(first, last), self.r.choice(self.sellers), to, item, self.units(item, share / count), **more) for _ in range(count)]

    def hall(self, owner, mw, since="2021-03-01", operator=None):
        self.sites.append([f"P{len(self.sites)}", owner["id"], (operator or owner)["id"], owner["country"], owner["address"], round(mw, 2), since])
        return self.sites[-1][0]

    def power(self, orders, slack):
        return sum(o["quantity"] * ITEMS[o["item"]][2] * 2.0 for o in orders) / 1e6 * slack

    def scheme(self, family, careful, parties, orders):
        self.truth.append(dict(scheme=f"t{len(self.truth):04d}", typology=family, skill="careful" if careful else "careless", parties=[p["id"] for p in parties], orders=[o["id"] for o in orders]))


def taxpayers(w, count):
    r = w.r
    for _ in range(count):
        to = w.party(r.choice(SECOND + ALLIES), r.choice(TRADES))
        if r.random() < 0.15:
            to["address"] = r.choice(w.agents)
        group = None
        if r.random() < 0.3:
            group = w.party(r.choice(ALLIES + ["US", to["country"]]), "holding company")
            to["parent"] = group["id"]
            w.hold(group, to, r.choice([51, 75, 100]), dt.date(r.randint(2005, 2021), 1, 1))
        if r.random() < 0.05:
            w.hold(r.choice(w.far), to, r.choice([30, 60, 100]), dt.date(2014, 6, 1), dt.date(r.randint(2017, 2021), 6, 1))
        if r.random() < 0.04:
            w.hold(r.choice(w.far), to, r.choice([5, 10, 20]), dt.date(2019, 6, 1))
        payer = group if group and r.random() < 0.3 else r.choice(w.lessors) if r.random() < 0.08 else None
        share, orders = min(r.lognormvariate(-3.4, 1.1), 0.5), []
        for year in range(r.choice([2022, 2022, 2023, 2024, 2025]), 2027):
            for _ in range(r.randint(0, 2)):
                item = r.choice(BIG + ["L4"])
                orders.append(w.order(w.day(dt.date(year, 1, 10), dt.date(year, 12, 18)), r.choice(w.sellers), to, item, w.units(item, share * r.uniform(0.4, 1.1) if item != "L4" else 0.002), payer=payer,
                                      claim="LPP" if year > 2024 and to["country"] in SECOND and r.random() < 0.7 else ""))
        if orders and r.random() < 0.4:
            to["mw"] = round(w.power(orders, r.uniform(1.1, 3)), 2)
            w.hall(to, to["mw"])


def holdings(w, count):
    """A private fund with many daughters, all of one address and of the same two directors, each with a little."""
    for _ in range(count):
        fund = w.party(w.r.choice(SECOND + ALLIES), "private equity")
        for _ in range(w.r.randint(3, 8)):
            to = w.party(w.r.choice([fund["country"], w.r.choice(SECOND)]), w.r.choice(TRADES), parent=fund["id"], directors=fund["directors"], address=fund["address"] if w.r.random() < 0.5 else w.r.choice(w.agents))
            w.hold(fund, to, w.r.choice([60, 80, 100]), dt.date(w.r.randint(2010, 2023), 4, 1))
            w.some(to, w.r.choice(BIG), 0.04, w.r.randint(1, 3), dt.date(2023, 1, 1), LAST, payer=fund if w.r.random() < 0.5 else None)


def dealers(w, count):
    for _ in range(count):
        stock = w.party(w.r.choice(SECOND), "computer wholesale")
        takers = [w.party(w.r.choice([stock["country"]] * 3 + SECOND + ALLIES), w.r.choice(TRADES)) for _ in range(w.r.randint(4, 10))]
        for year in range(2022, 2027):
            item = w.r.choice(BIG)
            for order in w.some(stock, item, w.r.uniform(0.08, 0.3), 2, dt.date(year, 1, 10), dt.date(year, 9, 1)):
                for taker in w.r.sample(takers, 3):
                    w.order(w.day(order["day"] + dt.timedelta(days=20), order["day"] + dt.timedelta(days=100)), stock, taker, item, order["quantity"] // 4, price=1.08)


def structuring(w, careful, guilty):
    """An allowance on each side of New Year, or three years just below it by one with no hall; lawful: a budget's end, a tenth as much."""
    to = w.party(w.r.choice(SECOND), w.r.choice(["cloud computing", "software"]), dt.date(w.r.randint(2012, 2022), 5, 1))
    item, orders = w.r.choice(BIG), []
    if careful:
        for year in (2025, 2026):
            orders += w.some(to, item, w.r.uniform(0.93, 0.995) if guilty else 0.1, 3, dt.date(year, 2, 1), dt.date(year, 11, 20), claim="LPP")
    else:
        share = w.r.uniform(0.85, 0.99) if guilty else 0.1
        for first, last in [(dt.date(2025, 12, 4), dt.date(2025, 12, 18)), (dt.date(2026, 1, 6), dt.date(2026, 1, 28))]:
            orders += w.some(to, item, share, 2, first, last, claim="LPP")
    return "structuring", [to], orders


def linked(w, careful, guilty):
    """Firms of one hand: the same directors and payer, or only an owner's cousins with 40 percent each; lawful: daughters that say so and stay below together."""
    country, year = w.r.choice(SECOND), w.r.choice([2025, 2026])
    owner = w.party(w.r.choice([country, "AE", "SG"]), "holding company", dt.date(year - 1, 2, 1) if guilty else None)
    parties, orders, item = [], [], w.r.choice(BIG)
    for _ in range(w.r.randint(3, 5)):
        party = w.party(country, w.r.choice(["cloud computing", "software", "consulting"]), dt.date(year - 1, w.r.randint(4, 10), w.r.randint(1, 28)) if guilty else None)
        if guilty and careful:
            w.hold(owner, party, 40, dt.date(year - 1, 11, 1))
        elif guilty:
            party["directors"] = owner["directors"]
        else:
            party["parent"] = owner["id"]
            w.hold(owner, party, 100, dt.date(2015, 1, 1))
        parties.append(party)
        orders += w.some(party, item, (w.r.uniform(0.4, 0.7) if careful else w.r.uniform(0.7, 0.95)) if guilty else 0.1, 3, dt.date(year, 2, 1), dt.date(year, 8, 1), claim="LPP", payer=owner if careful or not guilty else None)
    return "linked_consignees", parties, orders


def shell(w, careful, guilty):
    """An old firm of another trade, bought by a stranger weeks before; or a new one; lawful: a new daughter of an old group, with its hall."""
    year = w.r.choice([2025, 2026])
    start = dt.date(year, w.r.randint(2, 5), 3)
    owner = w.party(w.r.choice(["AE", "SG", "VN"]) if guilty else w.r.choice(ALLIES), "holding company", dt.date(year - 1, 9, 1) if guilty else dt.date(1975, 5, 1))
    to = w.party(w.r.choice(SECOND), w.r.choice(["garments", "bakery", "travel agency"]) if guilty and careful else "IT services", dt.date(2007, 5, 1) if careful and guilty else start - dt.timedelta(days=w.r.randint(25, 80)), address=w.r.choice(w.agents), website="")
    w.hold(owner, to, 100, start - dt.timedelta(days=w.r.randint(20, 60)))
    item = w.r.choice(BIG)
    orders = w.some(to, item, w.r.uniform(0.7, 0.98), 3, start, start + dt.timedelta(days=100), claim="LPP")
    if not guilty:
        to["parent"] = owner["id"]
        w.hall(to, w.power(orders, 1.3), f"{year}-01-15")
    return "shell_company", [to], orders


def transshipment(w, careful, guilty):
    """Sold on to China, or to another hand that China pays; lawful: sold on to a firm of a friendly country that pays itself."""
    hub = w.party(w.r.choice(["MY", "AE", "SG", "TR", "IN"]), "computer trade", dt.date(w.r.randint(2010, 2023), 3, 1))
    far = w.r.choice(w.far)
    end = w.party(w.r.choice(["VN", "TH", "ID"]) if guilty else w.r.choice(ALLIES), "computer services", dt.date(2021, 4, 1)) if careful or not guilty else far
    item, orders = w.r.choice(BIG), []
    for _ in range(w.r.randint(2, 4)):
        order = w.order(w.day(dt.date(2023, 1, 1), dt.date(2026, 5, 1)), w.r.choice(w.sellers), hub, item, w.units(item, w.r.uniform(0.08, 0.25)))
        on = w.order(order["day"] + dt.timedelta(days=w.r.randint(15, 75)), hub, end, item, order["quantity"] * w.r.uniform(0.9, 1.0), price=1.35 if guilty else 1.08, payer=far if careful and guilty else end)
        orders += [order, on]
    return "transshipment", [hub, end] + ([far] if careful and guilty else []), orders


def stockpiling(w, careful, guilty):
    """Five to twenty times the yearly purchase before the day of the rule, and no hall for it; lawful: a hall opened that year."""
    to = w.party(w.r.choice(SECOND), w.r.choice(["software", "telecommunications"]), dt.date(2009, 5, 1))
    item = w.r.choice(BIG)
    for year in (2022, 2023, 2024):
        w.some(to, item, 0.05, 2, dt.date(year, 1, 10), dt.date(year, 12, 10))
    orders = w.some(to, item, w.r.uniform(0.5, 0.7) if careful else w.r.uniform(0.9, 1.4), 4, dt.date(2025, 1, 20), dt.date(2025, 5, 10))
    if guilty:
        buyer = w.r.choice(w.far) if not careful else w.party("AE", "computer trade", dt.date(2025, 3, 1))
        orders += [w.order(w.day(dt.date(2025, 9, 1), dt.date(2026, 4, 1)), to, buyer, item, w.units(item, 0.15), price=1.4) for _ in range(2)]
    else:
        w.hall(to, w.power(orders, 1.3), "2025-02-01")
    return "stockpiling", [to], orders


def crowded(w, careful, guilty):
    """Power that the property tax knows is a fraction of what the goods draw; lawful: enough, in two halls."""
    to = w.party(w.r.choice(SECOND), "data center operator", dt.date(2013, 8, 1))
    item = w.r.choice(["H100 SXM5 80GB", "H200 SXM"])
    orders = [o for year in (2024, 2025, 2026) for o in w.some(to, item, w.r.uniform(0.4, 0.8), 2, dt.date(year, 1, 10), dt.date(year, 12, 10), claim="LPP" if year > 2024 else "")]
    mw = w.power(orders, (0.4 if careful else 0.12) if guilty else 0.6)
    w.hall(to, mw)
    if not guilty:
        w.hall(to, mw, "2024-01-10")
    to["mw"] = round(mw if guilty else 2 * mw, 2)
    return "capacity_mismatch", [to], orders


def misdeclaration(w, careful, guilty):
    """Invoices far below what others pay that month, the rest by another way; lawful: used goods of an old kind a third below."""
    to = w.party(w.r.choice(SECOND), w.r.choice(["computer trade", "software"]))
    third = w.party(w.r.choice(["AE", "SG"]), "consulting", dt.date(2024, 1, 20)) if careful and guilty else None
    item, orders = w.r.choice(BIG if guilty else ["A100 SXM4 80GB"]), []
    for _ in range(w.r.randint(2, 4)):
        share = (w.r.uniform(0.3, 0.45) if careful else w.r.uniform(0.04, 0.2)) if guilty else w.r.uniform(0.6, 0.75)
        order = w.order(w.day(dt.date(2024, 1, 20), dt.date(2026, 10, 1)), w.r.choice(w.sellers), to, item, w.units(item, w.r.uniform(0.03, 0.15)), price=share)
        if third:
            w.pay(w.month_end(order["day"]), third, order["seller"], order["quantity"] * order["price"] * (1 / share - 1))
        orders.append(order)
    return "misdeclaration", [to] + ([third] if third else []), orders


def behind(w, careful, guilty):
    """A Chinese owner who sold to a nominee on paper, or holds through two; lawful: one that sold years ago, or holds a fifth."""
    top = w.r.choice(w.far)
    to = w.party(w.r.choice(SECOND), "cloud computing", dt.date(w.r.randint(2016, 2022), 5, 1))
    parties, start = [to, top], dt.date(2025, 2, 1)
    if not guilty:
        w.hold(top, to, 20 if careful else 80, dt.date(2016, 6, 1), "" if careful else dt.date(2020, 6, 1))
    elif careful:
        for percent in (30, 31):
            between = w.party(w.r.choice(["AE", "SG"]), "holding company", dt.date(2023, 2, 1))
            w.hold(top, between, 100, dt.date(2023, 3, 1))
            w.hold(between, to, percent, dt.date(2023, 4, 1))
            parties.append(between)
    else:
        front = w.party(w.r.choice(["AE", "SG"]), "holding company", dt.date(2024, 10, 1), directors=top["directors"])
        w.hold(top, to, 80, dt.date(2019, 6, 1), dt.date(2025, 1, 5))
        w.hold(front, to, 80, dt.date(2025, 1, 5))
        to["directors"] = top["directors"] + ";" + to["directors"]
        parties.append(front)
    return "ownership_evasion", parties, w.some(to, w.r.choice(BIG), w.r.uniform(0.3, 0.8), 4, start, LAST, claim="LPP")


def payment(w, careful, guilty):
    """Money from China the week before what is due, by loans to the buyer or by a stranger; lawful: the lessor pays, or the group lends."""
    source = w.r.choice(w.far) if guilty else w.party(w.r.choice(ALLIES), "holding company")
    to = w.party(w.r.choice(SECOND), "cloud computing", dt.date(2020, 5, 1), parent="" if guilty else source["id"])
    hand = w.party(w.r.choice(["AE", "TR", "SG"]), "general trading", dt.date(2024, 1, 20)) if careful and guilty else None
    item, orders = w.r.choice(BIG), []
    for _ in range(w.r.randint(2, 3)):
        order = w.order(w.day(dt.date(2024, 3, 1), dt.date(2026, 10, 1)), w.r.choice(w.sellers), to, item, w.units(item, w.r.uniform(0.1, 0.3)), payer=source if guilty and not careful else None)
        usd, day = order["quantity"] * order["price"], w.month_end(order["day"])
        if careful or not guilty:
            for payer, payee, lag in ([(source, hand, 12), (hand, to, 5)] if hand else [(source, to, 6)]):
                w.pay(day - dt.timedelta(days=lag), payer, payee, usd * w.r.uniform(1.0, 1.02))
        orders.append(order)
    return "payment", [p for p in (to, source, hand) if p and (guilty or p is to)], orders


def staged(w, careful, guilty):
    """A tax visit counts less than was bought, or all of it and then the goods are sold; lawful: all counted, after two days' notice."""
    to = w.party(w.r.choice(SECOND), "data center operator", dt.date(2015, 5, 1))
    item = w.r.choice(BIG)
    orders = w.some(to, item, w.r.uniform(0.3, 0.9), 3, dt.date(2024, 1, 20), dt.date(2025, 6, 1))
    place = w.hall(to, w.power(orders, 1.4))
    total, visit = sum(o["quantity"] for o in orders), max(o["day"] for o in orders) + dt.timedelta(days=w.r.randint(120, 200))
    w.visits.append([place, to["id"], visit.isoformat(), 14 if guilty else 2, total if careful or not guilty else int(total * w.r.uniform(0.05, 0.5)), "favorable" if careful or not guilty else "unfavorable"])
    if careful and guilty:
        orders.append(w.order(visit + dt.timedelta(days=w.r.randint(14, 60)), to, w.r.choice(w.far), item, total * w.r.uniform(0.5, 0.9)))
    return "staged_site", [to], orders


def exception(w, careful, guilty):
    """An exception for those of friendly countries, claimed by one whom a Chinese group holds; or past the allowance; lawful: held by an allied group."""
    top = w.r.choice(w.far) if guilty else w.party(w.r.choice(ALLIES), "telecommunications")
    to = w.party(w.r.choice(ALLIES), "cloud computing", dt.date(2018, 4, 1), parent="" if careful else top["id"])
    w.hold(top, to, 70 if careful else 100, dt.date(2021, 3, 1))
    return "exception_abuse", [to, top] if guilty else [to], w.some(to, w.r.choice(BIG), w.r.uniform(0.2, 0.9), 4, dt.date(2025, 6, 1), LAST, claim="AIA")


KINDS = [structuring, linked, shell, transshipment, stockpiling, crowded, misdeclaration, behind, payment, staged, exception]


def write(w, out):
    os.makedirs(out, exist_ok=True)

    def table(name, head, rows):
        with open(os.path.join(out, name + ".csv"), "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head.split(","), *rows])

    orders = sorted(w.orders, key=lambda o: (o["day"], o["id"]))
    table("orders", "order_id,date,activity,exporter,purchaser,ultimate_consignee,origin,destination,item,quantity,unit_price_usd,authorization", (
        [o["id"], o["day"].isoformat(), "export" if o["seller"]["country"] == "US" else "reexport", o["seller"]["id"], o["to"]["id"], o["to"]["id"], o["seller"]["country"], o["to"]["country"], o["item"], o["quantity"], o["price"], o["claim"]] for o in orders))
    table("parties", "party_id,name,country,hq_country,business,incorporated_on,registry_id,directors,phone,website,address,parent_id,data_center_mw", (
        [p["id"], p["name"], p["country"], p["hq"], p["business"], p["born"], p["registry"], p["directors"], p["phone"], p["website"], p["address"], p["parent"], p["mw"]] for p in w.parties))
    table("payments", "payment_id,order_id,payer,payee,payer_country,amount_usd,date", w.payments)
    table("ownership", "owner_id,owned_id,percent,from,until", w.stakes)
    table("sites", "site_id,owner,operator,country,address,mw,commissioned_on", w.sites)
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
    taxpayers(w, options.honest)
    holdings(w, options.honest // 50)
    dealers(w, options.honest // 40)
    for kind in KINDS:
        for place in range(options.schemes):
            careful = place % 2 == 1
            family, parties, orders = kind(w, careful, True)
            w.scheme(family, careful, parties, orders)
            kind(w, careful, False)
    w.settle()
    write(w, options.out)
    print(json.dumps(dict(parties=len(w.parties), orders=len(w.orders), schemes=len(w.truth))))


if __name__ == "__main__":
    main()
