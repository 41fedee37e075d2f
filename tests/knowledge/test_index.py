from __future__ import annotations

from pathlib import Path

from smtpwizard.knowledge.index import PhraseIndex, provider_phrases
from smtpwizard.knowledge.phrase import normalise
from tests.knowledge.small import cause, keys_of, knowledge, phrases_of, provider, sign


def test_phrases_are_found_by_what_they_are_filed_under() -> None:
    index = PhraseIndex.build([("wrong password", 0), ("password expired", 1), ("wrong*", 2), ("authent*", 3)])
    assert keys_of(index) == {"wrong password", "password expired", "wro*", "authen*"}
    assert index.anywhere.phrases == ()
    text = normalise("535 Wrong password, wrongly typed")
    assert sorted(passage.owner for passage in index.passages(text)) == [0, 2]


def test_a_passage_tells_where_it_stands_and_how_much_of_it_is_spelt_out() -> None:
    index = PhraseIndex.build([("host * not found", 7)])
    (passage,) = index.passages("the host x not found")
    assert passage == (7, len("host  not found"), 4, 20)


def test_a_phrase_without_even_that_is_tried_on_every_text() -> None:
    index = PhraseIndex.build([("*ed", 1), ("ib###", 2)])
    assert keys_of(index) == set()
    assert [passage.owner for passage in index.passages("refused")] == [1]


def test_the_characters_of_scripts_without_spaces_are_words() -> None:
    index = PhraseIndex.build([("授权码", 0), ("密码错误", 1)])
    text = normalise("535 Error: 请使用授权码登录smtp")
    assert [passage.owner for passage in index.passages(text)] == [0]


def test_every_sign_is_filed_under_the_most_telling_thing_it_looks_for(tmp_path: Path) -> None:
    index = knowledge(
        tmp_path,
        causes={
            "a": cause(sign("x", text=["wrong password"], code=[535])),
            "b": cause(sign(fact=["tls:expired"])),
            "c": cause(sign(errno=["ECONNREFUSED"], stage=["connect"])),
            "d": cause(sign("x", enhanced=["x.7.8", "5.7.9"])),
            "e": cause(sign("x", code=[535, 4])),
            "f": cause(sign(check=["auth.login"], status=["fail"])),
            "g": cause(sign(provider=["example"])),
        },
    ).signs
    numbers = {indexed.cause: number for number, indexed in enumerate(index.signs)}
    assert phrases_of(index.phrases) == [("wrong password", numbers["a"])]
    assert index.by_fact == {"tls:expired": (numbers["b"],)}
    assert index.by_errno == {"ECONNREFUSED": (numbers["c"],)}
    assert index.by_enhanced == {"X.7.8": (numbers["d"],), "5.7.9": (numbers["d"],)}
    assert index.by_code == {"535": (numbers["e"],), "4": (numbers["e"],)}
    assert index.by_check == {"auth.login": (numbers["f"],)}
    assert index.others == (numbers["g"],)


def test_a_provider_is_recognised_by_its_hosts_and_words(tmp_path: Path) -> None:
    known = knowledge(tmp_path, providers={"example": provider(hosts=["mx.example.net"], words=["- exmail"])}).providers
    assert provider_phrases(known["example"]) == ["mx.example.net", "smtp.example.com", "- exmail"]


def test_hosts_of_local_servers_and_patterns_of_hosts_recognise_nobody(tmp_path: Path) -> None:
    endpoint = {"port": 25, "security": "none", "preferred": True}
    known = knowledge(
        tmp_path,
        providers={
            "mailpit": provider(kind="local", endpoint=[{"host": "localhost", **endpoint}], words=["mailpit"]),
            "regional": provider(endpoint=[{"host": "smtp.{domain}", **endpoint}]),
        },
    ).providers
    assert provider_phrases(known["mailpit"]) == ["mailpit"]
    assert provider_phrases(known["regional"]) == []
