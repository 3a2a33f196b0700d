"""``ci``: the job of chart-testing (``ct lint-and-install``) for a repository of charts.

``keys`` has the settings and ``settings`` reads them, ``git`` asks git, ``changed`` finds the charts, ``stages`` and
``releases`` test one chart, ``run`` tests all of them, and ``junit``, ``github`` and ``data`` report.
"""
