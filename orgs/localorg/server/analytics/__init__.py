"""Reports and dashboards: run from what was deployed, and shown as the Reports and Dashboards REST API shows them."""
