"""nginx with all keys in a map of its configuration: the least that a check of keys can cost."""

import os

from workplace import Program, free_port, need, wait_for_port
from wrk import Target

CONFIGURATION = """\
daemon off;
{user}
worker_processes {workers};
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_timeout 1h;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    # Room for every key at two places a key, several keys a place.
    map_hash_max_size {places};
    map_hash_bucket_size 512;
    map $http_authorization $is_known {{
        default 0;
        include {folder}/keys;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            if ($is_known = 0) {{ return 401; }}
            {headers}
            return 200;
        }}
    }}
}}
"""


def serve(folder, keys, headers=()):
    """One that knows the keys of this file, and sends these headers besides its own."""
    folder = folder / f"nginx-{keys.parent.name}-{len(headers)}"
    folder.mkdir(exist_ok=True)
    known = keys.read_text().split()
    (folder / "keys").write_text("".join(f'"Bearer {key}" 1;\n' for key in known))
    port = free_port()
    configuration = folder / "configuration"
    configuration.write_text(
        CONFIGURATION.format(
            user="user root;" if os.getuid() == 0 else "",
            workers=os.cpu_count(),
            folder=folder,
            places=max(65536, 1 << (2 * len(known)).bit_length()),
            port=port,
            headers=" ".join(f'add_header {name} "{value}";' for name, value in headers),
        )
    )
    log = folder / "log"
    command = [need("nginx", "nginx"), "-p", folder, "-e", log, "-c", configuration]
    program = Program("nginx", command, log)
    try:
        wait_for_port(port, program.process, log)
    except BaseException:
        program.stop()
        raise
    return Target(program, f"127.0.0.1:{port}", "/", keys)
