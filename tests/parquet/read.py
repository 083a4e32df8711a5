"""Reads rows in Parquet with DuckDB, pandas and PyArrow, and compares them with the same rows in CSV.

    python tests/parquet/read.py rows.csv rows.parquet
"""

import csv
import sys

import duckdb
import pandas
import pyarrow.parquet

STRINGS = ["id", "source", "exact", "near", "story", "relation", "to"]
OPTIONAL = ["to", "score"]


def rows_of_csv(path):
    """The rows; an empty field of a column that may be null is one."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["to"] = row["to"] or None
        row["score"] = float(row["score"]) if row["score"] else None
    return [tuple(row[column] for column in [*STRINGS, "score"]) for row in rows]


def same(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r:.500} is not {expected!r:.500}")


def main():
    table, file = sys.argv[1:]
    expected = rows_of_csv(table)

    with duckdb.connect() as connection:
        schema = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
        types = [(name, "VARCHAR") for name in STRINGS] + [("score", "DOUBLE")]
        same("columns in DuckDB", [column[:2] for column in schema], types)
        rows = connection.execute("SELECT * FROM read_parquet(?)", [file]).fetchall()
        same("rows in DuckDB", rows, expected)

    frame = pandas.read_parquet(file)
    same("columns in pandas", list(frame.columns), [*STRINGS, "score"])
    same("score in pandas", str(frame.dtypes["score"]), "float64")
    shown = frame.astype(object).where(frame.notna(), None)
    same("rows in pandas", list(shown.itertuples(index=False, name=None)), expected)

    schema = pyarrow.parquet.read_schema(file)
    nullable = [(field.name, str(field.type), field.nullable) for field in schema]
    wanted = [(name, "string", name in OPTIONAL) for name in STRINGS] + [("score", "double", True)]
    same("columns in PyArrow", nullable, wanted)
    print(f"{file}: {len(expected)} rows, the same in DuckDB, pandas and CSV")


main()
