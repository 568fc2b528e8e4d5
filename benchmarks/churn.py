"""Twelve monthly snapshots beside one query a month and beside pandas; fitting; spilling.

Usage: python benchmarks/churn.py [--events 10_000_000] [--only snapshots|spill|fit]

The peers compute the same facts: handwritten SQL with filtered aggregates, run once for each
month over the same DuckDB and the same Parquet files; and pandas, groupby by groupby, of which
three of the twelve months are run and the rest is scaled. Each runs in a process of its own, and
ours and the SQL are compared number by number. `spill` takes five times the events of
`--events` with DuckDB held to 1 GB.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HEAD = """
import json, resource, sys, time, types
import numpy as np, pandas as pd
folder, n_days = sys.argv[1], 12
days = [pd.Timestamp("2025-12-31 23:59:59.999999", tz="UTC") - pd.DateOffset(months=k)
        for k in range(n_days)][::-1]
days = [(d + pd.offsets.MonthEnd(0)) for d in days]
def used():
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime
def told(begin, **more):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": used() - begin, "peak_mb": peak, **more}))
"""

DATA = """
import sys, duckdb
folder, events, customers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
con = duckdb.connect(config={"threads": 2})
con.execute("set enable_progress_bar = false")
def write(name, n, columns):
    who = f"'C'||lpad((hash(i*7+{n})%{customers})::varchar,8,'0') as customer_id"
    con.execute(f"copy (select {who},"
                f" {columns} from range({n}) t(i)) to '{folder}/{name}.parquet' (format parquet)")
moment = ("timestamptz '2024-01-01 00:00:00+00' + "
          "to_microseconds((hash(i*13+{0})%(730*86400))::bigint*1000000)")
write("orders", events * 8 // 10, moment.format(1) + " as ordered_at, "
      "((hash(i*3)%10000)/100.0)::double as amount, ((hash(i*5)%1000)/100.0)::double as discount")
opened = moment.format(2)
write("interactions", events * 2 // 10, opened + " as opened_at, "
      + opened + " + to_microseconds((hash(i*17)%90000)::bigint*1000000) as first_reply_at, "
      + opened + " + to_microseconds((90000+hash(i*19)%600000)::bigint*1000000) as closed_at, "
      "['Question','Complaint','Problem'][1+(hash(i*23)%3)::int] as kind, "
      "hash(i*29)%3<2 as resolved")
con.execute(f"copy (select 'C'||lpad(i::varchar,8,'0') as customer_id, "
            f"timestamptz '2024-01-01 00:00:00+00' as signed_up_at from range({customers}) t(i)) "
            f"to '{folder}/customers.parquet' (format parquet)")
"""

OURS = (
    HEAD
    + """
import ibis
from cxlab import events
memory = {"memory_limit": sys.argv[2]} if len(sys.argv) > 2 else {}
con = ibis.duckdb.connect(threads=2, temp_directory=folder + "/spill", **memory)
con.raw_sql("set enable_progress_bar = false")
tables = {n: con.read_parquet(f"{folder}/{n}.parquet") for n in ("orders", "interactions")}
people = pd.read_parquet(f"{folder}/customers.parquet")
study = types.SimpleNamespace(customers=people, responses=None, mapping=None, **tables)
begin = used()
found = events.as_of(study, days, "6M", kinds=("Complaint", "Problem", "Question"))
told(begin, rows=len(found), columns=found.shape[1], sums=[
    float(found["orders"].sum()), round(float(found["spend"].sum()), 2),
    float(found["contacts"].sum()), float(found["open_cases"].sum()),
    round(float(found["days_since_order"].sum()), 3)])
"""
)

MONTHLY = (
    HEAD
    + """
import duckdb
con = duckdb.connect(config={"threads": 2})
con.execute("set enable_progress_bar = false")
def parts(day):
    after = (day - pd.DateOffset(months=6)) + pd.offsets.MonthEnd(0)
    half = (day - pd.DateOffset(months=3)) + pd.offsets.MonthEnd(0)
    return [f"timestamptz '{d:%Y-%m-%d %H:%M:%S.%f}+00'" for d in (day, half, after)]
def month(day):
    now, half, after = parts(day)
    orders = f'''select customer_id, count(*) orders_ever, sum(amount) spend_ever,
        min(ordered_at) first_order, max(ordered_at) last_order,
        count(*) filter (ordered_at > {after}) orders,
        count(*) filter (ordered_at > {half}) o_late,
        sum(amount) filter (ordered_at > {after}) spend,
        sum(amount) filter (ordered_at > {half}) s_late,
        count(*) filter (ordered_at > {after} and amount < 0) credits,
        sum(discount) filter (ordered_at > {after}) discount
        from '{folder}/orders.parquet' where ordered_at <= {now} group by customer_id'''
    cases = f'''select customer_id, count(*) contacts_ever, max(opened_at) last_contact,
        count(*) filter (opened_at > {after}) contacts, count(*) filter (opened_at > {half}) c_late,
        count(*) filter (opened_at > {after} and kind = 'Complaint') contacts_complaint,
        count(*) filter (opened_at > {after} and kind = 'Problem') contacts_problem,
        count(*) filter (opened_at > {after} and kind = 'Question') contacts_question,
        count(*) filter (closed_at > {now}) open_cases,
        avg(epoch(first_reply_at) - epoch(opened_at))
            filter (first_reply_at > {after} and first_reply_at <= {now}) reply_seconds,
        avg(epoch(closed_at) - epoch(opened_at))
            filter (closed_at > {after} and closed_at <= {now}) close_seconds,
        count(*) filter (closed_at > {after} and closed_at <= {now} and resolved) solved,
        count(*) filter (closed_at > {after} and closed_at <= {now} and not resolved) unsolved,
        max(closed_at) filter (closed_at <= {now} and not resolved) last_unsolved
        from '{folder}/interactions.parquet' where opened_at <= {now} group by customer_id'''
    return con.execute(f'''select p.customer_id, {now} as day,
        epoch({now}) - epoch(p.signed_up_at) tenure, o.* exclude (customer_id),
        c.* exclude (customer_id),
        (epoch({now}) - epoch(last_order)) / 86400 days_since_order,
        (epoch(last_order) - epoch(first_order)) / 86400 / nullif(orders_ever - 1, 0) usual_gap,
        (2 * s_late - spend) / nullif(spend, 0) spend_trend,
        (2 * o_late - orders) / nullif(orders, 0) orders_trend
        from '{folder}/customers.parquet' p left join ({orders}) o using (customer_id)
        left join ({cases}) c using (customer_id)''').df()
begin = used()
found = pd.concat([month(day) for day in days], ignore_index=True)
told(begin, rows=len(found), columns=found.shape[1], sums=[
    float(found["orders"].sum()), round(float(found["spend"].sum()), 2),
    float(found["contacts"].sum()), float(found["open_cases"].sum()),
    round(float(found["days_since_order"].sum()), 3)])
"""
)

PANDAS = (
    HEAD
    + """
orders = pd.read_parquet(f"{folder}/orders.parquet")
cases = pd.read_parquet(f"{folder}/interactions.parquet")
people = pd.read_parquet(f"{folder}/customers.parquet").set_index("customer_id")
def month(day):
    after = (day - pd.DateOffset(months=6)) + pd.offsets.MonthEnd(0)
    half = (day - pd.DateOffset(months=3)) + pd.offsets.MonthEnd(0)
    known = orders[orders["ordered_at"] <= day]
    recent = known[known["ordered_at"] > after]
    late = recent[recent["ordered_at"] > half].groupby("customer_id")["amount"]
    ever = known.groupby("customer_id").agg(orders_ever=("amount", "size"),
        spend_ever=("amount", "sum"), first=("ordered_at", "min"), last=("ordered_at", "max"))
    now = recent.groupby("customer_id").agg(orders=("amount", "size"), spend=("amount", "sum"),
        discount=("discount", "sum"))
    opened = cases[cases["opened_at"] <= day]
    new = opened[opened["opened_at"] > after]
    kinds = new.groupby(["customer_id", "kind"]).size().unstack(fill_value=0)
    contact = opened.groupby("customer_id").agg(contacts_ever=("kind", "size"),
        last_contact=("opened_at", "max"))
    closed = opened[opened["closed_at"] <= day]
    done = closed[closed["closed_at"] > after]
    hours = (done["closed_at"] - done["opened_at"]).dt.total_seconds()
    replied = opened[(opened["first_reply_at"] <= day) & (opened["first_reply_at"] > after)]
    waits = (replied["first_reply_at"] - replied["opened_at"]).dt.total_seconds()
    return people.join([ever, now, contact, kinds,
        late.sum().rename("s_late"), late.size().rename("o_late"),
        new.groupby("customer_id").size().rename("contacts"),
        new[new["opened_at"] > half].groupby("customer_id").size().rename("c_late"),
        (opened.groupby("customer_id").size()
            - closed.groupby("customer_id").size()).rename("open"),
        done.groupby(["customer_id", "resolved"]).size().unstack(fill_value=0),
        hours.groupby(done["customer_id"]).mean().rename("close"),
        waits.groupby(replied["customer_id"]).mean().rename("reply"),
        closed[~closed["resolved"]].groupby("customer_id")["closed_at"].max().rename("unsolved")])
begin = used()
found = [month(day) for day in days[::5]]
scale = n_days / len(found)
seconds = (used() - begin) * scale
told(used() - seconds, rows=int(sum(map(len, found)) * scale), columns=found[0].shape[1], sums=[])
"""
)

FIT = (
    HEAD
    + """
from cxlab import churn
rng = np.random.default_rng(0)
n, p = 100_000, 40
x = rng.normal(size=(n, p - 4))
x[rng.random(x.shape) < 0.05] = np.nan
table = pd.DataFrame(x).add_prefix("x")
for name in ("a", "b", "c", "d"):
    table[name] = rng.choice(list("pqrstu"), n)
logit = -2.5 + 0.6 * np.nan_to_num(x[:, 0]) - 0.4 * np.nan_to_num(x[:, 1]) + (table["a"] == "p")
found = churn.from_table(table.assign(left=rng.random(n) < 1 / (1 + np.exp(-logit))), label="left")
learn, judge = churn.halves(found)
begin, wall = used(), time.time()
model = churn.fit(learn)
churn.evaluate(model, judge)
told(begin, wall=time.time() - wall, rows=n, columns=p, sums=[])
"""
)


def child(code: str, *arguments: str) -> dict:
    """Run code in a process of its own; it prints what it used."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments], capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}


def line(name: str, told: dict, ours: dict | None = None) -> None:
    """Print one row of the table."""
    ratio = f"{told['seconds'] / ours['seconds']:6.1f} times" if ours else ""
    print(f"  {name:44s} {told['seconds']:8.1f} s {told['peak_mb']:8.0f} MB {ratio}", flush=True)


def snapshots(events: int, customers: int) -> None:
    """Time twelve monthly snapshots, ours and the peers'."""
    with tempfile.TemporaryDirectory() as folder:
        child(DATA, folder, str(events), str(customers))
        print(f"twelve monthly snapshots, {customers:,} customers, {events:,} events")
        ours = child(OURS, folder)
        line(f"cxlab.events.as_of ({ours['columns']} columns)", ours)
        monthly = child(MONTHLY, folder)
        line("one query a month, DuckDB", monthly, ours)
        same = all(
            abs(a - b) <= 1e-6 * max(1, abs(a))
            for a, b in zip(ours["sums"], monthly["sums"], strict=True)
        )
        print(f"  the same totals: {same}" + ("" if same else f" {ours['sums']} {monthly['sums']}"))
        line("pandas, three months scaled to twelve", child(PANDAS, folder), ours)


def spill(events: int, customers: int) -> None:
    """Take many more events than fit into the memory DuckDB is given."""
    with tempfile.TemporaryDirectory() as folder:
        child(DATA, folder, str(events), str(customers))
        print(f"DuckDB held to 1 GB, {customers:,} customers, {events:,} events")
        told = child(OURS, folder, "1GB")
        line(f"cxlab.events.as_of ({told['rows']:,} rows)", told)


def fitting() -> None:
    """Fit and evaluate the default models on 100,000 customers and 40 features."""
    print("fit and evaluate, 100,000 customers × 40 features, both models compared")
    told = child(FIT, "")
    line(f"cxlab.churn ({told['wall']:.0f} s by the clock)", told)


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--events", type=int, default=10_000_000)
    given.add_argument("--only", choices=["snapshots", "spill", "fit"])
    asked = given.parse_args()
    customers = max(1_000, asked.events // 50)
    if asked.only in (None, "snapshots"):
        snapshots(asked.events, customers)
    if asked.only in (None, "fit"):
        fitting()
    if asked.only == "spill":
        spill(5 * asked.events, customers)
    print(f"(processor seconds; {Path(__file__).name})")
