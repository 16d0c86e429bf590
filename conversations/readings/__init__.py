"""What replies mean: read on this machine, looked at and corrected by people, a second opinion where an admin wants one."""
