"""A pain.002 as banks send it: levels apply downwards, a bad line keeps no other from being read,
what is about another batch is refused, and a file that says nothing says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.subsidy.bank_files.pain002 import read_pain002
from services.subsidy.payments.rules import PaymentState
from services.subsidy.reports.errors import (
    ReportOfAnotherBatch,
    ReportSaysNothing,
    StatusNotKnown,
    UnreadableReport,
)
from services.subsidy.reports.levels import SentBatch, lines_of
from services.subsidy.reports.lines import Line, RefusedLine
from services.subsidy.reports.rules import in_one_line, is_account, plain

BATCH = SentBatch("PB-2024-000001", {"P1": 150_000, "P2": 100_000})
SETTLED, REJECTED = PaymentState.SETTLED, PaymentState.REJECTED


def pain002(group: str = "", parts: str = "", created: str = "2024-03-05T08:00:00") -> str:
    original = f"<OrgnlGrpInfAndSts>{group}</OrgnlGrpInfAndSts>" if group else ""
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>"
        f"{original}{parts}</CstmrPmtStsRpt></Document>"
    )


def part(*transactions: str, status: str = "", more: str = "") -> str:
    said = f"<PmtInfSts>{status}</PmtInfSts>" if status else ""
    return f"<OrgnlPmtInfAndSts>{more}{said}{''.join(transactions)}</OrgnlPmtInfAndSts>"


def transaction(
    payment: str | None, status: str | None, more: str = "", instruction: str | None = None
) -> str:
    return "".join(
        (
            "<TxInfAndSts>",
            f"<OrgnlInstrId>{instruction}</OrgnlInstrId>" if instruction else "",
            f"<OrgnlEndToEndId>{payment}</OrgnlEndToEndId>" if payment else "",
            f"<TxSts>{status}</TxSts>" if status else "",
            more,
            "</TxInfAndSts>",
        )
    )


def lines(text: str | bytes) -> list[Line]:
    return lines_of(read_pain002(text.encode() if isinstance(text, str) else text), BATCH)


def said(found: list[Line]) -> list[tuple[Any, ...]]:
    return [
        (each.end_to_end_id, each.errors[0].code)
        if isinstance(each, RefusedLine)
        else (each.end_to_end_id, each.status)
        for each in found
    ]


@pytest.mark.parametrize(("code", "status"), [("RJCT", REJECTED), ("ACSC", SETTLED)])
def test_a_status_of_the_group_or_of_the_payment_applies_to_every_payment(
    code: str, status: PaymentState
) -> None:
    everybody = [("P1", status), ("P2", status)]
    assert said(lines(pain002(f"<GrpSts>{code}</GrpSts>"))) == everybody
    assert said(lines(pain002(parts=part(status=code)))) == everybody


def test_a_transaction_has_the_last_word_and_the_level_speaks_for_the_others() -> None:
    found = lines(pain002("<GrpSts>PART</GrpSts>", part(transaction("P1", "RJCT"), status="ACSC")))
    assert said(found) == [("P1", REJECTED), ("P2", SETTLED)]


def test_a_group_that_was_rejected_pays_nobody() -> None:
    found = lines(pain002(parts=part(transaction("P1", "ACSC"), status="RJCT")))
    assert said(found) == [("P1", "line_contradicts_file"), ("P2", REJECTED)]


def test_no_line_is_paid_against_any_level_above_it() -> None:
    rejected = "<GrpSts>RJCT</GrpSts>"
    contradicts = ("P1", "line_contradicts_file")
    everybody = [contradicts, ("P2", "line_contradicts_file")]
    assert said(lines(pain002(rejected, part(status="ACSC")))) == everybody
    found = lines(pain002(rejected, part(transaction("P1", "ACSC"), status="PART")))
    assert found and said(found)[0] == contradicts
    found = lines(pain002(rejected, part(transaction("P1", None), status="ACSC")))
    assert said(found)[0] == contradicts


def test_two_parts_that_differ_say_nothing_of_who_is_left() -> None:
    found = lines(pain002(parts=part(status="ACSC") + part(status="RJCT")))
    assert {code for _, code in said(found)} == {"line_contradicts_file"}
    assert said(lines(pain002(parts=part(status="RJCT") * 2))) == [
        ("P1", REJECTED),
        ("P2", REJECTED),
    ]


@pytest.mark.parametrize("stray", ["NOTPROVIDED", "P9", "P" * 36])
def test_a_rejection_of_nobody_of_the_batch_keeps_the_level_from_paying(stray: str) -> None:
    found = lines(pain002("<GrpSts>ACSC</GrpSts>", part(transaction(stray, "RJCT"))))
    assert SETTLED not in {status for _, status in said(found)}


def test_an_id_that_is_none_of_ours_is_refused_by_its_row() -> None:
    found = lines(pain002(parts=part(transaction("P" * 9000, "RJCT"), transaction("P2", "ACSC"))))
    assert [code for _, code in said(found)] == ["line_id_too_long", SETTLED]
    assert len(found[0].end_to_end_id or "") <= 200


def test_a_code_that_means_nothing_is_named_by_its_level() -> None:
    for text, field in (
        (pain002("<GrpSts>XXXX</GrpSts>"), "GrpSts"),
        (pain002(parts=part(status="XXXX")), "PmtInfSts"),
    ):
        with pytest.raises(StatusNotKnown) as refused:
            lines(text)
        assert refused.value.field == field


def test_an_odd_line_is_refused_and_the_others_are_read() -> None:
    found = lines(
        pain002(
            parts=part(
                transaction("P1", None),
                transaction(None, "ACSC", instruction="P2"),
                transaction(None, "ACSC"),
                transaction("P2", "XXXX"),
                transaction("P1", "ACSC", instruction="P2"),
            )
        )
    )
    assert said(found) == [
        ("P1", "status_missing"),
        ("P2", SETTLED),
        (None, "line_names_no_payment"),
        ("P2", "status_not_known"),
        ("P1", "line_contradicts_payment"),
    ]


def test_a_line_that_names_nobody_keeps_the_level_from_paying_who_is_left() -> None:
    found = lines(pain002(parts=part(transaction(None, "RJCT"), status="ACSC")))
    assert said(found) == [(None, "line_names_no_payment")]


@pytest.mark.parametrize("name", ["GB18030", "gbk", "GB2312", "utf-8", "UTF-16", "UTF-16LE"])
def test_the_encodings_of_banks_are_read(name: str) -> None:
    more = "<StsRsnInf><AddtlInf>账户已销户</AddtlInf></StsRsnInf>"
    text = f'<?xml version="1.0" encoding="{name}"?>' + pain002(
        parts=part(transaction("P1", "RJCT", more))
    )
    [line] = lines(text.encode(name))
    assert getattr(line, "information", None) == "账户已销户"


@pytest.mark.parametrize("name", ["big5", "x-user-defined", "utf-7", "hex"])
def test_another_encoding_is_refused_and_those_that_are_read_are_named(name: str) -> None:
    with pytest.raises(UnreadableReport) as refused:
        lines(f'<?xml version="1.0" encoding="{name}"?>{pain002(parts=part(status="RJCT"))}')
    assert "GB18030" in refused.value.text("en")


@pytest.mark.parametrize("name", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_document_type_is_refused_in_every_encoding(name: str) -> None:
    text = f'<?xml version="1.0" encoding="{name}"?><!DOCTYPE x [<!ENTITY a "b">]>' + pain002(
        parts=part(status="RJCT")
    )
    with pytest.raises(UnreadableReport):
        lines(text.encode(name))


@pytest.mark.parametrize(
    "group",
    [
        "<OrgnlMsgId>PB-2024-000002</OrgnlMsgId><GrpSts>RJCT</GrpSts>",
        "<OrgnlNbOfTxs>3</OrgnlNbOfTxs><GrpSts>RJCT</GrpSts>",
        "<OrgnlCtrlSum>2500.01</OrgnlCtrlSum><GrpSts>RJCT</GrpSts>",
        "<OrgnlCtrlSum>much</OrgnlCtrlSum><GrpSts>RJCT</GrpSts>",
    ],
)
def test_a_report_that_is_about_another_batch_is_refused(group: str) -> None:
    with pytest.raises(ReportOfAnotherBatch):
        lines(pain002(group))


def test_a_report_that_fits_its_batch_is_read() -> None:
    fits = (
        "<OrgnlMsgId>PB-2024-000001</OrgnlMsgId><OrgnlNbOfTxs>2</OrgnlNbOfTxs>"
        "<OrgnlCtrlSum>2500.00000</OrgnlCtrlSum><GrpSts>ACSP</GrpSts>"
    )
    assert said(lines(pain002(fits))) == [("P1", None), ("P2", None)]


def test_amount_and_currency_are_told_to_be_compared() -> None:
    more = '<OrgnlTxRef><Amt><InstdAmt Ccy="USD">1500.00</InstdAmt></Amt></OrgnlTxRef>'
    [line] = lines(pain002(parts=part(transaction("P1", "ACSC", more))))
    assert not isinstance(line, RefusedLine)
    assert (line.amount_fen, line.currency) == (150_000, "USD")


@pytest.mark.parametrize(
    "written",
    [
        '<IntrBkSttlmAmt Ccy="CNY">1500</IntrBkSttlmAmt>',
        '<Amt><EqvtAmt><Amt Ccy="CNY">1500.00</Amt><CcyOfTrf>CNY</CcyOfTrf></EqvtAmt></Amt>',
        '<IntrBkSttlmAmt Ccy="CNY">1500.0</IntrBkSttlmAmt>'
        '<Amt><InstdAmt Ccy="CNY">1500.00</InstdAmt></Amt>',
    ],
)
def test_an_amount_is_read_wherever_the_bank_repeats_it(written: str) -> None:
    more = f"<OrgnlTxRef>{written}</OrgnlTxRef>"
    [line] = lines(pain002(parts=part(transaction("P1", "ACSC", more))))
    assert not isinstance(line, RefusedLine)
    assert (line.amount_fen, line.currency) == (150_000, "CNY")


def test_a_line_with_two_amounts_is_refused() -> None:
    more = (
        '<OrgnlTxRef><IntrBkSttlmAmt Ccy="CNY">1499</IntrBkSttlmAmt>'
        '<Amt><InstdAmt Ccy="CNY">1500</InstdAmt></Amt></OrgnlTxRef>'
    )
    [line] = lines(pain002(parts=part(transaction("P1", "ACSC", more))))
    assert isinstance(line, RefusedLine)
    assert [each.field for each in line.errors] == ["IntrBkSttlmAmt"]


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("6217854200001234563", True),
        ("6217 8542 0000 1234 563", True),
        ("621785******34563", True),
        ("**** 4563", True),
        ("6222021234567890128", False),
        ("************0128", False),
    ],
)
def test_an_account_is_told_to_be_compared_also_where_the_bank_hides_some(
    written: str, same: bool
) -> None:
    more = f"<OrgnlTxRef><CdtrAcct><Id><Othr><Id>{written}</Id></Othr></Id></CdtrAcct></OrgnlTxRef>"
    [line] = lines(pain002(parts=part(transaction("P1", "ACSC", more))))
    assert not isinstance(line, RefusedLine) and line.account is not None
    assert is_account(line.account, "6217854200001234563") is same


def test_what_was_cancelled_was_not_paid_and_a_reason_of_the_banks_own_is_kept() -> None:
    more = "<StsRsnInf><Rsn><Prtry>CNAPS-9001</Prtry></Rsn></StsRsnInf>"
    found = lines(pain002(parts=part(transaction("P1", "CANC"), transaction("P2", "RJCT", more))))
    assert said(found) == [("P1", REJECTED), ("P2", REJECTED)]
    assert [getattr(each, "reason_code", None) for each in found] == ["CANC", "CNAPS-9001"]


def test_a_banks_words_hide_account_numbers_and_an_identifier_keeps_its_digits() -> None:
    assert plain("账户 6217854200001234563\n已销户", 100) == "账户 **** 已销户"
    named = "P01990011223344556677889900aabbcc"
    assert in_one_line(f"{named}\x00", 35) == named


def test_a_time_without_a_zone_is_that_of_china() -> None:
    [line, _] = lines(pain002("<GrpSts>RJCT</GrpSts>"))
    assert line.reported_at is not None
    assert line.reported_at.utcoffset() == timedelta(hours=8)
    assert line.reported_at.hour == 8


@pytest.mark.parametrize(
    "text",
    [
        pain002(),
        pain002("<GrpSts>PART</GrpSts>"),
        pain002(parts=part()),
        pain002("<OrgnlMsgId>PB-2024-000001</OrgnlMsgId>"),
    ],
)
def test_a_report_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ReportSaysNothing):
        lines(text)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"<a/>", b"<Document><GrpHdr/></Document>", b"\xff\xfe", b"{}", b"<a"],
)
def test_what_is_no_report_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableReport):
        lines(content)


def test_two_messages_in_one_envelope_are_refused() -> None:
    one = pain002(parts=part(transaction("P1", "ACSC")))
    inner = one[one.index("<CstmrPmtStsRpt>") : one.index("</Document>")]
    with pytest.raises(UnreadableReport):
        lines(f"<Envelope><Document>{inner}</Document><Document>{inner}</Document></Envelope>")
