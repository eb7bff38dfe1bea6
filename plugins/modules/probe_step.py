#!/usr/bin/python
DOCUMENTATION = r"""
module: probe_step
short_description: x
options: {}
"""
