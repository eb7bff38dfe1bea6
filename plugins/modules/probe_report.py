#!/usr/bin/python
DOCUMENTATION = r"""
module: probe_report
short_description: x
options: {}
"""
