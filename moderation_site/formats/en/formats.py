"""How moments are written where a page says nothing else: short, sortable, without a.m. and p.m."""

DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y-m-d H:i"
FORMATS = (DATE_FORMAT, TIME_FORMAT, DATETIME_FORMAT)
