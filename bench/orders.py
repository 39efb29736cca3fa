"""Makes an orders file in Parquet (sorted by date) and parties.csv beside it: orders.py LINES OUT [PARTIES]."""
import csv
import datetime
import random
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

lines, out = int(sys.argv[1]), Path(sys.argv[2])
r = random.Random(1)
items = ["H100 SXM5 80GB", "L4", "L40", "H20 SXM 96GB", "GeForce RTX 4090", "B200", "DGX H100", "L40S", "GeForce RTX 3060 12 GB"]
places = ["SG", "DE", "JP", "CN", "AE", "IN", "BR", "CH", "MY", "SA", "GB", "US"]
parties = [(f"p{number}", r.choice(places)) for number in range(int(sys.argv[3]) if len(sys.argv) > 3 else 20000)]
with open(out.parent / "parties.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["party_id", "country", "hq_country"])
    writer.writerows((party, place, place) for party, place in parties)
schema = pa.schema([("order_id", pa.string()), ("date", pa.date32()), ("exporter", pa.string()), ("ultimate_consignee", pa.string()), ("origin", pa.string()),
                    ("destination", pa.string()), ("item", pa.string()), ("quantity", pa.int64()), ("end_use", pa.string()), ("authorization", pa.string())])
start = datetime.date(2024, 1, 1)
with pq.ParquetWriter(out, schema) as writer:
    for first in range(0, lines, 500000):
        count = min(500000, lines - first)
        chosen = r.choices(parties, k=count)
        columns = [[f"o{number}" for number in range(first, first + count)], [start + datetime.timedelta(days=number * 1000 // lines) for number in range(first, first + count)],
                   ["p0"] * count, [party for party, _ in chosen], ["US"] * count, [place for _, place in chosen], r.choices(items, k=count), r.choices([1, 8, 64], k=count),
                   r.choices(["data_center", "inference", "gaming", "research"], k=count), r.choices(["NLR", "LPP", "AIA", None], k=count)]
        writer.write_table(pa.table([pa.array(column, type=field.type) for column, field in zip(columns, schema)], schema=schema))
