"""Runs in `.venv-cci`, in a project's folder: what a plan's preflight checks say of the org named `local`, as JSON.

MetaDeploy runs these checks before an install; CumulusCI has the means and no command.
"""

import json
import sys

from cumulusci.cli.runtime import CliRuntime
from cumulusci.core.config import FlowConfig
from cumulusci.core.flowrunner import PreflightFlowCoordinator

runtime = CliRuntime(load_keychain=True)
name, org = runtime.get_org("local")
plan = runtime.project_config.config["plans"][sys.argv[1]]
flow = FlowConfig({"steps": plan["steps"], "checks": plan["checks"]})
coordinator = PreflightFlowCoordinator(runtime.project_config, flow, name="preflight")
coordinator.run(org)
print(json.dumps(coordinator.preflight_results.get(None, [])))
