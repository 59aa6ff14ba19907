"""The openssl command's s_client against s_server with extensions: fragment lengths, serverinfo, next protocols,
certificate transparency, stapling, exported keying material."""

import re

from harness import case, check, check_in
from openssl_tools import check_page, get_page, s_client, s_server

# Extension 1010 with the data "ab", in ServerHello of TLS 1.2: s_client asks for it with -serverinfo.
SERVER_INFO = """-----BEGIN SERVERINFOV2 FOR 1010-----
AAABkAPyAAJhYg==
-----END SERVERINFOV2 FOR 1010-----
"""


@case("s_client-s_server: -maxfraglen")
def fragment_length(setting):
    for length in (512, 1024, 2048, 4096):
        check_page(setting, client_options=["-maxfraglen", str(length)])


@case("s_client-s_server: -max_send_frag and -record_padding")
def fragments_and_padding(setting):
    options = ["-max_send_frag", "600", "-record_padding", "512"]
    check_page(setting, server_options=options, client_options=options)


@case("s_client-s_server: -serverinfo", versions=("TLSv1.2",))
def server_info(setting):
    file = setting.scratch / "info.pem"
    file.write_text(SERVER_INFO)
    with s_server(setting, "-www", "-serverinfo", file) as (_, port):
        output = get_page(setting, port, "-serverinfo", "1010,1011")
        check_in("-----BEGIN SERVERINFO FOR EXTENSION 1010-----\nA/IAAmFi\n", output)
        check("EXTENSION 1011" not in output, output)
        check("SERVERINFO" not in get_page(setting, port), "serverinfo without being asked")


@case("s_client-s_server: -nextprotoneg", versions=("TLSv1.2",))
def next_protocol(setting):
    with s_server(setting, "-www", "-nextprotoneg", "foo,bar") as (_, port):
        check_in("Next protocol: (1) bar\n", get_page(setting, port, "-nextprotoneg", "bar"))
        check_in("Next protocol: (2) other\n", get_page(setting, port, "-nextprotoneg", "other"))
        check("Next protocol" not in get_page(setting, port), "a protocol without being asked")


@case("s_client-s_server: -ct")
def transparency(setting):
    file = setting.scratch / "logs"
    file.write_text("enabled_logs=\n")
    with s_server(setting, "-www") as (_, port):
        get_page(setting, port, "-ct", "-ctlogfile", file)


@case("s_client-s_server: -status without a responder")
def status(setting):
    with s_server(setting, "-www") as (_, port):
        check_in("OCSP response: no response sent\n", get_page(setting, port, "-status"))


@case("s_client-s_server: -keymatexport")
def keying_material(setting):
    label = ["-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32"]
    with s_server(setting, *label) as (server, port):
        with s_client(setting, port, *label) as client:
            client.expect("Keying material: ")
            server.expect("Keying material: ")
            client.send("Q\n")
            check(client.finish() == 0, f"s_client failed:\n{client.output[-2000:]}")
        lines = [re.findall("Keying material: [0-9A-F]{64}", program.output) for program in (client, server)]
    check(lines[0] == lines[1] != [], f"keying material differs: {lines}")
