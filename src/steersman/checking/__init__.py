"""``steer check``: mistakes in a chart that can be seen before anything runs.

``rules`` is the table of what is looked for, ``run`` does it. Some rules look at the templates with all their branches
(``insight.uses``), the others at what the defaults and each of the chart's ci values files render to.
"""
