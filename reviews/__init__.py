"""Reviews: what waits for a human, who holds it, and what was ruled.

Read in this order: `models`, `queue` (opening and reading), `claims`, `decisions` (rule and take
back) with `cases` and `effects`, `reports`, `bulk`, then the entrances: `door` (the pipeline's),
`api`, `admin`, `management` (the demo).
"""
