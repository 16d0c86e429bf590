"""Campaigns decide who gets what and when; `conversations` sends it. Where to look:

engine     claiming (what is due), engine (waits, branches, stops), moves and progress (from node to node), with known, path,
           branching, timing, texts and merge to decide by
outcomes   settling (of messages, replies and receipts), reviving (a failure that was none), permits (asked by the gate)
enrolling  enrolling, beginning, enrol_runs (many at once), joining (two leads that are one)
ending     ending (a campaign, or people who must not be written to), unwanted (who they are)
editing    nodes (what each kind is told), node_settings (read and written as JSON), tree, editing, starters; versions (publishing),
           changes and differences (what that would change); drips
pages      actions, approving and making (writes), listing, people and outline (reads), previewing, views; forms with node_forms,
           step_form, text_forms, node_values and node_words
"""
