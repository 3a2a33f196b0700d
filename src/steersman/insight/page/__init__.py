"""Pages of one file that show what a recording says, for a browser without a network.

``explain`` and ``branches`` turn a recording into plain data, ``texts`` stores lines once, ``frame`` puts data, styles
and scripts together. The styles and scripts are the files next to these modules: ``page.css`` and ``panes.js`` are for
any page with columns of text, ``explain.js`` is for the one of ``explain``.
"""
