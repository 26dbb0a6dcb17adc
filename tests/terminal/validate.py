#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# validate.py SCHEMA FILE...: checks files of JSON documents, one per line, against a JSON Schema. Prints a line
# "NAME WHY" for each document that is not valid, and for each file that has none.
import json
import os
import sys

import jsonschema
from jsonschema.exceptions import best_match

with open(sys.argv[1], encoding='utf-8') as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for path in sys.argv[2:]:
    name = os.path.basename(path)
    with open(path, encoding='utf-8') as file:
        lines = file.readlines()
    if not lines:
        print(name, 'no document')
    for line in lines:
        try:
            error = best_match(validator.iter_errors(json.loads(line)))
        except ValueError as unreadable:
            print(name, unreadable)
            continue
        if error:
            print(name, f'{error.json_path}: {error.message}'[:400])
