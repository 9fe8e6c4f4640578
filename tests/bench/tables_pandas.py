# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and grouping by pandas: tables_pandas.py read|group FILE. Only the named step is timed.

Prints: seconds, a sum of amounts as a check, rows of the result, version."""
import sys
import time

import pandas

began = time.monotonic()
frame = pandas.read_csv(sys.argv[2], parse_dates=["ts"])
seconds = time.monotonic() - began
if sys.argv[1] == "group":
    began = time.monotonic()
    frame = frame.groupby("customer", sort=False).agg(
        last=("ts", "max"), n=("ts", "size"), amount=("amount", "sum"))
    seconds = time.monotonic() - began
print(f"{seconds:.6f} {frame['amount'].sum():.2f} {len(frame)} pandas {pandas.__version__}")
