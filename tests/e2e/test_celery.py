"""A Celery worker in a process of its own, with RabbitMQ as its broker."""

import subprocess
import sys

import pytest
from celery import Celery

from tests.delivery.amqp.broker import URL, Broker
from tests.delivery.sockets.telling import eventually
from tests.e2e.servers import ROOT, environment_of
from tests.e2e.stores import stored

pytestmark = [pytest.mark.slow, pytest.mark.standalone, pytest.mark.services("rabbitmq")]
SECRET = "something between two people"


@pytest.fixture
def queue():
    broker = Broker()
    yield broker.named("celery")
    broker.delete()


def test_a_worker_moderates_and_logs_no_text(queue, tmp_path):
    database_url = f"sqlite:///{tmp_path / 'live.sqlite3'}"
    stored(database_url, "make", "check")
    program = Celery(broker=URL, set_as_current=False)
    for id_, content in (("m1", SECRET), ("m2", "")):
        message = {"message_id": id_, "user_id": "u1", "content": content, "note": SECRET}
        program.send_task("moderation.tasks.moderate_message", [message], queue=queue)
    environment = environment_of(database_url, CELERY_BROKER_URL=URL, LOG_LEVEL="INFO")
    command = [sys.executable, "-m", "celery", "-A", "moderation_site", "worker", "-Q", queue]
    command += ["--pool", "solo", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    log = tmp_path / "worker.log"
    with log.open("ab") as output:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            eventually(lambda: log.read_text().count("moderate_message[") >= 4)
        finally:
            worker.terminate()
            worker.wait()
    told = log.read_text()
    assert "succeeded" in told
    assert "raised unexpected" in told
    assert SECRET not in told
    assert list(stored(database_url, "facts")["logs"]) == ["m1"]
