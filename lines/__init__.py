"""Lines: the numbers and Apple Accounts that send and receive, each through a gateway. Where to look:

wire       gateways (the contract, and an adapter per vendor), wire (the gateway of one line), simulator (phones to try it on)
received   webhooks (where a gateway posts), inbox (what it posted is checked and stored, once)
managed    actions, queries, removing, health (the connection), standing (how people answer)
pages      views and forms, with typed_addresses; limit_views and limit_forms
limits     limits (pure arithmetic), quota (what is used), meters (both, for people), places (taken and given back under locks),
           rotation (whose turn it is)
planned    simulation, with simulated_line, plan_day and planned: what lines will send hour by hour, for the plan of a launch
"""
