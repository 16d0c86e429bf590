"""The Not Delivered workbench: failures in groups by cause, line and campaign, and one fix for one or for all of them."""
