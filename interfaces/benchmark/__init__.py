"""What `q2c bench` measures: the log, the read models and the interface, each beside its limit and its peer.

A figure is a ratio wherever one can be had: what it is compared with is measured in the same run, by the same clients,
on the same server, in turns. A module measures one thing; `interfaces.cli.bench` runs them in order.
"""
