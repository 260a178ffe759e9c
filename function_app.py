"""Regain: registers every function of ``functions/``, and nothing else."""

import azure.functions as func

from functions.wiring import blueprints

app = func.FunctionApp()

for blueprint in blueprints():
    app.register_functions(blueprint)
