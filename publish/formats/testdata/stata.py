"""Reads a .dta as pandas does and writes every cell as JSON, a missing value
with its letter, and the labels of each variable's values."""
import json, sys, pandas
from pandas.io.stata import StataMissingValue, StataReader

reader = StataReader(sys.argv[1], convert_categoricals=False, convert_missing=True)
data = reader.read()
labels = reader.value_labels()

def shown(x):
    if isinstance(x, StataMissingValue):
        return x.string
    return x if isinstance(x, str) else repr(float(x))

print(json.dumps({"title": reader.data_label, "notes": [], "variables": [
    {"name": n, "label": reader.variable_labels()[n], "cells": [shown(x) for x in data[n]],
     "numbers": [str(k) for k in labels.get(n, {})], "words": list(labels.get(n, {}).values())} for n in data.columns]}))
