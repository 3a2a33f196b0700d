"""Results to the XML that other tools read: one module for each format, and one table (``formats``)."""
