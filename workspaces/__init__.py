"""Users, workspaces and roles, and what every other app builds on. Where to look:

doors      access (the decorator of every view), refusals (what a closed door answers); of the API: bearer, tokens, throttle
people     actions, queries, invitations, freshness (two who save the same form); audit (who did what)
sign-in    signin, signin_urls, sessions, notices (what follows a changed password), mail
rows       owned (rows of one workspace), bounded (counts that stop), ids, locks, statements, secrets
workers    bells (ring one after a commit), slices (long work, a piece at a time)
pages      views, forms, templatetags, context (the navigation), paging, downloads, clients
time       clocks, regions
"""
