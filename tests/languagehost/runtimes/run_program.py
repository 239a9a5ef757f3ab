"""Runs a Pulumi program: a file, or a folder with a __main__.py. For development only; where the engine is, the
environment says, by the names that Pulumi's Go SDK reads as well. The configuration is read by the SDK itself."""

import asyncio
import os
import runpy
import sys
import traceback

import pulumi
from pulumi import runtime

BAIL = 32


def configure() -> None:
    env = os.environ
    runtime.configure(
        runtime.Settings(
            project=env["PULUMI_PROJECT"],
            stack=env["PULUMI_STACK"],
            monitor=env["PULUMI_MONITOR"],
            engine=env["PULUMI_ENGINE"],
            parallel=int(env["PULUMI_PARALLEL"]),
            dry_run=env["PULUMI_DRY_RUN"] == "true",
            organization=env["PULUMI_ORGANIZATION"],
            root_directory=env["PULUMI_ROOT_DIRECTORY"],
        )
    )


def main() -> int:
    program = sys.argv.pop(1)
    sys.argv[0] = program
    # Programs import what lies beside them.
    sys.path.insert(0, program if os.path.isdir(program) else os.path.dirname(program))
    configure()

    async def run() -> None:
        runpy.run_path(program, run_name="__main__")

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(runtime.run_in_stack(run))
        return 0
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except Exception:
        pulumi.log.error(traceback.format_exc())
    finally:
        loop.close()
    return BAIL


sys.exit(main())
