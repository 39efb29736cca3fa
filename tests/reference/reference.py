"""An independent reference: decides orders from the prose of docs/law-as-modeled.md, the slow and plain way.

An unknown fact that is read splits the world: every value that could matter is tried, and the outcomes are compared.
"""
import argparse
import csv
import datetime
import re
import tomllib
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STRICT = ["policy_of_denial", "presumption_of_denial", "case_by_case", "presumption_of_approval", ""]
UNMODELED = set("TMP RPL GOV TSU GFT BAG AVS ENC STA LVS GBS TSR APR IEC RFF CCD SCP SPP".split())
LISTED_BY_746 = {"CU": "TMP TSU RPL BAG GOV GFT AVS APR CCD SCP", "KP": "TMP GOV GFT TSU BAG AVS", "SY": "TMP GOV TSU BAG AVS",
                 "RU": "TMP GOV TSU BAG AVS ENC CCD", "BY": "TMP GOV TSU BAG AVS ENC CCD", "IR": "", "occupied": "TMP GOV GFT TSU BAG AVS"}
SDN_2024 = set("BELARUS-EO14038 BELARUS RUSSIA-EO14024 UKRAINE-EO13660 UKRAINE-EO13661 UKRAINE-EO13662 UKRAINE-EO13685".split())
SDN_2024 |= {"FTO", "SDGT", "NPWMD", "ILLICIT DRUGS-EO14059", "SDNT", "SDNTK", "TCO"}
# 746.9(b) since September 2025: what was read or told of it, and what may stand in the part that was not seen.
SYRIA_2025 = "SPP TMP RPL GOV TSU AVS CCD BAG GFT ENC SCP APR"
EMBARGOED = {"BY", "CU", "IR", "KP", "RU", "SY"}
MIEU_PLACES = {"BY", "MM", "KH", "CN", "RU", "VE", "IR", "KP", "SY", "CU"}
SDN_BEFORE = {"NPWMD", "SDGT", "SDT", "FTO", "IRAQ2"}
# Programs of OFAC that part 744 names nowhere, as far as the generator writes them.
SDN_OTHERS = {"CUBA", "IRAN", "IFSR", "SYRIA"}
USES = set("data_center training inference hpc gaming resale research manufacturing development storage supercomputer model_storage".split())
# End uses that say that computing time is rented out or that models are trained for others, and the law's word that they are beside.
RENTED = {"iaas": "data_center", "gpu rental": "data_center", "training for others": "training"}
# End uses that name a place: the use, and the country.
PLACED = {"supercomputer in Guangzhou": ("supercomputer", "CN"), "inference in Tehran": ("inference", "IR"), "training in Shenzhen": ("training", "CN"),
          "data center in Berlin": ("data_center", "DE"), "research in Macau": ("research", "MO")}
# 736.2(b)(8), as far as it is not under part 746.
TRANSIT = set("AM AZ KH GE KZ KG LA MN TJ TM UA UZ VN".split())
ONWARD = {"resale", "resell", "reselling", "distribution", "redistribution", "wholesale", "onward sale", "for resale"}
PASSERS = {"distributor", "reseller", "forwarder", "freight_forwarder"}
EXCEPTIONS = ["AIA", "VEU", "ACM", "ACA", "NAC", "LPP"]
T1 = set("AU BE CA DK FI FR DE IE IT JP NL NZ NO KR ES SE TW GB US".split())
NVEU = [("2025-01-01", 633000000), ("2025-04-01", 949500000), ("2025-07-01", 1266000000), ("2025-10-01", 1582500000),
        ("2026-01-01", 1899000000), ("2026-04-01", 2690250000), ("2026-07-01", 3481500000), ("2026-10-01", 4272750000),
        ("2027-01-01", 5064000000)]


class Split(Exception):
    def __init__(self, name, values):
        self.name, self.values = name, values


class World:
    """The facts of one line; reading an unknown one that has no value here raises Split."""

    def __init__(self, known, guesses):
        self.known, self.guesses = known, guesses

    def get(self, name, values):
        if name in self.guesses:
            return self.guesses[name]
        value = self.known[name]
        if value is not UNKNOWN:
            return value
        raise Split(name, values)


UNKNOWN = object()
# Stands among the flags of a party that has no row and was not screened: what other flags it has is not known.
STRANGER = "?"


class Law:
    def __init__(self, policy):
        self.base, _, fixed = policy.partition("@")
        self.fixed = fixed or None
        data = tomllib.loads((ROOT / "law/ear/country-groups.toml").read_text())
        self.start = {group["name"]: set(group["members"]) for group in data["group"]}
        self.changes = sorted(data["change"], key=lambda change: str(change["from"]))
        self.cache = {}

    def excluded(self, source):
        if self.base == "ear":
            return source == "fr.2025-00636"
        return self.base in ("diffusion", "anthropic-2025") and source in ("fr.2026-00789", "fr.2026-14132")

    def groups(self, date):
        if date not in self.cache:
            groups = {name: set(members) for name, members in self.start.items()}
            for change in self.changes:
                if str(change["from"]) <= date and not self.excluded(change["source"]):
                    groups[change["group"]] |= set(change.get("add", []))
                    groups[change["group"]] -= set(change.get("remove", []))
            groups["MACAU_D5"] = groups["D5"] | {"MO"}
            groups["AC"] = (groups["D1"] | groups["D4"] | groups["D5"]) - groups["A5"] - groups["A6"]
            keys = ["MACAU_D5", "AC", "D1", "D4", "A1", "A5", "A6", "MEU_DESTINATIONS", "EMBARGOED"]
            classes = {}
            codes = sorted(set().union(*groups.values()) | T1 | {"CN", "MO", "AE", "US", "TW"})
            for code in codes:
                kind = tuple(code in groups[key] for key in keys) + (code in T1, code == "CN", code == "MO", code == "AE", code == "US", code == "TW")
                classes.setdefault(kind, code)
            groups["ANY"] = list(classes.values())
            self.cache[date] = groups
        return self.cache[date]

    def diffusion(self, date):
        return self.base != "ear" and date >= "2025-05-15"

    def eased(self, date):
        return self.base in ("ear", "codified") and date >= "2026-01-15"

    def uae(self, date):
        return self.base in ("ear", "codified") and date >= "2026-07-10"

    def lpp_limit(self):
        return 7912000 if self.base == "anthropic-2025" else 26900000


def number(cell):
    return UNKNOWN if cell in ("", None) else Fraction(cell)


def truth(cell):
    return UNKNOWN if cell in ("", None) else cell == "true"


# 738.3(b): what has no row in the Country Chart counts as the country that it belongs to.
BELONGS = {"AU": "CC CX HM NF", "CH": "LI", "DK": "FO GL", "FI": "AX", "FR": "BL GF GP MF MQ NC PF PM RE TF WF YT",
           "GB": "AI BM FK GG GI GS IM IO JE KY MS PN SH TC VG", "NL": "BQ", "NO": "BV SJ", "NZ": "TK", "US": "AS GU MP PR UM VI",
           "CN": "HK"}
COUNTED = {territory: country for country, territories in BELONGS.items() for territory in territories.split()}


def counted(country):
    return COUNTED.get(country, country)


def places_on_the_way(via):
    """The countries that `via` names, and whether what it names besides lies in no country that is understood."""
    places = [place.strip() for place in re.split(r"[;,/|>]", via)]
    places = [place for place in places if place not in ("", "-", "direct", "none")]
    names = {"Russia": "RU"}
    codes = [names.get(place, place) for place in places]
    return [counted(code) for code in codes if len(code) == 2], UNKNOWN if any(len(code) != 2 for code in codes) else "none"


class Tables:
    def __init__(self, parties, items):
        self.parties = {row["party_id"]: row for row in parties}
        self.items = {row["item"]: row for row in items}

    def party(self, identity):
        row = self.parties.get(identity)
        if row is None:
            return {"country": UNKNOWN, "hq": UNKNOWN, "parent": "none", "ultimate": identity, "flags": {STRANGER}}
        flags = set(filter(None, row["flags"].split(";")))
        seen, current = [], identity
        parent, ultimate = "none", identity
        if row["parent_id"]:
            while True:
                if current in seen:
                    parent, ultimate = UNKNOWN, min(seen)
                    break
                seen.append(current)
                up = self.parties.get(current, {}).get("parent_id", "")
                if current not in self.parties:
                    parent, ultimate = UNKNOWN, current
                    break
                if not up:
                    hq = self.parties[current]["hq_country"]
                    parent, ultimate = (counted(hq) if hq else UNKNOWN), current
                    break
                current = up
        value = lambda name: counted(row[name]) if row[name] else UNKNOWN
        return {"country": value("country"), "hq": value("hq_country"), "parent": parent, "ultimate": ultimate, "flags": flags}

    def may_be_owned(self, identity):
        """Whether some parent of a foreign party may be listed, so that its part, of which nobody says how large it is, may come to half (red flag 29)."""
        row, seen = self.parties.get(identity), {identity}
        if row is None or row["country"] == "US":
            return False
        while row and row["parent_id"] and row["parent_id"] not in seen:
            seen.add(row["parent_id"])
            row = self.parties.get(row["parent_id"])
            flags = row["flags"].split(";") if row else []
            if any(flag in ("entity_list", "military", "sdn", "affiliate_50") or (flag.startswith("sdn:") and flag[4:] not in SDN_OTHERS) for flag in flags):
                return True
        return False


INTANGIBLE = ("software", "technology")
BESIDE = ("3D001", "4D001", "4D090", "4E001", "5E002", "5E992")
MAKERS = ("3D992", "3D993", "3D994", "3E992", "3E993", "3E994")


def stated_entry(eccn):
    """The kind that an ECCN of group D or E says, and what it says of software or technology with its grade; None of others."""
    found = re.search(r"(?<![0-9A-Z.])([0-9])([A-E])([0-9]{3})((?:\.[0-9A-Z]+)*)(?![0-9A-Z.])", eccn.upper())
    if not found or found[2] in "ABC":
        return None
    entry, paragraph = found[1] + found[2] + found[3], found[4]
    if entry == "4E091":
        return "model_weights", "none", None
    kind = "software" if found[2] == "D" else "technology"
    last = paragraph[-1:].lower() if paragraph[-2:] in (".A", ".B") else None
    if entry in ("5D002", "5D992") and paragraph.startswith(".Z"):
        if entry == "5D992":
            return kind, "encryption", {".Z.1": "a", ".Z.2": "b"}.get(paragraph)
        return kind, "encryption", last
    if entry == "3E001":
        return kind, "chip", None
    if entry in BESIDE:
        return kind, "associated", last if entry == "4D090" and len(paragraph) == 2 else None
    if found[3].startswith("99") and entry not in MAKERS:
        return kind, "at_only", None
    return kind, "other", None


def kind_and_technology(row, figured):
    """The kind of a row, and what its ECCN says of software or technology, with its grade; UNKNOWN where they are not known."""
    kind, eccn = row["kind"], row.get("eccn", "").strip()
    stated = stated_entry(eccn)
    if not stated:
        kind = kind or "ic"
        if kind not in INTANGIBLE:
            return kind, ("none", None)
        return kind, ("at_only", None) if eccn.upper() == "EAR99" else UNKNOWN
    if kind in ("", "other", "software", "technology"):
        kind = stated[0]
    elif kind != stated[0]:
        return UNKNOWN, UNKNOWN
    if kind not in INTANGIBLE:
        return kind, ("none", None)
    if stated[1] in ("associated", "chip", "encryption") and not stated[2] and not figured:
        return kind, UNKNOWN
    return kind, stated[1:]


KINDS = ["ic", "board", "model_weights", "hbm", "other", "software", "technology"]
TECHNOLOGIES = [("none", None), ("associated", None), ("associated", "a"), ("associated", "b"), ("encryption", None), ("encryption", "a"),
                ("encryption", "b"), ("at_only", None), ("other", None), ("chip", None)]


def item_facts(tables, name):
    row = tables.items[name]
    chip = tables.items[row["accelerator"]] if row["accelerator"] else row
    kind, technology = kind_and_technology(row, row["accelerator"] or chip["tpp"])
    known = {"kind": kind, "host": row["host_eccn"], "technology": technology, "stated": row.get("eccn", "").strip()}
    tpp, area = number(chip["tpp"]), number(chip["die_area_mm2"])
    density = number(chip["performance_density"])
    if density is UNKNOWN and tpp is not UNKNOWN and area is not UNKNOWN:
        density = tpp / area if area else Fraction(0)
    known.update(tpp=tpp, density=density, dc=truth(chip["data_center"]), dram=number(chip["memory_bandwidth_gb_s"]),
                 io=number(chip["interconnect_gb_s"]), advanced=truth(chip["advanced_node"]), transistors=number(chip["transistors_bn"]),
                 designer=counted(chip["designer_hq"] or row["designer_hq"]))
    memory = kind in INTANGIBLE and chip["kind"] == "hbm"
    known["hbm"] = number(chip["performance_density"])
    if kind in INTANGIBLE and not memory:
        known["hbm"] = Fraction(0)
    if kind in INTANGIBLE and (memory or not (row["accelerator"] or chip["tpp"])):
        known.update(tpp=Fraction(0), density=Fraction(0), dc=False, dram=Fraction(0), io=Fraction(0))
    training, added = number(row["training_operations"]), number(row["additional_operations"])
    known.update(ops=training, open=truth(row["open_weights"]), below=row["below_published_frontier"] == "true",
                 derived=row["derived_from_published"] == "true", added=added, base=number(row["base_operations"]),
                 share=number(row["synthetic_percent"]) if row["synthetic_percent"] else Fraction(0))
    synthetic = number(row["synthetic_operations"]) if row["synthetic_percent"] else Fraction(0)
    known["ops_synth"] = UNKNOWN if UNKNOWN in (training, synthetic) else training + synthetic
    if kind in ("hbm", "model_weights", "other") + INTANGIBLE:
        return known, Fraction(0)
    single = not row["accelerator"] and (kind == "ic" or tpp == 0)
    count = row["accelerators"] or ("1" if single else "")
    return known, UNKNOWN if tpp is UNKNOWN or not count else tpp * Fraction(count)


BOOL = [True, False]
TPPS = [Fraction(n) for n in (511, 512, 1599, 1600, 2399, 2400, 4799, 4800, 4991, 4992, 20999, 21000)]
HBM = [Fraction(n, 10) for n in (20, 30, 33)]
DENS = [Fraction(n, 100) for n in (159, 160, 319, 320, 591, 592)]
IO = [Fraction(n) for n in (149, 150, 599, 600, 899, 900)]
DRAM = [Fraction(n) for n in (3999, 4000, 6499, 6500)]
OPS = [Fraction(10) ** 26 - 10 ** 9, Fraction(10) ** 26]


def grade(w, law, date):
    if w.known["kind"] in ("hbm", "model_weights", "other") + INTANGIBLE or date < "2022-10-21":
        return None
    if date >= "2023-11-17" and presumed(w, law, date):
        return "a"
    return figures(w, date)


def figures(w, date):
    """The grade by the numbers."""
    if date < "2023-11-17":
        return "a" if w.get("tpp", TPPS) >= 4800 and w.get("io", IO) >= 600 else None
    tpp = w.get("tpp", TPPS)
    if tpp >= 4800:
        return "a"
    if not w.get("dc", BOOL) or tpp < 1600:
        return None
    density = w.get("density", DENS)
    if density >= Fraction(592, 100):
        return "a"
    if (tpp >= 2400 and density >= Fraction(16, 10)) or density >= Fraction(32, 10):
        return "b"
    return None


def presumed(w, law, date):
    if date < "2025-01-31" or w.known["kind"] != "ic" or not w.known["foundry"]:
        return False
    approved = w.get("buyer_approved", BOOL)
    if approved or (date < "2027-01-01" and w.get("buyer_designer", BOOL)):
        g = law.groups(date)
        who = "p" if w.get("p_country", g["ANY"]) != "none" else "c"
        place, seat, parent = (w.get(f"{who}_{part}", g["ANY"]) for part in ("country", "hq", "parent"))
        if place not in g["MACAU_D5"] and seat not in g["MACAU_D5"] and parent not in g["MACAU_D5"]:
            if approved or seat in g["A1"] | g["A5"] | {"TW"}:
                return False
    if not w.get("advanced", BOOL):
        return False
    if not w.known["approved_osat"]:
        return True
    limit = 35 if date[:4] == "2027" else 40 if date >= "2029" else 30
    count = w.get("transistors", [Fraction(29), Fraction(30), Fraction(35), Fraction(40)])
    if count < 30:
        return False
    return not (count < limit and w.get("dram", [Fraction(0)] + DRAM) < 1)


def technology_grade(w, date):
    """Whether software or technology goes with items of grade a, b or c; "no" where its ECCN is not one of 742.6(a)(6), None of other kinds."""
    if w.known["kind"] not in INTANGIBLE:
        return None
    entry, stated = w.get("technology", TECHNOLOGIES)
    if date < "2022-10-21" or entry not in ("associated", "chip", "encryption"):
        return "no"
    if entry == "encryption" and date < "2023-11-17":
        return "no"
    mark = stated or figures(w, date)
    if mark == "b" and date < "2023-11-17":
        return "no"
    if mark:
        return mark
    return "c" if entry in ("associated", "chip") and date >= "2024-12-31" and w.get("hbm", HBM) > 2 else "no"


def weights(w, law, date):
    if w.known["kind"] != "model_weights" or not law.diffusion(date):
        return False
    if w.get("open", BOOL) or w.known["below"]:
        return False
    big = w.get("ops", OPS) >= 10 ** 26 or (w.get("share", [Fraction(10), Fraction(11)]) > 10 and w.get("ops_synth", OPS) >= 10 ** 26)
    if not big:
        return False
    if not w.known["derived"]:
        return True
    added = w.get("added", [Fraction(25) * 10 ** 24, Fraction(26) * 10 ** 24, Fraction(10) ** 27])
    if added <= Fraction(25) * 10 ** 24:
        return False
    return added > w.get("base", [added * 4, added]) / 4


def eligible(w, law, date, mark):
    """Grade a or b, but not designed for data centers and of grade a: NAC and ACA cover it, 744.23(d)(3)(i) eases its review."""
    return mark == "b" or (mark == "a" and not presumed(w, law, date) and not w.get("dc", BOOL))


def decide_world(w, law, date, only=None):
    """What a world comes to; `only` asks whether that exception permits it, whichever is preferred."""
    k, g = w.known, law.groups(date)
    anywhere = g["ANY"]
    d5 = g["MACAU_D5"]
    dest, activity = k["dest"], k["activity"]
    kind = k["kind"]
    read = lambda name: w.get(name, anywhere)
    consignee_d5 = lambda: read("c_hq") in d5 or read("c_parent") in d5
    owner_d5 = lambda: consignee_d5() or read("p_hq") in d5 or read("p_parent") in d5
    hq_d5 = lambda: owner_d5() or read("i_hq") in d5 or read("i_parent") in d5 or read("e_hq") in d5 or read("e_parent") in d5
    hq_t1 = lambda: read("c_hq") in T1 or read("c_parent") in T1
    hardware = kind not in ("model_weights",) + INTANGIBLE
    intangible = kind in INTANGIBLE
    mark = grade(w, law, date)
    model = weights(w, law, date)
    hbm = kind == "hbm" and date >= "2024-12-02" and w.get("hbm", HBM) > 2
    diffusion = law.diffusion(date)
    at_home = dest == "US" and read("e_country") in ("US", "none") and k["u_place"] == "none" and read("c_place") not in EMBARGOED
    deemed = activity.startswith("deemed")
    if at_home and deemed:
        at_home = False
    if at_home and intangible:
        at_home = all(read(part) in ("US", "none") for part in ("c_hq", "c_parent", "e_hq", "e_parent"))
    if at_home:
        return at_home_outcome(w, law, date, mark, model, hbm, d5)
    for_d5 = lambda: hq_d5() or ((hbm or (hardware and kind != "hbm" and (presumed(w, law, date) or w.get("dc", BOOL)))) and w.get("unnamed", BOOL))
    stays = dest == "US" and read("e_country") in ("US", "none") and k["u_place"] == "none" and read("c_place") not in EMBARGOED
    subject = hardware or intangible or not w.get("open", BOOL)
    taught = technology_grade(w, date)
    supp8 = lambda: w.get("supp8", BOOL) and (date < "2027-04-06" or read("c_hq") == "US" or read("c_parent") == "US")
    uae_listed = law.uae(date) and dest == "AE" and read("e_country") == "none" and (supp8() or (w.get("government", BOOL) and read("c_hq") == "AE"))
    text_2025 = date >= "2025-05-15"
    ab = mark in ("a", "b")
    needs = {}
    if "2022-10-21" <= date < "2023-11-17" and mark == "a" and (dest == "CN" or (dest == "MO" and date >= "2023-01-17")):
        needs["R-2022"] = set()
    if date >= "2023-11-17":
        wide = {"NAC", "ACA", "ACM", "VEU"}
        if dest in g["AC"] and (mark == "b" or (mark == "a" and not diffusion)):
            needs["R-AC"] = wide
        if dest not in g["AC"] and (mark == "b" or (mark == "a" and not diffusion)) and for_d5():
            needs["R-A-HQ" if mark == "a" and text_2025 else "R-HQ"] = wide
        if mark == "a" and law.base == "ear" and law.uae(date) and dest == "AE" and not uae_listed:
            needs["R-A-AE"] = wide
        if mark == "b" and law.uae(date) and dest == "AE" and not uae_listed:
            needs["R-AC-AE"] = wide
        if diffusion and mark == "a" and not (uae_listed and not hq_d5()):
            needs["R-WORLD"] = wide | {"AIA", "LPP"}
    if hbm and date >= "2024-12-31":
        if dest in d5:
            needs["R-HBM"] = set()
        elif for_d5():
            needs["R-HBM-HQ"] = set()
    if model:
        needs["R-WEIGHTS"] = {"AIA"}
    claim = k["claim"]
    absolute = set()
    entry = w.get("technology", TECHNOLOGIES)[0] if intangible else "none"
    if taught in ("a", "b"):
        where = g["AC"] if date >= "2023-11-17" else {"CN", "MO"} if date >= "2023-01-17" else {"CN"}
        spared = {"RPL", "GOV", "TSU"} if date < "2023-11-17" else {"RPL", "GOV", "TSU", "NAC", "ACA"}
        made = {"ACM"} if diffusion else set()
        if diffusion and taught == "a" and not stays and not deemed:
            needs["R-TECH-WORLD"] = {"AIA", "ACM"}
        if dest in where and not deemed and not (diffusion and taught == "a"):
            needs["R-TECH"] = made
            barred = claim in UNMODELED | {"HBM", "TGL", "CIV"} if diffusion else True
            if barred and claim not in spared:
                absolute.add("R-TECH")
        if date >= "2023-11-17" and entry == "encryption" and dest not in g["AC"] and hq_d5() and not stays:
            needs["R-TECH-HQ"] = made
    if taught == "c" and dest in d5 and not deemed:
        needs["R-TECH-HBM"] = set()
    place = d5 if date >= "2023-11-17" else {"CN", "MO"} if date >= "2023-01-17" else {"CN"} if date >= "2022-10-21" else set()

    def hard(name):
        needs[name] = set()
        absolute.add(name)

    def soften(name):
        needs[name] = set()

    if hardware and (dest in place or k["u_place"] in place) and w.get("super", BOOL):
        hard("R-SUPER")
    if hardware and w.get("military", BOOL) and dest in g["MEU_DESTINATIONS"]:
        soften("R-MEU") if claim == "GOV" else hard("R-MEU")
    spied_on = lambda: dest in MIEU_PLACES or k["u_place"] in MIEU_PLACES or any(read(part) in MIEU_PLACES for part in ("c_country", "e_country", "p_country"))
    if subject and w.get("intelligence", BOOL) and spied_on():
        soften("R-MIEU") if claim == "GOV" else hard("R-MIEU")
    if w.get("entity_list", BOOL):
        hard("R-EL")
    if w.get("affiliate", BOOL) and ("2025-09-29" <= date < "2025-11-10" or date >= "2027-01-10"):
        temporary = date < "2025-11-10" and claim == "TGL" and dest not in ("CU", "IR", "KP", "SY") and not w.get("entity_list", BOOL)
        soften("R-AFF-TGL") if temporary else hard("R-AFF")
    if w.get("denied", BOOL):
        hard("R-DPL")
    if date >= "2025-05-13" and ab and k["designer"] in d5:
        hard("R-GP10")
    if date >= "2025-04-09" and k["informed"] and hardware and kind != "hbm":
        if w.get("dram", DRAM) >= 4000 or w.get("io", IO) >= 900:
            if dest in d5 or for_d5():
                hard("R-LETTER")
    if "2022-08-26" <= date < "2022-10-21" and k["informed"] and hardware and kind not in ("hbm", "other") and dest in ("CN", "RU"):
        if w.get("tpp", TPPS) >= 4992 and w.get("io", IO) >= 600:
            hard("R-LETTER-2022")
    if "2023-10-23" <= date < "2023-11-17" and k["informed"] and hardware and kind not in ("hbm", "other"):
        if (dest in g["AC"] or for_d5()) and w.get("dc", BOOL) and w.get("tpp", TPPS) >= 4800:
            hard("R-LETTER-2023")
    if subject and designated(w, date):
        hard("R-SDN")
    embargo = None
    if dest in ("CU", "KP", "SY") and subject:
        embargo = dest
        needs["R-" + dest] = set()
    if dest == "IR" and subject:
        embargo = dest
        hard("R-IR")
    if ((dest == "RU" and date >= "2022-02-24") or (dest == "BY" and date >= "2022-03-02")) and (hardware or model):
        embargo = dest
        needs["R-RU"] = set()
    if k["occupied"] and dest == "UA" and subject:
        embargo = "occupied"
        needs["R-OCC"] = set()
    eccn = classify(k, mark, model, hbm, date)
    available = set()
    if needs:
        for name in EXCEPTIONS:
            if all(name in overcome for overcome in needs.values()) and holds(name, w, law, date, mark, model, taught, read, (hq_d5, for_d5, owner_d5), consignee_d5, hq_t1, d5, g):
                available.add(name)
    if needs and not available:
        place = "occupied" if k["occupied"] and dest == "UA" else dest
        may_be = SYRIA_2025 if place == "SY" and date >= "2025-09-02" else LISTED_BY_746.get(place, "")
        listed = place not in LISTED_BY_746 or claim in may_be.split()
        if (claim in ("TSU", "TSR") and hardware) or (claim == "CCD" and dest not in ("CU", "RU", "BY", "SY")) or (claim == "SCP" and dest != "CU"):
            listed = False
        # 740.19(b) and (c)(1)(ii): consumer goods, never for these governments; 740.5: what is designated EAR99, to Syria.
        if claim == "CCD" and (ab or hbm or (dest in ("CU", "RU", "BY") and w.get("government", BOOL))):
            listed = False
        on_list = lambda: kind in ("ic", "board", "server", "rack") and (w.get("tpp", TPPS) >= 512 or w.get("io", IO) >= 150)
        if claim == "SPP" and (date < "2023-11-17" or dest != "SY" or ab or hbm or model or on_list()):
            listed = False
        gated = date >= "2023-11-17" and (((ab or hbm or model) and (dest in g["AC"] or for_d5())) or (taught in ("a", "b") and (dest in g["AC"] or hq_d5())))
        if gated and claim in UNMODELED - {"TMP", "RPL", "GOV", "TSU"}:
            listed = False
        # 740.9(a) and (a)(6): commodities for inspection, test, calibration or repair abroad, never for sale or rent there.
        if gated and claim == "TMP" and (not hardware or k["rented"] or w.get("use", ["resale", "other"]) == "resale"):
            listed = False
        # 740.10: exports and reexports, of commodities and software.
        if claim == "RPL" and (activity == "transfer" or kind in ("technology", "model_weights")):
            listed = False
        if date >= "2023-11-17" and (ab or hbm):
            host = k["host"]
            if (claim == "LVS" and host != "5A002") or (claim == "GBS" and host != "3A001") or (claim == "STA" and ab and host in ("3A001", "4A005")):
                listed = False
        if claim == "STA" and model:
            listed = False
        if "2022-10-21" <= date < "2023-11-17" and mark == "a" and claim not in ("RPL", "GOV", "TSU"):
            if dest == "CN" or (dest == "MO" and date >= "2023-01-17"):
                listed = False
        if claim == "TGL" and not absolute and ("R-AFF-TGL" in needs or supply_chain(w, date, mark, dest, g)):
            return ("needs_information", "", "", eccn)
        if claim == "HBM" and date >= "2024-12-31" and hbm and w.get("hbm", HBM) < Fraction(33, 10) and listed and not w.get("unverified", BOOL) and not absolute:
            seat = read("x_hq")
            if (seat == "US" or seat in g["A5"]) and read("x_parent") not in d5 and w.get("use", ["resale", "other"]) != "resale" and not w.get("unnamed", BOOL):
                return ("needs_information", "", "", eccn)
        if intangible and date >= "2023-11-17" and not absolute:
            if claim in ("NAC", "ACA", "ENC") and entry == "encryption":
                return ("needs_information", "", "", eccn)
        # 742.6(a)(13): not for permanent regular employees of whom is headquartered in supplement no. 5(a).
        if model and deemed and not absolute and (hq_t1() or read("x_hq") in T1 or read("x_parent") in T1):
            return ("needs_information", "", "", eccn)
        if not absolute and ((claim in UNMODELED and not w.get("unverified", BOOL) and listed) or (claim == "VEU" and not diffusion)):
            return ("needs_information", "", "", eccn)
        reviews = [review(name, w, law, date, mark, read, (hq_d5, for_d5), hq_t1, d5, g) for name in needs]
        return ("license_required", "", min(reviews, key=STRICT.index), eccn)
    if hardware and deemed:
        return ("needs_information", "", "", eccn)
    if intangible and unsettled_technology(w, law, date, taught, dest, stays, uae_listed, hq_d5, g):
        return ("needs_information", "", "", eccn)
    if dest in ("RU", "BY") and not hardware and not model and (intangible or not w.get("open", BOOL)) and date >= "2022-03-02":
        return ("needs_information", "", "", eccn)
    if date < "2022-10-07":
        return ("needs_information", "", "", eccn)
    if ends_elsewhere(k, read, date, dest, mark, hbm, subject, d5, g):
        return ("needs_information", "", "", eccn)
    abroad = lambda: any(read(part) in MIEU_PLACES for part in ("c_hq", "c_parent", "e_hq", "e_parent", "p_hq", "p_parent"))
    if subject and w.get("intelligence", BOOL) and not spied_on() and abroad():
        return ("needs_information", "", "", eccn)
    armed = lambda: k["u_place"] in g["MEU_DESTINATIONS"] or any(read(part) in g["MEU_DESTINATIONS"] for part in ("e_country", "c_place", "p_country"))
    if hardware and dest not in EMBARGOED and dest not in g["MEU_DESTINATIONS"] and armed() and w.get("military", BOOL):
        return ("needs_information", "", "", eccn)
    # 744.23(a)(1): a supercomputer located in these places, or destined to them.
    halls = d5 if date >= "2023-11-17" else {"CN", "MO"} if date >= "2022-10-21" else set()
    if hardware and dest not in EMBARGOED and dest not in halls and (read("e_country") in halls or read("c_place") in halls) and w.get("super", BOOL):
        return ("needs_information", "", "", eccn)
    way = set(k["way"]) | {read("i_place")} | ({w.get("port", anywhere)} if k["port"] is UNKNOWN else set())
    if subject and dest not in EMBARGOED and way & set(EMBARGOED):
        return ("needs_information", "", "", eccn)
    if date >= "2023-11-17" and ab and dest not in g["AC"] and way & g["AC"] & TRANSIT:
        return ("needs_information", "", "", eccn)
    if date >= "2025-05-13" and mark == "a" and k["rented"] and not w.get("renters_known", BOOL):
        return ("needs_information", "", "", eccn)
    if "2023-07-01" <= date < "2023-10-23" and k["informed"] and hardware and kind not in ("hbm", "other"):
        if dest in g["AC"] - {"CN", "MO"} and w.get("tpp", TPPS) >= 4992 and w.get("io", IO) >= 600:
            return ("needs_information", "", "", eccn)
    if not needs:
        return ("no_license_required", "", "", eccn)
    if only:
        return only in available
    chosen = claim if claim in available else next(name for name in EXCEPTIONS if name in available)
    return ("license_exception", chosen, "", eccn)


def unsettled_technology(w, law, date, taught, dest, stays, uae_listed, hq_d5, g):
    """What is not modeled of software and technology, and touched."""
    entry = w.get("technology", TECHNOLOGIES)[0]
    if date < "2022-10-07":
        return False
    if date < "2022-10-21":
        return entry not in ("at_only", "none")
    if entry in ("associated", "chip", "encryption", "other") and taught == "no":
        return True
    if entry == "at_only" and w.get("military", BOOL) and dest in g["MEU_DESTINATIONS"]:
        return True
    if w.known["activity"].startswith("deemed"):
        return False
    if law.base == "ear" and taught == "a" and date >= "2025-05-15" and dest not in g["AC"] and not stays and hq_d5():
        return True
    return law.uae(date) and taught in ("a", "b") and dest == "AE" and not uae_listed


def ends_elsewhere(k, read, date, dest, mark, hbm, subject, d5, g):
    """Whether the end user is located where a license may be required, and the destination is elsewhere: 734.13(c)."""
    if dest in EMBARGOED:
        return False
    place = read("e_country")
    used = k["u_place"]
    if subject and (place in EMBARGOED or used in EMBARGOED or read("c_place") in EMBARGOED or (k["occupied"] and dest != "UA")):
        return True
    if date >= "2023-11-17":
        if mark in ("a", "b") and (place in g["AC"] or used in g["AC"]) and dest not in g["AC"]:
            return True
        return hbm and (place in d5 or used in d5) and dest not in d5
    return date >= "2022-10-21" and mark == "a" and (place in ("CN", "MO") or used in ("CN", "MO")) and dest not in ("CN", "MO")


def supply_chain(w, date, mark, dest, g):
    """Whether General Order no. 4 may cover the order."""
    if "2022-10-21" <= date < "2023-04-08":
        place = mark == "a" and (dest == "CN" or (dest == "MO" and date >= "2023-01-17"))
    else:
        place = "2023-11-17" <= date < "2026-01-01" and mark in ("a", "b") and dest in g["AC"] and dest not in LISTED_BY_746
    return place and w.get("use", ["manufacturing", "data_center", "other"]) in ("manufacturing", "development", "storage")


def at_home_outcome(w, law, date, mark, model, hbm, d5):
    """Nothing leaves the country: only what binds persons or the item itself is asked."""
    k = w.known
    eccn = classify(k, mark, model, hbm, date)
    if w.get("denied", BOOL) or (date >= "2025-05-13" and mark in ("a", "b") and k["designer"] in d5):
        return ("license_required", "", "policy_of_denial", eccn)
    return ("no_license_required", "", "", eccn)


def designated(w, date):
    """Whether a party is an SDN under a program that the EAR name on the day."""
    k = w.known
    if date < "2024-03-21" and k["activity"] not in ("export", "reexport"):
        return False
    named = SDN_2024 if date >= "2024-03-21" else SDN_BEFORE
    if k["sdn"] & named:
        return True
    return k["sdn_open"] and w.get("sdn_group", BOOL)


def classify(k, mark, model, hbm, date):
    if mark:
        if k["host"] and date >= "2023-11-17":
            return k["host"] + ".z"
        return ("3A090." if k["kind"] == "ic" else "4A090.") + mark
    if hbm:
        return "3A090.c"
    if k["kind"] in INTANGIBLE and k["stated"]:
        return k["stated"]
    return "4E091.a" if model else below(k)


def below(k):
    known = lambda name, least: k[name] is not UNKNOWN and k[name] >= least
    if not known("tpp", 512) and not known("io", 150):
        return "not determined here"
    if k["kind"] in ("board", "server", "rack"):
        return "4A994.l or 5A992.c"
    return "3A991.p or 5A992.c" if k["kind"] == "ic" else "not determined here"


def holds(name, w, law, date, mark, model, taught, read, tests, consignee_d5, hq_t1, d5, g):
    hq_d5, for_d5, owner_d5 = tests
    unnamed = lambda: w.get("unnamed", BOOL)
    k = w.known
    dest, activity, diffusion = k["dest"], k["activity"], law.diffusion(date)
    ab = mark in ("a", "b")
    end_t1 = lambda: read("e_hq") == "none" or read("e_hq") in T1 or read("e_parent") in T1
    if name != "VEU":
        if w.get("unverified", BOOL) or dest in LISTED_BY_746 or (dest == "UA" and k["occupied"]):
            return False
        if name in ("LPP",) or (name == "AIA"):
            if (ab or (model and diffusion) or (diffusion and taught in ("a", "b"))) and (dest in g["AC"] or for_d5()):
                if not (name == "AIA" and model and read("c_hq") in T1 and (read("e_hq") == "none" or read("e_hq") in T1)
                        and read("c_country") not in d5 and dest not in d5):
                    return False
    if name in ("NAC", "ACA") and not eligible(w, law, date, mark):
        return False
    out = activity in ("export", "reexport")
    if name == "NAC":
        if date < "2024-04-04":
            return dest in g["AC"] or (out and for_d5())
        return out and (dest in d5 or for_d5())
    if name == "ACA":
        if date < "2024-04-04":
            return False
        if activity == "transfer" and dest in d5:
            return True
        wide = date >= "2025-05-15" or dest in g["D1"] or dest in g["D4"]
        return wide and dest not in d5 and not for_d5()
    if not diffusion:
        return False
    if name == "AIA":
        if mark == "a" or (taught == "a" and w.get("technology", TECHNOLOGIES)[0] != "chip"):
            return (dest in T1 and read("c_country") in T1 and read("c_hq") in T1 and read("c_parent") in T1 | {"none"}
                    and all(read(part) in T1 | {"none"} for part in ("p_country", "p_hq", "p_parent", "e_country", "e_hq", "e_parent")) and not unnamed())
        return (model and hq_t1() and end_t1() and read("c_country") not in d5 and read("e_country") not in d5
                and dest not in d5 and w.get("secure", BOOL))
    uses = ["manufacturing", "data_center", "other"]
    if name == "ACM":
        if not (ab or taught in ("a", "b")) or dest in d5 or w.get("use", uses) not in ("manufacturing", "development", "storage"):
            return False
        if w.get("government", BOOL) and read("c_hq") != "US":
            return False
        return not consignee_d5() and read("e_country") not in d5 and not unnamed()
    if name == "LPP":
        if mark != "a" or k["host"] == "5A002" or not out or dest in d5 or owner_d5() or unnamed():
            return False
        return w.get("lpp", [Fraction(0), Fraction(10) ** 15]) <= law.lpp_limit()
    if not ab or not out or dest in d5 or w.get("use", uses) not in ("data_center", "training", "inference", "hpc", "research"):
        return False
    if read("e_country") != "none" or hq_d5():
        return False
    if w.get("uveu", BOOL) and hq_t1():
        return True
    if not k["nveu"] or consignee_d5():
        return False
    limit = [value for start, value in NVEU if start <= max(date, "2025-01-01")][-1]
    return mark == "b" or w.get("nveu_after", [Fraction(0), Fraction(10) ** 15]) <= limit


def review(name, w, law, date, mark, read, tests, hq_t1, d5, g):
    hq_d5, for_d5 = tests
    k = w.known
    dest = k["dest"]
    if name == "R-2022" or (name == "R-TECH" and date < "2023-11-17"):
        return "case_by_case"
    if name.startswith("R-TECH"):
        if hq_d5() or (dest in d5 and name != "R-TECH-HBM"):
            return "presumption_of_denial"
        if name == "R-TECH-HBM":
            return "presumption_of_approval"
        return "presumption_of_approval"
    if name == "R-SUPER":
        friends = g["A5"] | g["A6"] | {"US"}
        if (read("c_hq") in friends and read("c_parent") not in d5 and read("e_hq") in friends | {"none"} and read("e_parent") not in d5):
            return "case_by_case" if date < "2023-11-17" else "presumption_of_approval"
        return "case_by_case" if date >= "2024-04-04" and eligible(w, law, date, mark) else "presumption_of_denial"
    if name == "R-HQ":
        return "case_by_case" if date >= "2024-04-04" and eligible(w, law, date, mark) else "presumption_of_denial"
    if name == "R-HBM":
        return "presumption_of_denial" if for_d5() else "presumption_of_approval"
    if name in ("R-GP10", "R-DPL", "R-CU", "R-IR", "R-RU", "R-OCC"):
        return "policy_of_denial"
    if name == "R-KP":
        return "policy_of_denial" if mark in ("a", "b") or w.get("use", ["gaming", "other"]) == "gaming" else "case_by_case"
    if name == "R-SY":
        return "case_by_case" if date >= "2025-09-02" else "policy_of_denial"
    if name == "R-WEIGHTS":
        inside = (read("c_hq") in T1 and read("c_parent") in T1 | {"none"}
                  and read("e_hq") in T1 | {"none"} and read("e_parent") in T1 | {"none"})
        return "" if inside else "presumption_of_denial"
    if name not in ("R-AC", "R-AC-AE", "R-A-HQ", "R-A-AE", "R-WORLD"):
        return "presumption_of_denial"
    if name in ("R-AC", "R-WORLD") and mark == "a" and law.eased(date) and k["activity"] == "export" and dest in ("CN", "MO"):
        if w.get("origin", ["US", "SG"]) == "US" and not k["volume_fails"] and w.get("tpp", TPPS) < 21000 and w.get("dram", DRAM) < 6500:
            return "case_by_case"
    if dest in d5 or hq_d5():
        return "presumption_of_denial"
    if name != "R-WORLD" or dest in T1 or hq_t1():
        return "presumption_of_approval"
    limit = 1580000000 if law.base == "anthropic-2025" and w.get("agreement", BOOL) else 790000000
    return "presumption_of_approval" if w.get("country_after", [Fraction(0), Fraction(10) ** 15]) <= limit else "policy_of_denial"


def explore(known, law, date, guesses, found, only=None):
    """Adds what each way of taking the unknown facts comes to; no more of them than it takes to know that they differ."""
    try:
        found.add(decide_world(World(known, guesses), law, date, only))
    except Split as split:
        for value in split.values:
            if differ(found, only):
                return
            explore(known, law, date, {**guesses, split.name: value}, found, only)


def differ(found, only):
    """Whether what was found settles that the unknown facts matter: they do not where all that differs is which exception permits it."""
    if only:
        return False in found
    answers = {entry[:2] for entry in found}
    return len(answers) > 1 and {outcome for outcome, _ in answers} != {"license_exception"}


def permitted_in_all(name, known, law, date):
    """Whether an exception holds whatever the unknown facts are, of a line that one or the other permits in any case."""
    found = set()
    explore(known, law, date, {}, found, name)
    return found == {True}


def line_facts(order, tables):
    known, unit = item_facts(tables, order["item"])
    consignee = tables.party(order["ultimate_consignee"])
    named = order["end_user"] and order["end_user"] != order["ultimate_consignee"]
    end = tables.party(order["end_user"]) if named else {"country": "none", "hq": "none", "parent": "none", "flags": set()}
    others = [tables.party(order[role]) for role in ("purchaser", "intermediate_consignee", "freight_forwarder") if order[role]]
    nobody = {"country": "none", "hq": "none", "parent": "none", "flags": set()}
    buyer_row = tables.party(order["purchaser"]) if order["purchaser"] else nobody
    between = tables.party(order["intermediate_consignee"]) if order["intermediate_consignee"] else nobody
    parties = [consignee, end] + others
    tags = {flag[4:] for party in parties for flag in party["flags"] if flag.startswith("sdn:")}
    bare = any("sdn" in party["flags"] and not any(flag.startswith("sdn:") for flag in party["flags"]) for party in parties)
    strange = any(unreadable(party["flags"]) or STRANGER in party["flags"] for party in parties)
    resold = order["end_use"].strip().lower() in ONWARD or order["freight_forwarder"] == order["ultimate_consignee"]
    if order["end_user"]:
        unnamed = order["end_user"] == order["ultimate_consignee"] and resold
    else:
        unnamed = resold or bool(PASSERS & consignee["flags"])
    exporter = tables.party(order["exporter"])["flags"] if order["exporter"] else set()
    flagged = lambda flag, among=parties: carries(flag, set().union(*(party["flags"] for party in among)))
    status = lambda flag: carries(flag, consignee["flags"])
    dest = counted(order["destination"])
    use, where = PLACED.get(order["end_use"], (RENTED.get(order["end_use"], order["end_use"]), "none"))
    understood = use in USES
    use = use if understood else UNKNOWN
    known.update(dest=dest, activity=order["activity"] or "export", origin=order["origin"] or UNKNOWN, use=use, claim=order["authorization"],
                 c_country=consignee["country"], c_hq=consignee["hq"], c_parent=consignee["parent"],
                 e_country=end["country"], e_hq=end["hq"], e_parent=end["parent"],
                 military=military(flagged("military"), order["end_use"], understood),
                 intelligence=military(flagged("military_intelligence"), order["end_use"], understood), entity_list=flagged("entity_list"), affiliate=flagged("affiliate_50"),
                 unverified=flagged("unverified_list"), denied=carries("denied_person", exporter.union(*(party["flags"] for party in parties))),
                 government=status("government"), uveu=status("uveu"), secure=status("secure_facility"),
                 supp8=status("supp8_uae"), agreement=status("agreement_data_center"),
                 nveu=any(flag.startswith("nveu:") and counted(flag[5:]) == dest for flag in consignee["flags"]),
                 foundry=bool({"foundry", "osat"} & exporter), informed="is_informed" in exporter, approved_osat="approved_osat" in exporter)
    who = {order["ultimate_consignee"], order["end_user"], order["purchaser"], order["intermediate_consignee"], order["freight_forwarder"]}
    if known["affiliate"] is False and any(tables.may_be_owned(identity) for identity in who):
        known["affiliate"] = UNKNOWN
    fails = [carries("china_volume_exceeded", exporter), carries("us_supply_affected", exporter), flagged("no_kyc")]
    known["volume_fails"] = True if True in fails else UNKNOWN if UNKNOWN in fails else False
    known.update(p_country=buyer_row["country"], p_hq=buyer_row["hq"], p_parent=buyer_row["parent"], i_hq=between["hq"], i_parent=between["parent"],
                 unnamed=UNKNOWN if unnamed else False, sdn=tags, sdn_open=bare or strange, sdn_group=UNKNOWN, occupied=False)
    known["super"] = UNKNOWN if use is UNKNOWN or use == "hpc" else use == "supercomputer"
    known["asks"] = bool(order["end_use"]) and use is UNKNOWN
    known["u_place"] = "none" if where == dest else where
    seller = tables.party(order["exporter"]) if order["exporter"] else {"hq": UNKNOWN, "parent": UNKNOWN}
    known.update(x_hq=seller["hq"], x_parent=seller["parent"])
    known["rented"] = order["end_use"] in RENTED
    known["renters_known"] = either(status("renters_known"), carries("renters_known", end["flags"]))
    known["c_place"] = dest if consignee["country"] is UNKNOWN else consignee["country"]
    known["i_place"] = "none" if between["country"] is UNKNOWN else between["country"]
    known["way"], known["port"] = places_on_the_way(order["via"])
    buyer = tables.party(order["purchaser"]) if order["purchaser"] else consignee
    known["buyer_approved"] = carries("approved_ic_designer", buyer["flags"])
    known["buyer_designer"] = True if known["buyer_approved"] is True else carries("authorized_ic_designer", buyer["flags"])
    tpp = UNKNOWN if unit is UNKNOWN else unit * int(order["quantity"])
    return known, tpp, consignee


def carries(flag, flags):
    """Whether a party carries a flag; unknown where it may carry others than are stated."""
    return True if flag in flags else UNKNOWN if STRANGER in flags else False


def either(one, other):
    """Whether one of two holds, each of which may be unknown."""
    return True if True in (one, other) else UNKNOWN if UNKNOWN in (one, other) else False


def military(listed, end_use, understood):
    """An end use that is not understood may be a military one."""
    return UNKNOWN if listed is False and end_use and not understood else listed


def unreadable(flags):
    """Whether a party's programs leave open under which it is designated."""
    return any(flag[4:] not in SDN_2024 | SDN_BEFORE | SDN_OTHERS for flag in flags if flag.startswith("sdn:"))


def decide_file(orders, tables, law):
    used = {}
    for _, order in sorted(enumerate(orders), key=lambda pair: (pair[1]["date"], pair[0])):
        known, tpp, consignee = line_facts(order, tables)
        date = law.fixed or order["date"]
        keys = {"lpp": ("lpp", consignee["ultimate"], order["date"][:4]), "country_after": ("country", known["dest"]),
                "nveu_after": ("nveu", order["ultimate_consignee"], known["dest"])}
        for fact, key in keys.items():
            known[fact] = UNKNOWN if tpp is UNKNOWN else used.get(key, 0) + tpp
        found = set()
        explore(known, law, date, {}, found)
        answers = {(outcome, authorization) for outcome, authorization, _, _ in found}
        if len(answers) > 1 and {outcome for outcome, _ in answers} == {"license_exception"}:
            order_of = [known["claim"]] * (known["claim"] in EXCEPTIONS) + EXCEPTIONS
            always = next((name for name in order_of if permitted_in_all(name, known, law, date)), None)
            answers = {("license_exception", always)} if always else answers
        missing = len(answers) > 1
        outcome, authorization = ("needs_information", "") if missing else next(iter(answers))
        if known["asks"] and outcome != "license_required":
            outcome, authorization = "needs_information", ""
        policy = min((entry[2] for entry in found), key=STRICT.index) if outcome == "license_required" else ""
        if tpp is not UNKNOWN and law.base != "ear" and date >= "2025-01-01" and known["dest"] != "US":
            mark = {entry[3] for entry in found}
            if authorization == "LPP":
                used[keys["lpp"]] = used.get(keys["lpp"], 0) + tpp
            if authorization == "VEU" and known["nveu"] and is_national(known, law, date):
                used[keys["nveu_after"]] = used.get(keys["nveu_after"], 0) + tpp
            if policy == "presumption_of_approval" and known["dest"] not in T1 and known["dest"] not in law.groups(date)["MACAU_D5"]:
                if all(code.endswith(".a") or (code.endswith(".z") and sure_a(known, law, date)) for code in mark):
                    used[keys["country_after"]] = used.get(keys["country_after"], 0) + tpp
        eccns = {entry[3] for entry in found}
        if len(eccns) > 1 or missing or outcome == "needs_information":
            eccns = classes(known, law, date)
        yield order, eccns.pop() if len(eccns) == 1 else "", tpp, outcome, authorization, policy, outcome == "needs_information"


def classes(known, law, date):
    """The ECCNs that the unknown facts leave possible."""
    found = set()

    def walk(guesses):
        world = World(known, guesses)
        try:
            mark = grade(world, law, date)
            model = weights(world, law, date)
            hbm = known["kind"] == "hbm" and date >= "2024-12-02" and world.get("hbm", HBM) > 2
            found.add(classify(known, mark, model, hbm, date))
        except Split as split:
            for value in split.values:
                walk({**guesses, split.name: value})

    walk({})
    return found


def sure_a(known, law, date):
    found = set()

    def walk(guesses):
        try:
            found.add(grade(World(known, guesses), law, date))
        except Split as split:
            for value in split.values:
                walk({**guesses, split.name: value})

    walk({})
    return found == {"a"}


def is_national(known, law, date):
    universal = known["uveu"] is True and (known["c_hq"] in T1 or known["c_parent"] in T1)
    return not universal and sure_a(known, law, date)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("orders", "parties", "items", "policy", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    rows = lambda path: list(csv.DictReader(open(path, newline="", encoding="utf-8")))
    tables, law = Tables(rows(args.parties), rows(args.items)), Law(args.policy)
    with open(args.out, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", "line", "eccn", "tpp", "outcome", "authorization", "review_policy", "missing"])
        for order, eccn, tpp, outcome, authorization, policy, missing in decide_file(rows(args.orders), tables, law):
            shown = "" if tpp is UNKNOWN else -((-tpp.numerator) // tpp.denominator)
            writer.writerow([order["order_id"], order["line"] or 1, eccn, shown, outcome, authorization, policy, str(missing).lower()])


if __name__ == "__main__":
    main()
