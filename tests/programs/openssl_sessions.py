"""The openssl command's sessions and early data: s_client and s_server, and sessions that change the library."""

import dataclasses

from harness import case, check, check_in
from openssl_tools import get_page, s_client, s_server

QUESTION = "early question\n"
ANSWER = "the answer of the server\n"


def talk(setting, server, port, *options):
    """Connects until the server's word arrived, and with it what came before; returns what s_client printed."""
    with s_client(setting, port, *options) as client:
        client.expect("Verify return code: 0 (ok)")
        server.send(ANSWER)
        client.expect(ANSWER)
        client.send("Q\n")
        check(client.finish() == 0, f"s_client failed:\n{client.output[-2000:]}")
        return client.output


def talk_early(setting, server, port, *options):
    """Resumes session.pem with early data; returns what s_client printed."""
    question = setting.scratch / "question"
    question.write_text(QUESTION)
    return talk(setting, server, port, "-sess_in", "session.pem", "-early_data", question, *options)


@case("s_client-s_server: early data is accepted", versions=("TLSv1.3",))
def early_data(setting):
    with s_server(setting, "-early_data") as (server, port):
        talk(setting, server, port, "-sess_out", "session.pem")
        for count in (1, 2):
            output = talk_early(setting, server, port, "-sess_out", "session.pem")
            check_in("Reused, TLSv1.3, Cipher is ", output)
            check_in("Early data was accepted\n", output)
            server.expect(QUESTION, count=count)


@case("s_client-s_server: early data of a session that was used is rejected", versions=("TLSv1.3",))
def early_data_again(setting):
    with s_server(setting, "-early_data") as (server, port):
        talk(setting, server, port, "-sess_out", "session.pem")
        check_in("Early data was accepted\n", talk_early(setting, server, port))
        output = talk_early(setting, server, port)
        check_in("New, TLSv1.3, Cipher is ", output)
        check_in("Early data was rejected\n", output)
        check(server.output.count(QUESTION) == 1, "the server took early data twice")


@case("s_client-s_server: early data that a HelloRetryRequest rejects", versions=("TLSv1.3",))
def early_data_and_retry(setting):
    with s_server(setting, "-early_data", "-no_anti_replay", "-groups", "P-256:P-384") as (server, port):
        talk(setting, server, port, "-sess_out", "session.pem")
        output = talk_early(setting, server, port, "-groups", "P-521:P-384")
        check_in("Reused, TLSv1.3, Cipher is ", output)
        check_in("Early data was rejected\n", output)
        check(QUESTION not in server.output, "the server took early data")


def session_case(title, *options):
    """Registers a case in which a session that one library wrote is resumed under the other, both ways."""

    @case(f"s_client-s_server: a session changes the client's library, {title}")
    def changes_library(setting):
        other = dataclasses.replace(setting, client=setting.server)
        with s_server(setting, "-www", *options) as (_, port):
            for first, second in ((setting, other), (other, setting)):
                get_page(first, port, "-sess_out", "session.pem")
                output = get_page(second, port, "-sess_in", "session.pem")
                check_in(f"Reused, {setting.version}, Cipher is ", output)


session_case("by ticket")
session_case("from the cache", "-no_ticket")
