"""The house stands: the processes' own questions are answered."""


def test_the_process_says_it_is_alive(client):
    assert client.get("/healthz").json() == {"alive": True}
