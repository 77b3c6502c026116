# Writes the files of this folder: python3 make.py (needs pyarrow 25).
# Each holds the same table in another layout; readers must agree on all.
import random
import pyarrow as pa
import pyarrow.parquet as pq

random.seed(7)
N = 600

def some(draw, missing=0.1):
    return [None if random.random() < missing else draw() for _ in range(N)]

regions = pa.DictionaryArray.from_arrays(
    pa.array(some(lambda: random.randrange(3)), pa.int32()),
    pa.array(["Nordjylland", "Sjælland", "Øerne", "no row has this"]))
table = pa.table({
    "bit": pa.array(some(lambda: random.randrange(2), 0.05), pa.int8()),
    "full": pa.array(some(lambda: random.randrange(2), 0), pa.int8()),
    "one": pa.array(some(lambda: 1), pa.int8()),
    "flip": pa.array([1] + [random.randrange(2) for _ in range(N - 1)], pa.int8()),
    "none": pa.array([None] * N, pa.int8()),
    "tiny": pa.array(some(lambda: random.randrange(-5, 6)), pa.int8()),
    "late": pa.array([random.randrange(2) for _ in range(N - 1)] + [7], pa.int8()),
    "truth": pa.array(some(lambda: random.random() < 0.3)),
    "sure": pa.array(some(lambda: random.random() < 0.5, 0)),
    "u8": pa.array(some(lambda: random.randrange(256)), pa.uint8()),
    "i16": pa.array(some(lambda: random.randrange(-40, 40)), pa.int16()),
    "i32": pa.array(some(lambda: random.randrange(-2**31, 2**31)), pa.int32()),
    "u32": pa.array(some(lambda: random.randrange(2**32)), pa.uint32()),
    "i64": pa.array(some(lambda: random.randrange(-2**60, 2**60)), pa.int64()),
    "f32": pa.array(some(random.random), pa.float32()),
    "f64": pa.array(some(lambda: random.choice([0.5, -1.25, float("nan"), 1e300, 3.0]))),
    "w": pa.array(some(lambda: 1 + random.random(), 0)),
    "region": regions,
    "text": pa.array(some(lambda: random.choice(["", "æ", "langt ord " * 5, "0101"]))),
    "day": pa.array(some(lambda: random.randrange(20000)), pa.date32()),
})
layouts = {
    "snappy": dict(),
    "plain-none": dict(compression="NONE", use_dictionary=False),
    "v2-zstd": dict(compression="ZSTD", data_page_version="2.0"),
    "v2-none-pages": dict(compression="NONE", data_page_version="2.0", data_page_size=64, write_batch_size=37),
    "groups": dict(row_group_size=300, data_page_size=64, write_batch_size=50),
    "overflow": dict(dictionary_pagesize_limit=128, data_page_size=64, write_batch_size=64),
    "old": dict(version="1.0", compression="SNAPPY"),
    "gzip": dict(compression="GZIP"),
    "crc": dict(write_page_checksum=True),
    "delta": dict(use_dictionary=False, column_encoding={"i32": "DELTA_BINARY_PACKED", "f64": "BYTE_STREAM_SPLIT", "text": "DELTA_BYTE_ARRAY"}),
}
for name, options in layouts.items():
    pq.write_table(table, name + ".parquet", **options)
