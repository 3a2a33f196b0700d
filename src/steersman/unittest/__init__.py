"""Tests of charts in helm-unittest's format: suites in, results out.

Pure but for what is handed in: files are read and written, programs run and charts loaded by ``action.unittest``.
"""
