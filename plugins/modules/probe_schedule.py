#!/usr/bin/python
DOCUMENTATION = r"""
module: probe_schedule
short_description: x
options: {}
"""
