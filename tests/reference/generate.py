"""Random orders for the differential test: boundary-heavy, with holes, the same for the same seed."""
import argparse
import csv
import datetime
import os
import random
import re

EDGES = """2022-08-26 2022-10-07 2022-10-21 2023-01-17 2023-11-17 2024-03-15 2024-04-04 2024-05-30 2024-12-02 2024-12-31 2025-01-01 2025-01-31 2025-04-09
2025-05-13 2025-05-15 2025-07-01 2025-09-29 2025-10-01 2025-11-07 2025-11-10 2026-01-01 2026-01-15 2026-04-01 2026-07-01 2026-07-10
2026-10-01 2026-11-10 2027-01-01 2027-01-10 2027-04-06 2028-01-01 2029-01-01""".split()
PLACES = "CN HK MO AE SA SG MY DE JP TW US VN KZ KH NI CY IL IN RU IR IE CH KR QA EG BR PL MX TR GB UA PR KY GL LI".split()
OTHERS = "AF AL AR AT BY CD CU EE ER ES ET FI GE HT ID IQ IS IT JO KE KG KP KW LA LB LT LY MA MD ML MM MN NL NO NZ OM PE PH PK PT RO SD SE SO SS SY TH TJ TM UA UZ VE YE ZA ZW".split()
FLAGS = "government military military military_intelligence entity_list denied_person unverified_list affiliate_50 uveu secure_facility supp8_uae agreement_data_center foundry osat osat;approved_osat authorized_ic_designer approved_ic_designer is_informed sdn sdn:SDGT sdn:RUSSIA-EO14024 sdn:SDT sdn:CUBA sdn:NEVER-HEARD distributor forwarder china_volume_exceeded us_supply_affected no_kyc renters_known renters_known".split()
ITEM = "item kind tpp die_area_mm2 performance_density data_center memory_bandwidth_gb_s interconnect_gb_s accelerators accelerator training_operations open_weights host_eccn designer_hq derived_from_published base_operations additional_operations synthetic_percent synthetic_operations below_published_frontier advanced_node transistors_bn eccn".split()
ENTRIES = "3E001 3E001 3D001 4D090.a 4D090.b 4D090 4E001 5D002.z.1.a 5D992.z.2 5D992.z 5E002 5D002 5D992.c 3E991 3E992 9E003 EAR99".split()
ORDER = "order_id line date activity exporter purchaser intermediate_consignee ultimate_consignee end_user freight_forwarder origin destination via item quantity end_use authorization".split()


def unambiguous(cell):
    """A number that could be one of thousands (39.999), written with a digit more."""
    return cell + "0" if re.fullmatch(r"\d{1,3}\.\d{3}", str(cell)) else cell


def place(r):
    return r.choice(PLACES) if r.random() < 0.85 else r.choice(OTHERS)


def items(r, hole):
    rows = []
    for number in range(220):
        row = dict.fromkeys(ITEM, "")
        row["item"] = f"item-{number}"
        kind = r.choice(["ic"] * 6 + ["", "board", "server", "rack", "hbm", "model_weights", "model_weights", "software", "technology"])
        row["kind"] = kind
        if kind == "model_weights":
            ops = r.choice(["99999999000000000000000000", "1e26", "1.2e26", "5e25", "3e26"])
            row.update(training_operations=hole(ops), open_weights=hole(r.choice(["true", "false", "false"])))
            if r.random() < 0.3:
                row.update(synthetic_percent=r.choice(["9", "10", "11", "40"]), synthetic_operations=hole(r.choice(["1e24", "5e25", "2e26"])))
            if r.random() < 0.3:
                row.update(derived_from_published="true", base_operations=hole(r.choice(["4e25", "1e26", "2e26"])), additional_operations=hole(r.choice(["2.5e25", "2.6e25", "5e25", "5.1e25"])))
            row["below_published_frontier"] = r.choice(["", "", "", "true", "false"])
        elif kind in ("software", "technology"):
            row["eccn"] = hole(r.choice(ENTRIES))
            bases = [other["item"] for other in rows if other["kind"] in ("ic", "hbm")]
            if bases and r.random() < 0.7:
                row["accelerator"] = r.choice(bases)
            row["kind"] = r.choice([kind, kind, "", "other"]) if re.match(r"[0-9][DE]", row["eccn"]) else kind
        elif kind == "hbm":
            row["performance_density"] = hole(r.choice(["1.9", "2", "2.001", "3.299", "3.3", "5"]))
        else:
            edge = r.choice([1600, 2400, 4800, 21000])
            tpp = r.choice([str(edge - 1), str(edge), str(edge + 1), f"{edge - 1}.999", f"{edge}.001", "900", "15824", "36000", "5000", "3000"])
            row["tpp"] = hole(tpp) if r.random() < 0.3 else tpp
            if r.random() < 0.6:
                row["performance_density"] = hole(r.choice(["1.59", "1.6", "3.199", "3.2", "5.919", "5.92", "8", "0.5"]))
            else:
                row["die_area_mm2"] = hole(r.choice(["0", "270.27", "405.405", "500", "800", "810.8", "1500"]))
            row["data_center"] = hole(r.choice(["true", "true", "false"]))
            row["memory_bandwidth_gb_s"] = hole(r.choice(["0", "800", "3999", "4000", "6499", "6499.999", "6500", "8000"]))
            row["interconnect_gb_s"] = hole(r.choice(["64", "400", "599", "600", "899", "900"]))
            row["host_eccn"] = r.choice([""] * 6 + ["3A001", "4A003", "5A002", "5A992"])
            row["designer_hq"] = r.choice(["US"] * 8 + ["CN", ""])
            row["transistors_bn"] = hole(r.choice(["29.999", "30", "34.999", "35", "39.999", "40"]))
            row["advanced_node"] = hole(r.choice(["true", "true", "false"]))
            if kind in ("board", "server", "rack"):
                row["accelerators"] = r.choice(["", "4", "8", "72"])
                bases = [other["item"] for other in rows if other["kind"] == "ic"]
                if bases and r.random() < 0.6:
                    row["accelerator"] = r.choice(bases)
        rows.append(row)
    return rows


def parties(r, hole):
    rows = []
    for number in range(320):
        country = place(r)
        flags = [r.choice(FLAGS)] if r.random() < 0.18 else []
        if r.random() < 0.06:
            flags.append("nveu:" + country)
        if r.random() < 0.05:
            flags.append("uveu")
        parent = f"party-{r.randrange(max(1, number))}" if number and r.random() < 0.25 else ""
        rows.append({"party_id": f"party-{number}", "name": f"Party {number}", "country": hole(country),
                     "hq_country": hole(country if r.random() < 0.8 else place(r)), "parent_id": parent, "flags": ";".join(flags)})
    rows[5]["parent_id"], rows[6]["parent_id"] = "party-6", "party-5"
    rows[7]["parent_id"] = "party-without-a-row"
    return rows


def orders(r, count, item_rows, party_rows, hole):
    ids = [row["party_id"] for row in party_rows] + ["stranger"]
    country = {row["party_id"]: row["country"] for row in party_rows}
    start = datetime.date(2022, 8, 1)
    for number in range(count):
        if r.random() < 0.5:
            date = datetime.date.fromisoformat(r.choice(EDGES)) + datetime.timedelta(days=r.choice([-1, 0, 1]))
        else:
            date = start + datetime.timedelta(days=r.randrange(2000))
        consignee = r.choice(ids)
        for line in range(2 if r.random() < 0.05 else 1):
            item = r.choice(item_rows)
            quantity = r.choice([1, 8, 64, 400, 1699, 1700, 5000, 20000])
            if item["tpp"] and r.random() < 0.35:
                limit = r.choice([26900000, 7912000, 790000000, 633000000])
                quantity = max(1, int(limit // float(item["tpp"])) + r.choice([-1, 0, 1]))
            maybe = lambda share: r.choice(ids) if r.random() < share else ""
            yield {"order_id": f"order-{number}", "line": line + 1, "date": date.isoformat(), "activity": r.choice(["", "export", "export", "reexport", "transfer"] * 5 + ["deemed_export", "deemed_reexport"]),
                   "exporter": maybe(0.4), "purchaser": maybe(0.3), "intermediate_consignee": maybe(0.1), "ultimate_consignee": consignee,
                   "end_user": maybe(0.25), "freight_forwarder": maybe(0.1), "origin": hole(r.choice(["US", "US", "SG", "TW"])),
                   "destination": country.get(consignee) or place(r) if r.random() < 0.7 else place(r), "via": r.choice(["SG", "KZ;RU", "UA;VN", "Russia", "MY / TH", "Port of call", "direct", "GE > AM"]) if r.random() < 0.06 else "",
                   "item": item["item"], "quantity": quantity,
                   "end_use": hole(r.choice("data_center training inference hpc gaming resale research manufacturing development storage supercomputer model_storage unheard_of".split() + ["iaas", "iaas", "gpu rental", "training for others", "supercomputer in Guangzhou", "inference in Tehran", "training in Shenzhen", "data center in Berlin", "research in Macau"])),
                   "authorization": r.choice([""] * 6 + ["NLR", "AIA", "ACM", "LPP", "NAC", "ACA", "VEU", "TMP", "GOV", "HBM", "RPL", "CCD", "SPP", "STA", "TSU", "TGL", "ENC", "D1234567"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--holes", type=float, default=0.05)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    r = random.Random(args.seed)
    hole = lambda value: "" if r.random() < args.holes else value
    item_rows, party_rows = items(r, hole), parties(r, hole)
    os.makedirs(args.out, exist_ok=True)
    tables = [("items.csv", ITEM, item_rows), ("parties.csv", list(party_rows[0]), party_rows), ("orders.csv", ORDER, orders(r, args.orders, item_rows, party_rows, hole))]
    for name, columns, rows in tables:
        with open(os.path.join(args.out, name), "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=columns)
            writer.writeheader()
            writer.writerows({name: unambiguous(cell) for name, cell in row.items()} for row in rows)


if __name__ == "__main__":
    main()
